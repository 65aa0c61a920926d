"""The bytes of a sales invoice and of a customer, as the N3 Open API takes them (qne.md section 6, N6-N9, N22-N24)."""

import hashlib
from collections.abc import Callable
from decimal import Decimal

from adapters.accounting.qne import contract
from adapters.accounting.qne.contract import Record, typed_id
from adapters.accounting.qne.lists import read_units
from adapters.errors import Refused, UnknownCode
from documents import N_, CustomerChoice, Invoice, InvoiceLine, Lookup, NewCustomer, ReferenceKind, ReferenceRow, say

K = ReferenceKind
ReadStock = Callable[[str], Record]
"""Reads one stock item by its id."""


class Ids:
    """Finds the ids that stand for the codes of an invoice; they differ per company (section 5)."""

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


def new_invoice(template: Record, invoice: Invoice, reference: str, ids: Ids) -> Record:
    """A whole new document: the tenant's defaults, ours over them, no nulls, no totals (N7, N8)."""
    number = {"docCode": invoice.number} if invoice.number and "docCode" in template else {}  # N22
    body = _defaults(template) | number | _head(template, invoice, reference, ids)
    return _without_nulls(body | {"itemDetails": _lines(template, invoice, ids)})


def changed_invoice(present: Record, template: Record, invoice: Invoice, reference: str, ids: Ids) -> Record:
    """The whole document again, under its id and number, with the ids of its lines kept (section 4)."""
    numbered = {name: present[name] for name in contract.DOCUMENT_NUMBER if present.get(name)}
    lines = _lines(template, invoice, ids)
    for line, old in zip(lines, lines_of(present), strict=False):
        line["id"] = old.get("id")
    body = _defaults(present) | {"id": present.get("id")} | numbered | _head(template, invoice, reference, ids)
    return _without_nulls(body | {"itemDetails": [_without_nulls(line) for line in lines]})


def lines_of(document: Record) -> list[Record]:
    """Read `itemDetails` first, else `details` (section 6.3)."""
    found = (document.get(name) for name in contract.LINES)
    return next((rows for rows in found if isinstance(rows, list) and rows), [])


def _defaults(template: Record) -> Record:
    """What a template says that is neither the server's own, nor an amount, nor the name or code beside an id."""
    return {key: value for key, value in template.items() if _is_default(template, key, value)}


def _is_default(template: Record, key: str, value: object) -> bool:
    if key in contract.SERVERS_OWN or isinstance(value, dict | list) or "amount" in key.lower():
        return False
    return not (key.endswith(("Code", "Name")) and f"{key[:-4]}Id" in template)


def _head(template: Record, invoice: Invoice, reference: str, ids: Ids) -> Record:
    """Ids and not codes: a `projectCode` is silently ignored (section 5)."""
    if invoice.date is None or invoice.exchange_rate is None:
        raise Refused(say(N_("The invoice {reference} has no date or no exchange rate."), reference=reference))
    head: Record = {
        "docDate": invoice.date.isoformat(),
        "dueDate": invoice.due_date.isoformat() if invoice.due_date else None,
        "customerId": ids.of_customer(invoice.customer),
        "currencyId": _currency_id(template, invoice.currency, ids),
        "currencyRate": invoice.exchange_rate,
        "referenceNo": reference,
        "description": invoice.description or None,
        "isTaxInclusive": invoice.tax_inclusive,
    }
    return head | _choices(template, invoice, ids)


def _choices(template: Record, invoice: Invoice, ids: Ids) -> Record:
    """Terms and project always, agent and location only where the template has the field (N6)."""
    chosen = (
        ("termId", K.TERM, invoice.terms, True),
        ("projectId", K.PROJECT, invoice.project, True),
        ("agentId", K.AGENT, invoice.agent, "agentId" in template),
        ("stockLocationId", K.LOCATION, invoice.location, "stockLocationId" in template),
    )
    return {field: ids.of(kind, code) for field, kind, code, is_taken in chosen if code and is_taken}


def _currency_id(template: Record, currency: str, ids: Ids) -> int | str | None:
    """From the list; the currency that new invoices start with needs none (the list's path is a guess)."""
    if ids.row(K.CURRENCY, currency) is None and contract.text(template, "currencyCode") == currency:
        default: int | str | None = template.get("currencyId")
        return default
    return ids.of(K.CURRENCY, currency)


def _lines(template: Record, invoice: Invoice, ids: Ids) -> list[Record]:
    known = lines_of(template)
    has_location = bool(known) and "stockLocationId" in known[0]
    if not has_location and any(line.location not in {None, invoice.location} for line in invoice.lines):
        raise Refused(say(N_("These books keep one stock location for a whole invoice, not one for each line.")))
    return [_line(place, line, invoice, ids, has_location) for place, line in enumerate(invoice.lines, start=1)]


def _line(place: int, line: InvoiceLine, invoice: Invoice, ids: Ids, has_location: bool) -> Record:
    """A line needs its stock (N24); `discount` is text, `taxRate` a factor; no amount is sent but the price (N8)."""
    item, project = line.item or "", line.project or invoice.project
    location = line.location or invoice.location
    body: Record = {
        "pos": place,
        "stockId": ids.of(K.ITEM, item),
        "uomId": ids.of_unit(item, line.uom) if line.uom else None,
        "description": line.description or None,
        "qty": line.quantity,
        "unitPrice": line.price,
        "discount": plain(line.discount),
        "isTaxInclusive": invoice.tax_inclusive,
        "projectId": ids.of(K.PROJECT, project) if project else None,
        "stockLocationId": ids.of(K.LOCATION, location) if location and has_location else None,
    }
    if line.tax_code:
        body |= {"taxCodeId": ids.of(K.TAX_CODE, line.tax_code), "taxRate": line.tax_rate.scaleb(-2)}
    return _without_nulls(body)


def plain(amount: Decimal) -> str:
    """5.00 is "5", 0 is "0", never an exponent."""
    return f"{amount.normalize():f}" if amount else "0"


def _without_nulls(body: Record) -> Record:
    return {key: value for key, value in body.items() if value is not None}


# --- customers --------------------------------------------------------------------------------------------------


def customer_code(reference: str) -> str:
    """The code of a customer that we make: always the same for the same reference, so that it is found again (N23)."""
    return f"TB-{hashlib.sha256(reference.encode()).hexdigest()[:12].upper()}"


def new_customer(template: Record, customer: NewCustomer, reference: str) -> Record:
    """Code and name; the rest only where the template has it (N23)."""
    email = {"email": customer.email} if customer.email and "email" in template else {}
    named = {"code": customer_code(reference), "name": customer.name}
    return _without_nulls(_defaults(template) | named | email)


def changed_customer(present: Record, customer: NewCustomer) -> Record:
    """The same customer with another name or e-mail; its code stays."""
    email = {"email": customer.email} if customer.email and "email" in present else {}
    own = {"id": present.get("id"), "code": present.get("code"), "name": customer.name}
    return _without_nulls(_defaults(present) | own | email)
