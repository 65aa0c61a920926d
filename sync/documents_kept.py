"""Documents of ours and their open operations: found, numbered by generation, written anew after a change (L9)."""

import uuid

from sqlalchemy import func, select, update
from sqlalchemy.orm import Session

from documents import Role
from models import Document, Operation, OperationState
from sync import ledger
from sync.ledger import Actor


def live(session: Session, books_id: int, role: Role, source: str) -> Document | None:
    """The living document of a source."""
    query = select(Document).where(
        Document.books_id == books_id, Document.role == role, Document.source == source, Document.is_live.is_(True)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def open_operation_of(session: Session, document_id: int) -> Operation | None:
    """The operation of a document that has not come to its end."""
    query = select(Operation).where(Operation.document_id == document_id, Operation.is_open.is_(True))
    return session.scalar(query.execution_options(populate_existing=True))


def next_generation(session: Session, books_id: int, role: Role, source: str) -> int:
    """One more than any that ever was."""
    query = select(func.max(Document.generation)).where(
        Document.books_id == books_id, Document.role == role, Document.source == source
    )
    return (session.scalar(query) or 0) + 1


def rewrite(session: Session, operation: Operation, content: str, actor: Actor, after: int | None) -> bool:
    """What surely does not stand in the books is written anew, under a new key; False when it went on meanwhile."""
    if content == operation.content and after == operation.after_document_id:
        return True
    here = update(Operation).where(Operation.id == operation.id, Operation.state == OperationState.READY)
    new = {"content": content, "after_document_id": after, "key": str(uuid.uuid4())}
    done = session.execute(here.values(payload=None, payload_sha256=None, **new))
    if done.rowcount != 1:  # type: ignore[attr-defined]
        return False
    note = {"why": "changed by a person"}
    ledger.record(session, operation.id, operation.document_id, operation.state, operation.state, actor, note)
    return True


def reopen(
    session: Session, operation: Operation, content: str | None, actor: Actor, after_document_id: int | None = None
) -> None:
    """A person changed what was refused: new bytes, new key, same document (L9)."""
    ledger.move(
        session,
        operation.id,
        operation.document_id,
        (operation.state, OperationState.READY),
        actor,
        {"why": "changed by a person"},
        after_document_id=after_document_id,
        content=content,
        payload=None,
        payload_sha256=None,
        key=str(uuid.uuid4()),
        problem=None,
        not_before=actor.at,
    )
