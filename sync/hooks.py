"""Messages that stores send of their own accord: hints which orders to read again. Polling stays the truth (F11)."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import delete, exists, func, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from adapters.registry import STORES
from adapters.stores.base import Hook
from clock import seconds
from models import (
    Profile,
    ProfileChannel,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoreConnection,
    StoreHook,
    db,
    end_reading,
    writing,
)
from sync import tries
from sync.connections import store_of
from sync.tools import Tools

SETTLED = timedelta(minutes=2)
"""So long a message that names no order waits: a pull by the moment of change leaves out the newest minute."""
KEPT = timedelta(days=30)
"""Longer than any store repeats a message: Ecwid does for 24 hours (ecwid.md 11), Shopify for 4."""
MOST_ORDERS, LONGEST_ID, LONGEST_EVENT = 500, 64, 100
STEP, MOST_SWEPT = 100, 1000


@dataclass(frozen=True, slots=True)
class Told:
    """What came from a store lately: when the last good message came, and how many were refused within a day."""

    last_at: datetime | None
    refused: int


# --- coming in --------------------------------------------------------------------------------------------------


def taker(store_id: int) -> StoreConnection | None:
    """The store, where it is enabled and of a kind that sends messages."""
    row = db.session.get(StoreConnection, store_id, populate_existing=True)
    return row if row is not None and row.is_enabled and STORES[row.kind].hooks is not None else None


def receive(
    store: StoreConnection, headers: Mapping[str, str], query: Mapping[str, str], body: bytes, tools: Tools
) -> bool:
    """Keep what a message says, once; raises HookRefused. The store is asked nothing. False: it says nothing."""
    hook = store_of(store, tools).read_hook(headers, query, body)
    if hook is None:
        return False
    now = tools.clock.now()
    order_ids = [each for each in dict.fromkeys(hook.order_ids) if _is_id(each)][:MOST_ORDERS]
    wait = timedelta() if order_ids else SETTLED
    try:
        with writing() as session:
            said = StoreHook(store_id=store.id, event_id=_event_id(hook), order_ids=order_ids)
            said.received_at, said.not_before = now, now + wait
            session.add(said)
    except IntegrityError:
        pass  # it came before: once is enough
    return True


def _is_id(text: str) -> bool:
    return 0 < len(text) <= LONGEST_ID and "\0" not in text


def _event_id(hook: Hook) -> str:
    """The store's own, or its hash where it would not fit."""
    is_plain = len(hook.event_id) <= LONGEST_EVENT and "\0" not in hook.event_id
    return hook.event_id if is_plain else hashlib.sha256(hook.event_id.encode()).hexdigest()


def refuse(store_id: int, address: str, now: datetime) -> None:
    """Count a message that was refused; raises TooManyTries where many came from there: they are not even counted.

    A good message is never held up by it."""
    tries.take(tries.keys_of_hook(store_id, address), now)


# --- being read -------------------------------------------------------------------------------------------------


def due(tools: Tools, store_id: int | None = None) -> list[int]:
    """The channels, of one store or of all, whose orders are to be read because of messages that wait."""
    now = tools.clock.now()
    failed = exists().where(
        Run.kind == RunKind.ORDERS,
        Run.target_id == StoreChannel.id,
        Run.state == RunState.FAILED,
        Run.ended_at.between(now - seconds(tools.timing.pull_s), now),
    )
    query = (
        select(StoreChannel.id)
        .join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        .join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
        .join(Profile, Profile.id == ProfileChannel.profile_id)
        .join(StoreHook, StoreHook.store_id == StoreConnection.id)
        .where(StoreConnection.is_enabled.is_(True), Profile.is_enabled.is_(True), ~failed)
        .where(StoreHook.done_at.is_(None), StoreHook.not_before <= now)
        .distinct()
    )
    found = db.session.scalars(query if store_id is None else query.where(StoreConnection.id == store_id)).all()
    end_reading()
    return list(found)


def waiting(store_id: int, until: datetime) -> Sequence[StoreHook]:
    """The oldest messages that were not read yet and may be by now."""
    query = select(StoreHook).where(StoreHook.store_id == store_id, StoreHook.done_at.is_(None))
    query = query.where(StoreHook.not_before <= until).order_by(StoreHook.id).limit(STEP)
    found = db.session.scalars(query).all()
    end_reading()
    return found


def done(session: Session, hints: Sequence[StoreHook], now: datetime) -> None:
    """They were read."""
    mine = StoreHook.id.in_([each.id for each in hints])
    session.execute(update(StoreHook).where(mine).values(done_at=now), execution_options={"synchronize_session": False})


# --- looking back -----------------------------------------------------------------------------------------------


def told(store_id: int) -> Told:
    """For the store's page."""
    last_at = db.session.scalar(select(func.max(StoreHook.received_at)).where(StoreHook.store_id == store_id))
    return Told(last_at, tries.wrong_hooks(store_id))


def forget_old(now: datetime) -> None:
    """Remove what no store repeats any more, some at a time."""
    old = select(StoreHook.id).where(StoreHook.received_at < now - KEPT).order_by(StoreHook.received_at)
    ids = db.session.scalars(old.limit(MOST_SWEPT)).all()
    end_reading()
    if ids:
        with writing() as session:
            session.execute(delete(StoreHook).where(StoreHook.id.in_(ids)))
