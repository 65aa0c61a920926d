"""What the bytes of every QNE document share: the tenant's defaults, ids for codes, the head, the price of a line
(qne.md section 6, N5-N9)."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from adapters.accounting.qne import contract
from adapters.accounting.qne.contract import Record, typed_id
from adapters.accounting.qne.lists import read_units
from adapters.errors import Refused, UnknownCode
from documents import N_, CustomerChoice, Invoice, InvoiceLine, Lookup, Receipt, ReferenceKind, ReferenceRow, say

K = ReferenceKind
ReadStock = Callable[[str], Record]
"""Reads one stock item by its id."""


class Ids:
    """Finds the ids that stand for the codes of a document; they differ per company (section 5)."""

    def __init__(self, lookup: Lookup, read_stock: ReadStock) -> None:
        self._lookup, self._read_stock = lookup, read_stock

    def of(self, kind: ReferenceKind, code: str) -> int | str:
        """The id of a row, in the JSON type received (N5); raises UnknownCode."""
        row = self._lookup(kind, code)
        return typed_id(row.remote_id, row.details)

    def of_unit(self, item: str, unit: str) -> int | str:
        """The id of one unit of an item, read from the item where our list does not hold it."""
        row = self._lookup(K.ITEM, item)
        found = _unit_id(row.details.get("uoms"), unit)
        if found is None:
            found = _unit_id(read_units(self._read_stock(row.remote_id)), unit)
        if found is None:
            raise UnknownCode(K.UOM, unit)
        return found

    def of_customer(self, choice: CustomerChoice | None) -> int | str:
        """The id of the customer, who exists by now."""
        if choice is None or choice.code is None:
            name = choice.create.name if choice and choice.create else ""
            raise UnknownCode(K.CUSTOMER, name)
        return self.of(K.CUSTOMER, choice.code)

    def row(self, kind: ReferenceKind, code: str) -> ReferenceRow | None:
        """The row of a code, None where the list does not hold it."""
        try:
            return self._lookup(kind, code)
        except UnknownCode:
            return None


def _unit_id(units: object, code: str) -> int | str | None:
    rows = units if isinstance(units, list) else []
    return next((row["id"] for row in rows if row.get("code") == code and row.get("id") is not None), None)


# --- the head ---------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Form:
    """What a document is written on: the tenant's template, and the document as it is now, None for a new one."""

    template: Record
    reference: str
    ids: Ids
    present: Record | None = None

    def begun(self, number: str | None = None) -> Record:
        """What stands there before we write: the tenant's defaults and a number of ours (N22); or what the document
        has, under its id and number."""
        if self.present is None:
            return defaults(self.template) | _new_number(self.template, number)
        return defaults(self.present) | _identity(self.present)

    def head(self, document: Invoice | Receipt, customer_id: int | str) -> Record:
        """Ids and not codes: a `projectCode` is silently ignored (section 5)."""
        if document.date is None or document.exchange_rate is None:
            sentence = N_("The document {reference} has no date or no exchange rate.")
            raise Refused(say(sentence, reference=self.reference))
        return {
            "docDate": document.date.isoformat(),
            "customerId": customer_id,
            "currencyId": self._currency_id(document.currency),
            "currencyRate": document.exchange_rate,
            "referenceNo": self.reference,
            "description": document.description or None,
        }

    def _currency_id(self, currency: str) -> int | str | None:
        """From the list; the currency that new documents start with needs none (the list's path is a guess)."""
        if self.ids.row(K.CURRENCY, currency) is None and contract.text(self.template, "currencyCode") == currency:
            default: int | str | None = self.template.get("currencyId")
            return default
        return self.ids.of(K.CURRENCY, currency)

    def numbered(self, lines: list[Record]) -> list[Record]:
        """The lines with the ids that the document has given to its lines already (section 4)."""
        ids = [old.get("id") for old in lines_of(self.present or {})][: len(lines)]
        kept = [*ids, *[None] * (len(lines) - len(ids))]
        return [without_nulls(line | {"id": own}) for line, own in zip(lines, kept, strict=True)]


def defaults(template: Record) -> Record:
    """What a template says that is neither the server's own, nor an amount, nor the name or code beside an id."""
    return {key: value for key, value in template.items() if _is_default(template, key, value)}


def _is_default(template: Record, key: str, value: object) -> bool:
    if key in contract.SERVERS_OWN or isinstance(value, dict | list) or "amount" in key.lower():
        return False
    return not (key.endswith(("Code", "Name")) and f"{key[:-4]}Id" in template)


def _new_number(template: Record, number: str | None) -> Record:
    return {"docCode": number} if number and "docCode" in template else {}


def _identity(present: Record) -> Record:
    names = ("id", *contract.DOCUMENT_NUMBER)
    return {name: present[name] for name in names if present.get(name)}


def without_nulls(body: Record) -> Record:
    """The body without the keys that say nothing (N7)."""
    return {key: value for key, value in body.items() if value is not None}


# --- lines ------------------------------------------------------------------------------------------------------


def lines_of(document: Record) -> list[Record]:
    """Read `itemDetails` first, else `details` (section 6.3)."""
    found = (document.get(name) for name in contract.LINES)
    return next((rows for rows in found if isinstance(rows, list) and rows), [])


def priced_line(place: int, line: InvoiceLine, document: Invoice, ids: Ids) -> Record:
    """What every line says: `discount` is text, `taxRate` a factor; no amount is sent but the price (N8)."""
    project = line.project or document.project
    body: Record = {
        "pos": place,
        "description": line.description or None,
        "qty": line.quantity,
        "unitPrice": line.price,
        "discount": plain(line.discount),
        "isTaxInclusive": document.tax_inclusive,
        "projectId": ids.of(K.PROJECT, project) if project else None,
    }
    if line.tax_code:
        body |= {"taxCodeId": ids.of(K.TAX_CODE, line.tax_code), "taxRate": line.tax_rate.scaleb(-2)}
    return body


def plain(amount: Decimal) -> str:
    """5.00 is "5", 0 is "0", never an exponent."""
    return f"{amount.normalize():f}" if amount else "0"
