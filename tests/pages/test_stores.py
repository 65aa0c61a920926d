"""Stores: connected, named, checked, their key changed, disabled and activated again."""

from contextvars import Context
from functools import partial

import pytest

from adapters.registry import STORES
from models import Run, RunKind, RunState, Secret, StoreChannel, StoreConnection, db, writing
from sync import connections
from tests.pages.conftest import Person
from tests.pages.test_profiles import all_of
from tests.stall import SECRET, Stall, signature
from tests.world import World


def store_of(world: World) -> StoreConnection:
    [store] = all_of(db.select(StoreConnection).where(StoreConnection.id == world.store_id))
    return store


def address(world: World, part: str = "") -> str:
    return f"/stores/{world.store_id}{part}"


@pytest.mark.feature("P5", "P6")
def test_the_list_says_how_each_store_does_and_checks_it_now(owner: Person, world: World):
    page = owner.go("/stores")
    assert "Shop" in page.text and "SiteGiant" in page.text and "Active" in page.text
    world.practice.faults("token_expired", "sitegiant", times=99)
    page = owner.submit("/check")
    assert page.url == address(world) and "Inactive" in page.text and "Enter a new key" in page.text
    world.practice.heal()
    page = owner.submit("/check")
    assert "Inactive" not in page.text and "Active" in page.text


@pytest.mark.feature("P6")
def test_a_store_is_added_with_its_channels_and_its_products_are_read(owner: Person, world: World):
    owner.go("/stores")
    owner.follow("Add store")
    owner.follow("Connect SiteGiant")
    page = owner.submit("connect", {**world.practice.sitegiant, "shop_id": "SG-88", "name": "Second shop"})
    assert "Second shop is connected, with" in page.text and "Demo Shopee MY" in page.text
    assert world.practice.sitegiant["access_token"] not in page.html
    [made] = all_of(db.select(StoreConnection).where(StoreConnection.name == "Second shop"))
    [run] = all_of(db.select(Run).where(Run.target_id == made.id, Run.kind == RunKind.ITEMS))
    assert run.state is RunState.QUEUED and "<progress" in page.html


@pytest.mark.feature("P6")
def test_a_wrong_token_connects_nothing_and_keeps_what_was_typed(owner: Person, world: World):
    owner.go("/stores/new/sitegiant")
    page = owner.submit("connect", {**world.practice.sitegiant, "access_token": "wrong-1", "name": "Kedai"})
    assert page.status == 422 and "refused the access token" in page.text
    shown = {each.name: each.value for each in page.form("connect").fields}
    assert (shown["name"], shown["shop_id"]) == ("Kedai", world.practice.sitegiant["shop_id"])
    assert len(all_of(db.select(StoreConnection))) == 1


@pytest.mark.feature("S17")
def test_the_prefix_of_order_numbers_is_an_option_of_the_store(owner: Person, world: World):
    owner.go(address(world))
    owner.submit("options", {"name": "Kedai", "order_number_prefix": " EW "})
    assert (store_of(world).name, store_of(world).order_number_prefix) == ("Kedai", "EW")
    page = owner.submit("options", {"order_number_prefix": "x" * 21})
    assert page.status == 422 and store_of(world).order_number_prefix == "EW"


@pytest.mark.feature("P6")
def test_a_new_key_is_taken_of_the_same_shop_alone(owner: Person, world: World):
    def token() -> bytes:
        [row] = all_of(db.select(Secret).where(Secret.owner == "stores"))
        return bytes(row.ciphertext)

    before = token()
    page = owner.go(address(world, "/key"))
    assert world.practice.sitegiant["access_token"] not in page.html
    page = owner.submit("key", {"access_token": "wrong-1"})
    assert page.status == 422 and "refused the access token" in page.text
    page = owner.submit("key", {"access_token": "any", "shop_id": "SG-99"})
    assert page.status == 422 and "This is the shop SG-99, but the store is SG-77." in page.text
    page = owner.submit("key", {"shop_id": "SG-99"})
    assert page.status == 422 and "Enter the key again" in page.text and token() == before
    page = owner.submit("key", {**world.practice.sitegiant})
    assert page.url == address(world) and "The new key works." in page.text and token() != before


def test_channels_are_read_again(owner: Person, world: World):
    with writing() as session:
        session.execute(db.update(StoreChannel).values(name="Old name"))
    owner.go(address(world))
    page = owner.submit("/channels")
    assert "Demo Shopee MY" in page.text and "Old name" not in page.text
    world.practice.faults("token_expired", "sitegiant", times=99)
    page = owner.submit("/channels")
    assert page.status == 200 and "Inactive" in page.text


@pytest.mark.feature("P10")
def test_a_store_is_disabled_and_active_again_with_nothing_lost(owner: Person, world: World):
    owner.go(address(world))
    owner.follow("Disable")
    page = owner.submit("/disable")
    assert "Inactive" in page.text and not store_of(world).is_enabled
    assert len(all_of(db.select(StoreChannel))) > 1
    page = owner.go(f"/profiles/{world.profile_id}")
    owner.submit("/read/orders")
    assert all_of(db.select(Run).where(Run.state == RunState.QUEUED)) == [], "what is disabled is asked nothing"
    owner.go(address(world))
    page = owner.submit("/enable")
    assert "is active again" in page.text and store_of(world).is_enabled


@pytest.mark.feature("P6")
def test_the_page_says_where_the_store_sends_its_messages_and_that_nothing_is_wrong_without(
    owner: Person, world: World, monkeypatch: pytest.MonkeyPatch
):
    assert "Messages of the store" not in owner.go(address(world)).text, "SiteGiant sends none"
    monkeypatch.setitem(STORES, "stall", Stall)
    made = connections.connect_store("stall", "Stall", {"shop_id": "S-1", "secret": SECRET}, world.tools)
    page = owner.go(f"/stores/{made.id}")
    assert f"http://localhost/hooks/{made.id}" in page.text and "behind the counter" in page.text
    assert "nothing is missed without messages" in page.text and "No message has come yet" in page.text
    sent = {"X-Stall-Signature": signature(b'{"event": "1", "orders": []}')}
    for body in (b'{"event": "1", "orders": []}', b"something else"):
        Context().run(partial(world.app.test_client().post, f"/hooks/{made.id}", data=body, headers=sent))
    page = owner.go(f"/stores/{made.id}")
    assert "Last message" in page.text and "missing or wrong: 1." in page.text and SECRET not in page.html
