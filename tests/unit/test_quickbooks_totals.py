"""What QuickBooks makes of the JSON that is sent comes to the expected total: for the golden cases, and for any order.

QuickBooks' reckoning is done here from the JSON alone, with fractions, and shares no code with the adapter."""

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings

from adapters.accounting.quickbooks import QuickBooks, contract
from documents import Action, CustomerChoice, Invoice, Lookup, NewCustomer, ReferenceKind, ReferenceRow, Role
from sync.drafting import draft
from tests.unit.drafting_cases import order_of, rules_of
from tests.unit.drafting_makers import make_rules
from tests.unit.quickbooks_fakes import FakeHttp, books_of
from tests.unit.test_drafting_properties import orders, rounded, switches

K = ReferenceKind
CASES = [json.loads(path.read_text()) for path in sorted(Path("tests/golden").glob("*.json"))]
MINE = [case for case in CASES if case["books"] == "quickbooks" and case["expect"].get("postable")]
Rates = dict[str, Fraction]


def sent(invoice: Invoice, lookup: Lookup) -> dict[str, Any]:
    """The body of the document; its customer exists by then."""
    named = replace(invoice, customer=CustomerChoice("58"))
    payload = books_of(FakeHttp()).prepare(Role.SALE, Action.CREATE, named.reference, named, lookup, None)
    return json.loads(payload, parse_float=Decimal)["body"]


def looks_up(tax_rates: dict[str, str], home: str) -> Lookup:
    """Every code has a row; a tax code has its rate."""

    def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
        details: dict[str, object] = {"home": code == home}
        if kind is K.TAX_CODE:
            rate = tax_rates.get(code, "0")
            details = {"rate": rate, "rates": [{"id": f"r-{code}", "rate": rate}]}
        return ReferenceRow(kind, code, code, code, details=details)

    return lookup


def reckoned(body: dict[str, Any], rates: Rates) -> Fraction:
    """The total as QuickBooks makes it (sections 3.7, 3.9 and 5): sent tax stands, else tax per line by its code."""
    lines = body["Line"]
    for line in lines:
        assert_reckons(line)
    if "TxnTaxDetail" in body:
        assert "GlobalTaxCalculation" not in body
        assert_sent_tax(body["TxnTaxDetail"])
        return sum((signed(line) for line in lines), Fraction(0)) + Fraction(body["TxnTaxDetail"]["TotalTax"])
    return sum((with_tax(line, body, rates) for line in lines), Fraction(0))


def assert_reckons(line: dict[str, Any]) -> None:
    """Amount is quantity x price, half-up to the cent (6070), with at most seven decimals of price."""
    detail = line[line["DetailType"]]
    if "Qty" in detail:
        price = Fraction(detail["UnitPrice"])
        assert rounded(Fraction(detail["Qty"]) * price, 2) == Fraction(line["Amount"])
        assert price == rounded(price, 7)
    assert line["Amount"] >= 0


def assert_sent_tax(detail: dict[str, Any]) -> None:
    parts = [Fraction(line["Amount"]) for line in detail.get("TaxLine", [])]
    assert not parts or sum(parts) == Fraction(detail["TotalTax"])


def signed(line: dict[str, Any]) -> Fraction:
    return Fraction(line["Amount"]) * (-1 if line["DetailType"] == "DiscountLineDetail" else 1)


def with_tax(line: dict[str, Any], body: dict[str, Any], rates: Rates) -> Fraction:
    detail = line[line["DetailType"]]
    if "TaxInclusiveAmt" in detail:
        return Fraction(detail["TaxInclusiveAmt"])
    rate = rates[detail["TaxCodeRef"]["value"]] if "GlobalTaxCalculation" in body else Fraction(0)
    return signed(line) + rounded(signed(line) * rate / 100, 2)


def is_told_to_the_cent(body: dict[str, Any]) -> bool:
    """A discount in a document whose amounts hold tax is told net: its tax may be a cent more or less."""
    has_discount = any(line["DetailType"] == "DiscountLineDetail" for line in body["Line"])
    return not (has_discount and body.get("GlobalTaxCalculation") == "TaxInclusive")


@pytest.mark.feature("I9", "I10", "M8")
@pytest.mark.parametrize("case", MINE, ids=[case["id"] for case in MINE])
def test_a_golden_case_comes_to_its_total_in_quickbooks(case: dict[str, Any]):
    books = case["profile"]["books_data"]
    rates = {row["code"]: row["rate"] for row in books["tax_codes"]}
    invoice = draft(order_of(case), rules_of(case)).invoice
    assert invoice is not None
    body = sent(invoice, looks_up({**rates, "2": "8"}, books["home_currency"]))
    expect = case["expect"]
    assert reckoned(body, {code: Fraction(rate) for code, rate in rates.items()}) == Fraction(Decimal(expect["total"]))
    assert (body.get("DocNumber"), body["TxnDate"]) == (expect["number"], expect["date"])
    head = body.get("TxnTaxDetail", {}).get("TxnTaxCodeRef", {}).get("value")
    assert head == expect.get("document_tax_code")
    assert len(body["Line"]) == len(expect["lines"]) <= QuickBooks.limits.max_lines


def test_there_are_golden_cases_of_both_kinds():
    assert {case["profile"]["arithmetic"]["tax_per"] for case in MINE} == {"line", "store"} and len(MINE) > 10


def test_the_customer_of_a_golden_case_is_made_as_it_must():
    [case] = [case for case in MINE if case["id"].startswith("038")]
    customer = draft(order_of(case), rules_of(case)).invoice.customer.create
    assert isinstance(customer, NewCustomer)
    payload = books_of(FakeHttp()).prepare(
        Role.CUSTOMER, Action.CREATE, "customer-1", customer, looks_up({}, "GBP"), None
    )
    assert json.loads(payload)["body"]["DisplayName"] == "Quill- O'Tarrow 茶屋 🫖"


QUICK = settings(derandomize=True, deadline=None, max_examples=80)
MODELS = {"us": "us_manual", "global": "global"}
RATES = {"SV-6": "6", "SV-8": "8", "ZR": "0", "NT": "0"}


@pytest.mark.feature("I9", "I10", "M8")
@pytest.mark.parametrize("model", MODELS)
@QUICK
@given(order=orders(), presets=switches())
def test_any_order_that_can_be_posted_comes_to_its_total_in_quickbooks(model, order, presets):
    arithmetic = QuickBooks.arithmetic_of({"tax_model": MODELS[model]})
    zero = contract.NOT_TAXED if model == "us" else "NT"
    made = draft(order, make_rules({"zero_tax_code": zero}, arithmetic=arithmetic, presets=presets))
    if not made.is_postable:
        return
    body = sent(made.invoice, looks_up(RATES, "MYR"))
    off = reckoned(body, {code: Fraction(rate) for code, rate in RATES.items()}) - Fraction(made.invoice.total)
    assert abs(off) <= (0 if is_told_to_the_cent(body) else Fraction(1, 100))
