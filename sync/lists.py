"""The long lists: pending orders, item matching and tasks, each a page by key and fast at 100,000 rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Select, and_, func, or_, select, true

from models import ItemMatch, ProfileOrder, StoredItem, StoredOrder, Task, Tick, db
from sync import search

PAGE = 50
MOST_COUNTED = 1000
PENDING = (Tick.NONE, Tick.RED, Tick.YELLOW)


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page begins: behind the last row of the page before, by what the list is ordered by."""

    ordered_at: datetime
    id: int


def orders(
    profile_id: int, tick: Tick, after: Place | None = None, channel_id: int | None = None, most: int = PAGE
) -> Sequence[tuple[ProfileOrder, StoredOrder]]:
    """Orders of a profile with one tick, the newest first."""
    query = select(ProfileOrder, StoredOrder).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
    query = query.where(ProfileOrder.profile_id == profile_id, ProfileOrder.tick == tick)
    if channel_id is not None:
        query = query.where(ProfileOrder.channel_id == channel_id)
    if after is not None:
        earlier = and_(ProfileOrder.ordered_at == after.ordered_at, ProfileOrder.id < after.id)
        query = query.where(ProfileOrder.ordered_at <= after.ordered_at)
        query = query.where(or_(ProfileOrder.ordered_at < after.ordered_at, earlier))
    newest = (ProfileOrder.ordered_at.desc(), ProfileOrder.id.desc())
    return [(row, order) for row, order in db.session.execute(query.order_by(*newest).limit(most)).all()]


def items(
    profile_id: int, is_matched: bool, after_id: int = 0, typed: str = "", store_id: int | None = None, most: int = PAGE
) -> Sequence[tuple[ItemMatch, StoredItem]]:
    """Products of a profile's stores with their match, by id; `typed` finds by the beginning of words (search.page).

    `after_id` is the last product of the page before."""
    query = select(ItemMatch, StoredItem).join(StoredItem, StoredItem.id == ItemMatch.item_id)
    query = query.where(ItemMatch.profile_id == profile_id, ItemMatch.is_matched.is_(is_matched))
    if typed.strip() and store_id is not None:
        query = search.page(query, ItemMatch.item_id, f"store:{store_id}", typed, after_id)
    else:  # said of both, for PostgreSQL does not conclude one from the other
        query = query.where(ItemMatch.item_id > after_id, StoredItem.id > after_id).order_by(ItemMatch.item_id)
    return [(row, item) for row, item in db.session.execute(query.limit(most)).all()]


def tasks(profile_id: int, before_id: int | None = None, most: int = PAGE) -> Sequence[Task]:
    """Tasks of a profile, the newest first."""
    query = select(Task).where(Task.profile_id == profile_id, Task.is_trashed.is_(False))
    query = query.where(Task.id < before_id if before_id is not None else true())
    return db.session.scalars(query.order_by(Task.id.desc()).limit(most)).all()


def count(query: Select[int]) -> int:
    """How many rows, counted up to 1,001: a page shows '1,000+' from there on."""
    return db.session.scalar(select(func.count()).select_from(query.limit(MOST_COUNTED + 1).subquery())) or 0


def pending_ids(profile_id: int, most: int | None = None) -> list[int]:
    """Every order of a profile that may be synced, oldest first."""
    query = select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id, ProfileOrder.tick.in_(PENDING))
    return list(db.session.scalars(query.order_by(ProfileOrder.ordered_at, ProfileOrder.id).limit(most)))
