"""One order of Ecwid as its API tells it becomes one order in our words (ecwid.md 7)."""

import copy
import datetime as dt
import json
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from adapters.http import decode, encode
from adapters.stores.ecwid.catalogue import Shop, facts_of, items_of, shop_of
from adapters.stores.ecwid.people import read_customer
from adapters.stores.ecwid.reader import is_cart, read_order
from adapters.stores.figures import Unreadable
from documents import Buyer, Channel, Charge, ChargeKind, Order, OrderPayment, Refund, StoreItem, Tax
from sync.drafting import draft
from sync.drafting.figures import store_figures
from tests.unit.drafting_cases import rules_of
from tests.unit.test_golden import FOLDER

D = Decimal
CHANNEL = Channel("1003", "Demo Mugs", "ecwid", "MYR")
SHOP = Shop("1003", "Demo Mugs", "MYR", prefix="EW-")
SST = Tax("901", "SST", D(6))


def sst(total: str, goods: str, shipping: str = "0") -> dict[str, Any]:
    return {
        "name": "SST",
        "value": 6,
        "total": D(total),
        "taxOnDiscountedSubtotal": D(goods),
        "taxOnShipping": D(shipping),
        "sourceTaxRateId": 901,
        "sourceTaxRateType": "MANUAL",
    }


EXAMPLE: dict[str, Any] = {  # 7.7
    "id": "EW-K8XTQ",
    "internalId": 492512057,
    "createDate": "2026-01-05 03:12:44 +0000",
    "createTimestamp": 1767582764,
    "updateDate": "2026-01-05 03:20:01 +0000",
    "updateTimestamp": 1767583201,
    "email": "mei@example.com",
    "customerId": 88001,
    "paymentStatus": "PAID",
    "fulfillmentStatus": "AWAITING_PROCESSING",
    "paymentMethod": "Credit or debit card (Stripe)",
    "externalTransactionId": "pi_demo_1",
    "pricesIncludeTax": False,
    "subtotal": D("130.0"),
    "discount": D("13.0"),
    "volumeDiscount": D("13.0"),
    "couponDiscount": D("10.0"),
    "discountCoupon": {"name": "Hello", "code": "HELLO10", "discountType": "ABS", "discount": 10},
    "tax": D("7.02"),
    "total": D("124.02"),
    "giftCardRedemption": 0,
    "items": [
        {
            "id": 1,
            "productId": 501,
            "combinationId": 77,
            "sku": "TSHIRT-M",
            "name": "T-shirt",
            "quantity": 2,
            "price": D("50.0"),
            "couponAmount": D("7.69"),
            "discounts": [{"discountInfo": {"value": 10, "type": "PERCENT", "base": "SUBTOTAL"}, "total": D("10.0")}],
            "tax": D("5.40"),
            "taxes": [sst("5.40", "4.94", "0.46")],
            "selectedOptions": [{"name": "Size", "type": "CHOICE", "value": "M", "valuesArray": ["M"]}],
            "shipping": D("6.15"),
        },
        {
            "id": 2,
            "productId": 502,
            "sku": "MUG-01",
            "name": "Mug",
            "quantity": 1,
            "price": D("30.0"),
            "couponAmount": D("2.31"),
            "discounts": [{"discountInfo": {}, "total": D("3.0")}],
            "tax": D("1.62"),
            "taxes": [sst("1.62", "1.48", "0.14")],
            "shipping": D("1.85"),
        },
    ],
    "shippingOption": {"shippingMethodName": "J&T Express", "shippingRate": D("8.0"), "isPickup": False},
    "handlingFee": {"name": "Gift wrap", "value": D("2.0"), "description": ""},
    "taxesOnShipping": [{"name": "SST", "value": 6, "total": D("0.60")}],
    "refundedAmount": 0,
    "refunds": [],
    "billingPerson": {
        "name": "Mei Tan",
        "companyName": "Tan Trading",
        "street": "12 Jalan Mawar\nUnit 3",
        "city": "Ipoh",
        "countryCode": "MY",
        "postalCode": "30000",
        "stateOrProvinceCode": "PRK",
        "phone": "+60125550100",
    },
}


def read(shop: Shop = SHOP, **changes: Any) -> Order:
    """The example with these fields, as it comes over the wire."""
    raw = {name: told for name, told in {**copy.deepcopy(EXAMPLE), **changes}.items() if told is not ...}
    return read_order(decode(encode(raw)), shop, CHANNEL)


