"""What happens in the books beside us: documents of ours that we do not know are recognised before anything is sent for
them again (a restored backup, an empty installation), and what people void, delete or switch off shows (I8).

Read once a turn where something is to be made, else every hour; nothing is asked per document."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from adapters.accounting.base import Changes
from adapters.errors import Refused
from clock import seconds
from documents import Action, Remote, Role
from models import (
    BooksConnection,
    Document,
    DocumentState,
    Known,
    Operation,
    OperationState,
    Profile,
    db,
    end_reading,
    writing,
)
from sync import due, happened
from sync.outcomes import Work, read_remote
from sync.turns import Turn

OVERLAP = timedelta(minutes=15)
"""Changes are asked for again this far back: clocks differ, and a list may be late."""


def catch_up(turn: Turn) -> None:
    """Read what changed since the last time. Raises RemoteError."""
    if not turn.books.tells_changes:
        return
    row = db.session.get_one(BooksConnection, turn.lease.row_id, populate_existing=True)
    until, known_from, needed = row.changes_until, row.known_from, _first_day(row.id)
    end_reading()
    if until is not None and not _is_wanted(turn, row):
        return
    if needed is not None and turn.books.has_idempotency_key and (known_from is None or needed < known_from):
        until = _look_through(turn, needed)
    if until is None:
        until = turn.clock.now()
    try:
        _apply(turn, turn.books.changes(until - OVERLAP))
    except Refused:  # too long ago: everything is looked through again at the next turn
        _forget_when(turn)


def _first_day(books_id: int) -> date | None:
    """Nothing of ours is older than the earliest start of its profiles (P8)."""
    first = db.session.scalar(select(func.min(Profile.start_date)).where(Profile.books_id == books_id))
    return first - timedelta(days=1) if first else None


def _is_wanted(turn: Turn, row: BooksConnection) -> bool:
    """Something is to be made, or it was long ago."""
    is_old = row.changes_until is None or row.changes_until <= turn.clock.now() - seconds(turn.timing.pull_s)
    making = select(Operation.id).where(
        Operation.books_id == row.id,
        Operation.is_open.is_(True),
        Operation.state == OperationState.READY,
        Operation.action == Action.CREATE,
    )
    found = is_old or db.session.scalar(making.limit(1)) is not None
    end_reading()
    return found


def _look_through(turn: Turn, since: date) -> datetime:
    """All that carries a reference of ours, once; afterwards the changes tell."""
    begun = turn.clock.now()
    for page in turn.books.history(since):
        with writing() as session:
            _remember(session, turn.lease.row_id, page)
        turn.keep_lease()
    with writing() as session:
        row = session.get_one(BooksConnection, turn.lease.row_id)
        row.known_from, row.changes_until = since, begun
    return begun


def _forget_when(turn: Turn) -> None:
    with writing() as session:
        row = session.get_one(BooksConnection, turn.lease.row_id)
        row.known_from = row.changes_until = None


def _apply(turn: Turn, changes: Changes) -> None:
    with writing() as session:
        _remember(session, turn.lease.row_id, changes.documents)
        happened.note(session, turn.lease.row_id, changes, turn.actor)
        session.get_one(BooksConnection, turn.lease.row_id).changes_until = changes.until


# --- documents of ours that we do not know ----------------------------------------------------------------------


def _remember(session: Session, books_id: int, page: Sequence[tuple[Role, Remote]]) -> None:
    """Keep those that carry a reference of ours and are no document of ours; forget those that became one."""
    named = {(role, remote.remote_id): remote for role, remote in page if remote.reference}
    kept = {(row.role, row.remote_id): row for row in _kept(session, books_id, named)}
    ours = _ours(session, books_id, [remote_id for _, remote_id in named])
    for (role, remote_id), remote in named.items():
        row = kept.get((role, remote_id))
        if (role, remote_id) in ours or remote.is_void:
            if row is not None:
                session.delete(row)
            continue
        row = row or Known(books_id=books_id, role=role, remote_id=remote_id)
        row.source, row.remote = remote.reference[:100], msgspec.to_builtins(remote, str_keys=True)
        session.add(row)
    session.flush()


def _kept(session: Session, books_id: int, named: Iterable[tuple[Role, str]]) -> Sequence[Known]:
    ids = [remote_id for _, remote_id in named]
    return session.scalars(select(Known).where(Known.books_id == books_id, Known.remote_id.in_(ids))).all()


def _ours(session: Session, books_id: int, remote_ids: Sequence[str]) -> set[tuple[Role, str]]:
    query = select(Document.role, Document.remote_id).where(
        Document.books_id == books_id, Document.remote_id.in_(remote_ids)
    )
    return {(row.role, row.remote_id) for row in session.execute(query)}


def known(turn: Turn, works: Sequence[Work]) -> dict[int, list[Remote]]:
    """What the books hold of these creates already, by what was read before; what we were told to forget is read."""
    recognised = _recognised(turn.lease.row_id, works)
    found = {work.id: recognised.get((work.role, work.source), []) for work in works}
    for work in works:
        if work.generation > 1 and not found[work.id]:
            found[work.id] = _forgotten(turn, work)
    return found


def _recognised(books_id: int, works: Sequence[Work]) -> dict[tuple[Role, str], list[Remote]]:
    query = select(Known).where(Known.books_id == books_id, Known.source.in_({work.source for work in works}))
    found: dict[tuple[Role, str], list[Remote]] = {}
    for row in db.session.scalars(query):
        if remote := read_remote(row.remote):
            found.setdefault((row.role, row.source), []).append(remote)
    end_reading()
    return found


def _forgotten(turn: Turn, work: Work) -> list[Remote]:
    gone = due.gone_by_us(turn.lease.row_id, work.role, [work.source])
    ids = [remote_id for (_, remote_id), state in gone.items() if state is DocumentState.FORGOTTEN and remote_id]
    read = (turn.books.read(work.role, each) for each in ids)
    return [remote for remote in read if remote and not remote.is_void]
