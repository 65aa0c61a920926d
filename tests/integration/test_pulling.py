"""Orders of the store are read whole, kept as they came, and never lost by what goes wrong on the way."""

import json
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import msgspec
import pytest
from sqlalchemy import select

import jobs
from adapters.stores.base import ItemPage
from documents import Message, Order, StoreItem
from models import (
    Profile,
    ProfileOrder,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoredItem,
    StoredOrder,
    TaskOrder,
    TaskOrderState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import catalogue, kept_orders, leases, profiles, pulling, runs
from tests.orders import make_line
from tests.world import World

ORDERS, DETAILS = "/orders", "/order/multipleOrder"


def all_of(model, *where):
    query = select(model).where(*where).order_by(model.id)
    found = list(db.session.scalars(query.execution_options(populate_existing=True)))
    end_reading()
    return found


def read(stored: StoredOrder) -> Order:
    return msgspec.json.decode(stored.document, type=Order)


def runs_of(kind: RunKind = RunKind.ORDERS) -> list[Run]:
    return all_of(Run, Run.kind == kind)


def channel(world: World, external_id: str = "11") -> StoreChannel:
    return all_of(StoreChannel, StoreChannel.external_id == external_id)[0]


@pytest.mark.feature("P6", "P8")
def test_orders_of_every_channel_are_read_with_all_their_details(world: World):
    world.pull()
    theirs = world.practice.control("GET", "/ledger/sitegiant")["orders"]
    ours = all_of(StoredOrder)
    assert sorted(row.external_id for row in ours) == sorted(order["order_id"] for order in theirs)
    assert {row.channel_id for row in ours} > {channel(world).id}
    for order in theirs:
        document = read(world.stored(order["order_id"]))
        assert len(document.lines) == len(order["products"])
        assert str(document.total) == order["total"] and document.marketplace_number == order["marketplace_order_id"]


def test_what_the_store_said_is_kept_byte_for_byte(shop: World):
    shop.sell("T-1", remark="勿折, “please” & thanks", odd_field={"kept": [1, 2.50, None]})
    shop.pull()
    kept = json.loads(shop.stored("T-1").raw)
    assert kept["odd_field"] == {"kept": [1, 2.5, None]} and kept["remark"] == "勿折, “please” & thanks"
    assert shop.stored("T-1").raw_sha256 == kept_orders._digest(shop.stored("T-1").raw)


def test_the_same_pull_twice_changes_nothing(world: World):
    def state():
        skipped = {"_sa_instance_state", "pulled_at"}
        rows = [*all_of(StoredOrder), *all_of(ProfileOrder)]
        return [{k: v for k, v in vars(row).items() if k not in skipped} for row in rows]

    world.pull()
    before = state()
    world.clock.pass_by(60)
    world.pull()
    assert state() == before


def test_an_interrupted_pull_goes_on_at_the_saved_place_and_loses_nothing(shop: World):
    shop.begin(120)
    ids = [f"T-{number}" for number in range(3)]
    for age, order_id in zip((100, 50, 1), ids, strict=True):
        shop.sell(order_id, ordered_at=shop.clock.now() - timedelta(days=age))
    run_id = runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now())
    stops = iter([False, True])
    runs.work(run_id, jobs.READERS, shop.tools, lambda: next(stops))
    assert [row.external_id for row in all_of(StoredOrder)] == ["T-0"]
    assert runs_of()[0].state is RunState.RUNNING and runs.due(shop.tools) == [(run_id, RunKind.ORDERS)]
    shop.practice.control("DELETE", "/requests")
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    assert [row.external_id for row in all_of(StoredOrder)] == ids
    asked = [each["query"] for each in shop.practice.requests("sitegiant") if each["path"] == ORDERS]
    assert len(asked) == 3, "it went on with the third of five windows"
    assert runs_of()[0].state is RunState.DONE


# --- the start date (P8) ------------------------------------------------------------------------------------------


def change_start(world: World, start: date, zone: str) -> None:
    name = db.session.get_one(Profile, world.profile_id).name
    ids = [each.id for each in profiles.channels_of(world.profile_id)]
    end_reading()
    profiles.change_profile(world.profile_id, name, zone, start, ids)