def plain(shop: Shop = SHOP, **changes: Any) -> Order:
    """One product without any tax, discount, shipping; with these fields."""
    item = {"id": 1, "productId": 7, "sku": "A", "name": "Thing", "quantity": 1, "price": D(100), "tax": 0, "taxes": []}
    usual: dict[str, Any] = {"items": [item], "subtotal": 100, "total": 100, "tax": 0, "discount": 0}
    usual |= {"couponDiscount": 0, "discountCoupon": None, "shippingOption": None, "handlingFee": None}
    return read(shop, **{**usual, "taxesOnShipping": None, **changes})


def adds_up(order: Order) -> bool:
    return store_figures(order) == order.total


@pytest.mark.feature("P6", "S19")
def test_the_example_of_the_reference_is_read_whole():
    order = read()
    assert (order.store, order.shop_id, order.order_id, order.number) == ("ecwid", "1003", "EW-K8XTQ", "K8XTQ")
    assert (order.currency, order.total, order.tax_total, order.prices_include_tax) == (
        "MYR",
        D("124.02"),
        D("7.02"),
        False,
    )
    assert (order.status, order.payment_status) == ("pending", "paid")
    assert order.dates.ordered == dt.datetime(2026, 1, 5, 3, 12, 44, tzinfo=dt.UTC)
    assert (order.dates.paid, order.dates.shipped, order.dates.completed) == (None, None, None)
    shirt, mug = order.lines
    assert (shirt.sku, shirt.item_id, shirt.name, shirt.quantity, shirt.price) == (
        *("TSHIRT-M", "501-77", "T-shirt - M"),
        *(2, 50),
    )
    assert (shirt.discount, shirt.amount, shirt.tax_amount, shirt.tax) == (10, 90, D("5.40"), SST)
    assert (mug.item_id, mug.discount, mug.amount, mug.tax_amount, mug.tax) == ("502", 3, 27, D("1.62"), SST)
    assert order.charges == (
        Charge(ChargeKind.SELLER_DISCOUNT, D("-10.00"), D("-0.60")),
        Charge(ChargeKind.SHIPPING, D("8.00"), D("0.48"), SST),
        Charge(ChargeKind.HANDLING, D("2.00"), D("0.12"), SST),
    )
    assert order.payments == (
        OrderPayment("pi_demo_1", "Credit or debit card (Stripe)", D("124.02"), reference="pi_demo_1"),
    )
    assert order.customer == Buyer(
        *("Mei Tan", "mei@example.com", "Tan Trading"),
        phone="+60125550100",
        address=("12 Jalan Mawar", "Unit 3", "30000 Ipoh", "PRK", "MY"),
    )
    assert order.refunds == ()
    assert adds_up(order)


def test_the_example_is_drafted_as_the_golden_case_has_it():
    [path] = FOLDER.glob("069-*.json")
    case = json.loads(path.read_text(), parse_float=Decimal)
    order, rules, expect = read(), rules_of(case), case["expect"]
    shirt = replace(order.lines[0], sku="SHIRT-M", item_id=None)  # the case's shop sells it under this SKU
    made = draft(replace(order, lines=(shirt, replace(order.lines[1], item_id=None))), rules)
    assert [str(each.message) for each in made.problems] == []
    assert made.invoice is not None
    lines = [(each.item, each.amount, each.tax, each.tax_code) for each in made.invoice.lines]
    assert lines == [(each["item"], D(each["amount"]), D(each["tax"]), each["tax_code"]) for each in expect["lines"]]
    told = (made.invoice.total, made.invoice.tax, made.invoice.rounding, made.invoice.number)
    assert told == (D(expect["total"]), D(expect["tax"]), D(expect["rounding"]), expect["number"])


# --- 7.6, one trap after the other ------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_a_net_order_of_2020_adds_up_although_its_shipping_tax_sits_on_one_product():
    tax = {"name": "VAT", "value": 12, "sourceTaxRateId": 0, "sourceTaxRateType": "CUSTOM"}
    items = [
        {
            **{"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": D(1060), "couponAmount": D("21.66")},
            "discounts": [{"total": D("3.94")}],
            "taxes": [
                {**tax, "total": D("483.85"), "taxOnDiscountedSubtotal": D("427.23"), "taxOnShipping": D("56.62")}
            ],
            "shipping": D("471.85"),
        },
        {
            **{"id": 2, "sku": "B", "name": "B", "quantity": 2, "price": D("8.32"), "couponAmount": D("0.34")},
            "discounts": [{"total": D("0.06")}],
            "taxes": [{**tax, "total": D("4.63"), "taxOnDiscountedSubtotal": D("4.63"), "taxOnShipping": 0}],
            "shipping": 0,
        },
    ]
    order = read(
        items=items,
        subtotal=D("1076.64"),
        shippingOption={"shippingRate": D("471.85")},
        handlingFee={"value": 4},
        tax=D("488.48"),
        discount=4,
        couponDiscount=22,
        taxesOnShipping=None,
        total=D("2014.97"),
    )
    assert adds_up(order) and not order.prices_include_tax
    shipping = [each for each in order.charges if each.kind is ChargeKind.SHIPPING]
    assert sum(each.amount for each in shipping) == D("471.85")
    assert shipping[0].tax == Tax(None, "VAT", D(12))


