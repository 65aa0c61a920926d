"""F17: an older backup, or an empty installation: what is in the books is recognised, and nothing made twice."""

from pathlib import Path

import pytest

from models import DocumentState, Tick
from sync import trashing
from sync.ledger import Actor
from tests import databases
from tests.contract.test_life import posted
from tests.contract.test_lost_answers import sold
from tests.faults.checker import check
from tests.faults.test_again import copied
from tests.practice_fixture import Practice
from tests.world import World, open_world

MOMENTS = ("before any sync", "drafted", "unknown", "all posted")
SAMPLE = ("before any sync", "unknown")


def cells() -> list[object]:
    sample, slow = pytest.mark.sample, pytest.mark.slow
    return [pytest.param(each, marks=(slow, sample) if each in SAMPLE else slow) for each in MOMENTS]


@pytest.mark.parametrize("moment", cells())
def test_after_a_restored_backup_every_posted_document_is_recognised(
    database_kind: str, books_kind: str, moment: str, tmp_path: Path, practice: Practice
):
    """The copy is made at a moment, the work goes on to its end, then the copy takes the place."""
    practice.reset(orders=0, seed=3)
    with databases.fresh_database(database_kind, tmp_path) as url:
        with open_world(tmp_path, url, practice) as world:
            world.connect(books=books_kind)
            world.begin(20)
            world.sell("T-1", "T-2", "T-3")
            world.pull()
            ids, clock = (world.store_id, world.books_id, world.profile_id), world.clock
            work_up_to(world, moment)
            keep = copied(database_kind, url, tmp_path)
            world.practice.heal()
            world.press_sync()
            world.run_until_quiet()
        with keep as copy, open_world(tmp_path, copy, practice, clock) as restored:
            restored.store_id, restored.books_id, restored.profile_id = ids
            restored.company = world.company
            restored.tell_time()
            restored.clock.pass_by(3600)
            for _ in range(2):
                restored.press_sync()
                restored.run_until_quiet()
            check(restored, 3)
            assert {each.state for each in restored.documents()} == {DocumentState.POSTED}


def work_up_to(world: World, moment: str) -> None:
    """Bring the shop to a moment at which a backup is made."""
    if moment == "before any sync":
        return
    world.press_sync()
    if moment == "unknown":
        world.break_("commit_then_reset", world.company.creating, times=1)
        world.drain()
        assert world.open_operations("unknown")
    elif moment == "all posted":
        world.run_until_quiet()


def test_an_empty_installation_recognises_what_another_posted(
    database_kind: str, books_kind: str, tmp_path: Path, practice: Practice
):
    practice.reset(orders=0, seed=3)
    clock = None
    for name in ("first", "second"):
        folder = tmp_path / name
        folder.mkdir()
        with (
            databases.fresh_database(database_kind, folder) as url,
            open_world(folder, url, practice, clock) as world,
        ):
            world.connect(books=books_kind)
            world.begin(20)
            if name == "first":
                world.sell("T-1", "T-2")
            world.pull()
            world.sync()
            check(world, 2)
            assert {each.tick for each in world.orders()} == {Tick.GREEN}
            clock = world.clock
            clock.pass_by(3600)


@pytest.mark.feature("T2")
def test_what_was_forgotten_is_linked_and_not_doubled(shop: World):
    task_id = posted(shop, "T-1", "T-2")
    trashing.trash(task_id, False, Actor("Mei", shop.clock.now()))
    shop.sync()
    check(shop, 2)
    assert len(shop.invoices()) == 2


def test_the_same_orders_pulled_twice_are_posted_once(shop: World):
    sold(shop, "T-1", "T-2")
    shop.run_until_quiet()
    shop.pull()
    assert shop.task(shop.press_sync()).queued == 0
    shop.run_until_quiet()
    check(shop, 2)
