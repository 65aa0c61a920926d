"""Shopify's orders in our words: the reference's samples, and the traps one by one (other-stores.md part 2)."""

import datetime as dt
from decimal import Decimal
from typing import Any

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.replies import decode
from adapters.stores.figures import Unreadable
from adapters.stores.shopify import contract
from adapters.stores.shopify.reader import read_customer, read_item, read_order
from documents import ZERO, Channel, Charge, ChargeKind, Order, OrderPayment, Refund, RefundLine, Tax
from sync.drafting.figures import store_figures

CHANNEL = Channel("kedai-mawar.myshopify.com", "Kedai Mawar", "webstore", "MYR")
SST = Tax(None, "SST", Decimal(6))

pytestmark = pytest.mark.feature("P6")


def bag(amount: str, other: str = "9.99") -> dict[str, Any]:
    """The shop's money; the buyer's own is something else, and never booked."""
    shop = {"amount": amount, "currencyCode": "MYR"}
    return {"shopMoney": shop, "presentmentMoney": {"amount": other, "currencyCode": "USD"}}


def tax(amount: str, rate: object = 0.06, title: str = "SST") -> dict[str, Any]:
    return {"title": title, "rate": rate, "priceSet": bag(amount)}


def make_line(number: int = 1, **changes: Any) -> dict[str, Any]:
    """Two T-shirts of 50.00 with 10.00 off and 6 % on top: the reference's own line."""
    usual = {
        "id": f"gid://shopify/LineItem/{number}",
        "sku": "TSHIRT-M",
        "name": "T-shirt - M",
        "quantity": 2,
        "currentQuantity": 2,
        "isGiftCard": False,
        "originalUnitPriceSet": bag("50.00"),
        "discountAllocations": [{"allocatedAmountSet": bag("10.00")}],
        "taxLines": [tax("5.40")],
        "variant": {"id": "gid://shopify/ProductVariant/502"},
        "product": {"id": "gid://shopify/Product/501"},
    }
    return usual | changes


def make_shipping(**changes: Any) -> dict[str, Any]:
    usual = {
        "id": "gid://shopify/ShippingLine/1",
        "title": "Standard",
        "isRemoved": False,
        "originalPriceSet": bag("8.00"),
        "discountedPriceSet": bag("8.00"),
        "taxLines": [tax("0.48")],
    }
    return usual | changes


def pay(number: int = 9, amount: str = "103.88", **changes: Any) -> dict[str, Any]:
    usual = {
        "id": f"gid://shopify/OrderTransaction/{number}",
        "kind": "SALE",
        "status": "SUCCESS",
        "gateway": "shopify_payments",
        "authorizationCode": "ch_demo_1",
        "processedAt": "2026-01-05T03:13:00Z",
        "amountSet": bag(amount),
    }
    return usual | changes


def make_raw(lines: list[Any] | None = None, shipping: list[Any] | None = None, **changes: Any) -> dict[str, Any]:
    """The order of the reference (2.3)."""
    usual = {
        "id": "gid://shopify/Order/1001001",
        "name": "#1001",
        "createdAt": "2026-01-05T03:12:44Z",
        "processedAt": "2026-01-05T03:12:44Z",
        "updatedAt": "2026-01-05T03:20:01Z",
        "cancelledAt": None,
        "test": False,
        "edited": False,
        "taxesIncluded": False,
        "currencyCode": "MYR",
        "displayFinancialStatus": "PAID",
        "displayFulfillmentStatus": "UNFULFILLED",
        "totalPriceSet": bag("103.88"),
        "totalTaxSet": bag("5.88"),
        "lineItems": {"nodes": [make_line()] if lines is None else lines},
        "shippingLines": {"nodes": [make_shipping()] if shipping is None else shipping},
        "transactions": [pay()],
        "refunds": [],
    }
    return usual | changes


def read(lines: list[Any] | None = None, shipping: list[Any] | None = None, **changes: Any) -> Order:
    """As it comes over the wire."""
    raw = decode(msgspec.json.encode(make_raw(lines, shipping, **changes)))
    return read_order(raw, "kedai-mawar.myshopify.com", CHANNEL)


def adds_up(order: Order) -> bool:
    return store_figures(order) == order.total


