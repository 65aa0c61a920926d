"""What every answer carries, whatever it is: headers, a policy that its own HTML obeys, cookies for our site alone."""

import json
import re
from collections.abc import Callable, Iterator
from html.parser import HTMLParser
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import pytest
from flask_migrate import upgrade
from sqlalchemy import update
from werkzeug.test import TestResponse

from app import create_app
from config import Config
from models import Profile, StoreChannel, StoreConnection, StoredItem, StoredOrder, db, writing
from sync import accounts
from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_guard import OURS, ask, path_of, rules, with_token
from tests.world import World

ROOT = Path(__file__).parents[2]
POLICY = {
    "default-src": "'none'",
    "script-src": "'self'",
    "style-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self'",
    "connect-src": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
    "base-uri": "'none'",
    "object-src": "'none'",
}
HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}


def protected(answer: TestResponse) -> bool:
    """It carries the headers that protect it."""
    policy = dict(part.strip().split(" ", 1) for part in answer.headers["Content-Security-Policy"].split(";"))
    return policy == POLICY and all(answer.headers[name] == value for name, value in HEADERS.items())


def troubles(world: World, owner: Person) -> Iterator[tuple[str, int, TestResponse]]:
    """An answer of each kind that is no page of its own: its name, the status that it should have, and it."""
    mine, token = owner.client, with_token(owner.client)
    yield "not there", 404, ask(mine, "/no/such/page")
    yield "no such file", 404, ask(mine, "/static/no-such-file.css")
    yield "outside of the files", 404, ask(mine, "/static/../app.py")
    yield "not like this", 405, ask(mine, "/account", "DELETE", headers=token)
    yield "not from here", 403, ask(mine, "/logout", "POST", headers={"Sec-Fetch-Site": "cross-site"})
    yield "no token", 400, ask(mine, "/logout", "POST", headers=OURS)
    yield "too large", 413, ask(mine, "/login", "POST", headers=token, data=b"x" * 20_000_001)
    yield "other host", 400, ask(mine, "/login", headers={"Host": "evil.example"})
    yield "invalid", 422, ask(mine, "/users", "POST", headers=token)
    stranger = world.app.test_client()
    yield "log in first", 401, ask(stranger, "/users", "POST", headers=with_token(stranger))
    yield "redirect", 303, ask(stranger, "/account")


def test_answers_that_are_no_pages_are_protected_as_pages_are(world: World, owner: Person):
    for name, status, answer in troubles(world, owner):
        assert answer.status_code == status, f"{name}: {answer.status_code}"
        assert protected(answer) and answer.headers["Cache-Control"] == "no-store", name


def test_every_page_is_protected_by_exactly_this_policy(world: World, owner: Person):
    for rule in rules(world):
        answer = ask(owner.client, path_of(rule, world), headers=OURS)
        assert protected(answer), rule.rule


# --- HTML that needs no more than the policy allows -------------------------------------------------------------


