"""What Ecwid takes off goods, off shipping and off a tax goes where it belongs, whatever the books can take."""

from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents import Arithmetic, Charge, ChargeKind, Draft, Order, Tax
from sync.drafting import draft
from sync.drafting.figures import store_figures
from sync.drafting.rules import Preset
from tests.unit.drafting_makers import NO_NEGATIVES, QUICKBOOKS, SQL, make_rules
from tests.unit.test_ecwid_reader import SST, plain, sst

D, ZERO, CENT = Decimal, Decimal(0), Decimal("0.01")
TAXES = {"901": ("SST", D(6)), "902": ("Service", D(8)), "903": ("Old SST", D(6)), "909": ("Zero", D(0))}
CODES = {"901": "SV-6", "902": "SV-8", "903": "SV-6", "909": "ZR"}
CARTS = settings(derandomize=True, deadline=None, max_examples=200)


def item(place: int, price: Any, tax: str = "", coupon: Any = 0, is_gross: bool = False) -> dict[str, Any]:
    """One piece; its tax is taken after its share of the coupon."""
    row: dict[str, Any] = {"id": place, "sku": f"S{place}", "name": f"Thing {place}", "quantity": 1, "price": D(price)}
    row |= {"couponAmount": D(coupon), "tax": ZERO, "taxes": []}
    if tax:
        name, rate = TAXES[tax]
        goods = taken(D(price) - D(coupon), rate, is_gross)
        row["tax"] = goods
        row["taxes"] = [sst(str(goods), str(goods)) | {"name": name, "value": rate, "sourceTaxRateId": int(tax)}]
    return row


def taken(base: Decimal, rate: Decimal, is_gross: bool) -> Decimal:
    return (base * rate / (100 + rate if is_gross else 100)).quantize(CENT, "ROUND_HALF_UP")


def order_of(*items: dict[str, Any], **fields: Any) -> Order:
    """Such products with a coupon of their shares, and nothing else unless it is told; the total is Ecwid's."""
    coupon = fields.setdefault("couponDiscount", sum((each["couponAmount"] for each in items), ZERO))
    tax = sum((each["tax"] for each in items), ZERO)
    shipping = (fields.get("shippingOption") or {}).get("shippingRate", 0)
    added = ZERO if fields.get("pricesIncludeTax") else tax
    total = sum((each["price"] for each in items), ZERO) + shipping + added - coupon - fields.get("discount", 0)
    return plain(**{"items": list(items), "tax": tax, "total": total, **fields})


def drafted(order: Order, arithmetic: Arithmetic = SQL, *off: ChargeKind, cap: str = "0.05") -> Draft:
    on = {kind: Preset(kind not in off, "CHARGE") for kind in ChargeKind}
    chosen = {"default_item": "MISC", "rounding_cap": D(cap)}
    return draft(order, make_rules(chosen, {}, {"taxes": CODES}, arithmetic=arithmetic, presets=on))


def posted(made: Draft) -> tuple[Decimal | None, list[str]]:
    return made.invoice and made.invoice.total, [str(each.message) for each in made.problems]


def kinds(order: Order) -> dict[ChargeKind, Decimal]:
    found: dict[ChargeKind, Decimal] = {}
    for each in order.charges:
        found[each.kind] = found.get(each.kind, ZERO) + each.amount
    return found


# --- what is off the shipping -----------------------------------------------------------------------------------

RATE = {"shippingOption": {"shippingRate": 8}}


def promotion(value: Any, kind: str = "ABS", base: str = "SHIPPING") -> dict[str, Any]:
    return {"discountInfo": [{"value": value, "type": kind, "base": base}]}


