"""What an order takes off beside its lines' own discounts: its coupon and its promotions (ecwid.md 7.4, 7.5).

What is taken off the shipping is a charge of its own, so that it goes where the shipping goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import CENT, amount, half_up, record, records
from adapters.stores.ecwid.lines import Product, coupon_tax
from adapters.stores.ecwid.sums import Sums
from adapters.stores.ecwid.taxes import Taxed
from adapters.stores.figures import text
from documents import ZERO, Charge, ChargeKind, Tax

SHIPPING = "SHIPPING"


@dataclass(slots=True)
class Share:
    """What the coupon took off the products under one tax, and off that tax."""

    amount: Decimal = ZERO
    tax: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Discounts:
    """The coupon and the promotions of an order. `shipping` is its rate; `holds_coupon`: `discount` has the coupon."""

    raw: Record
    known: Sequence[tuple[Product, Taxed]]
    sums: Sums
    shipping: Decimal
    digits: int
    holds_coupon: bool
    is_inside: bool

    def charges(self) -> Iterator[Charge]:
        """The coupon, with the tax that it took off the lines; then what no line has as its own. Ecwid takes tax after
        the lines' discounts and their shares of the coupon alone (7.6, 3), so the rest took off none."""
        kind = text(record(self.raw, "discountCoupon"), "discountType").upper()
        coupon_off_shipping = self._coupon_off_shipping(kind)
        if kind == SHIPPING:
            yield Charge(ChargeKind.SHIPPING_DISCOUNT, -self.sums.coupon, -self._whole().tax)
        else:
            yield from self._off_products(self.sums.coupon - coupon_off_shipping)
            yield Charge(ChargeKind.SHIPPING_DISCOUNT, -coupon_off_shipping)
        promotions = self._promotions()
        left = max(min(promotions, self.shipping - coupon_off_shipping), ZERO)
        off_shipping = min(self._promised_off_shipping(), left)
        yield Charge(ChargeKind.SELLER_DISCOUNT, off_shipping - promotions - self.sums.custom)
        yield Charge(ChargeKind.SHIPPING_DISCOUNT, -off_shipping)

    # --- the coupon ---------------------------------------------------------------------------------------------

    def _coupon_off_shipping(self, kind: str) -> Decimal:
        """All of one for shipping; of one for both what the lines do not have, but never more than the rate."""
        if kind == SHIPPING:
            return self.sums.coupon
        if not kind.endswith(f"_AND_{SHIPPING}"):
            return ZERO
        return max(min(self.sums.coupon - self._whole().amount, self.shipping), ZERO)

    def _off_products(self, coupon: Decimal) -> Iterator[Charge]:
        """One for all, which drafting spreads; where the products bear several taxes, one for each, by their shares."""
        shares = self._shares()
        left = coupon - self._whole().amount
        if len({taxed.tax for _, taxed in self.known}) < 2 or not shares or abs(left) > CENT * len(self.known):
            yield Charge(ChargeKind.SELLER_DISCOUNT, -coupon, -self._whole().tax)
            return
        max(shares.values(), key=lambda each: each.amount).amount += left
        yield from (Charge(ChargeKind.SELLER_DISCOUNT, -each.amount, -each.tax, tax) for tax, each in shares.items())

    def _shares(self) -> dict[Tax | None, Share]:
        found: dict[Tax | None, Share] = {}
        for product, taxed in self.known:
            if product.coupon:
                share = found.setdefault(taxed.tax, Share())
                share.amount += product.coupon
                share.tax += coupon_tax(product, taxed, self.digits, is_inside=self.is_inside)
        return found

    def _whole(self) -> Share:
        shares = self._shares().values()
        return Share(sum((each.amount for each in shares), ZERO), sum((each.tax for each in shares), ZERO))

    # --- promotions ---------------------------------------------------------------------------------------------

    def _promotions(self) -> Decimal:
        """What no line has as its own discount."""
        told = self.sums.discount - (self.sums.coupon if self.holds_coupon else ZERO)
        return told - sum((product.discount for product, _ in self.known), ZERO)

    def _promised_off_shipping(self) -> Decimal:
        rows = [row for row in records(self.raw, "discountInfo") if text(row, "base").upper() == SHIPPING]
        return sum((self._promised(row) for row in rows), ZERO)

    def _promised(self, row: Record) -> Decimal:
        value = amount(row, "value")
        is_percent = text(row, "type").upper() == "PERCENT"
        return half_up(self.shipping * value / 100, self.digits) if is_percent else value
