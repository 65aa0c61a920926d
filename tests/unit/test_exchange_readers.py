"""Orders of Edge Commerce and invoices of Sengerio as records tell them (edge-commerce-and-sengerio.md 1, 2, 4)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.edge_commerce import EdgeCommerce
from adapters.stores.edge_commerce import contract as edge
from adapters.stores.exchange.checking import cleaned
from adapters.stores.exchange.fields import ExchangeObject, Record
from adapters.stores.exchange.figures import moment, rate_of
from adapters.stores.exchange.store import Around, ExchangeStore, Unreadable
from adapters.stores.sengerio import Sengerio
from adapters.stores.sengerio import contract as sen
from documents import ChargeKind, Order, OrderLine, Tax
from sync.drafting.figures import store_figures

D = Decimal
pytestmark = pytest.mark.feature("P6")


def checked(what: ExchangeObject, raw: dict[str, Any]) -> Record:
    record, faults = cleaned(what, raw)
    assert faults == ()
    return record


def store_of(kind: type[ExchangeStore], **settings: str) -> ExchangeStore:
    return kind({"shop_id": "E1", **settings}, {}, http=None)  # type: ignore[arg-type]


EDGE = store_of(EdgeCommerce, currency="USD")
SENGERIO = store_of(Sengerio, currency="GBP", country="GB")
PEOPLE = {
    ("contacts", "C-7"): checked(edge.CONTACTS, dict(edge.CONTACTS.examples[0])),
    ("companies", "K-3"): checked(edge.COMPANIES, dict(edge.COMPANIES.examples[0])),
}
PARTNER = {("business-partners", "ACME01"): checked(sen.PARTNERS, dict(sen.PARTNERS.examples[0]))}
PARTNER |= {("business-partners", "ORRIN01"): checked(sen.PARTNERS, dict(sen.PARTNERS.examples[1]))}


def edge_order(payments: tuple[dict[str, Any], ...] = (), without: tuple[str, ...] = (), **changes: Any) -> Order:
    raw = {name: value for name, value in {**edge.ORDERS.examples[0], **changes}.items() if name not in without}
    parts = {"payments": [checked(edge.PAYMENTS, each) for each in payments]}
    return EDGE.read_order(edge.ORDERS, checked(edge.ORDERS, raw), Around(PEOPLE, parts), EDGE.channel())


def invoice(what: ExchangeObject = sen.INVOICES, rates: tuple[tuple[str, str], ...] = (), **changes: Any) -> Order:
    around = {("vat-rates", name): {"name": name, "rate": rate} for name, rate in rates}
    record = checked(what, {**what.examples[0], **changes})
    return SENGERIO.read_order(what, record, Around({**PARTNER, **around}), SENGERIO.channel())


# --- Edge Commerce ------------------------------------------------------------------------------------------------


@pytest.mark.feature("I9", "I10", "R5")
def test_the_order_of_the_reference_adds_up_with_delivery_and_discount_as_charges():
    order = edge_order(payments=(edge.PAYMENTS.examples[0],))
    assert (order.number, order.total, store_figures(order)) == ("1042", D("139.60"), D("139.60"))
    assert [(each.kind, each.amount) for each in order.charges] == [
        (ChargeKind.SHIPPING, D("15.00")),
        (ChargeKind.SELLER_DISCOUNT, D("-5.00")),
    ]
    [line] = order.lines
    assert line == OrderLine(
        id="1",
        sku="MUG-01",
        item_id="P-1",
        name="Mug",
        quantity=D(10),
        price=D("12.00"),
        discount=D("0.00"),
        amount=D("120.00"),
        tax_amount=D("9.60"),
        tax=Tax("Sales Tax", "Sales Tax", D(8)),
    )
    assert (order.status, order.payment_status) == ("completed", "partially_paid")
    [payment] = order.payments
    assert (payment.id, payment.method, payment.amount, payment.reference) == ("394", "Cheque", D("50.00"), "chq 221")
    assert payment.paid_at and payment.paid_at.date() == dt.date(2026, 1, 6)


@pytest.mark.feature("I11")
def test_the_buyer_is_the_contact_of_a_company_with_the_companys_address():
    buyer = edge_order().customer
    assert (buyer.name, buyer.company, buyer.email) == ("Tamsin Ockel", "Ockel Retail", "t@ockel.example")
    assert buyer.address == ("12 Main Street", "Boise ID 83702", "US") and buyer.tax_number == "84-1234567"
    assert (buyer.id, buyer.company_id) == ("contact:C-7", "company:K-3")


def test_an_order_without_a_company_is_of_its_contacts_company():
    assert edge_order(without=("company_id",)).customer.company == "Ockel Retail"


@pytest.mark.parametrize(
    ("word", "paid", "states"),
    [
        ("Paid", "139.60", ("completed", "paid")),
        ("unpaid", "0", ("completed", "unpaid")),
        ("Partially Paid", "50", ("completed", "partially_paid")),
        ("PARTIALLY-PAID", "50", ("completed", "partially_paid")),
        ("Voided", "0.00", ("cancelled", "unpaid")),
        ("Cancelled", "139.60", ("cancelled", "paid")),
        (None, "50", ("completed", "partially_paid")),
        (None, "139.60", ("completed", "paid")),
        ("Backordered", "0", ("Backordered", "unpaid")),
    ],
)
def test_the_status_words_of_edge_commerce(word, paid, states):
    order = edge_order(status=word, amount_paid=paid)
    assert (order.status, order.payment_status) == states


BEFORE, AFTER = "2026-01-05T10:00:00+00:00", "2026-01-05T10:30:00+00:00"
"""The order itself was told at 10:15."""


@pytest.mark.feature("R5")
@pytest.mark.parametrize(
    ("own", "amounts"),
    [
        ({}, ["40.00"]),
        ({"updated_at": BEFORE}, ["40.00"]),
        ({"updated_at": AFTER}, ["50.00"]),
        ({"updated_at": BEFORE, "deleted": True}, ["40.00"]),
        ({"updated_at": AFTER, "deleted": True}, []),
    ],
)
def test_of_a_payment_inside_the_order_and_by_itself_the_newest_word_counts_once(own, amounts):
    inside = {"id": 394, "date": "2026-01-06", "amount": "40.00", "method": "Cheque"}
    record = {**checked(edge.PAYMENTS, {**edge.PAYMENTS.examples[0], **own, "deleted": False}), **own}
    order = edge_order_with(inside, (record, {**edge.PAYMENTS.examples[1], "deleted": True}))
    assert [each.amount for each in order.payments] == [D(each) for each in amounts]


def test_a_payment_that_stands_twice_in_one_order_is_refused():
    inside = {"id": 394, "date": "2026-01-06", "amount": "40.00"}
    _, faults = cleaned(edge.ORDERS, {**edge.ORDERS.examples[0], "payments": [inside, {**inside, "id": "394"}]})
    assert [(each.field, each.code) for each in faults] == [("payments.2.id", "duplicate")]


def edge_order_with(inside: dict[str, Any], own: tuple[dict[str, Any], ...]) -> Order:
    record = checked(edge.ORDERS, {**edge.ORDERS.examples[0], "payments": [inside]})
    parts = {"payments": list(own)}
    return EDGE.read_order(edge.ORDERS, record, Around(PEOPLE, parts), EDGE.channel())


def test_an_order_that_is_paid_is_dated_by_its_last_payment():
    own = (
        {**edge.PAYMENTS.examples[0], "amount": "139.60"},
        {**edge.PAYMENTS.examples[0], "id": "9", "date": "2026-01-04"},
    )
    paid = edge_order(payments=own, status="Paid").dates.paid
    assert paid and paid.date() == dt.date(2026, 1, 6)
    assert edge_order(payments=own, status="Partially Paid").dates.paid is None


def test_the_tax_of_the_delivery_is_that_of_a_line_with_its_rate():
    order = edge_order(delivery_tax="1.20", tax_total="10.80", total="140.80")
    assert order.charges[0].tax == Tax("Sales Tax", "Sales Tax", D(8)) and order.charges[0].tax_amount == D("1.20")


def test_what_the_orders_tax_lacks_of_its_lines_is_the_discounts():
    order = edge_order(tax_total="9.20", total="139.20")
    assert order.charges[1].tax_amount == D("-0.40") and store_figures(order) == D("139.20")


def test_a_line_without_a_total_is_reckoned_to_the_digits_of_the_order():
    line = {"quantity": "3", "unit_price": "3.335", "discount": "0.01", "name": "Rope"}
    order = edge_order(lines=[line], without=("delivery_fee", "discount"), tax_total="0", total="10.00")
    assert order.lines[0].amount == D("10.00") and order.lines[0].item_id is None


def test_an_order_without_any_currency_says_so():
    store = store_of(EdgeCommerce)
    record = checked(
        edge.ORDERS, {name: value for name, value in edge.ORDERS.examples[0].items() if name != "currency"}
    )
    with pytest.raises(Unreadable, match="names no currency"):
        store.read_order(edge.ORDERS, record, Around(PEOPLE), store.channel())


AMOUNTS = st.decimals(D("0.01"), D("9999.99"), places=2)


@given(
    rows=st.lists(st.tuples(AMOUNTS, st.integers(1, 500), st.sampled_from(("", "Sales Tax"))), min_size=1, max_size=6),
    fee=AMOUNTS,
    discount=st.decimals(D(0), D("50"), places=2),
    takes_off_tax=st.booleans(),
)
def test_every_order_that_edge_commerce_can_tell_adds_up(rows, fee, discount, takes_off_tax):
    lines, goods, tax_total = [], D(0), D(0)
    for price, quantity, name in rows:
        amount, tax = price * quantity, (price * quantity * 8 / 100).quantize(D("0.01")) if name else D(0)
        goods, tax_total = goods + amount, tax_total + tax
        lines.append(
            {
                "quantity": quantity,
                "unit_price": str(price),
                "tax_rate_name": name,
                "tax": str(tax),
                "total": str(amount),
            }
        )
    discount = min(discount, goods)
    tax_total -= min((discount * 8 / 100).quantize(D("0.01")), tax_total) if takes_off_tax else 0
    total = goods + fee - discount + tax_total
    order = edge_order(
        lines=lines, delivery_fee=str(fee), discount=str(discount), tax_total=str(tax_total), total=str(total)
    )
    assert store_figures(order) == order.total == total
    taxes = sum((line.tax_amount or D(0) for line in order.lines), D(0)) + sum(
        (each.tax_amount or D(0) for each in order.charges), D(0)
    )
    assert taxes == order.tax_total or not discount


def test_customers_are_companies_and_their_contacts():
    contact = EDGE.read_customer(edge.CONTACTS, PEOPLE["contacts", "C-7"], Around(PEOPLE))
    company = EDGE.read_customer(edge.COMPANIES, PEOPLE["companies", "K-3"], Around(PEOPLE))
    assert contact.parent == company.customer_id == "company:K-3" and contact.company == company.name == "Ockel Retail"
    assert company.terms == 30 and contact.customer_id == "contact:C-7"


# --- Sengerio -----------------------------------------------------------------------------------------------------


@pytest.mark.feature("I10", "X5")
def test_the_invoice_of_the_reference():
    order = invoice()
    assert (order.order_id, order.number, order.currency) == ("INV-2026-0007", "INV-2026-0007", "GBP")
    assert store_figures(order) == order.total == D("540.00") and order.deferment_days == 30
    [line] = order.lines
    assert (line.name, line.amount, line.tax_amount) == ("London – Leeds, 12 pallets", D("450.00"), D("90.00"))
    assert line.tax == Tax("20.0% S", "20.0% S", D("20.0")) and order.tags == ("TRP-881",)
    assert (order.customer.code, order.customer.company) == ("ACME01", "Acme Pallets Ltd")
    assert order.dates.ordered and order.dates.ordered.date() == dt.date(2026, 1, 5)
    assert not order.is_credit_note and order.credits is None


def test_prices_with_vat_inside_make_lines_with_vat_inside():
    line = {
        "quantity": "2",
        "unit_price": "60.00",
        "net_amount": "100.00",
        "vat_rate_name": "20.0% S",
        "vat_amount": "20.00",
    }
    order = invoice(vat_inclusive=True, lines=[line], net_total="100.00", vat_total="20.00", total="120.00")
    assert order.prices_include_tax and order.lines[0].amount == D("120.00") and store_figures(order) == D("120.00")
    assert order.lines[0].tax == Tax("20.0% S", "20.0% S", D("20.0"))


def test_the_rate_that_sengerio_tells_goes_before_the_one_that_the_figures_make():
    assert invoice(rates=(("20.0% S", "19.5"),)).lines[0].tax == Tax("20.0% S", "20.0% S", D("19.5"))


def test_what_is_less_than_quantity_times_price_is_a_discount():
    line = {
        "quantity": "10",
        "unit_price": "50.00",
        "net_amount": "450.00",
        "vat_rate_name": "20.0% S",
        "vat_amount": "90.00",
    }
    assert invoice(lines=[line]).lines[0].discount == D("50.00")


@pytest.mark.feature("X5")
def test_a_credit_note_has_positive_amounts_and_names_its_invoice():
    order = invoice(sen.CREDIT_NOTES)
    assert order.is_credit_note and order.credits == "INV-2026-0008" and order.total == D("60.00")
    assert (order.order_id, order.number) == ("credit:CN-2026-0001", "CN-2026-0001")
    assert order.deferment_days == 7


@pytest.mark.parametrize(
    ("word", "states"),
    [
        (None, ("completed", "paid")),
        ("Sent", ("completed", "paid")),
        ("Unpaid", ("completed", "unpaid")),
        ("Partially paid", ("completed", "partially_paid")),
        ("Cancelled", ("cancelled", "paid")),
        ("Draft", ("on_hold", "paid")),
        ("Disputed", ("Disputed", "paid")),
    ],
)
def test_the_status_words_of_sengerio(word, states):
    order = invoice(status=word)
    assert (order.status, order.payment_status) == states


def test_the_partners_days_count_where_the_invoice_tells_none():
    assert invoice(deferment_days=None, business_partner_code="ORRIN01").deferment_days == 7


@pytest.mark.feature("P9")
def test_what_the_set_up_names_comes_from_records_and_settings():
    partners = [PARTNER["business-partners", "ACME01"], PARTNER["business-partners", "ORRIN01"]]
    rates, methods = [{"name": "20.0% S", "rate": "20"}], [{"name": "Cheque"}]
    facts = SENGERIO.read_facts({"business-partners": partners, "vat-rates": rates, "payment-methods": methods})
    assert (facts.currency, facts.country, facts.terms) == ("GBP", "GB", (7, 30))
    assert facts.payment_methods == ("Cheque", "Bank transfer") and facts.taxes == (Tax("20.0% S", "20.0% S", D(20)),)
    told = SENGERIO.read_facts({"company": [{"name": "Fenwick", "currency": "EUR", "country": "FR"}]})
    assert (told.currency, told.country) == ("EUR", "FR")


def test_a_partner_keeps_its_id_when_its_code_changes():
    one, other = ({"id": "77", "code": code} for code in ("ACME01", "ACME-NEW"))
    ids = {SENGERIO.read_customer(sen.PARTNERS, each, Around()).customer_id for each in (one, other)}
    assert ids == {"77"}


def test_of_several_records_of_the_company_the_one_that_changed_last_counts():
    old = {"name": "Fenwick", "currency": "EUR", "country": "FR", "updated_at": "2026-01-01T10:00:00+00:00"}
    new = {"name": "Fenwick Ltd", "currency": "GBP", "country": "GB", "updated_at": "2026-01-02T10:00:00+00:00"}
    for company in ([old, new], [new, old]):
        assert SENGERIO.read_facts({"company": company}).currency == "GBP"
    received = [{**each, "updated_at": ""} for each in (old, new)]
    assert SENGERIO.read_facts({"company": received}).currency == "GBP"


# --- both ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("zone", [-11, -5, 0, 1, 8, 12])
def test_a_day_without_a_time_is_the_same_day_in_the_accounts_zone(zone):
    found = moment("2026-01-05")
    assert found and found.astimezone(dt.timezone(dt.timedelta(hours=zone))).date() == dt.date(2026, 1, 5)


@pytest.mark.parametrize("told", ["2026-02-05", "2026-02-05T00:00:00+08:00", "2026-02-05T23:30:00-05:00"])
def test_a_due_date_is_the_day_as_it_is_written(told: str):
    assert invoice(due_date=told).due_date == edge_order(due_date=told).due_date == dt.date(2026, 2, 5)


def test_the_moment_of_a_date_is_the_same_whatever_its_offset():
    told = ("2026-01-05T00:30:00+08:00", "2026-01-04T16:30:00Z")
    assert len({invoice(date=each).dates.ordered for each in told}) == 1
    assert {repr(invoice(date=each).dates) for each in told} == {repr(invoice(date=told[1]).dates)}


@pytest.mark.parametrize(
    ("name", "taxed", "rate"),
    [
        ("Sales Tax", [("120.00", "9.60")], "8"),
        ("City", [("100.00", "9.50"), ("10.00", "0.95")], "9.5"),
        ("Odd", [("1000.00", "73.75")], "7.375"),
        ("20.0% S", [("0.92", "0.18")], "20.0"),
        ("None", [("10.00", "0.00")], "0"),
        ("Free", [("0.00", "0.00")], "0"),
        ("5% or so", [("100.00", "20.00")], "20"),
    ],
)
def test_the_rate_of_a_tax_that_is_told_as_an_amount(name, taxed, rate):
    assert rate_of(name, [(D(amount), D(tax)) for amount, tax in taxed]) == D(rate)
