"""What Sync would change of a document is told field by field, and nothing is told that stays."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from documents import CustomerChoice, Invoice, InvoiceLine, NewCustomer
from sync.differences import Difference, between

MUG = InvoiceLine("item", Decimal("30.00"), item="MUG", quantity=Decimal(2), price=Decimal(15), description="Mug")
MUG = replace(MUG, source_line="1")
TEA = InvoiceLine("item", Decimal("12.50"), item="TEA", quantity=Decimal(1), description="Tea", source_line="2")
INVOICE = Invoice(
    "r/1", "MYR", Decimal("42.50"), date(2026, 1, 5), Decimal(1), CustomerChoice(code="300-W"), lines=(MUG, TEA)
)


def test_the_same_document_differs_in_nothing():
    same = replace(INVOICE, total=Decimal("42.5"), lines=(replace(MUG, quantity=Decimal("2.00")), TEA))
    assert between(INVOICE, same) == []


@pytest.mark.parametrize(
    ("field", "now", "was_shown", "now_shown"),
    [
        ("date", date(2026, 1, 6), date(2026, 1, 5), date(2026, 1, 6)),
        ("number", "A-7", None, "A-7"),
        ("customer", CustomerChoice(create=NewCustomer("Mei")), "300-W", "Mei"),
        ("terms", "30 Days", None, "30 Days"),
        ("total", Decimal(40), Decimal("42.50"), Decimal(40)),
    ],
)
def test_a_field_of_the_head_is_told(field: str, now: object, was_shown: object, now_shown: object):
    changed = replace(INVOICE, **{field: now})
    assert between(INVOICE, changed) == [Difference("", field, was_shown, now_shown)]


def test_a_changed_line_is_told_by_its_fields():
    changed = replace(INVOICE, lines=(replace(MUG, quantity=Decimal(3), amount=Decimal(45)), TEA))
    assert between(INVOICE, changed) == [
        Difference("Mug", "quantity", Decimal(2), Decimal(3)),
        Difference("Mug", "amount", Decimal(30), Decimal(45)),
    ]


def test_a_new_line_and_one_that_is_gone_are_told():
    cup = replace(MUG, description="Cup", source_line="3")
    assert between(INVOICE, replace(INVOICE, lines=(MUG, cup))) == [
        Difference("Cup", "", None, Decimal(30)),
        Difference("Tea", "", Decimal("12.50"), None),
    ]


def test_lines_in_another_order_are_the_same_lines():
    assert between(INVOICE, replace(INVOICE, lines=(TEA, MUG))) == []
