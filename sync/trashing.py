"""The trash of a task: its plan is shown, what a person confirms is written down, then done in small steps (T2).

The fate of each order is decided at its step, by what was written down: whoever goes on after a kill comes to the same
end. What is being sent just then is decided once its answer is there."""

import hashlib
import logging
from collections.abc import Callable, Sequence
from datetime import datetime

from sqlalchemy import exists, func, select, update
from sqlalchemy.exc import OperationalError
from sqlalchemy.orm import Session

from documents import Action
from models import Operation, Profile, Task, TaskOrder, TaskOrderState, db, end_reading, writing
from sync import fates, ledger
from sync.fates import Fate, Plan
from sync.filing_payments import payment_in
from sync.held import one_at_a_time
from sync.ledger import Actor
from sync.tools import Tools

log = logging.getLogger(__name__)
STEP = 200


class PlanChanged(Exception):
    """The plan is not the one that was shown any more; nothing was done."""


class BeingTrashed(Exception):
    """The task is trashed, or about to be: nothing else is done with it."""


def plan_trash(task_id: int, is_voiding: bool) -> Sequence[Plan]:
    """What trashing this task would do with each order; reads only, in one query."""
    plans = fates.plans_of(db.session(), task_id, is_voiding)
    end_reading()
    return plans


def fingerprint(plans: Sequence[Plan], is_voiding: bool) -> str:
    """The hash by which two plans are the same."""
    told = [str(is_voiding), *(f"{plan.task_order_id} {plan.document_id} {plan.fate}" for plan in plans)]
    return hashlib.sha256("\n".join(told).encode()).hexdigest()


def trash(task_id: int, is_voiding: bool, actor: Actor, seen: str | None = None) -> bool:
    """Write down that this task is to be trashed. A small one is done at once; False: `go_on` does it.

    Its orders go back to Pending, those that are voided once that is done. `seen` is the fingerprint of the plan that
    was shown: where it is another now, PlanChanged. Raises BeingTrashed."""
    plans = plan_trash(task_id, is_voiding)
    with writing() as session:
        if hold(session, task_id).is_trashed:
            raise BeingTrashed
        if seen is not None and seen != fingerprint(plans, is_voiding):
            raise PlanChanged
        asked = {"is_voiding": is_voiding, "trashed_by": actor.name, "trashed_at": actor.at, "trash_after": 0}
        session.execute(update(Task).where(Task.id == task_id).values(asked))
    if len(plans) <= STEP:
        _at_once(task_id, actor.at)
    is_done = db.session.get_one(Task, task_id, populate_existing=True).is_trashed
    end_reading()
    return is_done


def _at_once(task_id: int, now: datetime) -> None:
    """Where the database is busy just now, that is no failure: it is written down, so it will be done."""
    try:
        step(task_id, now)
    except OperationalError as error:
        log.warning("task %s is trashed by its job: %s", task_id, error)


def go_on(task_id: int, tools: Tools, ring: Callable[[int], object], must_stop: Callable[[], bool]) -> None:
    """Decide what is left, step by step; rings for the books after each. Harmless to run twice or at once.

    For what is being sent the sweep rings again."""
    query = select(Profile.books_id).join(Task, Task.profile_id == Profile.id)
    books_id = db.session.execute(query.where(Task.id == task_id)).scalar_one()
    while step(task_id, tools.clock.now()) and not must_stop():
        ring(books_id)
        tools.sleep(tools.timing.gap_s)
    ring(books_id)


def step(task_id: int, now: datetime) -> bool:
    """Decide the next orders, in one transaction. False when there are none: the task is trashed, or waits for what is
    being sent."""
    with writing() as session:
        task = _alone(session, task_id)
        if task.trash_after is None:
            return False
        left = (TaskOrder.id > task.trash_after, TaskOrder.state != TaskOrderState.TAKEN_OUT)
        found = fates.plans_of(session, task_id, bool(task.is_voiding), *left, most=STEP + 1)
        for plan in found[:STEP]:
            fates.carry_out(session, task_id, plan, Actor(task.trashed_by or "", now))
        is_midway = len(found) > STEP
        reached = found[STEP - 1].task_order_id if is_midway else _before_what_was_sent(session, task_id)
        done = update(Task).where(Task.id == task_id)
        session.execute(done.values(trash_after=reached, is_trashed=reached is None))
    return is_midway or (reached is not None and any(plan.fate is not Fate.KEEP for plan in found))


def _before_what_was_sent(session: Session, task_id: int) -> int | None:
    """Where to look again, for what was being sent at its step. None where the others all left the task, are voided, or
    may be in the books or not: that may take days, and they stay."""
    may_be_there = (ledger.UNKNOWN, ledger.NEEDS_PERSON)
    stays = (Operation.action == Action.VOID) | Operation.state.in_(may_be_there)
    own = exists().where(Operation.document_id == TaskOrder.document_id, Operation.is_open.is_(True), stays)
    settled = own | payment_in(TaskOrder.profile_order_id, may_be_there)
    first = select(func.min(TaskOrder.id)).where(TaskOrder.task_id == task_id, TaskOrder.state.in_(fates.STAYED))
    found = session.scalar(first.where(~settled))
    return None if found is None else found - 1


def hold(session: Session, task_id: int) -> Task:
    """The task, for whoever changes it until the end of the transaction; raises BeingTrashed."""
    task = _alone(session, task_id)
    if task.is_being_trashed:
        raise BeingTrashed
    return task


def _alone(session: Session, task_id: int) -> Task:
    """Beside no drafting, and no other that changes the task (PostgreSQL; SQLite has one writer anyway)."""
    profile_id = session.execute(select(Task.profile_id).where(Task.id == task_id)).scalar_one()
    one_at_a_time(session, profile_id)
    return session.get_one(Task, task_id, populate_existing=True, with_for_update=True)
