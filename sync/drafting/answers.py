"""After posting: what the books answered against what was expected."""

from decimal import Decimal
from enum import StrEnum


class AfterPosting(StrEnum):
    """Posted as expected, or posted with another total, which is shown."""

    POSTED = "posted"
    DIFFERS = "differs"


def after_posting(expected_total: Decimal, answered_total: Decimal) -> AfterPosting:
    """Compare without any tolerance: a difference of 0.01 differs."""
    return AfterPosting.POSTED if answered_total == expected_total else AfterPosting.DIFFERS
