"""Reading such a store: its records are pulled where there is a bridge, then everything is made that is to be made."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.registry import STORES
from adapters.stores.exchange.client import Client, Page
from adapters.stores.exchange.fields import ExchangeObject, Makes
from adapters.stores.exchange.store import ExchangeStore
from documents import N_, say
from models import Run, StoreChannel, StoreConnection, Via, db, end_reading
from sync import pulling
from sync.connections import store_of
from sync.exchange import marks
from sync.exchange.assembling import AT_ONCE, assemble
from sync.exchange.keeping import Incoming, keep
from sync.exchange.marks import Mark
from sync.runs import Reading


def is_exchange(kind: str) -> bool:
    """Whether stores of this kind come in by the exchange."""
    return issubclass(STORES[kind], ExchangeStore)


def read_orders(reading: Reading, channel_id: int) -> None:
    """Pull all records of the store from where the last pull stopped, and make orders of what is new."""
    since = pulling.first_day(channel_id)
    row = db.session.get_one(StoreChannel, channel_id, populate_existing=True)
    with pulling.noted(row.store_id, reading.tools):
        begun = reading.tools.clock.now()
        store = _store(row.store, reading)
        try:
            if since is not None:
                _pull(reading, row.store_id, store, store.objects, since)
        except RemoteError:
            make_all(reading, row.store_id, store)  # what came in before, or was pushed, waits for no bridge
            raise
        make_all(reading, row.store_id, store)
    if since is not None:
        with reading.writing() as session:
            pulling.note_pull(session, channel_id, begun, since, store.client is not None)


def read_again(reading: Reading, channel_id: int) -> None:
    """Pull all records anew, from the first day on: the contract has no call for single orders. A run that was stopped
    goes on where it was."""
    if not db.session.get_one(Run, reading.run_id, populate_existing=True).step:
        with reading.writing() as session:
            session.execute(update(StoreChannel).where(StoreChannel.id == channel_id).values(position=None))
            reading.note(session, "missing", 0, None, 0)
    read_orders(reading, channel_id)


def read_items(reading: Reading, store_id: int) -> None:
    """Pull what is no order: customers, products, the set-up."""
    row = db.session.get_one(StoreConnection, store_id)
    store = _store(row, reading)
    others = [each for each in store.objects if each.makes not in (Makes.ORDER, Makes.PART)]
    _pull(reading, store_id, store, others, None)
    make_all(reading, store_id, store)


def make_all(reading: Reading, store_id: int, store: ExchangeStore) -> None:
    """Make what is to be made of kept records, step by step, so that it can be stopped between two."""
    steps = 0
    while not assemble(store_id, store, reading.writing, reading.tools.clock.now(), most=1):
        steps += 1
        reading.progress("orders", steps, None, steps * AT_ONCE)


def _store(row: StoreConnection, reading: Reading) -> ExchangeStore:
    store = store_of(row, reading.tools)
    assert isinstance(store, ExchangeStore)
    return store


def _pull(
    reading: Reading, store_id: int, store: ExchangeStore, objects: Iterable[ExchangeObject], since: date | None
) -> None:
    client, rows = store.client, 0
    for what in objects if client else ():
        if client:
            rows = _pull_object(reading, store_id, store, client, what, since if what.since_first_day else None, rows)


def _pull_object(
    reading: Reading,
    store_id: int,
    store: ExchangeStore,
    client: Client,
    what: ExchangeObject,
    since: date | None,
    rows: int,
) -> int:
    """Page by page, each kept with the place of the next; returns how many rows were read in all."""
    mark = _kept_mark(store_id, what).begun(since)
    while True:
        mark, page = _asked(client, what, mark)
        if page.next_cursor is not None and page.next_cursor == mark.cursor:
            sentence = N_("{system}'s list does not end: it gives the same page again.")
            raise OutcomeUnknown(say(sentence, system=store.label), cause=what.name)
        now = reading.tools.clock.now()
        mark = mark.after(page.items, page.next_cursor, now)
        with reading.writing() as session:
            keep(session, Incoming(store_id, Via.PULL, now), store.objects, what, page.items)
            _keep_mark(session, store_id, what, mark)
        rows += len(page.items)
        reading.progress(what.name, rows, None, rows)
        if page.next_cursor is None:
            return rows


def _asked(client: Client, what: ExchangeObject, mark: Mark) -> tuple[Mark, Page]:
    """A page; where the bridge refuses a place that was kept, it is asked anew from what was seen last."""
    try:
        return mark, client.page(what.name, mark.asked, mark.cursor)
    except Refused:
        if mark.cursor is None:
            raise
        mark = mark.without_cursor()
        return mark, client.page(what.name, mark.asked, None)


def _kept_mark(store_id: int, what: ExchangeObject) -> Mark:
    position = db.session.scalar(select(StoreChannel.position).filter_by(store_id=store_id).order_by(StoreChannel.id))
    end_reading()
    return marks.read(position).get(what.name, Mark())


def _keep_mark(session: Session, store_id: int, what: ExchangeObject, mark: Mark) -> None:
    """Beside those of the other objects, which another run may have moved on."""
    query = select(StoreChannel.id, StoreChannel.position).filter_by(store_id=store_id).order_by(StoreChannel.id)
    found = session.execute(query).first()
    if found is not None:
        position = marks.written({**marks.read(found.position), what.name: mark})
        session.execute(update(StoreChannel).where(StoreChannel.id == found.id).values(position=position))