@pytest.mark.feature("P8")
@pytest.mark.parametrize(
    ("zone", "last_moment_before"),
    [
        ("Asia/Kuala_Lumpur", datetime(2026, 3, 9, 15, 59, 59, tzinfo=UTC)),
        ("Asia/Tokyo", datetime(2026, 3, 9, 14, 59, 59, tzinfo=UTC)),
        ("Pacific/Auckland", datetime(2026, 3, 9, 10, 59, 59, tzinfo=UTC)),
        ("Europe/London", datetime(2026, 3, 9, 23, 59, 59, tzinfo=UTC)),
        ("America/New_York", datetime(2026, 3, 10, 3, 59, 59, tzinfo=UTC)),
    ],
)
def test_the_start_date_is_a_day_of_the_accounts_zone(shop: World, zone: str, last_moment_before: datetime):
    shop.clock.wall = datetime(2026, 3, 20, tzinfo=UTC)
    change_start(shop, date(2026, 3, 10), zone)
    shop.sell("TOO-OLD", ordered_at=last_moment_before)
    shop.sell("FIRST", ordered_at=last_moment_before + timedelta(seconds=1))
    shop.pull()
    assert [each.order_id for each in shop.orders()] == [shop.stored("FIRST").id]


@pytest.mark.feature("P8")
def test_an_order_at_half_past_five_in_utc_belongs_to_the_next_day_in_malaysia(shop: World):
    shop.clock.wall = datetime(2026, 3, 20, tzinfo=UTC)
    change_start(shop, date(2026, 3, 10), "Asia/Kuala_Lumpur")
    shop.sell("OURS", ordered_at=datetime(2026, 3, 9, 17, 30, tzinfo=UTC))
    shop.sell("NOT", ordered_at=datetime(2026, 3, 8, 17, 30, tzinfo=UTC))
    shop.pull()
    assert [each.order_id for each in shop.orders()] == [shop.stored("OURS").id]


@pytest.mark.feature("P8")
def test_an_earlier_start_date_fetches_older_orders_and_a_later_one_takes_unused_ones_back(shop: World):
    start = (shop.clock.now() - timedelta(days=10)).date()
    change_start(shop, start, "Asia/Kuala_Lumpur")
    shop.sell("OLD", ordered_at=shop.clock.now() - timedelta(days=60))
    shop.sell("NEW")
    shop.pull()
    assert len(shop.orders()) == 1
    change_start(shop, start - timedelta(days=90), "Asia/Kuala_Lumpur")
    shop.pull()
    assert len(shop.orders()) == 2
    change_start(shop, start, "Asia/Kuala_Lumpur")
    assert [each.order_id for each in shop.orders()] == [shop.stored("NEW").id]


@pytest.mark.feature("P8")
def test_an_order_that_a_later_start_date_leaves_out_is_not_posted(shop: World):
    shop.sell("OLD", ordered_at=shop.clock.now() - timedelta(days=15))
    shop.pull()
    task_id = shop.press_sync([])  # an empty press: nothing happens
    assert shop.task(task_id).total == 0
    left = TaskOrder(task_id=task_id, profile_order_id=shop.order("OLD").id, state=TaskOrderState.LEFT, reasons=[])
    with writing() as session:  # it is used already, so it stays in the list
        session.add(left)
    change_start(shop, (shop.clock.now() - timedelta(days=5)).date(), "Asia/Kuala_Lumpur")
    shop.sync("OLD")
    assert shop.invoices() == []
    assert "before the start date" in shop.reasons("OLD")[0]


# --- what cannot be read ------------------------------------------------------------------------------------------


def test_an_order_that_cannot_be_read_is_kept_with_its_reason_and_loses_no_other(shop: World):
    shop.sell("GOOD-1", "GOOD-2")
    shop.sell("BAD", total="a lot")
    shop.pull()
    bad = shop.stored("BAD")
    assert bad.document is None and json.loads(bad.raw)["total"] == "a lot"
    assert "total is no number" in str(msgspec.json.decode(bad.trouble, type=Message))
    task_id = shop.sync()
    assert (shop.task(task_id).posted, shop.task(task_id).left) == (2, 1)
    assert shop.reasons("BAD") == ["total is no number: a lot"]


