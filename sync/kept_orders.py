"""Orders as they were read last: a new one is offered to the profiles, a changed one may turn yellow, none is lost."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

import msgspec
from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from adapters.stores.base import OrderPage, PulledOrder, UnreadableOrder
from documents import N_, ZERO, Order, say
from models import StoredOrder
from sync import missing, offers, store_words
from sync.yellow import notice_change

CLOSED = frozenset({"completed", "cancelled", "refunded", "returned", "failed"})
NEVER_READ = N_("The store has it no more, and it could never be read: there is nothing to send.")
NO_MONEY = N_("Its total {total} is larger than any order's, or has more than four decimals. Correct it in the store.")
LARGEST, SMALLEST = Decimal("1e14"), Decimal("0.0001")
"""What the total of an order is below, and a multiple of."""
LONGEST_TOLD = 100
LONGEST_STATUS = 40
"""Of a status that a store made up, in our lists; the order itself keeps it whole."""


class Kept(NamedTuple):
    """How many of some orders were not here before, and how many say something else now."""

    new: int
    changed: int


def keep_page(session: Session, channel_id: int, page: OrderPage, now: datetime) -> None:
    """Store what one answer of the store told; orders that it has no more count as cancelled."""
    keep_orders(session, channel_id, page.orders, page.unreadable, now)
    keep_gone(session, channel_id, [*page.gone, *_gone_of_unseen(session, channel_id, page)], now)


def _gone_of_unseen(session: Session, channel_id: int, page: OrderPage) -> list[str]:
    """Those that the store would show if it had them: read before, and young enough. The others stay as they were read,
    and what was never read becomes no order."""
    if page.seen_from is None or not page.unseen:
        return []
    read = [row for row in _known(session, channel_id, page.unseen).values() if row.document is not None]
    return [row.external_id for row in read if row.ordered_at and row.ordered_at >= page.seen_from]


def keep_gone(session: Session, channel_id: int, ids: Sequence[str], now: datetime) -> None:
    """Orders that their store has no more count as cancelled, also those that were never readable."""
    for row in _known(session, channel_id, ids).values():
        row.is_open = False
        if row.status == "cancelled":
            continue
        row.status, row.pulled_at = "cancelled", now
        row.raw_sha256 = ""  # should it come back in the very same words, that is a change
        if row.document is None:
            row.trouble = msgspec.json.encode(say(NEVER_READ)).decode()
        else:
            _cancel(session, row, row.document)
        offers.list_again(session, row)


def _cancel(session: Session, row: StoredOrder, document: str) -> None:
    before = msgspec.json.decode(document, type=Order)
    gone = replace(before, status="cancelled")
    row.document, row.trouble = msgspec.json.encode(gone).decode(), None
    notice_change(session, row.id, before, gone)


def keep_orders(
    session: Session,
    channel_id: int,
    orders: Sequence[PulledOrder],
    unreadable: Sequence[UnreadableOrder],
    now: datetime,
) -> Kept:
    """Store what was read: new ones are offered to the profiles, changed ones may turn yellow, the rest is left."""
    unreadable = [*unreadable, *(_too_large(each) for each in orders if not _fits(each.order))]
    orders = [each for each in orders if _fits(each.order)]
    ids = [each.order.order_id for each in orders] + [each.order_id for each in unreadable]
    known = _known(session, channel_id, ids)
    new = {each.order.order_id: each for each in orders if each.order.order_id not in known}
    again = [(row, each) for each in orders if (row := known.get(each.order.order_id))]
    changed = sum([_told_again(session, row, each, now) for row, each in again])
    made = _insert(session, channel_id, new, now)
    known.update(_known(session, channel_id, [bad.order_id for bad in unreadable if bad.order_id in new]))
    unread = [known[bad.order_id] for bad in unreadable if _note_unreadable(session, known, channel_id, bad, now)]
    session.flush()
    missing.forget(session, channel_id, [*new, *(row.external_id for row in unread)])
    store_words.note(session, channel_id, [each.order for each in orders])
    offers.offer_orders(session, [*made, *(row.id for row in unread)])
    return Kept(len(made), changed)


def _told_again(session: Session, row: StoredOrder, pulled: PulledOrder, now: datetime) -> bool:
    """An order that is here is told anew; whether it says something else than before."""
    digest, row.pulled_at = _digest(pulled.raw), now
    if row.raw_sha256 == digest and row.trouble is None:
        return False
    before = msgspec.json.decode(row.document, type=Order) if row.document else None
    for name, value in _written(pulled, digest, row.ordered_at or now).items():
        setattr(row, name, value)
    notice_change(session, row.id, before, pulled.order)
    offers.list_again(session, row)
    return before != pulled.order


def _fits(order: Order) -> bool:
    """Whether its total can be kept: one that cannot keeps no other order of its page away."""
    return order.total.is_finite() and abs(order.total) < LARGEST and not order.total % SMALLEST


def _too_large(pulled: PulledOrder) -> UnreadableOrder:
    return UnreadableOrder(
        pulled.order.order_id, pulled.raw, say(NO_MONEY, total=f"{pulled.order.total}"[:LONGEST_TOLD])
    )


def _insert(session: Session, channel_id: int, new: Mapping[str, PulledOrder], now: datetime) -> list[int]:
    """Orders that were not here before; their ids. In bulk: a file may bring a hundred thousand."""
    if not new:
        return []
    key = {"channel_id": channel_id, "pulled_at": now}
    rows = [{**key, "external_id": own, **_written(each, _digest(each.raw), now)} for own, each in new.items()]
    session.execute(insert(StoredOrder.__table__), rows)  # type: ignore[arg-type]
    query = select(StoredOrder.id).where(StoredOrder.channel_id == channel_id, StoredOrder.external_id.in_(list(new)))
    return list(session.scalars(query.order_by(StoredOrder.id)))


def _known(session: Session, channel_id: int, ids: Iterable[str]) -> dict[str, StoredOrder]:
    query = select(StoredOrder).where(StoredOrder.channel_id == channel_id, StoredOrder.external_id.in_(list(ids)))
    return {row.external_id: row for row in session.scalars(query.execution_options(populate_existing=True))}


def _new(session: Session, channel_id: int, external_id: str) -> StoredOrder:
    row = StoredOrder(channel_id=channel_id, external_id=external_id)
    session.add(row)
    return row


def _written(pulled: PulledOrder, digest: str, otherwise: datetime) -> dict[str, object]:
    """The columns of an order as it is told; `otherwise` it was made, where its date is not told."""
    order = pulled.order
    return {
        "number": order.number,
        "status": order.status[:LONGEST_STATUS],
        "payment_status": order.payment_status[:LONGEST_STATUS],
        "currency": order.currency,
        "total": -order.total if order.is_credit_note else order.total,
        "ordered_at": order.dates.ordered or otherwise,
        "is_open": order.status not in CLOSED,
        "document": msgspec.json.encode(order).decode(),
        "trouble": None,
        "raw": pulled.raw,
        "raw_sha256": digest,
    }


def _note_unreadable(
    session: Session, known: dict[str, StoredOrder], channel_id: int, bad: UnreadableOrder, now: datetime
) -> bool:
    """Keep the store's words and the reason; an order that was readable before keeps its last readable words. Whether
    it is new."""
    row = known.get(bad.order_id)
    is_new = row is None
    if row is None:
        row = known[bad.order_id] = _new(session, channel_id, bad.order_id)
        row.number, row.payment_status, row.currency = bad.order_id, "", ""
        row.total, row.ordered_at, row.is_open = ZERO, now, True
    if row.document is None:
        row.status, row.raw, row.raw_sha256 = "unreadable", bad.raw, _digest(bad.raw)
    row.trouble, row.pulled_at = msgspec.json.encode(bad.message).decode(), now
    return is_new


def _digest(raw: str) -> str:
    return hashlib.sha256(raw.encode()).hexdigest()
