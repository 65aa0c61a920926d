"""Currency Matching: the books' currency of each of the store's, with a rate of the owner's own (M7)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import N_, ReferenceKind, say
from models import BooksRow, CurrencyMatch, Profile, db
from sync import matching, store_words
from sync.drafting.currency import in_force
from sync.drafting.exact import plain
from sync.loading import dated_rates
from sync.match_rows.row import Row, Values
from sync.matching import MatchRefused

RATE = re.compile(r"[0-9]{1,6}(\.[0-9]{1,10})?")


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrencyRow(Row):
    """`code` is what holds: the match, else the same code where the books have it; `books_rate` is theirs of today."""

    code: str
    books_rate: Decimal | None


def rows(profile: Profile, now: datetime) -> Sequence[CurrencyRow]:
    """Every currency of the channels, of their orders, and of the table."""
    query = select(CurrencyMatch).where(CurrencyMatch.profile_id == profile.id)
    found = db.session.scalars(query.execution_options(populate_existing=True))
    kept = {row.store_currency: row for row in found}
    named = sorted({*store_words.currencies(profile.id), *kept})
    codes = {row.books_currency for row in kept.values()} | set(named)
    known = matching.rows_of(profile.books_id, ReferenceKind.CURRENCY, codes)
    return [_row(profile, currency, kept.get(currency), known, now) for currency in named]


def _row(
    profile: Profile, currency: str, kept: CurrencyMatch | None, known: Mapping[str, BooksRow], now: datetime
) -> CurrencyRow:
    same = currency if currency in known or currency == profile.books.home_currency else ""
    code = kept.books_currency if kept else same
    today = now.astimezone(ZoneInfo(profile.time_zone)).date()
    return CurrencyRow(
        key=currency,
        name=currency,
        values={"code": code, "rate": plain(kept.rate.normalize()) if kept and kept.rate is not None else ""},
        is_kept=kept is not None,
        code=code,
        books_rate=in_force(dated_rates(known[code].details), today) if code in known else None,
    )


def save(session: Session, profile: Profile, row: CurrencyRow, values: Values) -> None:
    """The books' currency and the owner's rate; without a currency, the same code in the books counts again."""
    code, typed = values["code"], values["rate"]
    if not code and typed:
        raise MatchRefused(say(N_("Choose the books' currency that this rate is for.")))
    rate = _read_rate(typed, code, profile.books.home_currency) if typed else None
    key = {"profile_id": profile.id, "store_currency": row.key}
    if not code:
        matching.remove_row(session, CurrencyMatch, key)
        return
    if code != profile.books.home_currency:
        matching.check_code(session, profile.id, ReferenceKind.CURRENCY, code)
    matching.save_row(session, CurrencyMatch, key, {"books_currency": code, "rate": rate})


def _read_rate(typed: str, code: str, home: str) -> Decimal:
    """How many units of home one unit is worth; nothing is rounded, and nothing is 1 by silence."""
    if code == home:
        raise MatchRefused(say(N_("{home} is the books' own currency: it needs no rate. Leave it empty."), home=home))
    if not RATE.fullmatch(typed) or not Decimal(typed):
        sentence = N_("{typed} is no exchange rate: type how many {home} one {code} is worth, such as 4.4215.")
        raise MatchRefused(say(sentence, typed=typed, home=home, code=code))
    return Decimal(typed)


def remove(session: Session, profile: Profile, row: CurrencyRow) -> None:
    """The same code in the books counts again."""
    save(session, profile, row, {"code": "", "rate": ""})