@pytest.mark.feature("P6", "S19")
@pytest.mark.parametrize("info", [promotion(8), promotion(100, "PERCENT"), promotion(50)])
def test_a_promotion_on_shipping_is_a_discount_on_shipping_and_goes_where_the_shipping_goes(info: dict[str, Any]):
    order = order_of(item(1, 100), discount=8, **RATE, **info)
    assert kinds(order) == {ChargeKind.SHIPPING: 8, ChargeKind.SHIPPING_DISCOUNT: -8}
    assert posted(drafted(order)) == (100, [])
    assert posted(drafted(order, SQL, ChargeKind.SHIPPING, ChargeKind.SHIPPING_DISCOUNT)) == (100, [])


def test_a_promotion_on_shipping_beside_others_is_told_apart_from_them():
    order = order_of(item(1, 100), discount=7, customDiscount=[], **RATE, **promotion(25, "PERCENT"))
    assert kinds(order) == {ChargeKind.SHIPPING: 8, ChargeKind.SHIPPING_DISCOUNT: -2, ChargeKind.SELLER_DISCOUNT: -5}


def test_a_promotion_on_the_goods_stays_one_and_a_rate_that_is_lowered_already_is_not_lowered_twice():
    assert kinds(order_of(item(1, 100), discount=8, **RATE, **promotion(8, base="SUBTOTAL"))) == {
        ChargeKind.SHIPPING: 8,
        ChargeKind.SELLER_DISCOUNT: -8,
    }
    option = {"shippingOption": {"shippingRate": 8, "discountedShippingRate": 3}}
    assert kinds(order_of(item(1, 100), total=103, **option, **promotion(5))) == {ChargeKind.SHIPPING: 3}


@pytest.mark.feature("P6", "S19")
@pytest.mark.parametrize("kind", ["ABS_AND_SHIPPING", "PERCENT_AND_SHIPPING"])
def test_a_coupon_on_both_is_parted_by_what_the_lines_have_of_it(kind: str):
    coupon = {"discountCoupon": {"code": "BOTH", "discountType": kind, "discount": 10}}
    order = order_of(item(1, 100, coupon=10), couponDiscount=18, **RATE, **coupon)
    assert kinds(order) == {
        ChargeKind.SHIPPING: 8,
        ChargeKind.SHIPPING_DISCOUNT: -8,
        ChargeKind.SELLER_DISCOUNT: -10,
    }
    assert posted(drafted(order, SQL, ChargeKind.SHIPPING, ChargeKind.SHIPPING_DISCOUNT)) == (90, [])
    a_cent_less = order_of(item(1, 100, coupon="9.99"), couponDiscount=18, **RATE, **coupon)
    assert kinds(a_cent_less) == kinds(order)
    untold = order_of(item(1, 100), couponDiscount=18, **RATE, **coupon)
    assert kinds(untold) == kinds(order)


# --- what is off one tax ----------------------------------------------------------------------------------------


@pytest.mark.feature("P6", "S19", "M8")
def test_a_coupon_on_some_products_takes_its_tax_off_theirs_alone():
    order = order_of(item(1, 100, "901", 10), item(2, 100, "909"))
    assert order.total == D("195.40") == store_figures(order)
    assert order.charges == (Charge(ChargeKind.SELLER_DISCOUNT, D("-10.00"), D("-0.60"), SST),)
    for arithmetic in (SQL, QUICKBOOKS, NO_NEGATIVES):
        assert posted(drafted(order, arithmetic)) == (D("195.40"), [])


def test_a_coupon_on_products_under_several_taxes_is_one_charge_for_each():
    order = order_of(item(1, 100, "901", 10), item(2, 50, "902", 5), item(3, 30, "", 3))
    assert order.charges == (
        Charge(ChargeKind.SELLER_DISCOUNT, D("-10.00"), D("-0.60"), SST),
        Charge(ChargeKind.SELLER_DISCOUNT, D("-5.00"), D("-0.40"), Tax("902", "Service", D(8))),
        Charge(ChargeKind.SELLER_DISCOUNT, D("-3.00"), ZERO),
    )
    for arithmetic in (SQL, QUICKBOOKS, NO_NEGATIVES):
        assert posted(drafted(order, arithmetic)) == (order.total, [])


