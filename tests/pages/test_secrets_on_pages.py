"""Canary secrets, typed and kept: no page, header, log, table or job ever holds one."""

import io
import json
from collections.abc import Callable, Iterator
from contextvars import Context

import pytest
from sqlalchemy import select

from models import User, db, end_reading
from sync import accounts, connections
from tests.integration.test_vault import dump
from tests.pages.conftest import Person
from tests.pages.test_guard import OURS, ask, path_of, rules, with_token
from tests.world import CREATE, World

CODE, PASSWORD, NEW = "CANARY-set-up-code", "CANARY-a-password-1", "CANARY-a-password-2"
KEY, TOKEN = "CANARY-0badc0de-key-5e11", "CANARY-0badc0de-token-77aa"
TYPED = (CODE, PASSWORD, NEW, KEY, TOKEN)


@pytest.fixture
def world(shop: World) -> World:
    """The shop without orders is what everybody works with here."""
    return shop


@pytest.fixture
def mei(shop: World, person: Callable[[], Person]) -> Person:
    """The owner, who made her account with the set-up code."""
    shop.app.config["SETUP_CODE"] = CODE
    someone = person()
    someone.go("/setup/owner")
    someone.submit("/setup/owner", {"code": f"{CODE}-wrong", "name": "Mei", "password": PASSWORD})
    someone.submit("/setup/owner", {"code": CODE, "name": "Mei", "password": PASSWORD})
    return someone


def secrets_of(world: World) -> set[str]:
    """All that must be seen nowhere."""
    kept = {world.practice.qne["api_key"], world.practice.sitegiant["access_token"]}
    hashes = set(db.session.scalars(select(User.password_hash)))
    end_reading()
    keys = {key.hex() for key in world.tools.vault.keys.values()} | {world.app.config["SECRET_KEY"]}
    return {*TYPED, *kept, *hashes, *keys, "$argon2id$", "eyJhbGciOi"}


def answers(world: World, mei: Person) -> Iterator[tuple[str, str]]:
    """Every page with its headers, as text."""
    for rule in rules(world):
        if "GET" in (rule.methods or ()):
            for headers in (OURS, {**OURS, "HX-Request": "true"}):
                answer = ask(mei.client, path_of(rule, world), headers=headers)
                yield rule.rule, f"{answer.headers}{answer.get_data(as_text=True)}"


def live_through(world: World, mei: Person, person: Callable[[], Person]) -> Iterator[tuple[str, str]]:
    """Wrong and right keys and passwords are typed everywhere, systems fail, orders are posted; every answer to it."""
    practice = world.practice
    for path, typed in (
        ("/stores/new/sitegiant", {**practice.sitegiant, "access_token": TOKEN}),
        (f"/stores/{world.store_id}/key", {**practice.sitegiant, "access_token": TOKEN}),
        ("/profiles/new/qne", {"api_key": KEY, "base_url": practice.qne["base_url"]}),
        ("/profiles/new/qne", {"api_key": KEY, "base_url": f"{practice.qne['base_url']}/nowhere"}),
        (f"/profiles/{world.profile_id}/settings/accounting", {"api_key": KEY}),
        ("/setup/books", {"api_key": KEY, "name": "Books"}),
        ("/users", {"name": "Tan", "password": "short"}),
        ("/users", {"name": "Tan", "password": NEW}),
        ("/account", {"old": NEW, "password": NEW}),
    ):
        page = mei.go(path)
        form = next(form for form in page.forms if {each.name for each in form.fields} >= set(typed))
        yield path, mei.submit(form.id or form.action, typed).html
    stranger = person()
    yield "/login", stranger.log_in("Mei", NEW).html
    yield "/login", stranger.log_in("Tan", NEW).html
    world.sell("T-1", "T-2")
    world.pull()
    practice.faults("refuse", path=CREATE, times=1, message=f"The key {practice.qne['api_key']} may not")
    world.sync()
    practice.faults("token_expired", "sitegiant", times=99)
    practice.faults("html_502", path="/api/Auth/Connect", times=1)
    yield "check", mei.go(f"/profiles/{world.profile_id}").html
    yield "check", mei.submit("/check").html
    practice.heal()