def test_tax_inside_the_prices_is_not_added():
    item = {
        "id": 1,
        "sku": "A",
        "name": "A",
        "quantity": 1,
        "price": 10,
        "priceWithoutTax": D("9.09"),
        "tax": D("0.91"),
    }
    item["taxes"] = [{"name": "VAT", "value": 10, "total": D("0.91"), "taxOnDiscountedSubtotal": D("0.91")}]
    order = plain(pricesIncludeTax=True, items=[item], total=10, tax=D("0.91"))
    assert order.prices_include_tax and adds_up(order)
    assert (order.lines[0].amount, order.lines[0].tax_amount, order.tax_total) == (10, D("0.91"), D("0.91"))


def test_tax_inside_the_prices_is_seen_by_the_total_where_the_order_does_not_say_so():
    assert plain(tax=10, total=100).prices_include_tax
    assert not plain(tax=10, total=110).prices_include_tax
    assert not plain(pricesIncludeTax=True, tax=10, total=110).prices_include_tax


def test_a_cent_of_tax_inside_a_price_is_not_taken_for_a_rounding():
    order = plain(pricesIncludeTax=True, tax=D("0.01"), total=100)
    assert order.prices_include_tax and adds_up(order)


def test_shipping_tax_that_only_the_order_tells_is_inside_the_rate_where_the_total_says_so():
    rows = [{"name": "VAT", "value": 10, "total": 10}]
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 500, "tax": 0, "taxes": [], "couponAmount": 10}
    usual = {"shippingOption": {"shippingRate": 110}, "couponDiscount": 10, "taxesOnShipping": rows}
    order = plain(items=[item], tax=10, total=600, **usual)
    [shipping] = [each for each in order.charges if each.kind is ChargeKind.SHIPPING]
    assert adds_up(order) and order.prices_include_tax  # no other tax is there, so all of it is inside
    assert (shipping.amount, shipping.tax_amount, shipping.tax) == (110, 10, Tax(None, "VAT", D(10)))


def test_shipping_tax_is_inside_the_rate_beside_products_with_tax_on_top():
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 500, "tax": 30, "taxes": [sst("30", "30")]}
    rows = [{"name": "VAT", "value": 10, "total": 10}]
    order = plain(items=[item], shippingOption={"shippingRate": 110}, taxesOnShipping=rows, tax=40, total=640)
    assert adds_up(order) and not order.prices_include_tax
    assert order.charges == (Charge(ChargeKind.SHIPPING, D(100), D(10), Tax(None, "VAT", D(10))),)


def test_shipping_tax_that_only_the_order_tells_is_on_top_where_the_total_says_so():
    rows = [{"name": "VAT", "value": 10, "total": 11}]
    order = plain(shippingOption={"shippingRate": 110}, taxesOnShipping=rows, tax=11, total=221)
    assert adds_up(order)
    assert order.charges == (Charge(ChargeKind.SHIPPING, D(110), D(11), Tax(None, "VAT", D(10))),)


def test_a_discount_that_holds_the_coupon_is_not_taken_twice():
    order = plain(discount=15, couponDiscount=10, total=85)
    assert adds_up(order)
    assert sum(each.amount for each in order.charges) == -15
    assert adds_up(plain(discount=15, couponDiscount=10, total=75))


def test_it_may_hold_the_coupon_in_a_store_with_tax_inside_too():
    order = plain(pricesIncludeTax=True, tax=9, discount=15, couponDiscount=10, total=85)
    assert adds_up(order) and order.prices_include_tax


def test_a_promotion_that_no_line_tells_is_a_discount_of_the_order():
    order = plain(discount=12, customDiscount=[D("1.5"), 2], total=D("84.5"))
    assert order.charges == (Charge(ChargeKind.SELLER_DISCOUNT, D("-15.50")),)
    assert adds_up(order)


