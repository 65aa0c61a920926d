"""A proof as a run: counted day by day with progress, kept for the page, gone on with after a restart."""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import delete, func, insert, select
from sqlalchemy.orm import Session

from models import Profile, ProfileOrder, ProofFault, ProofRow, Run, RunKind, db, end_reading
from sync import happened, ledger, proof
from sync.connections import books_of
from sync.ledger import Actor
from sync.proof_figures import Row
from sync.runs import Reading

STEP = "proof"


def prove_profile(reading: Reading, profile_id: int) -> None:
    """Read the books back and keep what was found. Until that is complete the proof before is read, then it is let
    go."""
    profile = db.session.get_one(Profile, profile_id, populate_existing=True)
    books = books_of(profile.books, reading.tools)
    since, done, rows = _so_far(reading.run_id)
    total = _how_many(profile_id)
    end_reading()
    for step in proof.steps(profile, books, since):
        done, rows = done + step.orders, rows + len(step.rows)
        with reading.writing() as session:
            _keep(session, reading.run_id, step.rows)
            happened.note_read(session, profile.books_id, step.read, Actor("proof", reading.tools.clock.now()))
        reading.progress(STEP, done, total, rows)
    with reading.writing() as session:
        _sum_up(session, reading.run_id)
        reading.complete(session)
    with reading.writing() as session:
        _let_go(session, profile_id, reading.run_id)


def _how_many(profile_id: int) -> int:
    query = select(func.count()).select_from(ProfileOrder).where(ProfileOrder.profile_id == profile_id)
    return db.session.scalar(query) or 0


def _so_far(run_id: int) -> tuple[date | None, int, int]:
    """The first day that is not counted yet, and how many orders and rows are."""
    query = select(func.max(ProofRow.day), func.sum(ProofRow.orders), func.count())
    last, orders, rows = db.session.execute(query.where(ProofRow.run_id == run_id, ProofRow.day.is_not(None))).one()
    return (last + timedelta(days=1) if last else None), orders or 0, rows


def _keep(session: Session, run_id: int, rows: Sequence[Row]) -> None:
    """Rows of complete days. Within a day the last is kept first: the page goes backwards by id."""
    days = sorted({row.day for row in rows if row.day})
    ordered = [row for day in days for row in reversed(rows) if row.day == day]
    if ordered:
        session.execute(insert(ProofRow), [_as_kept(run_id, row) for row in ordered])
    faults = [
        {
            "run_id": run_id,
            "profile_order_id": fault.profile_order_id,
            "day": row.day,
            "number": fault.number,
            "message": ledger.as_json(fault.message),
        }
        for row in rows
        for fault in row.faults
    ]
    if faults:
        session.execute(insert(ProofFault), faults)


def _as_kept(run_id: int, row: Row) -> dict[str, Any]:
    return {
        "run_id": run_id,
        "day": row.day,
        "channel_id": row.channel_id,
        "currency": row.currency,
        "is_proven": row.is_proven,
        "orders": row.orders,
        "posted": row.posted,
        "faults": len(row.faults),
        "store_total": row.store_total,
        "unposted": row.unposted,
        "expected": row.expected,
        "documents_total": row.documents_total,
        "books_total": row.books_total,
        "not_posted": _grouped(row),
        "causes": {cause: str(amount) for cause, amount in row.causes.items()},
    }


def _grouped(row: Row) -> list[dict[str, object]]:
    """Reasons of one kind are one, told by the first of them: a page has room for kinds, not for every product."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for reason in row.reasons.values():
        key = (reason.about, reason.message.template)
        first = {"about": reason.about, "message": msgspec.to_builtins(reason.message), "count": 0, "kinds": 0}
        group = found.setdefault(key, first)
        group["count"], group["kinds"] = group["count"] + reason.count, group["kinds"] + 1
    return sorted(found.values(), key=lambda group: -int(group["count"]))


def _sum_up(session: Session, run_id: int) -> None:
    """A row for each channel and currency, over all days."""
    mine = ProofRow.run_id == run_id
    session.execute(delete(ProofRow).where(mine, ProofRow.day.is_(None)))
    rows = session.scalars(select(ProofRow).where(mine).order_by(ProofRow.id).execution_options(yield_per=500))
    kept = _totals(rows)
    if kept:
        session.execute(insert(ProofRow), kept)


FIGURES = ("orders", "posted", "faults", "store_total", "unposted", "expected", "documents_total", "books_total")


def _totals(rows: Iterable[ProofRow]) -> list[dict[str, Any]]:
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        total = found.setdefault((row.channel_id, row.currency), _nothing(row))
        total["is_proven"] = total["is_proven"] and row.is_proven
        for name in FIGURES:
            total[name] += getattr(row, name)
        for cause, amount in row.causes.items():
            total["causes"][cause] = str(Decimal(total["causes"].get(cause, "0")) + Decimal(amount))
        _add_reasons(total["not_posted"], row.not_posted)
    return [found[key] for key in sorted(found)]


def _nothing(row: ProofRow) -> dict[str, Any]:
    empty: dict[str, Any] = dict.fromkeys(FIGURES, 0)
    place = {"run_id": row.run_id, "day": None, "channel_id": row.channel_id, "currency": row.currency}
    return empty | place | {"is_proven": True, "causes": {}, "not_posted": []}


def _add_reasons(into: list[dict[str, Any]], more: Sequence[dict[str, Any]]) -> None:
    for reason in more:
        key = (reason["about"], reason["message"]["template"])
        known = next((each for each in into if (each["about"], each["message"]["template"]) == key), None)
        if known is None:
            into.append(dict(reason))
        else:
            known["count"] += reason["count"]
            known["kinds"] += reason["kinds"]


def _let_go(session: Session, profile_id: int, run_id: int) -> None:
    """What earlier proofs kept, complete or not."""
    earlier = select(Run.id).where(Run.kind == RunKind.PROOF, Run.target_id == profile_id, Run.id < run_id)
    for table in (ProofRow, ProofFault):
        session.execute(
            delete(table).where(table.run_id.in_(earlier)), execution_options={"synchronize_session": False}
        )
