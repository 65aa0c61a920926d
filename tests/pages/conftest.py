"""Pages asked for by a visitor without JavaScript, over a small connected shop."""

from collections.abc import Callable, Iterator
from contextvars import Context
from functools import partial

import pytest
from argon2 import PasswordHasher
from flask.testing import FlaskClient
from sqlalchemy import update

from documents import ReferenceKind
from models import BooksConnection, BooksRow, Profile, writing
from supervisor.visitor import Page, Visitor
from sync import accounts, profiles
from tests.world import World

PASSWORD = "correct horse battery"


class Person(Visitor):
    """A visitor who can be signed in; `client` is the browser."""

    client: FlaskClient

    def log_in(self, name: str, password: str = PASSWORD) -> Page:
        """By the log-in page."""
        self.go("/login")
        return self.submit("/login", {"name": name, "password": password})


def person_of(world: World) -> Person:
    """Somebody with a browser of their own, not signed in."""
    client = world.app.test_client()

    def send(method: str, path: str, pairs: list[tuple[str, str]]) -> tuple[int, str, str]:
        data: dict[str, list[str]] = {}
        for name, value in pairs:
            data.setdefault(name, []).append(value)
        headers = {"Sec-Fetch-Site": "same-origin"}
        ask = partial(client.open, path, method=method, data=data or None, headers=headers, follow_redirects=True)
        answer = Context().run(ask)  # outside of the test's own app context, as a server has it
        return answer.status_code, answer.request.full_path.rstrip("?"), answer.get_data(as_text=True)

    person = Person(send)
    person.client = client
    return person


@pytest.fixture(autouse=True)
def quick_hashes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passwords are hashed as they should be, but for what makes it slow."""
    monkeypatch.setattr(accounts, "HASHER", PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1))


@pytest.fixture
def person(world: World) -> Iterator[Callable[[], Person]]:
    """Makes visitors who are not signed in."""
    yield lambda: person_of(world)


@pytest.fixture
def owner(world: World) -> Person:
    """The owner, signed in."""
    accounts.make_owner("Mei", PASSWORD, world.clock.now())
    mei = person_of(world)
    mei.log_in("Mei")
    return mei


def kept_in(world: World, kind: str, **facts: str) -> None:
    """The books are those of another accounting system, with these facts of the company; nothing is asked of them."""
    with writing() as session:
        session.execute(update(BooksConnection).values(kind=kind, facts=facts))
        session.execute(update(Profile).values(settings=profiles.usual_settings(kind)))


def add_rows(world: World, kind: ReferenceKind, *codes: str) -> None:
    """Rows of one of the books' lists."""
    with writing() as session:
        for code in codes:
            row = {"code": code, "name": f"Name of {code}", "folded_name": code.casefold(), "remote_id": code}
            session.add(BooksRow(books_id=world.books_id, kind=kind, seen_at=world.clock.now(), **row))
