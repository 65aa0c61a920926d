"""The url map is walked: who is not signed in, has no token or comes from elsewhere, and what all answers carry."""

import hashlib
import re
from collections.abc import Iterator
from contextvars import Context
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from flask_migrate import upgrade
from sqlalchemy import text
from werkzeug.routing import Rule
from werkzeug.test import TestResponse

from app import create_app
from config import Config, read_config
from models import Base, db, end_reading
from sync import accounts, profiles
from tests.pages.conftest import PASSWORD, Person, person_of
from tests.world import World

UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
SAFE = {"GET", "HEAD", "OPTIONS"}
OURS = {"Sec-Fetch-Site": "same-origin"}
HEADERS = ("Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Cross-Origin-Opener-Policy")


def rules(world: World) -> Iterator[Rule]:
    """Every route for people, but the static files."""
    yield from (rule for rule in all_rules(world) if not is_for_machines(world, rule))


def all_rules(world: World) -> Iterator[Rule]:
    """Those for other systems, too."""
    yield from (rule for rule in world.app.url_map.iter_rules() if rule.endpoint != "static")


def is_for_machines(world: World, rule: Rule) -> bool:
    return bool(getattr(world.app.view_functions[rule.endpoint], "is_for_machines", False))


def path_of(rule: Rule, world: World, other: int | None = None) -> str:
    """An address of this route: the world's own ids, or `other` in place of each number."""
    known = {"profile_id": world.profile_id, "books_id": world.books_id, "store_id": world.store_id}

    def value(match: re.Match[str]) -> str:
        kind, name = match["kind"] or "", match["name"]
        if "int" in kind:
            return str(other if other is not None else known.get(name, 1))
        return "customer"

    return re.sub(r"<(?:(?P<kind>[^:<>]+):)?(?P<name>[^<>]+)>", value, rule.rule)


def ask(client: FlaskClient, path: str, method: str = "GET", **rest: Any) -> TestResponse:
    """One request in a context of its own."""
    return Context().run(lambda: client.open(path, method=method, **rest))


def with_token(client: FlaskClient) -> dict[str, str]:
    """Headers of a request that our own page sends."""
    page = ask(client, "/login", headers=OURS).get_data(as_text=True)
    found = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page)
    assert found
    return {**OURS, "X-CSRFToken": found[1]}


def digest(without: str = "") -> str:
    """All rows of all tables but one, as one hash."""
    made = hashlib.sha256()
    for table in sorted(set(Base.metadata.tables) - {without}):
        rows = db.session.execute(text(f"SELECT * FROM {table}")).all()
        made.update(repr((table, sorted(map(repr, rows)))).encode())
    end_reading()
    return made.hexdigest()


def is_public(world: World, rule: Rule) -> bool:
    return bool(getattr(world.app.view_functions[rule.endpoint], "is_public", False))


def test_every_unsafe_request_without_a_token_is_refused_and_changes_nothing(world: World, owner: Person):
    before = digest()
    for rule in rules(world):
        for method in set(rule.methods or ()) - SAFE:
            answer = ask(owner.client, path_of(rule, world), method)
            assert answer.status_code == 400, f"{method} {rule.rule}: {answer.status_code}"
    assert digest() == before


def test_every_unsafe_request_from_another_site_is_refused(world: World, owner: Person):
    for rule in rules(world):
        for method in set(rule.methods or ()) - SAFE:
            for headers in (
                {"Sec-Fetch-Site": "cross-site"},
                {"Sec-Fetch-Site": "same-site"},
                {"Origin": "https://evil.example"},
            ):
                answer = ask(owner.client, path_of(rule, world), method, headers=headers)
                assert answer.status_code == 403, f"{method} {rule.rule} {headers}: {answer.status_code}"


def test_every_page_asks_for_a_login_but_those_that_are_marked_public(world: World, owner: Person):
    stranger = world.app.test_client()
    headers = with_token(stranger)
    for rule in rules(world):
        for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}:
            answer = ask(stranger, path_of(rule, world), method, headers=headers)
            if is_public(world, rule):
                continue
            is_asked = answer.status_code == 401 or "/login" in answer.headers.get("Location", "")
            assert is_asked, f"{method} {rule.rule}: {answer.status_code}"


def test_few_pages_are_public(world: World):
    public = {rule.endpoint for rule in rules(world) if is_public(world, rule)}
    assert public == {"health.health", "account.log_in", "account.theme", "setup.owner"}


def test_what_is_for_other_systems_is_named_here_and_does_nothing_for_who_shows_no_proof(world: World, owner: Person):
    """No log-in and no token opens it, and none is needed: its tests say what does."""
    found = {rule.endpoint: rule for rule in all_rules(world) if is_for_machines(world, rule)}
    assert set(found) == {"exchange.push", "hooks.receive"}
    before = digest(without="wrong_tries")  # they are counted
    for client in (owner.client, world.app.test_client()):
        for rule in found.values():
            for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}:
                answer = ask(client, path_of(rule, world), method, headers=with_token(owner.client))
                assert answer.status_code in (401, 404), f"{method} {rule.rule}: {answer.status_code}"
                assert all(name in answer.headers for name in HEADERS), rule.rule
    assert digest(without="wrong_tries") == before


def test_opening_pages_writes_nothing(world: World, owner: Person):
    world.pull()
    before = digest()
    for rule in rules(world):
        if "GET" in (rule.methods or ()):
            for method in ("GET", "HEAD"):
                answer = ask(owner.client, path_of(rule, world), method, headers=OURS)
                assert answer.status_code < 500, f"{method} {rule.rule}: {answer.status_code}"
            assert digest() == before, f"GET or HEAD {rule.rule} wrote"


