"""Profiles at a glance: their channels and stores, and how much waits; a fixed number of queries for any of them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import ColumnElement, Exists, Select, exists, select
from sqlalchemy.orm import contains_eager, joinedload

from adapters.registry import STORES, asked
from documents import ChargeKind
from models import (
    BooksConnection,
    ItemMatch,
    Profile,
    ProfileChannel,
    ProfileMember,
    ProfileOrder,
    Run,
    RunKind,
    StoreChannel,
    StoreConnection,
    Tick,
    User,
    db,
)
from sync import lists, runs


@dataclass(frozen=True, slots=True)
class Waiting:
    """How many orders and products of a profile wait for somebody, each counted up to 1,001."""

    pending: int
    changed: int
    failed: int
    unmatched: int


def profiles_with_books(ids: Collection[int]) -> Sequence[Profile]:
    """These profiles with their books, by name."""
    query = (
        select(Profile)
        .where(Profile.id.in_(ids))
        .options(joinedload(Profile.books).joinedload(BooksConnection.tokens))
        .order_by(Profile.name)
    )
    return db.session.scalars(query).all()


def books_without_profile() -> Sequence[BooksConnection]:
    """Books that were connected, and whose profile was not made yet."""
    used = exists().where(Profile.books_id == BooksConnection.id)
    return db.session.scalars(select(BooksConnection).where(~used).order_by(BooksConnection.id)).all()


def channels_by_profile(ids: Collection[int]) -> dict[int, list[StoreChannel]]:
    """The channels of these profiles, with their stores."""
    query = select(ProfileChannel.profile_id, StoreChannel)
    query = query.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    query = query.join(StoreChannel.store).options(contains_eager(StoreChannel.store))
    found: dict[int, list[StoreChannel]] = {each: [] for each in ids}
    for profile_id, channel in db.session.execute(
        query.where(ProfileChannel.profile_id.in_(ids)).order_by(StoreChannel.name, StoreChannel.id)
    ):
        found[profile_id].append(channel)
    return found


def stores_of(channels: Sequence[StoreChannel]) -> list[StoreConnection]:
    """The stores that these channels are in, each once."""
    return list({channel.store_id: channel.store for channel in channels}.values())


def all_channels() -> Sequence[StoreChannel]:
    """Every channel of every store, by store and name."""
    query = select(StoreChannel).join(StoreChannel.store).options(contains_eager(StoreChannel.store))
    return db.session.scalars(query.order_by(StoreConnection.name, StoreConnection.id, StoreChannel.name)).all()


def waiting(profile_id: int) -> Waiting:
    """What waits in a profile."""
    orders = select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id)
    items = select(ItemMatch.id).where(ItemMatch.profile_id == profile_id, ItemMatch.is_matched.is_(False))
    pending, changed, failed = (
        lists.count(orders.where(ProfileOrder.tick == tick)) for tick in (Tick.NONE, Tick.YELLOW, Tick.RED)
    )
    return Waiting(pending, changed, failed, lists.count(items))


def suppliers(channels: Sequence[StoreChannel]) -> Mapping[ChargeKind, list[StoreChannel]]:
    """Which of these channels tell each kind of amount, as their stores declare it (S19)."""
    return {kind: [each for each in channels if kind in STORES[each.store.kind].charges] for kind in ChargeKind}


# --- readings ---------------------------------------------------------------------------------------------------


def readings(profile: Profile, channels: Sequence[StoreChannel]) -> list[tuple[RunKind, int]]:
    """Everything that is read for a profile: the books' lists, its stores' catalogues, its channels' orders.

    A store that is disabled is asked nothing, nor one that only takes files."""
    open_ones = [each for each in channels if each.store.is_enabled and each.store.kind in asked()]
    stores = [(RunKind.ITEMS, store.id) for store in stores_of(open_ones)]
    return [(RunKind.REFERENCE, profile.books_id), *stores, *((RunKind.ORDERS, each.id) for each in open_ones)]


def latest_readings(profile: Profile, channels: Sequence[StoreChannel]) -> list[Run]:
    """The last reading of each, in that order."""
    wanted = readings(profile, channels)
    found = runs.latest(wanted)
    return [found[each] for each in wanted if each in found]


def may_see_run(user: User, run: Run) -> bool:
    """The owner sees every reading, others those for a profile of theirs."""
    if user.is_owner:
        return True
    if run.kind in (RunKind.FILE, RunKind.APPLY, RunKind.RECORDS):
        return False
    mine = select(ProfileMember.profile_id).where(ProfileMember.user_id == user.id)
    if run.kind in (RunKind.REFERENCE, RunKind.DETAILS):
        query = exists().where(Profile.books_id == run.target_id, Profile.id.in_(mine))
    elif run.kind in (RunKind.PROOF, RunKind.ALIGNMENT):
        query = exists().where(Profile.id == run.target_id, Profile.id.in_(mine))
    else:
        of_channel = StoreChannel.store_id if run.kind is RunKind.ITEMS else StoreChannel.id
        query = _takes(mine, of_channel == run.target_id)
    return bool(db.session.scalar(select(query)))


def may_see_channel(user: User, channel_id: int) -> bool:
    """The owner sees every channel, others those that a profile of theirs takes."""
    mine = select(ProfileMember.profile_id).where(ProfileMember.user_id == user.id)
    return user.is_owner or bool(db.session.scalar(select(_takes(mine, StoreChannel.id == channel_id))))


def _takes(profile_ids: Select[int], which: ColumnElement[bool]) -> Exists:
    """One of these profiles takes such a channel."""
    taken = (ProfileChannel.channel_id == StoreChannel.id, ProfileChannel.profile_id.in_(profile_ids))
    return exists().where(which, *taken)
