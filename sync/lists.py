"""The long lists: pending orders, item matching and tasks, each a page by key and fast at 100,000 rows."""

from collections.abc import Sequence

from sqlalchemy import Select, func, select, true

from models import ItemMatch, ProfileChannel, ProfileOrder, StoreChannel, StoredItem, Task, Tick, db
from sync import search

PAGE = 50
MOST_COUNTED = 1000
PENDING = (Tick.NONE, Tick.RED, Tick.YELLOW)


def items(
    profile_id: int,
    is_matched: bool | None,
    after_id: int = 0,
    typed: str = "",
    store_id: int | None = None,
    most: int = PAGE,
) -> Sequence[tuple[ItemMatch, StoredItem]]:
    """Products of a profile's stores with their match, by id; `is_matched` None is all of them.

    `typed` finds by the beginning of words, store by store (search.page); `after_id` is the last product of the page
    before."""
    if typed.strip():
        return _found_items(profile_id, is_matched, after_id, typed, store_id, most)
    query = _items(profile_id, is_matched)
    if store_id is not None:
        query = query.where(ItemMatch.store_id == store_id)
    # the place is said of both tables, for PostgreSQL does not conclude one from the other
    query = query.where(ItemMatch.item_id > after_id, StoredItem.id > after_id).order_by(ItemMatch.item_id)
    return [(row, item) for row, item in db.session.execute(query.limit(most)).all()]


def item(profile_id: int, item_id: int) -> tuple[ItemMatch, StoredItem] | None:
    """One product of a profile's stores as it is now; None where it is not theirs."""
    query = _items(profile_id, None).where(ItemMatch.item_id == item_id)
    found = db.session.execute(query.execution_options(populate_existing=True)).one_or_none()
    return (found[0], found[1]) if found else None


def _items(profile_id: int, is_matched: bool | None) -> Select[ItemMatch, StoredItem]:
    query = select(ItemMatch, StoredItem).join(StoredItem, StoredItem.id == ItemMatch.item_id)
    query = query.where(ItemMatch.profile_id == profile_id)
    return query if is_matched is None else query.where(ItemMatch.is_matched.is_(is_matched))


def _found_items(
    profile_id: int, is_matched: bool | None, after_id: int, typed: str, store_id: int | None, most: int
) -> Sequence[tuple[ItemMatch, StoredItem]]:
    """What is found in one store, then in the next: a word's rows of two stores have no common order in an index."""
    stores = [store_id] if store_id is not None else stores_of(profile_id)
    if after_id and (last := db.session.get(StoredItem, after_id)) and last.store_id in stores:
        stores = stores[stores.index(last.store_id) :]
    found: list[tuple[ItemMatch, StoredItem]] = []
    for place, each in enumerate(stores):
        begin = after_id if place == 0 else 0
        query = search.page(_items(profile_id, is_matched), ItemMatch.item_id, f"store:{each}", typed, begin)
        found += [(row, item) for row, item in db.session.execute(query.limit(most - len(found))).all()]
        if len(found) == most:
            break
    return found


def stores_of(profile_id: int) -> list[int]:
    """The stores of a profile's channels."""
    query = select(StoreChannel.store_id).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    query = query.where(ProfileChannel.profile_id == profile_id).distinct()
    return list(db.session.scalars(query.order_by(StoreChannel.store_id)))


def unmatched(profile_id: int, store_id: int | None = None) -> Select[int]:
    """The products that wait for their match, to be counted."""
    query = select(ItemMatch.item_id).where(ItemMatch.profile_id == profile_id, ItemMatch.is_matched.is_(False))
    return query if store_id is None else query.where(ItemMatch.store_id == store_id)


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
