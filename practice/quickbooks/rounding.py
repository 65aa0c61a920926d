"""Money of QuickBooks: half up, two places; prices seven (quickbooks-online.md section 5)."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal

CENT, FINEST = Decimal("0.01"), Decimal("0.0000001")
ZERO = Decimal("0.00")


def cents(amount: Decimal | int) -> Decimal:
    """Half up, away from zero, to 2 places."""
    return Decimal(amount).quantize(CENT, ROUND_HALF_UP)


def price(amount: Decimal) -> Decimal:
    """Half up to the 7 places that a price keeps, without zeros at the end."""
    rounded = amount.quantize(FINEST, ROUND_HALF_UP).normalize()
    return rounded if rounded % 1 else rounded.quantize(Decimal(1))


def total(amounts: Iterable[Decimal]) -> Decimal:
    """Their sum."""
    return sum(amounts, ZERO)


def shares(whole: Decimal, weights: list[Decimal]) -> list[Decimal]:
    """The whole spread over weights, to the cent; the last one takes the rest."""
    of = total(weights)
    made = [cents(whole * weight / of) if of else ZERO for weight in weights[:-1]]
    return [*made, whole - total(made)] if weights else []
