"""Writing the books' number into the store's order, after its document is posted (S18).

A number that cannot be written is a warning on an order that is in the books, never a failure of its posting. Writing
the same number twice does no harm, so no lease guards it; what is still to be written stands in the database."""

import logging
from collections.abc import Callable
from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.orm import Session

from adapters.errors import Refused, RemoteError
from adapters.registry import STORES
from clock import seconds
from models import (
    Document,
    Profile,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    WriteBack,
    WriteBackState,
    db,
    end_reading,
    writing,
)
from sync.connections import store_of
from sync.tools import Tools
from sync.troubles import as_trouble

log = logging.getLogger(__name__)
SETTING = "write_back_number"
AT_ONCE = 100


def ask(session: Session, document_id: int, now: datetime) -> None:
    """A sale stands in the books: have its number written, where the profile wants it and the store can take it."""
    document = session.get_one(Document, document_id, populate_existing=True)
    profile = session.get_one(Profile, document.profile_id)
    if profile.settings.get(SETTING) != "true" or not document.remote_number:
        return
    order_id, store = _order_of(session, document)
    if not STORES[store.kind].can_write_number:
        return
    row = session.get(WriteBack, document_id, populate_existing=True)
    if row is None:
        row = WriteBack(document_id=document_id, store_id=store.id, order_id=order_id, number="")
        session.add(row)
    if row.number != document.remote_number:
        row.number, row.state, row.attempts, row.not_before = document.remote_number, WriteBackState.WAITING, 0, now
    session.flush()


def _order_of(session: Session, document: Document) -> tuple[int, StoreConnection]:
    found = session.execute(
        select(StoredOrder.id, StoreConnection)
        .join(ProfileOrder, ProfileOrder.order_id == StoredOrder.id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        .where(ProfileOrder.id == document.profile_order_id)
    ).one()
    return found[0], found[1]


def due(now: datetime) -> list[int]:
    """Stores that have numbers to take now."""
    query = _due(now).with_only_columns(WriteBack.store_id).distinct()
    query = query.join(StoreConnection, StoreConnection.id == WriteBack.store_id)
    found = list(db.session.scalars(query.where(StoreConnection.is_enabled.is_(True))))
    end_reading()
    return found


def _due(now: datetime) -> Select[int, str, str]:
    """Only of documents that are still ours (a voided one's number is nobody's) and of profiles that are enabled."""
    return (
        select(WriteBack.document_id, StoredOrder.external_id, WriteBack.number)
        .join(StoredOrder, StoredOrder.id == WriteBack.order_id)
        .join(Document, Document.id == WriteBack.document_id)
        .join(Profile, Profile.id == Document.profile_id)
        .where(WriteBack.state == WriteBackState.WAITING, WriteBack.not_before <= now)
        .where(Document.is_live.is_(True), Profile.is_enabled.is_(True))
    )


def write(store_id: int, tools: Tools, must_stop: Callable[[], bool]) -> None:
    """Write what is due; when the store fails as a whole, the rest waits with it."""
    store = store_of(db.session.get_one(StoreConnection, store_id), tools)
    for document_id, order_id, number in _waiting(store_id, tools.clock.now()):
        if must_stop():
            return
        try:
            store.write_number(order_id, number)
        except Refused as error:
            _end(document_id, number, WriteBackState.FAILED, error)
        except RemoteError as error:
            log.warning("the number %s was not written: %s (%s)", number, error.message, error.cause)
            _later(store_id, document_id, error, tools)
            return
        else:
            _end(document_id, number, WriteBackState.DONE, None)


def _waiting(store_id: int, now: datetime) -> list[tuple[int, str, str]]:
    query = _due(now).where(WriteBack.store_id == store_id).order_by(WriteBack.document_id).limit(AT_ONCE)
    found = [(row[0], row[1], row[2]) for row in db.session.execute(query).all()]
    end_reading()
    return found


def _end(document_id: int, number: str, state: WriteBackState, error: RemoteError | None) -> None:
    """Only if it is still this number that was to be written."""
    told = as_trouble(error) if error else None
    with writing() as session:
        here = update(WriteBack).where(WriteBack.document_id == document_id, WriteBack.number == number)
        session.execute(here.values(state=state, problem=told))


def _later(store_id: int, document_id: int, error: RemoteError, tools: Tools) -> None:
    """The store is left alone for a while; what failed too often, or cannot succeed, is told as a warning."""
    waits = tools.timing.retry_s
    told = as_trouble(error)
    with writing() as session:
        row = session.get_one(WriteBack, document_id, populate_existing=True)
        row.attempts, row.problem = row.attempts + 1, told
        again = tools.clock.now() + seconds(waits[min(row.attempts, len(waits)) - 1])
        if row.attempts > len(waits):
            row.state = WriteBackState.FAILED
        waiting = update(WriteBack).where(WriteBack.store_id == store_id, WriteBack.state == WriteBackState.WAITING)
        session.execute(waiting.values(not_before=again))


def write_again(profile_order_id: int, now: datetime) -> None:
    """A person has the number of an order tried again that could not be written; the sweep rings for it."""
    documents = select(Document.id).where(Document.profile_order_id == profile_order_id)
    with writing() as session:
        here = update(WriteBack).where(WriteBack.document_id.in_(documents), WriteBack.state == WriteBackState.FAILED)
        again = here.values(state=WriteBackState.WAITING, attempts=0, not_before=now, problem=None)
        session.execute(again, execution_options={"synchronize_session": False})