def test_a_rate_for_shipping_that_was_lowered_is_taken_where_the_total_says_so():
    option = {"shippingRate": 8, "discountedShippingRate": 3}
    assert plain(shippingOption=option, total=103).charges == (Charge(ChargeKind.SHIPPING, D(3)),)
    assert plain(shippingOption=option, total=108).charges == (Charge(ChargeKind.SHIPPING, D(8)),)


def test_a_coupon_for_shipping_is_a_discount_on_shipping():
    coupon = {"code": "FREE", "discountType": "SHIPPING", "discount": 8}
    order = plain(shippingOption={"shippingRate": 8}, couponDiscount=8, discountCoupon=coupon)
    assert {each.kind for each in order.charges} == {ChargeKind.SHIPPING, ChargeKind.SHIPPING_DISCOUNT}
    assert adds_up(order)


@pytest.mark.feature("P6")
@pytest.mark.parametrize("off", ["0.30", "5", "-17.5"])
def test_an_order_that_does_not_add_up_stays_and_is_told_with_both_sums(off: str):
    order = read(total=D("124.02") + D(off))
    assert store_figures(order) == D("124.02")
    [path] = FOLDER.glob("069-*.json")
    made = draft(order, rules_of(json.loads(path.read_text(), parse_float=Decimal)))
    sentences = [str(each.message) for each in made.problems if each.about == "store_figures"]
    assert any("124.02" in each and f"{order.total}" in each for each in sentences)


def test_a_cent_that_is_missing_is_left_to_the_rounding_line():
    order = read(total=D("124.03"))
    assert order.total - store_figures(order) == D("0.01")
    assert not order.prices_include_tax


def test_surcharges_are_added_and_a_tip_is_known_by_its_name():
    tax = {"name": "SST", "value": 6, "total": D("0.30"), "sourceTaxRateId": 901, "sourceTaxRateType": "MANUAL"}
    surcharges = [
        {"id": "Tip", "type": "PERCENT", "value": 5, "total": 5, "description": "For the team", "taxes": []},
        {"id": "packing", "type": "ABSOLUTE", "value": 5, "total": 5, "description": "Multiple boxes", "taxes": [tax]},
    ]
    order = plain(customSurcharges=surcharges, tax=D("0.30"), total=D("110.30"))
    assert order.charges == (
        Charge(ChargeKind.TIP, D(5)),
        Charge(ChargeKind.HANDLING, D(5), D("0.30"), SST),
    )
    assert adds_up(order)


@pytest.mark.feature("P6", "S27")
def test_what_a_gift_card_paid_is_a_negative_charge_inside_the_total_and_the_rest_is_the_payment():
    order = plain(giftCardRedemption=30, totalBeforeGiftCardRedemption=100, giftCardCode="GIFT", total=70)
    assert order.charges == (Charge(ChargeKind.GIFT_CARD, D(-30)),)
    assert [each.amount for each in order.payments] == [70]
    assert adds_up(order)


def test_points_and_store_credit_that_were_used_count_like_a_gift_card_unless_taken_back():
    loyalty = {"earned": 1, "redemption": {"id": "x", "amount": 5, "cancelled": False}, "balance": 3}
    order = plain(loyalty=loyalty, storeCredit={"redemption": {"amount": 10}}, total=85)
    assert [each.amount for each in order.charges] == [-5, -10] and adds_up(order)
    loyalty["redemption"]["cancelled"] = True
    assert adds_up(plain(loyalty=loyalty, total=100))


def test_an_order_that_a_gift_card_paid_whole_has_no_other_payment():
    assert plain(giftCardRedemption=100, total=0).payments == ()


# --- taxes ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("M8")
@pytest.mark.parametrize(
    ("kind", "tax_id", "ours"),
    [("MANUAL", 901, "901"), ("MANUAL", 0, None), ("AUTO", 0, None), ("CUSTOM", 0, None), ("LEGACY", 5, None)],
)
def test_a_manual_tax_is_known_by_its_id_any_other_by_name_and_rate(kind: str, tax_id: int, ours: str | None):
    row = {"name": "VAT", "value": D("8.250"), "total": D("8.25"), "sourceTaxRateId": tax_id, "sourceTaxRateType": kind}
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "tax": D("8.25"), "taxes": [row]}
    order = plain(items=[item], tax=D("8.25"), total=D("108.25"))
    assert order.lines[0].tax == Tax(ours, "VAT", D("8.25"))
    assert order.lines[0].tax_amount == D("8.25")


