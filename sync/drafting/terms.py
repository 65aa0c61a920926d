"""Terms (S3, or the order's own days) and the due date (S23)."""

import calendar
import datetime as dt
from collections.abc import Mapping

from documents import N_, say
from sync.drafting.rules import DueOffset, OffsetUnit
from sync.drafting.work import Work

LONGEST_DAYS = 36_500
"""A longer delay of payment is no date; that no term stands for it is told already."""


def document_terms(work: Work) -> str | None:
    """The term's name in the books: the edit, then the term that the order's days ask for, then S3."""
    chosen = work.edits.terms
    if chosen is None and work.order.deferment_days is not None:
        return _term_of_days(work, work.order.deferment_days)
    chosen = chosen if chosen is not None else work.rules.settings.terms
    if chosen and chosen not in work.rules.books.terms:
        work.tell("terms", "settings", say(N_("The books have no term named {name}."), name=chosen), chosen)
    return chosen or None


def _term_of_days(work: Work, days: int) -> str | None:
    """A term counts only if its name is the number of days and its days agree."""
    if name := term_of(days, work.rules.books.terms):
        return name
    sentence = N_("The order is due after {days} days, but the books have no term named {days} with {days} days.")
    work.tell("terms", "books", say(sentence, days=days), str(days))
    return None


def term_of(days: int, terms: Mapping[str, int | None]) -> str | None:
    """The term of the books (days by name) that stands for so many days (SEN5); None where there is none."""
    return str(days) if terms.get(str(days)) == days else None


def due_date(work: Work, day: dt.date | None, terms: str | None) -> dt.date | None:
    """The order's own; else S23's offset; else by terms; else the document's date. Books by terms skip the first two.

    None without a document date, and where the term's days are unknown: then the books reckon it.
    """
    if day is None:
        return None
    if not work.rules.books.due_by_terms_only:
        if own := _own_due_date(work, day):
            return own
        if work.rules.settings.due_offset:
            return after(day, work.rules.settings.due_offset)
    if not terms:
        return day
    days = work.rules.books.terms.get(terms)
    return None if days is None else day + dt.timedelta(days=days)


def _own_due_date(work: Work, day: dt.date) -> dt.date | None:
    order, days = work.order, work.order.deferment_days
    if order.due_date or days is None or abs(days) > LONGEST_DAYS:
        return order.due_date
    return day + dt.timedelta(days=days)


def after(day: dt.date, offset: DueOffset) -> dt.date:
    """The day moved by the offset; months keep the day, or take the month's last."""
    if offset.unit == OffsetUnit.DAYS:
        return day + dt.timedelta(days=offset.count)
    if offset.unit == OffsetUnit.WEEKS:
        return day + dt.timedelta(weeks=offset.count)
    months = day.year * 12 + day.month - 1 + offset.count
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
