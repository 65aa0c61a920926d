"""A channel from which no order came for longer than usual, told by its own history; it goes away by itself."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from sqlalchemy import column, func, select, true, values

from adapters.registry import STORES
from models import StoreChannel, StoredOrder, db
from models.base import Instant

HISTORY = timedelta(days=60)
STRIDE = timedelta(hours=12)
"""Shorter pauses count as this long: a silence of less than a day is never told, and they need not be known exactly."""
ENOUGH, ENOUGH_DAYS = 8, timedelta(days=14)
"""Less history, in orders half a day apart and in days, says nothing of what is usual."""


@dataclass(frozen=True, slots=True)
class Quiet:
    """How long a channel has been silent, the pause that is usual there, and its last order."""

    silence: timedelta
    usual: timedelta
    last: datetime


@dataclass(frozen=True, slots=True)
class QuietChannel:
    """A channel that is quiet."""

    channel: StoreChannel
    quiet: Quiet


def quiet(moments: Sequence[datetime], until: datetime) -> Quiet | None:
    """Whether a channel with orders at these moments, in their order, is silent for longer than usual at `until`.

    The moments need not be all of them, so long as both ends of every pause longer than `STRIDE` are there. Usual is
    the second longest pause, for one holiday or one outage does not count, and never less than `STRIDE`. Quiet is more
    than twice that, so at least a day; nothing is told with little history."""
    known = [each for each in moments if until - HISTORY <= each <= until]
    if len(known) < ENOUGH or known[-1] - known[0] < ENOUGH_DAYS:
        return None
    pauses = sorted(later - earlier for earlier, later in pairwise(known))
    usual, silence = max(pauses[-2], STRIDE), until - known[-1]
    return Quiet(silence, usual, known[-1]) if silence > 2 * usual else None


def quiet_channels(channels: Collection[StoreChannel], now: datetime) -> list[QuietChannel]:
    """Of these channels those that are quiet, up to the moment until which their orders have surely been read.

    Two queries, however many channels and orders. A store that cannot be asked brings orders when somebody uploads
    them, and a disabled one brings none: they are never quiet."""
    asked = {each.id: each for each in channels if each.store.is_enabled and STORES[each.store.kind].can_be_asked}
    until = {each.id: each.pulled_before for each in asked.values() if each.pulled_before}
    last = _last_orders(until)
    silent = {each: until[each] for each, moment in last.items() if until[each] - moment > 2 * STRIDE}
    moments = _moments(silent, now)
    found = ((asked[each], quiet(moments.get(each, ()), silent[each])) for each in silent)
    return [QuietChannel(channel, how) for channel, how in found if how]


def _last_orders(ids: Collection[int]) -> dict[int, datetime]:
    """The newest order of each channel, each from the end of an index."""
    newest = select(func.max(StoredOrder.ordered_at)).where(StoredOrder.channel_id == StoreChannel.id)
    query = select(StoreChannel.id, newest.correlate(StoreChannel).scalar_subquery()).where(StoreChannel.id.in_(ids))
    return {channel_id: moment for channel_id, moment in db.session.execute(query) if moment is not None}


def _moments(ids: Collection[int], now: datetime) -> dict[int, list[datetime]]:
    """The orders before and after each half day of the history: every longer pause lies between two of them.

    Some 240 steps into an index for each channel, however many orders there are."""
    half_days = [(now - STRIDE * number,) for number in range(HISTORY // STRIDE + 1)]
    grid = values(column("at", Instant), name="grid").data(half_days).cte("grid")
    mine = (StoredOrder.channel_id == StoreChannel.id,)
    before = select(func.max(StoredOrder.ordered_at)).where(*mine, StoredOrder.ordered_at < grid.c.at)
    after = select(func.min(StoredOrder.ordered_at)).where(*mine, StoredOrder.ordered_at >= grid.c.at)
    sides = [each.correlate(StoreChannel, grid).scalar_subquery() for each in (before, after)]
    query = select(StoreChannel.id, *sides).join(grid, true()).where(StoreChannel.id.in_(ids))
    found: dict[int, set[datetime]] = {each: set() for each in ids}
    for channel_id, *moments in db.session.execute(query):
        found[channel_id].update(moment for moment in moments if moment is not None)
    return {each: sorted(moments) for each, moments in found.items()}
