"""Which orders and products a profile sees: those of its channels, from its start date on; inside `writing()`."""

from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from typing import cast
from zoneinfo import ZoneInfo

from sqlalchemy import ColumnElement, Table, and_, delete, exists, insert, or_, select, true, update
from sqlalchemy.orm import Session

from models import (
    AlignmentRow,
    Document,
    ItemMatch,
    Profile,
    ProfileChannel,
    ProfileOrder,
    ReviewOrder,
    StoreChannel,
    StoredItem,
    StoredOrder,
    TaskOrder,
    Tick,
)


def start_of(day: date, time_zone: str) -> datetime:
    """The moment at which a day begins in a zone, in UTC."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def offer_orders(session: Session, order_ids: Sequence[int]) -> None:
    """Show new orders to every profile that takes their channel."""
    if not order_ids:
        return
    channels = select(StoredOrder.channel_id).where(StoredOrder.id.in_(order_ids)).distinct()
    takers = select(ProfileChannel.profile_id).where(ProfileChannel.channel_id.in_(channels))
    for profile in session.scalars(select(Profile).where(Profile.id.in_(takers))):
        _offer(session, profile, StoredOrder.id.in_(order_ids))


def offer_all(session: Session, profile: Profile) -> None:
    """After a change of channels or start date: show what is there already, and no more what is not theirs."""
    _withdraw(session, profile)
    _offer(session, profile, true())
    stores = (
        select(StoreChannel.store_id)
        .join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
        .where(ProfileChannel.profile_id == profile.id)
    )
    _list_items(session, profile.id, StoredItem.store_id.in_(stores))


def _offer(session: Session, profile: Profile, which: ColumnElement[bool]) -> None:
    """Nothing older than the start date is offered, so nothing older is posted (P8)."""
    seen = exists().where(ProfileOrder.profile_id == profile.id, ProfileOrder.order_id == StoredOrder.id)
    found = (
        select(StoredOrder.id, StoredOrder.channel_id, StoredOrder.ordered_at, StoredOrder.status, StoredOrder.number)
        .join(ProfileChannel, ProfileChannel.channel_id == StoredOrder.channel_id)
        .where(ProfileChannel.profile_id == profile.id, which, ~seen)
        .where(StoredOrder.ordered_at >= start_of(profile.start_date, profile.time_zone))
    )
    rows = [
        {
            "profile_id": profile.id,
            "order_id": order_id,
            "channel_id": channel_id,
            "ordered_at": ordered_at,
            "status": status,
            "number": number.casefold()[:64],
        }
        for order_id, channel_id, ordered_at, status, number in session.execute(found)
    ]
    if rows:
        usual = {"tick": Tick.NONE, "reasons": [], "edits": {}}
        session.execute(insert(cast(Table, ProfileOrder.__table__)), [{**row, **usual} for row in rows])  # in bulk


def is_taken(profile: Profile) -> ColumnElement[bool]:
    """A condition on ProfileOrder: of a channel that is ticked, and not older than the start date (P1, P8)."""
    ticked = select(ProfileChannel.channel_id).where(ProfileChannel.profile_id == profile.id)
    begins = start_of(profile.start_date, profile.time_zone)
    return and_(ProfileOrder.channel_id.in_(ticked), ProfileOrder.ordered_at >= begins)


def _withdraw(session: Session, profile: Profile) -> None:
    """Orders that nothing was done with yet; the others stay, with what became of them."""
    used = or_(
        exists().where(TaskOrder.profile_order_id == ProfileOrder.id),
        exists().where(Document.profile_order_id == ProfileOrder.id),
    )
    mine = (ProfileOrder.profile_id == profile.id, ProfileOrder.tick == Tick.NONE, ~is_taken(profile), ~used)
    without_check = {"synchronize_session": False}
    reviewed = delete(ReviewOrder).where(ReviewOrder.profile_order_id.in_(select(ProfileOrder.id).where(*mine)))
    session.execute(reviewed, execution_options=without_check)
    aligned = delete(AlignmentRow).where(AlignmentRow.profile_order_id.in_(select(ProfileOrder.id).where(*mine)))
    session.execute(aligned, execution_options=without_check)
    session.execute(delete(ProfileOrder).where(*mine), execution_options=without_check)


def list_again(session: Session, order: StoredOrder) -> None:
    """An order that was read again stands in the lists by its day, status and number of now."""
    values = {"status": order.status, "number": order.number.casefold()[:64], "ordered_at": order.ordered_at}
    here = update(ProfileOrder).where(ProfileOrder.order_id == order.id)
    session.execute(here.values(values), execution_options={"synchronize_session": False})


def offer_items(session: Session, item_ids: Sequence[int], store_id: int) -> None:
    """Give products of a store their row in the matching of every profile that takes one of its channels."""
    takers = (
        select(ProfileChannel.profile_id)
        .join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
        .where(StoreChannel.store_id == store_id)
        .distinct()
    )
    for profile_id in session.scalars(takers).all():
        _list_items(session, profile_id, StoredItem.id.in_(item_ids))


def _list_items(session: Session, profile_id: int, which: ColumnElement[bool]) -> None:
    seen = exists().where(ItemMatch.profile_id == profile_id, ItemMatch.item_id == StoredItem.id)
    found = session.execute(select(StoredItem.id, StoredItem.store_id).where(which, ~seen)).all()
    if found:
        rows = [{"store_id": store_id, "item_id": item_id, "is_matched": False} for item_id, store_id in found]
        session.execute(insert(ItemMatch), [{"profile_id": profile_id, **row} for row in rows])
