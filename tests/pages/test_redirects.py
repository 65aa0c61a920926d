"""No address that somebody slips in leads away from here; whose request it is, is not what its headers claim."""

from pathlib import Path
from urllib.parse import urlsplit

import pytest
from flask_migrate import upgrade

from app import create_app
from blueprints.kept import own_path, read_kept
from config import Config
from models import Run, RunKind, RunState, WrongTries, db, writing
from sync import accounts
from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_guard import OURS, ask, with_token
from tests.pages.test_profiles import all_of
from tests.world import World

ELSEWHERE = (
    "https://evil.example",
    "http://evil.example/account",
    "//evil.example",
    "///evil.example",
    "////evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "/\n/evil.example",
    "\t//evil.example",
    " //evil.example",
    "https:evil.example",
    "https:/evil.example",
    "javascript:alert(1)",
    "JaVaScRiPt:alert(1)",
    "data:text/html,<script>alert(1)</script>",
    "evil.example",
    "@evil.example",
    ".evil.example",
    "//localhost@evil.example",
    "/ok\r\nSet-Cookie: theme=dark",
    "/ok\x00",
    "/\u2028/evil.example\\",
    "ftp://evil.example",
    "//evil.example\\@localhost",
    "",
)


@pytest.mark.parametrize("to", ELSEWHERE)
def test_an_address_that_leads_elsewhere_is_none_of_ours(to: str):
    assert own_path(to) == ""
    assert read_kept(f'{{"path": {to!r}, "fields": []}}'.replace("'", '"')) is None


@pytest.mark.parametrize(
    "to", ["/", "/account", "/profiles/1/invoices?q=a%20b&after=3", "/a/../b", "/x?next=//evil.example"]
)
def test_an_address_of_ours_is_kept(to: str):
    assert own_path(to) == to


def leads(location: str) -> str:
    """Where a browser would go; empty for our own site."""
    return urlsplit(location).netloc


@pytest.mark.parametrize("to", [each for each in ELSEWHERE if "\0" not in each])
def test_no_page_sends_anybody_there(world: World, owner: Person, to: str):
    headers = with_token(owner.client)
    with writing() as session:
        run = Run(
            kind=RunKind.ITEMS,
            target_id=world.store_id,
            state=RunState.FAILED,
            attempts=1,
            not_before=world.clock.now(),
        )
        run.created_at = world.clock.now()
        session.add(run)
    posts = [("/account/theme", {"theme": "dark", "back": to}), (f"/runs/{run.id}/again", {"back": to})]
    answers = [ask(owner.client, path, "POST", headers=headers, data=data) for path, data in posts]
    sendable = "".join(each for each in to if each.isascii() and each.isprintable())
    fragment = {"HX-Request": "true", "HX-Current-URL": sendable}
    answers.append(ask(world.app.test_client(), "/account", headers=fragment))
    stranger = world.app.test_client()
    data = {"name": "Mei", "password": PASSWORD}
    answers.append(ask(stranger, "/login", "POST", headers=with_token(stranger), data=data, query_string={"next": to}))
    assert [answer.status_code for answer in answers] == [303, 303, 401, 303]
    for answer in answers:
        goes = answer.headers.get("Location") or answer.headers["HX-Redirect"]
        assert not leads(goes) and goes.startswith("/") and "evil" not in urlsplit(goes).path, goes
        assert "theme=dark" not in answer.headers.get("Set-Cookie", "") or answer.request.path == "/account/theme"


# --- what proxies say -------------------------------------------------------------------------------------------


def guessed_from(tmp_path: Path, proxies: int, **headers: str) -> str:
    """Whose address a wrong password is counted for, with so many proxies in front."""
    config = Config(tmp_path, f"sqlite:///{tmp_path}/tillbridge.db", "unix:///nowhere", proxies=proxies)
    app = create_app(config)
    with app.app_context():
        upgrade()
        accounts.make_owner("Mei", PASSWORD, app.extensions["tillbridge"].clock.now())
        client = app.test_client()
        token = with_token(client)
        data = {"name": "Mei", "password": "wrong"}
        ask(client, "/login", "POST", headers={**token, **headers}, data=data)
        [key] = [each for each in all_of(db.select(WrongTries.key)) if each.startswith("address/")]
        db.session.remove()
        db.engine.dispose()
    return str(key.removeprefix("address/"))


@pytest.mark.parametrize(
    ("proxies", "counted"), [(0, "127.0.0.1"), (1, "10.9.9.3"), (2, "10.9.9.2")], ids=["none", "one", "two"]
)
def test_an_address_is_believed_as_far_as_our_own_proxies_tell_it(tmp_path: Path, proxies: int, counted: str):
    told = {"X-Forwarded-For": "10.9.9.1, 10.9.9.2, 10.9.9.3"}
    assert guessed_from(tmp_path, proxies, **told) == counted


@pytest.mark.parametrize("proxies", [0, 1])
def test_another_name_that_a_header_claims_is_not_believed(tmp_path: Path, proxies: int):
    config = Config(tmp_path, f"sqlite:///{tmp_path}/tillbridge.db", "unix:///nowhere", proxies=proxies)
    app = create_app(config)
    with app.app_context():
        upgrade()
        db.engine.dispose()
    client = app.test_client()
    for name in ("X-Forwarded-Host", "X-Host", "Forwarded", "X-Original-Host", "X-Forwarded-Server"):
        answer = ask(
            client, "/login", headers={**OURS, name: "host=evil.example" if name == "Forwarded" else "evil.example"}
        )
        assert answer.status_code == 303 and "evil" not in str(answer.headers) + answer.get_data(as_text=True)
    assert ask(client, "/login", headers={"X-Forwarded-Prefix": "/evil"}).headers["Location"] == "/setup/owner"
