"""What a task's page shows: its orders page by page, what holds its books up, and what is being looked up."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from sqlalchemy import func, select

from adapters.errors import TooFast
from documents import N_, Message, say
from models import (
    Document,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    StoredOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
    db,
)
from sync import connections
from sync.lists import MOST_COUNTED, PAGE
from sync.order_numbers import shown_number
from sync.troubles import as_trouble, sentence_of
from sync.yellow import IN_BOOKS

MOST_EDITED = 50
STANDING = (Tick.GREEN, Tick.YELLOW)
"""Orders that are in the books, and may have a warning."""


@dataclass(frozen=True, slots=True)
class Line:
    """One order of a task, as the list shows it; `reasons` are Problems as JSON."""

    id: int
    profile_order_id: int
    state: TaskOrderState
    number: str
    currency: str
    total: Decimal
    books_number: str | None
    day: Any
    posted_total: Decimal | None
    stands: Any
    reasons: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Hold:
    """Why nothing is sent to the books just now, what to do, and when it goes on by itself; `about` explains it."""

    about: str
    message: Message
    next_step: Message | None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class LookUps:
    """How many documents are being looked up (counted up to 1,001), and when the next one is."""

    count: int
    next_at: datetime | None


def task_of(profile_id: int, task_id: int) -> Task | None:
    """A task of this profile."""
    task = db.session.get(Task, task_id, populate_existing=True)
    return task if task is not None and task.profile_id == profile_id else None


def lines(task_id: int, state: TaskOrderState | None, after_id: int = 0, most: int = PAGE) -> Sequence[Line]:
    """A page of a task's orders, by key."""
    query = (
        select(
            TaskOrder.id,
            TaskOrder.profile_order_id,
            TaskOrder.state,
            TaskOrder.reasons,
            ProfileOrder.reasons.label("order_reasons"),
            ProfileOrder.tick,
            shown_number(),
            StoredOrder.currency,
            StoredOrder.total,
            Document.remote_number,
            Document.day,
            Document.posted_total,
            Document.state.label("stands"),
        )
        .join(ProfileOrder, ProfileOrder.id == TaskOrder.profile_order_id)
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .outerjoin(Document, Document.id == TaskOrder.document_id)
        .where(TaskOrder.task_id == task_id, TaskOrder.id > after_id)
    )
    if state is not None:
        query = query.where(TaskOrder.state == state)
    return [_line(row) for row in db.session.execute(query.order_by(TaskOrder.id).limit(most))]


def _line(row: Any) -> Line:
    is_told = row.state is TaskOrderState.FAILED or (row.state is TaskOrderState.POSTED and row.tick in STANDING)
    failed = row.order_reasons if is_told else []
    number = row.remote_number if row.stands in IN_BOOKS else None
    return Line(
        row.id,
        row.profile_order_id,
        row.state,
        row.number,
        row.currency,
        row.total,
        number,
        row.day,
        row.posted_total,
        row.stands,
        row.reasons if row.state is TaskOrderState.LEFT else failed,
    )


def order_ids(task_id: int, states: Sequence[TaskOrderState], most: int = MOST_EDITED) -> list[int]:
    """The profile's orders behind a task's rows in these states, bounded."""
    query = select(TaskOrder.profile_order_id).where(TaskOrder.task_id == task_id, TaskOrder.state.in_(states))
    return list(db.session.scalars(query.order_by(TaskOrder.id).limit(most)))


def row_ids(task_id: int, profile_order_ids: Sequence[int]) -> list[int]:
    """The rows of a task for these orders; those of other tasks are left out."""
    query = select(TaskOrder.id).where(TaskOrder.task_id == task_id)
    return list(db.session.scalars(query.where(TaskOrder.profile_order_id.in_(profile_order_ids))))


def hold(profile: Profile, now: datetime) -> Hold | None:
    """Why nothing goes on; None where nothing stands in the way."""
    books = profile.books
    if not profile.is_enabled or not books.is_enabled:
        disabled = N_("The company profile is disabled: what waits is kept and goes on when it is activated again.")
        return Hold("disabled", say(disabled), say(N_("Open the company profile and press Activate.")))
    status = connections.status_of(books)
    pause = books.not_before if books.not_before and books.not_before > now else None
    step = connections.next_step(status, books.kind)
    if step is None and pause is None:
        return None
    trouble = books.status_text or as_trouble(TooFast(say(N_("The books asked us to slow down."))))
    return Hold(str(trouble.get("about") or TooFast.__name__), sentence_of(trouble), step, pause)


def look_ups(task_id: int, books_id: int) -> LookUps:
    """Documents of a task of which nobody knows yet whether the books hold them."""
    query = (
        select(Operation.not_before)
        .join(TaskOrder, TaskOrder.document_id == Operation.document_id)
        .where(Operation.books_id == books_id, Operation.is_open.is_(True))
        .where(Operation.state == OperationState.UNKNOWN, TaskOrder.task_id == task_id)
    )
    found = query.order_by(Operation.not_before).limit(MOST_COUNTED + 1).subquery()
    count, next_at = db.session.execute(select(func.count(), func.min(found.c.not_before))).one()
    return LookUps(count, next_at)
