"""The plan of a trash as its page shows it: each fate with its count and its first orders."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select

from documents import Message
from models import ProfileOrder, StoredOrder, db
from sync.lists import PAGE
from sync.tasks import Fate, Plan


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
    query = select(ProfileOrder.id, StoredOrder.number).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
    found = db.session.execute(query.where(ProfileOrder.id.in_(profile_order_ids)))
    return {row.id: row.number for row in found}
