"""The last proof of a profile, as it is kept: read in pages, for the page and for CSV."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import func, literal, select, tuple_
from sqlalchemy.orm import joinedload

from documents import N_, Message, say
from models import ProofFault, ProofRow, Run, RunKind, RunState, db, end_reading
from sync.lists import PAGE
from sync.runs import ACTIVE

AT_ONCE = 500
MOST_TOTALS = 200


@dataclass(frozen=True, slots=True)
class Proofs:
    """The last complete proof, and the one that is being made or failed after it."""

    last: Run | None
    newer: Run | None

    @property
    def is_active(self) -> bool:
        """True while one is being made."""
        return self.newer is not None and self.newer.state in ACTIVE


def proofs_of(profile_id: int) -> Proofs:
    """How a profile's proofs stand."""
    mine = select(Run).where(Run.kind == RunKind.PROOF, Run.target_id == profile_id).order_by(Run.id.desc()).limit(1)
    fresh = mine.execution_options(populate_existing=True)
    newest, last = db.session.scalar(fresh), db.session.scalar(fresh.where(Run.state == RunState.DONE))
    return Proofs(last, newest if newest is not last else None)


def totals(run_id: int) -> Sequence[ProofRow]:
    """Channel and currency over all days."""
    query = select(ProofRow).options(joinedload(ProofRow.channel)).where(ProofRow.run_id == run_id)
    return db.session.scalars(query.where(ProofRow.day.is_(None)).order_by(ProofRow.id).limit(MOST_TOTALS)).all()


def days(run_id: int, before: int | None = None, is_open: bool = False, most: int = PAGE) -> Sequence[ProofRow]:
    """Days, the newest first, behind the row `before`; `is_open`: only those that are not proven."""
    query = select(ProofRow).options(joinedload(ProofRow.channel)).where(ProofRow.run_id == run_id)
    query = query.where(ProofRow.day.is_not(None))
    if is_open:
        query = query.where(ProofRow.is_proven.is_(False))
    if before is not None and (last := db.session.get(ProofRow, before)) and last.day:
        query = query.where(tuple_(ProofRow.day, ProofRow.id) < tuple_(literal(last.day), literal(last.id)))
    return db.session.scalars(query.order_by(ProofRow.day.desc(), ProofRow.id.desc()).limit(most)).all()


def faults(run_id: int, after: int = 0, most: int = PAGE) -> Sequence[ProofFault]:
    """Documents that are missing or differ, the oldest first."""
    query = select(ProofFault).where(ProofFault.run_id == run_id, ProofFault.id > after)
    return db.session.scalars(query.order_by(ProofFault.id).limit(most)).all()


def all_days(run_id: int) -> Iterator[ProofRow]:
    """Every day, read in steps; no transaction stays open while somebody downloads slowly."""
    before: int | None = None
    while rows := days(run_id, before, most=AT_ONCE):
        end_reading()
        yield from rows
        before = rows[-1].id


def all_faults(run_id: int) -> Iterator[ProofFault]:
    """Every document that is missing or differs, likewise."""
    after = 0
    while rows := faults(run_id, after, most=AT_ONCE):
        end_reading()
        yield from rows
        after = rows[-1].id


def verdict(rows: Sequence[ProofRow]) -> Message:
    """What a proof says, by its totals, in one sentence."""
    if not rows:
        return say(N_("There were no orders to prove."))
    if all(row.is_proven for row in rows):
        return say(
            N_("Every cent agrees: what is posted stands in the books as it was posted; all else has its reason.")
        )
    wrong = sum(not row.is_proven for row in rows)
    return say(N_("Not proven: {count} channel(s) with something open. It is named below."), count=wrong)


def open_of(run_ids: Sequence[int]) -> dict[int, int]:
    """By proof, how many channels and currencies are not proven."""
    query = select(ProofRow.run_id, func.count()).where(ProofRow.run_id.in_(run_ids), ProofRow.day.is_(None))
    query = query.where(ProofRow.is_proven.is_(False)).group_by(ProofRow.run_id)
    return {row[0]: row[1] for row in db.session.execute(query)}
