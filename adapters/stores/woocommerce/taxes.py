"""Which tax a line of an order bears, as far as it can be told honestly (other-stores.md 1.3, 1.5).

A line names the rates that it bears by their ids; what a rate is stands in the order's tax lines, its percent in the
shop's table. Several rates on one line are told as one tax, whose id is `3+4`. Where the rates are not known any more,
or do not give the line's tax (a rate was changed since), the tax is told by its amount alone, without a name."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from adapters.stores.figures import Unreadable, figure, flag, text
from adapters.stores.woocommerce.contract import Record
from documents import ZERO, Tax

HUNDRED = Decimal(100)


@dataclass(frozen=True, slots=True)
class Rate:
    """A tax rate; a compound one is taken on the amount with the taxes before it."""

    id: str
    name: str
    percent: Decimal
    is_compound: bool = False


Rates = Mapping[str, Rate]


def table_of(rows: Iterable[Record]) -> dict[str, Rate]:
    """The shop's own table of rates, by id."""
    found = (_rate(row) for row in rows)
    return {rate.id: rate for rate in found if rate is not None}


def _rate(row: Record) -> Rate | None:
    try:
        percent = figure(row, "rate")
    except Unreadable:
        return None
    return None if percent is None else Rate(text(row, "id"), text(row, "name"), percent, flag(row, "compound"))


def needs_table(order: Record) -> bool:
    """Whether a tax of the order does not tell its percent itself; orders of newer shops do (`rate_percent`)."""
    return any(text(row, "rate_percent") in ("", "0") for row in lists(order, "tax_lines"))


def rates_of(order: Record, table: Rates) -> dict[str, Rate]:
    """The rates that an order names, in its order; those whose percent nobody tells are left out."""
    found = (_named(row, table.get(text(row, "rate_id"))) for row in lists(order, "tax_lines"))
    return {rate.id: rate for rate in found if rate is not None}


def _named(row: Record, known: Rate | None) -> Rate | None:
    told = figure(row, "rate_percent")
    percent = known.percent if known and not told else told
    name = text(row, "label") or (known.name if known else "") or text(row, "rate_code")
    return None if percent is None else Rate(text(row, "rate_id"), name, percent, flag(row, "compound"))


def lists(raw: Record, name: str) -> list[Record]:
    """The rows of one of an order's lists."""
    told = raw.get(name)
    return [row for row in told if isinstance(row, dict)] if isinstance(told, list) else []


def tax_of(row: Record, amount: Decimal, tax: Decimal, rates: Rates) -> Tax | None:
    """The tax of a line with this amount and tax amount; None where it has none, or none that can be told."""
    borne = [(text(each, "id"), figure(each, "total")) for each in lists(row, "taxes")]
    ids = [rate_id for rate_id, total in borne if total] or [rate_id for rate_id, total in borne if total is not None]
    if not ids or not all(each in rates for each in ids):
        return None
    found = [rate for rate in rates.values() if rate.id in ids]
    percent = together(found)
    if abs(amount * percent / HUNDRED - tax) > _unit(amount, tax) * len(found):
        return None
    return Tax("+".join(rate.id for rate in found), " + ".join(rate.name for rate in found), percent)


def together(rates: Sequence[Rate]) -> Decimal:
    """The percent of several rates: simple ones side by side, then each compound one on top of all before it."""
    percent = sum((rate.percent for rate in rates if not rate.is_compound), ZERO)
    for rate in rates:
        if rate.is_compound:
            percent += rate.percent * (HUNDRED + percent) / HUNDRED
    return percent.normalize() + ZERO


def _unit(amount: Decimal, tax: Decimal) -> Decimal:
    """The smallest step of the figures as they are told: so far may rounding lead, for each rate."""
    places = [_places(amount)] + ([_places(tax)] if tax else [])
    return Decimal(1).scaleb(-min(places))


def _places(value: Decimal) -> int:
    exponent = value.as_tuple().exponent
    return -exponent if isinstance(exponent, int) else 0
