"""When an order that is in the books has changed since (I7; `rules.md` 6)."""

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from documents import Order
from models import Document, DocumentState, Profile, ProfileOrder, StoredOrder, Tick
from sync.drafting import changed_fields, content_key
from sync.loading import read_settings

IN_BOOKS = (DocumentState.POSTED, DocumentState.DIFFERS)


def key_of(order: Order, profile: Profile) -> str:
    """The hash of what of this order reaches the document under this profile's settings."""
    return content_key(order, read_settings(profile))


def tick_after_posting(session: Session, profile_order_id: int, document_id: int) -> None:
    """Green, or yellow when the order changed while it was being posted."""
    row = session.get_one(ProfileOrder, profile_order_id, populate_existing=True)
    document = session.get_one(Document, document_id, populate_existing=True)
    order = session.get_one(StoredOrder, row.order_id, populate_existing=True)
    row.tick = _tick(session, row, document, order)
    row.reasons = []
    session.flush()


def _tick(session: Session, row: ProfileOrder, document: Document, stored: StoredOrder) -> Tick:
    if stored.document is None or document.content_key is None:
        return Tick.GREEN
    profile = session.get_one(Profile, row.profile_id)
    now = key_of(msgspec.json.decode(stored.document, type=Order), profile)
    return Tick.GREEN if now == document.content_key else Tick.YELLOW


def notice_change(session: Session, stored_id: int, before: Order | None, after: Order) -> None:
    """An order was read again in other words: green turns yellow only if its document would change, and back."""
    posted = (
        select(ProfileOrder.id, ProfileOrder.tick, Profile, Document.content_key)
        .join(Profile, Profile.id == ProfileOrder.profile_id)
        .join(Document, Document.profile_order_id == ProfileOrder.id)
        .where(ProfileOrder.order_id == stored_id, Document.is_live.is_(True), Document.state.in_(IN_BOOKS))
    )
    for row_id, tick, profile, posted_key in session.execute(posted).all():
        now = _tick_now(tick, profile, posted_key, before, after)
        if now is not tick:
            session.execute(update(ProfileOrder).where(ProfileOrder.id == row_id).values(tick=now))


def _tick_now(tick: Tick, profile: Profile, posted_key: str | None, before: Order | None, after: Order) -> Tick:
    if tick is Tick.YELLOW and key_of(after, profile) == posted_key:
        return Tick.GREEN
    is_changed = before is None or changed_fields(before, after, read_settings(profile))
    return Tick.YELLOW if tick is Tick.GREEN and is_changed else tick