@pytest.mark.parametrize("total", ["3614830190000000000000.00", "-1000000000000000.00", "15.00001"])
def test_an_order_whose_total_cannot_be_kept_is_told_and_the_others_of_its_page_are_kept(shop: World, total: str):
    shop.sell("T-1")
    shop.sell("T-2", total=total)
    shop.sell("T-3")
    shop.pull()
    assert [shop.stored(each).status for each in ("T-1", "T-2", "T-3")] == ["shipped", "unreadable", "shipped"]
    assert "larger than any order's" in (shop.stored("T-2").trouble or "")
    assert all(run.state is RunState.DONE for run in runs_of())


@pytest.mark.feature("P6")
@pytest.mark.parametrize(
    ("price", "kept"),
    [("89999999999.99", "89999999999.99"), ("1E+40", None), ("0.123456789", None), ("NaN", None)],
)
def test_a_price_that_cannot_be_kept_counts_as_not_told_and_keeps_no_product_away(
    shop: World, price: str, kept: str | None
):
    with writing() as session:
        told = (StoreItem("X-1", "X-1", "Odd", Decimal(price)), StoreItem("X-2", "X-2", "Plain", Decimal("3.5")))
        catalogue.keep_items(session, shop.store_id, ItemPage(told), shop.clock.now())
    query = select(StoredItem.external_id, StoredItem.price).where(StoredItem.external_id.in_(("X-1", "X-2")))
    found = {row.external_id: row.price for row in db.session.execute(query)}
    assert found == {"X-1": Decimal(kept) if kept else None, "X-2": Decimal("3.5")}


def test_an_unreadable_order_that_is_mended_is_read_and_stands_by_its_own_day(shop: World):
    day = shop.clock.now() - timedelta(days=3)
    shop.sell("BAD", total="a lot", ordered_at=day)
    shop.pull()
    shop.change("BAD", total="15.00")
    shop.clock.pass_by(60)
    shop.pull()
    assert shop.stored("BAD").trouble is None
    assert shop.order("BAD").ordered_at == shop.stored("BAD").ordered_at == day.replace(microsecond=0)
    shop.sync()
    assert shop.order("BAD").tick is Tick.GREEN