def test_the_order_of_the_reference():
    order = read()
    [line] = order.lines
    assert (order.order_id, order.number, order.currency) == ("1001001", "#1001", "MYR")
    assert (order.status, order.payment_status) == ("processing", "paid")
    assert (line.sku, line.item_id, line.name) == ("TSHIRT-M", "502", "T-shirt - M")
    assert (line.quantity, line.price, line.discount, line.amount) == (2, 50, 10, 90)
    assert (line.tax_amount, line.tax) == (Decimal("5.40"), SST)
    assert order.charges == (Charge(ChargeKind.SHIPPING, Decimal("8.00"), Decimal("0.48"), SST),)
    moment = dt.datetime(2026, 1, 5, 3, 13, tzinfo=dt.UTC)
    payment = OrderPayment("9", "shopify_payments", Decimal("103.88"), moment, "ch_demo_1")
    assert order.payments == (payment,)
    assert order.dates.paid == moment
    assert (order.tax_total, order.total, order.refunds) == (Decimal("5.88"), Decimal("103.88"), ())
    assert adds_up(order)


def test_the_shops_money_is_booked_whatever_the_buyer_saw():
    order = read(presentmentCurrencyCode="USD")
    assert order.currency == "MYR"
    assert adds_up(order)


@pytest.mark.parametrize(
    ("financial", "fulfillment", "more", "status", "payment"),
    [
        ("PAID", "UNFULFILLED", {}, "processing", "paid"),
        ("PAID", "FULFILLED", {}, "shipped", "paid"),
        ("PAID", "FULFILLED", {"closedAt": "2026-01-09T00:00:00Z"}, "completed", "paid"),
        ("PAID", "PARTIALLY_FULFILLED", {}, "partially_shipped", "paid"),
        ("PAID", "ON_HOLD", {}, "on_hold", "paid"),
        ("PAID", "RESTOCKED", {}, "returned", "paid"),
        ("PARTIALLY_PAID", "UNFULFILLED", {}, "processing", "partially_paid"),
        ("PENDING", "UNFULFILLED", {}, "processing", "unpaid"),
        ("AUTHORIZED", "UNFULFILLED", {}, "processing", "unpaid"),
        ("PARTIALLY_REFUNDED", "FULFILLED", {}, "shipped", "paid"),
        ("REFUNDED", "FULFILLED", {}, "shipped", "refunded"),
        ("VOIDED", "UNFULFILLED", {}, "cancelled", "unpaid"),
        ("EXPIRED", "UNFULFILLED", {}, "cancelled", "unpaid"),
        ("PAID", "UNFULFILLED", {"cancelledAt": "2026-01-06T00:00:00Z"}, "cancelled", "paid"),
        ("IN_DISPUTE", "LOST_AT_SEA", {}, "LOST_AT_SEA", "IN_DISPUTE"),
    ],
)
def test_statuses_are_ours_and_unknown_words_stay(financial, fulfillment, more, status, payment):
    order = read(displayFinancialStatus=financial, displayFulfillmentStatus=fulfillment, **more)
    assert (order.status, order.payment_status) == (status, payment)


def test_an_imported_order_was_sold_when_it_was_processed():
    order = read(processedAt="2024-03-01T10:00:00+08:00")
    assert order.dates.ordered == dt.datetime(2024, 3, 1, 2, tzinfo=dt.UTC)


def test_it_is_shipped_with_the_last_parcel_only():
    sent = [{"createdAt": f"2026-01-0{day}T00:00:00Z", "status": "SUCCESS"} for day in (7, 6)]
    sent.append({"createdAt": "2026-01-09T00:00:00Z", "status": "CANCELLED"})
    assert read(fulfillments=sent).dates.shipped is None
    done = read(fulfillments=sent, displayFulfillmentStatus="FULFILLED")
    assert done.dates.shipped == dt.datetime(2026, 1, 7, tzinfo=dt.UTC)


# --- lines and taxes --------------------------------------------------------------------------------------------


def test_discounts_of_the_line_and_of_the_order_are_both_taken():
    off = [{"allocatedAmountSet": bag("4.00")}, {"allocatedAmountSet": bag("6.00")}]
    [line] = read([make_line(discountAllocations=off)]).lines
    assert (line.discount, line.amount) == (10, 90)


def test_a_discount_on_shipping_is_inside_it_and_a_removed_line_is_none():
    off = {"discountAllocations": [{"allocatedAmountSet": bag("3.00")}], "taxLines": []}
    order = read(shipping=[make_shipping(**off), make_shipping(isRemoved=True)])
    assert order.charges == (Charge(ChargeKind.SHIPPING, Decimal("5.00"), ZERO),)


