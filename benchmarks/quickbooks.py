"""Posting orders with their payments to QuickBooks Online, against the least time that its limits allow.

The practice server enforces the limits times one factor, and answers that much faster; so much faster is our pace."""

import dataclasses
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import product
from pathlib import Path

import msgspec
from sqlalchemy import select

from adapters.registry import BOOKS
from benchmarks.shop import SPARE
from benchmarks.table import Row, taken_s
from clock import SystemClock
from documents import Order, OrderPayment, Role
from models import CustomerMatch, StoredOrder, writing
from sync import lists, matching, profiles
from tests import databases
from tests.practice_fixture import start_practice
from tests.world import World, open_world

KIND = "quickbooks"
ORDERS, QUICK_ORDERS = 1000, 20
SCALE = 5.0
LIMITS = {"per_second": 10, "per_minute": 500}
"""Intuit's, for one company."""
BACK_OFF_S = 60.0
"""How long we leave QuickBooks alone after an answer 'too fast', on our own clock."""
LATENCY_MS, LOOK_S = 300.0, 0.01
DOCUMENTS = 2
"""Of each order: its invoice and its payment, one call each."""
MOST_RATIO, MOST_READS = 1.1, 0.05
SETTINGS = {
    "default_customer": "58",
    "sale_assigned_to": "channel",
    "send_payments": "true",
    "payment_account": "Marketplace wallet",
}


CUSTOMERS = {"SGD": "63", "USD": "64"}


def rows(is_quick: bool) -> Iterator[Row]:
    """One row: invoices and payments, one call for each."""
    orders = QUICK_ORDERS if is_quick else ORDERS
    with _shop(orders) as world:
        _draft(world, orders)
        for seen in ("/measures", "/requests"):
            world.practice.control("DELETE", seen)
        spent = taken_s(lambda: _drain(world))
        yield _row(world, orders, spent)


@contextmanager
def _shop(orders: int) -> Iterator[World]:
    """A shop with so many orders pulled, each of them paid, and QuickBooks at the adapter's own pace."""
    pace = BOOKS[KIND].pace
    with (
        tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as name,
        start_practice(orders=int(orders * SPARE), seed=1) as practice,
        databases.fresh_database("sqlite", Path(name)) as url,
        open_world(Path(name), url, practice, SystemClock()) as world,
    ):
        faster = {name: most * SCALE for name, most in LIMITS.items()}
        practice.settings(KIND, latency_ms=LATENCY_MS / SCALE, **faster)
        world.connect(pace.per_second * SCALE, pace.in_flight, KIND, **SETTINGS).pull()
        _pay()
        _match(world)
        yield world


def _pay() -> None:
    """The store tells of each order what was paid with it: all of it."""
    with writing() as session:
        for stored in session.scalars(select(StoredOrder).where(StoredOrder.document.is_not(None))):
            order = msgspec.json.decode(stored.document or "", type=Order)
            paid = (OrderPayment(f"P{stored.id}", "E-wallet", order.total),)
            stored.document = msgspec.json.encode(dataclasses.replace(order, payments=paid)).decode()


def _match(world: World) -> None:
    """QuickBooks' customers have one currency each."""
    channels = [each.id for each in profiles.channels_of(world.profile_id)]
    with writing() as session:
        for channel_id, (currency, customer) in product(channels, CUSTOMERS.items()):
            key = {"profile_id": world.profile_id, "channel_id": channel_id, "currency": currency}
            matching.save_row(session, CustomerMatch, key, {"customer": customer})


def _draft(world: World, orders: int) -> None:
    """Make exactly so many invoices ready, each with its payment."""
    pending, place = lists.pending_ids(world.profile_id), 0
    while (missing := orders - _count(world, Role.SALE)) > 0:
        chosen, place = pending[place : place + missing], place + missing
        assert chosen, "the practice made too few orders that can be posted"
        world.press_sync(chosen)


def _count(world: World, role: Role) -> int:
    return sum(document.role is role for document in world.documents())


def _drain(world: World) -> None:
    """Until nothing can be sent; an answer 'too fast' is waited for once."""
    until = time.monotonic() + BACK_OFF_S
    while world.drain() or (world.open_operations("ready") and time.monotonic() < until):
        time.sleep(LOOK_S)


# --- what it came to --------------------------------------------------------------------------------------------


def _row(world: World, orders: int, spent: float) -> Row:
    refused = world.practice.control("GET", "/measures")[KIND]["refused"]
    reads = sum(request["method"] == "GET" for request in world.practice.requests(KIND))
    ledger = world.practice.quickbooks_ledger()
    made = min(len(ledger["invoices"]), len(ledger["payments"]))
    least = orders * DOCUMENTS / LIMITS["per_minute"] * 60 / SCALE
    what = f"post {orders:,} orders with payments to QuickBooks, {SCALE:.0f} x as fast"
    note = f"{reads} reads, {refused} answers 'too fast'; at the real limits {spent * SCALE / 60:.1f} minutes"
    return Row(
        what, spent, least, "s", spent / least, MOST_RATIO, note=note, missed=_missed(orders, made, reads, refused)
    )


def _missed(orders: int, made: int, reads: int, refused: int) -> str:
    """The bars beside the time."""
    told: Sequence[tuple[bool, str]] = (
        (made != orders, f"{made} of {orders} orders stand in the books with their payment"),
        (reads > MOST_READS * orders, f"more than {MOST_READS} reads per order"),
        (refused > 0, "we asked too fast"),
    )
    return "; ".join(sentence for is_missed, sentence in told if is_missed)
