"""What can be done with a task after Sync: take orders out, send failed ones again, trash it with a plan (T1, T2)."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

import msgspec
from sqlalchemy import Row, and_, exists, select, update
from sqlalchemy.orm import Session

from documents import N_, Action, Message, say
from models import (
    Document,
    DocumentState,
    Operation,
    OperationState,
    ProfileOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import ledger, outcomes
from sync.documents_kept import open_operation_of, reopen
from sync.drafting import Edits
from sync.due import STANDS
from sync.ledger import Actor


class Fate(StrEnum):
    """What trashing a task does with one of its orders."""

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


def plan_trash(task_id: int, is_voiding: bool) -> list[Plan]:
    """What trashing this task would do with each order; reads only, in one query."""
    query = (
        select(
            TaskOrder.id,
            TaskOrder.profile_order_id,
            TaskOrder.document_id,
            TaskOrder.state,
            Document.state.label("stands"),
            Operation.state.label("operation"),
        )
        .outerjoin(Document, Document.id == TaskOrder.document_id)
        .outerjoin(Operation, and_(Operation.document_id == Document.id, Operation.is_open.is_(True)))
        .where(TaskOrder.task_id == task_id)
        .order_by(TaskOrder.id)
    )
    plans = [_plan(row, is_voiding) for row in db.session.execute(query)]
    end_reading()
    return plans


def _plan(row: Row, is_voiding: bool) -> Plan:  # type: ignore[type-arg]
    fate, why = _fate(row, is_voiding)
    return Plan(row.id, row.profile_order_id, row.document_id, fate, why)


def _fate(row: Row, is_voiding: bool) -> tuple[Fate, Message | None]:  # type: ignore[type-arg]
    if row.state is TaskOrderState.TAKEN_OUT:
        return Fate.KEEP, say(N_("It was taken out before."))
    if row.operation is not None and row.operation not in ledger.GIVEN_UP:
        return Fate.KEEP, say(N_("It is not known yet whether the books hold it; it is being looked up."))
    if row.stands in STANDS:
        return (Fate.VOID if is_voiding else Fate.FORGET), None
    return Fate.BACK, None


def fingerprint(plans: Sequence[Plan], is_voiding: bool) -> str:
    """The hash by which two plans are the same."""
    told = [str(is_voiding), *(f"{plan.task_order_id} {plan.document_id} {plan.fate}" for plan in plans)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


class PlanChanged(Exception):
    """The plan is not the one that was shown any more; nothing was done."""


def trash(task_id: int, is_voiding: bool, actor: Actor, seen: str | None = None) -> list[Plan]:
    """Carry out the plan of this moment; the orders go back to Pending, those that are voided once that is done.

    `seen` is the fingerprint of the plan that was shown: where it is another now, PlanChanged."""
    plans = plan_trash(task_id, is_voiding)
    if seen is not None and seen != fingerprint(plans, is_voiding):
        raise PlanChanged
    with writing() as session:
        for plan in plans:
            _FATES[plan.fate](session, task_id, plan, actor)
        session.execute(update(Task).where(Task.id == task_id).values(is_trashed=True))
    return plans


def take_out(task_id: int, task_order_ids: Iterable[int], actor: Actor) -> list[Plan]:
    """Take orders that are not in the books out of a task; they go back to Pending (T1). Others are kept and told."""
    wanted = set(task_order_ids)
    plans = [_left(plan) for plan in plan_trash(task_id, False) if plan.task_order_id in wanted]
    posted = say(N_("It is in the books: trash it with its document instead."))
    plans = [replace(plan, fate=Fate.KEEP, why=posted) if plan.fate is Fate.FORGET else plan for plan in plans]
    with writing() as session:
        for plan in plans:
            _FATES[plan.fate](session, task_id, plan, actor)
    return plans


def _left(plan: Plan) -> Plan:
    """A change that was not sent is taken out; the document that it was for stays."""
    if plan.fate is not Fate.FORGET or plan.document_id is None:
        return plan
    operation = open_operation_of(db.session(), plan.document_id)
    end_reading()
    is_change = operation is not None and operation.action is Action.UPDATE
    return replace(plan, fate=Fate.LEAVE) if is_change else plan


def send_again(task_id: int, task_order_ids: Iterable[int] | None = None) -> int:
    """Draft failed and left orders of a task anew, by the rules of now; returns how many (T1)."""
    again = (TaskOrderState.FAILED, TaskOrderState.LEFT)
    query = select(TaskOrder).where(TaskOrder.task_id == task_id, TaskOrder.state.in_(again))
    if task_order_ids is not None:
        query = query.where(TaskOrder.id.in_(list(task_order_ids)))
    with writing() as session:
        locked = query.with_for_update().execution_options(populate_existing=True)
        rows = session.scalars(locked).all()
        for row in rows:
            outcomes.count_moved(session, task_id, row.state, TaskOrderState.WAITING)
            row.state, row.fingerprint = TaskOrderState.WAITING, None
        session.execute(update(Task).where(Task.id == task_id).values(is_drafted=False))
    return len(rows)


# --- fates ------------------------------------------------------------------------------------------------------


def _keep(_session: Session, _task_id: int, _plan: Plan, _actor: Actor) -> None:
    return


def _back(session: Session, task_id: int, plan: Plan, actor: Actor) -> None:
    """Give up what was never sent; done only if it still is so."""
    if plan.document_id is not None and not _drop(session, plan.document_id, actor):
        return
    _pending_again(session, task_id, plan)


def _drop(session: Session, document_id: int, actor: Actor) -> bool:
    """False when it went on meanwhile, or was posted; what is not alive any more stays as it ended."""
    if not _give_up(session, document_id, actor) or _stands(session, document_id):
        return False
    gone = update(Document).where(Document.id == document_id, Document.is_live.is_(True))
    session.execute(gone.values(is_live=False, state=DocumentState.DROPPED))
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
    if operation is not None and operation.state is OperationState.REJECTED and operation.action is Action.VOID:
        reopen(session, operation, None, actor)
    elif operation is None or ledger.give_up(session, operation, actor):
        ledger.open_operation(session, document.id, document.books_id, Action.VOID, None, actor)


def _pending_again(session: Session, task_id: int, plan: Plan) -> None:
    row = session.get_one(TaskOrder, plan.task_order_id, populate_existing=True, with_for_update=True)
    outcomes.count_moved(session, task_id, row.state, TaskOrderState.TAKEN_OUT)
    row.state = TaskOrderState.TAKEN_OUT
    lives = exists().where(Document.profile_order_id == ProfileOrder.id, Document.is_live.is_(True))
    here = update(ProfileOrder).where(ProfileOrder.id == plan.profile_order_id, ~lives)
    session.execute(here.values(tick=Tick.NONE, reasons=[]), execution_options={"synchronize_session": False})
    session.flush()


_FATES = {Fate.KEEP: _keep, Fate.BACK: _back, Fate.FORGET: _forget, Fate.LEAVE: _leave, Fate.VOID: _void}


# --- what a person decides --------------------------------------------------------------------------------------


def decide_by_person(operation_id: int, is_sent_again: bool, actor: Actor) -> None:
    """An operation that needs a person: send it again, or give it up as refused."""
    became = OperationState.READY if is_sent_again else OperationState.REJECTED
    with writing() as session:
        operation = session.get_one(Operation, operation_id, populate_existing=True)
        edge, note = (OperationState.NEEDS_PERSON, became), {"why": "decided by a person"}
        done = ledger.move(session, operation_id, operation.document_id, edge, actor, note, not_before=actor.at)
        if done and is_sent_again:
            outcomes.on_its_way_again(session, session.get_one(Document, operation.document_id))


def change_edits(profile_order_id: int, change: Callable[[Edits], Edits], actor: Actor) -> None:
    """Keep what a person changed on an order's draft, upon what others changed meanwhile, with who and when; it beats
    every rule at the next Sync."""
    with writing() as session:
        row = session.get_one(ProfileOrder, profile_order_id, populate_existing=True, with_for_update=True)
        edits = change(msgspec.convert(row.edits, Edits, strict=False) if row.edits else Edits())
        row.edits = msgspec.to_builtins(edits)
        note = {"why": "edited by a person", "profile_order_id": profile_order_id, "edits": row.edits}
        ledger.record(session, None, None, None, None, actor, note)


def rows_of(task_id: int, state: TaskOrderState | None, after_id: int, most: int) -> Sequence[TaskOrder]:
    """A page of a task's orders, by key."""
    query = select(TaskOrder).where(TaskOrder.task_id == task_id, TaskOrder.id > after_id)
    if state is not None:
        query = query.where(TaskOrder.state == state)
    return db.session.scalars(query.order_by(TaskOrder.id).limit(most)).all()
