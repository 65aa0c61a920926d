"""The lines of a sale or a refund: products with their taxes, and the one discount line (sections 3.7 and 3.9)."""

from collections.abc import Sequence
from decimal import Decimal

from adapters.accounting.quickbooks import company, contract
from adapters.accounting.quickbooks.contract import Record, filled, rounded, text
from adapters.accounting.quickbooks.refs import K, Ref, Refs
from adapters.errors import Refused
from documents import N_, ZERO, Invoice, InvoiceLine, say

ITEM_DETAIL, DISCOUNT_DETAIL = "SalesItemLineDetail", "DiscountLineDetail"


def body_lines(invoice: Invoice, refs: Refs) -> list[Record]:
    """Every line in its order; a discount of 0 is none."""
    _refuse_scattered(invoice, refs)
    shown = [line for line in invoice.lines if line.form == "line" or line.amount]
    return [_item(invoice, line, refs) if line.form == "line" else _discount(invoice, line, refs) for line in shown]


def _refuse_scattered(invoice: Invoice, refs: Refs) -> None:
    """A location belongs to a whole document; a class too, in some companies."""
    if any(line.location not in {None, invoice.location} for line in invoice.lines):
        raise Refused(say(N_("QuickBooks keeps one location for a whole document, not one for each line.")))
    other = {line.project for line in invoice.lines if line.project not in {None, invoice.project}}
    if any(refs.is_per_document(project) for project in other if project):
        raise Refused(say(N_("This company has one class for a whole document in QuickBooks, not one for each line.")))


def _item(invoice: Invoice, line: InvoiceLine, refs: Refs) -> Record:
    """In a document whose amounts hold tax, Amount is net and TaxInclusiveAmt what the buyer sees (section 3.9)."""
    net = _net(invoice, line)
    detail = {
        "ItemRef": refs.of(K.ITEM, line.item),
        "Qty": line.quantity,
        "UnitPrice": _unit_price(line, net),
        "TaxCodeRef": _tax_code(invoice, line, refs),
        "ClassRef": refs.of_class(line.project or invoice.project, company.PER_LINE),
        "TaxInclusiveAmt": line.amount if invoice.tax_inclusive else None,
    }
    return _line(ITEM_DETAIL, net, line, detail)


def _discount(invoice: Invoice, line: InvoiceLine, refs: Refs) -> Record:
    """Its amount is positive, and it stands once in a document."""
    is_sent = invoice.tax_sent is not None
    detail = {
        "PercentBased": False,
        "TaxCodeRef": None if is_sent else _tax_code(invoice, line, refs),
        "ClassRef": refs.of_class(line.project or invoice.project, company.PER_LINE),
    }
    return _line(DISCOUNT_DETAIL, -_net(invoice, line), line, detail)


def _line(kind: str, amount: Decimal, line: InvoiceLine, detail: Record) -> Record:
    body = {"DetailType": kind, "Amount": amount, "Description": line.description or None, kind: filled(detail)}
    return filled(body)


def _net(invoice: Invoice, line: InvoiceLine) -> Decimal:
    return line.amount - (line.tax or ZERO) if invoice.tax_inclusive else line.amount


def _unit_price(line: InvoiceLine, amount: Decimal) -> Decimal | None:
    """A price whose product with the quantity is the amount to the cent, as QuickBooks checks (section 5)."""
    if line.quantity is None or line.price is None:
        return None
    if rounded(line.quantity * line.price) == amount or not line.quantity:
        return line.price
    price = rounded(amount / line.quantity, contract.PRICE_DIGITS)
    if rounded(line.quantity * price) != amount:
        sentence = N_("No price with {digits} decimals makes {quantity} of {name} come to {amount} before tax.")
        quantity, shown = contract.plain(line.quantity), contract.plain(amount)
        raise Refused(
            say(sentence, digits=contract.PRICE_DIGITS, quantity=quantity, name=line.description, amount=shown)
        )
    return price


def _tax_code(invoice: Invoice, line: InvoiceLine, refs: Refs) -> Ref | None:
    """US lines say TAX or NON; others name a code by its id; books without sales tax name none."""
    if invoice.tax_sent is not None:
        return {"value": line.tax_code or contract.NOT_TAXED}
    return refs.of(K.TAX_CODE, line.tax_code)


# --- the lines that are there already ---------------------------------------------------------------------------


def with_ids(lines: Sequence[Record], present: Record) -> list[Record]:
    """A line that is sent with the id of an old one replaces it (section 2.8); old ones that are left over go."""
    old: dict[str, list[str]] = {}
    for row in contract.rows_in(present, "Line"):
        if text(row, "Id"):
            old.setdefault(text(row, "DetailType"), []).append(text(row, "Id"))
    return [_with_id(line, old.get(line["DetailType"], [])) for line in lines]


def _with_id(line: Record, left: list[str]) -> Record:
    return {**line, "Id": left.pop(0)} if left else line