def test_every_answer_carries_the_headers_that_protect_it(world: World, owner: Person):
    paths = [path_of(rule, world) for rule in rules(world)] + ["/no/such/page", "/static/tillbridge.css"]
    for path in paths:
        answer = ask(owner.client, path, headers=OURS)
        missing = [name for name in HEADERS if name not in answer.headers]
        assert not missing, f"{path}: {missing}"
        assert "unsafe" not in answer.headers["Content-Security-Policy"]
        if not path.startswith("/static"):
            assert answer.headers["Cache-Control"] == "no-store", path


def test_what_belongs_to_others_is_not_there(world: World, owner: Person):
    """Who is no member of a profile gets 404 on all of its addresses; so does everybody on ids that are nobody's."""
    accounts.make_user("Tan", PASSWORD, [], world.clock.now())
    tan = person_of(world)
    tan.log_in("Tan")
    his, hers = with_token(tan.client), with_token(owner.client)
    for rule in rules(world):
        if not re.search(r"<int:", rule.rule):
            continue
        for method in set(rule.methods or ()) - {"HEAD", "OPTIONS"}:
            theirs = ask(tan.client, path_of(rule, world), method, headers=his)
            assert theirs.status_code == 404, f"{method} {rule.rule} for Tan: {theirs.status_code}"
            nobodys = ask(owner.client, path_of(rule, world, other=987654), method, headers=hers)
            assert nobodys.status_code == 404, f"{method} {rule.rule} of nobody: {nobodys.status_code}"


def test_ids_of_others_in_a_form_of_ones_own_do_nothing(world: World, owner: Person):
    world.pull()
    task_id = world.press_sync()
    orders = [each.id for each in world.orders()]
    mine = profiles.make_profile(world.books_id, "Tan's", "Asia/Kuala_Lumpur", world.clock.now().date(), [])
    accounts.make_user("Tan", PASSWORD, [mine.id], world.clock.now())
    tan = person_of(world)
    tan.log_in("Tan")
    headers, here, before = with_token(tan.client), f"/profiles/{mine.id}", digest()
    for path, data in (
        ("/review", {"order": orders}),
        ("/already", {"order": orders}),
        ("/already/link", {"link": [f"{each}:1" for each in orders]}),
        (f"/tasks/{task_id}/again", {"which": "all"}),
        (f"/tasks/{task_id}/out", {"order": orders}),
        ("/matching/items", {"row": "1", "code": "MISC"}),
    ):
        answer = ask(tan.client, f"{here}{path}", "POST", headers=headers, data=data)
        assert answer.status_code in (200, 303, 404), f"{path}: {answer.status_code}"
        assert all(f'value="{each}"' not in answer.get_data(as_text=True) for each in orders), path
        assert digest() == before, path
    for path in (f"/picks/{world.books_id + 1}/item", "/stores/1", "/users"):
        assert ask(tan.client, path, headers=OURS).status_code == 404, path


@pytest.mark.parametrize("host", ["evil.example", "localhost.evil.example", "127.0.0.1.evil.example", ""])
def test_a_host_that_was_not_set_is_refused(world: World, owner: Person, host: str):
    answer = ask(owner.client, "/login", headers={"Host": host or "x y"})
    assert answer.status_code == 400


def test_the_cookie_is_for_our_site_alone_and_changes_at_every_login(world: World, owner: Person):
    tan = person_of(world)
    tan.go("/login")
    before = tan.client.get_cookie("tillbridge")
    tan.log_in("Mei")
    after = tan.client.get_cookie("tillbridge")
    assert before and after and before.value != after.value
    assert after.http_only and after.same_site == "Lax" and after.path == "/" and after.origin_only


def test_an_old_cookie_is_worth_nothing_after_logging_out_or_a_new_password(world: World, owner: Person):
    kept = owner.client.get_cookie("tillbridge")
    assert kept is not None
    owner.go("/account")
    owner.submit("/logout")
    owner.client.set_cookie("tillbridge", kept.value)
    assert owner.go("/account").url.startswith("/login")
    owner.log_in("Mei")
    kept = owner.client.get_cookie("tillbridge")
    owner.go("/account")
    page = owner.submit("/account/password", {"old": PASSWORD, "password": "a quite different one"})
    assert "Your password is changed" in page.text
    assert kept is not None
    owner.client.set_cookie("tillbridge", kept.value)
    assert owner.go("/account").url.startswith("/login")


def test_a_bug_shows_a_reference_number_and_nothing_else(world: World, owner: Person, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(accounts, "sign_ins_of", lambda *_: 1 / 0)
    world.app.testing = False
    page = owner.go("/account")
    assert page.status == 500 and "That was our mistake" in page.text
    assert "ZeroDivisionError" not in page.html and "Traceback" not in page.html


def test_by_https_the_cookie_is_bound_to_the_host_and_the_browser_stays_with_https(tmp_path: Path):
    app = create_app(Config(tmp_path, f"sqlite:///{tmp_path}/tillbridge.db", "unix:///nowhere", is_https=True))
    with app.app_context():
        upgrade()
        db.engine.dispose()
    answer = ask(app.test_client(), "/setup/owner", base_url="https://localhost")
    cookie = answer.headers["Set-Cookie"]
    assert cookie.startswith("__Host-tillbridge=") and "Secure" in cookie and "Domain" not in cookie
    assert "max-age" in answer.headers["Strict-Transport-Security"]


def test_only_this_machines_own_names_are_known_until_others_are_set():
    alone = read_config({})
    assert set(alone.hosts) == {"localhost", "127.0.0.1", "[::1]"} and not alone.is_https
    assert "shop.lan" in read_config({"TILLBRIDGE_HOSTS": "shop.lan, 192.168.1.5"}).hosts
