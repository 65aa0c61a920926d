"""Connections: a company is connected once, keeps its company, and says how it does and what to do next (P5)."""

from dataclasses import replace

import pytest
from sqlalchemy import func, select

from adapters.accounting.qne import Qne
from adapters.errors import LoginRefused, RemoteError
from documents import Company
from jobs import sweep
from models import BooksConnection, ConnectionStatus, Secret, StoreChannel, StoreConnection, db, end_reading
from sync import connections, health, pulling, vault
from sync.connections import WrongCompany
from tests.world import World

S = ConnectionStatus
OTHER = Company("OTHER02", "Somebody Else Sdn Bhd", "MYR", "MY")


def count(model) -> int:
    found = db.session.scalar(select(func.count()).select_from(model))
    end_reading()
    return found


def secrets(world: World) -> dict[str, str]:
    found = vault.secrets_of(world.tools.vault, "books", world.books_id)
    end_reading()
    return found


@pytest.mark.feature("P2")
def test_books_are_connected_by_a_key_and_remember_their_company(shop: World):
    books = shop.books()
    assert (books.company_key, books.company_name) == ("PRACTICE01", "Practice Trading Sdn Bhd")
    assert (books.home_currency, books.country, books.status) == ("MYR", "MY", S.ACTIVE)
    assert books.settings == {"base_url": shop.practice.qne["base_url"]}, "no key among the plain settings"
    assert secrets(shop) == {"api_key": shop.practice.qne["api_key"]}
    assert Qne.profile_settings and any("Marketplace" in each.hint for each in Qne.connection_settings)


@pytest.mark.feature("P1")
def test_the_same_company_connected_again_is_the_same_connection(shop: World):
    again = connections.connect_books("qne", "Renamed", shop.practice.qne, shop.tools)
    assert again.id == shop.books_id and count(BooksConnection) == 1
    assert shop.books().name == "Renamed"


def test_the_same_shop_connected_again_is_the_same_store(shop: World):
    again = connections.connect_store("sitegiant", "Renamed", shop.practice.sitegiant, shop.tools)
    assert again.id == shop.store_id and count(StoreConnection) == 1
    before = count(StoreChannel)
    pulling.pull_channels(again.id, shop.tools)
    assert count(StoreChannel) == before


@pytest.mark.feature("P1")
def test_a_new_key_of_the_same_company_takes_the_place_of_the_old_one(shop: World):
    connections.change_credential(shop.books_id, shop.practice.qne, shop.tools)
    assert secrets(shop) == {"api_key": shop.practice.qne["api_key"]} and count(Secret) == 2


@pytest.mark.feature("P1")
def test_a_key_of_another_company_is_refused_and_changes_nothing(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Qne, "check", lambda _self: OTHER)
    given = {**shop.practice.qne, "api_key": "another-key"}
    with pytest.raises(WrongCompany, match="opens Somebody Else Sdn Bhd, but the profile belongs to Practice Trading"):
        connections.change_credential(shop.books_id, given, shop.tools)
    assert secrets(shop) == {"api_key": shop.practice.qne["api_key"]}
    assert (shop.books().company_key, shop.books().status) == ("PRACTICE01", S.ACTIVE)


@pytest.mark.feature("P5")
def test_a_key_that_opens_another_company_meanwhile_is_inactive(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Qne, "check", lambda _self: OTHER)
    assert connections.check_books(shop.books_id, shop.tools) is S.INACTIVE
    assert shop.books().company_name == "Practice Trading Sdn Bhd"


@pytest.mark.feature("P3")
def test_what_a_check_finds_out_is_kept_and_given_to_the_adapter(shop: World, monkeypatch: pytest.MonkeyPatch):
    base_url, given = shop.practice.qne["base_url"], []

    def check(self: Qne) -> Company:
        given.append(dict(self.settings))
        return Company("PRACTICE01", "Practice Trading Sdn Bhd", "MYR", "MY", settings={"region": f"r-{len(given)}"})

    monkeypatch.setattr(Qne, "check", check)
    connections.check_books(shop.books_id, shop.tools)
    assert shop.books().settings == {"base_url": base_url, "region": "r-1"}
    connections.check_books(shop.books_id, shop.tools)
    connections.change_credential(shop.books_id, {"base_url": base_url}, shop.tools)
    connections.connect_books("qne", "Books", shop.practice.qne, shop.tools)
    typed = {"base_url": base_url}
    assert given == [typed, {**typed, "region": "r-1"}, typed, typed]
    assert shop.books().settings == {"base_url": base_url, "region": "r-4"}


@pytest.mark.feature("P3")
def test_what_the_check_of_another_company_finds_out_is_not_kept(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Qne, "check", lambda _self: replace(OTHER, settings={"region": "elsewhere"}))
    connections.check_books(shop.books_id, shop.tools)
    assert "region" not in shop.books().settings


