"""Reading a store: its channels, its catalogue and its orders, page by page; a page that is kept is never lost."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple

import msgspec
from sqlalchemy import case, func, insert, select, update
from sqlalchemy.orm import Session

from adapters.errors import RemoteError
from adapters.registry import asked
from adapters.stores.base import ItemPage, OrderPage, PulledOrder, Store, UnreadableOrder
from documents import N_, ZERO, Channel, Order, StoreCustomer, StoreItem, say
from models import (
    Profile,
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    StoredCustomer,
    StoredItem,
    StoredOrder,
    db,
    end_reading,
    writing,
)
from sync import hooks, missing, offers, search, store_words
from sync.connections import note_store, store_of
from sync.drafting.books import folded
from sync.runs import Reading
from sync.tools import Tools
from sync.yellow import notice_change


class Kept(NamedTuple):
    """How many of some orders were not here before, and how many say something else now."""

    new: int
    changed: int


CLOSED = frozenset({"completed", "cancelled", "refunded", "returned", "failed"})
ASK_AGAIN = 100
NEVER_READ = N_("The store has it no more, and it could never be read: there is nothing to send.")
NO_MONEY = N_("Its total {total} is larger than any order's, or has more than four decimals. Correct it in the store.")
LARGEST, SMALLEST = Decimal("1e14"), Decimal("0.0001")
"""What the total of an order is below, and a multiple of."""
CODED = "customers"
"""Customers that have a code of their store are found under this in `search`, those of all stores together."""
LONGEST_ID = 100
LONGEST_STATUS = 40
"""Of a status that a store made up, in our lists; the order itself keeps it whole."""


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


def keep_items(session: Session, store_id: int, page: ItemPage, now: datetime) -> None:
    items = [_fitting(item) for item in page.items if len(item.item_id) <= LONGEST_ID]
    ids = [item.item_id for item in items]
    query = select(StoredItem).where(StoredItem.store_id == store_id, StoredItem.external_id.in_(ids))
    known = {row.external_id: row for row in session.scalars(query)}
    renamed: list[StoredItem] = []
    for item in items:
        row = known.setdefault(item.item_id, StoredItem(store_id=store_id, external_id=item.item_id))
        if (row.sku, row.name) != (item.sku, item.name):
            renamed.append(row)
        row.sku, row.name, row.price, row.seen_at = item.sku, item.name, item.price, now
        session.add(row)
    session.flush()
    search.index(session, f"store:{store_id}", {row.id: f"{row.sku or ''} {row.name}" for row in renamed})
    offers.offer_items(session, [row.id for row in known.values()], store_id)


def _fitting(item: StoreItem) -> StoreItem:
    """As long as its columns: a name is cut, a longer SKU can be matched with nothing."""
    sku = item.sku if item.sku and len(item.sku) <= LONGEST_ID else None
    return replace(item, name=item.name[:500], sku=sku)


def keep_customers(session: Session, store_id: int, customers: Sequence[StoreCustomer], now: datetime) -> None:
    """Store what a store's own list says of its customers."""
    ids = [customer.customer_id for customer in customers]
    query = select(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.external_id.in_(ids))
    known = {row.external_id: row for row in session.scalars(query)}
    renamed: list[StoredCustomer] = []
    for customer in customers:
        row = known.setdefault(
            customer.customer_id, StoredCustomer(store_id=store_id, external_id=customer.customer_id)
        )
        before = _words(row)
        _tell_customer(row, customer, now)
        renamed += [row] if row.code and _words(row) != before else []
        session.add(row)
    session.flush()
    search.index(session, CODED, {row.id: " ".join(_words(row)) for row in renamed})
    _give_up_codes(session, store_id, customers)
    store_words.note_customers(session, store_id, customers)


def _tell_customer(row: StoredCustomer, customer: StoreCustomer, now: datetime) -> None:
    _note_code(row, customer.code)
    row.parent_id, row.is_gone, row.seen_at = customer.parent, False, now
    row.name, row.email, row.company = customer.name[:500], customer.email[:254], customer.company[:500]
    row.document = msgspec.json.encode(customer).decode()


def _words(row: StoredCustomer) -> list[str]:
    return [each for each in (row.code, row.name, row.company) if each]


def _note_code(row: StoredCustomer, code: str | None) -> None:
    """Another code of the same customer: the one that the books' customer is still named by is kept (SEN8)."""
    first = row.was_code or row.code
    is_other = bool(first and code) and folded(first or "") != folded(code or "")
    row.code, row.was_code = code, first if is_other else None


