"""Log-ins: how long they last, where they are seen and ended, and what of them the database knows."""

import re
from collections.abc import Callable
from contextvars import Context

import pytest
from sqlalchemy import select

from models import SignIn, User, db, end_reading
from sync import accounts
from tests.integration.test_vault import dump
from tests.pages.conftest import PASSWORD, Person
from tests.pages.test_guard import ask, with_token
from tests.pages.test_profiles import all_of
from tests.world import World

HOUR = 3600.0


def is_in(person: Person) -> bool:
    """Still logged in."""
    return person.go("/account").url == "/account"


def test_a_browser_that_is_not_used_for_twelve_hours_must_log_in_again(owner: Person, world: World):
    world.clock.pass_by(11.9 * HOUR)
    assert is_in(owner)
    world.clock.pass_by(11.9 * HOUR)
    assert is_in(owner), "it was used meanwhile"
    world.clock.pass_by(12.1 * HOUR)
    assert not is_in(owner)


def test_after_fourteen_days_everybody_must_log_in_again_however_much_they_use_it(owner: Person, world: World):
    for _ in range(30):
        world.clock.pass_by(11 * HOUR)
        assert is_in(owner)
    world.clock.pass_by(11 * HOUR)
    assert not is_in(owner)


def test_one_sees_where_one_is_logged_in_and_ends_it_there(owner: Person, person: Callable[[], Person]):
    other = person()
    other.log_in("Mei")
    page = owner.go("/account")
    assert page.text.count("last seen") == 2 and page.text.count("this browser") == 1
    owner.submit("/end")
    assert is_in(owner) and not is_in(other)


def test_nobody_ends_the_log_in_of_somebody_else(owner: Person, person: Callable[[], Person], world: World):
    accounts.make_user("Tan", PASSWORD, [], world.clock.now())
    tan = person()
    tan.log_in("Tan")
    [hers] = all_of(select(SignIn.id).join(User).where(User.name == "Mei"))
    answer = ask(tan.client, f"/account/sign-ins/{hers}/end", "POST", headers=with_token(tan.client))
    assert answer.status_code == 404 and is_in(owner)


def test_who_changes_the_password_stays_in_and_every_other_browser_is_out(owner: Person, person: Callable[[], Person]):
    other = person()
    other.log_in("Mei")
    owner.go("/account")
    owner.submit("/account/password", {"old": PASSWORD, "password": "a quite different one"})
    assert is_in(owner) and not is_in(other)
    assert other.log_in("Mei").status == 422
    assert other.log_in("Mei", "a quite different one").status == 200


def test_the_old_password_is_needed_for_a_new_one_and_guessing_it_slows_down(owner: Person):
    owner.go("/account")
    typed = {"old": "wrong", "password": "a quite different one"}
    assert [owner.submit("/account/password", typed).status for _ in range(7)] == [422] * 5 + [429] * 2


def test_the_database_knows_hashes_of_passwords_and_log_ins_alone(owner: Person, world: World):
    cookie = owner.client.get_cookie("tillbridge")
    assert cookie is not None
    with world.app.test_request_context(headers={"Cookie": f"tillbridge={cookie.value}"}):
        from flask import session

        secret = str(session["sign_in"])
    assert len(secret) >= 43, "256 bits"
    kept = dump(world)
    assert secret not in kept and PASSWORD not in kept
    found = db.session.scalar(select(User.password_hash))
    end_reading()
    assert str(found).startswith("$argon2id$")


def test_no_log_in_comes_in_by_an_address(owner: Person, world: World, person: Callable[[], Person]):
    cookie = owner.client.get_cookie("tillbridge")
    assert cookie is not None
    stranger = person()
    assert stranger.go(f"/account?tillbridge={cookie.value}&sign_in={cookie.value}").url.startswith("/login")


@pytest.mark.parametrize(
    "password", ["  blanks around it  ", "пароль из букв", "x" * 200, "密码密码密码密码", "emoji 🔑🔑🔑 too"]
)
def test_a_password_is_taken_exactly_as_it_was_typed(
    owner: Person, person: Callable[[], Person], world: World, password: str
):
    owner.go("/users")
    assert owner.submit("/users", {"name": "Tan", "password": password}).status == 200
    assert person().log_in("Tan", password).status == 200
    for other in (password.strip() + " ", password[:-1], password.swapcase() + "x"):
        if other != password:
            assert person().log_in("Tan", other).status == 422


def test_a_name_that_is_wrong_and_a_password_that_is_wrong_are_answered_by_one_page(
    owner: Person, person: Callable[[], Person]
):
    pages = [person().log_in(name, "wrong").html for name in ("Mei", "Nobody")]
    shown = [re.sub(r'(csrf_token|X-CSRFToken)[^>]*|value="(Mei|Nobody)"', "", html) for html in pages]
    assert shown[0] == shown[1]


def test_fields_that_a_form_does_not_have_change_nothing(owner: Person, world: World, person: Callable[[], Person]):
    headers = with_token(owner.client)
    data = {"name": "Tan", "password": PASSWORD, "is_owner": "1", "id": "1", "choices": "{}", "is_active": "1"}
    assert ask(owner.client, "/users", "POST", headers=headers, data=data).status_code == 303
    [tan] = all_of(select(User).where(User.name == "Tan"))
    assert not tan.is_owner
    ask(
        owner.client, f"/users/{tan.id}", "POST", headers=headers, data={"is_active": "y", "is_owner": "1", "name": "X"}
    )
    [again] = all_of(select(User).where(User.id == tan.id))
    assert (again.is_owner, again.name) == (False, "Tan")


def test_the_owner_cannot_be_shut_out_by_a_form(owner: Person, world: World):
    [mei] = all_of(select(User).where(User.is_owner))
    headers = with_token(owner.client)
    Context().run(lambda: owner.client.post(f"/users/{mei.id}", headers=headers, data={}))
    assert is_in(owner)
