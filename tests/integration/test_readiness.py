"""The readiness check over a connected shop; a pair that must not be carried is refused at connect and at every run."""

import time
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import insert, update

from adapters.stores.sitegiant import SiteGiant
from documents import ReferenceKind, StoreCustomer, StoreFacts, Tax
from models import (
    BooksConnection,
    BooksRow,
    Profile,
    ProfileChannel,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    Tick,
    WordKind,
    db,
    end_reading,
    writing,
)
from sync import profiles, store_words
from sync.readiness import Line, State, Topic
from sync.readiness.reading import of_profile
from tests.world import World

pytestmark = pytest.mark.feature("P9")
MANY = 100_000


def lines(shop: World) -> list[Line]:
    profile = db.session.get_one(Profile, shop.profile_id, populate_existing=True)
    [found] = of_profile(profile, shop.clock.now())
    end_reading()
    return list(found.lines)


def told(shop: World, state: State) -> list[str]:
    return [str(line.message) for line in lines(shop) if line.state is state]


def demand(monkeypatch: pytest.MonkeyPatch, **declared: Any) -> None:
    for name, value in declared.items():
        monkeypatch.setattr(SiteGiant, name, value)


def keep_facts(shop: World, facts: StoreFacts) -> None:
    with writing() as session:
        store_words.note_facts(session, shop.store_id, facts)


@pytest.mark.parametrize("books_kind", ["qne", "sql_accounting", "quickbooks"])
def test_a_shop_that_is_set_up_has_nothing_that_blocks(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    assert told(shop, State.BLOCKS) == []
    assert Topic.TAXES in {line.topic for line in lines(shop)}


def test_what_the_orders_and_the_set_up_name_is_checked(shop: World):
    keep_facts(shop, StoreFacts("XAF", "CM", (Tax("9", "GST", Decimal(9)),), ("Voucher",), (21,)))
    said = told(shop, State.BLOCKS)
    assert any("currency XAF" in each for each in said) and any("tax GST of 9 %" in each for each in said)
    assert any("none named 21" in each for each in said)
    assert any("accounts in XAF, the books in MYR" in each for each in told(shop, State.KNOW))


def test_customers_of_the_stores_own_list_name_terms_and_payment_methods(shop: World):
    with writing() as session:
        store_words.note_customers(session, shop.store_id, [StoreCustomer("1", "A", payment_method="Giro", terms=45)])
    assert [each.name for each in store_words.read(shop.profile_id, WordKind.TERM)[:1]] == ["45"]
    end_reading()
    assert any("none named 45" in each for each in told(shop, State.BLOCKS))


def test_before_the_lists_were_read_only_that_is_told(shop: World):
    with writing() as session:
        session.execute(update(BooksConnection).values(refreshed_at=None))
    [line] = lines(shop)
    assert line.state is State.BLOCKS and "not read yet" in str(line.message)


def test_numbers_of_several_orders_block_where_they_become_the_documents(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    with writing() as session:
        session.execute(update(ProfileOrder).values(number="1001"))
        session.get_one(Profile, shop.profile_id).settings = {
            **session.get_one(Profile, shop.profile_id).settings,
            "number_source": "order_number",
        }
    assert any("number 1001" in each for each in told(shop, State.BLOCKS))


# --- the pair that must not be -----------------------------------------------------------------------------------


@pytest.mark.feature("X5")
def test_a_company_of_another_country_is_refused_when_the_channel_is_ticked(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    demand(monkeypatch, countries=frozenset({"GB", "US"}))
    with writing() as session:
        session.execute(ProfileChannel.__table__.delete())
        channel_id = session.scalars(db.select(StoreChannel.id)).first() or 0
    with pytest.raises(profiles.ProfileRefused) as refused:
        profiles.make_profile(shop.books_id, "Second", "Europe/London", date(2026, 1, 1), [channel_id])
    assert refused.value.field == "channels" and "only be carried to companies in GB, US" in str(refused.value)


@pytest.mark.feature("X5")
def test_a_channel_that_was_ticked_before_does_not_keep_a_profile_from_being_changed(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    demand(monkeypatch, countries=frozenset({"GB", "US"}))
    channels = [each.id for each in profiles.channels_of(shop.profile_id)]
    end_reading()
    profiles.change_profile(shop.profile_id, "Renamed", "Asia/Kuala_Lumpur", date(2026, 1, 1), channels)
    assert db.session.get_one(Profile, shop.profile_id).name == "Renamed"


@pytest.mark.feature("X5")
def test_where_the_currencies_differ_nothing_is_sent_and_each_order_says_why(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    shop.sell("T-1", "T-2")
    shop.pull()
    demand(monkeypatch, requires_same_currency=True)
    keep_facts(shop, StoreFacts("GBP"))
    task_id = shop.sync()
    assert shop.task(task_id).left == 2 and shop.invoices() == []
    assert "accounts in GBP, the books in MYR" in shop.reasons("T-1")[0]
    assert shop.order("T-1").reasons[0]["mend"] == "readiness"
    keep_facts(shop, StoreFacts("MYR"))
    shop.sync()
    assert {shop.order(each).tick for each in ("T-1", "T-2")} == {Tick.GREEN}


@pytest.mark.feature("X5")
def test_a_company_that_moved_meanwhile_is_seen_before_the_next_run(shop: World, monkeypatch: pytest.MonkeyPatch):
    demand(monkeypatch, countries=frozenset({"MY"}))
    shop.sell("T-1")
    shop.pull()
    shop.sync("T-1")
    shop.sell("T-2")
    shop.pull()
    with writing() as session:
        session.execute(update(BooksConnection).values(country="FR"))
    shop.sync("T-2")
    assert len(shop.invoices()) == 1 and "is in FR" in shop.reasons("T-2")[0]
    [line] = [line for line in lines(shop) if line.is_whole]
    assert line.topic is Topic.COMPANY


# --- large books -------------------------------------------------------------------------------------------------


@pytest.mark.slow
def test_books_with_100_000_rows_are_checked_at_once(shop: World):
    now = shop.clock.now()
    plain = {"books_id": shop.books_id, "name": "x", "remote_id": "x", "seen_at": now, "is_active": True}
    rows = [
        {**plain, "kind": kind, "code": f"B{n}"}
        for kind in (ReferenceKind.CUSTOMER, ReferenceKind.ITEM)
        for n in range(MANY // 2)
    ]
    with writing() as session:
        for start in range(0, len(rows), 5000):
            session.execute(insert(BooksRow), [{**row, "details": {}} for row in rows[start : start + 5000]])
    lines(shop)
    begun = time.perf_counter()
    assert lines(shop)
    assert time.perf_counter() - begun < 0.5


def test_facts_are_kept_as_they_were_told(shop: World):
    facts = StoreFacts("GBP", "GB", (Tax(None, "20.0% S", Decimal("20.0")),), ("BACS",), (14, 30))
    keep_facts(shop, facts)
    store = db.session.get_one(StoreConnection, shop.store_id, populate_existing=True)
    assert replace(store_words.facts_of(store)) == facts
