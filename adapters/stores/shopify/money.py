"""Amounts and instants as Shopify tells them: money in the shop's own currency, as text (other-stores.md 2.3)."""

import datetime as dt
from decimal import ROUND_HALF_UP, Decimal

from adapters.stores.figures import Unreadable, figure, text
from adapters.stores.shopify.contract import Record
from documents import N_, ZERO, say

CENT = Decimal("0.01")


def money(raw: Record, name: str) -> Decimal | None:
    """The amount of a MoneyBag in the shop's currency; None where it is not told."""
    bag = raw.get(name)
    if not isinstance(bag, dict) or not isinstance(bag.get("shopMoney"), dict):
        return None
    return figure(bag["shopMoney"], "amount")


def amount(raw: Record, name: str) -> Decimal:
    """The same; nothing where it is not told."""
    return money(raw, name) or ZERO


def needed(raw: Record, name: str) -> Decimal:
    """The same; raises Unreadable where it is not told."""
    told = money(raw, name)
    if told is None:
        raise Unreadable(say(N_("The order has no {field}."), field=name))
    return told


def allocated(raw: Record) -> Decimal:
    """All discounts that fall on a line, the order's own among them (2.3)."""
    return sum((amount(each, "allocatedAmountSet") for each in raw.get("discountAllocations") or ()), ZERO)


def part(whole: Decimal, numerator: int, denominator: int) -> Decimal:
    """So much of an amount as so many of its pieces; Shopify writes 10.0, so never by the decimals that it has."""
    if numerator == denominator:
        return whole
    return (whole * numerator / denominator).quantize(CENT, ROUND_HALF_UP)


def count(raw: Record, name: str) -> int:
    """A whole number of pieces; raises Unreadable where it is none."""
    told = figure(raw, name)
    if told is None or told != int(told):
        raise Unreadable(say(N_("{field} is no number: {told}"), field=name, told=str(raw.get(name))[:40]))
    return int(told)


def instant(raw: Record, name: str) -> dt.datetime | None:
    """When; None where it is not told, or not yet."""
    told = text(raw, name)
    if not told:
        return None
    try:
        read = dt.datetime.fromisoformat(told)
    except ValueError:
        raise Unreadable(say(N_("{field} is no date: {told}"), field=name, told=told[:40])) from None
    return read if read.tzinfo else read.replace(tzinfo=dt.UTC)
