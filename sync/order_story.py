"""What was sent for one order, what the books answered, and everything that happened between, in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import select

from documents import N_, Content, CreditNote, Invoice, Message, Receipt, say
from models import AuditRow, Document, Operation, OperationState, ProfileOrder, StoredOrder, WriteBack, db
from sync.order_numbers import shown_number
from sync.outcomes import read_content
from sync.proof_figures import amount_text

MOST_EVENTS = 200
READY, SENDING, POSTED = OperationState.READY, OperationState.SENDING, OperationState.POSTED
REJECTED, UNKNOWN, NEEDS_PERSON = OperationState.REJECTED, OperationState.UNKNOWN, OperationState.NEEDS_PERSON


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, who did it, and when."""

    at: datetime
    actor: str
    message: Message
    is_alarm: bool


@dataclass(frozen=True, slots=True)
class Chapter:
    """One document of an order: what it is, as it was sent last (a sale or a payment), what happened to it, and its
    number on the way back into the store's order, where that is wanted."""

    document: Document
    invoice: Invoice | None
    receipt: Receipt | None
    operation: Operation | None
    events: Sequence[Event]
    write_back: WriteBack | None


def order_of(profile_id: int, profile_order_id: int) -> tuple[ProfileOrder, StoredOrder, str] | None:
    """An order of this profile, and its number."""
    query = select(ProfileOrder, StoredOrder, shown_number()).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
    query = query.where(ProfileOrder.id == profile_order_id, ProfileOrder.profile_id == profile_id)
    row = db.session.execute(query.execution_options(populate_existing=True)).first()
    return (row[0], row[1], row[2]) if row else None


def chapters(profile_order_id: int) -> list[Chapter]:
    """Its documents: the sales, then what belongs to them; the newest first."""
    mine = Document.profile_order_id == profile_order_id
    found = db.session.scalars(select(Document).where(mine).order_by(Document.id.desc()).limit(20))
    documents = sorted(found, key=lambda each: not each.is_main)
    ids = [document.id for document in documents]
    operations = {each.document_id: each for each in _operations(ids)}
    events, numbers = _events(ids), _write_backs(ids)
    return [
        Chapter(
            each,
            *_contents(each),
            operations.get(each.id),
            events.get(each.id, []),
            numbers.get(each.id),
        )
        for each in documents
    ]


def _operations(document_ids: Sequence[int]) -> Sequence[Operation]:
    query = select(Operation).where(Operation.document_id.in_(document_ids)).order_by(Operation.id)
    return db.session.scalars(query.execution_options(populate_existing=True)).all()


def _write_backs(document_ids: Sequence[int]) -> dict[int, WriteBack]:
    query = select(WriteBack).where(WriteBack.document_id.in_(document_ids))
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.document_id: row for row in rows}


def _contents(document: Document) -> tuple[Invoice | None, Receipt | None]:
    content: Content | None = read_content(document.role, document.content) if document.content else None
    if isinstance(content, CreditNote):
        return content.document, None
    if isinstance(content, Invoice):
        return content, None
    return None, content if isinstance(content, Receipt) else None


def _events(document_ids: Sequence[int]) -> dict[int, list[Event]]:
    query = select(AuditRow).where(AuditRow.document_id.in_(document_ids)).order_by(AuditRow.id.desc())
    found: dict[int, list[Event]] = {}
    for row in db.session.scalars(query.limit(MOST_EVENTS)):
        event = Event(row.at, row.actor, in_words(row), row.is_alarm)
        found.setdefault(row.document_id or 0, []).append(event)
    return found


# --- in words ---------------------------------------------------------------------------------------------------


STEPS = {
    (None, READY): N_("Written down, to be sent."),
    (READY, SENDING): N_("Being sent."),
    (SENDING, READY): N_("The books surely made nothing of it; it is sent again. {why}"),
    (SENDING, REJECTED): N_("The books refused it: {why}"),
    (SENDING, UNKNOWN): N_("The answer was lost, so it is looked up in the books. {why}"),
    (UNKNOWN, READY): N_("Looked up: the books do not have it, so it is sent again."),
    (UNKNOWN, NEEDS_PERSON): N_("Looked up, and a person must decide: {why}"),
    (REJECTED, READY): N_("Changed by a person, to be sent again."),
    (NEEDS_PERSON, READY): N_("Sent again, as a person decided."),
    (NEEDS_PERSON, REJECTED): N_("Given up, as a person decided."),
}
HOWS = {
    "answered": N_("In the books as {number}, total {total}."),
    "looked up": N_("Found in the books as {number}, total {total}."),
    "linked": N_("Recognised in the books as {number}, total {total}: it had only been forgotten here."),
    "linked by a person": N_("Linked by a person to {number} in the books, total {total}."),
}
WHYS = {
    "given up by a person": N_("Given up by a person, before anything stood in the books."),
    "changed by a person": N_("Changed by a person."),
    "linked by its number": N_("The books hold its number already: it is linked to that document, which is updated."),
    "forgotten by a person": N_("Forgotten here by a person; the books keep it."),
}


def in_words(row: AuditRow) -> Message:
    """One audit row as a sentence."""
    note: dict[str, Any] = row.note
    if row.is_alarm:
        late = N_("An answer came when the right to send had gone over to another process: {answer}")
        return say(late, answer=note.get("answer", ""))
    if row.became == POSTED:
        template = HOWS.get(str(note.get("how")), HOWS["answered"])
        return say(template, number=note.get("number") or "–", total=_total(note))
    if row.was != row.became:
        return say(STEPS[_edge(row)], why=_why(note))
    return say(WHYS[str(note["why"])]) if note.get("why") in WHYS else say(N_("{what}"), what=_why(note) or "–")


def _total(note: dict[str, Any]) -> str:
    """With two decimals at least; customers have none."""
    text = str(note.get("total") or "None")
    return "–" if text == "None" else amount_text(Decimal(text))


def _edge(row: AuditRow) -> tuple[OperationState | None, OperationState]:
    was = OperationState(row.was) if row.was else None
    return was, OperationState(row.became or "")


def _why(note: dict[str, Any]) -> str:
    if note.get("message"):
        return str(msgspec.convert(note["message"], Message))
    return str(note.get("why") or "")
