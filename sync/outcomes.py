"""What the end of an operation means for its document, its order's tick and its task; inside `writing()`."""

import uuid
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import Integer, Table, Update, bindparam, select, update
from sqlalchemy.orm import Session

from clock import Stamp
from documents import (
    Action,
    Content,
    CreditNote,
    Invoice,
    Message,
    NewCustomer,
    NewProduct,
    Receipt,
    ReferenceKind,
    Remote,
    Role,
)
from models import (
    BooksRow,
    Document,
    DocumentState,
    ItemMatch,
    Operation,
    OperationState,
    ProfileOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
)
from sync import ledger, payments, write_back
from sync.drafting import AfterPosting, after_posting
from sync.drafting.rules import folded
from sync.ledger import NEEDS_PERSON, POSTED, READY, REJECTED, SENDING, UNKNOWN, Actor, Fence
from sync.yellow import tick_after_posting


@dataclass(frozen=True, slots=True)
class Work:
    """An operation as a drain holds it in memory, apart from any transaction."""

    id: int
    document_id: int
    profile_order_id: int | None
    action: Action
    role: Role
    is_main: bool
    source: str
    state: OperationState
    key: str
    payload: bytes | None
    content: Content | None
    remote: Remote | None
    expected: Decimal | None
    currency: str | None
    day: date | None
    since: date | None
    generation: int
    number: str | None
    after_document_id: int | None
    claimed: Stamp | None
    sent_at: datetime | None
    attempts: int
    look_ups: int
    absences: int

    @classmethod
    def of(cls, operation: Operation, document: Document) -> "Work":
        """Read the two rows."""
        return cls(
            id=operation.id,
            document_id=document.id,
            profile_order_id=document.profile_order_id,
            action=operation.action,
            role=document.role,
            is_main=document.is_main,
            source=document.source,
            state=operation.state,
            key=operation.key,
            payload=operation.payload,
            content=read_content(document.role, operation.content) if operation.content else None,
            remote=read_remote(document.remote),
            expected=document.expected,
            currency=document.currency,
            day=document.day,
            since=document.since,
            generation=document.generation,
            number=document.number,
            after_document_id=operation.after_document_id,
            sent_at=operation.claimed.at if operation.claimed else None,
            attempts=operation.attempts,
            claimed=operation.claimed,
            look_ups=operation.look_ups,
            absences=operation.absences,
        )


CONTENTS: dict[Role, type[Content]] = {
    Role.SALE: Invoice,
    Role.CUSTOMER: NewCustomer,
    Role.PRODUCT: NewProduct,
    Role.PAYMENT: Receipt,
    Role.REFUND: CreditNote,
}


def read_content(role: Role, text: str) -> Content:
    """What an operation is to send, from its JSON."""
    return msgspec.json.decode(text, type=CONTENTS[role])


def read_remote(kept: dict[str, object] | None) -> Remote | None:
    """The document as the books answered it, from our row."""
    return None if kept is None else msgspec.convert(kept, Remote, strict=False)


def posted(session: Session, work: Work, remote: Remote, actor: Actor, where: Fence, how: str) -> bool:
    """It stands in the books; False when the operation was taken from us."""
    note = {"how": how, "remote_id": remote.remote_id, "number": remote.number, "total": str(remote.total)}
    edge = (SENDING if work.state is not UNKNOWN and work.state is not NEEDS_PERSON else work.state, POSTED)
    done = ledger.move(session, work.id, work.document_id, edge, actor, note, where=where, is_open=False, problem=None)
    if done:
        _WRITERS[work.action](session, work, remote, actor)
        if not (work.action is Action.RESTORE and work.content is None):  # then its update is still to come
            became = TaskOrderState.TAKEN_OUT if work.action is Action.VOID else TaskOrderState.POSTED
            task_order_became(session, work.document_id, became)
    return done


def refused(session: Session, work: Work, message: Message, actor: Actor, where: Fence = ()) -> bool:
    """The books read it and refused it: a person mends it (L9)."""
    told = ledger.as_json(message)
    done = ledger.move(
        session, work.id, work.document_id, (SENDING, REJECTED), actor, {"message": told}, where=where, problem=told
    )
    if done:
        failed(session, work, told)
        keep_sale_of(session, work, told, actor)
    return done


def keep_sale_of(session: Session, work: Work, told: dict[str, object] | None, actor: Actor) -> None:
    """A payment that is not voided holds its sale: the sale's void is given up, and the order says why."""
    if work.role is not Role.PAYMENT or work.action is not Action.VOID or work.profile_order_id is None:
        return
    voids = (
        select(Operation, Document)
        .join(Document, Document.id == Operation.document_id)
        .where(Document.profile_order_id == work.profile_order_id, Document.role == Role.SALE)
        .where(Operation.is_open.is_(True), Operation.action == Action.VOID, Operation.state == READY)
    )
    for operation, document in session.execute(voids).all():
        if ledger.give_up(session, operation, actor, "its payment could not be voided"):
            failed(session, Work.of(operation, document), told)


