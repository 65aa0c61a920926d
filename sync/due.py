"""What a drain has to do, read in one go and held in memory; no transaction stays open."""

from collections.abc import Sequence
from datetime import datetime
from functools import cache

from sqlalchemy import ColumnElement, Select, and_, or_, select
from sqlalchemy.orm import Session, aliased

from adapters.registry import BOOKS
from clock import seconds
from documents import Action, Role
from models import (
    BooksConnection,
    ConnectionStatus,
    Document,
    DocumentState,
    Operation,
    OperationState,
    Profile,
    db,
    end_reading,
)
from sync.outcomes import Work
from sync.tools import Tools

STANDS = (DocumentState.POSTED, DocumentState.DIFFERS)


def _works(query: Select[Operation, Document], session: Session) -> list[Work]:
    return [Work.of(operation, document) for operation, document in session.execute(query).all()]


def _open(books_id: int, state: OperationState) -> Select[Operation, Document]:
    return (
        select(Operation, Document)
        .join(Document, Document.id == Operation.document_id)
        .where(Operation.books_id == books_id, Operation.is_open.is_(True), Operation.state == state)
    )


def _ready(books_id: int, now: datetime) -> Select[Operation, Document]:
    """Due, and behind nothing that does not stand in the books yet (L8), or is being changed there."""
    first, theirs = aliased(Document), aliased(Operation)
    is_changing = select(theirs.id).where(theirs.document_id == first.id, theirs.is_open.is_(True)).exists()
    return (
        _open(books_id, OperationState.READY)
        .outerjoin(first, first.id == Operation.after_document_id)
        .where(Operation.not_before <= now, or_(first.id.is_(None), and_(first.state.in_(STANDS), ~is_changing)))
        .where(_is_wanted(), ~_is_paid_void())
    )


@cache
def _is_paid_void() -> ColumnElement[bool]:
    """The void of a sale whose payments still stand in the books: they go first."""
    payment = aliased(Document)
    stands = select(payment.id).where(
        payment.books_id == Document.books_id,
        payment.profile_order_id == Document.profile_order_id,
        payment.role == Role.PAYMENT,
        payment.is_live.is_(True),
        payment.state.in_(STANDS),
    )
    return and_(Document.role == Role.SALE, Operation.action == Action.VOID, stands.exists())


def _unknown(books_id: int, now: datetime) -> Select[Operation, Document]:
    """To be looked up now."""
    return _open(books_id, OperationState.UNKNOWN).where(Operation.not_before <= now, _is_wanted())


@cache
def _is_wanted() -> ColumnElement[bool]:
    """Of a profile that is enabled (P10), or what a document of such a profile waits for."""
    behind, theirs = aliased(Operation), aliased(Document)
    waiting = (
        select(behind.id)
        .join(theirs, theirs.id == behind.document_id)
        .join(Profile, Profile.id == theirs.profile_id)
        .where(behind.after_document_id == Document.id, behind.is_open.is_(True), Profile.is_enabled.is_(True))
    )
    own = select(Profile.id).where(Profile.id == Document.profile_id, Profile.is_enabled.is_(True))
    return or_(own.exists(), and_(Document.role.in_((Role.CUSTOMER, Role.PRODUCT)), waiting.exists()))


def ready(books_id: int, now: datetime, most: int) -> list[Work]:
    """What may be sent now, the oldest first."""
    found = _works(_ready(books_id, now).order_by(Operation.id).limit(most), db.session())
    end_reading()
    return found


def unknown(books_id: int, now: datetime, most: int) -> list[Work]:
    """What is to be looked up now."""
    query = _unknown(books_id, now)
    found = _works(query.order_by(Operation.not_before).limit(most), db.session())
    end_reading()
    return found


def abandoned(books_id: int, token: str) -> list[Work]:
    """Claims of owners before us."""
    found = _works(_open(books_id, OperationState.SENDING).where(Operation.lease_token != token), db.session())
    end_reading()
    return found


def is_due(books_id: int, now: datetime) -> bool:
    """True when a drain would find something to do at once."""
    session = db.session()
    row = session.get_one(BooksConnection, books_id, populate_existing=True)
    try:
        return may_be_asked(row, now) and any(
            session.scalar(query.with_only_columns(Operation.id).limit(1)) is not None
            for query in (
                _ready(books_id, now),
                _unknown(books_id, now),
            )
        )
    finally:
        end_reading()


def is_abandoned(books_id: int) -> bool:
    """True when a claim of some drain was never settled."""
    found = db.session.scalar(_open(books_id, OperationState.SENDING).with_only_columns(Operation.id).limit(1))
    end_reading()
    return found is not None


def is_unwatched(books_id: int, tools: Tools) -> bool:
    """True when books that tell their changes were not asked for them for long."""
    row = db.session.get_one(BooksConnection, books_id, populate_existing=True)
    end_reading()
    now = tools.clock.now()
    is_old = row.changes_until is None or row.changes_until <= now - seconds(tools.timing.pull_s)
    return BOOKS[row.kind].tells_changes and (is_old or is_looking(row)) and may_be_asked(row, now)


def is_looking(books: BooksConnection) -> bool:
    """True while a page waits for what changed in the books."""
    asked, looked = books.look_asked_at, books.looked_at
    return asked is not None and (looked is None or looked < asked)


def may_be_asked(books: BooksConnection, now: datetime) -> bool:
    """Enabled, not left alone for a while, and its key not refused: then a check, or a new key, opens it again (P5)."""
    is_open = books.is_enabled and books.status is not ConnectionStatus.INACTIVE
    return is_open and (books.not_before is None or books.not_before <= now)


def gone_by_us(books_id: int, role: Role, sources: Sequence[str]) -> dict[tuple[str, str], DocumentState]:
    """By reference and remote id: documents that we voided, or were told to forget."""
    query = select(Document.source, Document.remote_id, Document.state).where(
        Document.books_id == books_id,
        Document.role == role,
        Document.source.in_(sources),
        Document.state.in_((DocumentState.VOIDED, DocumentState.FORGOTTEN)),
    )
    found = {(source, remote_id or ""): state for source, remote_id, state in db.session.execute(query).all()}
    end_reading()
    return found