def test_no_page_log_or_table_holds_a_secret(shop: World, mei: Person, person: Callable[[], Person], said: io.StringIO):
    told = list(live_through(shop, mei, person))
    pages = list(answers(shop, mei))
    assert len(pages) > 60 and len(said.getvalue()) > 500
    assert any("may not" in text for _where, text in pages), "what the books said of the key is shown, without the key"
    for secret in secrets_of(shop):
        found = {where for where, text in (*told, *pages) if secret in text}
        assert not found, f"{secret}: {found}"
        assert secret not in said.getvalue(), f"{secret} in the log"
        if not secret.startswith("$argon2id$"):
            assert secret not in dump(shop), f"{secret} in the database"


def test_what_is_kept_in_the_page_while_a_log_in_ended_holds_no_key_and_no_password(shop: World, mei: Person):
    token = with_token(mei.client)
    shop.clock.pass_by(13 * 3600)
    fields = {
        "api_key": KEY,
        "access_token": TOKEN,
        "password": PASSWORD,
        "old": NEW,
        "base_url": "https://kept.example",
    }
    answer = ask(mei.client, "/profiles/new/qne", "POST", headers=token, data=fields)
    html = answer.get_data(as_text=True)
    assert answer.status_code == 401 and "kept.example" in html
    assert not [each for each in TYPED if each in html]


def test_the_cookie_in_the_browser_holds_nothing_but_the_log_in_and_a_token(shop: World, mei: Person):
    mei.go("/users")
    mei.submit("/users", {"name": "Tan", "password": NEW})
    cookie = mei.client.get_cookie("tillbridge")
    assert cookie is not None

    def read() -> dict[str, object]:
        with shop.app.test_request_context(headers={"Cookie": f"tillbridge={cookie.value}"}):
            from flask import session

            return dict(session)

    kept = Context().run(read)
    assert set(kept) <= {"sign_in", "user", "csrf_token", "_flashes"}
    assert not [each for each in (*TYPED, shop.practice.qne["api_key"]) if each in json.dumps(kept)]


def test_a_url_of_a_page_never_holds_what_was_typed(shop: World, mei: Person, said: io.StringIO):
    """Keys and passwords are posted: no form of ours would put one into an address."""
    for path in ("/login", "/users", "/account", "/stores/new/sitegiant", "/profiles/new/qne", "/setup/books"):
        for form in mei.go(path).forms:
            secret = [each for each in form.fields if each.kind == "password"]
            assert not secret or form.method == "POST", path
            assert all(each.value == "" for each in secret), path


@pytest.mark.parametrize(
    "address", ["http://169.254.169.254/", "https://[::1]:8443", "http://[::1", "https://user:pw@qne.example"]
)
def test_an_address_that_may_not_be_asked_is_told_and_the_key_goes_nowhere(
    shop: World, mei: Person, address: str, monkeypatch: pytest.MonkeyPatch
):
    asked: list[object] = []
    monkeypatch.setattr("socket.create_connection", lambda *given, **_: asked.append(given))
    mei.go("/profiles/new/qne")
    page = mei.submit("connect", {"api_key": KEY, "base_url": address})
    assert page.status == 422 and 'role="alert"' in page.html and KEY not in page.html
    assert asked == []
    assert len(list(db.session.scalars(select(connections.BooksConnection.id)))) == 1
    end_reading()


def test_a_setup_code_that_was_used_opens_nothing_any_more(shop: World, mei: Person, person: Callable[[], Person]):
    assert person().go("/setup/owner").url.startswith("/login")
    with pytest.raises(accounts.AccountRefused):
        accounts.make_owner("Another", PASSWORD, shop.clock.now())