@pytest.mark.parametrize(
    ("lines", "amount", "tax_found"),
    [
        ([], "0", None),
        ([tax("5.40")], "5.40", SST),
        ([tax("4.50", 0.05, "GST"), tax("6.30", 0.07, "PST")], "10.80", Tax(None, "GST + PST", Decimal(12))),
        ([tax("4.50", 0.05, "GST"), tax("6.62", 0.07, "PST")], "11.12", None),  # one on top of the other
        ([tax("2.70"), tax("2.70")], "5.40", SST),
        ([tax("0.00")], "0.00", None),  # the buyer is exempt
        ([tax("5.40"), tax("0.00", 0.08, "Service Tax")], "5.40", SST),
        ([tax("0.00", 0, "Zero rated")], "0.00", Tax(None, "Zero rated", Decimal(0))),
        ([tax("6.53", 0.07250000000000001)], "6.53", Tax(None, "SST", Decimal("7.25"))),
    ],
)
def test_several_taxes_are_one_only_where_they_are_on_the_same_amount(lines, amount, tax_found):
    [line] = read([make_line(taxLines=lines)]).lines
    assert (line.tax_amount, line.tax) == (Decimal(amount), tax_found)


def test_taxes_inside_prices_are_told_as_such():
    lines = [make_line(taxLines=[tax("2.71", 0.03, "A"), tax("2.71", 0.03, "B")])]
    order = read(lines, [], taxesIncluded=True, totalTaxSet=bag("5.42"), totalPriceSet=bag("90.00"))
    assert order.prices_include_tax
    assert order.lines[0].tax is None  # 6 % inside 90.00 are 5.09
    assert adds_up(order)


def test_a_gift_card_that_is_sold_is_a_line_without_tax():
    card = make_line(2, sku=None, name="Gift card", isGiftCard=True, taxLines=[], discountAllocations=[], quantity=1)
    order = read([make_line(), card], totalPriceSet=bag("153.88"))
    assert (order.lines[1].sku, order.lines[1].tax_amount, order.lines[1].amount) == (None, 0, 50)
    assert adds_up(order)


def test_a_line_of_a_deleted_product_and_one_without_a_sku_are_lines():
    [line] = read([make_line(variant=None, product=None, sku=" ")]).lines
    assert (line.item_id, line.sku, line.name) == (None, None, "T-shirt - M")


def test_a_tip_is_a_charge_whether_it_stands_among_the_lines_or_not():
    told = {"name": "Tip", "quantity": 1, "originalUnitPriceSet": bag("5.00"), "sku": None}
    tip = make_line(2, variant=None, product=None, taxLines=[], discountAllocations=[], **told)
    for lines in ([make_line(), tip], [make_line()]):
        order = read(lines, totalTipReceivedSet=bag("5.00"), totalPriceSet=bag("108.88"))
        assert [each.amount for each in order.charges if each.kind == ChargeKind.TIP] == [5]
        assert len(order.lines) == 1
        assert adds_up(order)


def test_duties_and_fees_are_told_as_handling():
    fee = {"name": "Import", "price": bag("2.00"), "taxLines": [tax("0.12")]}
    more = {"originalTotalDutiesSet": bag("7.00"), "totalTaxSet": bag("6.00"), "totalPriceSet": bag("113.00")}
    order = read(additionalFees=[fee], **more)
    assert [each.amount for each in order.charges if each.kind == ChargeKind.HANDLING] == [7, 2]
    assert adds_up(order)


# --- edited orders ----------------------------------------------------------------------------------------------


def back(quantity: int, subtotal: str, tax_amount: str, line: int = 1) -> dict[str, Any]:
    at = {"id": f"gid://shopify/LineItem/{line}"}
    return {"lineItem": at, "quantity": quantity, "subtotalSet": bag(subtotal), "totalTaxSet": bag(tax_amount)}


def refund(number: int = 509, money: str = "47.70", lines: list[Any] | None = None, **changes: Any) -> dict[str, Any]:
    paid = [pay(77, money, kind="REFUND")] if Decimal(money) else []
    usual = {
        "id": f"gid://shopify/Refund/{number}",
        "createdAt": "2026-01-09T02:00:00Z",
        "note": "wrong size",
        "totalRefundedSet": bag(money),
        "refundLineItems": {"nodes": [back(1, "45.00", "2.70")] if lines is None else lines},
        "refundShippingLines": {"nodes": []},
        "orderAdjustments": {"nodes": []},
        "transactions": {"nodes": paid},
    }
    return usual | changes


