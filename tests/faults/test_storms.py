"""F5: the books are overloaded, or a proxy answers for them; nothing is lost, and we slow down."""

import pytest

from tests.faults.checker import check
from tests.faults.test_lost_answers import synced
from tests.world import CREATE, World

STORMS = {
    "429 with Retry-After": {"fault": "status_429", "retry_after": 7},
    "429 without": {"fault": "status_429"},
    "503": {"fault": "status_503"},
    "502 as HTML": {"fault": "html_502"},
}


@pytest.mark.parametrize("storm", STORMS)
def test_half_of_all_writes_failing_for_a_while_loses_and_doubles_nothing(world: World, storm: str):
    accepted = synced(world)
    world.practice.faults(**STORMS[storm], path=CREATE, method="POST", times=8, probability=0.5)
    world.run_until_quiet()
    check(world, accepted)
    assert max(each.attempts for each in world.operations()) < 12


def test_too_many_requests_make_the_whole_connection_wait_as_long_as_was_asked(world: World):
    synced(world)
    world.practice.faults("status_429", path=CREATE, method="POST", times=1, retry_after=40)
    world.drain()
    waits = (world.books().not_before - world.clock.now()).total_seconds()
    assert waits == pytest.approx(40, abs=1)
    before = len(world.practice.requests("qne"))
    assert not world.drain()
    assert len(world.practice.requests("qne")) == before


def test_every_failure_in_a_row_makes_us_wait_longer_and_a_success_forgets_them(world: World):
    synced(world)
    waits = []
    for _ in range(4):
        world.practice.faults("status_429", path=CREATE, method="POST", times=4)
        world.drain()
        waits.append((world.books().not_before - world.clock.now()).total_seconds())
        world.practice.heal()
        world.clock.pass_by(waits[-1] + 1)
    assert waits == sorted(waits) and waits[-1] > waits[0]
    world.run_until_quiet()
    assert world.books().failures == 0


def test_books_that_are_down_are_left_alone_and_shown_as_timeout(world: World):
    accepted = synced(world)
    world.practice.stop()
    try:
        world.drain()
        assert world.books().status == "timeout"
        assert len(world.open_operations("ready")) == accepted
    finally:
        world.practice.start()
    world.run_until_quiet()
    assert world.books().status == "active"


def test_the_rate_that_was_agreed_is_never_exceeded(world: World):
    """Invariant (f): the practice refuses what is faster, and counts it."""
    world.pull()
    from models import BooksConnection, writing

    with writing() as session:
        row = session.get_one(BooksConnection, world.books_id)
        row.per_second, row.in_flight = "20", 2
    world.practice.settings("qne", per_second=20, in_flight=2)
    world.practice.control("DELETE", "/measures")
    world.press_sync()
    world.run_until_quiet()
    measured = world.practice.control("GET", "/measures")["qne"]
    assert measured["refused"] == 0
    assert measured["highest_in_flight"] <= 2
