"""How documents of ours are found in Optimum: by their reference, and only with proof that any can be found so (OP10).

That a filter on `referenceNo` works is not public. One that silently finds nothing would let us make documents twice:
so each question names a reference, too, that surely stands in the books, and only an answer that shows it counts."""

from collections.abc import Collection, Iterator, Sequence

from adapters.accounting.base import Wanted
from adapters.accounting.qne.contract import Missing, Record, day, flag, number, text
from adapters.accounting.qne.masters import made_code
from adapters.accounting.qne_optimum import contract
from adapters.accounting.qne_optimum.client import Client
from adapters.errors import OutcomeUnknown, Refused
from documents import N_, ReferenceKind, Remote, say

UNPROVEN = N_(
    "None of the newest invoices in {system} shows a reference, so nobody can tell whether invoices are found by it; "
    "without that one could be made twice. Enter a reference into one invoice there, then sync again."
)


def invoice_of(row: Record) -> Remote:
    """A sales invoice, read or answered; its total is told by its lines."""
    return Remote(
        remote_id=text(row, "id"),
        reference=contract.reference_of(row),
        number=text(row, *contract.NUMBER),
        total=contract.total_of(row),
        currency=text(row, "currency") or None,
        customer=text(row, "customer") or None,
        date=day(row, "invoiceDate"),
        is_void=flag(row, *contract.VOID, default=False),
        balance=number(row, "outstandingAmount"),
        raw=row,
    )


def customer_of(row: Record, reference: str | None = None) -> Remote:
    """A customer: its code is its number and the trace of our reference."""
    code, email = contract.code_of(ReferenceKind.CUSTOMER, row), text(row, "email")
    return Remote(text(row, "id"), reference or code, code, raw={"email": email} if email else {})


class Lookups:
    """Finds what carries our references; remembers by which reference its questions are proven."""

    def __init__(self, client: Client) -> None:
        self._client = client
        self._known = ""

    def invoices(self, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Every invoice with one of these references, several in one question; compared exactly, by us."""
        found: dict[str, list[Remote]] = {each.reference: [] for each in wanted}
        known = self._known_reference() if found else ""
        for some in _portions(list(found)) if known else ():
            for row in self._proven(some, known):
                if contract.reference_of(row) in some:  # the known one may be wanted elsewhere
                    found[contract.reference_of(row)].append(self._whole(row))
        return found

    def _proven(self, references: Sequence[str], known: str) -> list[Record]:
        """The known one stands in the middle, so that books which heed the first or the last alone are found out."""
        half = (len(references) + 1) // 2
        asked = [*references[:half], known, *(references[half:] or references[:half])]
        rows = self._having(contract.INVOICES, "referenceNo", asked)
        if not any(contract.reference_of(row) == known for row in rows):
            self._known = ""
            message = say(N_("{system} did not find an invoice that it has shown."), system=self._client.http.label)
            raise OutcomeUnknown(message, cause=known)
        return rows

    def _known_reference(self) -> str:
        """A reference among the newest invoices; empty only where there is no invoice at all. Refused where the newest
        show none: the list may hide them."""
        if self._known:
            return self._known
        pages = self._client.pages(contract.INVOICES, order="invoiceDate desc")
        place = 0
        for place, rows in enumerate(pages, start=1):
            self._known = next((contract.reference_of(row) for row in rows if contract.reference_of(row)), "")
            if self._known or place == contract.PROOF_PAGES:
                break
        if place and not self._known:
            raise Refused(say(UNPROVEN, system=self._client.http.label))
        return self._known

    def _whole(self, row: Record) -> Remote:
        """Rows of the list leave out the lines, and with them the total."""
        try:
            return invoice_of(self._client.document(contract.INVOICES, text(row, "id")))
        except Missing:
            return invoice_of(row)

    def customers(self, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Customers that we made, by the code that follows from our reference."""
        codes = {made_code(each.reference): each.reference for each in wanted}
        found: dict[str, list[Remote]] = {each.reference: [] for each in wanted}
        for some in _portions(list(codes)):
            for row in self._having(contract.CUSTOMERS, "companyCode", some):
                code = contract.code_of(ReferenceKind.CUSTOMER, row)
                if code in codes:
                    found[codes[code]].append(customer_of(row, codes[code]))
        return found

    def _having(self, path: str, field: str, values: Sequence[str]) -> list[Record]:
        """Every row of which the field has one of these values; inner quotes are doubled."""
        quoted = ",".join("'" + value.replace("'", "''") + "'" for value in values)
        pages = self._client.pages(path, f"{field} in ({quoted})")
        return list({text(row, "id"): row for page in pages for row in page}.values())


def _portions(values: Sequence[str]) -> Iterator[Sequence[str]]:
    return (values[begin : begin + contract.AT_ONCE] for begin in range(0, len(values), contract.AT_ONCE))
