"""The document's date (S14), cut in the account's time zone and kept out of closed periods."""

import datetime as dt

from documents import N_, say
from sync.drafting.rules import ClosedPeriod, DocumentDate
from sync.drafting.work import Work


def document_day(work: Work) -> dt.date | None:
    """The day that the document carries; None = the order waits, and the reason is told."""
    if work.edits.date:
        return _refused_if_closed(work, work.edits.date)
    day = _chosen_day(work)
    if day is None or not _is_closed(work, day):
        return day
    return _opened(work, day)


def _chosen_day(work: Work) -> dt.date | None:
    which = work.rules.settings.document_date
    instant = work.rules.now if which == DocumentDate.SYNC else getattr(work.order.dates, which)
    if instant is None:
        _tell_missing(work, which)
        return None
    day: dt.date = instant.astimezone(work.rules.time_zone).date()
    return day


def _tell_missing(work: Work, which: DocumentDate) -> None:
    if which in work.rules.store.dates:
        message = say(N_("The order has no {which} date yet, so it waits."), which=which)
        work.tell("date", "orders", message, which)
    else:
        message = say(N_("This store never tells a {which} date: choose another document date."), which=which)
        work.tell("date", "settings", message, which)


def _is_closed(work: Work, day: dt.date) -> bool:
    closed_until = work.rules.books.closed_until
    return closed_until is not None and day <= closed_until


def _opened(work: Work, day: dt.date) -> dt.date:
    """Move the day, or tell why it cannot stand."""
    closed_until = work.rules.books.closed_until or day
    handling = work.rules.settings.closed_period
    if handling == ClosedPeriod.FIRST_OPEN_DAY:
        opened = closed_until + dt.timedelta(days=1)
        work.notes.append(say(N_("Dated {opened}: {day} is in a closed period."), opened=opened, day=day))
        return opened
    if handling == ClosedPeriod.ASK:
        sentence = N_("{day} is in a period that is closed until {until}: choose the date on the draft.")
        work.tell("date", "orders", say(sentence, day=day, until=closed_until))
        return day
    return _refused_if_closed(work, day)


def _refused_if_closed(work: Work, day: dt.date) -> dt.date:
    if _is_closed(work, day):
        sentence = N_("{day} is in a period that the books have closed until {until}: open it, or choose a later date.")
        work.tell("date", "books", say(sentence, day=day, until=work.rules.books.closed_until))
    return day