def test_two_taxes_on_one_line_are_one_with_both_names_and_the_sum_of_their_rates():
    rows = [
        {"name": "State", "value": 6, "total": 6, "sourceTaxRateType": "AUTO"},
        {"name": "City", "value": D("1.5"), "total": D("1.5"), "sourceTaxRateType": "AUTO"},
    ]
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "tax": D("7.5"), "taxes": rows}
    order = plain(items=[item], tax=D("7.5"), total=D("107.5"))
    assert (order.lines[0].tax, order.lines[0].tax_amount) == (Tax(None, "State + City", D("7.5")), D("7.5"))


def test_a_tax_that_an_exempt_buyer_was_not_charged_is_none():
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "tax": 0, "taxes": [sst("0", "0")]}
    order = plain(items=[item], customerTaxExempt=True)
    assert (order.lines[0].tax, order.lines[0].tax_amount) == (None, 0)


def test_a_zero_rate_is_still_named():
    row = {"name": "Zero rated", "value": 0, "total": 0, "sourceTaxRateId": 909, "sourceTaxRateType": "MANUAL"}
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "tax": 0, "taxes": [row]}
    assert plain(items=[item]).lines[0].tax == Tax("909", "Zero rated", D(0))


def test_shipping_of_taxed_and_untaxed_products_is_parted_as_ecwid_parts_it():
    taxed = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 60, "taxes": [sst("3.96", "3.60", "0.36")]}
    free = {"id": 2, "sku": "B", "name": "B", "quantity": 1, "price": 40, "tax": 0, "taxes": []}
    items = [{**taxed, "shipping": 6}, {**free, "shipping": 4}]
    order = plain(items=items, shippingOption={"shippingRate": 10}, tax=D("3.96"), total=D("113.96"))
    assert order.charges == (
        Charge(ChargeKind.SHIPPING, D(6), D("0.36"), SST),
        Charge(ChargeKind.SHIPPING, D(4)),
    )
    without_shares = plain(items=[taxed, free], shippingOption={"shippingRate": 10}, tax=D("3.96"), total=D("113.96"))
    assert without_shares.charges == order.charges


def test_shipping_under_one_tax_is_one_charge_whichever_product_carries_its_tax():
    carrying = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 60, "taxes": [sst("4.20", "3.60", "0.60")]}
    free = {"id": 2, "sku": "B", "name": "B", "quantity": 1, "price": 40, "tax": 0, "taxes": []}
    items = [{**carrying, "shipping": 6}, {**free, "shipping": 4}]
    order = plain(items=items, shippingOption={"shippingRate": 10}, tax=D("4.20"), total=D("114.20"))
    assert order.charges == (Charge(ChargeKind.SHIPPING, D(10), D("0.60"), SST),)


def test_shipping_of_products_under_two_rates_is_under_both():
    other = {"name": "Service", "value": 8, "total": D("3.52"), "taxOnDiscountedSubtotal": D("3.20")}
    other |= {"taxOnShipping": D("0.32"), "sourceTaxRateId": 902, "sourceTaxRateType": "MANUAL"}
    items = [
        {
            "id": 1,
            "sku": "A",
            "name": "A",
            "quantity": 1,
            "price": 60,
            "taxes": [sst("3.96", "3.60", "0.36")],
            "shipping": 6,
        },
        {"id": 2, "sku": "B", "name": "B", "quantity": 1, "price": 40, "taxes": [other], "shipping": 4},
    ]
    order = plain(items=items, shippingOption={"shippingRate": 10}, tax=D("7.48"), total=D("117.48"))
    service = Tax("902", "Service", D(8))
    assert order.charges == (
        Charge(ChargeKind.SHIPPING, D(6), D("0.36"), SST),
        Charge(ChargeKind.SHIPPING, D(4), D("0.32"), service),
    )


@pytest.mark.parametrize("where", ["products", "fee"])
def test_a_handling_fee_whose_tax_is_told_apart_keeps_it(where: str):
    row = sst("7.30", "6.00", "0.60") | ({"taxOnHandlingFee": D("0.70")} if where == "products" else {})
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "taxes": [row]}
    fee: dict[str, Any] = {"name": "Wrap", "value": 7}
    if where == "fee":
        fee["taxes"] = [{"name": "Wrap tax", "value": 10, "total": D("0.70")}]
    order = plain(items=[item], shippingOption={"shippingRate": 10}, handlingFee=fee, tax=D("7.30"), total=D("124.30"))
    assert adds_up(order)
    named = SST if where == "products" else Tax(None, "Wrap tax", D(10))
    assert order.charges == (
        Charge(ChargeKind.SHIPPING, D(10), D("0.60"), SST),
        Charge(ChargeKind.HANDLING, D(7), D("0.70"), named),
    )


