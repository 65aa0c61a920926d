"""How profiles stand, for the first page: what waits, what failed, the last task, the last proof, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from sqlalchemy import CompoundSelect, Select, func, literal, select, union_all

from models import ConnectionStatus, Profile, ProfileOrder, Run, RunKind, RunState, Task, Tick, db
from sync import health, proof_kept
from sync.deciding_by_person import Undecided
from sync.health import Health
from sync.lists import MOST_COUNTED

SHOWN = (Tick.NONE, Tick.RED, Tick.YELLOW, Tick.QUEUED)
MOST_PROFILES = 50


class Next(StrEnum):
    """What to do next with a profile."""

    CONNECTION = "connection"
    DECIDE = "decide"
    FAILED = "failed"
    CHANGED = "changed"
    SYNC = "sync"
    LOOK = "look"
    PROOF = "proof"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class Standing:
    """One profile at this moment; `counts` stop at 1,001. `open_proof` counts what the last proof leaves open."""

    profile: Profile
    health: Health
    counts: dict[Tick, int]
    task: Task | None
    proof: Run | None
    open_proof: int
    is_undecided: bool

    @property
    def next(self) -> Next:
        """The one thing to do first."""
        if self.health.status is not ConnectionStatus.ACTIVE:
            return Next.CONNECTION
        if self.is_undecided:
            return Next.DECIDE
        found = (
            (Next.FAILED, self.counts[Tick.RED]),
            (Next.CHANGED, self.counts[Tick.YELLOW]),
            (Next.SYNC, self.counts[Tick.NONE]),
            (Next.LOOK, self.task is not None and self.task.is_active),
            (Next.PROOF, self.task is not None and (self.proof is None or self.open_proof)),
        )
        return next((step for step, is_so in found if is_so), Next.NOTHING)


def standings(profiles: Sequence[Profile], undecided: Sequence[Undecided], now: datetime) -> list[Standing]:
    """How these profiles stand, in a fixed number of queries."""
    ids = [profile.id for profile in profiles[:MOST_PROFILES]]
    if not ids:
        return []
    counts, tasks, proofs = _counts(ids), _last_tasks(ids), _last_proofs(ids)
    opened = proof_kept.open_of([run.id for run in proofs.values()])
    waits = {each.document.profile_id for each in undecided}
    return [
        Standing(
            profile,
            health.health_of_profile(profile, now),
            counts[profile.id],
            tasks.get(profile.id),
            proofs.get(profile.id),
            opened.get(proofs[profile.id].id, 0) if profile.id in proofs else 0,
            profile.id in waits,
        )
        for profile in profiles[:MOST_PROFILES]
    ]


def _counts(ids: Sequence[int]) -> dict[int, dict[Tick, int]]:
    """Each up to 1,001: a subquery that stops there for each profile and tick, all in one query."""
    parts = []
    for profile_id in ids:
        for tick in SHOWN:
            mine = select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id, ProfileOrder.tick == tick)
            counted = mine.limit(MOST_COUNTED + 1).subquery()
            parts.append(select(literal(profile_id), literal(tick.value), func.count()).select_from(counted))
    found: dict[int, dict[Tick, int]] = {profile_id: {} for profile_id in ids}
    for profile_id, word, count in db.session.execute(union_all(*parts)):
        found[profile_id][Tick(word)] = count
    return found


def _last_tasks(ids: Sequence[int]) -> dict[int, Task]:
    left = select(Task.id).where(Task.is_trashed.is_(False)).order_by(Task.id.desc())
    newest = _first_of([left.where(Task.profile_id == each) for each in ids])
    rows = db.session.scalars(select(Task).where(Task.id.in_(newest)).execution_options(populate_existing=True))
    return {task.profile_id: task for task in rows}


def _last_proofs(ids: Sequence[int]) -> dict[int, Run]:
    done = select(Run.id).where(Run.kind == RunKind.PROOF, Run.state == RunState.DONE).order_by(Run.id.desc())
    newest = _first_of([done.where(Run.target_id == each) for each in ids])
    return {run.target_id: run for run in db.session.scalars(select(Run).where(Run.id.in_(newest)))}


def _first_of(queries: Sequence[Select[int]]) -> CompoundSelect[int]:
    """The first row of each: the end of an index, where max() would go through them all. Each names its profile by its
    value: so PostgreSQL knows of one that has no rows, and looks for them where there would be some."""
    return union_all(*(select(each.limit(1).subquery()) for each in queries))
