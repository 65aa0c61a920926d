"""The lines of a sales form: what is taken, what is refused, what is filled in (quickbooks-online.md 3.7)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from practice.quickbooks.discounts import DISCOUNT_DETAIL, discount_line, insist_on
from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.line_sums import DISCOUNT, SALES, SUBTOTAL, WORDS, is_inline_subtotal
from practice.quickbooks.rounding import ZERO, cents, price
from practice.quickbooks.shapes import (
    LINKED,
    Shape,
    amount,
    day,
    ignored,
    listed,
    number,
    one_of,
    reference,
    shaped,
    text,
)
from practice.quickbooks.taxcodes import PSEUDO
from practice.quickbooks.write import Write
from practice.web import Doc

SHIPPING = "SHIPPING_ITEM_ID"
MOST_TAXED = 750
NO_TAX_CODE = "Make sure all your transactions have a VAT rate (GST/HST rate) before you save."
SALES_DETAIL: Shape = {
    **dict.fromkeys(("ItemRef", "TaxCodeRef", "ClassRef"), reference),
    "Qty": number,
    "UnitPrice": number,
    "ServiceDate": day,
    "TaxInclusiveAmt": amount,
    **dict.fromkeys(("ItemAccountRef", "TaxClassificationRef", "PriceLevelRef", "MarkupInfo", "RatePercent"), ignored),
    **dict.fromkeys(("UOMRef", "InventorySiteRef", "DeferredRevenue", "DiscountRate", "DiscountAmt"), ignored),
}
LINES = listed(
    {
        "Id": lambda value, name: str(value),
        "Description": text(4000),
        "Amount": amount,
        "DetailType": one_of(SALES, DISCOUNT, SUBTOTAL, WORDS),
        SALES: shaped(SALES_DETAIL, may_be_empty=True),
        DISCOUNT: shaped(DISCOUNT_DETAIL, may_be_empty=True),
        "LinkedTxn": LINKED,
        **dict.fromkeys((SUBTOTAL, "SubtotalLineDetail", "DescriptionLineDetail", "GroupLineDetail"), ignored),
        **dict.fromkeys(("LineNum", "CustomField", "LineEx", "Received", "ProjectRef"), ignored),
    }
)


@dataclass(frozen=True)
class Form:
    """What the lines of one document share; `taxes_lines`: every line needs a numeric tax code."""

    write: Write
    day: str
    known_ids: frozenset[str]
    inclusive: bool
    taxes_lines: bool

    @property
    def is_global(self) -> bool:
        """Whether tax codes stand on lines (3.9)."""
        return self.write.books.tax_model == "global"


def read_lines(form: Form, sent: Any) -> list[Doc]:
    """All lines as they are saved, but for the sub-total; raises Refused."""
    rows = [row for row in sent or [] if row.get("DetailType") != SUBTOTAL]
    made = [_line(form, row) for row in rows]
    if not any(line["DetailType"] == SALES or is_inline_subtotal(line) for line in made):
        raise missing("Line")
    if len([line for line in made if line["DetailType"] == DISCOUNT]) > 1:
        raise business("A transaction can have one discount line")
    if len(made) > MOST_TAXED and any(is_taxed(form, line) for line in made):
        raise business(f"A taxable transaction can have {MOST_TAXED} lines at most")
    return _with_ids(form, made)


def is_taxed(form: Form, line: Doc) -> bool:
    """Whether the line carries a code that is not the US' NON."""
    code = line.get(SALES, {}).get("TaxCodeRef")
    return code is not None and code["value"] != "NON"


def is_shipping(line: Doc) -> bool:
    """Whether it is the form's shipping box."""
    item = line.get(SALES, {}).get("ItemRef")
    return item is not None and item["value"] == SHIPPING


def _line(form: Form, row: Doc) -> Doc:
    match row.get("DetailType"):
        case None:
            raise missing("Line.DetailType")
        case "DiscountLineDetail":
            return discount_line(form.write, row)
        case "DescriptionOnly":
            return {name: row[name] for name in ("Id", "Description", "DetailType") if name in row} | {"Amount": ZERO}
        case _:
            return _sales_line(form, row)


