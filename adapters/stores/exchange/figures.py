"""What both stores' readers reckon: rates of taxes that are told as an amount, and days as moments."""

import datetime as dt
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from adapters.stores.exchange.fields import Record
from documents import ZERO, Tax

MIDDAY = dt.time(11, tzinfo=dt.UTC)
"""A day without a time is kept as this moment: it is the same day everywhere from UTC-11 to UTC+12."""
CENT = Decimal("0.01")
PERCENTAGE = re.compile(r"(\d{1,3}(?:\.\d{1,6})?)\s*%")
Taxed = tuple[Decimal, Decimal]
"""An amount before tax, and the tax on it."""


def figure(record: Record, name: str) -> Decimal | None:
    """A figure of a checked record; None where it tells none."""
    told = record.get(name)
    return None if told is None else Decimal(told)


def moment(told: str | None) -> dt.datetime | None:
    """A checked day or moment, in UTC."""
    if told is None:
        return None
    if len(told) == 10:
        return dt.datetime.combine(dt.date.fromisoformat(told), MIDDAY)
    return dt.datetime.fromisoformat(told).astimezone(dt.UTC)


def day(told: str | None) -> dt.date | None:
    """A checked day; of a moment the day where it was written down."""
    return None if told is None else dt.date.fromisoformat(told[:10])


def fits(rate: Decimal, taxed: Taxed) -> bool:
    """Whether a tax is that rate of its amount, but for a cent of rounding."""
    amount, tax = taxed
    return abs((amount * rate / 100).quantize(CENT, ROUND_HALF_UP) - tax) <= CENT


def rate_of(name: str, taxed: Sequence[Taxed]) -> Decimal:
    """The rate, in percent, of the tax called `name`, by what it came to: that in its name where it fits, else the
    plainest that fits all amounts, else what they make together, to four decimals."""
    amount, tax = sum((each[0] for each in taxed), ZERO), sum((each[1] for each in taxed), ZERO)
    if not tax or not amount:
        return ZERO
    exact = tax / amount * 100
    told = [Decimal(each) for each in PERCENTAGE.findall(name)]
    plain = [exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP) for digits in range(5)]
    return next((each for each in (*told, *plain) if all(fits(each, one) for one in taxed)), plain[-1])


def taxes_by_name(lines: Sequence[tuple[str, Taxed]], known: dict[str, Decimal]) -> dict[str, Tax]:
    """Each tax that lines name, with the rate that is known of it, else the one that the figures make.

    Its name is its id, too: two orders whose cents make another rate still name the same tax."""
    names = dict.fromkeys(name for name, _ in lines if name)
    rates = {name: known.get(name) for name in names}
    return {
        name: Tax(
            name, name, rate_of(name, [taxed for other, taxed in lines if other == name]) if rate is None else rate
        )
        for name, rate in rates.items()
    }
