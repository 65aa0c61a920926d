"""F12, F17: the same orders come again, or yesterday's database does; what is in the books is recognised."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
import pytest

from models import DocumentState, Tick, db
from supervisor.schema import back_up
from sync import trashing
from sync.ledger import Actor
from tests import databases
from tests.faults.checker import check
from tests.practice_fixture import Practice
from tests.world import CREATE, World, open_world


def test_the_same_orders_pulled_twice_are_posted_once(world: World):
    world.pull()
    accepted = world.task(world.press_sync()).queued
    world.run_until_quiet()
    world.pull()
    again = world.task(world.press_sync())
    assert again.queued == 0
    world.run_until_quiet()
    check(world, accepted)


def test_pulls_that_overlap_while_an_order_is_edited_between_make_one_document(world: World):
    world.pull()
    accepted = world.task(world.press_sync()).queued
    world.run_until_quiet()
    changed = max((row for row in world.orders() if row.tick is Tick.GREEN), key=lambda row: row.ordered_at)
    number = order_number(world, changed.order_id)
    line = world.practice.control("GET", "/ledger/sitegiant")["orders"]
    products = next(each for each in line if each["order_id"] == number)["products"]
    products[0]["quantity"] = int(products[0]["quantity"]) + 1
    world.practice.control("PATCH", f"/sitegiant/orders/{number}", {"products": products})
    world.pull()
    assert [row.id for row in world.orders() if row.tick is Tick.YELLOW] == [changed.id]
    world.press_sync()
    world.run_until_quiet()
    check(world, accepted)
    assert {row.tick for row in world.orders() if row.id == changed.id} == {Tick.GREEN}


def test_an_update_whose_answer_is_lost_is_sent_again_and_arrives(world: World):
    world.pull()
    accepted = world.task(world.press_sync()).queued
    world.run_until_quiet()
    changed = max((row for row in world.orders() if row.tick is Tick.GREEN), key=lambda row: row.ordered_at)
    number = order_number(world, changed.order_id)
    orders = world.practice.control("GET", "/ledger/sitegiant")["orders"]
    products = next(each for each in orders if each["order_id"] == number)["products"]
    world.practice.control(
        "PATCH", f"/sitegiant/orders/{number}", {"products": [{**each, "quantity": 7} for each in products]}
    )
    world.pull()
    world.practice.faults("html_502", path="/api/SalesInvoices/Update", method="POST", times=1)
    world.press_sync()
    world.run_until_quiet()
    check(world, accepted)
    assert all(row.is_proven for row in world.proof())
    (update,) = [each for each in world.operations() if each.action == "update"]
    assert update.attempts == 2


def order_number(world: World, order_id: int) -> str:
    """The store's id of an order."""
    from models import StoredOrder, end_reading

    number = db.session.get_one(StoredOrder, order_id).external_id
    end_reading()
    return number


@pytest.mark.feature("T2")
@pytest.mark.parametrize("moment", ["before sending", "after posting", "while unknown"])
def test_a_task_deleted_and_synced_again_makes_one_document(world: World, moment: str):
    world.pull()
    task_id = world.press_sync()
    accepted = world.task(task_id).queued
    if moment == "while unknown":
        world.practice.faults("commit_then_500", path=CREATE, method="POST", times=2)
    if moment != "before sending":
        world.drain()
    trashing.trash(task_id, False, Actor("Mei", world.clock.now()))
    world.press_sync()
    world.run_until_quiet()
    world.press_sync()
    world.run_until_quiet()
    check(world, accepted)


# --- yesterday's database ---------------------------------------------------------------------------------------

MOMENTS = ("before any sync", "drafted", "half posted", "unknown", "all posted")


@pytest.mark.parametrize("moment", MOMENTS)
@pytest.mark.parametrize("kind", databases.KINDS)
def test_after_a_restored_backup_every_posted_document_is_recognised(
    kind: str, moment: str, tmp_path: Path, practice: Practice
):
    """The copy is made at a moment under work, the work goes on to its end, then the copy takes the place."""
    with databases.fresh_database(kind, tmp_path) as url:
        with open_world(tmp_path, url, practice) as world:
            world.connect().pull()
            ids = (world.store_id, world.books_id, world.profile_id)
            work_up_to(world, moment)
            clock = world.clock
            keep = copied(kind, url, tmp_path)
            world.practice.heal()
            world.press_sync()
            world.run_until_quiet()
            accepted = len(world.invoices())
        with keep as copy, open_world(tmp_path, copy, practice, clock) as restored:
            restored.store_id, restored.books_id, restored.profile_id = ids
            restored.clock.pass_by(3600)
            restored.press_sync()
            restored.run_until_quiet()
            restored.press_sync()
            restored.run_until_quiet()
            check(restored, accepted)
            assert {each.state for each in restored.documents()} == {DocumentState.POSTED}


def work_up_to(world: World, moment: str) -> None:
    """Bring the shop to a moment at which a backup is made."""
    if moment == "before any sync":
        return
    world.press_sync()
    if moment == "half posted":
        world.practice.faults("status_429", path=CREATE, method="POST", skip=4, times=1)
        world.drain()
        assert len(world.invoices()) > 0
    elif moment == "unknown":
        world.practice.faults("commit_then_reset", path=CREATE, method="POST", skip=2, times=2)
        world.drain()
        assert world.open_operations("unknown")
    elif moment == "all posted":
        world.run_until_quiet()


def copied(kind: str, url: str, folder: Path):
    """A copy of the database as it is now; as a context that gives the copy's URL."""
    db.session.remove()
    db.engine.dispose()
    return sqlite_copy(folder) if kind == "sqlite" else postgres_copy(url)


def sqlite_copy(folder: Path):
    """By the same function that makes the backups of `./run`."""
    made = back_up(folder / "tillbridge.db", folder / "backups")
    assert made is not None
    return restored_sqlite(made, folder)


@contextmanager
def restored_sqlite(made: Path, folder: Path) -> Iterator[str]:
    """The backup takes the place of the database."""
    for file in folder.glob("tillbridge.db*"):
        file.unlink()
    shutil.copy(made, folder / "tillbridge.db")
    yield f"sqlite:///{folder / 'tillbridge.db'}"


def postgres_copy(url: str):
    """A database made from this one as it is now."""
    name = url.rsplit("/", 1)[1].split("?", maxsplit=1)[0]
    execute(f"CREATE DATABASE {name}_copy TEMPLATE {name}")
    return restored_postgres(url, name)


@contextmanager
def restored_postgres(url: str, name: str) -> Iterator[str]:
    """The copy, until the end of the block."""
    yield url.replace(f"/{name}?", f"/{name}_copy?")
    execute(f"DROP DATABASE {name}_copy WITH (FORCE)")


def execute(statement: str) -> None:
    """On the test run's PostgreSQL."""
    with psycopg.connect(databases.postgres(), autocommit=True) as connection:
        connection.execute(statement)