def _sales_line(form: Form, row: Doc) -> Doc:
    detail = row.get(SALES)
    if detail is None:
        raise missing("Line.SalesItemLineDetail")
    if "Amount" not in row:
        raise missing("Line.Amount")
    sum_ = cents(row["Amount"])
    if sum_ < 0 and not form.write.switches.negative_lines:
        raise Refused("2290", f"Negative amounts are not supported. Supplied value:{sum_}", "Line.Amount")
    made = _quantity(detail, sum_) | _dimensions(form.write, detail) | _item(form, detail, sum_)
    if form.inclusive and detail.get("TaxInclusiveAmt"):
        made["TaxInclusiveAmt"] = cents(detail["TaxInclusiveAmt"])
    if "ItemRef" in made:
        made |= _tax_code(form, detail)
    shown = {name: row[name] for name in ("Id", "Description", "DetailType") if name in row}
    return shown | {"Amount": sum_, SALES: made}


def _quantity(detail: Doc, sum_: Decimal) -> Doc:
    """Quantity and price, which must give the amount (section 5); two zeros count as unset."""
    quantity, unit = detail.get("Qty"), detail.get("UnitPrice")
    if not quantity and not unit and sum_:
        return {}
    if quantity is not None and quantity < 0:
        raise Refused("2160", f"Qty must not be negative. Supplied value:{quantity}", "Qty")
    if quantity is not None and unit is not None and cents(quantity * price(unit)) != sum_:
        words = "Amount calculation incorrect in the request. Amount is not equal to UnitPrice * Qty."
        raise Refused("6070", f"{words} Supplied value:{sum_}", "Line.Amount")
    if unit is None and quantity:
        unit = sum_ / quantity
    shown = {"Qty": quantity, "UnitPrice": None if unit is None else price(unit)}
    return {name: value for name, value in shown.items() if value is not None}


def _item(form: Form, detail: Doc, sum_: Decimal) -> Doc:
    sent = detail.get("ItemRef")
    if sent is None:
        if sum_:
            raise Refused("6440", "A line with an amount needs an item or an account", "Line.ItemRef")
        return {}
    if sent["value"] == SHIPPING:
        insist_on(form.write, "AllowShipping", "Shipping")
        return {"ItemRef": {"value": SHIPPING, "name": SHIPPING}}
    item = form.write.need("Item", sent, "Line.ItemRef")
    if item["Type"] == "Category":
        raise business("A category cannot be sold")
    if item["Type"] == "Inventory" and form.day < item["InvStartDate"]:
        words = f"Transaction date is prior to start date for inventory item {item['Name']}"
        raise Refused("6270", f"{words}. Supplied value:{form.day}", "TxnDate")
    return {"ItemRef": {"value": item["Id"], "name": item["FullyQualifiedName"]}, "ItemAccountRef": _income(item)}


def _income(item: Doc) -> Doc | None:
    account: Doc | None = item.get("IncomeAccountRef")
    return account


def _tax_code(form: Form, detail: Doc) -> Doc:
    """TAX or NON in the US, the Id of a code elsewhere (3.9)."""
    sent = detail.get("TaxCodeRef")
    if not form.is_global:
        code = sent["value"] if sent else "NON"
        if code not in PSEUDO:
            words = f"Valid line TaxCodes for US should be TAX or NON. Supplied value: {code}"
            raise Refused("6100", words, "Line.TaxCodeRef")
        return {"TaxCodeRef": {"value": code}}
    if not form.taxes_lines:
        return {}
    if sent is None:
        raise business(NO_TAX_CODE)
    record = form.write.need("TaxCode", sent, "Line.TaxCodeRef")
    if not record["SalesTaxRateList"]["TaxRateDetail"]:
        raise business(f"Tax code {record['Name']} is not for sales")
    return {"TaxCodeRef": {"value": record["Id"], "name": record["Name"]}}


def _dimensions(write: Write, detail: Doc) -> Doc:
    """The class, where classes are tracked by line; the day of the service."""
    made = {"ServiceDate": detail["ServiceDate"]} if "ServiceDate" in detail else {}
    if "ClassRef" in detail:
        if not write.books.preference("AccountingInfoPrefs", "ClassTrackingPerTxnLine"):
            raise Refused("5030", "Class tracking by line is off", "Line.ClassRef")
        made["ClassRef"] = write.refer("Class", detail["ClassRef"], "Line.ClassRef")
    return made


def _with_ids(form: Form, lines: list[Doc]) -> list[Doc]:
    """A known Id stays, every other line gets the next one."""
    last = max((int(key) for key in form.known_ids), default=0)
    made = []
    for line in lines:
        if line.get("Id") in form.known_ids:
            made.append(line)
        else:
            last += 1
            made.append(line | {"Id": str(last)})
    return made
