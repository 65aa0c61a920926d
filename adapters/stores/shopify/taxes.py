"""The tax lines of one line, as the one tax that our order lines have (other-stores.md 2.3)."""

from decimal import Decimal

from adapters.stores.figures import figure, text
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.money import CENT, needed
from documents import ZERO, Tax

HUNDRED = Decimal(100)


def tax_of(raw: Record, amount: Decimal, *, is_inside: bool) -> tuple[Decimal, Tax | None]:
    """How much tax is on a line of this amount, and its name; `is_inside`: the amount holds it.

    Several taxes are told as one, 'GST + PST' with the sum of their rates, where they are all on the same amount: the
    sum of the rates gives their sum. Else (one on top of another, one on a part) the tax has no name. A tax that the
    buyer is exempt from, is none."""
    told = [each for each in raw.get("taxLines") or () if isinstance(each, dict)]
    charged = sum((needed(each, "priceSet") for each in told), ZERO)
    named = [each for each in told if needed(each, "priceSet") or not (_rate(each) and amount)]
    if not named:
        return charged, None
    distinct = dict.fromkeys((text(each, "title"), _rate(each)) for each in named)
    tax = Tax(
        None, " + ".join(dict.fromkeys(title for title, _ in distinct)), sum((rate for _, rate in distinct), ZERO)
    )
    return charged, tax if len(distinct) == 1 or _is_one(amount, charged, tax.rate, len(named), is_inside) else None


def _rate(raw: Record) -> Decimal:
    """In percent, without the noise of a binary fraction: 0.06 is 6."""
    return round((figure(raw, "rate") or ZERO) * HUNDRED, 6).normalize() + ZERO


def _is_one(amount: Decimal, charged: Decimal, rate: Decimal, lines: int, is_inside: bool) -> bool:
    """Each of the lines was rounded by itself."""
    exact = amount * rate / (HUNDRED + rate if is_inside else HUNDRED)
    return abs(exact - charged) <= CENT * lines
