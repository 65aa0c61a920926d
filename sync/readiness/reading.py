"""The readiness check of a profile, over what is here already: nothing is asked of any other system (P9)."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from adapters.registry import BOOKS, STORES
from documents import N_, Message, ReferenceKind, Tax, TaxPer, say
from models import (
    BooksConnection,
    BooksRow,
    Profile,
    ProfileChannel,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoreWord,
    WordKind,
    db,
)
from sync import alignment, loading
from sync.drafting.settings import NumberSource, Settings
from sync.readiness import check, refusals
from sync.readiness.aligned import aligned
from sync.readiness.sides import BooksSide, Chosen, Demands, Line, Pair, ShopChannel, State, StoreSide, Topic
from sync.store_words import facts_of

LISTS = (
    ReferenceKind.CURRENCY,
    ReferenceKind.DEPOSIT_ACCOUNT,
    ReferenceKind.PAYMENT_METHOD,
    ReferenceKind.TERM,
    ReferenceKind.TAX_CODE,
)
MOST_REPEATED = 5


@dataclass(frozen=True, slots=True)
class StoreReadiness:
    """Whether one store of a profile fits its books."""

    store: StoreConnection
    lines: Sequence[Line]

    def count(self, state: str) -> int:
        """How many lines are so."""
        return sum(line.state == state for line in self.lines)

    @property
    def topics(self) -> list[tuple[Topic, list[Line]]]:
        """The lines of each topic that has any, in the order of the page."""
        found = ((topic, [line for line in self.lines if line.topic is topic]) for topic in Topic)
        return [(topic, lines) for topic, lines in found if lines]


def of_profile(profile: Profile, now: datetime) -> list[StoreReadiness]:
    """Every store of a profile's channels, by name. A fixed number of queries for each, whatever the books hold."""
    channels = _channels(profile.id)
    stores = {channel.store_id: channel.store for channel in channels}
    if profile.books.refreshed_at is None:
        return [StoreReadiness(store, [_not_read()]) for store in stores.values()]
    settings, books = loading.settings_of(profile), _books(profile.books)
    repeated, today = _repeated(profile, settings), now.astimezone(ZoneInfo(profile.time_zone)).date()
    found = []
    for store in stores.values():
        side = _store(store, [channel for channel in channels if channel.store_id == store.id])
        chosen = Chosen(settings, loading.read_matching(profile.id, store.id), today)
        lines = check(Pair(side, books, chosen), repeated, _aligned(profile, store, settings))
        found.append(StoreReadiness(store, lines))
    return found


def _aligned(profile: Profile, store: StoreConnection, settings: Settings) -> list[Line]:
    if not alignment.is_of(store.kind, profile.books.kind):
        return []
    return list(aligned(settings, alignment.waits(profile, store.id)))


def _not_read() -> Line:
    sentence = N_("The lists of the books were not read yet: until then nothing can be compared.")
    return Line(Topic.COMPANY, State.BLOCKS, say(sentence), "lists")


def _channels(profile_id: int) -> Sequence[StoreChannel]:
    query = select(StoreChannel).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    query = query.join(StoreChannel.store).where(ProfileChannel.profile_id == profile_id)
    return db.session.scalars(query.order_by(StoreConnection.name, StoreConnection.id, StoreChannel.id)).all()


# --- the store ---------------------------------------------------------------------------------------------------


def _store(store: StoreConnection, channels: Sequence[StoreChannel]) -> StoreSide:
    words = db.session.scalars(
        select(StoreWord).where(StoreWord.channel_id.in_([each.id for each in channels])).order_by(StoreWord.name)
    ).all()
    named = {word.name for word in words if word.kind is WordKind.CURRENCY}
    taxes = {Tax(word.external_id or None, word.name, word.rate.normalize()) for word in _of(words, WordKind.TAX)}
    return StoreSide(
        name=store.name,
        currency=_own_currency(store, channels),
        currencies=tuple(sorted(named | {each.currency for each in channels if each.currency})),
        channels=tuple(_channel(each, words) for each in channels),
        taxes=tuple(sorted(taxes, key=lambda tax: (tax.name, tax.rate, tax.id or ""))),
        terms=tuple(sorted({int(word.name) for word in _of(words, WordKind.TERM)})),
        demands=demands_of(store),
    )


