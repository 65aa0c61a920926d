"""Invoices, sales receipts, credit memos and refund receipts: what they share (quickbooks-online.md 3.6)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from practice.quickbooks.effects import move_stock
from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.form_fields import PLAIN, SALES_FORM, custom_fields, dimensions
from practice.quickbooks.line_sums import DISCOUNT, discount_of, finished, subtotal_of, with_percentages
from practice.quickbooks.lines import Form, read_lines
from practice.quickbooks.money import Money, active_customer, money_of
from practice.quickbooks.numbering import number_of
from practice.quickbooks.rounding import ZERO, total
from practice.quickbooks.tax import Asked, gross_of, taxed, with_nets
from practice.quickbooks.voiding import emptied, empty_line
from practice.quickbooks.write import DOCUMENTS, Write
from practice.web import Doc

SOLD = SEARCHABLE | {
    "DocNumber": "text",
    "TxnDate": "date",
    "CustomerRef": "reference",
    "ClassRef": "reference",
    "DepartmentRef": "reference",
    "TotalAmt": "number",
}
KEPT_LINES = "_kept_lines"


@dataclass(frozen=True)
class Sums:
    """Lines, tax and total of a form; `mode` is how prices stand to tax, outside the US."""

    lines: list[Doc]
    tax: Doc | None
    total: Decimal
    mode: str | None
    after_discount: bool

    def fields(self) -> Doc:
        """As the record carries them."""
        return {
            "Line": finished(self.lines),
            "TxnTaxDetail": self.tax,
            "GlobalTaxCalculation": self.mode,
            "ApplyTaxAfterDiscount": self.after_discount,
        }


class SalesForm(Entity):
    """A form with lines of items."""

    shape = SALES_FORM
    searchable = SOLD
    indexed = {"DocNumber": "_number"}
    sequence = DOCUMENTS
    can_be_deleted = True
    needs_customer = True

    def make(self, write: Write, sent: Doc, old: Doc | None) -> Doc:
        """The whole document, its sums worked out."""
        day = sent.get("TxnDate") or write.clock.today()
        write.open_day(day, *([old["TxnDate"]] if old else []))
        customer = self._customer(write, sent)
        sums = _worked_out(_form(write, sent, day, old), sent, customer or {})
        money = money_of(write, sent, day, customer, sums.total)
        number = number_of(write, self.name, sent, old)
        record = {
            **{name: sent[name] for name in PLAIN if name in sent},
            **dimensions(write, sent),
            **sums.fields(),
            **money.fields(),
            "DocNumber": number,
            "TxnDate": day,
            "CustomerRef": customer and {"value": customer["Id"], "name": customer["DisplayName"]},
            "BillAddr": sent.get("BillAddr") or (customer or {}).get("BillAddr"),
            "ShipAddr": sent.get("ShipAddr") or (customer or {}).get("ShipAddr"),
            "CustomField": custom_fields(write, sent),
            "PrintStatus": sent.get("PrintStatus", "NeedToPrint"),
            "EmailStatus": sent.get("EmailStatus", "NotSet"),
            "_number": (number or "").casefold(),
            "_void": bool(old and old["_void"] and sent.get(KEPT_LINES)),
        }
        return record | self.own_fields(write, sent, old, record, money)

    def own_fields(self, write: Write, sent: Doc, old: Doc | None, record: Doc, money: Money) -> Doc:
        """What only this kind of form has."""
        return {"LinkedTxn": old["LinkedTxn"] if old else []}

    def merged(self, write: Write, kept: Doc, sent: Doc) -> Doc:
        """New lines make the tax anew, unless it is sent too; a US company's own tax stays."""
        if "Line" not in sent:
            return kept | sent | {KEPT_LINES: True}
        if "TxnTaxDetail" not in sent and write.books.tax_model != "us_manual":
            kept = {name: value for name, value in kept.items() if name != "TxnTaxDetail"}
        return kept | sent

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """Goods leave or come back."""
        move_stock(write, self.name, new, old)

    def refuse_removal(self, write: Write, record: Doc) -> None:
        """Closed periods, and what is linked (2.1)."""
        write.open_day(record["TxnDate"])
        if record["LinkedTxn"]:
            raise business("You cannot delete this transaction while other transactions are linked to it")

    def voided(self, write: Write, record: Doc) -> Doc:
        """Nothing is left of amounts and quantities; the record stays (2.1)."""
        write.open_day(record["TxnDate"])
        lines = [empty_line(line) for line in record["Line"] if not _is_discount(line)]
        return record | emptied(record) | {"Line": lines}

    def sent_by_mail(self, write: Write, record: Doc) -> Doc:
        """Marked as sent; the address of the call replaces that of the form."""
        address = write.wish.send_to or record.get("BillEmail", {}).get("Address")
        if not address:
            raise Refused("6420", "An email address is needed", "BillEmail")
        info = {"DeliveryType": "Email", "DeliveryTime": write.clock.stamp()}
        return record | {"EmailStatus": "EmailSent", "BillEmail": {"Address": address}, "DeliveryInfo": info}

    def _customer(self, write: Write, sent: Doc) -> Doc | None:
        reference = sent.get("CustomerRef")
        if reference is None:
            if self.needs_customer:
                raise missing("CustomerRef")
            return None
        return active_customer(write, reference)


def _worked_out(form: Form, sent: Doc, customer: Doc) -> Sums:
    """All sums of a form, from its lines; code 6000 where they are below zero."""
    lines = with_nets(form, read_lines(form, sent.get("Line")))
    lines = with_percentages(lines, _goods(form, lines))
    discount, after = discount_of(lines), sent.get("ApplyTaxAfterDiscount", False)
    ship_to, exempt = sent.get("ShipAddr") or customer.get("ShipAddr"), not customer.get("Taxable", True)
    tax = taxed(form, lines, Asked(sent.get("TxnTaxDetail"), discount, after, ship_to, exempt))
    whole = _total(form, lines, discount, tax)
    if whole < 0:
        raise business("The transaction amount must be 0 or greater")
    return Sums(lines, tax, whole, _tax_mode(sent) if form.is_global else None, after)


def _form(write: Write, sent: Doc, day: str, old: Doc | None) -> Form:
    is_taxed = write.books.uses_tax and write.books.tax_model == "global"
    mode = _tax_mode(sent) if is_taxed else ""
    if mode == "NotApplicable" and "TxnTaxDetail" in sent:
        raise Refused("6170", "TxnTaxDetail is not allowed with NotApplicable", "TxnTaxDetail")
    known = frozenset(line["Id"] for line in old["Line"] if "Id" in line) if old else frozenset()
    return Form(write, day, known, mode == "TaxInclusive", is_taxed and mode != "NotApplicable")


def _tax_mode(sent: Doc) -> str:
    return str(sent.get("GlobalTaxCalculation", "TaxExcluded"))


def _goods(form: Form, lines: list[Doc]) -> Decimal:
    """What a percentage is taken of: with tax in an inclusive form."""
    goods = [line for line in lines if not _is_discount(line)]
    return total(gross_of(line) for line in goods) if form.inclusive else subtotal_of(lines)


def _total(form: Form, lines: list[Doc], discount: Decimal, tax: Doc | None) -> Decimal:
    if form.inclusive:
        return _goods(form, lines) - discount
    return subtotal_of(lines) - discount + (tax["TotalTax"] if tax else ZERO)


def _is_discount(line: Doc) -> bool:
    return bool(line["DetailType"] == DISCOUNT)
