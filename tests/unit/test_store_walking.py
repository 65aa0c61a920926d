"""A pull by the moment of the last change misses nothing, whenever it is stopped and however the clock is set."""

import datetime as dt

import pytest

from adapters.stores.walking import DELAY, OVERLAP, Walk

SINCE = dt.date(2026, 1, 5)
NOON = dt.datetime(2026, 1, 9, 12, tzinfo=dt.UTC)


def windows(walk: Walk) -> list[tuple[dt.datetime, dt.datetime]]:
    found, step = [], walk.first
    while step is not None:
        found.append((step.begin, step.end))
        step = walk.after(step, None)
    return found


def finished(walk: Walk) -> str:
    return walk.position(None)


@pytest.mark.feature("P6")
def test_the_first_pull_begins_at_the_first_day_and_ends_a_minute_ago():
    assert windows(Walk(None, SINCE, NOON)) == [(dt.datetime(2026, 1, 5, tzinfo=dt.UTC), NOON - DELAY)]


def test_windows_follow_each_other_without_a_gap():
    found = windows(Walk(None, SINCE, NOON, dt.timedelta(days=2)))
    assert [begin for begin, _ in found[1:]] == [end for _, end in found[:-1]]
    assert found[-1][1] == NOON - DELAY and all(end - begin <= dt.timedelta(days=2) for begin, end in found)


def test_a_later_pull_overlaps_the_one_before():
    later = Walk(finished(Walk(None, SINCE, NOON)), SINCE, NOON + dt.timedelta(hours=1))
    assert windows(later) == [(NOON - DELAY - OVERLAP, NOON + dt.timedelta(hours=1) - DELAY)]


def test_a_pull_that_was_stopped_goes_on_at_its_mark_in_the_same_window():
    walk = Walk(None, SINCE, NOON)
    assert walk.first is not None
    kept = walk.position(walk.after(walk.first, "offset 100"))
    again = Walk(kept, SINCE, NOON + dt.timedelta(days=1))
    assert again.first is not None and again.first.mark == "offset 100"
    assert (again.first.begin, again.first.end) == (walk.first.begin, walk.first.end)


@pytest.mark.parametrize("kept", ["", "no json", '{"since": 5}', "{}"])
def test_a_position_that_cannot_be_read_begins_anew(kept: str):
    assert windows(Walk(kept, SINCE, NOON)) == windows(Walk(None, SINCE, NOON))


def test_an_earlier_first_day_begins_anew():
    kept = finished(Walk(None, SINCE, NOON))
    earlier = SINCE - dt.timedelta(days=30)
    assert windows(Walk(kept, earlier, NOON)) == windows(Walk(None, earlier, NOON))


@pytest.mark.parametrize("hours", [1, 24, 24 * 400])
def test_a_clock_that_was_wrong_and_is_put_right_makes_all_be_read_again(hours: int):
    """A clock that went ahead: up to its time nothing was read, only up to the true one."""
    wrong = finished(Walk(None, SINCE, NOON + dt.timedelta(hours=hours)))
    assert windows(Walk(wrong, SINCE, NOON)) == windows(Walk(None, SINCE, NOON))


def test_a_clock_that_went_back_for_a_while_loses_nothing():
    kept = finished(Walk(None, SINCE, NOON))
    back = Walk(kept, SINCE, NOON - dt.timedelta(hours=2))
    assert windows(back)[-1][1] == NOON - dt.timedelta(hours=2) - DELAY
    (begin, _), *_ = windows(Walk(finished(back), SINCE, NOON + dt.timedelta(hours=1)))
    assert begin <= NOON - DELAY - OVERLAP


@pytest.mark.parametrize("seconds", [1, 59])
def test_a_clock_that_is_put_right_by_less_than_a_minute_costs_nothing(seconds: int):
    kept = finished(Walk(None, SINCE, NOON))
    [(begin, _)] = windows(Walk(kept, SINCE, NOON - dt.timedelta(seconds=seconds)))
    assert begin == NOON - DELAY - OVERLAP


def test_progress_counts_days():
    walk = Walk(None, SINCE, NOON, dt.timedelta(days=2))
    assert walk.first is not None
    assert walk.progress(walk.after(walk.first, None)) == (2, 5) and walk.progress(None) == (5, 5)
