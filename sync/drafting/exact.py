"""Decimals as books round them: half-up, away from zero, never a float and never a silent loss of digits."""

from decimal import ROUND_DOWN, ROUND_HALF_UP, Context, Decimal

EXACT = Context(prec=60, rounding=ROUND_HALF_UP)
"""Wide enough that a product of two sane figures is exact; only `half_up` and `cut_down` drop digits."""

UNITS = tuple(Decimal(1).scaleb(-digits) for digits in range(16))
"""The smallest step for a number of decimals: UNITS[2] is 0.01."""

LARGEST = Decimal(10) ** 14
"""Figures from here on are no money of a shop: the database keeps Money as whole ten-thousandths in 64 bits."""


def half_up(value: Decimal, digits: int) -> Decimal:
    """Round to `digits` decimals; a half goes away from zero, for negative amounts too."""
    return value.quantize(UNITS[digits], ROUND_HALF_UP, EXACT)


def cut_down(value: Decimal, digits: int) -> Decimal:
    """Drop every digit after `digits` decimals, towards zero."""
    return value.quantize(UNITS[digits], ROUND_DOWN, EXACT)


def has_at_most(value: Decimal, digits: int) -> bool:
    """True when the value needs no more than `digits` decimals; trailing zeros do not count."""
    return value == cut_down(value, digits)


def is_sane(value: Decimal | None) -> bool:
    """True for None and for a finite figure of a size that a shop can have."""
    return value is None or (value.is_finite() and abs(value) < LARGEST)


def plain(value: Decimal) -> str:
    """A figure as people write it, without exponent."""
    return f"{value:f}"
