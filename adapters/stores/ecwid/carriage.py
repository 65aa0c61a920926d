"""Shipping and the handling fee with their tax, which Ecwid tells inside the products' (ecwid.md 7.6, 2 and 6)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import CENT, amount, record, records, shared, tax_in
from adapters.stores.ecwid.lines import Product
from adapters.stores.ecwid.taxes import Taxed, named_tax, together
from documents import ZERO, Charge, ChargeKind, Tax


@dataclass(slots=True)
class Load:
    """What goes under one tax: the tax, and how much of the shipping the products under it are."""

    tax: Tax | None
    on_shipping: Decimal = ZERO
    on_handling: Decimal | None = None
    weight: Decimal = ZERO


@dataclass(frozen=True, slots=True)
class Carriage:
    """The rate for shipping and the handling fee of an order, and how its tax is meant.

    `tax_left` is the order's tax less that on the products and the surcharges: so much there is to give to them."""

    raw: Record
    shipping: Decimal
    handling: Decimal
    tax_left: Decimal
    digits: int
    is_inside: bool
    is_off_shipping: bool
    known: list[tuple[Product, Taxed]] = field(default_factory=list)

    def charges(self) -> list[Charge]:
        """One charge for each amount and tax; a charge of nothing is none."""
        loads = self._loads()
        if len(loads) > 1 and (whole := self._whole(loads)):
            loads = [whole]
        return [charge for charge in self._charges(loads) if charge.amount or charge.tax_amount]

    def _loads(self) -> list[Load]:
        found: dict[Tax | None, Load] = {}
        for product, taxed in self.known:
            is_taxed = bool(taxed.shipping or taxed.handling)
            load = found.setdefault(taxed.tax if is_taxed else None, Load(taxed.tax if is_taxed else None))
            load.on_shipping += taxed.shipping
            load.on_handling = _sum(load.on_handling, taxed.handling)
            load.weight += amount(product.raw, "shipping")
        if not any(load.tax for load in found.values()):
            return [self._load_of_order()]
        return self._weighed(list(found.values()))

    def _load_of_order(self) -> Load:
        """Where no product carries it, the order may: but only as much as its tax has left."""
        rows = [row for row in records(self.raw, "taxesOnShipping") if amount(row, "total")]
        told = sum((amount(row, "total") for row in rows), ZERO)
        tax = named_tax(rows, (taxed for _, taxed in self.known))
        return Load(tax, told) if rows and self.tax_left >= told - CENT else Load(None)

    def _weighed(self, loads: list[Load]) -> list[Load]:
        """Where no product says how much of the shipping it is, its tax does."""
        if any(load.weight for load in loads) or len(loads) < 2:
            return loads
        for load in loads:
            if load.tax and load.tax.rate:
                load.weight = load.on_shipping * 100 / load.tax.rate
        taxed = sum((load.weight for load in loads), ZERO)
        untaxed = next((load for load in loads if load.tax is None), None)
        if untaxed:
            untaxed.weight = max(self.shipping + self.handling - taxed, ZERO)
        return loads

    def _whole(self, loads: list[Load]) -> Load | None:
        """The one tax that is on all of the shipping, although not every product carries a part of it."""
        taxed = [load for load in loads if load.tax]
        if len(taxed) != 1 or taxed[0].tax is None:
            return None
        told = taxed[0].on_shipping + (taxed[0].on_handling or ZERO)
        is_inside = self.is_inside or self.is_off_shipping
        full = tax_in(self.shipping + self.handling, taxed[0].tax.rate, self.digits, is_inside=is_inside)
        return taxed[0] if abs(full - told) <= CENT * len(self.known) else None

    def _charges(self, loads: Sequence[Load]) -> Iterator[Charge]:
        weights = [load.weight for load in loads]
        shipping = shared(self.shipping, weights, self.digits)
        handling = shared(self.handling, weights, self.digits)
        fee = self._own_tax_of_fee(loads)
        for load, rate, value in zip(loads, shipping, handling, strict=True):
            on_rate, on_value = self._split(load, rate, value) if fee is None else (load.on_shipping, ZERO)
            yield self._charge(ChargeKind.SHIPPING, rate, on_rate, load.tax)
            if fee is None:
                yield self._charge(ChargeKind.HANDLING, value, on_value, load.tax)
        if fee is not None:
            yield self._charge(ChargeKind.HANDLING, self.handling, fee.on_shipping, fee.tax)

    def _own_tax_of_fee(self, loads: Sequence[Load]) -> Load | None:
        """The handling fee's own `taxes`, where the tax has so much left beside that on shipping."""
        rows = records(record(self.raw, "handlingFee"), "taxes")
        told = sum((amount(row, "total") for row in rows), ZERO)
        left = self.tax_left - sum((load.on_shipping for load in loads), ZERO)
        is_apart = told and all(load.on_handling is None for load in loads) and abs(left - told) <= CENT
        return Load(together(rows), told) if is_apart else None

    def _split(self, load: Load, rate: Decimal, value: Decimal) -> tuple[Decimal, Decimal]:
        """The load's tax, on shipping and on handling: as told, else by their amounts."""
        if load.on_handling is not None:
            return load.on_shipping, load.on_handling
        on_rate, on_value = shared(load.on_shipping, [rate, value], self.digits)
        return on_rate, on_value

    def _charge(self, kind: ChargeKind, value: Decimal, tax: Decimal, named: Tax | None) -> Charge:
        return Charge(kind, value - tax if self.is_off_shipping else value, tax, named)


def _sum(before: Decimal | None, told: Decimal | None) -> Decimal | None:
    return before if told is None else (before or ZERO) + told