def _give_up_codes(session: Session, store_id: int, customers: Sequence[StoreCustomer]) -> None:
    """A code names one customer: whoever had it, as one whose id was not told yet, is there no more."""
    codes, ids = [each.code for each in customers if each.code], [each.customer_id for each in customers]
    others = update(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.code.in_(codes))
    if codes:
        session.execute(others.where(StoredCustomer.external_id.not_in(ids)).values(is_gone=True))


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
        _ask_again(reading, store, channel, channel_id, begun, since)
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
        keep_page(session, channel_id, page, reading.tools.clock.now())
        here = update(StoreChannel).where(StoreChannel.id == channel_id)
        is_known = case((StoreChannel.pulled_since <= since, StoreChannel.pulled_before))
        session.execute(here.values(position=page.position, pulled_since=since, pulled_before=is_known))
    return len(page.orders) + len(page.unreadable)


def _ask_again(reading: Reading, store: Store, channel: Channel, channel_id: int, begun: datetime, since: date) -> None:
    """Open orders that this pull has not seen: their cancellation or refund must not be missed."""
    query = select(StoredOrder.external_id).where(
        StoredOrder.channel_id == channel_id, StoredOrder.is_open.is_(True), StoredOrder.pulled_at < begun
    )
    ids = list(db.session.scalars(query.order_by(StoredOrder.ordered_at)))
    end_reading()
    _read_again(reading, store, channel, channel_id, ids)


def _follow_hints(reading: Reading, store: Store, channel: Channel, row: StoreChannel, begun: datetime) -> None:
    """Read the orders that messages of the store named; those that name none are done by the pull that came before.

    A store that sends messages has one channel. Done is what was read: a process that dies reads it again."""
    while store.hooks is not None and (hints := hooks.waiting(row.store_id, begun)):
        named = dict.fromkeys(order_id for hint in hints for order_id in hint.order_ids)
        _read_again(reading, store, channel, row.id, list(named))
        with reading.writing() as session:
            hooks.done(session, hints, reading.tools.clock.now())


def _read_again(reading: Reading, store: Store, channel: Channel, channel_id: int, ids: Sequence[str]) -> None:
    for start in range(0, len(ids), ASK_AGAIN):
        page = store.orders_by_id(channel, ids[start : start + ASK_AGAIN])
        with reading.writing() as session:
            keep_page(session, channel_id, page, reading.tools.clock.now())
        reading.progress("open orders", start, len(ids), start)


def keep_page(session: Session, channel_id: int, page: OrderPage, now: datetime) -> None:
    """Store what one answer of the store told; orders that it has no more count as cancelled."""
    keep_orders(session, channel_id, page.orders, page.unreadable, now)
    keep_gone(session, channel_id, [*page.gone, *_gone_of_unseen(session, channel_id, page)], now)


def _gone_of_unseen(session: Session, channel_id: int, page: OrderPage) -> list[str]:
    """Those that the store would show if it had them: read before, and young enough. The others stay as they were read,
    and what was never read becomes no order."""
    if page.seen_from is None or not page.unseen:
        return []
    read = [row for row in _known(session, channel_id, page.unseen).values() if row.document is not None]
    return [row.external_id for row in read if row.ordered_at and row.ordered_at >= page.seen_from]


def keep_gone(session: Session, channel_id: int, ids: Sequence[str], now: datetime) -> None:
    """Orders that their store has no more count as cancelled, also those that were never readable."""
    for row in _known(session, channel_id, ids).values():
        row.is_open = False
        if row.status == "cancelled":
            continue
        row.status, row.pulled_at = "cancelled", now
        row.raw_sha256 = ""  # should it come back in the very same words, that is a change
        if row.document is None:
            row.trouble = msgspec.json.encode(say(NEVER_READ)).decode()
        else:
            _cancel(session, row, row.document)
        offers.list_again(session, row)


def _cancel(session: Session, row: StoredOrder, document: str) -> None:
    before = msgspec.json.decode(document, type=Order)
    gone = replace(before, status="cancelled")
    row.document, row.trouble = msgspec.json.encode(gone).decode(), None
    notice_change(session, row.id, before, gone)


