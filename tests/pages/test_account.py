"""Signing in, and what is kept while it ends."""

import re
from collections.abc import Callable
from contextvars import Context
from zoneinfo import ZoneInfo

import pytest

from supervisor.visitor import read_page
from sync import accounts
from sync.tries import TooManyTries
from tests.pages.conftest import PASSWORD, Person

REAL_HASHER = accounts.HASHER


def test_who_is_not_signed_in_is_asked_to_log_in_and_comes_back_to_the_page(
    owner: Person, person: Callable[[], Person]
):
    tan = person()
    page = tan.go("/account")
    assert page.url == "/login?next=/account"
    page = tan.submit("/login", {"name": "mei", "password": PASSWORD})
    assert page.url == "/account" and "Where you are logged in" in page.text


def test_a_wrong_password_says_so_and_after_five_tries_one_has_to_wait(owner: Person, person: Callable[[], Person]):
    tan = person()
    answers = [tan.log_in("Mei", "wrong").status for _ in range(7)]
    assert answers[:5] == [422] * 5 and answers[-1] == 429


def test_what_was_typed_while_the_sign_in_ended_is_offered_to_be_sent(owner: Person, world):
    owner.go("/users")
    world.clock.pass_by(13 * 3600)
    page = owner.submit("/users", {"name": "Tan", "password": "another good one"})
    assert page.status == 401 and "kept" in page.text
    page = owner.submit("/login", {"name": "Mei", "password": PASSWORD})
    page = owner.submit("/users")
    assert page.status == 422 and 'value="Tan"' in page.html and "another good one" not in page.html
    page = owner.submit("/users", {"password": "another good one"})
    assert "Tan may log in now" in page.text


def test_what_somebody_typed_is_not_offered_to_somebody_else(owner: Person, world):
    accounts.make_user("Tan", PASSWORD, [], world.clock.now())
    owner.go("/users")
    world.clock.pass_by(13 * 3600)
    page = owner.submit("/users", {"name": "Secret colleague", "password": "another good one"})
    assert page.status == 401 and "another good one" not in page.html
    page = owner.submit("/login", {"name": "Tan", "password": PASSWORD})
    assert "Secret colleague" not in page.html


@pytest.mark.parametrize(
    "to", ["//evil.example", "/\\evil", "https://evil.example", "/%09/evil", "javascript:alert(1)", "/ok\n"]
)
def test_logging_in_never_leads_to_another_site(owner: Person, person: Callable[[], Person], to: str):
    tan = person()
    tan.client.get("/login", query_string={"next": to})
    answer = tan.client.get("/login", query_string={"next": to})
    assert b"evil" not in answer.data.split(b"<main")[1].replace(b"%2509/evil", b"").replace(b"%09/evil", b"")


@pytest.mark.parametrize(
    ("password", "sentence"),
    [("short", "8 to 200"), ("password123", "first that anybody would try"), ("x" * 201, "200 characters")],
)
def test_a_bad_password_is_refused_with_a_sentence_and_the_name_stays(owner: Person, password: str, sentence: str):
    owner.go("/users")
    page = owner.submit("/users", {"name": "Tan", "password": password})
    assert page.status == 422 and sentence in page.text
    assert 'value="Tan"' in page.html


def test_guessing_slows_down_but_the_right_password_still_works_from_elsewhere(owner: Person, world):
    now = world.clock.now()
    for _ in range(20):
        with pytest.raises((accounts.WrongPassword, TooManyTries)):
            accounts.sign_in("Mei", "wrong", "10.0.0.9", "", now)
    with pytest.raises(TooManyTries):
        accounts.sign_in("Mei", PASSWORD, "10.0.0.9", "", now)
    assert accounts.sign_in("Mei", PASSWORD, "10.0.0.10", "", now)


