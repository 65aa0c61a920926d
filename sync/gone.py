"""A payment of ours that somebody deleted in the books: it is made anew (E6b); inside `writing()`."""

from sqlalchemy.orm import Session

from documents import Action
from models import Document, DocumentState
from sync import ledger
from sync.documents_kept import next_generation, open_operation_of
from sync.ledger import Actor
from sync.outcomes import Work

DELETED = "deleted in the books"


def made_anew(session: Session, work: Work, actor: Actor) -> None:
    """What was to change it makes a new one instead; what was to void it has nothing left to do."""
    operation = open_operation_of(session, work.document_id)
    if operation is None or not ledger.give_up(session, operation, actor, DELETED):
        return
    old = session.get_one(Document, work.document_id, populate_existing=True)
    old.is_live, old.state = False, DocumentState.VOIDED
    session.flush()
    if work.action is Action.VOID:
        return
    new = Document(
        books_id=old.books_id,
        profile_id=old.profile_id,
        profile_order_id=old.profile_order_id,
        role=old.role,
        source=old.source,
        generation=next_generation(session, old.books_id, old.role, old.source),
        content=old.content,
        day=old.day,
        since=old.since,
        currency=old.currency,
        expected=old.expected,
    )
    session.add(new)
    session.flush()
    ledger.open_operation(session, new.id, new.books_id, Action.CREATE, old.content, actor, operation.after_document_id)
