"""What becomes of an order that leaves its task: planned from how it stands, then done if it still stands so."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from sqlalchemy import ColumnElement, Row, and_, exists, select, update
from sqlalchemy.orm import Session

from documents import N_, Action, Message, say
from models import (
    Document,
    DocumentState,
    Operation,
    OperationState,
    ProfileOrder,
    TaskOrder,
    TaskOrderState,
    Tick,
)
from sync import ledger, outcomes
from sync.documents_kept import open_operation_of, reopen
from sync.due import STANDS
from sync.filing_payments import UNDECIDED, forget_payments, is_undecided, leave_payments, payment_in, void_payments
from sync.ledger import Actor

STAYED = (TaskOrderState.QUEUED, TaskOrderState.POSTED, TaskOrderState.FAILED)
"""States of an order that has, or had, a document to be sent, and did not leave its task."""


class Fate(StrEnum):
    """What leaving its task means for one order."""

    BACK = "back"  # was never sent: back to Pending
    VOID = "void"
    FORGET = "forget"
    LEAVE = "leave"  # its change is given up, the document stays as it is
    KEEP = "keep"  # its outcome is not known yet, or it was taken out before


@dataclass(frozen=True, slots=True)
class Plan:
    """The fate of one order, and why where it is kept."""

    task_order_id: int
    profile_order_id: int
    document_id: int | None
    fate: Fate
    why: Message | None = None


def plans_of(
    session: Session, task_id: int, is_voiding: bool, *which: ColumnElement[bool], most: int | None = None
) -> Sequence[Plan]:
    """The fates of a task's orders by how they stand now, by id; `which` narrows them, in one query."""
    query = (
        select(
            TaskOrder.id,
            TaskOrder.profile_order_id,
            TaskOrder.document_id,
            TaskOrder.state,
            Document.state.label("stands"),
            Operation.state.label("operation"),
            payment_in(TaskOrder.profile_order_id, UNDECIDED).label("is_undecided"),
        )
        .outerjoin(Document, Document.id == TaskOrder.document_id)
        .outerjoin(Operation, and_(Operation.document_id == Document.id, Operation.is_open.is_(True)))
        .where(TaskOrder.task_id == task_id, *which)
        .order_by(TaskOrder.id)
    )
    return [_plan(row, is_voiding) for row in session.execute(query.limit(most))]


def _plan(row: Row, is_voiding: bool) -> Plan:  # type: ignore[type-arg]
    fate, why = _fate(row, is_voiding)
    return Plan(row.id, row.profile_order_id, row.document_id, fate, why)


def _fate(row: Row, is_voiding: bool) -> tuple[Fate, Message | None]:  # type: ignore[type-arg]
    if row.state is TaskOrderState.TAKEN_OUT:
        return Fate.KEEP, say(N_("It was taken out before."))
    if row.is_undecided or (row.operation is not None and row.operation not in ledger.GIVEN_UP):
        return Fate.KEEP, say(N_("It is not known yet whether the books hold it; it is being looked up."))
    if row.stands in STANDS:
        return (Fate.VOID if is_voiding else Fate.FORGET), None
    return Fate.BACK, None


def carry_out(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    """Do it, as far as the order still stands as it was planned; inside `writing()`."""
    if is_undecided(session, plan.profile_order_id):
        return
    _FATES[plan.fate](session, task_id, plan, actor)


def _keep(_session: Session, _task_id: int, _plan: Plan, _actor: Actor) -> None:
    return


def _back(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    """Give up what was never sent; done only if it still is so."""
    if plan.document_id is not None and not _drop(session, plan.document_id, actor):
        return
    _pending_again(session, task_id, plan)


def _drop(session: Session, document_id: int, actor: Actor) -> bool:
    """False when it went on meanwhile, or was posted; what is not alive any more stays as it ended. Where another task
    was to send it too, it leaves that as well."""
    if not _give_up(session, document_id, actor) or _stands(session, document_id):
        return False
    gone = update(Document).where(Document.id == document_id, Document.is_live.is_(True))
    if session.execute(gone.values(is_live=False, state=DocumentState.DROPPED)).rowcount:  # type: ignore[attr-defined]
        void_payments(session, session.get_one(Document, document_id), actor)
        behind = Document.id == Operation.document_id, Document.is_main.is_(True)
        waiting = update(Operation).where(Operation.after_document_id == document_id, exists().where(*behind))
        session.execute(waiting.values(after_document_id=None), execution_options={"synchronize_session": False})
        outcomes.task_order_became(session, document_id, TaskOrderState.TAKEN_OUT)
    return True


def _stands(session: Session, document_id: int) -> bool:
    """It is in the books, at this moment."""
    document = session.get_one(Document, document_id, populate_existing=True)
    return document.is_live and document.state in STANDS


def _give_up(session: Session, document_id: int, actor: Actor) -> bool:
    operation = open_operation_of(session, document_id)
    return operation is None or ledger.give_up(session, operation, actor)


def _leave(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    """Give up a change of what stands in the books: the order is yellow again."""
    operation = open_operation_of(session, plan.document_id) if plan.document_id is not None else None
    if operation is None or not ledger.give_up(session, operation, actor):
        return
    leave_payments(session, session.get_one(Document, plan.document_id), actor)
    _pending_again(session, task_id, plan)
    session.execute(
        update(ProfileOrder).where(ProfileOrder.id == plan.profile_order_id).values(tick=Tick.YELLOW, reasons=[])
    )


def _forget(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    """It stays in the books; when the order is synced again it is recognised and linked, not made twice (T2)."""
    if plan.document_id is None or not _give_up(session, plan.document_id, actor):
        return
    if not _stands(session, plan.document_id):
        return
    forget_payments(session, session.get_one(Document, plan.document_id), actor)
    session.execute(
        update(Document).where(Document.id == plan.document_id).values(is_live=False, state=DocumentState.FORGOTTEN)
    )
    ledger.record(session, None, plan.document_id, None, None, actor, {"why": "forgotten by a person"})
    _pending_again(session, task_id, plan)


def _void(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    document = session.get_one(Document, plan.document_id, populate_existing=True)
    if not document.is_live or document.state not in STANDS:
        return
    operation = open_operation_of(session, document.id)
    if operation is not None and operation.action is Action.VOID:
        void_payments(session, document, actor)
        if operation.state is OperationState.REJECTED:
            reopen(session, operation, None, actor)
    elif (operation is None or ledger.give_up(session, operation, actor)) and void_payments(session, document, actor):
        ledger.open_operation(session, document.id, document.books_id, Action.VOID, None, actor)


def _pending_again(session: Session, task_id: int, plan: Plan) -> None:
    row = session.get_one(TaskOrder, plan.task_order_id, populate_existing=True, with_for_update=True)
    outcomes.count_moved(session, task_id, row.state, TaskOrderState.TAKEN_OUT)
    row.state = TaskOrderState.TAKEN_OUT
    lives = exists().where(
        Document.profile_order_id == ProfileOrder.id, Document.is_live.is_(True), Document.is_main.is_(True)
    )
    here = update(ProfileOrder).where(ProfileOrder.id == plan.profile_order_id, ~lives)
    session.execute(here.values(tick=Tick.NONE, reasons=[]), execution_options={"synchronize_session": False})
    session.flush()


_FATES = {Fate.KEEP: _keep, Fate.BACK: _back, Fate.FORGET: _forget, Fate.LEAVE: _leave, Fate.VOID: _void}
