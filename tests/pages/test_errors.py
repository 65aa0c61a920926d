"""A bug, anywhere: a page that says a reference number and nothing else, and a request that did not go half its way."""

import logging
import re
from collections.abc import Callable, Iterator
from functools import wraps
from typing import Any

import pytest
from sqlalchemy import event, update
from sqlalchemy.exc import OperationalError

from models import Profile, db, end_reading, writing
from sync import accounts
from tests.pages.conftest import Person
from tests.pages.test_answers import protected
from tests.pages.test_guard import OURS, ask, path_of, rules, with_token
from tests.world import World

SECRET = "api_key=CANARY-0badc0de"


def broken(view: Callable[..., Any]) -> Callable[..., Any]:
    """The same view with a bug in it, which tells a secret."""

    @wraps(view)
    def fails(*_args: Any, **_rest: Any) -> Any:
        raise RuntimeError(f"it broke with {SECRET} at /srv/app.py")

    return fails


def tells_nothing(answer: Any) -> str:
    """The reference number of a page that says nothing else of the bug."""
    html = answer.get_data(as_text=True)
    assert answer.status_code == 500 and "That was our mistake" in html
    for word in ("CANARY", "RuntimeError", "OperationalError", "Traceback", "app.py", "SELECT", "sqlite", "postgres"):
        assert word not in html, word
    assert protected(answer) and answer.headers["Cache-Control"] == "no-store"
    found = re.search(r"The log has it under ([0-9a-f]{8})\.", html)
    assert found
    return found[1]


def test_a_bug_in_any_view_shows_a_reference_number_and_nothing_else(
    world: World,
    owner: Person,
    said: Any,
    monkeypatch: pytest.MonkeyPatch,
):
    token = with_token(owner.client)
    for endpoint, view in list(world.app.view_functions.items()):
        if endpoint != "static":
            monkeypatch.setitem(world.app.view_functions, endpoint, broken(view))
    seen = set()
    for rule in rules(world):
        for method in set(rule.methods or ()) & {"GET", "POST"}:
            for headers in (token, {**token, "HX-Request": "true"}):
                seen.add(tells_nothing(ask(owner.client, path_of(rule, world), method, headers=headers)))
    logged = said.getvalue()
    assert len(seen) > 100 and all(reference in logged for reference in seen)
    assert "CANARY" not in logged and "RuntimeError" in logged


def test_a_bug_while_a_page_is_drawn_shows_no_part_of_it(world: World, owner: Person, monkeypatch: pytest.MonkeyPatch):
    from blueprints import rendering

    drawn = rendering.render_template

    def breaks(page: str, **context: Any) -> str:
        drawn(page, **context)
        raise RuntimeError(SECRET)

    monkeypatch.setattr("blueprints.rendering.render_template", breaks)
    html = ask(owner.client, f"/profiles/{world.profile_id}/tasks", headers=OURS)
    tells_nothing(html)
    assert "Company" not in html.get_data(as_text=True).split("<main")[1]


def test_a_bug_in_the_middle_of_a_save_keeps_nothing_of_it(
    world: World, owner: Person, monkeypatch: pytest.MonkeyPatch
):
    def name_of() -> str:
        found = db.session.scalar(db.select(Profile.name))
        end_reading()
        return str(found)

    def saves(*_args: Any, **_rest: Any) -> None:
        with writing() as session:
            session.execute(update(Profile).values(name="half"))
            raise RuntimeError(SECRET)

    monkeypatch.setattr("sync.profiles.change_profile", saves)
    owner.go(f"/profiles/{world.profile_id}/settings/company")
    assert owner.submit("company", {"name": "New"}).status == 500
    assert name_of() == "Company"
    monkeypatch.undo()
    owner.go(f"/profiles/{world.profile_id}/settings/company")
    assert "Saved." in owner.submit("company", {"name": "New"}).text, "and the next request works"


@pytest.fixture
def no_database(world: World) -> Iterator[Callable[[], None]]:
    """From the moment that it is called, the database answers nothing."""

    def refuse(*_args: Any) -> None:
        raise OperationalError("SELECT secret_column FROM users", {}, Exception("server closed the connection"))

    yield lambda: event.listen(db.engine, "before_cursor_execute", refuse)
    if event.contains(db.engine, "before_cursor_execute", refuse):
        event.remove(db.engine, "before_cursor_execute", refuse)


@pytest.mark.parametrize("path", ["/", "/login", "/profiles/1/invoices", "/health", "/no/such/page"])
def test_a_database_that_is_gone_is_told_by_the_same_page(
    world: World, owner: Person, no_database: Callable[[], None], path: str
):
    no_database()
    tells_nothing(ask(owner.client, path, headers=OURS))


def test_a_database_that_goes_in_the_middle_of_a_request_is_too(
    world: World, owner: Person, no_database: Callable[[], None], monkeypatch: pytest.MonkeyPatch
):
    view = world.app.view_functions["tasks.index"]

    @wraps(view)
    def goes(**rest: Any) -> Any:
        no_database()
        return view(**rest)

    monkeypatch.setitem(world.app.view_functions, "tasks.index", goes)
    tells_nothing(ask(owner.client, f"/profiles/{world.profile_id}/tasks", headers=OURS))


def test_a_guard_that_breaks_lets_nobody_in(world: World, owner: Person, monkeypatch: pytest.MonkeyPatch):
    came_in: list[str] = []

    def watched(view: Callable[..., Any], name: str) -> Callable[..., Any]:
        @wraps(view)
        def enters(**rest: Any) -> Any:
            came_in.append(name)
            return view(**rest)

        return enters

    token = with_token(owner.client)
    for endpoint, view in list(world.app.view_functions.items()):
        monkeypatch.setitem(world.app.view_functions, endpoint, watched(view, endpoint))

    def breaks(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(accounts, "signed_in", breaks)
    for rule in rules(world):
        for method in set(rule.methods or ()) & {"GET", "POST"}:
            tells_nothing(ask(owner.client, path_of(rule, world), method, headers=token))
    assert came_in == []


@pytest.mark.parametrize("asked", ["may_see", "profiles_of"])
def test_what_cannot_be_decided_is_not_allowed(
    world: World, owner: Person, person: Callable[[], Person], monkeypatch: pytest.MonkeyPatch, asked: str
):
    def breaks(*_: object) -> None:
        raise RuntimeError(SECRET)

    monkeypatch.setattr(accounts, asked, breaks)
    path = f"/profiles/{world.profile_id}/settings" if asked == "may_see" else "/profiles"
    tells_nothing(ask(owner.client, path, headers=OURS))


def test_a_bug_is_logged_with_its_place_and_in_one_line(
    world: World,
    owner: Person,
    said: Any,
    monkeypatch: pytest.MonkeyPatch,
):
    def breaks(*_: object) -> None:
        raise RuntimeError("first line\r\nsecond line: forged entry")

    monkeypatch.setattr(accounts, "sign_ins_of", breaks)
    reference = tells_nothing(ask(owner.client, "/account", headers=OURS))
    [line] = [each for each in said.getvalue().splitlines() if reference in each]
    assert "account.mine" in line and "sign_ins_of" in line and "second line" in line
    assert logging.getLogger().handlers
