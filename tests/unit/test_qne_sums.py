"""What QNE would make of the bytes alone comes to the draft's total: golden cases, and whatever drafting makes.

The reckoning is done here again with fractions (qne.md 6.3), and shares no code with the adapter."""

import json
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.accounting.qne import credit_notes, declared, invoices
from adapters.accounting.qne.forms import Form, Ids
from adapters.accounting.qne_optimum import bodies
from adapters.accounting.qne_optimum import declared as optimum
from adapters.http import encode
from documents import CreditNote, CustomerChoice, Draft, Invoice, Lookup, ReferenceRow
from sync.drafting import draft
from tests.unit.drafting_cases import order_of, rules_of
from tests.unit.drafting_makers import make_rules
from tests.unit.test_drafting_properties import DIGITS, QUICK, orders, rounded, switches

CASES = [json.loads(path.read_text(), parse_float=Decimal) for path in sorted(Path("tests/golden").glob("*.json"))]
OURS = [pytest.param(case, id=case["id"]) for case in CASES if case["books"] == "qne" and case["asks"] == "draft"]
BLANK = {"currencyCode": "MYR", "currencyId": 1, "itemDetails": [{"stockLocationId": 1}]}


def lookup_of(invoice: Invoice) -> Lookup:
    """Books that know every code of this invoice."""
    units = [{"code": line.uom, "id": place} for place, line in enumerate(invoice.lines)]
    return lambda kind, code: ReferenceRow(kind, code, code, "7", details={"uoms": units})


def form_of(invoice: Invoice) -> Form:
    return Form(BLANK, "REF-1", Ids(lookup_of(invoice), lambda remote_id: {}))


def as_invoice(invoice: Invoice) -> list[dict[str, Any]]:
    made = json.loads(encode(invoices.body(form_of(invoice), invoice)), parse_float=Decimal)
    return list(made["itemDetails"])


def as_credit_note(invoice: Invoice) -> list[dict[str, Any]]:
    note = CreditNote(replace(invoice, account="500-0000"))
    made = json.loads(encode(credit_notes.body(form_of(invoice), note, 12, [])), parse_float=Decimal)
    return list(made["details"])


def total_of(lines: list[dict[str, Any]], digits: int) -> Fraction:
    """Each line half-up; tax of each line half-up; inclusive tax is inside."""
    total = Fraction(0)
    for line in lines:
        rate = Fraction(line.get("taxRate", 0))
        gross = rounded(Fraction(line["qty"]) * Fraction(line["unitPrice"]), digits) - Fraction(line["discount"])
        total += gross if line["isTaxInclusive"] else gross + rounded(gross * rate, digits)
    return total


def postable(made: Draft) -> Invoice:
    assert made.invoice is not None
    customer = made.invoice.customer
    return made.invoice if customer and customer.code else replace(made.invoice, customer=CustomerChoice("300-C1"))


Shape = Callable[[Invoice], list[dict[str, Any]]]


@pytest.mark.feature("I10", "X1")
@pytest.mark.parametrize("shape", [as_invoice, as_credit_note])
@pytest.mark.parametrize("case", OURS)
def test_the_bytes_of_a_golden_case_come_to_its_total(case: dict[str, Any], shape: Shape):
    made = draft(order_of(case), rules_of(case))
    if made.is_postable:
        invoice = postable(made)
        digits = declared.ARITHMETIC.digits(invoice.currency)
        assert total_of(shape(invoice), digits) == Fraction(case["expect"]["total"])


def test_there_are_golden_cases_of_qne_that_can_be_posted():
    assert sum(draft(order_of(each.values[0]), rules_of(each.values[0])).is_postable for each in OURS) > 10


@pytest.mark.feature("I10", "X1")
@pytest.mark.parametrize("shape", [as_invoice, as_credit_note])
@QUICK
@given(order=orders(), presets=switches(), shows_parts=st.booleans())
def test_the_bytes_of_any_order_come_to_its_drafts_total(shape: Shape, order, presets, shows_parts):
    rules = make_rules({"bundle_components": shows_parts}, arithmetic=declared.ARITHMETIC, presets=presets)
    made = draft(order, rules)
    if made.is_postable:
        invoice = postable(made)
        assert total_of(shape(invoice), DIGITS[invoice.currency]) == Fraction(invoice.total)


@pytest.mark.feature("I10")
@QUICK
@given(order=orders(), presets=switches(), shows_parts=st.booleans())
def test_the_bytes_for_optimum_come_to_the_total_of_any_draft_without_discount_or_negative_line(
    order, presets, shows_parts
):
    rules = make_rules({"bundle_components": shows_parts}, arithmetic=optimum.ARITHMETIC, presets=presets)
    made = draft(order, rules)
    if made.is_postable:
        invoice = postable(made)
        body = bodies.invoice_body(invoice, "REF-1", invoice.currency, lookup_of(invoice), None)
        lines = json.loads(encode(body), parse_float=Decimal)["details"]
        for line in lines:
            rate = rules.books.tax_rates.get(line.get("taxCode"), 0)
            line |= {"discount": 0, "isTaxInclusive": False, "taxRate": Decimal(rate) / 100}
            assert line["unitPrice"] >= 0
            assert line["qty"] >= 0
        assert total_of(lines, DIGITS[invoice.currency]) == Fraction(invoice.total)
