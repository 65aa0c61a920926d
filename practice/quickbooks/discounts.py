"""The discount line of a sales form (quickbooks-online.md 3.7)."""

from __future__ import annotations

from practice.quickbooks.faults import Refused, missing
from practice.quickbooks.line_sums import DISCOUNT
from practice.quickbooks.rounding import ZERO, cents
from practice.quickbooks.shapes import Shape, flag, ignored, percent, reference
from practice.quickbooks.write import Write
from practice.web import Doc

DISCOUNT_DETAIL: Shape = {
    "PercentBased": flag,
    "DiscountPercent": percent,
    **dict.fromkeys(("DiscountAccountRef", "TaxCodeRef", "ClassRef"), reference),
    **dict.fromkeys(("DiscountRef", "Discount", "ServiceDate"), ignored),
}


def discount_line(write: Write, row: Doc) -> Doc:
    """One for the whole document, its amount above zero; needs the company's setting."""
    insist_on(write, "AllowDiscount", "Discount")
    detail = row.get(DISCOUNT)
    if detail is None:
        raise missing("Line.DiscountLineDetail")
    sum_ = cents(row.get("Amount", ZERO))
    if sum_ < 0:
        raise Refused("2290", f"The amount of a discount is positive. Supplied value:{sum_}", "Line.Amount")
    is_percent = detail.get("PercentBased", False)
    if not sum_ and not (is_percent and detail.get("DiscountPercent")):
        raise Refused("6090", "A discount line needs an amount or a percentage", "Line.Amount")
    account = detail.get("DiscountAccountRef") or _default_account(write)
    made = {
        "PercentBased": is_percent,
        "DiscountPercent": detail.get("DiscountPercent") if is_percent else None,
        "DiscountAccountRef": write.refer("Account", account, "DiscountAccountRef"),
        "TaxCodeRef": detail.get("TaxCodeRef"),
    }
    shown = {name: row[name] for name in ("Id", "Description", "DetailType") if name in row}
    return shown | {"Amount": sum_, DISCOUNT: {name: what for name, what in made.items() if what is not None}}


def _default_account(write: Write) -> Doc | None:
    known = write.books.preference("SalesFormsPrefs", "DefaultDiscountAccount")
    return {"value": str(known)} if known else None


def insist_on(write: Write, preference: str, what: str) -> None:
    """Code 5030 where a setting of sales forms is off."""
    if not write.books.preference("SalesFormsPrefs", preference):
        raise Refused("5030", f"{what} is turned off in the company's settings", "Line")
