"""The orders that a store lists and that are not here: kept by number until they are (Z9)."""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ScalarSelect, Select, delete, func, insert, select, union_all, update
from sqlalchemy.orm import Session

from adapters.registry import STORES
from adapters.stores.base import Listed
from models import MissingOrder, OrderCount, Run, RunKind, RunState, StoreChannel, StoredOrder, db
from sync import lists, runs

AT_ONCE = 500
NAMED = 5
"""So many numbers are named in one sentence."""
PAGE = 50


def is_counted(channel: StoreChannel) -> bool:
    """Only a store that can be asked can say what it has."""
    return STORES[channel.store.kind].can_be_asked


# --- kept by the count -------------------------------------------------------------------------------------------


def here(session: Session, channel_id: int, order_ids: Sequence[str]) -> set[str]:
    """Of these orders of a channel those that were read."""
    found: set[str] = set()
    for some in _parts(order_ids):
        query = select(StoredOrder.external_id)
        found |= set(
            session.scalars(query.where(StoredOrder.channel_id == channel_id, StoredOrder.external_id.in_(some)))
        )
    return found


def note(session: Session, channel_id: int, listed: Sequence[Listed], run_id: int, now: datetime) -> None:
    """Write down orders that are not here; one that was written down before keeps the moment when it was found."""
    ids = [each.order_id for each in listed]
    known: set[str] = set()
    for some in _parts(ids):
        mine = (MissingOrder.channel_id == channel_id, MissingOrder.external_id.in_(some))
        known |= set(session.scalars(select(MissingOrder.external_id).where(*mine)))
        session.execute(update(MissingOrder).where(*mine).values(run_id=run_id))
    rows = [_row(channel_id, each, run_id, now) for each in listed if each.order_id not in known]
    if rows:
        session.execute(insert(MissingOrder), rows)


def _row(channel_id: int, each: Listed, run_id: int, now: datetime) -> dict[str, object]:
    named = {"external_id": each.order_id, "number": (each.number or each.order_id)[:64], "ordered_at": each.ordered_at}
    return {"channel_id": channel_id, "run_id": run_id, "found_at": now, **named}


def forget(session: Session, channel_id: int, order_ids: Collection[str]) -> None:
    """These are here now, or gone in the store."""
    for some in _parts(list(order_ids)):
        rows = delete(MissingOrder).where(MissingOrder.channel_id == channel_id, MissingOrder.external_id.in_(some))
        session.execute(rows, execution_options={"synchronize_session": False})


def _parts(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    return (ids[start : start + AT_ONCE] for start in range(0, len(ids), AT_ONCE))


# --- told on pages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Gap:
    """What one channel's store has and we have not, counted up to 1,001; the first of their numbers; `runs` are the
    count that is in trouble, and the reading that fetches."""

    channel: StoreChannel
    count: int
    numbers: tuple[str, ...]
    runs: tuple[Run, ...]


def gaps(channels: Collection[StoreChannel]) -> list[Gap]:
    """Of these channels those with orders that are not here, that are just fetched, or whose count failed.

    A fixed number of queries, however many channels."""
    asked = [each for each in channels if each.store.is_enabled and is_counted(each)]
    ids = [each.id for each in asked]
    numbers = _numbers(ids)
    latest = runs.latest([(kind, each) for each in ids for kind in (RunKind.GAPS, RunKind.MISSING)])
    found = [_gap(each, numbers.get(each.id, []), _told(latest, each.id)) for each in asked]
    return [each for each in found if each.count or each.runs]


def _gap(channel: StoreChannel, numbers: Sequence[str], found: tuple[Run, ...]) -> Gap:
    return Gap(channel, len(numbers), tuple(numbers[:NAMED]), found)


def _told(latest: dict[tuple[RunKind, int], Run], channel_id: int) -> tuple[Run, ...]:
    """A count is told while it is in trouble, a fetch until it is done: neither is ever silent about a failure."""
    count, fetch = latest.get((RunKind.GAPS, channel_id)), latest.get((RunKind.MISSING, channel_id))
    troubled = [count] if count and count.trouble and count.state is not RunState.DONE else []
    return (*troubled, *([fetch] if fetch and fetch.state is not RunState.DONE else []))


def _numbers(ids: Sequence[int]) -> dict[int, list[str]]:
    """By channel, up to 1,001 of each: a subquery that stops there, all in one query."""
    found: dict[int, list[str]] = {}
    parts = [_first(each).limit(lists.MOST_COUNTED + 1).subquery() for each in ids]
    for channel_id, number in db.session.execute(union_all(*(select(part) for part in parts))) if parts else ():
        found.setdefault(channel_id, []).append(number)
    return found


def _first(channel_id: int) -> Select[int, str]:
    mine = select(MissingOrder.channel_id, MissingOrder.number).where(MissingOrder.channel_id == channel_id)
    return mine.order_by(MissingOrder.id)


def page_of(channel_id: int, after_id: int = 0) -> Sequence[MissingOrder]:
    """The orders of a channel that are not here, in the order in which they were found."""
    query = select(MissingOrder).where(MissingOrder.channel_id == channel_id, MissingOrder.id > after_id)
    return db.session.scalars(query.order_by(MissingOrder.id).limit(PAGE)).all()


@dataclass(frozen=True, slots=True)
class Counted:
    """What the last complete count of a channel found: when, how many orders the store has, how many are here."""

    at: datetime | None
    in_store: int
    here: int


def last_counts(ids: Collection[int]) -> dict[int, Counted]:
    """The last complete count of each of these channels."""
    sums = (func.sum(OrderCount.in_store), func.sum(OrderCount.here))
    query = select(OrderCount.channel_id, Run.ended_at, *sums).join(Run, Run.id == OrderCount.run_id)
    query = query.where(OrderCount.channel_id.in_(ids), Run.state == RunState.DONE)
    rows = db.session.execute(query.group_by(OrderCount.channel_id, Run.id, Run.ended_at).order_by(Run.id))
    return {channel_id: Counted(at, int(in_store), int(there)) for channel_id, at, in_store, there in rows}


def last_count(channel_id: int) -> tuple[Run | None, Sequence[OrderCount]]:
    """The last count that came to its end, with what it counted, the newest days first."""
    run = db.session.get(Run, db.session.scalar(select(_last_done(channel_id))) or 0)
    query = select(OrderCount).where(OrderCount.run_id == (run.id if run else 0))
    return run, db.session.scalars(query.order_by(OrderCount.first_day.desc())).all()


def _last_done(channel_id: int) -> ScalarSelect[int]:
    done = (Run.kind == RunKind.GAPS, Run.target_id == channel_id, Run.state == RunState.DONE)
    return select(Run.id).where(*done).order_by(Run.id.desc()).limit(1).scalar_subquery()
