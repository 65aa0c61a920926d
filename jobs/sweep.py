"""The sweep: every few seconds it rings for all that the database says is due. Losing Redis loses nothing."""

import logging
import time
from collections.abc import Callable, Iterable
from typing import Any

from sqlalchemy import ColumnElement, Select, exists, or_, select, true
from sqlalchemy.orm import InstrumentedAttribute

import jobs
from adapters.registry import asked
from clock import elapsed_s, seconds
from models import (
    BooksConnection,
    Profile,
    ProfileChannel,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoreConnection,
    Task,
    UploadState,
    db,
    end_reading,
)
from sync import completing, due, hooks, runs, tries, write_back
from sync.exchange import uploading
from sync.tools import Tools
from sync.uploads import asking

log = logging.getLogger(__name__)
Ring = Callable[[int], bool]
Job = Callable[[int], object]


def run_for_ever(tools: Tools, must_stop: Callable[[], bool]) -> None:
    """Sweep until we are asked to stop; a database or network trouble is told and survived."""
    while not must_stop():
        try:
            sweep(tools)
        except Exception:
            db.session.rollback()
            log.exception("a sweep failed; the next one tries again")
        time.sleep(tools.timing.sweep_s)


def sweep(tools: Tools) -> None:
    """One pass. Where no worker can be told, the work is done here and now."""
    _ring_all(books_due(tools), jobs.ring_drain, jobs.drain)
    _ring_all(tasks_due(tools), jobs.ring_task, jobs.draft_task)
    _ring_all(trashes_due(tools), jobs.ring_trash, jobs.trash_task)
    _ring_all(write_back.due(tools.clock.now()), jobs.ring_write_back, jobs.write_numbers)
    _ring_all(unchecked(BooksConnection, tools), jobs.ring_check_books, jobs.check_books)
    _ring_all(
        unchecked(StoreConnection, tools, StoreConnection.kind.in_(asked())), jobs.ring_check_store, jobs.check_store
    )
    ask_for_what_is_old(tools)
    tries.forget_old(tools.clock.now())
    hooks.forget_old(tools.clock.now())
    _ring_all([run_id for run_id, _kind in runs.due(tools)], jobs.ring_run, jobs.read)


def _ring_all(ids: Iterable[int], ring: Ring, job: Job) -> None:
    """One that fails does not keep the others from their turn."""
    for each in ids:
        try:
            if not ring(each):
                job(each)
        except Exception:
            db.session.rollback()
            log.exception("%s of %s failed; a later sweep tries again", getattr(job, "__name__", job), each)


def books_due(tools: Tools) -> list[int]:
    """Books that nobody drains, and that have something to be sent, looked up, or left by a dead drain, or whose
    changes were not read for long."""
    now = tools.clock.stamp()
    rows = db.session.scalars(select(BooksConnection).execution_options(populate_existing=True)).all()
    end_reading()
    free = [
        row.id for row in rows if row.lease_stamp is None or elapsed_s(row.lease_stamp, now) >= tools.timing.lease_s
    ]
    return [each for each in free if _has_work(each, tools)]


def _has_work(books_id: int, tools: Tools) -> bool:
    is_due = due.is_due(books_id, tools.clock.now()) or due.is_abandoned(books_id)
    return is_due or due.is_unwatched(books_id, tools)


def tasks_due(tools: Tools) -> list[int]:
    """Tasks of enabled profiles that were not drafted to their end, and not begun this moment."""
    query = select(Task.id).join(Profile, Profile.id == Task.profile_id)
    query = query.where(Task.is_drafted.is_(False), Task.trash_after.is_(None), _not_just(Task.created_at, tools))
    return _ids(query.where(Profile.is_enabled.is_(True)).order_by(Task.id))


def trashes_due(tools: Tools) -> list[int]:
    """Tasks that a person trashed, and that are not trashed to their end, nor begun this moment."""
    query = select(Task.id).where(Task.trash_after.is_not(None), _not_just(Task.trashed_at, tools))
    return _ids(query.order_by(Task.id))


def _not_just(asked_at: InstrumentedAttribute[Any], tools: Tools) -> ColumnElement[bool]:
    """What was asked for this moment was rung for with it; what lies ahead was asked before the clock was set back."""
    now = tools.clock.now()
    return or_(asked_at < now - seconds(tools.timing.sweep_s), asked_at > now)


