"""An order of WooCommerce becomes an Order that adds up; the traps of its API one by one (other-stores.md 1.3, 1.4)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.stores.figures import Unreadable
from adapters.stores.woocommerce import contract
from adapters.stores.woocommerce.catalogue import read_customer, read_item
from adapters.stores.woocommerce.client import root_of, shop_of
from adapters.stores.woocommerce.reader import read_order
from adapters.stores.woocommerce.taxes import table_of
from documents import Charge, ChargeKind, Order, OrderPayment, RefundLine, Tax
from sync.drafting import draft
from sync.drafting.changes import changed_fields
from sync.drafting.figures import store_figures
from sync.drafting.gate import undone
from sync.drafting.rules import WhichOrders
from tests.unit.drafting_makers import make_rules
from tests.unit.woocommerce_makers import CHANNEL, SST, TABLE, fee, line, order, read, refund, shipping, tax_line, taxed

D = Decimal
SIX = Tax("1", "SST", D(6))


@pytest.mark.feature("P6")
def test_the_sample_of_the_reference_is_read_whole():
    found = read()
    assert (found.order_id, found.number, found.total, found.tax_total) == ("727", "WC-0727", D("106.00"), D("6.00"))
    assert (found.status, found.payment_status, found.currency) == ("processing", "paid", "MYR")
    assert found.dates.ordered == dt.datetime(2026, 1, 5, 3, 12, 44, tzinfo=dt.UTC)
    assert found.dates.paid == dt.datetime(2026, 1, 5, 3, 13, 10, tzinfo=dt.UTC)
    assert found.dates.shipped is None and found.dates.completed is None
    [one] = found.lines
    assert (one.quantity, one.price, one.discount, one.amount) == (D(2), D(50), D("10.00"), D("90.00"))
    assert (one.sku, one.item_id, one.tax, one.tax_amount) == ("TSHIRT-M", "502", SIX, D("5.40"))
    assert found.charges == (
        Charge(ChargeKind.SHIPPING, D("8.00"), D("0.48"), SIX),
        Charge(ChargeKind.GIFT_WRAP, D("2.00"), D("0.12"), SIX),
    )
    assert store_figures(found) == found.total


def test_a_coupon_is_inside_the_lines_and_nowhere_else():
    found = read()
    assert sum(each.discount for each in found.lines) == D("10.00")
    assert not any(charge.kind == ChargeKind.SELLER_DISCOUNT for charge in found.charges)


def test_where_the_shop_s_prices_hold_tax_amounts_are_told_with_it():
    found, net = read(prices_include_tax=True), read()
    assert found.prices_include_tax and store_figures(found) == found.total
    assert [each.amount - each.tax_amount for each in found.lines] == [each.amount for each in net.lines]
    assert [each.tax for each in found.lines] == [each.tax for each in net.lines]
    [line] = found.lines
    assert (line.price, line.discount, line.amount) == (D("53"), D("10.60"), D("95.40"))


def test_where_the_taxes_of_its_parts_do_not_make_the_order_s_amounts_stay_net():
    found = read(prices_include_tax=True, total_tax="6.01", total="106.01")
    assert not found.prices_include_tax and found.lines[0].amount == D("90.00")
    assert store_figures(found) == found.total


@pytest.mark.feature("S21")
@pytest.mark.parametrize(
    ("told", "ours", "payment"),
    [
        ("pending", "unpaid", "unpaid"),
        ("processing", "processing", "unpaid"),
        ("on-hold", "on_hold", "unpaid"),
        ("completed", "completed", "unpaid"),
        ("cancelled", "cancelled", "unpaid"),
        ("failed", "cancelled", "unpaid"),
        ("refunded", "refunded", "refunded"),
        ("awaiting-pickup", "awaiting-pickup", "unpaid"),
    ],
)
def test_a_status_becomes_ours_and_an_unknown_one_stays(told: str, ours: str, payment: str):
    found = read(status=told, date_paid_gmt=None)
    assert (found.status, found.payment_status, found.payments) == (ours, payment, ())


@pytest.mark.feature("P6", "S21")
def test_an_order_whose_payment_failed_is_taken_back_and_one_that_was_paid_is_not():
    failed = read(status="failed", date_paid_gmt=None)
    every = WhichOrders(frozenset({"failed", "cancelled"}), frozenset({"unpaid", "paid"}))
    rules = make_rules({"which_orders": every})
    assert undone(failed) == "cancelled" and draft(failed, rules).invoice is None
    assert changed_fields(read(status="on-hold", date_paid_gmt=None), failed, rules.settings) == ("state",)
    assert undone(read(status="failed")) is None and read(status="failed").status == "failed"


@pytest.mark.feature("P6")
def test_the_paid_date_is_the_payment():
    [payment] = read().payments
    at = dt.datetime(2026, 1, 5, 3, 13, 10, tzinfo=dt.UTC)
    assert payment == OrderPayment("ch_demo_1", "stripe", D("106.00"), at, "ch_demo_1")


@pytest.mark.parametrize(
    ("fields", "method", "payment_id"),
    [
        ({"payment_method": "", "transaction_id": ""}, "Card", None),
        ({"payment_method": "", "payment_method_title": "", "transaction_id": ""}, "other", None),
        ({"payment_method": "bacs", "transaction_id": None}, "bacs", None),
    ],
)
def test_a_payment_without_its_gateway_s_words_is_told_all_the_same(fields: Any, method: str, payment_id: str | None):
    [payment] = read(**fields).payments
    assert (payment.method, payment.id) == (method, payment_id)


def test_nothing_is_paid_for_an_order_of_nothing():
    free = line(subtotal="90.00", total="0.00", total_tax="0.00", taxes=taxed("0"))
    found = read(line_items=[free], shipping_lines=[], fee_lines=[], total="0.00", total_tax="0.00")
    assert found.payments == () and store_figures(found) == 0
    assert found.lines[0].tax == SIX


def test_a_guest_is_known_by_the_e_mail_in_small_letters():
    buyer = read().customer
    assert (buyer.name, buyer.email, buyer.masked) == ("Mei Tan", "mei@example.com", False)
    assert buyer.address == ("12 Jalan Mawar", "30000 Ipoh", "PRK", "MY")


def test_an_order_without_a_billing_address_names_no_buyer():
    assert read(billing=None).customer.name == ""


# --- fees -------------------------------------------------------------------------------------------------------


@pytest.mark.feature("S19")
@pytest.mark.parametrize(
    ("name", "amount", "kind"),
    [
        ("Gift wrap", "2.00", ChargeKind.GIFT_WRAP),
        ("Gift wrapping", "2.00", ChargeKind.GIFT_WRAP),
        ("Tip", "2.00", ChargeKind.TIP),
        ("Handling fee", "2.00", ChargeKind.HANDLING),
        ("Credit card surcharge", "2.00", ChargeKind.TRANSACTION_FEE),
        ("Greeting card", "2.00", ChargeKind.SERVICE_FEE),
        ("Rounding", "0.02", ChargeKind.ROUNDING),
        ("Rounding", "-0.02", ChargeKind.ROUNDING),
        ("Multiple items", "2.00", ChargeKind.SERVICE_FEE),
        ("", "2.00", ChargeKind.SERVICE_FEE),
        ("Bulk discount", "-5.00", ChargeKind.SELLER_DISCOUNT),
        ("Handling rebate", "-5.00", ChargeKind.SELLER_DISCOUNT),
        ("Gift card ABC-1", "-5.00", ChargeKind.GIFT_CARD),
    ],
)
def test_what_a_fee_is_for_stands_in_its_name_and_sign(name: str, amount: str, kind: ChargeKind):
    found = read(fee_lines=[fee(name, amount)], total=str(D("103.88") + D(amount)), total_tax="5.88")
    assert found.charges[-1] == Charge(kind, D(amount))
    assert kind in contract.CHARGES
    assert store_figures(found) == found.total


def test_a_negative_fee_takes_its_tax_with_it():
    found = read(fee_lines=[fee("Bulk discount", "-5.00", "-0.30", taxed("-0.30"))], total_tax="5.58", total="98.58")
    assert found.charges[-1] == Charge(ChargeKind.SELLER_DISCOUNT, D("-5.00"), D("-0.30"), SIX)
    assert store_figures(found) == found.total


def test_free_shipping_is_no_charge():
    assert read(shipping_lines=[shipping("0.00", "0.00")], fee_lines=[]).charges == ()


# --- taxes ------------------------------------------------------------------------------------------------------

GST, PST, QST, ZERO = tax_line(2, "GST"), tax_line(3, "PST"), tax_line(4, "QST", compound=True), tax_line(9, "Zero")


def borne(*taxes: tuple[int, str]) -> list[dict[str, Any]]:
    return [{"id": rate_id, "total": total, "subtotal": total} for rate_id, total in taxes]


@pytest.mark.parametrize(
    ("named", "tax", "taxes", "told"),
    [
        ([SST], "5.40", borne((1, "5.40")), SIX),
        ([GST, PST], "10.80", borne((2, "4.50"), (3, "6.30")), Tax("2+3", "GST + PST", D(12))),
        ([GST, QST], "13.93", borne((2, "4.50"), (4, "9.43")), Tax("2+4", "GST + QST", D("15.47375"))),
        ([SST, GST], "5.40", borne((1, "5.40"), (2, "0")), SIX),
        ([SST, GST], "5.40", borne((1, "5.40"), (2, "")), SIX),
        ([ZERO], "0.00", borne((9, "0")), Tax("9", "Zero", D(0))),
        ([SST], "0.00", borne((1, "0")), None),
        ([SST], "0.00", [], None),
        ([SST], "7.20", borne((1, "7.20")), None),
        ([tax_line(1, "SST", rate_percent=8)], "7.20", borne((1, "7.20")), Tax("1", "SST", D(8))),
        ([tax_line(1, "SST", rate_percent=0)], "5.40", borne((1, "5.40")), SIX),
        ([tax_line(77, "Old", rate_percent="8")], "7.20", borne((77, "7.20")), Tax("77", "Old", D(8))),
        ([tax_line(77, "Old")], "7.20", borne((77, "7.20")), None),
        ([SST], "5.40", borne((1, "2.70"), (77, "2.70")), None),
    ],
    ids=[
        "one rate",
        "two rates are told as one",
        "a compound rate is taken on top",
        "a rate that took nothing is not named",
        "a rate that was not asked is not named",
        "a rate of nothing",
        "a buyer who is exempt",
        "no tax",
        "the rate was changed since",
        "the order tells the rate it took",
        "an old order, from before shops told it",
        "the rate was deleted, the order tells it",
        "the rate was deleted",
        "one of the rates was deleted",
    ],
)
def test_a_tax_is_named_only_where_its_rates_give_its_amount(named: Any, tax: str, taxes: Any, told: Tax | None):
    found = read(line_items=[line(total_tax=tax, taxes=taxes)], tax_lines=named)
    assert (found.lines[0].tax, found.lines[0].tax_amount) == (told, D(tax))


def test_the_table_of_rates_leaves_out_what_tells_no_rate():
    assert table_of([{"id": 5, "rate": "", "name": "?"}, {"id": 6, "rate": "6,5", "name": "?"}]) == {}


# --- lines ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("fields", "item_id", "sku"),
    [
        ({}, "502", "TSHIRT-M"),
        ({"variation_id": 0}, "501", "TSHIRT-M"),
        ({"sku": ""}, "502", None),
        ({"sku": None}, "502", None),
        ({"variation_id": 0, "product_id": 0, "sku": ""}, None, None),
    ],
)
def test_a_line_is_its_variation_else_its_product(fields: Any, item_id: str | None, sku: str | None):
    [one] = read(line_items=[line(**fields)]).lines
    assert (one.item_id, one.sku) == (item_id, sku)


def test_a_price_that_does_not_end_is_kept_close_enough():
    [one] = read(line_items=[line(quantity=3, subtotal="100.00", total="100.00")]).lines
    assert one.price == D("33.3333333333")
    assert one.discount == 0 and one.amount == D("100.00")


def test_a_line_of_no_pieces_is_told_as_it_is():
    [one] = read(line_items=[line(quantity=0)]).lines
    assert (one.quantity, one.price, one.amount) == (0, 0, D("90.00"))


# --- refunds ----------------------------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_a_refund_with_lines_names_the_order_s_own_line():
    [found] = read(refunds=[refund()]).refunds
    assert (found.id, found.amount, found.reason) == ("815", D("47.70"), "Wrong size")
    assert found.made_at == dt.datetime(2026, 1, 9, 2, tzinfo=dt.UTC)
    assert found.lines == (RefundLine("11", D(1), D("45.00"), D("2.70")),)
    assert (found.tax_amount, found.shipping, found.is_paid_back, found.needs_look) == (D("2.70"), 0, True, False)


def test_a_refund_of_an_amount_only_has_no_lines():
    [found] = read(refunds=[refund(line_items=[], amount="10.00", refunded_payment=False)]).refunds
    assert (found.amount, found.lines, found.tax_amount) == (D("10.00"), (), None)
    assert (found.is_paid_back, found.needs_look) == (False, False)


def test_a_refund_of_shipping_tells_it_apart():
    parts = {"shipping_lines": [{"total": "-8.00", "total_tax": "-0.48"}]}
    [found] = read(refunds=[refund(amount="56.18", **parts)]).refunds
    assert (found.shipping, found.tax_amount, found.needs_look) == (D("8.00"), D("3.18"), False)


TWICE = [line(id=11), line(id=12)]
MARKED = {"meta_data": [{"key": "_refunded_item_id", "value": "12"}]}


@pytest.mark.parametrize(
    ("lines", "more", "line_id"),
    [
        ([line()], {}, "11"),
        (TWICE, MARKED, "12"),
        ([line(id=11), line(id=12, name="T-shirt - M, red")], {}, "11"),
        (TWICE, {}, None),
        ([line(variation_id=503)], {}, None),
    ],
    ids=["the only one", "as it is told", "the one of this name", "two alike", "not in the order"],
)
def test_a_line_that_cannot_be_told_apart_is_for_a_person(lines: Any, more: Any, line_id: str | None):
    back = refund()["line_items"][0] | more
    [found] = read(line_items=lines, refunds=[refund(line_items=[back])]).refunds
    assert [each.line_id for each in found.lines] == ([line_id] if line_id else [])
    assert found.needs_look == (line_id is None)


@pytest.mark.feature("P6", "S26")
def test_a_refund_of_an_order_with_tax_inside_has_its_tax_inside_too():
    parts = {"shipping_lines": [shipping("-8.00", "-0.48")]}
    [found] = read(prices_include_tax=True, refunds=[refund(amount="56.18", **parts)]).refunds
    assert [(each.amount, each.tax_amount) for each in found.lines] == [(D("47.70"), D("2.70"))]
    assert (found.shipping, found.tax_amount, found.needs_look) == (D("8.48"), D("3.18"), False)
    assert sum(each.amount for each in found.lines) + found.shipping == found.amount


def test_a_refund_whose_parts_are_not_its_amount_is_for_a_person():
    [found] = read(refunds=[refund(amount="50.00")]).refunds
    assert found.needs_look and found.amount == D("50.00")


def test_refunds_are_told_oldest_first_and_twice_alike():
    told = [refund(id=900, line_items=[]), refund(id=815)]
    assert [each.id for each in read(refunds=told).refunds] == ["815", "900"]
    assert read(refunds=told) == read(refunds=list(reversed(told)))


# --- what cannot be read ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "fields",
    [
        {"total": "n/a"},
        {"total": None},
        {"total_tax": ""},
        {"currency": ""},
        {"date_paid_gmt": "yesterday"},
        {"line_items": [line(quantity=None)]},
        {"line_items": [line(total="1,2")]},
        {"refunds": [{"id": 815}]},
    ],
)
def test_what_cannot_be_read_is_told_and_never_guessed(fields: Any):
    with pytest.raises(Unreadable) as error:
        read(**fields)
    assert str(error.value.message)


# --- the sum check (rules.md 1) ---------------------------------------------------------------------------------

CENTS = st.integers(0, 500_000).map(lambda cents: D(cents) / 100)
RATES = st.sampled_from([(), (1,), (2, 3), (2, 4), (9,), (77,)])


@st.composite
def carts(draw: st.DrawFn) -> dict[str, Any]:
    """An order whose total is by the arithmetic of 1.3: lines, shipping, fees, and all taxes."""
    percents = {row["id"]: D(row["rate"]) for row in TABLE} | {77: D(8)}

    def part(amount: Decimal) -> dict[str, Any]:
        taxes = [(rate, (amount * percents[rate] / 100).quantize(D("0.01"))) for rate in draw(RATES)]
        tax = sum((each for _, each in taxes), D(0))
        return {"total": str(amount), "total_tax": str(tax), "taxes": borne(*((rate, str(t)) for rate, t in taxes))}

    lines = []
    for place in range(draw(st.integers(1, 6))):
        before = draw(CENTS)
        off = before * draw(st.integers(0, 100)) // 100
        lines.append(line(id=place, quantity=draw(st.integers(1, 40)), subtotal=str(before), **part(before - off)))
    ships = [shipping() | part(draw(CENTS)) for _ in range(draw(st.integers(0, 2)))]
    fees = [
        fee(draw(st.sampled_from(["Tip", "Bulk discount", "", "Rounding"])), "0") | part(draw(CENTS) - 2000)
        for _ in range(draw(st.integers(0, 2)))
    ]
    parts = [*lines, *ships, *fees]
    tax = sum((D(each["total_tax"]) for each in parts), D(0))
    named = [SST, GST, PST, QST, ZERO, tax_line(77, "Old")]
    amounts = {"total_tax": str(tax), "total": str(sum((D(each["total"]) for each in parts), tax))}
    inclusive = {"prices_include_tax": draw(st.booleans())}
    return order(line_items=lines, shipping_lines=ships, fee_lines=fees, tax_lines=named, **amounts, **inclusive)


@pytest.mark.feature("P6")
@given(carts())
def test_every_order_adds_up(raw: dict[str, Any]):
    found: Order = read_order(raw, "SHOP.EXAMPLE", CHANNEL, table_of(TABLE))
    assert store_figures(found) == found.total
    taxes = [each.tax_amount or D(0) for each in (*found.lines, *found.charges)]
    assert sum(taxes, D(0)) == found.tax_total
    for each in found.lines:
        assert (each.quantity * each.price - each.discount).quantize(D("0.01")) == each.amount


# --- the shop, its products and people --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "root", "shop"),
    [
        ("https://Shop.Example.com", "https://Shop.Example.com", "SHOP.EXAMPLE.COM"),
        ("https://www.shop.example.com/", "https://www.shop.example.com", "SHOP.EXAMPLE.COM"),
        ("http://shop.example.com:80", "http://shop.example.com:80", "SHOP.EXAMPLE.COM"),
        ("https://shop.example.com:443/", "https://shop.example.com:443", "SHOP.EXAMPLE.COM"),
        ("https://example.com/Shop/", "https://example.com/Shop", "EXAMPLE.COM/Shop"),
        ("https://example.com:8443/a/b", "https://example.com:8443/a/b", "EXAMPLE.COM:8443/a/b"),
        (" shop.example.com ", "https://shop.example.com", "SHOP.EXAMPLE.COM"),
        ("https://example.com/wp-json/wc/v3/", "https://example.com", "EXAMPLE.COM"),
        ("https://example.com/shop/wp-admin/admin.php?page=wc", "https://example.com/shop", "EXAMPLE.COM/shop"),
        ("", "", ""),
    ],
)
def test_a_shop_is_its_address_however_it_is_typed(typed: str, root: str, shop: str):
    assert (root_of(typed), shop_of(typed)) == (root, shop)


PARENT = {"id": 501, "sku": "TSHIRT", "name": "T-shirt"}


@pytest.mark.feature("M1")
@pytest.mark.parametrize(
    ("raw", "parent", "told"),
    [
        ({"id": 7, "sku": "MUG", "name": "Mug", "price": "9.90"}, None, ("7", "MUG", "Mug", D("9.90"))),
        ({"id": 7, "sku": "", "name": "Mug", "price": ""}, None, ("7", None, "Mug", None)),
        ({"id": 502, "sku": "TSHIRT-M", "price": "50.00"}, PARENT, ("502", "TSHIRT-M", "T-shirt", D("50.00"))),
        (
            {"id": 502, "sku": "", "price": "x", "manage_stock": "parent", "attributes": [{"option": "M"}, {}]},
            PARENT,
            ("502", "TSHIRT", "T-shirt - M", None),
        ),
    ],
)
def test_a_variation_takes_its_parent_s_sku_where_it_has_none(raw: Any, parent: Any, told: Any):
    item = read_item(raw, parent)
    assert (item.item_id, item.sku, item.name, item.price) == told


def test_a_customer_is_named_as_they_buy():
    raw = {"id": 5, "email": "A@B.example", "first_name": "An", "username": "an1", "billing": {"company": "An & Co"}}
    found = read_customer(raw)
    assert (found.customer_id, found.name, found.email, found.company) == ("5", "An", "a@b.example", "An & Co")
    assert read_customer({"id": 6, "username": "bo", "billing": []}).name == "bo"
