"""The document's currency, its digits, and its exchange rate (M7); never 1 by silence."""

import datetime as dt
from decimal import Decimal

from documents import N_, say
from iso4217 import minor_digits
from sync.drafting.rules import DatedRate
from sync.drafting.work import Work


def settle_currency(work: Work) -> None:
    """Find the books' currency and its digits: the match, else the same code in the books, else a problem."""
    books, store_code = work.rules.books, work.order.currency
    match = work.rules.matching.currencies.get(store_code)
    work.currency = match.code if match else store_code
    if not match and store_code != books.home_currency and store_code not in books.currencies:
        _tell_unknown(work)
    work.digits = work.rules.arithmetic.digits(work.currency)
    iso = minor_digits(work.currency)
    work.unit_digits = min(iso, work.digits)
    if iso > work.digits:
        _tell_too_fine(work, iso)


def _tell_unknown(work: Work) -> None:
    work.is_total_open = True
    sentence = N_("No currency of the books is matched to {currency}.")
    work.tell("currency", "matching/currency", say(sentence, currency=work.order.currency), work.order.currency)


def _tell_too_fine(work: Work, iso: int) -> None:
    work.is_total_open = True
    sentence = N_("{currency} has {iso} decimals, the books keep {kept}: its amounts cannot be posted exactly.")
    message = say(sentence, currency=work.currency, iso=iso, kept=work.digits)
    work.tell("currency", "matching/currency", message, work.currency)


def exchange_rate(work: Work, day: dt.date | None) -> Decimal | None:
    """Home units for 1 foreign unit on the document's day: the books' latest in force, else the owner's.

    Neither is a problem. Without a day or a currency there is no rate to look for, and that is told already.
    """
    books = work.rules.books
    if work.currency == books.home_currency:
        return Decimal(1)
    match = work.rules.matching.currencies.get(work.order.currency)
    if day is None or not (match or work.currency in books.currencies):
        return None
    rate = in_force(books.currencies.get(work.currency, ()), day)
    if rate is None and match:
        rate = match.rate
    if rate is None:
        _tell_no_rate(work, day)
    return rate


def in_force(rates: tuple[DatedRate, ...], day: dt.date) -> Decimal | None:
    """The latest rate that began on or before the day; of two that began on one day the later row."""
    started = [row for row in rates if row.since is None or row.since <= day]
    if not started:
        return None
    return max(reversed(started), key=lambda row: row.since or dt.date.min).rate


def _tell_no_rate(work: Work, day: dt.date) -> None:
    sentence = N_("There is no exchange rate {currency} to {home} for {day}, neither in the books nor in your table.")
    message = say(sentence, currency=work.currency, home=work.rules.books.home_currency, day=day)
    work.tell("exchange_rate", "matching/currency", message, work.currency)
