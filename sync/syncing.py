"""One press of Sync: a task with its orders, drafted in small steps, each complete draft written into the ledger."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from documents import N_, Draft, Message, Order, Problem, say
from models import (
    Profile,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import alignment, offers, partners, realigning
from sync.drafting import draft
from sync.drafting.edits import NO_EDITS, Edits
from sync.filing import Drafted, file
from sync.held import one_at_a_time
from sync.ledger import Actor
from sync.loading import Batch, rules_for
from sync.readiness.reading import refusal_of
from sync.tools import Tools
from sync.yellow import key_of

STEP = 100
SENDABLE = (Tick.NONE, Tick.YELLOW, Tick.RED)
"""Green is never posted again, and what is on its way is left alone (I7)."""


def press_sync(
    profile_id: int, order_ids: Iterable[int], by: str, now: datetime, seen: Mapping[int, str] | None = None
) -> int:
    """Make a task of these rows of the profile's orders; `seen` are the fingerprints of the drafts that were shown."""
    with writing() as session:
        return _make_task(session, profile_id, list(dict.fromkeys(order_ids)), by, now, seen or {}).id


@dataclass(frozen=True, slots=True)
class Pressed:
    """What a press of Sync on a page did: no task where nothing was left to send; `skipped` are the orders that are in
    the books or on their way already."""

    task_id: int | None
    skipped: int


def press_once(profile_id: int, order_ids: Iterable[int], by: str, now: datetime, seen: Mapping[int, str]) -> Pressed:
    """As press_sync, but a second press on the same orders makes no second task."""
    wanted = list(dict.fromkeys(order_ids))
    with writing() as session:
        one_at_a_time(session, profile_id)
        waiting = _waiting_anywhere(session, profile_id)
        task = _make_task(session, profile_id, [each for each in wanted if each not in waiting], by, now, seen)
        pressed = Pressed(task.id if task.total else None, len(wanted) - task.total)
        if not task.total:
            session.rollback()
    return pressed


def _waiting_anywhere(session: Session, profile_id: int) -> set[int]:
    """The orders of the profile's tasks that are not drafted yet."""
    query = select(TaskOrder.profile_order_id).join(Task, Task.id == TaskOrder.task_id)
    query = query.where(Task.is_drafted.is_(False), Task.profile_id == profile_id)
    return set(session.scalars(query.where(TaskOrder.state == TaskOrderState.WAITING)))


def _make_task(
    session: Session, profile_id: int, wanted: Sequence[int], by: str, now: datetime, seen: Mapping[int, str]
) -> Task:
    task = Task(profile_id=profile_id, created_at=now, created_by=by)
    session.add(task)
    session.flush()
    for start in range(0, len(wanted), 500):
        _add(session, task, profile_id, wanted[start : start + 500], seen)
    return task


def last_task_of(order_ids: Sequence[int]) -> int | None:
    """The task that sent one of the first 500 of these orders last."""
    query = select(func.max(TaskOrder.task_id)).where(TaskOrder.profile_order_id.in_(order_ids[:500]))
    return db.session.scalar(query)


def _add(session: Session, task: Task, profile_id: int, ids: Sequence[int], seen: Mapping[int, str]) -> None:
    query = select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id, ProfileOrder.id.in_(ids))
    found = set(session.scalars(query.where(ProfileOrder.tick.in_(SENDABLE))))
    rows: list[dict[str, object]] = [
        {"task_id": task.id, "profile_order_id": each, "fingerprint": seen.get(each), "reasons": []}
        for each in ids
        if each in found
    ]
    if rows:
        session.execute(insert(TaskOrder), [{**row, "state": TaskOrderState.WAITING} for row in rows])
    task.total += len(rows)
    task.waiting += len(rows)


# --- drafting a task --------------------------------------------------------------------------------------------


def draft_task(task_id: int, tools: Tools, ring: Callable[[int], object], must_stop: Callable[[], bool]) -> None:
    """Draft what waits, step by step; rings for the books after each. Harmless to run twice or at once.

    Business partners that are new or changed go first (X5)."""
    task = db.session.get_one(Task, task_id, populate_existing=True)
    profile = db.session.get_one(Profile, task.profile_id, populate_existing=True)
    if profile.is_enabled and partners.push(profile, Actor(task.created_by, tools.clock.now())):
        ring(profile.books_id)
    while profile.is_enabled and not must_stop() and (step := _waiting(task_id)):
        drafted = draft_rows(profile, step, tools.clock.now())
        end_reading()
        with writing() as session:
            one_at_a_time(session, profile.id)
            for each in drafted:
                file(session, profile.id, task_id, each, Actor(task.created_by, tools.clock.now()))
        ring(profile.books_id)
    with writing() as session:
        done = update(Task).where(Task.id == task_id, Task.waiting == 0)
        session.execute(done.values(is_drafted=True))


