"""What happens in the books beside us: documents of ours that we do not know are recognised before anything is sent for
them again (a restored backup, an empty installation), and what people void, delete or switch off shows (I8).

Read once a turn where something is to be made, when a list of orders is opened, else every hour; nothing is asked per
document."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from adapters.accounting.base import Changes
from adapters.errors import Refused
from adapters.registry import BOOKS
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
from sync.looking import counts
from sync.outcomes import Work, read_remote
from sync.turns import Turn

FRESH = timedelta(minutes=1)
"""What was read so short ago is what a list that is opened shows."""
OVERLAP = timedelta(minutes=15)
"""Changes are asked for again this far back: clocks differ, and a list may be late."""


def catch_up(turn: Turn) -> None:
    """Read what changed since the last time, however long ago that was. Raises RemoteError: then nothing may be sent,
    since the books may hold it already."""
    if not turn.books.tells_changes:
        return
    begun = turn.clock.now()
    row = db.session.get_one(BooksConnection, turn.lease.row_id, populate_existing=True)
    until, known_from, needed = row.changes_until, row.known_from, _first_day(row.id)
    end_reading()
    if until is not None and not _is_wanted(turn, row):
        return
    if until is None or known_from is None or (needed is not None and needed < known_from):
        _look_through(turn, needed)
    try:
        changes = turn.books.changes((until or begun) - OVERLAP)
    except Refused:
        if until is None:
            raise
        _look_through(turn, needed)  # the last time is too long ago
        changes = turn.books.changes(begun - OVERLAP)
    _apply(turn, changes, begun)


def _first_day(books_id: int) -> date | None:
    """Nothing of ours is older than the earliest start of its profiles (P8)."""
    first = db.session.scalar(select(func.min(Profile.start_date)).where(Profile.books_id == books_id))
    return first - timedelta(days=1) if first else None


def _is_wanted(turn: Turn, row: BooksConnection) -> bool:
    """Something is to be made, a page asked, or it was long ago."""
    is_old = row.changes_until is None or row.changes_until <= turn.clock.now() - seconds(turn.timing.pull_s)
    is_old = is_old or due.is_looking(row)
    making = select(Operation.id).where(
        Operation.books_id == row.id,
        Operation.is_open.is_(True),
        Operation.state == OperationState.READY,
        Operation.action == Action.CREATE,
    )
    found = is_old or db.session.scalar(making.limit(1)) is not None
    end_reading()
    return found


DATED = (Role.SALE, Role.REFUND, Role.PAYMENT)
"""What `history` tells."""


def _look_through(turn: Turn, since: date | None) -> None:
    """All that carries a reference of ours, once; afterwards the changes tell. What was kept before may be gone by now;
    until all is read, nothing counts as known. Books without a key are asked before every send instead."""
    if since is None or not turn.books.has_idempotency_key:
        return
    begun = turn.clock.now()
    with writing() as session:
        session.get_one(BooksConnection, turn.lease.row_id).known_from = None
        session.execute(delete(Known).where(Known.books_id == turn.lease.row_id, Known.role.in_(DATED)))
    for page in turn.books.history(since):
        with writing() as session:
            _remember(session, turn.lease.row_id, page)
        turn.keep_lease()
    with writing() as session:
        row = session.get_one(BooksConnection, turn.lease.row_id)
        row.known_from, row.changes_until = since, row.changes_until or begun


def _apply(turn: Turn, changes: Changes, begun: datetime) -> None:
    with writing() as session:
        _remember(session, turn.lease.row_id, changes.documents)
        forget(session, turn.lease.row_id, changes.deleted)
        happened.note(session, turn.lease.row_id, changes, turn.actor)
        row = session.get_one(BooksConnection, turn.lease.row_id)
        row.changes_until, row.looked_at = changes.until, begun


def ask(books_id: int, now: datetime) -> bool:
    """A list of orders was opened: the next turn asks what changed (E10). False where it was asked this minute, and
    where the books tell no changes or cannot be asked."""
    row = db.session.get_one(BooksConnection, books_id, populate_existing=True)
    is_fresh = row.looked_at is not None and now - FRESH < row.looked_at <= now
    can_be_asked = BOOKS[row.kind].tells_changes and due.may_be_asked(row, now)
    end_reading()
    if is_fresh or not can_be_asked:
        return False
    with writing() as session:
        session.get_one(BooksConnection, books_id).look_asked_at = now
    return True


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


def forget(session: Session, books_id: int, gone: Collection[tuple[Role, str]]) -> None:
    """Those that stand in the books no more, or that are documents of ours by now; inside `writing()`."""
    for row in _kept(session, books_id, gone):
        if (row.role, row.remote_id) in gone:
            session.delete(row)
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
    """Never one that was ours and that is gone, by us or by a person."""
    query = select(Known).where(Known.books_id == books_id, Known.source.in_({work.source for work in works}))
    kept = [(row.role, row.source, remote) for row in db.session.scalars(query) if (remote := read_remote(row.remote))]
    end_reading()
    gone = {role: due.gone_by_us(books_id, role, _sources(kept, role)) for role in {role for role, *_ in kept}}
    found: dict[tuple[Role, str], list[Remote]] = {}
    for role, source, remote in kept:
        if counts(remote, gone[role].get((source, remote.remote_id))):
            found.setdefault((role, source), []).append(remote)
    return found


def _sources(kept: Sequence[tuple[Role, str, Remote]], role: Role) -> list[str]:
    return [source for its, source, _ in kept if its is role]


def _forgotten(turn: Turn, work: Work) -> list[Remote]:
    gone = due.gone_by_us(turn.lease.row_id, work.role, [work.source])
    ids = [remote_id for (_, remote_id), state in gone.items() if state is DocumentState.FORGOTTEN and remote_id]
    read = (turn.books.read(work.role, each) for each in ids)
    return [remote for remote in read if remote and not remote.is_void]
