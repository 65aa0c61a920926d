"""Fixtures of all tests: databases, the practice systems, a small world over both."""

import io
import logging
import os
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from logs import set_up_logs
from tests import databases
from tests.companies import COMPANIES
from tests.exchange_world import Exchange
from tests.practice_fixture import Practice, start_practice
from tests.world import World, open_world


def pytest_sessionfinish() -> None:
    """Leave nothing behind."""
    databases.tidy_up()


@dataclass
class Connected:
    """A database in which a shop is connected: its folder, the ids of store, books and profile, the kind of books.

    `app` works on copies that all come to the same place: an engine that lives long has its statements compiled."""

    kind: str
    data: Path
    ids: tuple[int, int, int]
    books: str
    app: Flask | None = None


@pytest.fixture(scope="session")
def _practice() -> Iterator[Practice]:
    with start_practice(orders=12, seed=3) as practice:
        yield practice


@pytest.fixture
def practice(_practice: Practice) -> Practice:
    """The practice systems as after their first start: 12 orders."""
    _practice.reset(orders=12, seed=3)
    return _practice


@pytest.fixture(params=databases.KINDS)
def database_kind(request: pytest.FixtureRequest) -> str:
    """SQLite and PostgreSQL: every test of state runs on both."""
    kind: str = request.param
    return kind


@pytest.fixture
def database(database_kind: str, tmp_path: Path) -> Iterator[str]:
    """A fresh database."""
    with databases.fresh_database(database_kind, tmp_path) as url:
        yield url


Connect = Callable[[str, str], Connected]
EXCHANGES = ("edge_commerce", "sengerio")


@pytest.fixture(scope="session")
def _connected(_practice: Practice) -> Connect:
    """Connecting reads every list of the books: done once for each kind of database and of shop, copied for each test.

    The shop is SiteGiant's with the named books, the named store of the exchange with QuickBooks, or `nothing`."""

    @cache
    def connected(kind: str, shop: str) -> Connected:
        data = databases.folder() / f"connected-{kind}-{shop}"
        data.mkdir()
        _practice.reset(orders=0, seed=3)
        with databases.kept_database(kind, data) as url, open_world(data, url, _practice) as world:
            if shop in EXCHANGES:
                Exchange(world, shop).connect().with_books()
            elif shop != "nothing":
                world.connect(books=shop)
            books = world.company.kind if world.books_id else ""
            return Connected(kind, data, (world.store_id, world.books_id, world.profile_id), books)

    return connected


@contextmanager
def copied_world(made: Connected, practice: Practice) -> Iterator[World]:
    """A copy of the connected shop, for one test."""
    with (
        databases.copied_database(made.kind, made.data) as url,
        open_world(made.data, url, practice, app=made.app) as world,
    ):
        made.app = world.app
        world.store_id, world.books_id, world.profile_id = made.ids
        if made.books:
            world.company = COMPANIES[made.books]
            world.tell_time()
            world.sign_in_again()
        yield world


@contextmanager
def unsold_world(made: Connected, practice: Practice) -> Iterator[World]:
    """The same, beside practice systems that sold nothing."""
    practice.reset(orders=0, seed=3)
    with copied_world(made, practice) as world:
        yield world


@pytest.fixture
def books_kind() -> str:
    """The books that a shop is connected to."""
    return "qne"


@pytest.fixture
def world(database_kind: str, books_kind: str, _connected: Connect, _practice: Practice) -> Iterator[World]:
    """A connected shop with 12 orders in its store, whose clock the test moves; no orders are pulled yet."""
    made = _connected(database_kind, books_kind)
    _practice.reset(orders=12, seed=3)
    with copied_world(made, _practice) as world:
        yield world


@pytest.fixture
def shop(database_kind: str, books_kind: str, _connected: Connect, _practice: Practice) -> Iterator[World]:
    """A connected shop without any order, begun 20 days ago; `shop.sell()` makes orders."""
    with unsold_world(_connected(database_kind, books_kind), _practice) as world:
        world.begin(20)
        yield world


@pytest.fixture
def bare(database_kind: str, _connected: Connect, _practice: Practice) -> Iterator[World]:
    """An installation in which nothing is set up, beside practice systems that sold nothing."""
    with unsold_world(_connected(database_kind, "nothing"), _practice) as world:
        yield world


@pytest.fixture
def edge_commerce(database_kind: str, _connected: Connect, _practice: Practice) -> Iterator[Exchange]:
    """A shop of Edge Commerce that sold nothing, with its bridge, in a profile over QuickBooks."""
    with unsold_world(_connected(database_kind, "edge_commerce"), _practice) as world:
        yield Exchange.in_(world, "edge_commerce")


@pytest.fixture
def sengerio(database_kind: str, _connected: Connect, _practice: Practice) -> Iterator[Exchange]:
    """The same for a haulier with Sengerio."""
    with unsold_world(_connected(database_kind, "sengerio"), _practice) as world:
        yield Exchange.in_(world, "sengerio")


@pytest.fixture
def said() -> Iterator[io.StringIO]:
    """Everything that is logged, down to DEBUG, in the form of the real log."""
    root = logging.getLogger()
    before, level = root.handlers[:], root.level
    set_up_logs()
    [handler] = root.handlers
    assert isinstance(handler, logging.StreamHandler)
    kept = io.StringIO()
    handler.setStream(kept)
    root.setLevel(logging.DEBUG)
    yield kept
    root.handlers[:], root.level = before, level


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """All but the heart runs on one of the databases each, by turns, and of the contracts every other cell.

    ./test --all runs all of them, on both."""
    if os.environ.get("TILLBRIDGE_TEST_ALL") or "sample" not in config.getoption("markexpr"):
        return
    kept = [item for item in items if not takes_turns(item) or database_of(item) in ("", turn_of(item))]
    kept = every_other_of_contracts(kept)
    config.hook.pytest_deselected(items=set(items) - set(kept))
    items[:] = kept


CONTRACTS = {"contract", "stores"}
"""Folders whose tests each run for every kind of books, or of stores."""


def every_other_of_contracts(items: list[pytest.Item]) -> list[pytest.Item]:
    """Of each of their tests the first cell, the third, ...; or the second, the fourth, ...: so that no kind is left
    out of all."""
    counts: Counter[str] = Counter()

    def runs(item: pytest.Item) -> bool:
        if item.path.parent.name not in CONTRACTS:
            return True
        test = item.nodeid.partition("[")[0]
        counts[test] += 1
        return counts[test] == 1 or (counts[test] + zlib.crc32(test.encode())) % 2 == 0

    return [item for item in items if runs(item)]


def takes_turns(item: pytest.Item) -> bool:
    """Slow, or thin: what keeps state is tested below it on both."""
    is_of_heart = item.path.parent.name == "integration" and item.path.name in HEART
    return not is_of_heart


HEART = {
    f"test_{each}.py"
    for each in ("database", "leases", "ledger", "linking_at_once", "migrations", "posting", "two_at_once")
}
"""What keeps the promises of state: on both databases, always."""


def database_of(item: pytest.Item) -> str:
    """The database of a cell; empty where it needs none."""
    params = item.callspec.params if hasattr(item, "callspec") else {}
    return str(params.get("database_kind", ""))


def turn_of(item: pytest.Item) -> str:
    """The database whose turn it is for this cell: always the same one. Of four cells one is PostgreSQL's, whose take
    three times as long."""
    name = item.name.replace(database_of(item), "")
    sqlite, postgresql = databases.KINDS
    return sqlite if zlib.crc32(name.encode()) % 4 else postgresql
