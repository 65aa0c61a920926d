"""The last step of the figures: prices fitted, lines summarised, tax predicted, and the rounding that is needed."""

from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, InvoiceLine, TaxPer, say
from sync.drafting.charges import with_one_discount_line
from sync.drafting.exact import plain
from sync.drafting.figures import Expected
from sync.drafting.prices import with_prices
from sync.drafting.rounding import rounding_line
from sync.drafting.summary import summarised
from sync.drafting.totals import document_tax, document_total, with_tax, with_tax_after_discount
from sync.drafting.work import Work

Lines = list[InvoiceLine]


class Closed(NamedTuple):
    """The lines as the books take them, their tax in total, and the rounding (0 = none)."""

    lines: Lines
    tax: Decimal
    rounding: Decimal


def close(work: Work, lines: Lines, expected: Expected) -> Closed:
    """Make the lines come to the expected total, or tell why they do not."""
    fitted = [piece for line in with_one_discount_line(lines) for piece in with_prices(work, line)]
    limit = work.rules.limits.max_lines
    closed = _rounded(work, fitted if len(fitted) <= limit else summarised(fitted, work.digits), expected)
    if len(fitted) <= limit < len(closed.lines):
        closed = _rounded(work, summarised(fitted, work.digits), expected)
    if len(closed.lines) > limit:
        _tell_too_many(work, len(closed.lines))
    return closed


def _tell_too_many(work: Work, count: int) -> None:
    sentence = N_("The document has {count} lines even after equal ones are summarised, the books take {limit}.")
    work.tell("lines", "orders", say(sentence, count=count, limit=work.rules.limits.max_lines))


def _rounded(work: Work, lines: Lines, expected: Expected) -> Closed:
    """The lines with the rounding that is needed and allowed; what is open or too large is left as it is, and told."""
    closed = _taxed(work, lines, expected.tax)
    needed = expected.total - _total(work, closed)
    if not needed or work.is_total_open:
        return closed
    if abs(needed) > work.rules.settings.rounding_cap:
        _tell_beyond(work, expected.total, _total(work, closed))
        return closed
    rounding = rounding_line(work, lines, needed)
    if rounding is None:
        return closed
    rounded = list(with_one_discount_line([*lines, *with_prices(work, rounding)]))
    closed = _taxed(work, rounded, expected.tax)._replace(rounding=needed)
    if _total(work, closed) != expected.total:
        _tell_beyond(work, expected.total, _total(work, closed))
    return closed


def _taxed(work: Work, lines: Lines, sent: Decimal) -> Closed:
    tax_per, is_inside = work.rules.arithmetic.tax_per, work.is_inclusive
    taxed = [with_tax(line, tax_per, work.digits, is_inside=is_inside) for line in lines]
    if tax_per == TaxPer.LINE:
        taxed = list(with_tax_after_discount(taxed, work.digits, is_inside=is_inside))
    return Closed(taxed, document_tax(taxed, tax_per, sent, work.digits, is_inside=is_inside), ZERO)


def _total(work: Work, closed: Closed) -> Decimal:
    return document_total(closed.lines, closed.tax, is_inside=work.is_inclusive)


def _tell_beyond(work: Work, expected: Decimal, predicted: Decimal) -> None:
    sentence = N_(
        "The books would make the total {predicted}, but {expected} is expected: "
        "that is more than the rounding of {cap} can mend."
    )
    cap = plain(work.rules.settings.rounding_cap)
    message = say(sentence, predicted=work.money(predicted), expected=work.money(expected), cap=cap)
    work.tell("rounding", "orders", message)
