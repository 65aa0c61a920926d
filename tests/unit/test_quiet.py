"""When a channel is quiet for longer than usual: by its own history, and never without enough of it."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.quiet import Quiet, quiet

pytestmark = pytest.mark.feature("Z9")
START = datetime(2026, 3, 2, 9, tzinfo=UTC)  # a Monday
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def every(step: timedelta, days: int) -> list[datetime]:
    return [START + step * number for number in range(int(timedelta(days=days) / step) + 1)]


def working_days(weeks: int) -> list[datetime]:
    """An order at nine and at five, Monday to Friday."""
    days = [START + DAY * number for number in range(weeks * 7)]
    return [at for day in days if day.weekday() < 5 for at in (day, day + 8 * HOUR)]


CASES = [
    ("busy all day, silent for 25 hours", every(HOUR, 30), 25 * HOUR, True),
    ("busy all day, silent for 23 hours: never under a day", every(HOUR, 30), 23 * HOUR, False),
    ("one order a day, silent for 47 hours", every(DAY, 30), 47 * HOUR, False),
    ("one order a day, silent for 49 hours", every(DAY, 30), 49 * HOUR, True),
    ("one order every five days, silent for nine", every(5 * DAY, 45), 9 * DAY, False),
    ("one order every five days, silent for eleven", every(5 * DAY, 45), 11 * DAY, True),
    ("closed at weekends: Monday morning is as usual", working_days(6), 64 * HOUR, False),
    ("closed at weekends: a whole week is not", working_days(6), 7 * DAY, True),
    ("seven orders say nothing", every(3 * DAY, 18), 20 * DAY, False),
    ("a week says nothing", every(HOUR, 7), 5 * DAY, False),
    ("nothing at all", [], DAY, False),
]


@pytest.mark.parametrize(
    ("moments", "silence", "is_told"), [case[1:] for case in CASES], ids=[case[0] for case in CASES]
)
def test_a_channel_is_quiet_when_it_is_silent_for_more_than_twice_as_long_as_usual(
    moments: list[datetime], silence: timedelta, is_told: bool
):
    until = (moments[-1] if moments else START) + silence
    assert (quiet(moments, until) is not None) is is_told


def test_one_holiday_does_not_make_every_silence_usual():
    moments = [at for at in every(6 * HOUR, 40) if not 10 * DAY < at - START < 20 * DAY]
    told = quiet(moments, moments[-1] + 2 * DAY)
    assert told == Quiet(silence=2 * DAY, usual=12 * HOUR, last=moments[-1])


def test_an_old_shop_that_is_closed_for_good_is_told_no_more():
    moments = every(HOUR, 30)
    assert quiet(moments, moments[-1] + 40 * DAY) is not None
    assert quiet(moments, moments[-1] + 59 * DAY) is None


def test_an_order_from_a_clock_that_is_ahead_is_no_silence():
    assert quiet([*every(HOUR, 30), START + 90 * DAY], START + 31 * DAY) is None


@given(
    st.lists(st.integers(min_value=0, max_value=60 * 24), min_size=8, max_size=60),
    st.integers(min_value=0, max_value=20 * 24),
)
def test_what_is_told_is_always_longer_than_a_day_and_than_what_is_usual(hours: list[int], silent: int):
    moments = sorted(START + HOUR * each for each in hours)
    told = quiet(moments, moments[-1] + HOUR * silent)
    if told:
        assert told.silence > DAY and told.silence > 2 * told.usual and told.last == moments[-1]