def test_what_was_taken_out_of_an_order_was_never_sold():
    now = {"currentTotalPriceSet": bag("56.18"), "currentTotalTaxSet": bag("3.18")}
    order = read([make_line(currentQuantity=1)], edited=True, refunds=[refund(money="0.00")], **now)
    [line] = order.lines
    assert (line.quantity, line.discount, line.amount, line.tax_amount) == (1, 5, 45, Decimal("2.70"))
    assert order.refunds == ()
    assert adds_up(order)


def test_a_line_that_was_taken_out_whole_is_gone_and_an_added_one_is_there():
    taken = make_line(currentQuantity=0)
    added = make_line(2, quantity=1, currentQuantity=1, discountAllocations=[], taxLines=[tax("3.00")])
    now = {"currentTotalPriceSet": bag("61.48"), "currentTotalTaxSet": bag("3.48")}
    order = read([taken, added], edited=True, refunds=[refund(money="0.00", lines=[back(2, "90", "5.40")])], **now)
    assert [line.id for line in order.lines] == ["2"]
    assert adds_up(order)


def test_what_went_back_for_money_stays_sold_in_an_edited_order_too():
    now = {"currentTotalPriceSet": bag("56.18"), "currentTotalTaxSet": bag("3.18")}
    order = read([make_line(currentQuantity=1)], edited=True, refunds=[refund()], **now)
    assert order.lines[0].quantity == 2
    assert (order.total, order.tax_total) == (Decimal("103.88"), Decimal("5.88"))
    assert adds_up(order)


def test_a_refund_changes_nothing_of_what_was_sold():
    order = read([make_line(currentQuantity=1)], refunds=[refund()], currentTotalPriceSet=bag("56.18"))
    assert (order.lines[0].quantity, order.total) == (2, Decimal("103.88"))
    assert adds_up(order)


@pytest.mark.parametrize(("left", "total", "tax_total"), [(1, "56.18", "3.18"), (0, "8.48", "0.48")])
def test_what_left_an_order_without_money_back_was_never_sold_even_where_shopify_does_not_say_edited(
    left: int, total: str, tax_total: str
):
    now = {"currentTotalPriceSet": bag(total), "currentTotalTaxSet": bag(tax_total)}
    order = read([make_line(currentQuantity=left)], refunds=[refund(money="0.00")], **now)
    assert [line.quantity for line in order.lines] == ([left] if left else [])
    assert (order.total, order.refunds) == (Decimal(total), ())
    assert adds_up(order)


def test_a_cancelled_order_keeps_the_figures_of_its_sale():
    now = {"currentTotalPriceSet": bag("0.00"), "currentTotalTaxSet": bag("0.00")}
    order = read([make_line(currentQuantity=0)], cancelledAt="2026-01-06T00:00:00Z", **now)
    assert (order.status, order.lines[0].quantity, order.total) == ("cancelled", 2, Decimal("103.88"))


# --- refunds ----------------------------------------------------------------------------------------------------


def test_the_refund_of_the_reference():
    moment = dt.datetime(2026, 1, 9, 2, tzinfo=dt.UTC)
    lines = (RefundLine("1", Decimal(1), Decimal("45.00"), Decimal("2.70")),)
    expected = Refund("509", Decimal("47.70"), moment, "wrong size", lines, ZERO, Decimal("2.70"))
    assert read(refunds=[refund()]).refunds == (expected,)


def test_a_refund_with_shipping_and_one_that_is_only_an_amount():
    shipping = {"nodes": [{"subtotalAmountSet": bag("8.00"), "taxAmountSet": bag("0.48")}]}
    other = {"nodes": [{"amountSet": bag("-5.00"), "taxAmountSet": bag("0.00")}]}
    order = read(
        refunds=[refund(money="56.18", refundShippingLines=shipping), refund(510, "5.00", [], orderAdjustments=other)]
    )
    assert [(each.amount, each.shipping, each.tax_amount) for each in order.refunds] == [
        (Decimal("56.18"), Decimal("8.00"), Decimal("3.18")),
        (Decimal("5.00"), ZERO, None),
    ]


def test_a_refund_without_money_is_none():
    assert read(refunds=[refund(money="0.00")]).refunds == ()


