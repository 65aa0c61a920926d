"""The lists of a profile's orders: filtered, searched by number, a page by key, as fast at 100,000 rows as at few."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, func, or_, select, union_all
from sqlalchemy.orm import Session, load_only

from models import (
    Document,
    Profile,
    ProfileChannel,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    TaskOrder,
    Tick,
    db,
)
from sync import lists
from sync.lists import PAGE
from sync.offers import start_of

PENDING = (Tick.NONE, Tick.RED, Tick.YELLOW, Tick.QUEUED)
COMPLETED = (Tick.GREEN,)
AFTER_ALL = "\U0010ffff"
SHOWN = (StoredOrder.number, StoredOrder.status, StoredOrder.total, StoredOrder.currency)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which orders of a profile: the days are the profile's own; `number` is the beginning of the order number."""

    ticks: tuple[Tick, ...] = PENDING
    channel_id: int | None = None
    begins: date | None = None
    ends: date | None = None
    status: str = ""
    number: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An order as the list shows it, with its document in the books and the last task that sent it."""

    order: ProfileOrder
    stored: StoredOrder
    number: str
    channel: str
    document: Document | None
    task_id: int | None


def page(profile: Profile, wanted: Wanted, after_id: int | None = None, most: int = PAGE) -> list[ProfileOrder]:
    """A page behind one order: the newest first, or by number where one was typed."""
    after = db.session.get(ProfileOrder, after_id) if after_id else None
    if after is not None and after.profile_id != profile.id:
        after = None
    parts = [
        _part(profile, wanted, tick, begin, after, most) for tick in wanted.ticks for begin in _begins(profile, wanted)
    ]
    both = union_all(*(select(*part.subquery().c) for part in parts)).subquery()
    found = select(both.c.id).order_by(*_order(both.c, wanted)).limit(most)
    ids = list(db.session.scalars(found))
    rows = {row.id: row for row in db.session.scalars(select(ProfileOrder).where(ProfileOrder.id.in_(ids)))}
    return [rows[each] for each in dict.fromkeys(ids)]


def _part(
    profile: Profile, wanted: Wanted, tick: Tick, begin: str, after: ProfileOrder | None, most: int
) -> Select[int, datetime, str]:
    """The page as if there were this tick alone: one walk along one index."""
    query = select(ProfileOrder.id, ProfileOrder.ordered_at, ProfileOrder.number)
    first = after.number if after is not None and begin else ""
    query = query.where(ProfileOrder.tick == tick, *_conditions(profile, wanted), *_number(begin, first))
    if after is not None:
        query = query.where(_behind(wanted, after))
    return query.order_by(*_order(ProfileOrder, wanted)).limit(most)


def _behind(wanted: Wanted, after: ProfileOrder) -> ColumnElement[bool]:
    if wanted.number:
        return or_(ProfileOrder.number > after.number, ProfileOrder.id > after.id)
    earlier = and_(ProfileOrder.ordered_at == after.ordered_at, ProfileOrder.id < after.id)
    return and_(ProfileOrder.ordered_at <= after.ordered_at, or_(ProfileOrder.ordered_at < after.ordered_at, earlier))


def _order(columns: Any, wanted: Wanted) -> tuple[ColumnElement[Any], ...]:
    if wanted.number:
        return columns.number, columns.id
    return columns.ordered_at.desc(), columns.id.desc()


def _conditions(profile: Profile, wanted: Wanted) -> Iterable[ColumnElement[bool]]:
    """Everything but tick and number."""
    yield ProfileOrder.profile_id == profile.id
    if wanted.channel_id is not None:
        yield ProfileOrder.channel_id == wanted.channel_id
    if wanted.status:
        yield ProfileOrder.status == wanted.status
    if wanted.begins is not None:
        yield ProfileOrder.ordered_at >= start_of(wanted.begins, profile.time_zone)
    if wanted.ends is not None:
        yield ProfileOrder.ordered_at < start_of(wanted.ends + timedelta(days=1), profile.time_zone)


def _number(begin: str, first: str = "") -> tuple[ColumnElement[bool], ...]:
    """The numbers that begin so, from `first` on: one lower bound, for SQLite walks an index by one alone."""
    return (ProfileOrder.number >= max(begin, first), ProfileOrder.number < begin + AFTER_ALL) if begin else ()


def _begins(profile: Profile, wanted: Wanted) -> list[str]:
    """What a number may begin with: as it was typed, and without a store's own prefix, which is not kept (S17)."""
    typed = wanted.number.strip().casefold()[:64]
    if not typed:
        return [""]
    stripped = (typed.removeprefix(each) for each in prefixes_of(profile) if typed.startswith(each))
    return [typed, *stripped]


def prefixes_of(profile: Profile) -> list[str]:
    """The order number prefixes of the profile's stores, folded."""
    query = select(StoreConnection.order_number_prefix).join(StoreChannel, StoreChannel.store_id == StoreConnection.id)
    query = query.join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    found = db.session.scalars(query.where(ProfileChannel.profile_id == profile.id).distinct())
    return sorted(each.casefold() for each in found if each)


# --- all that match ---------------------------------------------------------------------------------------------


def chosen(profile: Profile, wanted: Wanted) -> Select[int, datetime]:
    """All that match, without an order: their ids and days."""
    numbers = or_(*(and_(True, *_number(begin)) for begin in _begins(profile, wanted)))
    query = select(ProfileOrder.id, ProfileOrder.ordered_at).where(ProfileOrder.tick.in_(wanted.ticks), numbers)
    return query.where(*_conditions(profile, wanted))


def count(profile: Profile, wanted: Wanted) -> int:
    """How many match, counted up to 1,001."""
    return lists.count(chosen(profile, wanted).with_only_columns(ProfileOrder.id))


# --- what a row shows -------------------------------------------------------------------------------------------


def rows(orders: Sequence[ProfileOrder]) -> list[Row]:
    """What the page shows of each: three queries, however many rows."""
    ids = [each.id for each in orders]
    known = _stored(db.session(), ids)
    live = select(Document).where(Document.profile_order_id.in_(ids), Document.is_live.is_(True))
    live = live.where(Document.is_main.is_(True))
    documents = {each.profile_order_id: each for each in db.session.scalars(live)}
    last = select(TaskOrder.profile_order_id, func.max(TaskOrder.task_id)).where(TaskOrder.profile_order_id.in_(ids))
    tasks = {row[0]: row[1] for row in db.session.execute(last.group_by(TaskOrder.profile_order_id))}
    return [Row(each, *known[each.id], documents.get(each.id), tasks.get(each.id)) for each in orders]


def _stored(session: Session, ids: Sequence[int]) -> dict[int, tuple[StoredOrder, str, str]]:
    """The order as its store told it, its number with the store's prefix, its channel's name."""
    query = (
        select(ProfileOrder.id, StoredOrder, StoreConnection.order_number_prefix, StoreChannel.name)
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        .options(load_only(*SHOWN))
        .where(ProfileOrder.id.in_(ids))
    )
    return {
        row_id: (stored, prefix + stored.number, channel)
        for row_id, stored, prefix, channel in session.execute(query).all()
    }
