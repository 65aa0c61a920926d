"""A trash as pages show it: its plan, each fate with its count and its first orders; then how far it is."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, select

from documents import Action, Message
from models import Operation, ProfileOrder, StoredOrder, Task, TaskOrder, TaskOrderState, db
from sync import lists
from sync.fates import STAYED, Fate, Plan
from sync.ledger import NEEDS_PERSON, REJECTED
from sync.lists import PAGE
from sync.order_numbers import shown_number


@dataclass(frozen=True, slots=True)
class Group:
    """Orders of a plan with one fate: how many, and the first of them with their numbers; `why` where they are kept."""

    fate: Fate
    why: Message | None
    count: int
    first: Sequence[tuple[int, str]]


def groups(plans: Sequence[Plan]) -> list[Group]:
    """A plan as people read it: each fate with its count and its first orders."""
    sorted_by: dict[tuple[Fate, str], list[Plan]] = {}
    for plan in plans:
        sorted_by.setdefault((plan.fate, str(plan.why or "")), []).append(plan)
    numbers = _numbers([each for group in sorted_by.values() for each in _ids(group[:PAGE])])
    return [
        Group(fate, group[0].why, len(group), [(each, numbers[each]) for each in _ids(group[:PAGE])])
        for (fate, _), group in sorted(sorted_by.items())
    ]


def _ids(plans: Sequence[Plan]) -> list[int]:
    return [plan.profile_order_id for plan in plans]


def _numbers(profile_order_ids: Sequence[int]) -> dict[int, str]:
    query = select(ProfileOrder.id, shown_number()).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
    found = db.session.execute(query.where(ProfileOrder.id.in_(profile_order_ids)))
    return {row.id: row.number for row in found}


# --- how far it is ----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Progress:
    """While it is trashed: of how many orders it is not decided yet what becomes of them. Then: how many documents are
    still to be voided in the books, and how many orders stayed (both counted up to 1,001)."""

    undecided: int = 0
    voiding: int = 0
    kept: int = 0


def progress(task: Task) -> Progress | None:
    """How far the trash of a task is; None where nobody trashed it."""
    if task.is_being_trashed:
        return Progress(undecided=_undecided(task))
    return _afterwards(task.id) if task.is_trashed else None


_VOID = exists().where(
    Operation.document_id == TaskOrder.document_id, Operation.is_open.is_(True), Operation.action == Action.VOID
)


def _undecided(task: Task) -> int:
    left = select(func.count()).where(TaskOrder.task_id == task.id, TaskOrder.id > (task.trash_after or 0))
    return db.session.scalar(left.where(TaskOrder.state != TaskOrderState.TAKEN_OUT, ~_VOID)) or 0


def _afterwards(task_id: int) -> Progress:
    mine = select(TaskOrder.id).where(TaskOrder.task_id == task_id, TaskOrder.state.in_(STAYED))
    on_its_way = _VOID.where(Operation.state.not_in((REJECTED, NEEDS_PERSON)))
    return Progress(voiding=lists.count(mine.where(on_its_way)), kept=lists.count(mine.where(~on_its_way)))