@pytest.mark.feature("P1", "P2")
def test_a_wrong_key_connects_nothing(shop: World):
    with pytest.raises(LoginRefused):
        connections.connect_books("qne", "X", {**shop.practice.qne, "api_key": "wrong"}, shop.tools)
    with pytest.raises(LoginRefused):
        connections.change_credential(shop.books_id, {**shop.practice.qne, "api_key": "wrong"}, shop.tools)
    assert count(BooksConnection) == 1 and secrets(shop) == {"api_key": shop.practice.qne["api_key"]}


# --- how it does (P5) ---------------------------------------------------------------------------------------------


def check(world: World, system: str) -> tuple[S, S]:
    """What checking says, and what the row says after it."""
    if system == "qne":
        return connections.check_books(world.books_id, world.tools), world.books().status
    return connections.check_store(world.store_id, world.tools), world.store().status


def text_of(world: World, system: str) -> object:
    return (world.books() if system == "qne" else world.store()).status_text


@pytest.mark.feature("P5")
@pytest.mark.parametrize("system", ["qne", "sitegiant"])
def test_a_revoked_key_is_inactive_and_says_what_to_do(shop: World, system: str):
    assert check(shop, system) == (S.ACTIVE, S.ACTIVE) and text_of(shop, system) is None
    shop.practice.faults("token_expired", system, times=9)
    assert check(shop, system) == (S.INACTIVE, S.INACTIVE) and text_of(shop, system)
    assert "Enter a new key" in str(connections.next_step(S.INACTIVE))
    shop.practice.heal()
    assert check(shop, system) == (S.ACTIVE, S.ACTIVE) and text_of(shop, system) is None
    assert connections.next_step(S.ACTIVE) is None


@pytest.mark.feature("P5")
@pytest.mark.parametrize("system", ["qne", "sitegiant"])
def test_a_system_that_is_down_is_a_timeout_and_says_what_to_do(shop: World, system: str):
    shop.practice.stop()
    try:
        assert check(shop, system) == (S.TIMEOUT, S.TIMEOUT)
    finally:
        shop.practice.start()
    assert "See that it is on" in str(connections.next_step(S.TIMEOUT))
    assert check(shop, system) == (S.ACTIVE, S.ACTIVE)


@pytest.mark.feature("P5")
def test_books_may_say_in_their_own_words_what_to_do_where_they_do_not_answer(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    usual = health.health_of(shop.books())
    monkeypatch.setattr(Qne, "timeout_step", "Ask your dealer.")
    shop.practice.stop()
    try:
        connections.check_books(shop.books_id, shop.tools)
    finally:
        shop.practice.start()
    assert (usual.next_step, str(health.health_of(shop.books()).next_step)) == (None, "Ask your dealer.")


@pytest.mark.feature("P5")
@pytest.mark.parametrize("system", ["qne", "sitegiant"])
def test_one_that_asks_us_to_slow_down_works(shop: World, system: str):
    shop.practice.faults("status_429", system, times=9, retry_after=30)
    assert check(shop, system)[0] is S.ACTIVE


@pytest.mark.feature("P5")
def test_a_drain_that_meets_a_revoked_key_shows_it_and_loses_nothing(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    shop.practice.faults("token_expired", path="/api/*", times=9)
    shop.drain()
    assert shop.books().status is S.INACTIVE and shop.task(task_id).queued == 1
    shop.practice.heal()
    shop.practice.control("DELETE", "/requests")
    shop.clock.pass_by(1800)
    shop.drain()
    assert shop.practice.requests("qne") == [], "it is left alone until it was checked"
    shop.clock.pass_by(shop.tools.timing.pull_s)
    sweep.sweep(shop.tools)
    shop.run_until_quiet()
    assert shop.books().status is S.ACTIVE and shop.task(task_id).posted == 1


@pytest.mark.feature("P5")
def test_connections_are_checked_on_a_schedule(shop: World):
    shop.practice.faults("token_expired", "qne", times=99)
    shop.practice.faults("token_expired", "sitegiant", times=99)
    sweep.sweep(shop.tools)
    assert shop.books().status is S.ACTIVE, "it was asked a moment ago"
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)
    assert (shop.books().status, shop.store().status) == (S.INACTIVE, S.INACTIVE)


@pytest.mark.feature("P5")
def test_a_store_that_fails_for_good_is_not_asked_with_every_sweep(shop: World):
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    shop.practice.faults("token_expired", "sitegiant", times=999)
    sweep.sweep(shop.tools)
    shop.practice.control("DELETE", "/requests")
    for _ in range(3):
        shop.clock.pass_by(shop.tools.timing.sweep_s)
        sweep.sweep(shop.tools)
    assert shop.practice.requests("sitegiant") == []
    shop.practice.heal()
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)
    assert shop.store().status is S.ACTIVE


def test_no_call_is_made_inside_a_transaction(shop: World):
    books = connections.books_of(shop.books(), shop.tools)
    db.session.scalar(select(func.count()).select_from(Secret))
    with pytest.raises(RuntimeError, match="inside a database transaction"):
        books.check()
    end_reading()
    try:
        books.check()
    except RemoteError as error:  # pragma: no cover
        pytest.fail(str(error))