def test_the_setup_code_is_needed_for_the_first_account_and_for_no_second(world, person: Callable[[], Person]):
    world.app.config["SETUP_CODE"] = "ab12-cd34"
    tan = person()
    assert tan.go("/").url == "/setup/owner"
    page = tan.submit("/setup/owner", {"code": "guess", "name": "Tan", "password": PASSWORD})
    assert page.status == 422 and "not the set-up code" in page.text
    page = tan.submit("/setup/owner", {"code": "AB12-cd34", "name": "Tan", "password": PASSWORD})
    assert page.status == 200 and tan.go("/account").url == "/account"
    assert person().go("/setup/owner").url.startswith("/login")
    with pytest.raises(accounts.AccountRefused):
        accounts.make_owner("Another", PASSWORD, world.clock.now())


def test_who_may_not_log_in_any_more_is_logged_out_at_once(owner: Person, person: Callable[[], Person], world):
    made = accounts.make_user("Tan", PASSWORD, [world.profile_id], world.clock.now())
    tan = person()
    tan.log_in("Tan")
    assert tan.go("/account").url == "/account"
    owner.go(f"/users/{made.id}")
    owner.submit(f"/users/{made.id}", {"is_active": False})
    assert tan.go("/account").url.startswith("/login")
    assert tan.log_in("Tan").status == 422


def test_the_page_speaks_the_language_of_the_person_and_keeps_the_theme_of_the_browser(owner: Person):
    owner.go("/account")
    page = owner.submit("/account/language", {"language": "fr"})
    assert '<html lang="fr"' in page.html and "Langue" in page.text
    page = owner.submit("/account/theme", button="theme=dark")
    assert 'data-bs-theme="dark"' in page.html


def test_passwords_are_kept_as_argon2id_at_the_advised_cost():
    (found,) = re.findall(r"m=(\d+),t=(\d+)", REAL_HASHER.hash("a password"))
    assert REAL_HASHER.hash("a password").startswith("$argon2id$")
    assert int(found[0]) >= 64 * 1024 and int(found[1]) >= 3


@pytest.mark.feature("M1")
def test_a_row_that_was_saved_in_place_while_the_login_ended_is_kept_too(owner: Person, world):
    page = owner.go(f"/profiles/{world.profile_id}/matching/items?show=all")
    form = next(form for form in page.forms if form.id.startswith("f-"))
    world.clock.pass_by(13 * 3600)
    headers = {"HX-Request": "true", "Sec-Fetch-Site": "same-origin", "HX-Current-URL": page.url}
    data = dict(form.pairs({"code": "MISC"}, None))
    answer = Context().run(lambda: owner.client.post(form.action, data=data, headers=headers))
    assert answer.status_code == 401 and answer.headers["HX-Retarget"] == "body"
    owner.page = read_page("/login", 401, answer.get_data(as_text=True))
    owner.submit("/login", {"name": "Mei", "password": PASSWORD})
    owner.submit("/matching/items")
    assert 'value="MISC"' in owner.go(f"/profiles/{world.profile_id}/matching/items?show=all").html


def test_a_fragment_that_asks_again_after_the_login_ended_leads_to_the_login_page(owner: Person, world):
    world.clock.pass_by(13 * 3600)
    headers = {"HX-Request": "true", "HX-Current-URL": "http://localhost/account"}
    answer = Context().run(lambda: owner.client.get("/account", headers=headers))
    assert answer.status_code == 401 and answer.headers["HX-Redirect"] == "/login?next=/account"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/140.0 Safari/537.36", "Chrome, Windows"),
        ("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/140.0 Safari/537.36 Edg/140.0", "Edge, Windows"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) Version/18.0 Safari/604.1", "Safari, iPhone"),
        ("Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/140.0 Mobile Safari/537.36", "Chrome, Android"),
        ("curl/8.5.0", "curl/8.5.0"),
    ],
)
def test_the_account_names_each_browser_as_people_know_it(owner: Person, person: Callable[[], Person], agent, name):
    other = person()
    other.client.environ_base["HTTP_USER_AGENT"] = agent
    other.log_in("Mei")
    assert name in owner.go("/account").text


def test_a_time_that_belongs_to_no_profile_is_told_in_the_zone_of_the_profiles(owner: Person, world):
    there = world.clock.now().astimezone(ZoneInfo("Asia/Kuala_Lumpur"))
    assert f"last seen {there.day} {there:%b %Y %H:%M}" in owner.go("/account").text
