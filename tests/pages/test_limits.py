"""How much a request may bring: told by 413 at the door, before anything is read or done."""

import pytest
from flask.testing import FlaskClient

from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_guard import ask, path_of, rules, with_token
from tests.world import World

MOST, MOST_TEXT, MOST_PARTS = 20_000_000, 1_000_000, 20_000


def test_the_limits_are_set_and_not_left_to_a_default(world: World):
    names = ("MAX_CONTENT_LENGTH", "MAX_FORM_MEMORY_SIZE", "MAX_FORM_PARTS")
    assert [world.app.config[name] for name in names] == [MOST, MOST_TEXT, MOST_PARTS]


def status(client: FlaskClient, token: dict[str, str], size: int, kind: str) -> int:
    """What a body of this size is answered."""
    headers = {**token, "Content-Type": kind}
    return ask(client, "/login", "POST", headers=headers, data=b"x" * size).status_code


@pytest.mark.parametrize("kind", ["application/octet-stream", "multipart/form-data; boundary=b", "text/plain"])
def test_one_byte_more_than_a_request_may_bring_is_too_large(world: World, owner: Person, kind: str):
    client = world.app.test_client()
    token = with_token(client)
    assert status(client, token, MOST + 1, kind) == 413
    assert status(client, token, MOST, kind) in (413, 422), "422: read, and no log-in in it"


def test_one_byte_more_than_a_form_may_hold_is_too_large(world: World, owner: Person):
    client = world.app.test_client()
    token = with_token(client)
    kind = "application/x-www-form-urlencoded"
    assert status(client, token, MOST_TEXT + 1, kind) == 413
    assert status(client, token, MOST_TEXT, kind) == 422


def multipart(parts: int, size: int = 1) -> bytes:
    one = b'--b\r\nContent-Disposition: form-data; name="a"\r\n\r\n' + b"x" * size + b"\r\n"
    return one * parts + b"--b--\r\n"


@pytest.mark.parametrize(("parts", "size"), [(MOST_PARTS + 1, 1), (1, MOST_TEXT + 1)])
def test_too_many_parts_or_too_much_in_one_is_too_large(world: World, owner: Person, parts: int, size: int):
    client = world.app.test_client()
    headers = {**with_token(client), "Content-Type": "multipart/form-data; boundary=b"}
    answer = ask(client, "/login", "POST", headers=headers, data=multipart(parts, size))
    assert answer.status_code == 413 and "More was sent than this page takes." in answer.get_data(as_text=True)


def test_every_page_that_takes_a_form_refuses_one_that_is_too_large(world: World, owner: Person):
    token = with_token(owner.client)
    for rule in rules(world):
        if "POST" in (rule.methods or ()):
            for kind, size in (("text/plain", MOST + 1), ("application/x-www-form-urlencoded", MOST_TEXT + 1)):
                headers = {**token, "Content-Type": kind}
                answer = ask(owner.client, path_of(rule, world), "POST", headers=headers, data=b"x" * size)
                assert answer.status_code == 413, f"{rule.rule} {kind}: {answer.status_code}"


def test_what_is_too_large_was_not_done(world: World, owner: Person):
    token = {**with_token(owner.client), "Content-Type": "application/x-www-form-urlencoded"}
    body = f"name=Tan&password={PASSWORD.replace(' ', '+')}&padding=".encode() + b"x" * MOST_TEXT
    assert ask(owner.client, "/users", "POST", headers=token, data=body).status_code == 413
    assert "Tan" not in owner.go("/users").text


# --- what is no text --------------------------------------------------------------------------------------------

NAMES = ("q", "name", "code", "agent", "handling_item", "numbers", "order_number_prefix", "channel", "kept", "next")
ODD = "\u2028\x1b[31m\ufeff %s %(a)s {0} '; DROP TABLE users; --"


@pytest.mark.parametrize(("name", "text"), [("q", "a\0b"), ("agent", "\0"), ("a\0b", "text")])
def test_a_text_that_no_database_keeps_is_refused_by_every_page(world: World, owner: Person, name: str, text: str):
    token = with_token(owner.client)
    for rule in rules(world):
        for method in sorted(set(rule.methods or ()) & {"GET", "POST"}):
            more = {"query_string" if method == "GET" else "data": {name: text}}
            answer = ask(owner.client, path_of(rule, world), method, headers=token, **more)
            assert answer.status_code == 400, f"{method} {rule.rule}: {answer.status_code}"


def test_an_address_with_a_nul_is_refused(owner: Person):
    assert ask(owner.client, "/help/problems/%00").status_code == 400


@pytest.mark.parametrize(
    "text", ["\u2028", "\x1b[31m", "\ufeff", "%s %(a)s {0}", "x" * 3000, "'; DROP TABLE users; --"]
)
def test_a_text_that_is_only_odd_breaks_no_page(world: World, owner: Person, text: str):
    world.pull()
    token = with_token(owner.client)
    for rule in sorted(rules(world), key=lambda rule: rule.endpoint in ("account.log_out", "account.end")):
        for method in sorted(set(rule.methods or ()) & {"GET", "POST"}):
            sent = {**dict.fromkeys(NAMES, text), "row": "1"}
            more = {"query_string": sent} if method == "GET" else {"data": sent}
            answer = ask(owner.client, path_of(rule, world), method, headers=token, **more)
            assert answer.status_code < 500 or answer.status_code == 503, f"{method} {rule.rule}: {answer.status_code}"