class Inline(HTMLParser):
    """Finds what a Content-Security-Policy is there to stop, and what htmx would evaluate."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        self.found += [f"<{tag} {name}>" for name in given if name.startswith("on") or name.startswith("hx-on")]
        self.found += [f"<{tag} style>" for name in given if name == "style"]
        self.found += [f"<{tag} {name}={value}>" for name, value in given.items() if _is_code(name, value or "")]
        if tag in ("style", "iframe", "object", "embed", "base") or (tag == "script" and "src" not in given):
            self.found.append(f"<{tag}>")


def _is_code(name: str, value: str) -> bool:
    own = value.startswith(("/", "#", "?", "http://localhost/", "data:image"))
    if name in ("href", "src", "action", "formaction", "hx-get", "hx-post"):
        return bool(value) and not own
    return value.lstrip().startswith(("javascript:", "js:")) or (name == "hx-trigger" and "[" in value)


def test_no_page_holds_anything_inline_or_from_elsewhere(world: World, owner: Person):
    world.pull()
    world.sync()
    for rule in rules(world):
        if "GET" in (rule.methods or ()):
            seen = Inline()
            seen.feed(ask(owner.client, path_of(rule, world), headers=OURS).get_data(as_text=True))
            assert seen.found == [], rule.rule


HOSTILE = "\"><script>alert(1)</script><img src=x onerror=alert(2)>' {{ 7 * 7 }} %(name)s {name} </textarea>"


def test_a_name_that_would_be_html_is_shown_as_text_on_every_page(world: World, owner: Person):
    world.pull()
    world.sync()
    with writing() as session:
        for column in (Profile.name, StoreConnection.name, StoreChannel.name, StoredItem.name):
            session.execute(update(column.class_).values({column: HOSTILE[:120]}))
        session.execute(update(StoredOrder).values(number=HOSTILE[:60]))
    accounts.make_user(HOSTILE[:80], PASSWORD, [world.profile_id], world.clock.now())
    shown = 0
    for rule in rules(world):
        if "GET" in (rule.methods or ()):
            answer = ask(owner.client, path_of(rule, world), headers=OURS, query_string={"q": HOSTILE[:60]})
            html = answer.get_data(as_text=True)
            seen = Inline()
            seen.feed(html)
            assert answer.status_code < 500 and seen.found == [], rule.rule
            assert "49" not in html or "{{ 7" in html or "7 * 7" not in html, rule.rule
            shown += html.count("&lt;script&gt;alert(1)")
    assert shown > 20, "it was there to be seen"


def test_htmx_evaluates_nothing_asks_only_here_and_keeps_no_pages(owner: Person):
    html = owner.go("/").html
    found = re.search(r"name=\"htmx-config\" content='([^']+)'", html)
    assert found
    config: dict[str, Any] = json.loads(found[1])
    wanted = {
        "includeIndicatorStyles": False,
        "allowEval": False,
        "allowScriptTags": False,
        "selfRequestsOnly": True,
        "historyCacheSize": 0,
    }
    assert {name: config[name] for name in wanted} == wanted


def test_no_template_marks_text_as_safe_or_holds_code():
    bad = re.compile(
        r"\|\s*safe\b|autoescape|hx-on|\bstyle=|\bon(click|load|change|submit|error)=|['\"]js:|javascript:"
    )
    for file in (ROOT / "templates").rglob("*.html"):
        assert not bad.search(file.read_text()), file.name
        assert not re.search(r"hx-trigger=\"[^\"]*\[", file.read_text()), file.name


def test_the_token_goes_with_every_request_of_htmx_and_every_form(owner: Person):
    for path in ("/", "/account", "/users", "/stores", "/profiles"):
        page = owner.go(path)
        assert re.search(r"<body hx-headers='\{\"X-CSRFToken\": \"[^\"]+\"\}'>", page.html), path
        forms = [form for form in page.forms if form.method == "POST"]
        assert forms and all("csrf_token" in {each.name for each in form.fields} for form in forms), path


def test_the_token_of_another_browser_is_worth_nothing(world: World, owner: Person, person: Callable[[], Person]):
    stolen = with_token(person().client)
    assert ask(owner.client, "/logout", "POST", headers=stolen).status_code == 400
    assert owner.go("/account").url == "/account"


# --- cookies ----------------------------------------------------------------------------------------------------


def cookies_of(answer: TestResponse) -> SimpleCookie:
    return SimpleCookie("\r\n".join(answer.headers.getlist("Set-Cookie")))


def test_every_cookie_that_any_answer_sets_is_for_our_site_alone_and_not_for_scripts(world: World, owner: Person):
    seen = set()
    token = with_token(owner.client)
    for rule in sorted(rules(world), key=lambda rule: rule.endpoint in ("account.log_out", "account.end")):
        for method in set(rule.methods or ()) & {"GET", "POST"}:
            for name, cookie in cookies_of(ask(owner.client, path_of(rule, world), method, headers=token)).items():
                seen.add(name)
                assert cookie["httponly"] and cookie["samesite"] == "Lax" and cookie["path"] == "/", rule.rule
                assert not cookie["domain"], rule.rule
    assert seen == {"tillbridge", "theme"}


@pytest.fixture
def by_https(tmp_path: Path) -> Iterator[Any]:
    """An app that browsers reach by https, with an owner."""
    app = create_app(Config(tmp_path, f"sqlite:///{tmp_path}/tillbridge.db", "unix:///nowhere", is_https=True))
    with app.app_context():
        upgrade()
        accounts.make_owner("Mei", PASSWORD, app.extensions["tillbridge"].clock.now())
        yield app
        db.session.remove()
        db.engine.dispose()


def test_by_https_every_cookie_is_bound_to_the_host_and_every_answer_stays_with_https(by_https: Any):
    client, secure = by_https.test_client(), {"base_url": "https://localhost"}
    page = ask(client, "/login", headers=OURS, **secure)
    token = re.search(r'name="csrf_token"[^>]*value="([^"]+)"', page.get_data(as_text=True))
    assert token
    headers = {**OURS, "X-CSRFToken": token[1], "Referer": "https://localhost/login"}
    answers = [page, ask(client, "/account/theme", "POST", headers=headers, data={"theme": "dark"}, **secure)]
    data = {"name": "Mei", "password": PASSWORD}
    answers += [ask(client, "/login", "POST", headers=headers, data=data, **secure), ask(client, "/nowhere", **secure)]
    for answer in answers:
        assert int(re.sub(r"\D", "", answer.headers["Strict-Transport-Security"])) >= 31_536_000
    found = {name: cookie for answer in answers for name, cookie in cookies_of(answer).items()}
    assert set(found) == {"__Host-tillbridge", "__Host-theme"}
    assert all(each["secure"] and not each["domain"] and each["path"] == "/" for each in found.values())
    assert 'data-bs-theme="dark"' in ask(client, "/account", **secure).get_data(as_text=True)


def test_by_plain_http_nothing_pretends_to_be_https(owner: Person):
    assert "Strict-Transport-Security" not in ask(owner.client, "/account").headers
