"""Long reading work: asked for once, done by a job, with progress; it survives a restart and goes on."""

import logging
from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.errors import RemoteError
from clock import elapsed_s, seconds
from documents import say
from models import Run, RunKind, RunState, db, end_reading, writing
from sync import leases
from sync.tools import Tools
from sync.troubles import as_trouble, explained_by

log = logging.getLogger(__name__)
ACTIVE = (RunState.QUEUED, RunState.RUNNING)
Reader = Callable[["Reading", int], None]


@dataclass(slots=True)
class Reading:
    """A run at work: where a reader tells its progress, and keeps what it owns."""

    run_id: int
    lease: leases.Lease
    tools: Tools
    must_stop: Callable[[], bool]

    def progress(self, step: str, done: int, total: int | None, rows: int) -> None:
        """Write down how far we are; raises Overtaken when another process took this run over."""
        with self.writing() as session:
            self.note(session, step, done, total, rows)
        self.go_on()

    def note(self, session: Session, step: str, done: int, total: int | None, rows: int) -> None:
        """The progress, in a transaction of the run's owner."""
        session.execute(update(Run).where(Run.id == self.run_id).values(step=step, done=done, total=total, rows=rows))

    def go_on(self) -> None:
        """Raises Stopped where we were asked to come to an end; between two steps, never inside one."""
        if self.must_stop():
            raise Stopped

    def complete(self, session: Session) -> None:
        """It is done as soon as this transaction of its owner is: what comes after changes that no more."""
        _ended(session, self, state=RunState.DONE, trouble=None)

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction of the run's owner: who was overtaken writes nothing, and learns it by Overtaken."""
        with writing() as session:
            if not self.lease.hold(session):
                raise Overtaken
            yield session


class Overtaken(Exception):
    """Another process works on this run now."""


class Stopped(Exception):
    """We were asked to come to an end; the run goes on at the next start."""


def request(kind: RunKind, target_id: int, now: datetime) -> int:
    """Ask for a reading; the one that is under way already, if there is one."""
    active = select(Run.id).where(Run.kind == kind, Run.target_id == target_id, Run.state.in_(ACTIVE))
    try:
        with writing() as session:
            known = session.scalar(active)
            if known is not None:
                return known
            run = Run(kind=kind, target_id=target_id, not_before=now, created_at=now)
            session.add(run)
            session.flush()
            return run.id
    except IntegrityError:  # asked for twice at once
        found = db.session.scalar(active)
        end_reading()
        assert found is not None
        return found


def latest(wanted: Collection[tuple[RunKind, int]]) -> dict[tuple[RunKind, int], Run]:
    """The last reading of each kind and target, where there was one."""
    if not wanted:
        return {}
    last = [select(func.max(Run.id)).where(Run.kind == kind, Run.target_id == target) for kind, target in wanted]
    query = select(Run).where(or_(*(Run.id == each.scalar_subquery() for each in last)))
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {(row.kind, row.target_id): row for row in rows}


def work(run_id: int, readers: dict[RunKind, Reader], tools: Tools, must_stop: Callable[[], bool]) -> None:
    """Do a run, if nobody does it and it is not done. Harmless to call twice."""
    lease = leases.take(Run, run_id, lease_s(tools), tools.clock)
    if lease is None:
        return
    try:
        run = _begin(run_id, tools.clock.now())
        if run is not None:
            _read(run, Reading(run_id, lease, tools, must_stop), readers)
    finally:
        lease.release()


def lease_s(tools: Tools) -> float:
    """How long a run may be silent: a page with its details, from a store that is slow and asks us to wait."""
    return 5 * tools.timing.lease_s


def _begin(run_id: int, now: datetime) -> Run | None:
    with writing() as session:
        run = session.get_one(Run, run_id, populate_existing=True)
        if run.state not in ACTIVE or run.not_before > now:
            return None
        run.state = RunState.RUNNING
        return run


def _read(run: Run, reading: Reading, readers: dict[RunKind, Reader]) -> None:
    try:
        readers[run.kind](reading, run.target_id)
    except (Overtaken, Stopped):
        return
    except RemoteError as error:
        log.warning("%s of %s: %s (%s)", run.kind, run.target_id, error.message, error.cause)
        _failed(run, reading, error)
    except Exception as error:
        _end(reading, state=RunState.FAILED, trouble=explained_by("bug", say("{error}", error=type(error).__name__)))
        raise
    else:
        _end(reading, state=RunState.DONE, trouble=None)


def _failed(run: Run, reading: Reading, error: RemoteError) -> None:
    """Tried again later, unless trying again cannot help or was tried often enough."""
    waits, failures = reading.tools.timing.retry_s, run.attempts + 1
    told = as_trouble(error)
    if error.permanent or failures > len(waits):
        _end(reading, state=RunState.FAILED, trouble=told, attempts=failures)
        return
    again = reading.tools.clock.now() + seconds(waits[failures - 1])
    _end(reading, state=RunState.QUEUED, not_before=again, trouble=told, attempts=failures, ended_at=None)


def _end(reading: Reading, **values: object) -> None:
    with writing() as session:
        _ended(session, reading, **values)


def _ended(session: Session, reading: Reading, **values: object) -> None:
    mine = update(Run).where(Run.id == reading.run_id, Run.lease_token == reading.lease.token, Run.state.in_(ACTIVE))
    session.execute(mine.values(**{"ended_at": reading.tools.clock.now(), **values}))


def due(tools: Tools) -> list[tuple[int, RunKind]]:
    """Runs that nobody works on and that may go on now."""
    now = tools.clock.stamp()
    query = select(Run).where(Run.state.in_(ACTIVE), Run.not_before <= now.at).order_by(Run.id)
    rows = db.session.scalars(query.execution_options(populate_existing=True)).all()
    end_reading()
    return [
        (run.id, run.kind)
        for run in rows
        if not run.lease_token or run.lease_stamp is None or elapsed_s(run.lease_stamp, now) >= lease_s(tools)
    ]