def keep_orders(
    session: Session,
    channel_id: int,
    orders: Sequence[PulledOrder],
    unreadable: Sequence[UnreadableOrder],
    now: datetime,
) -> Kept:
    """Store what was read: new ones are offered to the profiles, changed ones may turn yellow, the rest is left."""
    unreadable = [*unreadable, *(_too_large(each) for each in orders if not _fits(each.order))]
    orders = [each for each in orders if _fits(each.order)]
    known = _known(
        session, channel_id, [each.order.order_id for each in orders] + [each.order_id for each in unreadable]
    )
    new: dict[str, PulledOrder] = {}
    changed = 0
    for each in orders:
        row = known.get(each.order.order_id)
        if row is None:
            new[each.order.order_id] = each
            continue
        digest = _digest(each.raw)
        is_changed = row.raw_sha256 != digest or row.trouble is not None
        row.pulled_at = now
        if is_changed:
            before = msgspec.json.decode(row.document, type=Order) if row.document else None
            for name, value in _written(each, digest, row.ordered_at or now).items():
                setattr(row, name, value)
            changed += before != each.order
            notice_change(session, row.id, before, each.order)
            offers.list_again(session, row)
    made = _insert(session, channel_id, new, now)
    known.update(_known(session, channel_id, [bad.order_id for bad in unreadable if bad.order_id in new]))
    unread = [known[bad.order_id] for bad in unreadable if _note_unreadable(session, known, channel_id, bad, now)]
    session.flush()
    missing.forget(session, channel_id, [*new, *(row.external_id for row in unread)])
    store_words.note(session, channel_id, [each.order for each in orders])
    offers.offer_orders(session, [*made, *(row.id for row in unread)])
    return Kept(len(made), changed)


def _fits(order: Order) -> bool:
    """Whether its total can be kept: one that cannot keeps no other order of its page away."""
    return order.total.is_finite() and abs(order.total) < LARGEST and not order.total % SMALLEST


def _too_large(pulled: PulledOrder) -> UnreadableOrder:
    return UnreadableOrder(pulled.order.order_id, pulled.raw, say(NO_MONEY, total=f"{pulled.order.total}"[:LONGEST_ID]))


def _insert(session: Session, channel_id: int, new: Mapping[str, PulledOrder], now: datetime) -> list[int]:
    """Orders that were not here before; their ids. In bulk: a file may bring a hundred thousand."""
    if not new:
        return []
    key = {"channel_id": channel_id, "pulled_at": now}
    rows = [{**key, "external_id": own, **_written(each, _digest(each.raw), now)} for own, each in new.items()]
    session.execute(insert(StoredOrder.__table__), rows)  # type: ignore[arg-type]
    query = select(StoredOrder.id).where(StoredOrder.channel_id == channel_id, StoredOrder.external_id.in_(list(new)))
    return list(session.scalars(query.order_by(StoredOrder.id)))


def _known(session: Session, channel_id: int, ids: Iterable[str]) -> dict[str, StoredOrder]:
    query = select(StoredOrder).where(StoredOrder.channel_id == channel_id, StoredOrder.external_id.in_(list(ids)))
    return {row.external_id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def _new(session: Session, channel_id: int, external_id: str) -> StoredOrder:
    row = StoredOrder(channel_id=channel_id, external_id=external_id)
    session.add(row)
    return row


def _written(pulled: PulledOrder, digest: str, otherwise: datetime) -> dict[str, object]:
    """The columns of an order as it is told; `otherwise` it was made, where its date is not told."""
    order = pulled.order
    return {
        "number": order.number,
        "status": order.status[:LONGEST_STATUS],
        "payment_status": order.payment_status[:LONGEST_STATUS],
        "currency": order.currency,
        "total": -order.total if order.is_credit_note else order.total,
        "ordered_at": order.dates.ordered or otherwise,
        "is_open": order.status not in CLOSED,
        "document": msgspec.json.encode(order).decode(),
        "trouble": None,
        "raw": pulled.raw,
        "raw_sha256": digest,
    }


def _note_unreadable(
    session: Session, known: dict[str, StoredOrder], channel_id: int, bad: UnreadableOrder, now: datetime
) -> bool:
    """Keep the store's words and the reason; an order that was readable before keeps its last readable words. Whether
    it is new."""
    row = known.get(bad.order_id)
    is_new = row is None
    if row is None:
        row = known[bad.order_id] = _new(session, channel_id, bad.order_id)
        row.number, row.payment_status, row.currency = bad.order_id, "", ""
        row.total, row.ordered_at, row.is_open = ZERO, now, True
    if row.document is None:
        row.status, row.raw, row.raw_sha256 = "unreadable", bad.raw, _digest(bad.raw)
    row.trouble, row.pulled_at = msgspec.json.encode(bad.message).decode(), now
    return is_new


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
