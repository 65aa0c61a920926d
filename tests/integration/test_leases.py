"""A lease is owned by one at a time; who was overtaken cannot write; no setting of the wall clock moves it (F10)."""

import threading

import pytest

from models import BooksConnection, OperationState, db, end_reading, writing
from sync import leases, ledger, posting
from tests.world import World

HOUR, DAY = 3600.0, 86400.0


def take(world: World) -> leases.Lease | None:
    return leases.take(BooksConnection, world.books_id, world.tools.timing.lease_s, world.clock)


def test_a_lease_is_taken_once_and_free_when_it_is_released(world: World):
    lease = take(world)
    assert lease is not None and take(world) is None
    lease.release()
    again = take(world)
    assert again is not None and again.token != lease.token


def test_a_renewed_lease_lives_on_and_a_silent_one_is_taken_over(world: World):
    lease = take(world)
    assert lease is not None
    for _ in range(3):
        world.clock.pass_by(world.tools.timing.lease_s - 1)
        assert lease.renew() and take(world) is None
    world.clock.pass_by(world.tools.timing.lease_s)
    assert take(world) is not None


def test_an_overtaken_owner_can_neither_renew_nor_release_nor_claim(world: World):
    world.pull()
    world.press_sync()
    old = take(world)
    world.clock.pass_by(world.tools.timing.lease_s)
    new = take(world)
    assert old is not None and new is not None
    assert not old.renew()
    old.release()
    assert world.books().lease_token == new.token
    [operation, *_] = world.open_operations(OperationState.READY)
    with writing() as session:
        assert not old.hold(session)
        stamp = world.clock.stamp()
        assert not ledger.claim(session, operation.id, operation.document_id, old.token, b"{}", stamp)
        assert ledger.claim(session, operation.id, operation.document_id, new.token, b"{}", stamp)


@pytest.mark.parametrize("by_s", [HOUR, -HOUR, DAY, -DAY])
def test_setting_the_wall_clock_neither_frees_nor_blocks_a_lease(world: World, by_s: float):
    lease = take(world)
    assert lease is not None
    world.clock.set_wall(by_s)
    assert take(world) is None and lease.renew()
    world.clock.set_wall(-2 * by_s)
    assert take(world) is None
    world.clock.pass_by(world.tools.timing.lease_s)
    assert take(world) is not None


def test_after_a_restart_of_the_machine_the_wall_clock_decides(world: World):
    assert take(world) is not None
    world.clock.reboot()
    assert take(world) is None, "another machine's clock: it may be alive"
    world.clock.pass_by(world.tools.timing.lease_s)
    assert take(world) is not None


def test_of_many_who_reach_for_it_at_once_one_gets_it(world: World):
    got: list[leases.Lease | None] = []
    gate = threading.Barrier(6)

    def reach() -> None:
        with world.app.app_context():
            gate.wait()
            got.append(take(world))
            db.session.remove()

    threads = [threading.Thread(target=reach) for _ in range(6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len(got) == 6 and len([each for each in got if each]) == 1


def test_a_drain_does_nothing_while_another_owns_the_books(world: World):
    world.pull()
    world.press_sync()
    lease = take(world)
    assert lease is not None and posting.drain(world.books_id, world.tools) is False
    assert world.invoices() == []
    lease.release()
    posting.drain(world.books_id, world.tools)
    assert world.invoices() and world.books().lease_token is None


def test_a_row_that_is_not_there_cannot_be_owned(world: World):
    assert leases.take(BooksConnection, 999, 90, world.clock) is None
    end_reading()
