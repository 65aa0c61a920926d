"""What only a person can decide: shown with what the books hold, then linked, sent again or refused (T1).

Nothing here decides by itself; a link is made only to a document that carries our reference at this moment."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import Session

from adapters.accounting.base import Books, Wanted
from documents import N_, Action, Message, Remote, say
from models import (
    BooksConnection,
    Document,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    StoredOrder,
    TaskOrder,
    db,
    end_reading,
    writing,
)
from sync import due, linking, looking, outcomes
from sync.connections import books_of
from sync.held import hold_profiles
from sync.ledger import Actor
from sync.order_numbers import shown_number
from sync.outcomes import Work
from sync.tools import Tools


class CannotLink(Exception):
    """The document may not be linked; `message` says why."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Undecided:
    """An operation that waits for a person; `number` is its order's, where it has one."""

    operation: Operation
    document: Document
    number: str

    @property
    def can_be_linked(self) -> bool:
        """Only what was to be made may have been made already."""
        return self.operation.action is Action.CREATE


@dataclass(frozen=True, slots=True)
class Candidate:
    """A document that the books hold for it; `why_not` says why it cannot be linked."""

    remote: Remote
    why_not: Message | None


def undecided(profile_ids: Collection[int], task_id: int | None = None, most: int = 20) -> list[Undecided]:
    """What waits for a person in these profiles, or in one task; the oldest first."""
    books_ids = select(Profile.books_id).where(Profile.id.in_(profile_ids))
    # + 0: from the few open operations to their documents, never through every document of a profile
    query = _undecided().where(Operation.books_id.in_(books_ids), (Document.profile_id + 0).in_(profile_ids))
    if task_id is not None:
        query = query.where(exists().where(TaskOrder.document_id == Document.id, TaskOrder.task_id == task_id))
    return _rows(query.order_by(Operation.id).limit(most))


def one(profile_id: int, operation_id: int) -> Undecided | None:
    """One of them; None where it is decided already, or another profile's."""
    found = _rows(_undecided().where(Operation.id == operation_id, Document.profile_id == profile_id))
    return found[0] if found else None


def _undecided() -> Select[Operation, Document, str]:
    return (
        select(Operation, Document, shown_number())
        .join(Document, Document.id == Operation.document_id)
        .outerjoin(ProfileOrder, ProfileOrder.id == Document.profile_order_id)
        .outerjoin(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .where(Operation.is_open.is_(True), Operation.state == OperationState.NEEDS_PERSON)
    )


def _rows(query: Select[Operation, Document, str]) -> list[Undecided]:
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    return [Undecided(operation, document, number or document.source) for operation, document, number in rows]


def candidates(waits: Undecided, tools: Tools) -> list[Candidate]:
    """What the books hold for it now. Asks the books; may raise RemoteError."""
    document, operation = waits.document, waits.operation
    books = books_of(db.session.get_one(BooksConnection, operation.books_id), tools)
    end_reading()
    found = _found(books, waits)
    gone = due.gone_by_us(operation.books_id, document.role, [document.source])
    counted = [each for each in found if looking.counts(each, gone.get((document.source, each.remote_id)))]
    return [Candidate(each, _why_not(waits, each)) for each in counted]


def _found(books: Books, waits: Undecided) -> Sequence[Remote]:
    document = waits.document
    if waits.can_be_linked:
        claimed = waits.operation.claimed
        sent_after = claimed.at - looking.SKEW if claimed else None
        wanted = Wanted(document.source, number=document.number, sent_after=sent_after)
        return books.find(document.role, [wanted])[document.source]
    read = books.read(document.role, document.remote_id) if document.remote_id else None
    return [read] if read else []


def _why_not(waits: Undecided, remote: Remote) -> Message | None:
    if not waits.can_be_linked:
        return say(N_("It is linked already."))
    if remote.is_void:
        return say(N_("It is voided in the books."))
    is_taken = _is_taken(db.session(), waits, remote)
    end_reading()
    return linking.TAKEN if is_taken else None


def _is_taken(session: Session, waits: Undecided, remote: Remote) -> bool:
    document = waits.document
    return bool(linking.taken(session, document.books_id, document.role, [remote], document.id))


def link(waits: Undecided, remote_id: str, actor: Actor, tools: Tools) -> Remote:
    """This document of the books is the one: the order is posted, or differs where the totals do."""
    chosen = next((each for each in candidates(waits, tools) if each.remote.remote_id == remote_id), None)
    if chosen is None:
        raise CannotLink(say(N_("The books do not hold this document for the order any more. Look again.")))
    if chosen.why_not is not None:
        raise CannotLink(chosen.why_not)
    with writing() as session:
        hold_profiles(session, waits.document.books_id)
        if _is_taken(session, waits, chosen.remote):
            raise CannotLink(linking.TAKEN)
        operation = session.get_one(Operation, waits.operation.id, populate_existing=True)
        document = session.get_one(Document, waits.document.id, populate_existing=True)
        work = Work.of(operation, document)
        is_open = operation.is_open and operation.state is OperationState.NEEDS_PERSON
        if not is_open or not outcomes.posted(session, work, chosen.remote, actor, (), "linked by a person"):
            raise CannotLink(say(N_("Somebody decided it meanwhile.")))
    return chosen.remote
