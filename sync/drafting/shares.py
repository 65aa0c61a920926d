"""Sharing an amount so that the shares sum to it exactly."""

from collections.abc import Sequence
from decimal import Decimal

from documents import ZERO
from sync.drafting.exact import EXACT, half_up

_FINEST = 18
"""Weights are compared as whole numbers of this many decimals, so that equal remainders are seen to be equal."""


def largest_remainder(amount: Decimal, weights: Sequence[Decimal], digits: int) -> list[Decimal]:
    """One share per weight, in units of `digits` decimals: each is cut down to the smallest unit, and the units left go
    to the largest remainders, the earlier first. The amount is rounded to that unit before, if it is finer.

    A negative weight counts as 0 (a return carries no discount). If no weight is above 0, all count the same.
    An amount without weights has no shares.
    """
    counted = [int(EXACT.scaleb(max(weight, ZERO), _FINEST)) for weight in weights]
    if not any(counted):
        counted = [1] * len(counted)
    units = int(EXACT.scaleb(half_up(abs(amount), digits), digits))
    total = sum(counted)
    shares = [units * weight // total for weight in counted]
    remainders = [units * weight % total for weight in counted]
    by_remainder = sorted(range(len(shares)), key=lambda place: -remainders[place])
    for place in by_remainder[: units - sum(shares)]:
        shares[place] += 1
    sign = -1 if amount < 0 else 1
    return [EXACT.scaleb(Decimal(sign * share), -digits) for share in shares]
