"""Money, moments and parts of Ecwid's JSON (ecwid.md 1); what cannot be read is never guessed."""

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from adapters.stores.ecwid.contract import Record
from adapters.stores.figures import Unreadable, figure
from documents import N_, ZERO, say

CENT, MILLIONTH = Decimal("0.01"), Decimal("0.000001")
LARGEST = Decimal(10) ** 14
MOMENT = "%Y-%m-%d %H:%M:%S %z"


def money(raw: Mapping[str, Any], *names: str) -> Decimal | None:
    """An amount; None where it is absent. Ecwid's are floats: what a binary fraction adds behind the sixth decimal is
    taken off."""
    told = figure(raw, *names)
    if told is None:
        return None
    if abs(told) >= LARGEST:
        raise Unreadable(say(N_("{field} is no amount of money: {told}"), field=names[0], told=str(told)[:40]))
    tidy = told.quantize(MILLIONTH, ROUND_HALF_UP).normalize()
    exponent = tidy.as_tuple().exponent
    return tidy if isinstance(exponent, int) and exponent < -2 else tidy.quantize(CENT)


def amount(raw: Mapping[str, Any], *names: str) -> Decimal:
    """An amount; 0 where it is absent."""
    return money(raw, *names) or ZERO


def percent(raw: Mapping[str, Any], name: str) -> Decimal | None:
    """A rate in percent, as people write it: 6 for 6.0."""
    told = money(raw, name)
    return None if told is None else Decimal(f"{told.normalize():f}")


def half_up(value: Decimal, digits: int) -> Decimal:
    """Rounded to so many decimals, a half away from zero."""
    return value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)


def tax_in(base: Decimal, rate: Decimal, digits: int, *, is_inside: bool) -> Decimal:
    """The tax on an amount, or inside it."""
    return half_up(base * rate / (100 + rate if is_inside else 100), digits)


def shared(whole: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """An amount shared by largest remainder; all of it to the first where nothing has weight."""
    total = sum(weights, ZERO)
    if not total:
        return [whole, *(ZERO for _ in weights[1:])]
    unit = Decimal(1).scaleb(-digits)
    exact = [whole * each / total for each in weights]
    shares = [each // unit * unit for each in exact]
    left = whole - sum(shares, ZERO)
    by_rest = sorted(range(len(shares)), key=lambda at: shares[at] - exact[at])
    for place in by_rest[: int(left / unit)]:
        shares[place] += unit
    shares[by_rest[0]] += whole - sum(shares, ZERO)
    return shares


def record(raw: Mapping[str, Any], name: str) -> Record:
    """A part that is an object; an empty one where it is absent."""
    found = raw.get(name)
    return found if isinstance(found, dict) else {}


def records(raw: Mapping[str, Any], name: str) -> list[Record]:
    """A part that is a list of objects; an empty one where it is absent (`null` on old orders)."""
    found = raw.get(name) or []
    if not isinstance(found, list) or not all(isinstance(each, dict) for each in found):
        raise Unreadable(say(N_("{field} of the order cannot be read."), field=name))
    return found


def listed(raw: Mapping[str, Any], name: str) -> list[Record]:
    """The objects of a list of the catalogue or the set-up: what is none there is passed over."""
    found = raw.get(name)
    return [each for each in found if isinstance(each, dict)] if isinstance(found, list) else []


def moment(raw: Mapping[str, Any], date: str, stamp: str = "") -> dt.datetime | None:
    """An instant, from its Unix seconds or its text in UTC; None where neither is told."""
    seconds, told = raw.get(stamp), str(raw.get(date) or "")
    try:
        if isinstance(seconds, int) and seconds > 0:
            return dt.datetime.fromtimestamp(seconds, dt.UTC)
        return dt.datetime.strptime(told, MOMENT).astimezone(dt.UTC) if told else None
    except (ValueError, OverflowError, OSError):
        raise Unreadable(say(N_("{field} is no date: {told}"), field=date, told=told[:40])) from None
