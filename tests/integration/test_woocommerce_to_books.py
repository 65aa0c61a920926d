"""Orders of a WooCommerce shop are pulled, matched and posted, and the proof is without a difference."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import select

from adapters.registry import BOOKS
from models import RunKind, StoredCustomer, StoredItem, StoredOrder, Tick, WordKind, db, end_reading, writing
from sync import connections, matching, profiles, pulling, store_words
from tests.companies import COMPANIES
from tests.practice_fixture import Practice
from tests.world import World, open_world

ORDERS = 60


@pytest.fixture(params=["qne", "quickbooks"])
def shop(request: pytest.FixtureRequest, database: str, tmp_path: Path, _practice: Practice) -> Iterator[World]:
    """A WooCommerce shop with orders up to yesterday, connected to practice books and matched."""
    with open_world(tmp_path, database, _practice) as world:
        yesterday = (world.clock.now() - timedelta(days=1)).date()
        _practice.reset(orders=ORDERS, seed=5, days=30, today=yesterday.isoformat())
        connect(world, request.param)
        yield world


def connect(world: World, books: str) -> None:
    """As World.connect does, with this store; its products are matched by their SKUs."""
    world.company = COMPANIES[books]
    world.tell_time()
    given = world.practice.line["woocommerce"]
    store = connections.connect_store("woocommerce", "Shop", given, world.tools, 2000.0)
    channels = pulling.pull_channels(store.id, world.tools)
    keys = world.company.given(world.practice)
    row = connections.connect_books(books, "Books", keys, world.tools, 2000.0, 4)
    start_date = (world.clock.now() - timedelta(days=45)).date()
    profile = profiles.make_profile(row.id, "Company", "Asia/Kuala_Lumpur", start_date, [each.id for each in channels])
    world.store_id, world.books_id, world.profile_id = store.id, row.id, profile.id
    world.read(RunKind.REFERENCE, row.id)
    world.read(RunKind.ITEMS, store.id)
    world.settle()
    match_by_sku(world)
    if BOOKS[books].reads_on_demand:
        world.read(RunKind.DETAILS, row.id)


def match_by_sku(world: World) -> None:
    pairs = [(row.id, row.sku) for row in db.session.execute(select(StoredItem.id, StoredItem.sku)) if row.sku]
    end_reading()
    with writing() as session:
        matching.match_by_code(session, world.profile_id, pairs, world.clock.now())


@pytest.mark.feature("P6")
def test_every_paid_order_is_posted_once_and_proven(shop: World):
    shop.pull()
    sold = shop.practice.control("GET", "/ledger/woocommerce")["orders"]
    assert len(shop.orders()) == ORDERS
    shop.sync()
    taken = [each for each in sold if each["paid_at"] and each["state"] not in ("refunded", "cancelled")]
    assert len(taken) > 40
    for each in taken:
        assert (shop.order(each["id"]).tick, shop.reasons(each["id"])) == (Tick.GREEN, []), each["number"]
    live = [each for each in shop.invoices() if not each["is_void"]]
    assert len(live) == len(taken)
    assert sum(Decimal(str(each["total"])) for each in live) == sum(Decimal(each["total"]) for each in taken)
    proven = shop.proof()
    assert proven and all(row.is_proven and row.difference == 0 for row in proven)
    shop.clock.pass_by(3600)
    shop.pull()
    shop.sync()
    assert len(shop.invoices()) == len(live)


@pytest.mark.feature("P6")
def test_what_changes_in_the_shop_turns_its_order_yellow(shop: World):
    shop.pull()
    shop.sync()
    green = [row for row in shop.orders() if row.tick is Tick.GREEN]
    wanted = [str(int(external_id(shop, row.order_id)) - 20_000) for row in green[:5]]
    dearer, trashed, cancelled, failed, refunded = wanted
    control = shop.practice.control
    control("PATCH", f"/stores/woocommerce/sales/{dearer}", {"shipping": "20.00"})
    control("PATCH", f"/stores/woocommerce/sales/{trashed}", {"extra": {"status": "trash"}})
    control("PATCH", f"/stores/woocommerce/sales/{cancelled}", {"state": "cancelled"})
    control("PATCH", f"/stores/woocommerce/sales/{failed}", {"extra": {"status": "failed", "date_paid_gmt": None}})
    control("POST", f"/stores/woocommerce/sales/{refunded}/refund", {"amount": "1.00"})
    shop.clock.pass_by(180)
    shop.pull()
    ticks = [shop.order(str(20_000 + int(each))).tick for each in wanted]
    assert ticks == [Tick.YELLOW, Tick.YELLOW, Tick.YELLOW, Tick.YELLOW, Tick.GREEN]


@pytest.mark.feature("P6")
def test_prices_that_hold_tax_are_posted_to_the_cent(shop: World):
    lines = [("SHIRT-M", 3), ("STK-1", 7), ("CABLE-2", 1), ("SOAP-3", 12), ("BOOK-A", 2), ("MUG-01", 1)]
    sales = [
        {
            "inclusive": True,
            "lines": [{"isku": isku, "quantity": quantity} for isku, quantity in lines[: 1 + place % 6]],
            "voucher": "7.77" if place % 2 else "0",
            "shipping": "8.00",
            "shipping_tax": "901" if place % 3 else "",
        }
        for place in range(12)
    ]
    sold = shop.practice.control("POST", "/stores/woocommerce/sales", {"sales": sales})["sales"]
    shop.clock.pass_by(180)
    shop.pull()
    shop.sync(*(each["id"] for each in sold))
    for each in sold:
        assert (shop.order(each["id"]).tick, shop.reasons(each["id"])) == (Tick.GREEN, []), each["number"]
    made = sum(Decimal(str(each["total"])) for each in shop.invoices() if not each["is_void"])
    assert made == sum(Decimal(each["total"]) for each in sold)


def external_id(shop: World, stored_id: int) -> str:
    found = db.session.get_one(StoredOrder, stored_id).external_id
    end_reading()
    return found


def test_customers_and_taxes_are_known_before_any_order(shop: World):
    assert db.session.query(StoredCustomer).count() == 10
    taxes = {(word.external_id, word.name) for word in store_words.read(shop.profile_id, WordKind.TAX)}
    assert taxes == {("901", "SST"), ("902", "Service Tax"), ("909", "Zero rated")}
    assert store_words.currencies(shop.profile_id) == ["MYR"]
