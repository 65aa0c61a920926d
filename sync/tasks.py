"""What can be done with a task after Sync: take orders out, send failed ones again, decide, edit (T1)."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

import msgspec
from sqlalchemy import ColumnElement, update
from sqlalchemy.orm import Session

from documents import N_, Action, say
from models import (
    Document,
    Operation,
    OperationState,
    ProfileOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    writing,
)
from sync import fates, ledger, outcomes, trashing
from sync.documents_kept import open_operation_of
from sync.drafting import Edits
from sync.fates import Fate, Plan
from sync.ledger import Actor
from sync.outcomes import Work

AGAIN = (TaskOrderState.FAILED, TaskOrderState.LEFT)


def take_out(task_id: int, task_order_ids: Iterable[int], actor: Actor) -> Sequence[Plan]:
    """Take orders that are not in the books out of a task; they go back to Pending (T1). Others are kept and told.

    Raises BeingTrashed."""
    with writing() as session:
        trashing.hold(session, task_id)
        found = fates.plans_of(session, task_id, False, TaskOrder.id.in_(list(task_order_ids)))
        plans = [_out_of_task(session, plan) for plan in found]
        for plan in plans:
            fates.carry_out(session, task_id, plan, actor)
    return plans


def _out_of_task(session: Session, plan: Plan) -> Plan:
    """A change that was not sent is taken out, and the document that it was for stays; what is posted is kept."""
    if plan.fate is not Fate.FORGET or plan.document_id is None:
        return plan
    operation = open_operation_of(session, plan.document_id)
    if operation is not None and operation.action is Action.UPDATE:
        return replace(plan, fate=Fate.LEAVE)
    return replace(plan, fate=Fate.KEEP, why=say(N_("It is in the books: trash it with its document instead.")))


def send_again(task_id: int, task_order_ids: Iterable[int] | None = None) -> int:
    """Have failed and left orders of a task drafted anew, by the rules of then; returns how many (T1).

    One statement for each state, however many orders: 10,000 take a tenth of a second. Raises BeingTrashed."""
    mine = TaskOrder.task_id == task_id
    if task_order_ids is not None:
        mine &= TaskOrder.id.in_(list(task_order_ids))
    with writing() as session:
        trashing.hold(session, task_id)
        count = sum(_wait_again(session, task_id, mine, state) for state in AGAIN)
        session.execute(update(Task).where(Task.id == task_id).values(is_drafted=False))
    return count


def _wait_again(session: Session, task_id: int, mine: ColumnElement[bool], was: TaskOrderState) -> int:
    again = update(TaskOrder).where(mine, TaskOrder.state == was)
    again = again.values(state=TaskOrderState.WAITING, fingerprint=None)
    count = int(session.execute(again, execution_options={"synchronize_session": False}).rowcount)  # type: ignore[attr-defined]
    outcomes.count_moved(session, task_id, was, TaskOrderState.WAITING, count)
    return count


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
        elif done:
            work = Work.of(operation, session.get_one(Document, operation.document_id))
            outcomes.keep_sale_of(session, work, operation.problem, actor)


def change_edits(profile_order_id: int, change: Callable[[Edits], Edits], actor: Actor) -> None:
    """Keep what a person changed on an order's draft, upon what others changed meanwhile, with who and when; it beats
    every rule at the next Sync."""
    with writing() as session:
        row = session.get_one(ProfileOrder, profile_order_id, populate_existing=True, with_for_update=True)
        edits = change(msgspec.convert(row.edits, Edits, strict=False) if row.edits else Edits())
        row.edits = msgspec.to_builtins(edits)
        note = {"why": "edited by a person", "profile_order_id": profile_order_id, "edits": row.edits}
        ledger.record(session, None, None, None, None, actor, note)
