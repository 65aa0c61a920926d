"""What people did in the books to documents and customers of ours turns their orders yellow, with the reason (I8);
inside `writing()`."""

from collections.abc import Collection, Iterator, Sequence

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.accounting.base import Changes
from documents import N_, Message, ReferenceKind, Remote, Role, say
from models import BooksRow, Document, DocumentState, Operation, ProfileOrder, Tick
from sync import ledger
from sync.due import STANDS
from sync.ledger import Actor
from sync.outcomes import read_remote
from sync.yellow import ABOUT_BOOKS, is_by_books, tick_after_posting

VOIDED = N_("{number} was voided in the books: Sync writes it again.")
DELETED = N_("{number} was deleted in the books: Sync makes it anew.")
INACTIVE = N_("The customer {customer} was made inactive in the books: Sync makes it active again.")
AT_ONCE = 500


def note(session: Session, books_id: int, changes: Changes, actor: Actor) -> None:
    """Write down all that changed; what we did ourselves changes nothing."""
    remotes = {(role, remote.remote_id): remote for role, remote in changes.documents}
    for document in _documents(session, books_id, [*remotes, *changes.deleted]):
        key = (document.role, document.remote_id or "")
        if key in changes.deleted:
            _gone(session, document, actor)
        else:
            _changed(session, document, remotes[key], actor)
    for code, is_active in changes.customers.items():
        _customer(session, books_id, code, is_active)


def note_read(session: Session, books_id: int, read: Sequence[tuple[Role, Remote]], actor: Actor) -> None:
    """Documents that were read back: what was voided in books that tell no changes shows now."""
    note(session, books_id, Changes(actor.at, list(read)), actor)


def _documents(session: Session, books_id: int, keys: Collection[tuple[Role, str]]) -> list[Document]:
    """Those of ours that stand in the books as far as we know, and that nothing of ours is on its way to."""
    ids = [remote_id for _, remote_id in keys]
    busy = select(Operation.id).where(Operation.document_id == Document.id, Operation.is_open.is_(True))
    query = select(Document).where(
        Document.books_id == books_id,
        Document.remote_id.in_(ids),
        Document.is_live.is_(True),
        Document.state.in_(STANDS),
        ~busy.exists(),
    )
    return [each for each in session.scalars(query) if (each.role, each.remote_id) in keys]


def _changed(session: Session, document: Document, remote: Remote, actor: Actor) -> None:
    """Voided by a person, or brought back by one."""
    was = read_remote(document.remote)
    if was is None or was.is_void == remote.is_void:
        return
    document.remote = msgspec.to_builtins(remote, str_keys=True)
    why = "voided in the books" if remote.is_void else "brought back in the books"
    ledger.record(session, None, document.id, None, None, actor, {"why": why})
    if remote.is_void:
        _turn_yellow(session, document, say(VOIDED, number=document.remote_number or document.source))
    else:
        _turn_green(session, document)


def _gone(session: Session, document: Document, actor: Actor) -> None:
    """It stands there no more: the next Sync makes a new generation."""
    document.is_live, document.state = False, DocumentState.VOIDED
    ledger.record(session, None, document.id, None, None, actor, {"why": "deleted in the books"})
    _turn_yellow(session, document, say(DELETED, number=document.remote_number or document.source))


def _turn_yellow(session: Session, document: Document, message: Message) -> None:
    if not document.is_main or document.profile_order_id is None:
        return
    here = update(ProfileOrder).where(
        ProfileOrder.id == document.profile_order_id, ProfileOrder.tick.in_((Tick.GREEN, Tick.YELLOW))
    )
    session.execute(here.values(tick=Tick.YELLOW, reasons=[_reason(message)]))


def _turn_green(session: Session, document: Document) -> None:
    """Where nothing else made it yellow: the order may have changed meanwhile, or its document be void."""
    row = session.get(ProfileOrder, document.profile_order_id, populate_existing=True)
    was = read_remote(document.remote)
    is_void = was is not None and was.is_void
    if document.is_main and row and row.tick is Tick.YELLOW and is_by_books(row.reasons) and not is_void:
        tick_after_posting(session, row.id, document.id)


def _reason(message: Message) -> dict[str, object]:
    return {"about": ABOUT_BOOKS, "mend": "orders", "message": ledger.as_json(message), "subject": ""}


# --- customers ----------------------------------------------------------------------------------------------------


def _customer(session: Session, books_id: int, code: str, is_active: bool) -> None:
    """A customer was made inactive, or active again: its documents' orders show it."""
    row = session.scalar(
        select(BooksRow).where(
            BooksRow.books_id == books_id, BooksRow.kind == ReferenceKind.CUSTOMER, BooksRow.code == code
        )
    )
    if row is None or row.is_active == is_active:
        return
    row.is_active = is_active
    message = say(INACTIVE, customer=row.name)
    for documents in _sales_of(session, books_id, code, Tick.YELLOW if is_active else Tick.GREEN):
        for document in documents:
            if is_active:
                _turn_green(session, document)
            else:
                _turn_yellow(session, document, message)
        session.flush()


def _sales_of(session: Session, books_id: int, code: str, tick: Tick) -> Iterator[Sequence[Document]]:
    """The documents that name this customer, of orders with this tick, some at a time, each once."""
    after = 0
    while True:
        query = (
            select(Document)
            .join(ProfileOrder, Document.profile_order_id == ProfileOrder.id)
            .where(Document.books_id == books_id, Document.customer == code, Document.is_live.is_(True))
            .where(Document.is_main.is_(True), ProfileOrder.tick == tick, Document.id > after)
            .order_by(Document.id)
        )
        found = session.scalars(query.limit(AT_ONCE)).all()
        if not found:
            return
        after = found[-1].id
        yield found