def needs_person(session: Session, work: Work, message: Message, actor: Actor) -> None:
    """Nobody but a person can decide: two documents carry our reference, or one that differs."""
    told = ledger.as_json(message)
    ledger.move(session, work.id, work.document_id, (UNKNOWN, NEEDS_PERSON), actor, {"message": told}, problem=told)
    failed(session, work, told)


def failed(session: Session, work: Work, told: dict[str, object] | None) -> None:
    """Show it: the order turns red with its reason, the task counts it. Of a failed payment the order stays posted."""
    if work.role is Role.PAYMENT and work.profile_order_id is not None:
        payments.failed(session, work.profile_order_id, told)
        return
    if work.is_main and work.profile_order_id is not None:
        reason = {"about": "posting", "mend": "tasks", "message": told, "subject": ""}
        session.execute(
            update(ProfileOrder).where(ProfileOrder.id == work.profile_order_id).values(tick=Tick.RED, reasons=[reason])
        )
    task_order_became(session, work.document_id, TaskOrderState.FAILED)
    if work.role in LISTED or work.role is Role.SALE:
        _failed_behind(session, work, told)


LISTED = {Role.CUSTOMER: ReferenceKind.CUSTOMER, Role.PRODUCT: ReferenceKind.ITEM}
"""What we make for the documents that name it, and the list of the books where it stands from then on."""


def on_its_way_again(session: Session, document: Document) -> None:
    """A person had it sent again: the order waits for the books once more."""
    if document.is_main and document.profile_order_id is not None:
        here = update(ProfileOrder).where(ProfileOrder.id == document.profile_order_id)
        session.execute(here.values(tick=Tick.QUEUED, reasons=[]))
    task_order_became(session, document.id, TaskOrderState.QUEUED)


def _failed_behind(session: Session, work: Work, told: dict[str, object] | None) -> None:
    """Invoices that wait for a customer which was refused, and credit notes for their sale: their orders turn red too,
    with that reason. What only goes with the sale, as a payment, waits for it."""
    waiting = (
        select(Operation, Document)
        .join(Document, Document.id == Operation.document_id)
        .where(Operation.after_document_id == work.document_id, Operation.is_open.is_(True), Operation.state == READY)
    )
    if work.role is Role.SALE:
        waiting = waiting.where(Document.is_main.is_(True))
    for operation, document in session.execute(waiting).all():
        failed(session, Work.of(operation, document), told)


DOCUMENTS, TASKS, TASK_ORDERS = (cast(Table, each.__table__) for each in (Document, Task, TaskOrder))
_STANDS = (
    update(DOCUMENTS)
    .where(DOCUMENTS.c.id == bindparam("document_id"))
    .values(
        state=bindparam("now_state"),
        remote_id=bindparam("now_id"),
        remote_number=bindparam("now_number"),
        posted_total=bindparam("now_total"),
        remote=bindparam("now_remote"),
        customer=bindparam("now_customer"),
    )
)


def _created(session: Session, work: Work, remote: Remote, actor: Actor) -> None:
    agrees = (
        remote.total is None
        or work.expected is None
        or after_posting(work.expected, remote.total) is AfterPosting.POSTED
    )
    session.connection().execute(
        _STANDS,
        {
            "document_id": work.document_id,
            "now_state": DocumentState.POSTED if agrees else DocumentState.DIFFERS,
            "now_id": remote.remote_id,
            "now_number": remote.number,
            "now_total": remote.total,
            "now_customer": remote.customer,
            "now_remote": msgspec.to_builtins(remote, str_keys=True),
        },
    )
    if work.role in LISTED:
        _list(session, work, remote, actor)
        _match(session, work, remote, actor)
    elif work.role is Role.PAYMENT and work.profile_order_id is not None:
        payments.posted(session, work.profile_order_id)
    elif work.is_main and work.profile_order_id is not None:
        settings = tick_after_posting(session, work.profile_order_id, work.document_id)
        if settings.get(write_back.SETTING) == "true":
            write_back.ask(session, work.document_id, actor.at)


def _list(session: Session, work: Work, remote: Remote, actor: Actor) -> None:
    """What we made can be named by the documents behind it, before the next refresh of the list."""
    document, kind = session.get_one(Document, work.document_id), LISTED[work.role]
    known = select(BooksRow).where(
        BooksRow.books_id == document.books_id, BooksRow.kind == kind, BooksRow.code == remote.number
    )
    row = session.scalar(known)
    if row is not None:
        row.is_active = True
    elif isinstance(work.content, NewCustomer | NewProduct):
        row = _row_of(work.content, remote)
        row.books_id, row.kind, row.seen_at = document.books_id, kind, actor.at
        session.add(row)
    session.flush()


def _match(session: Session, work: Work, remote: Remote, actor: Actor) -> None:
    """The product of the store that it was made of is matched to it (M10), unless a person matched it meanwhile."""
    mine = update(ItemMatch).where(ItemMatch.document_id == work.document_id, ItemMatch.code.is_(None))
    if work.role is Role.PRODUCT:
        session.execute(mine.values(code=remote.number, is_matched=True, matched_at=actor.at))


