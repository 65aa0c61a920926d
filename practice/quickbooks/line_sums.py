"""The kinds of lines of a sales form, and what they add up to (quickbooks-online.md 3.7)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.rounding import ZERO, cents, total
from practice.web import Doc

SALES, DISCOUNT, SUBTOTAL, WORDS = "SalesItemLineDetail", "DiscountLineDetail", "SubTotalLineDetail", "DescriptionOnly"


def finished(lines: list[Doc]) -> list[Doc]:
    """The lines with their numbers, the sub-total before the discount, as an answer shows them."""
    goods = [line | {"LineNum": number} for number, line in enumerate(_goods(lines), 1)]
    subtotal = {"Amount": subtotal_of(lines), "DetailType": SUBTOTAL, SUBTOTAL: {}}
    return [*_inline_subtotals(goods), subtotal, *(line for line in lines if line["DetailType"] == DISCOUNT)]


def subtotal_of(lines: list[Doc]) -> Decimal:
    """The sum of what is sold."""
    return total(line["Amount"] for line in lines if line["DetailType"] == SALES)


def discount_of(lines: list[Doc]) -> Decimal:
    """What the discount line takes off."""
    return total(line["Amount"] for line in lines if line["DetailType"] == DISCOUNT)


def with_percentages(lines: list[Doc], base: Decimal) -> list[Doc]:
    """The lines with the amount of a percentage discount worked out."""
    return [_percentage(line, base) if line["DetailType"] == DISCOUNT else line for line in lines]


def _percentage(line: Doc, base: Decimal) -> Doc:
    detail = line[DISCOUNT]
    if not detail.get("PercentBased"):
        return line
    return line | {"Amount": cents(base * detail["DiscountPercent"] / 100)}


def _goods(lines: list[Doc]) -> list[Doc]:
    return [line for line in lines if line["DetailType"] != DISCOUNT]


def is_inline_subtotal(line: Doc) -> bool:
    """A text that begins 'Subtotal:'."""
    return line["DetailType"] == WORDS and str(line.get("Description", "")).startswith("Subtotal:")


def _inline_subtotals(lines: list[Doc]) -> list[Doc]:
    """A text that begins 'Subtotal:' shows the sum since the last one."""
    running, made = ZERO, []
    for line in lines:
        if is_inline_subtotal(line):
            made.append(line | {"Amount": running})
            running = ZERO
        else:
            running += line["Amount"]
            made.append(line)
    return made