def test_two_taxes_that_are_one_in_the_books_are_taken_by_books_without_negative_lines():
    order = order_of(item(1, 100, "901", 10), item(2, 50, "903", 5))
    assert len(order.charges) == 2
    assert posted(drafted(order, NO_NEGATIVES)) == (D("143.10"), [])


def test_a_cent_that_the_lines_shares_lack_is_a_part_of_the_largest():
    order = order_of(item(1, 100, "901", "6.66"), item(2, 50, "909", "3.33"), couponDiscount=10)
    assert [each.amount for each in order.charges] == [D("-6.67"), D("-3.33")]


def test_a_coupon_that_no_line_tells_is_one_charge():
    order = order_of(item(1, 100, "901"), item(2, 50, "909"), couponDiscount=10)
    assert order.charges == (Charge(ChargeKind.SELLER_DISCOUNT, D("-10.00")),)


@pytest.mark.feature("P6", "M8")
@pytest.mark.parametrize("is_gross", [False, True])
def test_a_coupon_of_all_leaves_the_products_their_tax(is_gross: bool):
    free = order_of(item(1, 100, "901", 100, is_gross), pricesIncludeTax=is_gross)
    assert free.total == 0 and free.lines[0].tax == SST
    assert free.lines[0].tax_amount == -(free.charges[0].tax_amount or ZERO) == (D("5.66") if is_gross else 6)
    beside = order_of(item(1, 100, "901", 100, is_gross), item(2, 100, "902", 0, is_gross), pricesIncludeTax=is_gross)
    for arithmetic in (SQL, QUICKBOOKS, NO_NEGATIVES):
        assert posted(drafted(free, arithmetic)) == (0, [])
        assert posted(drafted(beside, arithmetic)) == (100 if is_gross else 108, [])


@dataclass(frozen=True)
class Put:
    """One product in a cart: its price, its tax, and its share of the coupon in percent."""

    price: Decimal
    tax: str
    share: int


PUT = st.builds(
    Put,
    st.integers(100, 30_000).map(lambda units: Decimal(units) / 100),
    st.sampled_from(["", *TAXES]),
    st.sampled_from([0, 10, 33, 100]),
)


@pytest.mark.feature("P6", "S19", "M8")
@pytest.mark.parametrize("arithmetic", [SQL, QUICKBOOKS, NO_NEGATIVES, replace(NO_NEGATIVES, price_digits=8)])
@CARTS
@given(st.lists(PUT, min_size=1, max_size=4), st.booleans(), st.sampled_from(["", "coupon", "promotion"]))
def test_any_coupon_makes_a_document_of_the_orders_total(
    arithmetic: Arithmetic, puts: list[Put], is_gross: bool, free: str
):
    """A line, its coupon and the tax told of both are rounded by themselves: so many half cents there may be; books
    without negative lines cannot take them off."""
    items = [
        item(at, put.price, put.tax, (put.price * put.share / 100).quantize(CENT), is_gross)
        for at, put in enumerate(puts, 1)
    ]
    coupon = sum((each["couponAmount"] for each in items), ZERO)
    fields: dict[str, Any] = {"pricesIncludeTax": is_gross, **RATE}
    if free == "coupon":
        kind = "ABS_AND_SHIPPING" if coupon else "SHIPPING"
        fields |= {"couponDiscount": coupon + 8, "discountCoupon": {"discountType": kind}}
    if free == "promotion":
        fields |= {"discount": D(8), **promotion(100, "PERCENT")}
    order = order_of(*items, **fields)
    made = drafted(order, arithmetic, ChargeKind.SHIPPING, ChargeKind.SHIPPING_DISCOUNT, cap="0.10")
    is_rounded = not arithmetic.negative_lines and not arithmetic.discount_line
    told = [str(each.message) for each in made.problems if not (is_rounded and each.about == "rounding")]
    assert (made.invoice and made.invoice.total, told) == (order.total - (0 if free else 8), [])
    assert made.invoice and abs(made.invoice.rounding or ZERO) <= CENT * (2 * len(puts) + 1)