def _row_of(content: NewCustomer | NewProduct, remote: Remote) -> BooksRow:
    """The row that the books' list will have of it."""
    email = content.email if isinstance(content, NewCustomer) else ""
    sku = content.sku if isinstance(content, NewProduct) else ""
    told = {"email": email} if isinstance(content, NewCustomer) else {"sku": sku}
    return BooksRow(
        code=remote.number,
        name=content.name,
        folded_name=folded(content.name)[:200],
        folded_email=folded(email)[:200],
        sku=sku,
        remote_id=remote.remote_id,
        details={**told, **remote.raw},
    )


def _voided(session: Session, work: Work, _remote: Remote, _actor: Actor) -> None:
    gone = update(Document).where(Document.id == work.document_id)
    session.execute(gone.values(state=DocumentState.VOIDED, is_live=False))
    if work.is_main and work.profile_order_id is not None:
        session.execute(
            update(ProfileOrder).where(ProfileOrder.id == work.profile_order_id).values(tick=Tick.NONE, reasons=[])
        )


def _restored(session: Session, work: Work, remote: Remote, actor: Actor) -> None:
    """It is active again. Where that was all that was sent, its content is written next."""
    document = session.get_one(Document, work.document_id, populate_existing=True)
    if work.content is None and work.is_main:
        document.remote = msgspec.to_builtins(remote, str_keys=True)
        ledger.open_operation(session, document.id, document.books_id, Action.UPDATE, document.content, actor)
    else:
        _created(session, work, remote, actor)


_WRITERS = {
    Action.CREATE: _created,
    Action.UPDATE: _created,
    Action.RESTORE: _restored,
    Action.VOID: _voided,
}


_FROM = {
    TaskOrderState.POSTED: (TaskOrderState.QUEUED, TaskOrderState.FAILED),
    TaskOrderState.FAILED: (TaskOrderState.QUEUED,),
    TaskOrderState.QUEUED: (TaskOrderState.FAILED,),
    TaskOrderState.TAKEN_OUT: (TaskOrderState.QUEUED, TaskOrderState.FAILED, TaskOrderState.POSTED),
}


def task_order_became(session: Session, document_id: int, state: TaskOrderState) -> None:
    """Move the order in its tasks, and their counts with it; what an earlier task has posted stays posted there."""
    connection = session.connection()
    for row in connection.execute(_OF_DOCUMENT, {"document_id": document_id, "states": _FROM[state]}).all():
        count_moved(session, row.task_id, row.state, state)
        connection.execute(_BECAME, {"task_order_id": row.id, "became": state})


_OF_DOCUMENT = select(TASK_ORDERS.c.id, TASK_ORDERS.c.task_id, TASK_ORDERS.c.state).where(
    TASK_ORDERS.c.document_id == bindparam("document_id"), TASK_ORDERS.c.state.in_(bindparam("states", expanding=True))
)
_BECAME = update(TASK_ORDERS).where(TASK_ORDERS.c.id == bindparam("task_order_id")).values(state=bindparam("became"))


def count_moved(session: Session, task_id: int, was: TaskOrderState, became: TaskOrderState, by: int = 1) -> None:
    """Keep the task's counts."""
    if was is became:
        return
    session.connection().execute(_counting(was.value, became.value), {"of_task": task_id, "by": by})


@cache
def _counting(was: str, became: str) -> Update:
    less, more = TASKS.c[was], TASKS.c[became]
    moved = {less: less - bindparam("by", type_=Integer), more: more + bindparam("by", type_=Integer)}
    return update(TASKS).where(TASKS.c.id == bindparam("of_task")).values(moved)


def back_to_ready(session: Session, work: Work, actor: Actor, not_before: Any, why: str, where: Fence) -> bool:
    """Surely nothing was created: it is sent again, with the same key and the same bytes."""
    return ledger.move(
        session, work.id, work.document_id, (SENDING, READY), actor, {"why": why}, where=where, not_before=not_before
    )


def made_anew(session: Session, work: Work, actor: Actor, why: str, where: Fence) -> bool:
    """Nothing was done, since the document had changed in the books: new bytes are made of it as it is now (L9)."""
    return ledger.move(
        session,
        work.id,
        work.document_id,
        (SENDING, READY),
        actor,
        {"why": why},
        where=where,
        not_before=actor.at,
        payload=None,
        payload_sha256=None,
        key=str(uuid.uuid4()),
    )


def outcome_unknown(session: Session, work: Work, actor: Actor, not_before: Any, why: str, where: Fence) -> bool:
    """It may stand in the books or not: only a look-up may decide (L4, L5)."""
    return ledger.move(
        session,
        work.id,
        work.document_id,
        (SENDING, UNKNOWN),
        actor,
        {"why": why},
        where=where,
        not_before=not_before,
        look_ups=0,
        absences=0,
    )


def absent(session: Session, work: Work, actor: Actor) -> bool:
    """Proven: the books do not have it (L6)."""
    return ledger.move(
        session, work.id, work.document_id, (UNKNOWN, READY), actor, {"why": "not in the books"}, not_before=actor.at
    )
