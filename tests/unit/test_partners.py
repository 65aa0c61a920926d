"""What a business partner of Sengerio is as a customer of the books (SEN4, SEN5, SEN7)."""

import pytest

from documents import NewCustomer, StoreCustomer
from sync.drafting.partners import PartnerRules, partner_of
from sync.drafting.people import named
from sync.explained import EXPLAINED

pytestmark = pytest.mark.feature("X5")
RULES = PartnerRules(
    terms={"30": 30, "14": 30, "Net 7": 7, "0": 0, "month": None, "5": None},
    methods={"bank transfer": "Bank transfer", "cheque": "Cheque"},
    taken=frozenset({"seri supplies"}),
    name_replacements={":": "-", "\t": " "},
    longest_name=13,
)


def partner(**fields) -> StoreCustomer:
    return StoreCustomer("7", "Jo Acme", **{"code": "ACME01", **fields})


def test_the_code_is_the_name_and_everything_told_goes_along():
    told = partner(
        email="a@acme.example",
        company="Acme Ltd",
        phone="1",
        address=("4 Dock Road", "Hull"),
        tax_number="GB1",
        currency="GBP",
        payment_method=" CHEQUE",
        terms=30,
    )
    expected = NewCustomer(
        "ACME01",
        "a@acme.example",
        terms="30",
        phone="1",
        address=("4 Dock Road", "Hull"),
        company="Acme Ltd",
        tax_number="GB1",
        payment_method="Cheque",
    )
    assert partner_of(told, RULES) == (expected, ())


def test_it_is_the_same_customer_that_its_orders_would_make():
    assert partner_of(partner(), RULES).customer.key == named("code", " acme01").key
    with_currency = PartnerRules({}, {}, currency="GBP")
    assert partner_of(partner(), with_currency).customer.key == named("code", "ACME01", "GBP").key
    assert partner_of(partner(currency="EUR"), with_currency).customer.currency == "EUR"


@pytest.mark.parametrize(
    ("code", "name"), [("A:1", "A-1"), (" A1 ", "A1"), ("@ACME", "@ACME"), ("A" * 14, "A" * 13), ("O'Neil", "O'Neil")]
)
def test_the_code_is_written_as_the_books_take_it(code: str, name: str):
    assert partner_of(partner(code=code), RULES).customer.name == name


@pytest.mark.parametrize(
    ("days", "term"),
    [(None, None), (30, "30"), (0, "0")],
)
def test_a_term_is_named_as_its_days(days: int | None, term: str | None):
    assert partner_of(partner(terms=days), RULES) == (NewCustomer("ACME01", terms=term), ())


@pytest.mark.parametrize("days", [14, 7, 5, 60, -30])
def test_a_term_of_another_name_or_of_other_days_does_not_count(days: int):
    customer, [problem] = partner_of(partner(terms=days), RULES)
    assert (problem.about, problem.mend, problem.subject) == ("SEN_TERM", "readiness", "ACME01")
    assert f"{days} days" in str(problem.message) and customer.terms is None


@pytest.mark.parametrize(
    ("told", "method"), [("", None), ("  ", None), ("Cheque", "Cheque"), ("BANK transfer ", "Bank transfer")]
)
def test_a_payment_method_is_found_by_its_name_without_case(told: str, method: str | None):
    assert partner_of(partner(payment_method=told), RULES) == (NewCustomer("ACME01", payment_method=method), ())


def test_each_fault_is_told_by_itself():
    found = partner_of(partner(code="Seri Supplies", terms=9, payment_method="Gold"), RULES).problems
    assert [each.about for each in found] == ["SEN_TERM", "SEN_PAYMENT_METHOD", "SEN_CUSTOMER"]
    assert all(each.subject == "Seri Supplies" and "Seri Supplies" in str(each.message) for each in found)
    assert {each.about for each in found} | {"realign"} <= set(EXPLAINED)
