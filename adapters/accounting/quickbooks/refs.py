"""References as QuickBooks takes them: the ids that stand for the codes of a document."""

from adapters.accounting.quickbooks import company, contract
from adapters.accounting.quickbooks.contract import Record
from adapters.errors import Refused, UnknownCode
from documents import N_, CustomerChoice, Lookup, ReferenceKind, ReferenceRow, say

K = ReferenceKind
Ref = dict[str, str]


class Refs:
    """Finds the rows that codes stand for, in our copy of the books' lists: no call is made."""

    def __init__(self, lookup: Lookup) -> None:
        self._lookup = lookup

    def row(self, kind: ReferenceKind, code: str) -> ReferenceRow:
        """The row of a code; raises UnknownCode."""
        return self._lookup(kind, code)

    def of(self, kind: ReferenceKind, code: str | None) -> Ref | None:
        """The reference for a code, None for no code; raises UnknownCode."""
        return {"value": self.row(kind, code).remote_id} if code else None

    def of_method(self, name: str | None) -> Ref | None:
        """A payment method by its name, if QuickBooks has it: a payment is no less one without."""
        try:
            return self.of(K.PAYMENT_METHOD, name)
        except UnknownCode:
            return None

    def of_customer(self, choice: CustomerChoice | None) -> Ref:
        """The customer, who exists by now."""
        if choice is None or choice.code is None:
            raise UnknownCode(K.CUSTOMER, choice.create.name if choice and choice.create else "")
        return {"value": self.row(K.CUSTOMER, choice.code).remote_id}

    def of_class(self, code: str | None, per: str) -> Ref | None:
        """The class where this company has it: on lines, or on the document (section 3.2)."""
        row = self.row(K.PROJECT, code) if code else None
        return {"value": row.remote_id} if row and row.details.get("per") == per else None

    def of_money(self, currency: str, rate: object) -> Record:
        """The currency always (section 3.6: needed where there are several), its rate where it is not the home one.

        A foreign currency without a rate would silently be taken at 1, so it is refused."""
        if rate is None and not self.row(K.CURRENCY, currency).details.get("home"):
            raise Refused(say(N_("There is no exchange rate for {currency}."), currency=currency))
        return contract.filled({"CurrencyRef": {"value": currency}, "ExchangeRate": None if rate == 1 else rate})

    def is_per_document(self, code: str) -> bool:
        """True where the whole document has one class."""
        return self.row(K.PROJECT, code).details.get("per") == company.PER_DOCUMENT