# --- words, dates, people ---------------------------------------------------------------------------------------

STATUSES = [
    ("PAID", "AWAITING_PROCESSING", "pending", "paid"),
    ("PAID", "PROCESSING", "processing", "paid"),
    ("PAID", "READY_FOR_PICKUP", "ready_to_ship", "paid"),
    ("PAID", "SHIPPED", "shipped", "paid"),
    ("PAID", "OUT_FOR_DELIVERY", "shipped", "paid"),
    ("PAID", "DELIVERED", "completed", "paid"),
    ("PAID", "RETURNED", "returned", "paid"),
    ("PAID", "WILL_NOT_DELIVER", "failed", "paid"),
    ("AWAITING_PAYMENT", "PROCESSING", "processing", "unpaid"),
    ("QUEUED", "PROCESSING", "processing", "unpaid"),
    ("PARTIALLY_REFUNDED", "SHIPPED", "shipped", "paid"),
    ("REFUNDED", "DELIVERED", "refunded", "refunded"),
    ("CANCELLED", "WILL_NOT_DELIVER", "cancelled", "unpaid"),
    ("CUSTOM_PAYMENT_STATUS_1", "SHIPPED", "shipped", "CUSTOM_PAYMENT_STATUS_1"),
    ("PAID", "CUSTOM_FULFILLMENT_STATUS_2", "CUSTOM_FULFILLMENT_STATUS_2", "paid"),
    (None, None, "unknown", "unknown"),
]


@pytest.mark.parametrize(("payment", "fulfilment", "status", "payment_status"), STATUSES)
def test_statuses_are_ours_and_a_custom_one_stays_as_the_store_wrote_it(
    payment: str | None, fulfilment: str | None, status: str, payment_status: str
):
    order = read(paymentStatus=payment, fulfillmentStatus=fulfilment)
    assert (order.status, order.payment_status) == (status, payment_status)
    came = payment in ("PAID", "PARTIALLY_REFUNDED", "REFUNDED")
    assert bool(order.payments) == came


@pytest.mark.parametrize("name", ["CUSTOM_PAYMENT_STATUS_1", "CUSTOM_FULFILLMENT_STATUS_3"])
def test_an_order_with_a_custom_status_is_never_posted(name: str):
    field = "paymentStatus" if "PAYMENT" in name else "fulfillmentStatus"
    [path] = FOLDER.glob("069-*.json")
    made = draft(read(**{field: name}), rules_of(json.loads(path.read_text(), parse_float=Decimal)))
    assert made.invoice is None and name in str(made.problems[0].message)


def test_an_unfinished_checkout_is_no_order():
    assert is_cart({"paymentStatus": "INCOMPLETE"})
    assert not is_cart({"paymentStatus": "PAID"}) and not is_cart("INCOMPLETE")


@pytest.mark.parametrize(
    ("fields", "number"),
    [
        ({"publicUid": "K8XTQ"}, "K8XTQ"),
        ({"id": "K8XTQ"}, "K8XTQ"),
        ({"id": "OLD-K8XTQ"}, "OLD-K8XTQ"),
        ({"id": "EW-"}, "EW-"),
        ({"id": "EW-77-MY"}, "77"),
    ],
)
def test_the_number_is_without_the_stores_prefix(fields: dict[str, str], number: str):
    assert read(replace(SHOP, suffix="-MY"), **fields).number == number


@pytest.mark.parametrize("stamp", [1767582764, ...])
def test_a_moment_is_in_utc_by_either_of_its_forms(stamp: Any):
    assert read(createTimestamp=stamp).dates.ordered == dt.datetime(2026, 1, 5, 3, 12, 44, tzinfo=dt.UTC)


def test_a_guest_is_known_by_what_the_order_says():
    order = read(customerId=..., billingPerson=None, shippingPerson={"name": "Ali", "phone": "1"})
    assert (order.customer.name, order.customer.phone, order.customer.company) == ("Ali", "1", "")
    assert read(billingPerson=..., customerTaxId="MY1").customer == Buyer(
        *("mei@example.com", "mei@example.com"), tax_number="MY1"
    )


def test_parts_of_a_bundle_are_told():
    part = {"productId": 9, "combinationId": 4, "sku": "P", "name": "Part", "quantity": 3}
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": 100, "compositeComponents": [part]}
    [bundled] = plain(items=[item]).lines[0].bundle
    assert (bundled.item_id, bundled.sku, bundled.name, bundled.quantity) == ("9-4", "P", "Part", 3)


