"""The sweep: every few seconds it rings for all that the database says is due. Losing Redis loses nothing."""

import logging
import time
from collections.abc import Callable

from sqlalchemy import select

import jobs
from clock import elapsed_s, seconds
from models import BooksConnection, ProfileChannel, RunKind, StoreChannel, Task, db, end_reading
from sync import due, runs
from sync.connections import Tools

log = logging.getLogger(__name__)


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
    for books_id in books_due(tools):
        if not jobs.ring_drain(books_id):
            jobs.drain(books_id)
    for task_id in tasks_due(tools):
        if not jobs.ring_task(task_id):
            jobs.draft_task(task_id)
    ask_for_what_is_old(tools)
    for run_id, _kind in runs.due(tools):
        if not jobs.ring_run(run_id):
            jobs.read(run_id)


def books_due(tools: Tools) -> list[int]:
    """Books that nobody drains, and that have something to be sent, looked up, or left by a dead drain."""
    now = tools.clock.stamp()
    rows = db.session.scalars(select(BooksConnection).execution_options(populate_existing=True)).all()
    end_reading()
    free = [
        row.id
        for row in rows
        if row.lease_stamp is None or elapsed_s(row.lease_stamp, now) >= tools.timing.lease_s
    ]
    return [each for each in free if due.is_due(each, now.at) or due.is_abandoned(each)]


def tasks_due(tools: Tools) -> list[int]:
    """Tasks that were not drafted to their end, and not begun this moment."""
    before = tools.clock.now() - seconds(tools.timing.sweep_s)
    query = select(Task.id).where(Task.is_drafted.is_(False), Task.created_at < before).order_by(Task.id)
    found = list(db.session.scalars(query))
    end_reading()
    return found


def ask_for_what_is_old(tools: Tools) -> None:
    """Ask for the orders of every channel, and the lists of every books, whose last reading is too old."""
    now = tools.clock.now()
    pulled = now - seconds(tools.timing.pull_s)
    channels = (
        select(StoreChannel.id)
        .join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
        .where(StoreChannel.pulled_at < pulled)
        .distinct()
    )
    refreshed = now - seconds(tools.timing.refresh_s)
    books = select(BooksConnection.id).where(BooksConnection.refreshed_at < refreshed, BooksConnection.is_enabled)
    wanted = [(RunKind.ORDERS, each) for each in db.session.scalars(channels)]
    wanted += [(RunKind.REFERENCE, each) for each in db.session.scalars(books)]
    end_reading()
    for kind, target_id in wanted:
        runs.request(kind, target_id, now)