@pytest.mark.parametrize(
    ("status", "paid_back", "amount"), [("SUCCESS", True, "47.70"), ("PENDING", False, "47.70"), ("FAILURE", None, "")]
)
def test_money_on_its_way_back_is_told_and_money_that_failed_is_not(status, paid_back, amount):
    money = {"nodes": [pay(77, "47.70", kind="REFUND", status=status)]}
    found = read(refunds=[refund(totalRefundedSet=bag("0.00"), transactions=money)]).refunds
    assert [(each.is_paid_back, str(each.amount)) for each in found] == (
        [] if paid_back is None else [(paid_back, amount)]
    )


def test_an_amount_that_went_back_on_an_edited_order_wants_a_look():
    now = {"currentTotalPriceSet": bag("103.88"), "currentTotalTaxSet": bag("5.88")}
    assert [each.needs_look for each in read(edited=True, refunds=[refund(lines=[])], **now).refunds] == [True]
    assert [each.needs_look for each in read(refunds=[refund(lines=[])]).refunds] == [False]


# --- payments ---------------------------------------------------------------------------------------------------


def test_each_sale_or_capture_that_succeeded_is_a_payment_and_nothing_else():
    rows = [
        pay(1, "103.88", kind="AUTHORIZATION"),
        pay(2, "60.00", kind="CAPTURE"),
        pay(3, "43.88", kind="CAPTURE", gateway="gift_card", authorizationCode=None, paymentId="c3.1"),
        pay(4, "103.88", status="FAILURE"),
        pay(5, "10.00", kind="REFUND"),
        pay(6, "103.88", kind="VOID"),
        pay(7, "1.00", status="PENDING"),
    ]
    found = [(each.id, each.method, each.amount, each.reference) for each in read(transactions=rows).payments]
    assert found == [
        ("2", "shopify_payments", Decimal("60.00"), "ch_demo_1"),
        ("3", "gift card", Decimal("43.88"), "c3.1"),
    ]


def test_change_given_at_the_till_was_not_received():
    rows = [pay(1, "110.00", gateway="cash"), pay(2, "6.12", kind="CHANGE", gateway="cash")]
    assert [each.amount for each in read(transactions=rows).payments] == [Decimal("103.88")]
    exact = [pay(1, "103.88", gateway="cash"), pay(2, "6.12", kind="CHANGE", gateway="cash")]
    assert [each.amount for each in read(transactions=exact).payments] == [Decimal("103.88")]


def test_an_order_that_is_not_paid_has_no_paid_date():
    order = read(displayFinancialStatus="PARTIALLY_PAID", transactions=[pay(2, "60.00", kind="CAPTURE")])
    assert (len(order.payments), order.dates.paid) == (1, None)


# --- people, products, what cannot be read ----------------------------------------------------------------------


