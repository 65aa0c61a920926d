"""Whatever is in a cart, the order that Ecwid makes of it adds up in our words: lines + buyer's charges + tax = total.

The carts' orders are made here, by the arithmetic of ecwid.md 7.6, and share no code with the adapter."""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.http import decode, encode
from adapters.stores.ecwid.catalogue import Shop
from adapters.stores.ecwid.figures import shared
from adapters.stores.ecwid.reader import read_order
from documents import Channel, ChargeKind, Order
from sync.drafting.figures import store_figures

D, CENT, ZERO = Decimal, Decimal("0.01"), Decimal(0)
SHOP, CHANNEL = Shop("1003", "Demo Mugs", "MYR"), Channel("1003", "Demo Mugs", "ecwid", "MYR")
RATES = {901: D(6), 902: D(8), 909: D(0)}
CARTS = settings(derandomize=True, deadline=None, max_examples=300)


@dataclass(frozen=True)
class Put:
    """One product in the cart; `tax` is a key of RATES or 0 for none."""

    quantity: int
    price: Decimal
    off: int
    tax: int


@dataclass(frozen=True)
class Cart:
    """All of it; the shares of coupon and promotion are in percent."""

    puts: tuple[Put, ...]
    is_gross: bool
    coupon: int
    shipping: Decimal
    handling: Decimal
    surcharge: Decimal
    promotion: Decimal
    custom: Decimal
    gift: int
    ships_taxed: bool
    shipping_tax_is: str
    coupon_is_in_discount: bool
    has_shares: bool


def cents(most: int, least: int = 0) -> st.SearchStrategy[Decimal]:
    return st.integers(least, most).map(lambda units: Decimal(units) / 100)


PUTS = st.builds(Put, st.integers(1, 12), cents(30_000, 100), st.integers(0, 50), st.sampled_from([0, 901, 902, 909]))
CART = st.builds(
    Cart,
    puts=st.lists(PUTS, min_size=1, max_size=5).map(tuple),
    is_gross=st.booleans(),
    coupon=st.sampled_from([0, 0, 10, 33]),
    shipping=cents(3_000),
    handling=st.one_of(st.just(ZERO), cents(500)),
    surcharge=st.one_of(st.just(ZERO), cents(500)),
    promotion=st.one_of(st.just(ZERO), cents(50)),
    custom=st.one_of(st.just(ZERO), cents(50)),
    gift=st.sampled_from([0, 0, 20, 100]),
    ships_taxed=st.booleans(),
    shipping_tax_is=st.sampled_from(["on products", "on one product", "on the order", "inside the rate"]),
    coupon_is_in_discount=st.booleans(),
    has_shares=st.booleans(),
)


def rounded(value: Decimal) -> Decimal:
    return value.quantize(CENT, ROUND_HALF_UP)


def tax(base: Decimal, rate: Decimal, is_gross: bool) -> Decimal:
    return rounded(base * rate / (100 + rate if is_gross else 100))


def order_of(cart: Cart) -> dict[str, Any]:
    """What Ecwid would tell of it."""
    gross = [put.quantity * put.price for put in cart.puts]
    offs = [rounded(amount * put.off / 100) for put, amount in zip(cart.puts, gross, strict=True)]
    after = [amount - off for amount, off in zip(gross, offs, strict=True)]
    coupons = [rounded(amount * cart.coupon / 100) for amount in after]
    parts = shares_of(cart, after)
    items, on_goods, on_shipping = [], ZERO, ZERO
    for at, put in enumerate(cart.puts):
        goods, ships = taxes_of(cart, put, after[at] - coupons[at], parts[at])
        told = ships if cart.shipping_tax_is.startswith("on ") and "product" in cart.shipping_tax_is else ZERO
        on_goods, on_shipping = on_goods + goods, on_shipping + ships
        items.append(item_of(at, cart, put, offs[at], coupons[at], goods, told, parts[at]))
    is_inside_rate = cart.shipping_tax_is == "inside the rate" and not cart.is_gross
    everything = on_goods + on_shipping
    added = ZERO if cart.is_gross else on_goods + (ZERO if is_inside_rate else on_shipping)
    discount = sum(offs, ZERO) + cart.promotion
    total = sum(gross, ZERO) + cart.shipping + cart.handling + cart.surcharge + added
    total -= discount + sum(coupons, ZERO) + cart.custom
    gift = rounded(total * cart.gift / 100)
    return {
        "id": "K1",
        "createTimestamp": 1767582764,
        "paymentStatus": "PAID",
        "fulfillmentStatus": "SHIPPED",
        "pricesIncludeTax": cart.is_gross,
        "items": items,
        "discount": discount + (sum(coupons, ZERO) if cart.coupon_is_in_discount else ZERO),
        "couponDiscount": sum(coupons, ZERO),
        "customDiscount": [cart.custom] if cart.custom else [],
        "shippingOption": {"shippingRate": cart.shipping},
        "handlingFee": {"name": "Wrap", "value": cart.handling},
        "customSurcharges": [{"id": "tip", "total": cart.surcharge, "taxes": []}],
        "taxesOnShipping": [{"name": "SST", "value": 6, "total": on_shipping}] if on_shipping else [],
        "tax": everything,
        "total": total - gift,
        "giftCardRedemption": gift,
        "totalBeforeGiftCardRedemption": total,
    }


