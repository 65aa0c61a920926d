"""Drafting the demo's orders, against reading such an order and writing such a document."""

from collections.abc import Callable, Iterator

import msgspec
from sqlalchemy import select

from benchmarks.shop import open_shop
from benchmarks.table import Row, compare, taken_s
from clock import SystemClock
from documents import Draft, Invoice, Order
from models import Profile, ProfileOrder, StoreConnection, StoredOrder, db, end_reading
from sync import syncing
from sync.drafting import NO_EDITS, draft
from sync.drafting.rules import Rules
from sync.loading import Batch, rules_for

ORDERS, TIMES, BATCH = 500, 9, 100
QUICK_ORDERS, QUICK_TIMES = 40, 1
MOST_S = 0.001


def rows(is_quick: bool) -> Iterator[Row]:
    """The draft itself, with its rules at hand; and with everything read from the database, as a task does it."""
    orders, times = (QUICK_ORDERS, QUICK_TIMES) if is_quick else (ORDERS, TIMES)
    with open_shop(orders) as shop:
        yield _of_loaded(shop.world.profile_id, times)
        yield _with_loading(shop.world.profile_id, times)


def _of_loaded(profile_id: int, times: int) -> Row:
    texts = [text for text in db.session.scalars(select(StoredOrder.document)) if text]
    orders = [msgspec.json.decode(text, type=Order) for text in texts]
    rules = _rules(profile_id, orders)
    invoices = [made.invoice for made in _drafts(orders, rules) if made.invoice]
    end_reading()
    floor, measured, ratio = compare(
        lambda: taken_s(lambda: _read_and_write(texts, invoices)) / len(orders),
        lambda: taken_s(lambda: _drafts(orders, rules)) / len(orders),
        times,
    )
    what, note = f"draft of an order, mean over {len(orders)}", "floor: read the order and write the invoice as JSON"
    return Row(what, measured, floor, "ms", ratio, most=MOST_S, note=note)


def _read_and_write(texts: list[str], invoices: list[Invoice]) -> None:
    for text in texts:
        msgspec.json.decode(text, type=Order)
    for invoice in invoices:
        msgspec.json.encode(invoice)


def _drafts(orders: list[Order], rules: Rules) -> list[Draft]:
    return [draft(order, rules, NO_EDITS) for order in orders]


def _rules(profile_id: int, orders: list[Order]) -> Rules:
    store = db.session.scalars(select(StoreConnection)).one()
    batch = Batch(store, orders, [NO_EDITS] * len(orders))
    return rules_for(db.session.get_one(Profile, profile_id), batch, SystemClock().now())


# --- with everything read ---------------------------------------------------------------------------------------


def _with_loading(profile_id: int, times: int) -> Row:
    ids = list(db.session.scalars(select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id)))
    floor, measured, ratio = compare(
        _in_fresh_session(lambda: _only_read(ids), len(ids)),
        _in_fresh_session(lambda: _read_and_draft(profile_id, ids), len(ids)),
        times,
    )
    what, note = f"rules loaded and orders drafted, {BATCH} at a time, an order", "floor: read the rows of the orders"
    return Row(what, measured, floor, "ms", ratio, note=note)


def _in_fresh_session(work: Callable[[], object], count: int) -> Callable[[], float]:
    """Seconds for each of `count`, with nothing in the session from before."""

    def measure() -> float:
        db.session.remove()
        spent = taken_s(work)
        end_reading()
        return spent / count

    return measure


def _only_read(ids: list[int]) -> None:
    for start in range(0, len(ids), BATCH):
        query = select(ProfileOrder, StoredOrder).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        db.session.execute(query.where(ProfileOrder.id.in_(ids[start : start + BATCH]))).all()


def _read_and_draft(profile_id: int, ids: list[int]) -> None:
    profile = db.session.get_one(Profile, profile_id)
    for start in range(0, len(ids), BATCH):
        syncing.drafts_of(profile, ids[start : start + BATCH], SystemClock().now())