def _of(words: Iterable[StoreWord], kind: WordKind) -> list[StoreWord]:
    return [word for word in words if word.kind is kind]


def _channel(row: StoreChannel, words: Iterable[StoreWord]) -> ShopChannel:
    mine = [word.name for word in _of(words, WordKind.PAYMENT_METHOD) if word.channel_id == row.id]
    return ShopChannel(row.external_id, row.name, tuple(mine))


def _own_currency(store: StoreConnection, channels: Sequence[StoreChannel]) -> str | None:
    """As its set-up tells it, else that of all its channels where they have one."""
    in_use = {each.currency for each in channels if each.currency}
    return facts_of(store).currency or (in_use.pop() if len(in_use) == 1 else None)


def demands_of(store: StoreConnection) -> Demands:
    """What the store's adapter declares."""
    adapter = STORES[store.kind]
    return Demands(adapter.countries, adapter.requires_same_currency, adapter.requires_same_names)


# --- the books ---------------------------------------------------------------------------------------------------


def _books(row: BooksConnection) -> BooksSide:
    adapter, rows = BOOKS[row.kind], _rows(row.id)
    methods = [name or code for code, name, _ in rows[ReferenceKind.PAYMENT_METHOD]]
    return BooksSide(
        home_currency=row.home_currency,
        country=row.country,
        currencies={code: loading.dated_rates(details) for code, _, details in rows[ReferenceKind.CURRENCY]},
        accounts={code: name for code, name, _ in rows[ReferenceKind.DEPOSIT_ACCOUNT]},
        methods=tuple(methods) if ReferenceKind.PAYMENT_METHOD in adapter.reference_kinds else None,
        terms={code: loading.days_of(details) for code, _, details in rows[ReferenceKind.TERM]},
        tax_rates={
            code: Decimal(str(details["rate"])).normalize() for code, _, details in rows[ReferenceKind.TAX_CODE]
        },
        tax_names={code: name or code for code, name, _ in rows[ReferenceKind.TAX_CODE]},
        is_tax_sent=adapter.arithmetic_of(row.facts).tax_per is TaxPer.STORE,
    )


Rows = Mapping[ReferenceKind, Sequence[tuple[str, str, Mapping[str, Any]]]]


def _rows(books_id: int) -> Rows:
    """Code, name and details of the short lists; customers and items are never read."""
    query = select(BooksRow.kind, BooksRow.code, BooksRow.name, BooksRow.details)
    query = query.where(BooksRow.books_id == books_id, BooksRow.kind.in_(LISTS), BooksRow.is_active.is_(True))
    found: dict[ReferenceKind, list[tuple[str, str, Mapping[str, Any]]]] = {kind: [] for kind in LISTS}
    for kind, code, name, details in db.session.execute(query.order_by(BooksRow.kind, BooksRow.code)):
        found[kind].append((code, name, details))
    return found


def _repeated(profile: Profile, settings: Settings) -> list[str]:
    """Numbers of several orders, where the order's number is to be the document's."""
    if settings.number_source != NumberSource.ORDER_NUMBER:
        return []
    numbers = select(ProfileOrder.number).where(ProfileOrder.profile_id == profile.id, ProfileOrder.number != "")
    several = numbers.group_by(ProfileOrder.number).having(func.count() > 1)
    return list(db.session.scalars(several.order_by(ProfileOrder.number).limit(MOST_REPEATED)))


# --- before each run ---------------------------------------------------------------------------------------------


def refusal_of(store_id: int, books_id: int) -> Message | None:
    """Why nothing of a store may be carried to these books, as they are at this moment; None where all may."""
    store = db.session.get_one(StoreConnection, store_id, populate_existing=True)
    demands = demands_of(store)
    if demands == Demands():
        return None
    channels = db.session.scalars(select(StoreChannel).where(StoreChannel.store_id == store_id)).all()
    told = select(BooksConnection.country, BooksConnection.home_currency).where(BooksConnection.id == books_id)
    country, home = db.session.execute(told).one()
    lines = refusals(store.name, _own_currency(store, channels), demands, country, home)
    return lines[0].message if lines else None
