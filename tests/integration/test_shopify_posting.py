"""Shopify's orders, pulled, matched and posted into practice books, to the cent; and what becomes of them later."""

from datetime import timedelta
from decimal import Decimal

import pytest
from sqlalchemy import select

from models import (
    Profile,
    RunKind,
    StoreChannel,
    StoredCustomer,
    StoredOrder,
    StoreHook,
    TaxMatch,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import connections, matching, profiles, pulling
from tests.companies import TAXES
from tests.shopify_shop import change, sell
from tests.world import World

pytestmark = pytest.mark.feature("P6", "I10")


def connect(world: World, orders: int = 0, **settings: str) -> StoreChannel:
    """The practice shop with so many orders beside the books, its channel alone in the profile, everything matched."""
    world.practice.reset(orders=orders, seed=3, days=15)
    store = connections.connect_store("shopify", "Kedai", world.practice.line["shopify"], world.tools, 2000)
    [channel] = pulling.pull_channels(store.id, world.tools)
    profile = db.session.get_one(Profile, world.profile_id)
    start = (world.clock.now() - timedelta(days=20)).date()
    end_reading()
    profiles.change_profile(world.profile_id, profile.name, "Asia/Kuala_Lumpur", start, [channel.id])
    world.store_id = store.id
    world.read(RunKind.ITEMS, store.id)
    world.settle(**settings)
    with writing() as session:
        for _, name, rate, code in TAXES:
            key = {"profile_id": world.profile_id, "store_tax_id": "", "name": name, "rate": Decimal(rate)}
            matching.save_row(session, TaxMatch, key, {"code": code})
    return channel


def pull(world: World, channel: StoreChannel) -> None:
    world.clock.pass_by(180)
    world.read(RunKind.ORDERS, channel.id)


@pytest.mark.parametrize("books_kind", ["qne", "quickbooks"])
def test_every_order_that_can_be_posted_is_in_the_books_to_the_cent(shop: World):
    channel = connect(shop, orders=60)
    pull(shop, channel)
    shop.sync()
    [row] = shop.proof()
    assert row.is_proven
    assert (row.orders, row.difference) == (60, 0)
    told = " | ".join(row.not_posted)
    assert row.posted > 45, told
    assert "add up" not in told


def night(world: World, channel: StoreChannel) -> None:
    """Two more pulls, then the count of the night."""
    for _ in range(2):
        world.clock.pass_by(3600)
        pull(world, channel)
    world.read(RunKind.GAPS, channel.id)


@pytest.mark.feature("I7", "I8")
def test_what_changes_in_the_shop_turns_yellow_and_what_does_not_stays_green(shop: World):
    channel = connect(shop)
    edited, cancelled, refunded, deleted, noted = (sell(shop.practice) for _ in range(5))
    pull(shop, channel)
    shop.sync()
    change(shop.practice, edited, lines=[{"isku": "MUG-01", "quantity": 2}])
    change(shop.practice, cancelled, state="cancelled")
    change(shop.practice, noted, remark="Call first", state="shipped")
    shop.practice.control("POST", f"/stores/shopify/sales/{refunded['n']}/refund", {"amount": "5.00"})
    shop.practice.control("DELETE", f"/stores/shopify/sales/{deleted['n']}")
    night(shop, channel)
    ticks = [shop.order(each["id"]).tick for each in (edited, cancelled, refunded, deleted, noted)]
    assert ticks == [Tick.YELLOW, Tick.YELLOW, Tick.GREEN, Tick.YELLOW, Tick.GREEN]
    assert shop.stored(deleted["id"]).status == "cancelled"
    shop.sync(edited["id"])
    assert shop.order(edited["id"]).tick == Tick.GREEN
    assert sorted(Decimal(str(row["total"])) for row in shop.invoices()) == [15, 15, 15, 15, 30]


@pytest.mark.feature("I7", "Z9")
def test_a_pending_order_that_was_deleted_in_the_shop_is_not_posted_after_the_night(shop: World):
    channel = connect(shop)
    deleted, other = sell(shop.practice), sell(shop.practice)
    pull(shop, channel)
    shop.practice.control("DELETE", f"/stores/shopify/sales/{deleted['n']}")
    night(shop, channel)
    shop.sync()
    assert shop.order(other["id"]).tick == Tick.GREEN
    assert shop.order(deleted["id"]).tick == Tick.NONE and len(shop.invoices()) == 1


# --- a token that sees the orders of 60 days ----------------------------------------------------------------------


def tell(world: World, *order_ids: str) -> None:
    """A message of the shop came, about these orders; it is read."""
    now = world.clock.now()
    with writing() as session:
        told = {"event_id": f"E-{now}", "order_ids": list(order_ids), "received_at": now, "not_before": now}
        session.add(StoreHook(store_id=world.store_id, **told))


def days_ago(world: World, days: int) -> str:
    return str((world.clock.now() - timedelta(days=days)).isoformat())


@pytest.fixture
def seen_60_days(shop: World) -> tuple[World, StoreChannel, str, str]:
    """An order of 70 days ago and one of 3, both read while the token could see them; now it sees 60 days."""
    channel = connect(shop)
    shop.begin(90)
    old, young = (sell(shop.practice, when=days_ago(shop, days))["id"] for days in (70, 3))
    pull(shop, channel)
    shop.practice.settings("shopify", scopes=["read_orders", "read_products"])
    return shop, channel, old, young


@pytest.mark.feature("F11")
def test_a_message_about_an_order_that_the_token_cannot_see_changes_and_makes_nothing(seen_60_days):
    shop, channel, old, young = seen_60_days
    before = shop.stored(old)
    tell(shop, old, "5001000099999", "-5")
    pull(shop, channel)
    after = shop.stored(old)
    assert (after.document, after.status, after.trouble) == (before.document, before.status, None)
    assert {order.external_id for order in db.session.scalars(select(StoredOrder))} == {old, young}
    end_reading()
    shop.sync(old)
    assert shop.order(old).tick == Tick.GREEN, "it can be posted all the same"


@pytest.mark.feature("I7", "F11")
def test_a_young_order_that_the_token_would_see_is_gone_when_it_is_not_there(seen_60_days):
    shop, channel, old, young = seen_60_days
    shop.sync(young)
    for each in (old, young):
        shop.practice.control("DELETE", f"/stores/shopify/sales/{int(each) - 5_001_000_000_000}")
    tell(shop, young, old)
    pull(shop, channel)
    assert (shop.stored(young).status, shop.order(young).tick) == ("cancelled", Tick.YELLOW)
    assert shop.stored(old).status != "cancelled"


def test_the_list_of_customers_is_kept(shop: World):
    connect(shop)
    names = set(db.session.scalars(select(StoredCustomer.name).where(StoredCustomer.store_id == shop.store_id)))
    end_reading()
    assert {"陈美玲", "Siti D'Cruz"} <= names
