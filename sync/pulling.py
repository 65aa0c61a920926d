"""Reading a store: its channels, its catalogue and its orders, page by page; a page that is kept is never lost."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime, timedelta

from sqlalchemy import case, func, select, update
from sqlalchemy.orm import Session

from adapters.errors import RemoteError
from adapters.registry import asked
from adapters.stores.base import OrderPage, Store
from documents import Channel
from models import (
    Profile,
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    db,
    end_reading,
    writing,
)
from sync import hooks, kept_orders, store_words
from sync.catalogue import keep_customers, keep_items
from sync.connections import note_store, store_of
from sync.runs import Reading
from sync.tools import Tools

ASK_AGAIN = 100


def pull_channels(store_id: int, tools: Tools) -> list[StoreChannel]:
    """Ask the store for its shops; a shop that is gone stays, with its orders."""
    store = store_of(db.session.get_one(StoreConnection, store_id), tools)
    found = store.channels()
    with writing() as session:
        known = {row.external_id: row for row in session.scalars(select(StoreChannel).filter_by(store_id=store_id))}
        for channel in found:
            row = known.setdefault(channel.id, StoreChannel(store_id=store_id, external_id=channel.id))
            row.name, row.kind, row.currency = channel.name, channel.kind, channel.currency
            session.add(row)
        return [known[channel.id] for channel in found]


# --- the catalogue ----------------------------------------------------------------------------------------------


def pull_items(reading: Reading, store_id: int) -> None:
    """Read the store's whole catalogue; every product gets its row in the matching of every profile."""
    store = store_of(db.session.get_one(StoreConnection, store_id), reading.tools)
    if not store.can_be_asked:
        return
    rows = 0
    for page in store.item_pages():
        with reading.writing() as session:
            keep_items(session, store_id, page, reading.tools.clock.now())
        rows += len(page.items)
        reading.progress("items", rows, page.total, rows)
    for customers in store.customer_pages():
        with reading.writing() as session:
            keep_customers(session, store_id, customers, reading.tools.clock.now())
        rows += len(customers)
        reading.progress("customers", rows, None, rows)
    facts = store.facts()
    with reading.writing() as session:
        store_words.note_facts(session, store_id, facts)


# --- orders -----------------------------------------------------------------------------------------------------


def pull_orders(reading: Reading, channel_id: int) -> None:
    """Read a channel's orders from where the last pull stopped, then ask again for the open ones that are older."""
    since = first_day(channel_id)
    if since is None:
        return  # no enabled profile takes this channel
    row = db.session.get_one(StoreChannel, channel_id, populate_existing=True)
    if row.store.kind not in asked():
        return
    with noted(row.store_id, reading.tools):
        _pull_orders(reading, row, since)


def _pull_orders(reading: Reading, row: StoreChannel, since: date) -> None:
    channel_id, store = row.id, store_of(row.store, reading.tools)
    channel = Channel(row.external_id, row.name, row.kind, row.currency)
    begun = reading.tools.clock.now()
    is_earlier = row.pulled_since is not None and since < row.pulled_since
    position = None if is_earlier else row.position
    rows = 0
    for page in store.order_pages(channel, since, position, begun):
        rows += _keep_page(reading, channel_id, page, since)
        reading.progress("orders", page.done, page.total, rows)
    if not store.tells_changes:
        _ask_again(reading, store, channel, channel_id, begun)
    with reading.writing() as session:
        note_pull(session, channel_id, begun, since)
    _follow_hints(reading, store, channel, row, begun)


def note_pull(session: Session, channel_id: int, begun: datetime, since: date, is_asked: bool = True) -> None:
    """A pull came to its end. What was made before the pull before it is surely here, unless nobody was asked."""
    before = StoreChannel.pulled_at if is_asked else None
    here = update(StoreChannel).where(StoreChannel.id == channel_id)
    session.execute(here.values(pulled_at=begun, pulled_before=before, pulled_since=since))


@contextmanager
def noted(store_id: int, tools: Tools) -> Iterator[None]:
    """Write down how the store did (P5)."""
    try:
        yield
    except RemoteError as error:
        note_store(store_id, tools.clock.now(), error)
        raise
    note_store(store_id, tools.clock.now(), None)


def first_day(channel_id: int) -> date | None:
    """The day before the earliest start date of the enabled profiles that take this channel; None where none does.

    Stores cut days in a zone of their own: where the account's day begins earlier, its first orders are of the
    store's day before. What is older than the start date is kept and never offered (P8)."""
    query = select(func.min(Profile.start_date)).join(ProfileChannel, ProfileChannel.profile_id == Profile.id)
    query = query.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    query = query.join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
    enabled = (Profile.is_enabled.is_(True), StoreConnection.is_enabled.is_(True))
    found: date | None = db.session.scalar(query.where(ProfileChannel.channel_id == channel_id, *enabled))
    end_reading()
    return None if found is None else found - timedelta(days=1)


def _keep_page(reading: Reading, channel_id: int, page: OrderPage, since: date) -> int:
    with reading.writing() as session:
        kept_orders.keep_page(session, channel_id, page, reading.tools.clock.now())
        here = update(StoreChannel).where(StoreChannel.id == channel_id)
        is_known = case((StoreChannel.pulled_since <= since, StoreChannel.pulled_before))
        session.execute(here.values(position=page.position, pulled_since=since, pulled_before=is_known))
    return len(page.orders) + len(page.unreadable)


def _ask_again(reading: Reading, store: Store, channel: Channel, channel_id: int, begun: datetime) -> None:
    """Open orders that this pull has not seen: their cancellation or refund must not be missed.

    The newest that it has seen goes along: a store that gives that one, and none of the others, is not out of order."""
    here = select(StoredOrder.external_id).where(StoredOrder.channel_id == channel_id)
    seen = here.where(StoredOrder.pulled_at >= begun, StoredOrder.trouble.is_(None))
    witness = db.session.scalars(seen.order_by(StoredOrder.ordered_at.desc()).limit(1)).all()
    unseen = here.where(StoredOrder.is_open.is_(True), StoredOrder.pulled_at < begun)
    ids = db.session.scalars(unseen.order_by(StoredOrder.ordered_at)).all()
    end_reading()
    _read_again(reading, store, channel, channel_id, ids, witness)


def _follow_hints(reading: Reading, store: Store, channel: Channel, row: StoreChannel, begun: datetime) -> None:
    """Read the orders that messages of the store named; those that name none are done by the pull that came before.

    A store that sends messages has one channel. Done is what was read: a process that dies reads it again."""
    while store.hooks is not None and (hints := hooks.waiting(row.store_id, begun)):
        named = dict.fromkeys(order_id for hint in hints for order_id in hint.order_ids)
        _read_again(reading, store, channel, row.id, list(named))
        with reading.writing() as session:
            hooks.done(session, hints, reading.tools.clock.now())


def _read_again(
    reading: Reading,
    store: Store,
    channel: Channel,
    channel_id: int,
    ids: Sequence[str],
    witness: Sequence[str] = (),
) -> None:
    at_once = ASK_AGAIN - len(witness)
    for start in range(0, len(ids), at_once):
        page = store.orders_by_id(channel, [*witness, *ids[start : start + at_once]])
        with reading.writing() as session:
            kept_orders.keep_page(session, channel_id, page, reading.tools.clock.now())
        reading.progress("open orders", start, len(ids), start)
