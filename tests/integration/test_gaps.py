"""Orders that a store has and we have not are found the same night, told by number, and fetched on demand (Z9)."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import select

from adapters.errors import OutcomeUnknown
from adapters.stores.base import Listed, OrderPage
from adapters.stores.sitegiant import SiteGiant
from documents import Channel, say
from jobs import sweep
from models import (
    MissingOrder,
    OrderCount,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoreConnection,
    db,
    end_reading,
    writing,
)
from sync import gaps, glance, missing, runs
from tests.world import World

pytestmark = pytest.mark.feature("Z9")
LATE = timedelta(days=18)
"""Older than what a later pull reads again, so that only the count can find it."""


def read_twice(shop: World) -> None:
    """Two pulls: from then on it is known what was read."""
    shop.pull()
    shop.clock.pass_by(3700)
    shop.pull()


def channel_id(shop: World) -> int:
    found = db.session.scalar(select(StoreChannel.id).where(StoreChannel.external_id == "11"))
    end_reading()
    assert found is not None
    return found


def count(shop: World) -> Run:
    shop.read(RunKind.GAPS, channel_id(shop))
    return last_run(shop, RunKind.GAPS)


def last_run(shop: World, kind: RunKind) -> Run:
    return runs.latest([(kind, channel_id(shop))])[kind, channel_id(shop)]


def numbers(shop: World) -> list[str]:
    found = [each.number for each in missing.page_of(channel_id(shop))]
    end_reading()
    return found


def told(shop: World) -> list[missing.Gap]:
    found = missing.gaps(glance.channels_by_profile([shop.profile_id])[shop.profile_id])
    end_reading()
    return found


@pytest.fixture
def gapped(shop: World) -> World:
    """A shop with one order here, and two that its store made known too late."""
    shop.sell("T-1")
    read_twice(shop)
    shop.sell("L-1", "L-2", ordered_at=shop.clock.now() - LATE)
    shop.clock.pass_by(3700)
    shop.pull()
    return shop


def test_an_order_that_no_pull_sees_is_found_by_the_count_with_its_number(gapped: World):
    assert told(gapped) == []
    count(gapped)
    [gap] = told(gapped)
    assert (gap.channel.external_id, gap.count, gap.numbers) == ("11", 2, ("L-1", "L-2"))
    run, rows = missing.last_count(channel_id(gapped))
    assert run is not None and (sum(row.in_store for row in rows), sum(row.here for row in rows)) == (3, 1)


def test_fetch_now_reads_exactly_those_and_they_are_offered(gapped: World):
    count(gapped)
    gapped.read(RunKind.MISSING, channel_id(gapped))
    assert told(gapped) == [] and numbers(gapped) == []
    assert gapped.order("L-1").tick == "none" and gapped.stored("L-2").trouble is None
    count(gapped)
    assert told(gapped) == []


def test_an_order_that_a_pull_brings_after_all_is_no_gap_any_more(gapped: World):
    count(gapped)
    gapped.begin(30)  # from an earlier day on everything is read again
    gapped.pull()
    assert numbers(gapped) == []


def test_what_is_newer_than_the_last_pull_is_no_gap(shop: World):
    shop.sell("T-1")
    read_twice(shop)
    shop.clock.pass_by(600)
    shop.sell("T-2", ordered_at=shop.clock.now())
    count(shop)
    assert told(shop) == []


def test_nothing_is_counted_before_it_is_known_what_was_read(shop: World):
    shop.sell("T-1")
    shop.pull()
    with writing() as session:
        session.execute(StoreChannel.__table__.update().values(pulled_before=None))
    assert count(shop).state is RunState.DONE
    assert missing.last_count(channel_id(shop))[1] == []


def test_from_an_earlier_start_date_on_it_waits_until_that_was_read(gapped: World):
    gapped.begin(60)
    window = gaps.window_of(db.session.get_one(StoreChannel, channel_id(gapped)))
    assert window is not None and window.first > (gapped.clock.now() - timedelta(days=25)).date()


def test_a_list_that_fails_is_told_as_failed_and_never_as_no_gaps(gapped: World, monkeypatch: pytest.MonkeyPatch):
    count(gapped)

    def broken(*_: object) -> Iterator[tuple[Listed, ...]]:
        raise OutcomeUnknown(say("no list"))
        yield ()

    monkeypatch.setattr(SiteGiant, "listed", broken)
    run = count(gapped)
    assert run.state is RunState.QUEUED and run.trouble is not None
    [gap] = told(gapped)
    assert gap.count == 2 and [each.kind for each in gap.runs] == [RunKind.GAPS]


def test_a_count_that_was_stopped_goes_on_behind_its_last_days(gapped: World, monkeypatch: pytest.MonkeyPatch):
    asked: list[date] = []
    listed = SiteGiant.listed

    def seen(self: SiteGiant, channel: Channel, since: date, until: date) -> Iterator[tuple[Listed, ...]]:
        asked.append(since)
        return listed(self, channel, since, until)

    monkeypatch.setattr(SiteGiant, "listed", seen)
    run_id = runs.request(RunKind.GAPS, channel_id(gapped), gapped.clock.now())
    work = {RunKind.GAPS: gaps.count_orders}
    runs.work(run_id, work, gapped.tools, lambda: len(asked) > 1)
    stopped_at = len(asked)
    assert stopped_at > 1 and last_run(gapped, RunKind.GAPS).is_active
    runs.work(run_id, work, gapped.tools, lambda: False)
    assert last_run(gapped, RunKind.GAPS).state is RunState.DONE
    assert len(asked) == len(set(asked)) + 1, "only the days at which it was stopped are asked for twice"
    assert numbers(gapped) == ["L-1", "L-2"]
    rows = missing.last_count(channel_id(gapped))[1]
    assert sum(row.in_store for row in rows) == 3


class Toy(SiteGiant):
    """A store whose answers a test writes."""

    has: Sequence[Listed] = ()
    gone: tuple[str, ...] = ()

    def listed(self, channel: Channel, since: date, until: date) -> Iterator[tuple[Listed, ...]]:
        yield tuple(each for each in self.has if each.ordered_at is None or since <= each.ordered_at.date() <= until)

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        return OrderPage((), (), "", 0, 0, tuple(each for each in order_ids if each in self.gone))


@pytest.fixture
def toy(gapped: World, monkeypatch: pytest.MonkeyPatch) -> type[Toy]:
    def open_toy(row: StoreConnection, tools: Any) -> Toy:
        end_reading()
        return Toy(row.settings, {}, None, tools.clock.now)  # type: ignore[arg-type]  # it asks nothing

    monkeypatch.setattr(gaps, "store_of", open_toy)
    monkeypatch.setattr(Toy, "has", ())
    monkeypatch.setattr(Toy, "gone", ())
    return Toy


def some_days_ago(shop: World, days: int) -> datetime:
    moment: datetime = shop.clock.now() - timedelta(days=days)
    return moment


def test_an_order_that_the_store_says_is_gone_is_no_gap(gapped: World, toy: type[Toy]):
    toy.has = [Listed("A", "1001", some_days_ago(gapped, 5)), Listed("B", "1002", some_days_ago(gapped, 6))]
    toy.gone = ("A",)
    count(gapped)
    assert sorted(numbers(gapped)) == ["1001", "1002"]
    gapped.read(RunKind.MISSING, channel_id(gapped))
    assert numbers(gapped) == ["1002"], "the store did not answer for it: it stays"
    assert last_run(gapped, RunKind.MISSING).state is RunState.DONE


def test_an_order_that_the_store_lists_no_more_is_no_gap(gapped: World, toy: type[Toy]):
    toy.has = [Listed("A", "1001", some_days_ago(gapped, 5))]
    count(gapped)
    toy.has = ()
    count(gapped)
    assert told(gapped) == []


def test_an_order_without_a_moment_counts_by_its_days(gapped: World, toy: type[Toy]):
    toy.has = [Listed("A", "1001", None)]
    count(gapped)
    assert numbers(gapped) == ["1001"]


def test_what_was_found_keeps_the_moment_when_it_was(gapped: World, toy: type[Toy]):
    toy.has = [Listed("A", "1001", some_days_ago(gapped, 5))]
    count(gapped)
    first = missing.page_of(channel_id(gapped))[0].found_at
    gapped.clock.pass_by(90_000)
    count(gapped)
    [row] = missing.page_of(channel_id(gapped))
    assert row.found_at == first
    counts = db.session.scalars(select(OrderCount.run_id).distinct()).all()
    assert counts == [row.run_id], "the count before is let go"


def test_the_sweep_asks_once_a_day_and_again_after_an_hour_where_it_failed(gapped: World):
    here = channel_id(gapped)
    assert here in sweep.uncounted(gapped.tools)
    count(gapped)
    gapped.clock.pass_by(20 * 3600)
    assert here not in sweep.uncounted(gapped.tools)
    gapped.clock.pass_by(5 * 3600)
    assert here in sweep.uncounted(gapped.tools)
    run_id = last_run(gapped, RunKind.GAPS).id
    with writing() as session:
        run = session.get_one(Run, run_id)
        run.state, run.ended_at = RunState.FAILED, gapped.clock.now()
    assert here not in sweep.uncounted(gapped.tools)
    gapped.clock.pass_by(2 * 3600)
    assert here in sweep.uncounted(gapped.tools)


def test_a_store_that_is_disabled_or_cannot_be_asked_is_left_out(gapped: World, monkeypatch: pytest.MonkeyPatch):
    count(gapped)
    gapped.clock.pass_by(25 * 3600)
    monkeypatch.setattr(SiteGiant, "can_be_asked", False)
    assert sweep.uncounted(gapped.tools) == [] and told(gapped) == []
    assert count(gapped).state is RunState.DONE and last_run(gapped, RunKind.GAPS).rows == 0
    monkeypatch.setattr(SiteGiant, "can_be_asked", True)
    with writing() as session:
        session.get_one(StoreConnection, gapped.store_id).is_enabled = False
    assert sweep.uncounted(gapped.tools) == [] and told(gapped) == []


def test_nothing_is_missing_for_ever_that_is_here(gapped: World):
    count(gapped)
    gapped.read(RunKind.MISSING, channel_id(gapped))
    rows = db.session.scalars(select(MissingOrder)).all()
    assert rows == []