def test_an_order_that_becomes_unreadable_and_then_reads_as_before_has_no_trouble_left(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.change("T-1", total="?")
    shop.pull()
    assert shop.stored("T-1").trouble and shop.stored("T-1").document
    shop.practice.control("DELETE", "/sitegiant/orders/T-1")
    shop.sell("T-1")  # the very same words
    shop.pull()
    assert shop.stored("T-1").trouble is None


def test_a_failed_page_is_an_error_and_not_the_end_of_the_orders(shop: World):
    shop.sell("T-1")
    shop.practice.faults("html_502", "sitegiant", path=ORDERS, times=5)
    shop.read(RunKind.ORDERS, channel(shop).id)
    [run] = runs_of()
    assert run.state is RunState.QUEUED and run.not_before > shop.clock.now() and run.trouble
    assert channel(shop).pulled_at is None and all_of(StoredOrder) == []
    assert runs.due(shop.tools) == []
    shop.clock.pass_by(3)
    assert runs.due(shop.tools) == [(run.id, RunKind.ORDERS)]
    runs.work(run.id, jobs.READERS, shop.tools, lambda: False)
    assert runs_of()[0].state is RunState.DONE and len(all_of(StoredOrder)) == 1


def test_a_store_that_refuses_the_key_fails_the_reading_at_once_and_is_inactive(shop: World):
    shop.practice.faults("token_expired", "sitegiant", path=ORDERS)
    shop.read(RunKind.ORDERS, channel(shop).id)
    assert runs_of()[0].state is RunState.FAILED
    assert shop.store().status == "inactive" and shop.store().status_text
    shop.pull()
    assert shop.store().status == "active"


# --- changes (rules.md 6) -----------------------------------------------------------------------------------------


@pytest.fixture
def green(shop: World) -> World:
    """One order, posted."""
    shop.sell("T-1", shipping_fee="4.90", order_status="Processed", shipped_at=None)
    shop.pull()
    shop.sync()
    assert shop.order("T-1").tick is Tick.GREEN
    return shop


def pull_later(world: World) -> None:
    world.clock.pass_by(60)
    world.pull()


@pytest.mark.feature("I7")
def test_progress_of_the_order_leaves_it_green(green: World):
    green.change("T-1", order_status="Completed", completed_at="2026-03-10 10:00:00", remark="left at the door")
    pull_later(green)
    assert green.stored("T-1").status == "completed"
    assert green.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("I7")
@pytest.mark.parametrize(
    "change",
    [
        {"products": [make_line(price="16.00")]},
        {"products": [make_line("MUG-02")]},
        {"shipping_fee": "6.50"},
        {"order_status": "Cancelled"},
        {"currency": "SGD"},
    ],
    ids=["price", "product", "charge", "cancelled", "currency"],
)
def test_what_reaches_the_document_turns_it_yellow_and_its_undoing_green_again(green: World, change: dict):
    before = json.loads(green.stored("T-1").raw)
    green.change("T-1", **change)
    pull_later(green)
    assert green.order("T-1").tick is Tick.YELLOW
    green.change("T-1", **{name: before[name] for name in change})
    pull_later(green)
    assert green.order("T-1").tick is Tick.GREEN


@pytest.mark.feature("I7")
def test_another_buyer_matters_only_where_the_buyer_is_the_customer(green: World):
    green.change("T-1", customer={"name": "Somebody Else", "email": "s@example.com"})
    pull_later(green)
    assert green.order("T-1").tick is Tick.GREEN


def test_an_open_order_that_is_older_than_the_overlap_is_asked_for_again(shop: World):
    shop.begin(60)
    shop.sell("OPEN", ordered_at=shop.clock.now() - timedelta(days=40), order_status="Processed")
    shop.sell("DONE", ordered_at=shop.clock.now() - timedelta(days=40), order_status="Completed")
    shop.pull()
    shop.practice.control("POST", "/sitegiant/orders/OPEN/cancel")
    shop.practice.control("DELETE", "/requests")
    pull_later(shop)
    assert shop.stored("OPEN").status == "cancelled" and not shop.stored("OPEN").is_open
    pull_later(shop)
    details = [each for each in shop.practice.requests("sitegiant") if each["path"] == DETAILS]
    assert len(details) == 1, "a closed order is left alone"


# --- runs ---------------------------------------------------------------------------------------------------------


def test_asked_for_twice_is_one_reading(shop: World):
    first = runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now())
    assert runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now()) == first
    assert runs.request(RunKind.ORDERS, channel(shop, "12").id, shop.clock.now()) != first
    runs.work(first, jobs.READERS, shop.tools, lambda: False)
    assert runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now()) != first


def test_a_reading_whose_process_died_is_taken_up_after_its_lease(shop: World):
    run_id = runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now())
    assert leases.take(Run, run_id, runs.lease_s(shop.tools), shop.clock)  # and never gives it back
    assert runs.due(shop.tools) == []
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    assert runs_of()[0].state is RunState.QUEUED, "it is another's"
    shop.clock.pass_by(runs.lease_s(shop.tools))
    assert runs.due(shop.tools) == [(run_id, RunKind.ORDERS)]
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    assert runs_of()[0].state is RunState.DONE


def test_a_reader_that_was_overtaken_writes_nothing_more(shop: World):
    shop.sell("T-1")
    run_id = runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now())

    def overtaken(reading: runs.Reading, channel_id: int) -> None:
        reading.tools.clock.pass_by(runs.lease_s(shop.tools))
        assert leases.take(Run, run_id, runs.lease_s(shop.tools), shop.clock)
        pulling.pull_orders(reading, channel_id)

    runs.work(run_id, {RunKind.ORDERS: overtaken}, shop.tools, lambda: False)
    assert all_of(StoredOrder) == [] and channel(shop).position is None
    assert runs_of()[0].state is RunState.RUNNING


def test_progress_can_be_watched(shop: World):
    shop.begin(120)
    seen = []

    def watch() -> bool:
        [run] = runs_of()
        seen.append((run.step, run.done, run.total, run.state))
        return False

    run_id = runs.request(RunKind.ORDERS, channel(shop).id, shop.clock.now())
    runs.work(run_id, jobs.READERS, shop.tools, watch)
    assert [step for step, *_ in seen] == ["orders"] * 5
    done = [done for _, done, _, _ in seen]
    assert done == sorted(done) and done[0] > 0 and done[-1] == seen[-1][2]
    assert {state for *_, state in seen} == {RunState.RUNNING}
