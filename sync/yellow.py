"""When an order that is in the books has changed since (I7; `rules.md` 6)."""

from collections.abc import Collection, Mapping
from typing import Any, cast

import msgspec
from sqlalchemy import Table, and_, bindparam, select, update
from sqlalchemy.orm import Session

from documents import Order
from models import Document, DocumentState, Profile, ProfileOrder, StoredOrder, Tick
from sync.drafting import changed_fields, content_key
from sync.loading import read_settings

IN_BOOKS = (DocumentState.POSTED, DocumentState.DIFFERS)
ABOUT_BOOKS = "books"
"""What a reason is about that the books gave, not the order (sync/happened.py)."""


def key_of(order: Order, profile: Profile) -> str:
    """The hash of what of this order reaches the document under this profile's settings."""
    return content_key(order, read_settings(profile))


_TABLES = [cast(Table, each.__table__) for each in (ProfileOrder, StoredOrder, Document, Profile)]
_ORDER, _STORED, _DOCUMENT, _PROFILE = (table.c for table in _TABLES)
_THEIRS = _TABLES[3].alias()
_AS_IT_IS = (
    select(_STORED.document, _DOCUMENT.content_key, _PROFILE.settings, _PROFILE.number_next, _THEIRS.c.settings)
    .select_from(_TABLES[0])
    .join(_TABLES[1], _STORED.id == _ORDER.order_id)
    .join(_TABLES[3], _PROFILE.id == _ORDER.profile_id)
    .join(_TABLES[2], _DOCUMENT.id == bindparam("document_id"))
    .join(_THEIRS, _THEIRS.c.id == _DOCUMENT.profile_id)
    .where(_ORDER.id == bindparam("profile_order_id"))
)
_SET_TICK = (
    update(_TABLES[0]).where(_ORDER.id == bindparam("row_id")).values(tick=bindparam("now"), reasons=bindparam("why"))
)


def tick_after_posting(session: Session, profile_order_id: int, document_id: int) -> Mapping[str, str]:
    """Green, or yellow when the order changed while it was posted; returns the settings of the document's profile."""
    connection = session.connection()
    asked = {"profile_order_id": profile_order_id, "document_id": document_id}
    stored, posted_key, settings, number_next, theirs = connection.execute(_AS_IT_IS, asked).one()
    tick = _tick(stored, posted_key, Profile(settings=settings, number_next=number_next))
    connection.execute(_SET_TICK, {"row_id": profile_order_id, "now": tick, "why": []})
    return cast(Mapping[str, str], theirs)


def _tick(stored: str | None, posted_key: str | None, profile: Profile) -> Tick:
    if stored is None or posted_key is None:
        return Tick.GREEN
    now = key_of(msgspec.json.decode(stored, type=Order), profile)
    return Tick.GREEN if now == posted_key else Tick.YELLOW


def notice_change(session: Session, stored_id: int, before: Order | None, after: Order) -> None:
    """An order was read again in other words: green turns yellow only if its document would change, and back."""
    posted = (
        select(ProfileOrder.id, ProfileOrder.tick, ProfileOrder.reasons, Profile, Document.content_key)
        .join(Profile, Profile.id == ProfileOrder.profile_id)
        .join(Document, and_(Document.profile_order_id == ProfileOrder.id, Document.is_main.is_(True)))
        .where(ProfileOrder.order_id == stored_id, Document.is_live.is_(True), Document.state.in_(IN_BOOKS))
    )
    for row_id, tick, reasons, profile, posted_key in session.execute(posted).all():
        now = _tick_now(tick, profile, posted_key, before, after)
        if now is not tick and not is_by_books(reasons):
            session.execute(update(ProfileOrder).where(ProfileOrder.id == row_id).values(tick=now))


def is_by_books(reasons: Collection[Mapping[str, Any]]) -> bool:
    """Yellow for what people did in the books: whatever the order says, it must be written again."""
    return bool(reasons) and all(reason["about"] == ABOUT_BOOKS for reason in reasons)


def _tick_now(tick: Tick, profile: Profile, posted_key: str | None, before: Order | None, after: Order) -> Tick:
    if tick is Tick.YELLOW and key_of(after, profile) == posted_key:
        return Tick.GREEN
    is_changed = before is None or changed_fields(before, after, read_settings(profile))
    return Tick.YELLOW if tick is Tick.GREEN and is_changed else tick
