"""Time that passed is told by the machine's running time, not by a wall clock that somebody may set."""

from datetime import UTC, datetime, timedelta

import pytest

from clock import Stamp, SystemClock, elapsed_s, running_time_s, seconds
from config import Timing

NOON = datetime(2026, 3, 16, 12, tzinfo=UTC)


@pytest.mark.parametrize("set_by", [timedelta(hours=1), timedelta(hours=-1), timedelta(days=1), timedelta(days=-1)])
def test_a_changed_wall_clock_is_no_time_passed_within_one_start_of_the_machine(set_by: timedelta):
    assert elapsed_s(Stamp(NOON, "a", 100.0), Stamp(NOON + set_by, "a", 107.5)) == 7.5


def test_after_a_restart_of_the_machine_the_wall_clock_tells_and_never_less_than_nothing():
    assert elapsed_s(Stamp(NOON, "a", 100.0), Stamp(NOON + timedelta(minutes=2), "b", 1.0)) == 120
    assert elapsed_s(Stamp(NOON, "a", 100.0), Stamp(NOON - timedelta(days=1), "b", 1.0)) == 0


def test_where_the_system_names_no_start_the_wall_clock_tells():
    assert elapsed_s(Stamp(NOON, "", 100.0), Stamp(NOON + timedelta(seconds=5), "", 1.0)) == 5


def test_a_stamp_is_read_as_it_was_written():
    stamp = Stamp(NOON, "1f2e3d4c", 12345.678901)
    assert Stamp.parse(str(stamp)) == stamp


def test_the_system_clock_is_aware_and_goes_on():
    clock = SystemClock()
    first, second = clock.stamp(), clock.stamp()
    assert first.at.tzinfo is UTC and first.boot == second.boot and second.tick >= first.tick > 0
    assert running_time_s() >= second.tick
    assert NOON + seconds(1.5) == NOON + timedelta(milliseconds=1500)


def test_all_durations_are_scaled_by_one_factor():
    usual, fast = Timing(), Timing().scaled(0.01)
    assert fast.lease_s == usual.lease_s / 100
    assert fast.look_ups_s == tuple(each * 0.01 for each in usual.look_ups_s)
    assert usual.lease_s > usual.slice_s and usual.still_s < usual.lease_s
