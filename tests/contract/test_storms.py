"""F5: overloaded books, or a proxy that answers for them; F9: a commit of ours that fails."""

import pytest

from tests.contract.test_lost_answers import sold
from tests.faults.checker import check
from tests.faults.commits import drain_losing_a_commit
from tests.world import World

STORMS = {
    "429 with Retry-After": {"fault": "status_429", "retry_after": 7},
    "429 without": {"fault": "status_429"},
    "503": {"fault": "status_503"},
    "502 as HTML": {"fault": "html_502"},
}


@pytest.mark.slow
@pytest.mark.sample
@pytest.mark.parametrize("storm", STORMS)
def test_half_of_all_writes_failing_for_a_while_loses_and_doubles_nothing(shop: World, storm: str):
    sold(shop, *(f"T-{number}" for number in range(1, 7)))
    shop.break_(which=shop.company.creating, times=6, probability=0.5, **STORMS[storm])
    shop.run_until_quiet()
    check(shop, 6)
    assert max(each.attempts for each in shop.operations()) < 12


def test_too_many_requests_make_the_whole_connection_wait_as_long_as_was_asked(shop: World):
    sold(shop, "T-1", "T-2")
    shop.break_("status_429", shop.company.creating, times=1, retry_after=40)
    shop.drain()
    waits = (shop.books().not_before - shop.clock.now()).total_seconds()
    assert waits == pytest.approx(40, abs=1)
    before = len(shop.practice.requests(shop.company.kind))
    assert not shop.drain()
    assert len(shop.practice.requests(shop.company.kind)) == before


def test_books_that_are_down_are_left_alone_and_shown_as_timeout(shop: World):
    sold(shop, "T-1", "T-2")
    shop.practice.stop()
    follower, shop.clock.follower = shop.clock.follower, lambda: None
    try:
        shop.drain()
        assert shop.books().status == "timeout"
        assert len(shop.open_operations("ready")) == 2
    finally:
        shop.practice.start()
    shop.clock.follower = follower
    follower()
    shop.run_until_quiet()
    assert shop.books().status == "active"
    check(shop, 2)


@pytest.mark.slow
@pytest.mark.sample
@pytest.mark.parametrize("lost_commit", [3, 5])
def test_a_commit_that_fails_neither_doubles_nor_loses(shop: World, lost_commit: int):
    """The n-th commit of a drain fails: what was sent then is found again."""
    sold(shop, "T-1", "T-2", "T-3")
    drain_losing_a_commit(shop, lost_commit)
    check(shop, 3)
