"""Taxes as Ecwid's order lines and set-up name them (ecwid.md 7.5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.figures import amount, listed, money, percent, record, records, tax_in
from adapters.stores.figures import Unreadable, text
from documents import ZERO, Tax


@dataclass(frozen=True, slots=True)
class Taxed:
    """What a line says of tax: which, on its goods after all discounts, on its share of shipping and of the handling
    fee (None: not told apart from shipping)."""

    tax: Tax | None
    goods: Decimal
    shipping: Decimal = ZERO
    handling: Decimal | None = None


def tax_of(row: Record) -> Tax:
    """One tax; a manual one has the id of the store's set-up, any other is known by name and rate."""
    tax_id = text(row, "sourceTaxRateId")
    is_manual = text(row, "sourceTaxRateType") == "MANUAL" and tax_id != "0"
    return Tax(tax_id if is_manual and tax_id else None, text(row, "name"), percent(row, "value") or ZERO)


def together(rows: Iterable[Record]) -> Tax | None:
    """All taxes on one thing as one, with the sum of their rates: a line of the books has one code."""
    taxes = list(dict.fromkeys(map(tax_of, rows)))
    if len(taxes) < 2:
        return taxes[0] if taxes else None
    ids = [each.id for each in taxes if each.id]
    is_known = len(ids) == len(taxes)
    rate = sum((each.rate for each in taxes), ZERO)
    return Tax("+".join(ids) if is_known else None, " + ".join(each.name for each in taxes), rate)


def read_taxed(line: Record, base: Decimal, *, is_inside: bool) -> Taxed:
    """The tax of a line, `base` being its amount after all discounts; one that was not charged (an exempt buyer) is
    none. Its own `taxes` hold the tax on its share of shipping (7.6, 2)."""
    rows = records(line, "taxes")
    if not rows:
        return Taxed(None, amount(line, "tax"))
    goods = sum(map(_on_goods, rows), ZERO)
    shipping = sum((amount(row, "taxOnShipping") for row in rows), ZERO)
    fees = [fee for row in rows if (fee := money(row, "taxOnHandlingFee")) is not None]
    tax = together(rows)
    if tax and not goods and not shipping and tax_in(base, tax.rate, 2, is_inside=is_inside):
        tax = None
    return Taxed(tax, goods, shipping, sum(fees, ZERO) if fees else None)


def _on_goods(row: Record) -> Decimal:
    told = money(row, "taxOnDiscountedSubtotal")
    if told is not None:
        return told
    return amount(row, "total") - amount(row, "taxOnShipping") - amount(row, "taxOnHandlingFee")


def named_tax(rows: Sequence[Record], known: Iterable[Taxed]) -> Tax | None:
    """The tax of rows without ids (`taxesOnShipping`): the one that a line names alike, where there is one."""
    tax = together(rows)
    alike = (each.tax for each in known if each.tax and tax and (each.tax.name, each.tax.rate) == (tax.name, tax.rate))
    return next(alike, tax)


def taxes_of_store(profile: Record) -> tuple[Tax, ...]:
    """Every tax of the store's set-up that is switched on, at each of its rates (6)."""
    found: dict[Tax, None] = {}
    for row in listed(record(profile, "taxSettings"), "taxes"):
        rates = [_rate(row, "defaultTax"), *(_rate(rule, "tax") for rule in listed(row, "rules"))]
        if row.get("enabled") is not False:
            found |= {Tax(text(row, "id") or None, text(row, "name"), rate): None for rate in rates if rate is not None}
    return tuple(found)


def _rate(row: Record, name: str) -> Decimal | None:
    try:
        return percent(row, name)
    except Unreadable:
        return None
