"""A small shop, connected: practice systems, a profile with settings and matching, and the engine to drive by hand."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec
from flask import Flask
from sqlalchemy import select, update

import jobs
from adapters.accounting.base import Wanted
from adapters.registry import BOOKS
from app import create_app, make_tools
from clock import Clock
from config import Config, Timing
from documents import Message, Order, OrderPayment, Role
from models import (
    BooksConnection,
    BooksTokens,
    Document,
    ItemMatch,
    Operation,
    Preset,
    Profile,
    ProfileOrder,
    RunKind,
    StoreConnection,
    StoredItem,
    StoredOrder,
    Task,
    TaskOrder,
    TaxMatch,
    db,
    end_reading,
    writing,
)
from sync import connections, lists, matching, posting, profiles, proof, pulling, runs, syncing
from sync.tools import Tools
from tests import orders as orders_made
from tests.clocks import FakeClock
from tests.companies import COMPANIES, PRESETS, QNE, TAXES, Company, Which
from tests.practice_fixture import Practice

CREATE = QNE.creating["path"]


@dataclass(slots=True)
class World:
    """Drives the engine without queue or pages; `clock` is the test's to move."""

    app: Flask
    practice: Practice
    tools: Tools
    clock: Any
    store_id: int = 0
    books_id: int = 0
    profile_id: int = 0
    company: Company = QNE
    rung: list[int] = field(default_factory=list)
    sold_in: set[str] = field(default_factory=set)

    # --- setting up ---------------------------------------------------------------------------------------------

    def connect(self, per_second: float = 2000.0, in_flight: int = 4, books: str = "qne", **settings: str) -> "World":
        """Store, books and a profile over all channels, its lists read, everything matched."""
        self.company = COMPANIES[books]
        self.tell_time()
        store = connections.connect_store("sitegiant", "Shop", self.practice.sitegiant, self.tools, per_second)
        channels = pulling.pull_channels(store.id, self.tools)
        given = self.company.given(self.practice)
        row = connections.connect_books(books, "Books", given, self.tools, per_second, in_flight)
        start_date = (self.clock.now() - timedelta(days=120)).date()
        ids = [channel.id for channel in channels]
        profile = profiles.make_profile(row.id, "Company", "Asia/Kuala_Lumpur", start_date, ids)
        self.store_id, self.books_id, self.profile_id = store.id, row.id, profile.id
        self.read(RunKind.REFERENCE, row.id)
        self.read(RunKind.ITEMS, store.id)
        self.settle(**settings)
        if BOOKS[books].reads_on_demand:
            self.read(RunKind.DETAILS, row.id)
        return self

    def tell_time(self) -> None:
        """Tell the books' server how late it is; from then on its clock goes with the test's."""
        if not isinstance(self.clock, FakeClock):
            self.company.prepare(self.practice)
            return
        self.clock.follower = lambda: self.company.prepare(self.practice, self.clock.passed_s)
        self.clock.follower()

    def sign_in_again(self) -> None:
        """Get a new token where the books take tokens: those of a copied database may be dead by now."""
        if BOOKS[self.company.kind].sign_in is not None:
            with writing() as session:
                session.execute(update(BooksTokens).values(renew_at=self.clock.now()))
            connections.books_of(self.books(), self.tools)

    def settle(self, **settings: str) -> None:
        """Settings, presets and matching under which every ordinary order is complete."""
        presets = [
            Preset(profile_id=self.profile_id, kind=kind, is_on=True, item=item) for kind, item in PRESETS.items()
        ]
        assert profiles.save_settings(self.profile_id, {**self.company.settings, **settings}, presets) == []
        query = select(StoredItem.id, StoredItem.external_id).join(ItemMatch, ItemMatch.item_id == StoredItem.id)
        pairs = [(row.id, row.external_id) for row in db.session.execute(query)]
        end_reading()
        with writing() as session:
            matching.match_by_code(session, self.profile_id, pairs, self.clock.now())
            for tax_id, name, rate, code in TAXES:
                key = {"profile_id": self.profile_id, "store_tax_id": tax_id, "name": name, "rate": Decimal(rate)}
                matching.save_row(session, TaxMatch, key, {"code": code})

    def begin(self, days: int) -> None:
        """The profile's start date is so many days ago."""
        start_date = (self.clock.now() - timedelta(days=days)).date()
        with writing() as session:
            session.execute(update(Profile).values(start_date=start_date))

    def sell(self, *order_ids: str, **fields: Any) -> list[str]:
        """New orders in the store (tests/orders.py); plain ones, but for these fields."""
        today = self.clock.now()
        orders = [orders_made.make_order(each, today, **fields) for each in order_ids]
        self.sold_in |= {str(order["channel_id"]) for order in orders}
        made: list[str] = self.practice.control("POST", "/sitegiant/orders", {"orders": orders})["order_ids"]
        return made

    def change(self, order_id: str, **fields: Any) -> None:
        """Somebody changes an order in the store."""
        self.practice.control("PATCH", f"/sitegiant/orders/{order_id}", fields)

    def pay(self, order_id: str, amount: str, method: str = "Card", number: str = "77") -> None:
        """The store says that an order that was read is paid so."""
        stored = self.stored(order_id)
        order = msgspec.json.decode(stored.document or "", type=Order)
        order = replace(order, payments=(OrderPayment(number, method, Decimal(amount)),))
        with writing() as session:
            here = update(StoredOrder).where(StoredOrder.id == stored.id)
            session.execute(here.values(document=msgspec.json.encode(order).decode()))

    # --- driving ------------------------------------------------------------------------------------------------

    def read(self, kind: RunKind, target_id: int) -> None:
        """Ask for a reading and do it here."""
        run_id = runs.request(kind, target_id, self.clock.now())
        runs.work(run_id, jobs.READERS, self.tools, lambda: False)

    def pull(self) -> None:
        """Read the orders of every channel; where `sell()` made the orders, of the channels they are in."""
        channels = profiles.channels_of(self.profile_id)
        wanted = [channel.id for channel in channels if not self.sold_in or channel.external_id in self.sold_in]
        for channel_id in wanted:
            self.read(RunKind.ORDERS, channel_id)

    def press_sync(self, ids: Sequence[int] | None = None, by: str = "Mei") -> int:
        """Make a task of these orders, or of all that are pending, and draft it; nothing is sent yet."""
        chosen = lists.pending_ids(self.profile_id) if ids is None else ids
        end_reading()
        task_id = syncing.press_sync(self.profile_id, chosen, by, self.clock.now())
        self.draft(task_id)
        return task_id

    def draft(self, task_id: int) -> None:
        """Draft what waits in a task."""
        syncing.draft_task(task_id, self.tools, self.rung.append, lambda: False)

    def drain(self) -> bool:
        """One drain."""
        return posting.drain(self.books_id, self.tools)

    def sync(self, *order_ids: str) -> int:
        """Press Sync on these orders (all that are pending, if none is named) and wait; the task's id."""
        ids = [self.order(each).id for each in order_ids] if order_ids else None
        task_id = self.press_sync(ids)
        self.run_until_quiet()
        return task_id

    def run_until_quiet(self, most: int = 200) -> None:
        """Drain, and let time pass until the next thing is due, until nothing is left that a machine can do."""
        for _ in range(most):
            while self.drain():
                pass
            left = self.open_operations("ready", "sending", "unknown")
            if not left:
                return
            self.clock.pass_by(self._seconds_to_wait(left))
        raise AssertionError(f"not quiet after {most} drains: {[(o.id, o.state) for o in left]}")

    def _seconds_to_wait(self, left: Sequence[Operation]) -> float:
        books = self.books()
        first = [operation for operation in left if operation.after_document_id is None]
        due = min(operation.not_before for operation in first or left)
        wait = max((max(due, books.not_before or due) - self.clock.now()).total_seconds(), 1.0)
        return max(wait, self.tools.timing.lease_s) if books.lease_token else wait

    def run_until_blocked(self) -> None:
        """Drain while there is something to send; what waits for a person may be left."""
        while self.drain():
            pass

    # --- looking ------------------------------------------------------------------------------------------------

    def operations(self) -> list[Operation]:
        """All operations, by id."""
        return self._all(select(Operation).order_by(Operation.id))

    def open_operations(self, *states: str) -> list[Operation]:
        """Open operations in these states."""
        return [each for each in self.operations() if each.is_open and each.state in states]

    def documents(self) -> list[Document]:
        """All documents, by id."""
        return self._all(select(Document).order_by(Document.id))

    def orders(self) -> list[ProfileOrder]:
        """All orders of the profile, by id."""
        return self._all(
            select(ProfileOrder).where(ProfileOrder.profile_id == self.profile_id).order_by(ProfileOrder.id)
        )

    def order(self, order_id: str) -> ProfileOrder:
        """An order of the profile, by the store's id."""
        query = select(ProfileOrder).join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        query = query.where(ProfileOrder.profile_id == self.profile_id, StoredOrder.external_id == order_id)
        found: ProfileOrder = self._all(query)[0]
        return found

    def stored(self, order_id: str) -> StoredOrder:
        """An order as it was read last."""
        found: StoredOrder = self._all(select(StoredOrder).where(StoredOrder.external_id == order_id))[0]
        return found

    def reasons(self, order_id: str) -> list[str]:
        """Why an order is not in the books, in words."""
        return [str(msgspec.convert(each["message"], Message)) for each in self.order(order_id).reasons]

    def invoice(self, order_id: str) -> dict[str, Any]:
        """The one live invoice of an order, as the books' API tells it."""
        books = connections.books_of(self.books(), self.tools)
        reference = f"sitegiant/SG-77/{order_id}"
        found = [each for each in books.find(Role.SALE, [Wanted(reference)])[reference] if not each.is_void]
        assert len(found) == 1, f"{len(found)} invoices of {order_id}"
        read = books.read(Role.SALE, found[0].remote_id)
        assert read is not None
        return read.raw

    def task(self, task_id: int) -> Task:
        """A task as it is now."""
        return self._all(select(Task).where(Task.id == task_id))[0]

    def task_orders(self, task_id: int) -> list[TaskOrder]:
        """The orders of a task, by id."""
        return self._all(select(TaskOrder).where(TaskOrder.task_id == task_id).order_by(TaskOrder.id))

    def books(self) -> BooksConnection:
        """The connection as it is now."""
        return self._all(select(BooksConnection).where(BooksConnection.id == self.books_id))[0]

    def _all(self, query: Any) -> list[Any]:
        rows = list(db.session.scalars(query.execution_options(populate_existing=True)))
        end_reading()
        db.session.expunge_all()  # what a test holds stays as it was
        return rows

    def ledger(self) -> dict[str, Any]:
        """What the practice books hold, in their own words."""
        return self.practice.ledger(system=self.company.kind)

    def invoices(self) -> list[dict[str, Any]]:
        """The books' invoices, voided ones too: as they tell them, with id, number, reference, total, currency,
        is_void and by_person in every system."""
        return [self.company.in_our_words(row) for row in self.ledger()["invoices"]]

    def creates_seen(self) -> int:
        """How many invoices the books were asked to make."""
        return int(self.ledger()["creates_seen"].get("invoices", 0))

    def break_(self, fault: str, which: Which, **details: Any) -> int:
        """Have the books' server fail at these requests."""
        return self.company.break_(self.practice, fault, which, **details)

    def proof(self) -> list[proof.Row]:
        """The proof of this moment."""
        profile = db.session.get_one(Profile, self.profile_id)
        row = db.session.get_one(BooksConnection, self.books_id)
        return proof.prove(profile, connections.books_of(row, self.tools))

    def store(self) -> StoreConnection:
        """The store's row."""
        return self._all(select(StoreConnection).where(StoreConnection.id == self.store_id))[0]


@contextmanager
def open_world(
    data: Path,
    url: str,
    practice: Practice,
    clock: Clock | None = None,
    scale: float = 1.0,
    redis_url: str = "unix:///nowhere/valkey.sock",
    app: Flask | None = None,
) -> Iterator[World]:
    """An app on this database beside this practice, in its context; `app` is one that was on it before."""
    address = practice.control_line["url"].split("/")[2]
    timing = Timing().scaled(scale)
    config = Config(data, url, redis_url, practice=(address,), time_scale=scale, timing=timing)
    clock = clock or FakeClock()
    app = app or create_app(config, clock)
    app.extensions["tillbridge"] = make_tools(config, clock)
    if isinstance(clock, FakeClock):
        app.extensions["tillbridge"] = replace(app.extensions["tillbridge"], sleep=clock.pass_by)
    with app.app_context():
        try:
            yield World(app, practice, app.extensions["tillbridge"], clock)
        finally:
            db.session.remove()
            db.engine.dispose()
