"""The arithmetic of the books: decimals, half up, tax line by line (checklist 6)."""

from __future__ import annotations

import re
from decimal import ROUND_HALF_UP, Decimal

from practice.sql_accounting.answers import Refused
from practice.sql_accounting.values import wire
from practice.web import Doc

CENT = Decimal("0.01")
ZERO = Decimal("0.00")
TOO_MUCH = Decimal(10) ** 14


def cents(amount: Decimal) -> Decimal:
    """Half up, away from zero, to 2 places."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def discounted(gross: Decimal, disc: str) -> Decimal:
    """What is left after a discount like `10%`, `5.00` or `10%+5%`: each part takes from what the one before it left,
    an amount is off the whole line; rounded once, at the end."""
    rest = gross
    for part in disc.split("+") if disc else []:
        written = re.fullmatch(r"(\d+(?:\.\d+)?)(%?)", part.strip())
        if written is None or (written[2] and Decimal(written[1]) > 100):
            raise Refused(f"Invalid discount {disc}")
        rest -= rest * Decimal(written[1]) / 100 if written[2] else Decimal(written[1])
    if abs(rest) >= TOO_MUCH:
        raise Refused("The amount of a line is too large")
    return cents(rest)


def line_amounts(left: Decimal, percent: Decimal, inclusive: bool, currency_rate: Decimal) -> Doc:
    """`left` is the line after its discount. `amount` is before tax: inclusive tax is taken out of it (section 7)."""
    rate = percent / 100
    tax = cents(left * rate / (1 + rate)) if inclusive else cents(left * rate)
    before = left - tax if inclusive else left
    return {
        "amount": wire(before),
        "localamount": wire(cents(before * currency_rate)),
        "taxamt": wire(tax),
        "localtaxamt": wire(cents(tax * currency_rate)),
        "amountwithtax": wire(before + tax),
    }


def total(lines: list[Doc], name: str = "amountwithtax") -> Decimal:
    """The sum of a field of all lines."""
    return sum((Decimal(line[name]) for line in lines), ZERO)