def unchecked(
    model: type[BooksConnection] | type[StoreConnection], tools: Tools, *which: ColumnElement[bool]
) -> list[int]:
    """Enabled connections that were not asked for long how they do (P5)."""
    before = tools.clock.now() - seconds(tools.timing.pull_s)
    return _ids(
        select(model.id).where(model.is_enabled.is_(True), model.checked_at < before, *which).order_by(model.id)
    )


def ask_for_what_is_old(tools: Tools) -> None:
    """Ask for the orders of every channel, the lists of every books, and the count of every channel, whose last
    reading is too old, for what the stores' messages named, and for files that nobody reads."""
    now = tools.clock.now()
    channels = (
        _channels_in_use()
        .where(_is_old(StoreChannel.pulled_at, tools))
        .where(~_tried(RunKind.ORDERS, StoreChannel.id, tools, tools.timing.pull_s))
    )
    refreshed = now - seconds(tools.timing.refresh_s)
    books = (
        select(BooksConnection.id)
        .where(BooksConnection.is_enabled.is_(True))
        .where(or_(BooksConnection.refreshed_at.is_(None), BooksConnection.refreshed_at < refreshed))
        .where(~_tried(RunKind.REFERENCE, BooksConnection.id, tools, tools.timing.pull_s))
    )
    wanted = [(RunKind.ORDERS, each) for each in dict.fromkeys((*_ids(channels), *hooks.due(tools)))]
    wanted += [(RunKind.REFERENCE, each) for each in _ids(books)]
    wanted += [(RunKind.DETAILS, each) for each in completing.due()]
    wanted += [(RunKind.GAPS, each) for each in uncounted(tools)]
    wanted += unasked_files()
    for kind, target_id in wanted:
        runs.request(kind, target_id, now)


def unasked_files() -> list[tuple[RunKind, int]]:
    """Files that wait for a run which nobody asked for: whoever took the file in died before."""
    busy = [
        *((RunKind.FILE, each) for each in _ids(asking.in_state(UploadState.READING))),
        *((RunKind.APPLY, each) for each in _ids(asking.in_state(UploadState.APPLYING))),
        *((RunKind.RECORDS, each) for each in _ids(uploading.at_work())),
    ]
    latest = runs.latest(busy)
    end_reading()
    return [each for each in busy if each not in latest or latest[each].state is RunState.DONE]


def _is_old(pulled_at: InstrumentedAttribute[Any], tools: Tools) -> ColumnElement[bool]:
    """Never, long ago, or in a time that is still to come: the clock was put right, and who knows what was read."""
    now = tools.clock.now()
    return or_(pulled_at.is_(None), pulled_at < now - seconds(tools.timing.pull_s), pulled_at > now)


def _channels_in_use() -> Select[int]:
    """Those of enabled stores that can be asked and that an enabled profile takes."""
    return (
        select(StoreChannel.id)
        .join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        .join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
        .join(Profile, Profile.id == ProfileChannel.profile_id)
        .where(StoreConnection.is_enabled.is_(True), StoreConnection.kind.in_(asked()), Profile.is_enabled.is_(True))
        .distinct()
    )


def uncounted(tools: Tools) -> list[int]:
    """Channels whose store can be asked and was not asked for a day which orders it has (Z9); one that failed is tried
    again after an hour."""
    is_done = Run.state == RunState.DONE
    return _ids(
        _channels_in_use()
        .where(StoreChannel.pulled_before.is_not(None))
        .where(~_tried(RunKind.GAPS, StoreChannel.id, tools, tools.timing.count_s, is_done))
        .where(~_tried(RunKind.GAPS, StoreChannel.id, tools, tools.timing.pull_s))
    )


def _tried(
    kind: RunKind,
    target_id: InstrumentedAttribute[int],
    tools: Tools,
    wait_s: float,
    is_meant: ColumnElement[bool] | None = None,
) -> ColumnElement[bool]:
    """A reading came to its end lately: one that failed is not asked for again with every sweep."""
    now = tools.clock.now()
    lately = Run.ended_at.between(now - seconds(wait_s), now)
    meant = true() if is_meant is None else is_meant
    return exists().where(Run.kind == kind, Run.target_id == target_id, lately, meant)


def _ids(query: Select[int]) -> list[int]:
    found = list(db.session.scalars(query))
    end_reading()
    return found
