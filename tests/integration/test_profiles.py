"""Company profiles: made and changed, disabled and activated with nothing lost; every setting means something."""

from dataclasses import fields
from datetime import timedelta

import pytest
from sqlalchemy import select

from adapters.registry import BOOKS
from documents import ChargeKind
from jobs import sweep
from models import (
    BooksConnection,
    OperationState,
    Preset,
    Profile,
    RunKind,
    ShippingMatch,
    StoreConnection,
    StoredOrder,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import connections, due, loading, matching, profiles, syncing, write_back
from sync.drafting import rules
from sync.profiles import ProfileRefused
from tests.world import World

KL = "Asia/Kuala_Lumpur"


def ids_of_channels(world: World, *external_ids: str) -> list[int]:
    found = profiles.channels_of(world.profile_id)
    end_reading()
    return [each.id for each in found if not external_ids or each.external_id in external_ids]


def profile_of(profile_id: int) -> Profile:
    found = db.session.get_one(Profile, profile_id, populate_existing=True)
    end_reading()
    return found


def start(world: World):
    return (world.clock.now() - timedelta(days=20)).date()


# --- making and changing (P1) -------------------------------------------------------------------------------------


@pytest.mark.feature("P1")
def test_a_profiles_name_channels_and_zone_can_be_changed(shop: World):
    shop.sell("T-11", channel=11)
    shop.sell("T-15", channel=15)
    shop.pull()
    profiles.change_profile(shop.profile_id, "Renamed", "Asia/Tokyo", start(shop), ids_of_channels(shop, "15"))
    changed = profile_of(shop.profile_id)
    assert (changed.name, changed.time_zone) == ("Renamed", "Asia/Tokyo")
    assert [each.order_id for each in shop.orders()] == [shop.stored("T-15").id], "of the ticked channel alone"


@pytest.mark.feature("P1")
def test_a_channel_that_is_ticked_again_shows_its_orders_again(shop: World):
    everything = ids_of_channels(shop)
    shop.sell("T-11", channel=11)
    shop.pull()
    shop.sync()
    shop.sell("T-12", channel=11)
    shop.pull()
    profiles.change_profile(shop.profile_id, "Company", KL, start(shop), ids_of_channels(shop, "15"))
    assert [each.tick for each in shop.orders()] == [Tick.GREEN], "what is in the books stays in sight"
    profiles.change_profile(shop.profile_id, "Company", KL, start(shop), everything)
    assert [each.tick for each in shop.orders()] == [Tick.GREEN, Tick.NONE]


@pytest.mark.feature("P1")
def test_a_channel_posts_into_one_company_once_whatever_the_profiles(shop: World):
    shopee = ids_of_channels(shop, "11")
    with pytest.raises(ProfileRefused, match="Demo Shopee MY posts into these books already, by the profile Company"):
        profiles.make_profile(shop.books_id, "Second", KL, start(shop), shopee)
    assert [each.name for each in all_of(Profile)] == ["Company"]


@pytest.mark.feature("P1")
def test_a_second_profile_takes_channels_that_are_free_and_both_post(shop: World):
    web = ids_of_channels(shop, "15")
    profiles.change_profile(shop.profile_id, "Company", KL, start(shop), ids_of_channels(shop, "11"))
    second = profiles.make_profile(shop.books_id, "Second", KL, start(shop), web)
    shop.sell("T-11", channel=11)
    shop.sell("T-15", channel=15)
    for channel_id in (*ids_of_channels(shop), *web):
        shop.read(RunKind.ORDERS, channel_id)
    shop.sync()
    shop.profile_id = second.id
    shop.settle()
    shop.sync()
    assert len(shop.invoices()) == 2


@pytest.mark.feature("P1", "P8")
@pytest.mark.parametrize(
    ("name", "zone", "why"),
    [("Company", KL, "already"), ("  ", KL, "a name"), ("Third", "Mars/Olympus", "not a time zone")],
)
def test_a_profile_that_cannot_be_told_apart_or_has_no_zone_is_refused(shop: World, name: str, zone: str, why: str):
    with pytest.raises(ProfileRefused, match=why):
        profiles.make_profile(shop.books_id, name, zone, start(shop), [])
    kept = profile_of(shop.profile_id)
    with pytest.raises(ProfileRefused, match=why):
        profiles.change_profile(make_second(shop), name, zone, start(shop), [])
    assert kept.name == "Company"


def make_second(shop: World) -> int:
    return profiles.make_profile(shop.books_id, "Second", KL, start(shop), []).id


# --- disabling (P10) ----------------------------------------------------------------------------------------------


@pytest.mark.feature("P10")
def test_a_disabled_profile_is_neither_pulled_nor_drafted_nor_drained_and_loses_nothing(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    first = shop.press_sync([shop.order("T-1").id])
    second = profiles_sync_later(shop, "T-2")
    profiles.enable(shop.profile_id, False)
    shop.sell("T-3")
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)  # no worker can be told, so it would do everything itself
    shop.pull()
    shop.drain()
    assert shop.invoices() == [] and shop.task(second).waiting == 1
    assert shop.operations()[0].state is OperationState.READY
    assert "T-3" not in [each.external_id for each in all_of(StoredOrder)]
    profiles.enable(shop.profile_id, True)
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)
    shop.run_until_quiet()
    assert shop.task(first).posted == shop.task(second).posted == 1
    assert shop.order("T-3").tick is Tick.NONE


