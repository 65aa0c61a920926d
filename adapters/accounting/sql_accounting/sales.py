"""The bytes of sales invoices and credit notes as the SQL Account API takes them (sql-accounting.md section 8)."""

from collections.abc import Sequence
from dataclasses import dataclass

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.contract import LINES, NONE, Record, plain
from adapters.accounting.sql_accounting.rewriting import identity, present_head
from adapters.errors import Refused
from documents import N_, CreditNote, CustomerChoice, Invoice, InvoiceLine, Lookup, ReferenceKind, ReferenceRow, say

K = ReferenceKind


@dataclass(frozen=True, slots=True)
class Codes:
    """The books name everything by its code; what our copy of their lists does not hold is UnknownCode."""

    lookup: Lookup
    home: str

    def of(self, kind: ReferenceKind, code: str | None) -> str | None:
        """The code, which the books know; None where none is chosen."""
        return self.lookup(kind, code).code if code else None

    def of_currency(self, currency: str) -> str:
        """The base currency has no code of its own."""
        return NONE if currency == self.home else self.lookup(K.CURRENCY, currency).code

    def of_customer(self, choice: CustomerChoice | None) -> ReferenceRow:
        """The customer, who exists by now."""
        return self.lookup(K.CUSTOMER, (choice and choice.code) or "")


def invoice(content: Invoice, reference: str, codes: Codes, present: Record | None = None) -> Record:
    """A whole document; `present` is the one it takes the place of, whose number and other fields stay (D22)."""
    lines = [_line(place, line, content, codes) for place, line in enumerate(content.lines, start=1)]
    if present is None:
        return {"docno": content.number or "", **_head(content, reference, codes), LINES: lines}
    customer = codes.of_customer(content.customer)
    is_same = contract.text(present, "code") == customer.code
    kept = present_head(present) if is_same else {**identity(present), "companyname": customer.name}
    rows = _paired(lines, contract.nested(present, LINES))
    return {**kept, **_head(content, reference, codes), "cancelled": False, LINES: rows}


def credit_note(content: CreditNote, reference: str, codes: Codes, present: Record | None = None) -> Record:
    """It names its sale as text, and is left unapplied (D15)."""
    if content.paid_from:
        raise Refused(
            say(N_("Tillbridge pays no refund out of SQL Accounting; do it there, and leave the account off."))
        )
    body = invoice(content.document, reference, codes, present)
    lines = body.pop(LINES)
    return {**body, **({"fromdoc": content.sale.number} if content.sale else {}), LINES: lines}


def _head(content: Invoice, reference: str, codes: Codes) -> Record:
    if content.date is None or content.exchange_rate is None:
        raise Refused(say(N_("The document {reference} has no date or no exchange rate."), reference=reference))
    head = {
        "docdate": content.date.isoformat(),
        "postdate": content.date.isoformat(),
        "code": codes.of_customer(content.customer).code,
        "terms": codes.of(K.TERM, content.terms),
        "agent": codes.of(K.AGENT, content.agent) or NONE,
        "area": codes.of(K.AREA, content.area) or NONE,
        "project": codes.of(K.PROJECT, content.project) or NONE,
        "currencycode": codes.of_currency(content.currency),
        "currencyrate": plain(content.exchange_rate),
        "description": content.description or None,
        "docref1": reference,
    }
    return contract.without_none(head)


def _line(place: int, line: InvoiceLine, content: Invoice, codes: Codes) -> Record:
    """No amount is sent but the price (D19). An empty tax is said, or the item's own might be taken."""
    tax = codes.of(K.TAX_CODE, line.tax_code)
    body = {
        "seq": place * contract.SEQUENCE,
        "itemcode": codes.lookup(K.ITEM, line.item or "").code,
        "description": line.description or None,
        "qty": None if line.quantity is None else plain(line.quantity),
        "uom": line.uom,
        "unitprice": None if line.price is None else plain(line.price),
        "disc": plain(line.discount) if line.discount else "",
        "tax": tax or "",
        "taxrate": contract.percent(line.tax_rate) if tax else "",
        "taxinclusive": content.tax_inclusive,
        "project": codes.of(K.PROJECT, line.project or content.project) or NONE,
        "location": codes.of(K.LOCATION, line.location or content.location),
        "account": codes.of(K.ACCOUNT, content.account),
        "sdsserialnumber": [{"serialnumber": serial} for serial in line.serials] or None,
    }
    return contract.without_none(body)


def _paired(lines: Sequence[Record], present: Sequence[Record]) -> list[Record]:
    """A line of the same item and unit stays the same row; any other is a new one, so that nothing of another item
    (its account, the rate of its unit) is left on it."""
    left = list(present)
    return [{**_taken(line, left), "sdsserialnumber": [], **line} for line in lines]


def _taken(line: Record, left: list[Record]) -> Record:
    told = [name for name in ("itemcode", "uom") if name in line]
    for row in left:
        if all(contract.text(row, name) == line[name] for name in told):
            left.remove(row)
            return {"dtlkey": row.get("dtlkey")}
    return {}