def shares_of(cart: Cart, after: list[Decimal]) -> list[Decimal]:
    """The products' parts of the shipping: by worth, or all on the first."""
    if cart.shipping_tax_is == "on one product":
        return [cart.shipping if at == 0 else ZERO for at in range(len(after))]
    return shared(cart.shipping, after, 2)


def taxes_of(cart: Cart, put: Put, base: Decimal, part: Decimal) -> tuple[Decimal, Decimal]:
    """On the goods, and on the part of the shipping."""
    rate = RATES.get(put.tax, ZERO)
    return tax(base, rate, cart.is_gross), tax(part, rate, cart.is_gross) if cart.ships_taxed else ZERO


def item_of(
    at: int, cart: Cart, put: Put, off: Decimal, coupon: Decimal, goods: Decimal, ships: Decimal, part: Decimal
) -> dict[str, Any]:
    row = {"name": f"Tax {put.tax}", "value": RATES.get(put.tax), "total": goods + ships, "sourceTaxRateType": "MANUAL"}
    row |= {"taxOnDiscountedSubtotal": goods, "taxOnShipping": ships, "sourceTaxRateId": put.tax}
    return {
        **{"id": at + 1, "sku": f"S{at}", "name": f"Thing {at}", "quantity": put.quantity, "price": put.price},
        "discounts": [{"total": off}] if off else [],
        "couponAmount": coupon,
        "tax": goods + ships,
        "taxes": [row] if put.tax else [],
        **({"shipping": part} if cart.has_shares else {}),
    }


def read(raw: dict[str, Any]) -> Order:
    return read_order(decode(encode(raw)), SHOP, CHANNEL)


@pytest.mark.feature("P6")
@CARTS
@given(CART)
def test_an_order_of_any_cart_adds_up(cart: Cart):
    order = read(order_of(cart))
    assert store_figures(order) == order.total
    assert order.tax_total == 0 or order.prices_include_tax == cart.is_gross or has_only_shipping_tax(order)


def has_only_shipping_tax(order: Order) -> bool:
    """Then it is the same, whether the tax inside the rate is all tax or that of shipping."""
    return not any(line.tax_amount for line in order.lines)


@CARTS
@given(CART)
def test_the_tax_of_its_parts_is_the_tax_of_the_order(cart: Cart):
    order = read(order_of(cart))
    parts = [each.tax_amount or ZERO for each in (*order.lines, *order.charges)]
    assert abs(sum(parts, ZERO) - order.tax_total) <= CENT * len(cart.puts)


@CARTS
@given(CART)
def test_its_charges_are_those_of_the_cart(cart: Cart):
    raw = order_of(cart)
    order = read(raw)

    def of(*kinds: ChargeKind) -> Decimal:
        return sum((each.amount for each in order.charges if each.kind in kinds), ZERO)

    off_shipping = ZERO if order.prices_include_tax or cart.is_gross else cart.shipping + cart.handling
    off_shipping -= of(ChargeKind.SHIPPING, ChargeKind.HANDLING) if off_shipping else ZERO
    assert off_shipping in (0, sum((row["total"] for row in raw["taxesOnShipping"]), ZERO))
    assert of(ChargeKind.TIP) == cart.surcharge
    assert of(ChargeKind.GIFT_CARD) == -raw["giftCardRedemption"]
    assert of(ChargeKind.SELLER_DISCOUNT) == -(raw["couponDiscount"] + cart.promotion + cart.custom)
    assert sum((line.amount for line in order.lines), ZERO) == sum(
        item["quantity"] * item["price"] - sum((each["total"] for each in item["discounts"]), ZERO)
        for item in raw["items"]
    )


@pytest.mark.parametrize(
    ("whole", "weights", "shares"),
    [
        ("10.00", ["1", "1", "1"], ["3.34", "3.33", "3.33"]),
        ("0.01", ["1", "2"], ["0.00", "0.01"]),
        ("5.00", ["0", "0"], ["5.00", "0"]),
        ("0.005", ["1", "1"], ["0.005", "0"]),
    ],
)
def test_shares_sum_to_the_whole(whole: str, weights: list[str], shares: list[str]):
    made = shared(D(whole), [D(each) for each in weights], 2)
    assert sum(made) == D(whole)
    assert made == [D(each) for each in shares]
