"""Looking up in the books: operations whose answer was lost, and what is there before a first send (L5, L6, L7)."""

from collections.abc import Sequence
from datetime import timedelta

from adapters.accounting.base import Wanted
from documents import Action, Remote, Role
from models import DocumentState, writing
from sync import due
from sync.deciding import decide
from sync.outcomes import Work
from sync.turns import Turn

BATCH = 200


def look_up_unknown(turn: Turn) -> None:
    """Ask the books about every operation whose answer was lost, and decide each."""
    unknown = due.unknown(turn.lease.row_id, turn.clock.now(), BATCH)
    for role in {work.role for work in unknown}:
        mine = [work for work in unknown if work.role is role]
        _decide_all(turn, mine, _found_of(turn, role, mine))


def _found_of(turn: Turn, role: Role, works: Sequence[Work]) -> dict[int, list[Remote]]:
    """What the books hold of each: creates by our reference, all else by the document's own id."""
    created = [work for work in works if work.action is Action.CREATE]
    by_reference = find(turn, role, created, is_certain=True)
    found = {work.id: by_reference[work.source] for work in created}
    for work in works:
        if work.action is not Action.CREATE and work.remote is not None:
            read = turn.books.read(role, work.remote.remote_id)
            found[work.id] = [read] if read else []
    return found


def find(turn: Turn, role: Role, works: Sequence[Work], is_certain: bool = False) -> dict[str, list[Remote]]:
    """Every document that carries one of these references, without those that we voided ourselves.

    `is_certain`: whatever day it carries, since somebody may have changed it; else by the days that it may have."""
    if not works:
        return {}
    wanted = [_anywhere(work) if is_certain else _wanted(work, turn) for work in works]
    found = turn.books.find(role, wanted)
    gone = due.gone_by_us(turn.lease.row_id, role, [work.source for work in works])
    for (reference, remote_id), state in gone.items():  # one that was typed by hand and linked lacks our reference
        if state is DocumentState.FORGOTTEN and remote_id and not found[reference]:
            read = turn.books.read(role, remote_id)
            found[reference] = [read] if read else []
    return {
        reference: [remote for remote in remotes if counts(remote, gone.get((reference, remote.remote_id)))]
        for reference, remotes in found.items()
    }


def counts(remote: Remote, ours: DocumentState | None) -> bool:
    """False for what we voided, and for what we were told to forget and a person voided since."""
    if ours is DocumentState.VOIDED:
        return False
    return not (ours is DocumentState.FORGOTTEN and remote.is_void)


SKEW = timedelta(minutes=15)
"""How far the books' clock may be from ours."""


def _anywhere(work: Work) -> Wanted:
    """Whatever day it carries, but not made before it was sent."""
    sent_after = work.sent_at - SKEW if work.sent_at else None
    return Wanted(work.source, number=work.number, sent_after=sent_after)


def _wanted(work: Work, turn: Turn) -> Wanted:
    """Whatever the settings were, a sale's day lies between its order and today; what was there before may have any."""
    if work.since is None or work.generation > 1:
        return Wanted(work.source, number=work.number)
    tomorrow = (turn.clock.now() + timedelta(days=1)).date()
    return Wanted(work.source, work.since, max(tomorrow, work.day or tomorrow), work.number)


def _decide_all(turn: Turn, works: Sequence[Work], found: dict[int, list[Remote]]) -> None:
    with writing() as session:
        for work in works:
            decide(session, work, found.get(work.id, []), turn)