def test_a_product_without_a_sku_and_a_deleted_one_are_read_like_others():
    item = {"id": 1, "name": "Gone", "quantity": 2, "price": 50, "tax": 0}
    [line] = plain(items=[item]).lines
    assert (line.sku, line.item_id, line.name, line.amount) == (None, None, "Gone", 100)


def test_what_a_binary_fraction_adds_is_taken_off():
    order = read(tax=D("7.0200000000000005"), total=D("124.01999999999999"))
    assert (order.tax_total, order.total) == (D("7.02"), D("124.02"))


def test_a_price_with_many_decimals_makes_an_amount_in_cents():
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 3, "price": D("3.3333"), "tax": 0}
    [line] = plain(items=[item], total=10).lines
    assert (line.price, line.amount) == (D("3.3333"), D("10.00"))
    assert plain(replace(SHOP, currency="JPY"), items=[item], total=10).lines[0].amount == 10


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"id": None, "vendorOrderNumber": None}, "id"),
        ({"total": None}, "total"),
        ({"total": "much"}, "total"),
        ({"total": True}, "total"),
        ({"total": 10**15}, "total"),
        ({"tax": [1]}, "tax"),
        ({"createTimestamp": None, "createDate": "yesterday"}, "createDate"),
        ({"createTimestamp": 10**18}, "createDate"),
        ({"items": "many"}, "items"),
        ({"items": [5]}, "items"),
        ({"items": [{"price": 5}]}, "quantity"),
        ({"items": [{"quantity": 5}]}, "price"),
        ({"refunds": [5]}, "refunds"),
        ({"refunds": [{"amount": 5, "date": "soon"}]}, "date"),
        ({"taxesOnShipping": {"name": 5}}, "taxesOnShipping"),
    ],
)
def test_what_cannot_be_read_is_told_and_never_guessed(fields: dict[str, Any], word: str):
    with pytest.raises(Unreadable, match=word):
        read(**fields)


# --- refunds ----------------------------------------------------------------------------------------------------

FIRST = {"date": "2026-01-07 01:00:00 +0000", "source": "CP", "reason": "Broken", "amount": D("10.0")}
SECOND = {"date": "2026-01-08 01:00:00 +0000", "source": "API", "amount": D("20.5")}


@pytest.mark.feature("P6", "S26")
def test_refunds_have_ids_that_stay_the_same_in_whatever_order_and_form_they_come():
    one = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=10, refunds=[FIRST]).refunds
    two = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=D("30.50"), refunds=[FIRST, SECOND]).refunds
    turned = read(
        paymentStatus="PARTIALLY_REFUNDED",
        refundedAmount=D("30.5"),
        refunds=[{**SECOND, "amount": D("20.50")}, {**FIRST, "amount": 10}],
        updateTimestamp=1767599999,
    ).refunds
    assert one == two[:1]
    assert [each.id for each in two] == [each.id for each in turned]
    assert one[0] == Refund(
        *("EW-K8XTQ/1/20260107010000/10.00", D("10.00"), dt.datetime(2026, 1, 7, 1, tzinfo=dt.UTC), "Broken"),
        tax_amount=D("0.57"),  # 10.00 x 7.02 / 124.02
    )
    assert not any(each.needs_look for each in two)


@pytest.mark.parametrize("told", [0, ..., D("124.02")])
def test_an_order_that_is_refunded_without_a_record_has_one_refund_of_all_to_be_looked_at(told: Any):
    [refund] = read(paymentStatus="REFUNDED", refundedAmount=told, refunds=[]).refunds
    assert (refund.amount, refund.tax_amount, refund.needs_look) == (D("124.02"), D("7.02"), True)
    assert refund.made_at == dt.datetime(2026, 1, 5, 3, 20, 1, tzinfo=dt.UTC)
    [later] = read(paymentStatus="REFUNDED", refundedAmount=told, refunds=None, updateTimestamp=1767999999).refunds
    assert later.id == refund.id


def test_what_was_given_back_beyond_the_records_is_told_too():
    first, rest = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=25, refunds=[FIRST]).refunds
    assert (first.amount, first.needs_look) == (10, False)
    assert (rest.amount, rest.needs_look) == (15, True)


def test_what_is_given_back_without_a_record_bit_by_bit_is_one_refund_that_grows():
    [ten] = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=10, refunds=[]).refunds
    [all_of_it] = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=25, refunds=[]).refunds
    assert (ten.id, ten.amount, all_of_it.id, all_of_it.amount) == ("EW-K8XTQ/rest", 10, "EW-K8XTQ/rest", 25)