def _waiting(task_id: int) -> Sequence[TaskOrder]:
    """Nothing of a task that is being trashed."""
    query = select(TaskOrder).join(Task, Task.id == TaskOrder.task_id).where(Task.trash_after.is_(None))
    query = query.where(TaskOrder.task_id == task_id, TaskOrder.state == TaskOrderState.WAITING)
    return db.session.scalars(query.order_by(TaskOrder.id).limit(STEP).execution_options(populate_existing=True)).all()


def draft_rows(profile: Profile, step: Sequence[TaskOrder], now: datetime) -> list[Drafted]:
    """The drafts of some orders of a task, by the profile's rules of this moment."""
    seen = {row.profile_order_id: row for row in step}
    made = drafts_of(profile, list(seen), now)
    return [Drafted(seen[row.id].id, row.id, seen[row.id].fingerprint, each, key) for row, each, key in made]


def drafts_of(
    profile: Profile, profile_order_ids: Sequence[int], now: datetime, *, even_unaligned: bool = False
) -> list[tuple[ProfileOrder, Draft, str | None]]:
    """Each order with its draft and the hash of what of it reaches the document. Reads only.

    Nothing is sent of a store whose numbers are not aligned yet, unless they are aligned just now."""
    query = (
        select(ProfileOrder, StoredOrder, StoreChannel.store_id, offers.is_taken(profile).label("is_taken"))
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        # + 0: by their ids alone, never through every order of the profile
        .where(ProfileOrder.profile_id + 0 == profile.id, ProfileOrder.id.in_(profile_order_ids))
        .order_by(ProfileOrder.ordered_at, ProfileOrder.id)
    )
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    made: list[tuple[ProfileOrder, Draft, str | None]] = []
    for store_id in sorted({row.store_id for row in rows}):
        mine = [(row.ProfileOrder, row.StoredOrder) for row in rows if row.store_id == store_id]
        drafts = _drafts_of_store(profile, store_id, mine, now)
        made += drafts if even_unaligned else _held_back(profile, store_id, drafts)
    left_out = {row.ProfileOrder.id for row in rows if not row.is_taken and row.ProfileOrder.tick is not Tick.YELLOW}
    return [(row, _not_taken(row) if row.id in left_out else each, key) for row, each, key in made]


def _held_back(
    profile: Profile, store_id: int, drafts: Sequence[tuple[ProfileOrder, Draft, str | None]]
) -> list[tuple[ProfileOrder, Draft, str | None]]:
    """By what is not aligned yet, or not any more."""
    if not alignment.is_of(db.session.get_one(StoreConnection, store_id).kind, profile.books.kind):
        return list(drafts)
    waiting = alignment.waits(profile, store_id)
    held = partners.held(profile, store_id, [alignment.held(each, waiting) for _, each, _ in drafts])
    return [(row, each, key) for (row, _, key), each in zip(drafts, held, strict=True)]


def _not_taken(row: ProfileOrder) -> Draft:
    """Its channel was unticked, or its day lies before the start date (P1, P8)."""
    said = say(
        N_("The profile does not take this order: its channel is not ticked, or it is from before the start date.")
    )
    return Draft(None, problems=(Problem("profile", "profile", said, str(row.order_id)),))


def _drafts_of_store(
    profile: Profile, store_id: int, rows: Sequence[tuple[ProfileOrder, StoredOrder]], now: datetime
) -> list[tuple[ProfileOrder, Draft, str | None]]:
    if refusal := refusal_of(store_id, profile.books_id):
        return [(row, _refused(refusal, stored), None) for row, stored in rows]
    bad = [(row, _unreadable(stored), None) for row, stored in rows if stored.trouble or stored.document is None]
    good = [(row, stored) for row, stored in rows if not stored.trouble and stored.document]
    orders = [msgspec.json.decode(stored.document or "", type=Order) for _, stored in good]
    edits = [read_edits(row) for row, _ in good]
    today = realigning.by_todays_code(store_id, orders)
    rules = rules_for(profile, Batch(db.session.get_one(StoreConnection, store_id), today, edits), now)
    return [
        *bad,
        *(
            (row, draft(order, rules, edit), key_of(told, profile))
            for (row, _), told, order, edit in zip(good, orders, today, edits, strict=True)
        ),
    ]


def _refused(refusal: Message, stored: StoredOrder) -> Draft:
    """The store may not be carried to these books at all (P9): nothing of it is sent, no partial work is done."""
    return Draft(None, problems=(Problem("pair", "readiness", refusal, stored.number),))


def read_edits(row: ProfileOrder) -> Edits:
    """What a person changed on this order's draft."""
    return msgspec.convert(row.edits, Edits, strict=False) if row.edits else NO_EDITS


def _unreadable(stored: StoredOrder) -> Draft:
    said = msgspec.json.decode(stored.trouble, type=Message) if stored.trouble else say(N_("The order is empty."))
    return Draft(None, problems=(Problem("lines", "orders", said, stored.number),))
