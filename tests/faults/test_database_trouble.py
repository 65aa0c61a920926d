"""F9: the database is locked, full or read-only; nothing is sent without a committed intent."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event
from sqlalchemy.exc import OperationalError

from models import db
from models.base import pysqlite3
from tests import databases
from tests.faults.checker import check
from tests.faults.commits import drain_losing_a_commit
from tests.faults.test_lost_answers import synced
from tests.practice_fixture import Practice
from tests.world import World, open_world


@pytest.fixture
def shop(tmp_path: Path, practice: Practice) -> Iterator[World]:
    """A connected shop on SQLite."""
    with databases.fresh_database("sqlite", tmp_path) as url, open_world(tmp_path, url, practice) as world:
        yield world.connect()


@contextmanager
def each_connection(*statements: str) -> Iterator[None]:
    """New connections of the pool begin with these."""

    def prepare(raw: Any, _record: object) -> None:
        for statement in statements:
            raw.execute(statement)

    db.session.remove()
    db.engine.dispose()
    event.listen(db.engine, "connect", prepare)
    try:
        yield
    finally:
        event.remove(db.engine, "connect", prepare)
        db.session.remove()
        db.engine.dispose()


def creates(world: World) -> int:
    """How many invoices the books were asked to make."""
    return int(world.practice.ledger()["creates_seen"].get("invoices", 0))


def test_a_locked_database_sends_nothing_and_goes_on_when_it_is_free(shop: World, tmp_path: Path):
    accepted = synced(shop)
    other = pysqlite3.connect(str(tmp_path / "tillbridge.db"), isolation_level=None)
    with each_connection("PRAGMA busy_timeout=50"):
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(OperationalError, match="locked"):
            shop.drain()
        assert creates(shop) == 0
        other.execute("COMMIT")
    shop.run_until_quiet()
    check(shop, accepted)


def test_a_full_disk_sends_nothing_and_goes_on_when_there_is_room(shop: World, tmp_path: Path):
    accepted = synced(shop)
    pages = pysqlite3.connect(str(tmp_path / "tillbridge.db")).execute("PRAGMA page_count").fetchone()[0]
    with each_connection(f"PRAGMA max_page_count={pages}"), pytest.raises(OperationalError, match="full"):
        while shop.drain():
            pass
        raise AssertionError("the disk was never full")
    sent = creates(shop)
    intents = [each for each in shop.operations() if each.attempts]
    assert sent <= len(intents)
    shop.run_until_quiet()
    check(shop, accepted)


def test_a_read_only_file_sends_nothing(shop: World):
    synced(shop)
    with each_connection("PRAGMA query_only=ON"):
        event.listen(db.engine, "begin", _stay_read_only)
        try:
            with pytest.raises(OperationalError, match="readonly"):
                shop.drain()
        finally:
            event.remove(db.engine, "begin", _stay_read_only)
    assert creates(shop) == 0


def _stay_read_only(connection: Any) -> None:
    connection.exec_driver_sql("PRAGMA query_only=ON")


@pytest.mark.parametrize("lost_commit", range(2, 9))
def test_a_commit_that_fails_anywhere_neither_doubles_nor_loses(
    shop: World, lost_commit: int, monkeypatch: pytest.MonkeyPatch
):
    """The n-th commit of a drain fails, for n = 2, 3, ...: what was sent then is found again."""
    accepted = synced(shop)
    drain_losing_a_commit(shop, lost_commit)
    check(shop, accepted)
