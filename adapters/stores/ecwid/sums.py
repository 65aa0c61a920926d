"""How an order's figures are to be understood, found by its total (ecwid.md 7.6, rule 7).

Ecwid's documents and samples contradict each other: whether tax is on top, whether the tax on shipping is inside its
rate, whether `discount` holds the coupon. So each reading is tried, and the one that makes the total is taken."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import Enum

from adapters.stores.ecwid import contract
from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import amount, money, record, records
from adapters.stores.figures import Unreadable
from documents import N_, ZERO, say


class TaxIs(Enum):
    """Where the tax is: on top of all (a), inside all (b), on top but for that on shipping (c)."""

    ON_TOP = "a"
    INSIDE = "b"
    INSIDE_SHIPPING = "c"


@dataclass(frozen=True, slots=True)
class Reading:
    """One way to understand the figures; `holds_coupon` (d): `discount` includes the coupon's."""

    tax: TaxIs = TaxIs.ON_TOP
    holds_coupon: bool = False
    is_shipping_discounted: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """The amounts of an order. `goods` are the lines before any discount; `wanted` is what they must come to: the
    total, with all that was redeemed."""

    goods: Decimal
    discount: Decimal
    coupon: Decimal
    custom: Decimal
    shipping: Decimal
    discounted_shipping: Decimal | None
    handling: Decimal
    surcharges: Decimal
    tax: Decimal
    tax_on_shipping: Decimal
    wanted: Decimal

    def total(self, reading: Reading) -> Decimal:
        """What the figures come to in this reading."""
        discounts = self.discount + self.custom + (ZERO if reading.holds_coupon else self.coupon)
        added = self.goods + self.shipping_in(reading) + self.handling + self.surcharges
        return added + self._tax(reading.tax) - discounts

    def shipping_in(self, reading: Reading) -> Decimal:
        """The rate for shipping in this reading."""
        is_discounted = reading.is_shipping_discounted and self.discounted_shipping is not None
        return (self.discounted_shipping or ZERO) if is_discounted else self.shipping

    def _tax(self, where: TaxIs) -> Decimal:
        inside = {TaxIs.ON_TOP: ZERO, TaxIs.INSIDE: self.tax, TaxIs.INSIDE_SHIPPING: self.tax_on_shipping}
        return self.tax - inside[where]


def sums_of(raw: Record, goods: Decimal, own_discounts: Decimal, coupon_shares: Decimal, total: Decimal) -> Sums:
    """The amounts of an order; a discount that the order does not tell is the sum of what its lines tell."""
    option = record(raw, "shippingOption")
    discount, coupon = money(raw, "discount"), money(raw, "couponDiscount")
    return Sums(
        goods=goods,
        discount=own_discounts if discount is None else discount,
        coupon=coupon_shares if coupon is None else coupon,
        custom=_custom(raw),
        shipping=amount(option, "shippingRate"),
        discounted_shipping=money(option, "discountedShippingRate"),
        handling=amount(record(raw, "handlingFee"), "value"),
        surcharges=sum((amount(row, "total") for row in records(raw, "customSurcharges")), ZERO),
        tax=amount(raw, "tax"),
        tax_on_shipping=sum((amount(row, "total") for row in records(raw, "taxesOnShipping")), ZERO),
        wanted=total + sum(redeemed(raw), ZERO),
    )


def _custom(raw: Record) -> Decimal:
    told = raw.get("customDiscount") or []
    if not isinstance(told, list):
        raise Unreadable(say(N_("{field} of the order cannot be read."), field="customDiscount"))
    return sum((amount({"customDiscount": each}, "customDiscount") for each in told), ZERO)


def redeemed(raw: Record) -> list[Decimal]:
    """What was paid with a gift card, with loyalty points and with store credit: `total` is after it (7.4)."""
    cancelled_or_not = [record(record(raw, name), "redemption") for name in ("loyalty", "storeCredit")]
    credits = [amount(each, "amount") for each in cancelled_or_not if each.get("cancelled") is not True]
    return [each for each in (amount(raw, "giftCardRedemption"), *credits) if each]


def reading_of(sums: Sums, lines: int, *, is_gross: bool) -> Reading:
    """The first reading that makes the total exactly, else the first within a cent for each line; where none does, the
    plain one, so that drafting tells what does not add up."""
    readings = list(_readings(sums, is_gross=is_gross))
    off = {each: abs(sums.total(each) - sums.wanted) for each in readings}
    tolerance = max(lines, 1) * Decimal(contract.CENT_PER_LINE)
    exact = next((each for each in readings if not off[each]), None)
    return exact or next((each for each in readings if off[each] <= tolerance), readings[0])


def _readings(sums: Sums, *, is_gross: bool) -> Iterator[Reading]:
    """In their order; what the order itself says of its prices comes first."""
    places = [TaxIs.INSIDE, TaxIs.ON_TOP] if is_gross else [TaxIs.ON_TOP, TaxIs.INSIDE]
    places += [TaxIs.INSIDE_SHIPPING] if sums.tax_on_shipping else []
    discounted = (False, True) if sums.discounted_shipping is not None else (False,)
    holding = (False, True) if ZERO < sums.coupon <= sums.discount else (False,)
    for is_discounted in discounted:
        for holds_coupon in holding:
            yield from (Reading(place, holds_coupon, is_discounted) for place in places)