def test_records_beyond_what_was_given_back_are_to_be_looked_at():
    refunds = read(paymentStatus="PARTIALLY_REFUNDED", refundedAmount=10, refunds=[FIRST, SECOND]).refunds
    assert [each.needs_look for each in refunds] == [True, True]


def test_a_return_alone_is_no_refund():
    assert read(fulfillmentStatus="RETURNED").refunds == ()


# --- the catalogue ----------------------------------------------------------------------------------------------


@pytest.mark.feature("P6")
def test_variations_are_products_of_their_own_and_inherit_the_sku_and_price_that_they_lack():
    product = {
        **{"id": 501, "sku": "TSHIRT", "name": "T-shirt", "price": 45},
        "combinations": [
            {"id": 77, "sku": "TSHIRT-M", "options": [{"name": "Size", "value": "M"}], "price": 50},
            {"id": 78, "options": [{"name": "Size", "value": "L"}, {"name": "Colour", "value": "Red"}]},
            {"id": 79, "sku": "", "options": [], "price": 0},
        ],
    }
    assert list(items_of(product)) == [
        StoreItem("501", "TSHIRT", "T-shirt", D(45)),
        StoreItem("501-77", "TSHIRT-M", "T-shirt - M", D(50)),
        StoreItem("501-78", "TSHIRT", "T-shirt - L - Red", D(45)),
        StoreItem("501-79", "TSHIRT", "T-shirt", D(0)),
    ]


def test_a_product_that_tells_little_is_still_there():
    assert list(items_of({"id": 5, "price": "free", "combinations": [7]})) == [StoreItem("5", None, "5")]
    assert list(items_of({"name": "Nobody"})) == []


def test_the_profile_names_currency_country_taxes_and_ways_to_pay():
    taxes = [
        {"id": 901, "name": "SST", "enabled": True, "defaultTax": 6, "rules": [{"tax": D("6.0")}, {"tax": 10}]},
        {"id": 903, "name": "Old", "enabled": False, "defaultTax": 5},
    ]
    options = [{"checkoutTitle": "Card", "enabled": True}, {"checkoutTitle": "Cash", "enabled": False}]
    facts = facts_of(
        {
            "company": {"countryCode": "my"},
            "formatsAndUnits": {"currency": "MYR", "currencyPrecision": 2},
            "taxSettings": {"taxes": taxes},
            "payment": {"paymentOptions": options},
        }
    )
    assert (facts.currency, facts.country, facts.payment_methods) == ("MYR", "MY", ("Card",))
    assert facts.taxes == (Tax("901", "SST", D(6)), Tax("901", "SST", D(10)))


@pytest.mark.feature("P6")
def test_money_has_the_currencys_own_decimals_however_the_storefront_shows_it():
    shop = shop_of({"formatsAndUnits": {"currency": "MYR", "currencyPrecision": 0}})
    item = {"id": 1, "sku": "A", "name": "A", "quantity": 1, "price": D("10.50"), "tax": D("0.63"), "taxes": []}
    item["taxes"] = [sst("0.63", "0.63")]
    order = plain(shop, items=[item], tax=D("0.63"), total=D("11.13"))
    assert (order.lines[0].amount, order.lines[0].tax_amount, adds_up(order)) == (D("10.50"), D("0.63"), True)
    assert shop_of({"formatsAndUnits": {"currency": "jpy", "currencyPrecision": 2}}).digits == 0


def test_a_profile_without_a_currency_tells_no_shop():
    with pytest.raises(Exception, match="currency"):
        shop_of({"generalInfo": {"storeId": 1003}})


def test_a_customer_of_the_list():
    found = read_customer(
        {
            **{"id": 88001, "email": "mei@example.com", "name": "mei", "taxId": "MY1"},
            "billingPerson": {"name": "Mei Tan", "companyName": "Tan Trading"},
            "shippingAddresses": [{"street": "1 A"}, {"street": "2 B", "city": "Ipoh", "defaultAddress": True}],
            "contacts": [{"contact": "+601", "type": "PHONE"}],
        }
    )
    assert found is not None
    assert (found.customer_id, found.name, found.company, found.phone) == ("88001", "Mei Tan", "Tan Trading", "+601")
    assert (found.address, found.tax_number, found.email) == (("2 B", "Ipoh"), "MY1", "mei@example.com")
    assert read_customer({"name": "Nobody"}) is None