def test_the_buyer_is_the_billing_address_else_the_delivery_else_nobody():
    there = {
        "name": "Mei Tan",
        "company": "Mawar Sdn Bhd",
        "address1": "12 Jalan Mawar",
        "zip": "30000",
        "city": "Ipoh",
    }
    for name in ("billingAddress", "shippingAddress"):
        buyer = read(**{name: there}, email="mei@example.com").customer
        assert (buyer.name, buyer.company, buyer.email) == ("Mei Tan", "Mawar Sdn Bhd", "mei@example.com")
        assert buyer.address == ("12 Jalan Mawar", "30000 Ipoh")
    assert read(billingAddress=None).customer.name == ""


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"totalPriceSet": None}, "totalPriceSet"),
        ({"totalPriceSet": bag("n/a")}, "n/a"),
        ({"id": None}, "no id"),
        ({"currencyCode": ""}, "no currency"),
        ({"processedAt": "yesterday"}, "yesterday"),
        ({"lineItems": {"nodes": [None]}}, "line"),
        ({"lineItems": {"nodes": [make_line(quantity="some")]}}, "quantity"),
        ({"lineItems": {"nodes": [make_line(originalUnitPriceSet=None)]}}, "originalUnitPriceSet"),
        ({"edited": True}, "currentTotalPriceSet"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(changes, place):
    with pytest.raises(Unreadable) as told:
        read(**changes)
    assert place in str(told.value)


def test_variants_have_their_own_ids_and_a_default_one_has_no_name_of_its_own():
    product = {"title": "Mug"}
    blue = {"id": "gid://shopify/ProductVariant/7", "sku": "MUG-01", "title": "Blue", "price": "15.00"}
    item = read_item({**blue, "product": product})
    assert (item.item_id, item.sku, item.name, item.price) == ("7", "MUG-01", "Mug - Blue", Decimal("15.00"))
    assert read_item({**blue, "product": product, "title": "Default Title", "sku": ""}).name == "Mug"


def test_a_customer_of_the_list():
    found = read_customer(
        {
            "id": "gid://shopify/Customer/7",
            "displayName": "Mei Tan",
            "defaultEmailAddress": {"emailAddress": "mei@example.com"},
            "defaultPhoneNumber": None,
            "defaultAddress": {"company": "Mawar", "phone": "+60123", "city": "Ipoh"},
        }
    )
    assert (found.customer_id, found.name, found.email) == ("7", "Mei Tan", "mei@example.com")
    assert (found.company, found.phone, found.address) == ("Mawar", "+60123", ("Ipoh",))


@pytest.mark.parametrize(
    ("typed", "domain"),
    [
        ("kedai-mawar.myshopify.com", "kedai-mawar.myshopify.com"),
        (" https://Kedai-Mawar.myshopify.com/admin ", "kedai-mawar.myshopify.com"),
        ("kedai-mawar", "kedai-mawar.myshopify.com"),
        ("", ""),
    ],
)
def test_a_shop_has_one_spelling(typed, domain):
    assert contract.domain_of(typed) == domain


# --- every cart adds up -----------------------------------------------------------------------------------------

CENTS = st.integers(0, 50_000).map(lambda cents: Decimal(cents) / 100)
RATES = st.sampled_from([(), (("SST", Decimal("0.06")),), (("GST", Decimal("0.05")), ("PST", Decimal("0.07")))])


@st.composite
def carts(draw: st.DrawFn) -> dict[str, Any]:
    """What Shopify would tell of a cart: allocations within lines, each tax line rounded by itself, totals summed."""
    is_inside = draw(st.booleans())
    rows, total, tax_total = [], ZERO, ZERO
    for number in range(1, draw(st.integers(1, 5)) + 1):
        price, quantity, rates = draw(CENTS), draw(st.integers(1, 12)), draw(RATES)
        whole = price * quantity
        off = [draw(st.integers(0, 100)) * whole / 400 // Decimal("0.01") * Decimal("0.01") for _ in range(2)]
        taxes = [_taxed(whole - sum(off), rate, rates, is_inside) for _, rate in rates]
        rows.append(_row(number, price, quantity, off, list(zip(rates, taxes, strict=True))))
        total, tax_total = total + whole - sum(off), tax_total + sum(taxes)
    shipping, tip = draw(CENTS), draw(CENTS)
    total += shipping + tip + (ZERO if is_inside else tax_total)
    raw = make_raw(rows, [make_shipping(originalPriceSet=bag(str(shipping)), discountAllocations=[], taxLines=[])])
    told = {"totalTaxSet": bag(str(tax_total)), "totalPriceSet": bag(str(total)), "totalTipReceivedSet": bag(str(tip))}
    return raw | told | {"taxesIncluded": is_inside}


def _taxed(amount: Decimal, rate: Decimal, rates: Any, is_inside: bool) -> Decimal:
    whole = 1 + sum(each for _, each in rates) if is_inside else 1
    return round(amount * rate / whole, 2)


def _row(number: int, price: Decimal, quantity: int, off: list[Decimal], taxes: list[Any]) -> dict[str, Any]:
    return make_line(
        number,
        quantity=quantity,
        currentQuantity=quantity,
        originalUnitPriceSet=bag(str(price)),
        discountAllocations=[{"allocatedAmountSet": bag(str(each))} for each in off],
        taxLines=[tax(str(amount), float(rate), title) for (title, rate), amount in taxes],
    )


@settings(max_examples=200, deadline=None)
@given(carts())
def test_every_cart_adds_up_and_its_taxes_are_named_or_nothing(raw: dict[str, Any]):
    order = read_order(decode(msgspec.json.encode(raw)), "kedai-mawar.myshopify.com", CHANNEL)
    assert adds_up(order)
    assert sum((line.tax_amount or ZERO for line in order.lines), ZERO) == order.tax_total
    assert all(line.tax or not line.tax_amount for line in order.lines)
    assert all(line.price * line.quantity - line.discount == line.amount for line in order.lines)