def profiles_sync_later(world: World, order_id: str) -> int:
    """A task that nobody has drafted yet."""
    return syncing.press_sync(world.profile_id, [world.order(order_id).id], "Mei", world.clock.now())


def all_of(model):
    found = list(db.session.scalars(select(model).order_by(model.id)))
    end_reading()
    return found


@pytest.mark.feature("P10")
def test_what_is_unknown_of_a_disabled_profile_stays_unknown_and_is_looked_up_afterwards(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    shop.practice.faults("commit_then_500", path="/api/SalesInvoices/Create")
    shop.drain()
    profiles.enable(shop.profile_id, False)
    shop.clock.pass_by(86400)
    assert due.is_due(shop.books_id, shop.clock.now()) is False
    shop.drain()
    assert shop.operations()[0].state is OperationState.UNKNOWN
    profiles.enable(shop.profile_id, True)
    shop.run_until_quiet()
    assert shop.order("T-1").tick is Tick.GREEN and len(shop.invoices()) == 1


@pytest.mark.feature("P10")
def test_one_disabled_profile_does_not_stop_another_of_the_same_company(shop: World):
    web = ids_of_channels(shop, "15")
    profiles.change_profile(shop.profile_id, "Company", KL, start(shop), ids_of_channels(shop, "11"))
    second = profiles.make_profile(shop.books_id, "Second", KL, start(shop), web)
    shop.sell("T-11", channel=11)
    shop.sell("T-15", channel=15)
    for channel_id in (*ids_of_channels(shop), *web):
        shop.read(RunKind.ORDERS, channel_id)
    shop.press_sync()
    profiles.enable(shop.profile_id, False)
    shop.profile_id = second.id
    shop.settle()
    task_id = shop.press_sync()
    while shop.drain():
        pass
    assert shop.task(task_id).posted == 1
    assert [each["referenceNo"] for each in shop.invoices()] == ["sitegiant/SG-77/T-15"]


@pytest.mark.feature("P10", "S22")
def test_a_customer_that_a_disabled_profile_asked_for_is_made_for_another_that_waits_for_it(shop: World):
    web = ids_of_channels(shop, "15")
    buyer = {"name": "Siti Aminah", "email": "siti@example.com"}
    profiles.change_profile(shop.profile_id, "Company", KL, start(shop), ids_of_channels(shop, "11"))
    second = profiles.make_profile(shop.books_id, "Second", KL, start(shop), web)
    shop.sell("T-11", channel=11, customer=buyer)
    shop.sell("T-15", channel=15, customer=buyer)
    for channel_id in (*ids_of_channels(shop), *web):
        shop.read(RunKind.ORDERS, channel_id)
    shop.settle(sale_assigned_to="original")
    shop.press_sync()
    profiles.enable(shop.profile_id, False)
    shop.drain()
    assert {each.state for each in shop.operations()} == {OperationState.READY}
    shop.profile_id = second.id
    shop.settle(sale_assigned_to="original")
    shop.press_sync()
    while shop.drain():
        pass
    assert [each["referenceNo"] for each in shop.invoices()] == ["sitegiant/SG-77/T-15"]


@pytest.mark.feature("P10")
def test_disabled_books_are_not_asked_and_go_on_when_they_are_enabled(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()
    connections.enable(BooksConnection, shop.books_id, False)
    assert connections.status_of(shop.books()) == "inactive"
    shop.practice.control("DELETE", "/requests")
    shop.drain()
    shop.clock.pass_by(2 * shop.tools.timing.refresh_s)
    sweep.sweep(shop.tools)
    assert shop.practice.requests("qne") == []
    connections.enable(BooksConnection, shop.books_id, True)
    assert connections.status_of(shop.books()) == "active"
    sweep.sweep(shop.tools)
    assert shop.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("P10")
def test_a_disabled_store_is_not_asked(shop: World):
    shop.sell("T-1")
    connections.enable(StoreConnection, shop.store_id, False)
    shop.practice.control("DELETE", "/requests")
    shop.pull()
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)
    assert shop.practice.requests("sitegiant") == []
    connections.enable(StoreConnection, shop.store_id, True)
    shop.pull()
    assert len(shop.orders()) == 1


# --- settings -----------------------------------------------------------------------------------------------------

HANDLED_ELSEWHERE = {
    **dict.fromkeys(("due_offset_unit", "statuses", "payment_statuses", "tags"), "sync/loading.py"),
    write_back.SETTING: "sync/write_back.py",
}
"""Declared settings that are no field of the rules, and what reads them."""


@pytest.mark.parametrize("kind", sorted(BOOKS))
def test_no_setting_that_is_declared_is_silently_ignored(kind: str):
    known = {each.name for each in fields(rules.Settings)}
    ignored = {each.name for each in BOOKS[kind].profile_settings} - known - set(HANDLED_ELSEWHERE)
    assert ignored == set()


@pytest.mark.parametrize("kind", sorted(BOOKS))
def test_a_new_profile_begins_with_the_defaults_of_its_books(kind: str):
    usual = profiles.usual_settings(kind)
    read = loading.read_settings(Profile(settings=usual, number_next=1))
    for name, text in usual.items():
        value = getattr(read, name, None)
        assert name in HANDLED_ELSEWHERE or value == VALUES.get(text, text) or str(value) == text, name


VALUES = {"true": True, "0.03": rules.Settings().rounding_cap.__class__("0.03"), "7": rules.DueOffset(7)}


def test_every_setting_of_qne_is_kept_and_read_with_its_type(shop: World):
    numbers = {"rounding_cap": "0.03", "due_offset": "7"}
    typed = {
        each.name: each.choices[-1][0] if each.choices else "true" if each.is_switch else numbers.get(each.name, "X-1")
        for each in BOOKS["qne"].profile_settings
    }
    del typed["due_offset_unit"]
    assert profiles.save_settings(shop.profile_id, {name: f" {text} " for name, text in typed.items()}) == []
    profile = profile_of(shop.profile_id)
    read = loading.read_settings(profile)
    for name, text in typed.items():
        assert profile.settings[name] == text
        if name not in HANDLED_ELSEWHERE:
            assert getattr(read, name) == VALUES.get(text, text), name


def test_a_switch_can_be_turned_off(shop: World):
    assert profiles.save_settings(shop.profile_id, {"exclude_tiktok_samples": "false"}) == []
    assert loading.read_settings(profile_of(shop.profile_id)).exclude_tiktok_samples is False


BAD = [
    ("document_date", "yesterday"),
    ("number_source", "9"),
    ("rounding_cap", "a cent"),
    ("rounding_cap", "NaN"),
    ("rounding_cap", "-1"),
    ("due_offset", "soon"),
    ("due_offset", "-3"),
    ("due_offset", "99999999999"),
    ("rounding_cap", "1e9999999"),
    ("bundle_components", "perhaps"),
]


def test_a_value_that_cannot_be_read_is_refused_and_nothing_is_kept(shop: World):
    before = profile_of(shop.profile_id).settings
    for name, typed in BAD:
        [problem] = profiles.save_settings(shop.profile_id, {"agent": "KUMAR", name: typed})
        assert problem.subject == name and typed in str(problem.message)
        assert profile_of(shop.profile_id).settings == before


def test_names_that_the_books_do_not_declare_are_not_kept(shop: World):
    assert profiles.save_settings(shop.profile_id, {"agent": "KUMAR", "uppercase": "true", "is_admin": "1"}) == []
    assert not {"uppercase", "is_admin"} & set(profile_of(shop.profile_id).settings)


@pytest.mark.feature("S19")
def test_a_setting_that_would_book_money_twice_is_refused(shop: World):
    fee = Preset(profile_id=shop.profile_id, kind=ChargeKind.COMMISSION, is_on=True, item="FEE")
    [problem] = profiles.save_settings(shop.profile_id, {"agent": "KUMAR"}, [fee], {"commission"})
    assert "would be booked twice" in str(problem.message)
    assert loading.read_presets(shop.profile_id).get(ChargeKind.COMMISSION) is None
    end_reading()
    assert "agent" not in profile_of(shop.profile_id).settings
    again = Preset(profile_id=shop.profile_id, kind=ChargeKind.COMMISSION, is_on=True, item="FEE")
    assert profiles.save_settings(shop.profile_id, {}, [again]) == []


@pytest.mark.feature("M5")
def test_a_channels_shipping_row_counts_too_where_the_statement_books_shipping(shop: World):
    shop.settle()
    off = Preset(profile_id=shop.profile_id, kind=ChargeKind.SHIPPING, is_on=False)
    assert profiles.save_settings(shop.profile_id, {}, [off], {"shipping"}) == []
    key = {"profile_id": shop.profile_id, "channel_id": ids_of_channels(shop, "11")[0]}
    with writing() as session:
        matching.save_row(session, ShippingMatch, key, {"is_on": True, "item": "SHIP"})
    [problem] = profiles.save_settings(shop.profile_id, {}, (), {"shipping"})
    assert problem.mend == "matching/shipping"


def test_a_new_profile_has_the_defaults_of_the_rules(shop: World):
    made = profiles.make_profile(shop.books_id, "Second", KL, start(shop), [])
    assert loading.read_settings(made) == loading.read_settings(Profile(settings={}, number_next=1))
    assert {kind: each.on for kind, each in loading.read_presets(made.id).items()} == {ChargeKind.SELLER_DISCOUNT: True}
    end_reading()
