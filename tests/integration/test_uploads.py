"""Files become orders: each once, whole, after Proceed; whatever stops, comes twice, overlaps, or is there already."""

import datetime as dt
from decimal import Decimal

import msgspec
import openpyxl
import pytest

import jobs
from documents import Message, Order
from jobs.sweep import ask_for_what_is_old
from models import (
    Profile,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    StoredItem,
    StoredOrder,
    Tick,
    Upload,
    UploadState,
    db,
    end_reading,
    writing,
)
from sync import connections, glance, kept_orders, profiles, pulling, runs, stores
from sync.uploads import asking, grouping, plans, reading, staging
from tests.sheets import (
    DAY,
    HEADER,
    as_csv,
    as_ods,
    as_xls,
    as_xlsx,
    bring_in,
    hand_in,
    line,
    own_channel,
    saved,
    take,
    troubles_of,
    upload_of,
)
from tests.world import World

pytestmark = pytest.mark.feature("P6")


def stored(channel_id: int) -> dict[str, Order]:
    rows = db.session.query(StoredOrder).filter_by(channel_id=channel_id).order_by(StoredOrder.id).all()
    end_reading()
    return {row.external_id: msgspec.json.decode(row.document or "", type=Order) for row in rows}


def said(upload_id: int) -> str:
    """The one message about a file, in words."""
    [trouble] = troubles_of(upload_id)
    return str(msgspec.convert(trouble.message, Message))


def reference_of(world: World, order: Order) -> str:
    return f"{order.store}/{order.shop_id}/{order.order_id}"


# --- the whole way ------------------------------------------------------------------------------------------------


def test_an_uploaded_order_is_posted_and_its_reference_is_made_of_shop_channel_and_number(shop: World):
    channel = own_channel(shop)
    today = f"{shop.clock.now():%Y-%m-%d}"
    done = bring_in(shop, channel.id, as_csv([HEADER, line("A-1", order_date=today)]))
    assert (done.new_orders, done.changed_orders, done.same_orders) == (1, 0, 0)
    items = db.session.query(StoredItem).filter_by(store_id=channel.store_id).all()
    end_reading()
    assert [(item.external_id, item.sku, item.name) for item in items] == [("MUG-01", "MUG-01", "Mug")]
    shop.settle()
    shop.sync("A-1")
    assert shop.order("A-1").tick is Tick.GREEN
    assert reference_of(shop, stored(channel.id)["A-1"]) == "spreadsheet/KEDAI.WEB/A-1"


def test_an_uploaded_order_that_changed_after_it_was_posted_turns_yellow(shop: World):
    channel = own_channel(shop)
    today = f"{shop.clock.now():%Y-%m-%d}"
    bring_in(shop, channel.id, as_csv([HEADER, line("A-1", order_date=today)]))
    shop.settle()
    shop.sync("A-1")
    done = bring_in(shop, channel.id, as_csv([HEADER, line("A-1", order_date=today, quantity=3, total="45.00")]))
    assert done.changed_orders == 1 and shop.order("A-1").tick is Tick.YELLOW


@pytest.mark.parametrize("make", [as_csv, as_xlsx, as_xls])
def test_every_kind_of_file_brings_the_same_orders(shop: World, make):
    channel = own_channel(shop)
    bring_in(shop, channel.id, make([HEADER, line("A-1"), line("A-2", total=30)]), f"orders.{make.__name__[3:]}")
    found = stored(channel.id)
    assert [order.total for order in found.values()] == [30, 30] and list(found) == ["A-1", "A-2"]


# --- nothing before Proceed, all after it -------------------------------------------------------------------------


def test_nothing_reaches_the_orders_before_proceed(shop: World):
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, line("A-1")]))
    assert upload_of(upload_id).state is UploadState.CHECKED and stored(channel.id) == {}
    asking.discard(upload_id)
    assert stored(channel.id) == {}


def test_an_import_that_is_stopped_goes_on_and_takes_each_order_once(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, *(line(f"A-{number}") for number in range(7))]))
    asking.proceed(upload_id, False, "Mei")
    run_id = runs.request(RunKind.APPLY, upload_id, shop.clock.now())
    runs.work(run_id, jobs.READERS, shop.tools, lambda: True)
    assert 0 < len(stored(channel.id)) < 7 and upload_of(upload_id).state is UploadState.APPLYING
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    done = upload_of(upload_id)
    assert (done.state, done.new_orders, done.same_orders) == (UploadState.DONE, 7, 0)
    assert len(stored(channel.id)) == 7


def test_an_import_that_died_inside_a_step_is_begun_there_again(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, *(line(f"A-{number}") for number in range(5))]))
    asking.proceed(upload_id, False, "Mei")
    calls, keep = [], kept_orders.keep_orders

    def dies_once(*args: object) -> kept_orders.Kept:
        kept = keep(*args)  # type: ignore[arg-type]
        calls.append(kept)
        if len(calls) == 2:
            raise RuntimeError("the process died before its commit")
        return kept

    monkeypatch.setattr(kept_orders, "keep_orders", dies_once)
    run_id = runs.request(RunKind.APPLY, upload_id, shop.clock.now())
    with pytest.raises(RuntimeError):
        runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    assert list(stored(channel.id)) == ["A-0", "A-1"]
    shop.read(RunKind.APPLY, upload_id)
    assert upload_of(upload_id).new_orders == 5 and len(stored(channel.id)) == 5


def test_a_reading_that_is_stopped_begins_anew_and_stages_nothing_twice(shop: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(reading, "AT_ONCE", 2)
    channel = own_channel(shop)
    content = as_csv([HEADER, *(line(f"A-{number}") for number in range(5))])
    upload_id = asking.hand_in(channel.id, "orders.csv", content, "Mei", shop.clock.now()).upload_id
    run_id = runs.request(RunKind.FILE, upload_id, shop.clock.now())
    runs.work(run_id, jobs.READERS, shop.tools, lambda: True)
    assert upload_of(upload_id).state is UploadState.READING
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert (upload_of(upload_id).new_orders, upload_of(upload_id).same_orders) == (5, 0)


def test_a_file_that_is_thrown_away_while_it_is_read_leaves_nothing(shop: World):
    channel = own_channel(shop)
    content = as_csv([HEADER, line("A-1")])
    upload_id = asking.hand_in(channel.id, "orders.csv", content, "Mei", shop.clock.now()).upload_id
    run_id = runs.request(RunKind.FILE, upload_id, shop.clock.now())
    asking.discard(upload_id)
    runs.work(run_id, jobs.READERS, shop.tools, lambda: False)
    again = asking.hand_in(channel.id, "orders.csv", content, "Mei", shop.clock.now()).upload_id
    assert again > upload_id, "an id is never used for another file"


def failed(kind: RunKind) -> None:
    with writing() as session:
        session.query(Run).filter_by(kind=kind).update({"state": RunState.FAILED})


def test_an_import_that_failed_can_be_thrown_away_or_its_columns_chosen_anew(shop: World):
    channel = own_channel(shop)
    for name, decide in (("A-1", asking.map_again), ("A-2", asking.discard)):
        upload_id = hand_in(shop, channel.id, as_csv([HEADER, line(name)]))
        asking.proceed(upload_id, False, "Mei")
        runs.request(RunKind.APPLY, upload_id, shop.clock.now())
        with pytest.raises(asking.UploadRefused):
            decide(upload_id)
        failed(RunKind.APPLY)
        decide(upload_id)
        found = db.session.get(Upload, upload_id, populate_existing=True)
        assert found is None or found.state is UploadState.MAPPING
        end_reading()


def test_the_columns_are_chosen_anew_where_a_reading_failed(shop: World):
    channel = own_channel(shop)
    upload_id = asking.hand_in(channel.id, "a.csv", as_csv([HEADER, line("A-1")]), "Mei", shop.clock.now()).upload_id
    runs.request(RunKind.FILE, upload_id, shop.clock.now())
    with pytest.raises(asking.UploadRefused):
        asking.map_again(upload_id)
    failed(RunKind.FILE)
    asking.map_again(upload_id)
    asking.look_again(upload_id, "", 0)
    shop.read(RunKind.FILE, upload_id)
    assert upload_of(upload_id).state is UploadState.CHECKED


def test_an_order_beyond_measure_keeps_no_other_order_of_its_file_away(shop: World):
    channel = own_channel(shop)
    huge = line("A-2", "", quantity=60123456789, unit_price=60123456789)
    done = bring_in(shop, channel.id, as_csv([HEADER, line("A-1"), huge, line("A-3")]), leave_out=True)
    assert done.new_orders == 2 and list(stored(channel.id)) == ["A-1", "A-3"]


def test_proceed_is_taken_once(shop: World):
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, line("A-1")]))
    asking.proceed(upload_id, False, "Mei")
    with pytest.raises(asking.UploadRefused):
        asking.proceed(upload_id, False, "Mei")
    with pytest.raises(asking.UploadRefused):
        asking.discard(upload_id)


# --- again, and overlapping ---------------------------------------------------------------------------------------


def test_overlapping_files_neither_lose_nor_double(shop: World):
    channel = own_channel(shop)
    bring_in(shop, channel.id, as_csv([HEADER, line("A-1"), line("A-2"), line("A-3")]))
    done = bring_in(shop, channel.id, as_csv([HEADER, line("A-2"), line("A-3", order_status="Shipped"), line("A-4")]))
    assert (done.new_orders, done.changed_orders, done.same_orders) == (1, 1, 1)
    assert list(stored(channel.id)) == ["A-1", "A-2", "A-3", "A-4"] and stored(channel.id)["A-3"].status == "shipped"


def test_an_order_that_a_later_file_tells_with_fewer_lines_is_told_with_both_numbers(shop: World):
    channel = own_channel(shop)
    rows = [line("A-0"), *(line("P-1", "") for _ in range(3)), line("A-1")]
    bring_in(shop, channel.id, as_csv([HEADER, *rows[:3]]))
    assert len(stored(channel.id)["P-1"].lines) == 2
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, *rows[3:]]))
    assert [(each.code, each.row, each.is_error) for each in troubles_of(upload_id)] == [("W14", 2, False)]
    assert "order P-1 has 1 lines in this file; an earlier file told 2" in said(upload_id)
    whole = hand_in(shop, channel.id, as_csv([HEADER, *rows[1:4]]))
    assert troubles_of(whole) == [], "with as many lines, or more, there is nothing to tell"


def test_the_same_orders_in_another_file_change_nothing(shop: World):
    channel = own_channel(shop)
    bring_in(shop, channel.id, as_csv([HEADER, line("A-1")]))
    other = [["note", *HEADER], ["printed again", *line("A-1")]]
    done = bring_in(shop, channel.id, as_csv(other))
    assert (done.new_orders, done.changed_orders, done.same_orders) == (0, 0, 1)


def test_the_same_file_is_told_and_refused(shop: World):
    channel = own_channel(shop)
    content = as_csv([HEADER, line("A-1")])
    done = bring_in(shop, channel.id, content)
    with pytest.raises(asking.UploadRefused) as caught:
        asking.hand_in(channel.id, "other name.csv", content, "Mei", shop.clock.now())
    assert caught.value.known == done.id and "was imported on" in str(caught.value)


def test_the_same_file_in_another_channel_is_told(shop: World):
    content = as_csv([HEADER, line("A-1")])
    bring_in(shop, own_channel(shop).id, content)
    second = hand_in(shop, own_channel(shop, "Second").id, content)
    assert [each.code for each in troubles_of(second)] == ["W12"]
    assert "imported into Web as upload 1" in said(second)


def test_channels_of_one_store_may_use_the_same_numbers(shop: World):
    web, second = own_channel(shop), own_channel(shop, "Second")
    bring_in(shop, web.id, as_csv([HEADER, line("1001")]))
    bring_in(shop, second.id, as_csv([HEADER, line("1001", total="30.00", product_name="Tea")]))
    references = {reference_of(shop, stored(each.id)["1001"]) for each in (web, second)}
    assert references == {"spreadsheet/KEDAI.WEB/1001", "spreadsheet/KEDAI.SECOND/1001"}


def test_rows_of_an_order_are_found_wherever_they_stand_and_equal_ones_are_kept(shop: World):
    channel = own_channel(shop)
    tea = line("A-1", total="90.00", isku="TEA", unit_price=15)
    rows = [line("A-1", total="90.00"), line("A-2"), tea, line("A-1", total="90.00")]
    bring_in(shop, channel.id, as_csv([HEADER, *rows]))
    order = stored(channel.id)["A-1"]
    assert [each.sku for each in order.lines] == ["MUG-01", "TEA", "MUG-01"] and order.total == 90


# --- bad rows -----------------------------------------------------------------------------------------------------


def test_a_bad_row_takes_its_whole_order_out_and_no_other(shop: World):
    channel = own_channel(shop)
    rows = [line("A-1"), line("A-2", quantity="two"), line("A-2"), line("")]
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, *rows]))
    upload = upload_of(upload_id)
    assert (upload.order_count, upload.bad_orders, upload.errors) == (1, 1, 2)
    assert [(each.code, each.row, each.col, each.found) for each in troubles_of(upload_id)] == [
        ("ROW01", 5, 0, ""),
        ("ROW02", 3, 8, "two"),
    ]
    with pytest.raises(asking.UploadRefused):
        asking.proceed(upload_id, False, "Mei")
    asking.proceed(upload_id, True, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert list(stored(channel.id)) == ["A-1"]


def test_a_totals_row_and_a_note_below_it_are_told_and_not_read(shop: World):
    channel = own_channel(shop)
    rows = [line("A-1"), ["Total", *[""] * 11, "30.00"], ["Printed by Mei"]]
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, *rows]))
    assert [(each.code, each.row) for each in troubles_of(upload_id)] == [("W04", 3), ("W04", 4)]
    assert upload_of(upload_id).order_count == 1


@pytest.mark.parametrize("make", [as_csv, as_xlsx, as_ods])
def test_a_row_without_a_number_below_an_order_takes_that_order_out(shop: World, make):
    channel = own_channel(shop)
    rows = [line("A-1"), line("A-2"), line(""), line("A-3")]
    upload_id = hand_in(shop, channel.id, make([HEADER, *rows]), f"orders.{make.__name__[3:]}")
    upload = upload_of(upload_id)
    assert (upload.order_count, upload.bad_orders, upload.errors) == (2, 1, 1)
    assert "Row 4," in said(upload_id) and "order A-2 above, from row 3, so that order stays out" in said(upload_id)
    asking.proceed(upload_id, True, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert list(stored(channel.id)) == ["A-1", "A-3"]


def test_an_order_number_that_lost_digits_is_never_an_order(shop: World):
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_xlsx([HEADER, line(576460000000000123), line("A-1")]), "orders.xlsx")
    assert [each.code for each in troubles_of(upload_id)] == ["ROW06"] and upload_of(upload_id).order_count == 1


# --- days and their zone ------------------------------------------------------------------------------------------


def test_a_day_in_the_future_or_long_ago_keeps_its_order_out(shop: World):
    tomorrow = shop.clock.now() + dt.timedelta(hours=20)
    later = f"{shop.clock.now() + dt.timedelta(days=3):%Y-%m-%d}"
    rows = [
        line("A-1", order_date=later),
        line("A-2", order_date="1926-01-05"),
        line("A-3", order_date=f"{tomorrow:%Y-%m-%dT%H:%M:%SZ}"),
    ]
    upload_id = hand_in(shop, own_channel(shop).id, as_csv([HEADER, *rows]))
    assert [(each.code, each.row) for each in troubles_of(upload_id)] == [("ROW12", 2), ("ROW12", 3)]
    assert upload_of(upload_id).order_count == 1


@pytest.mark.parametrize(
    ("answer", "day"),
    [
        ({"year_first": True}, dt.date(2026, 1, 5)),
        ({"year_first": False, "day_first": True}, dt.date(2005, 1, 26)),
    ],
)
def test_which_part_of_26_01_05_is_the_year_is_asked(shop: World, answer: dict[str, object], day: dt.date):
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, line("A-1", order_date="26-01-05")]))
    assert upload_of(upload_id).state is UploadState.MAPPING
    answered(shop, upload_id, **answer)
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    ordered = stored(channel.id)["A-1"].dates.ordered
    assert ordered and (ordered + dt.timedelta(hours=8)).date() == day


def test_dates_of_which_some_are_text_are_told(shop: World):
    rows = [line("A-1", order_date=dt.datetime(2026, 4, 3)), line("A-2", order_date="13/04/2026")]
    upload_id = hand_in(shop, own_channel(shop).id, as_xlsx([HEADER, *rows]), "orders.xlsx")
    assert [each.code for each in troubles_of(upload_id)] == ["W07"]
    assert 'Column "order_date": some dates are text' in said(upload_id)


def test_the_zone_of_dates_is_asked_once_where_no_profile_of_the_channel_tells_it(shop: World):
    channel = own_channel(shop, is_taken=False)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, line("A-1")]))
    upload = upload_of(upload_id)
    assert upload.state is UploadState.MAPPING and "in which time zone" in str(upload.trouble)
    answered(shop, upload_id, zone="Europe/Paris")
    assert upload_of(upload_id).state is UploadState.CHECKED
    bring_in(shop, channel.id, as_csv([HEADER, line("A-2")]))
    ordered = stored(channel.id)["A-2"].dates.ordered
    assert ordered and ordered.astimezone(dt.UTC).hour == 10, "11:12 in Paris, as for the file before"


# --- how amounts are written --------------------------------------------------------------------------------------


def answered(world: World, upload_id: int, **said: object) -> None:
    """A person looks at the mapping, says something of it, and the file is read."""
    plan = plans.plan_of(upload_of(upload_id))
    for name, value in said.items():
        setattr(plan, name, value)
    asking.choose(upload_id, plan, world.clock.now())
    world.read(RunKind.FILE, upload_id)


@pytest.mark.parametrize(("decimal_comma", "total"), [(True, "2500"), (False, "2.50")])
def test_what_1_250_is_in_a_file_that_shows_it_nowhere_is_asked_and_read_as_a_person_says(
    shop: World, decimal_comma: bool, total: str
):
    channel = own_channel(shop)
    upload_id = hand_in(shop, channel.id, as_csv([HEADER, line("A-1", unit_price="1.250", total="2.500")]))
    upload = upload_of(upload_id)
    assert upload.state is UploadState.MAPPING and plans.look_of(upload).asks_decimal_comma
    answered(shop, upload_id, decimal_comma=decimal_comma)
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert stored(channel.id)["A-1"].total == Decimal(total) and troubles_of(upload_id) == []


@pytest.mark.parametrize(
    ("quantity", "price", "total", "amount"),
    [("0.125", "1,250", "156.25", "156.25"), ("0,125", "1.250", "156,25", "156.25"), ("1.250", "8", "10.00", "10")],
)
def test_one_amount_of_a_file_shows_how_all_are_written(
    shop: World, quantity: str, price: str, total: str, amount: str
):
    channel = own_channel(shop)
    bring_in(shop, channel.id, as_csv([HEADER, line("A-1", total, quantity=quantity, unit_price=price)]))
    order = stored(channel.id)["A-1"]
    assert order.total == order.lines[0].amount == Decimal(amount)


def test_an_order_that_is_read_otherwise_by_a_later_file_is_changed(shop: World):
    channel = own_channel(shop)
    same = line("A-1", unit_price="1.250", total="2.500")
    bring_in(shop, channel.id, as_csv([HEADER, same, line("A-2", total="30.00")]))
    done = bring_in(shop, channel.id, as_csv([HEADER, same, line("A-3", total="30,00")]))
    assert (done.new_orders, done.changed_orders) == (1, 1) and stored(channel.id)["A-1"].total == 2500


# --- channels -----------------------------------------------------------------------------------------------------


def test_orders_of_other_channels_in_the_file_are_left_out(shop: World):
    channel = own_channel(shop)
    header = [*HEADER, "marketplace"]
    rows = [[*line("A-1"), "Web"], [*line("S-1"), "Shopee"], [*line("A-2"), "web"]]
    done = bring_in(shop, channel.id, as_csv([header, *rows]))
    assert done.new_orders == 2 and list(stored(channel.id)) == ["A-1", "A-2"]
    assert said(done.id) == "1 orders of other channels are left out."


def test_which_channel_is_meant_is_asked_where_no_word_says_it(shop: World):
    channel = own_channel(shop)
    rows = [[*line("A-1"), "Kedai Satu"], [*line("S-1"), "Kedai Dua"]]
    upload_id = hand_in(shop, channel.id, as_csv([[*HEADER, "marketplace"], *rows]))
    upload = upload_of(upload_id)
    assert upload.state is UploadState.MAPPING and plans.look_of(upload).words == ["Kedai Dua", "Kedai Satu"]
    plan = plans.plan_of(upload)
    plan.words = ["Kedai Satu"]
    asking.choose(upload_id, plan, shop.clock.now())
    shop.read(RunKind.FILE, upload_id)
    assert upload_of(upload_id).order_count == 1


def test_an_upload_into_a_channel_of_sitegiant_never_doubles_what_the_api_tells(shop: World):
    [order_id, other] = shop.sell("100", "101")
    shop.pull()
    channel = db.session.query(StoredOrder).filter_by(external_id=order_id).one().channel
    end_reading()
    before = stored(channel.id)[order_id]
    rows = [line(order_id, total="999.00"), line("SG-NEW", order_date=f"{shop.clock.now():%Y-%m-%d}")]
    done = bring_in(shop, channel.id, as_csv([HEADER, *rows]))
    assert (done.new_orders, done.changed_orders, done.same_orders) == (1, 0, 1)
    assert stored(channel.id)[order_id] == before, "what the store itself told is truer than a file"
    assert stored(channel.id)["SG-NEW"].shop_id == "SG-77" and other in stored(channel.id)


def test_an_order_that_was_uploaded_first_is_the_same_one_when_the_api_tells_it(shop: World):
    channel_id = next(each.id for each in profiles.channels_of(shop.profile_id) if each.external_id == "11")
    end_reading()
    bring_in(shop, channel_id, as_csv([HEADER, line("100", order_date=f"{shop.clock.now():%Y-%m-%d}")]))
    [order_id] = shop.sell("100")
    assert order_id == "100"
    shop.pull()
    assert list(stored(channel_id)) == ["100"]


def test_an_order_by_another_id_than_its_stores_own_is_refused(shop: World):
    [order_id] = shop.sell("100")
    shop.pull()
    row = db.session.query(StoredOrder).filter_by(external_id=order_id).one()
    channel_id = row.channel_id
    end_reading()
    with writing() as session:
        session.query(StoredOrder).filter_by(external_id=order_id).update({"number": "#1001"})
    upload_id = hand_in(shop, channel_id, as_csv([HEADER, line("#1001")]))
    assert [each.code for each in troubles_of(upload_id)] == ["ROW14"] and upload_of(upload_id).order_count == 0


def test_an_order_that_stands_in_another_channel_of_its_store_is_refused(shop: World):
    [order_id] = shop.sell("100")
    shop.pull()
    other = next(each.id for each in profiles.channels_of(shop.profile_id) if each.external_id != "11")
    end_reading()
    upload_id = hand_in(shop, other, as_csv([HEADER, line(order_id), line("SG-NEW")]))
    assert [each.code for each in troubles_of(upload_id)] == ["ROW14"] and "is here already, in the channel" in said(
        upload_id
    )
    asking.proceed(upload_id, True, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert list(stored(other)) == ["SG-NEW"]


def test_an_order_that_its_store_told_between_check_and_proceed_is_there_once(shop: World):
    there, other = (
        next(each.id for each in profiles.channels_of(shop.profile_id) if (each.external_id == "11") is is_there)
        for is_there in (True, False)
    )
    end_reading()
    upload_id = hand_in(shop, other, as_csv([HEADER, line("100"), line("SG-NEW")]))
    shop.sell("100")
    shop.pull()
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert list(stored(there)) == ["100"] and list(stored(other)) == ["SG-NEW"]


SHOPIFY = ["Name", "Email", "Financial Status", "Created at", "Total", "Lineitem quantity", "Lineitem name"]


def shopify_channel(world: World) -> StoreChannel:
    """A channel of a shop that is read by its API too."""
    store = connections.connect_store("shopify", "Shop", world.practice.line["shopify"], world.tools, 2000)
    [channel] = pulling.pull_channels(store.id, world.tools)
    take(world, channel)
    return channel


def test_an_export_of_shopify_is_read_by_the_id_that_its_first_rows_tell(shop: World):
    channel = shopify_channel(shop)
    rows = [
        ["#1001", "a@b.c", "paid", "2026-01-05", "35.00", "2", "Mug", "15.00", "5551", "MUG-01"],
        ["#1001", "a@b.c", "", "", "", "1", "Tea", "5.00", "", "TEA"],
        ["#1002", "a@b.c", "paid", "2026-01-06", "15.00", "1", "Mug", "15.00", "5552", "MUG-01"],
    ]
    upload_id = hand_in(shop, channel.id, as_csv([[*SHOPIFY, "Lineitem price", "Id", "Lineitem sku"], *rows]))
    plan = plans.plan_of(upload_of(upload_id))
    assert (plan.columns["order_id"], plan.columns["number"]) == (8, 0)
    answered(shop, upload_id)
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    found = stored(channel.id)
    assert {own: (order.number, len(order.lines), order.total) for own, order in found.items()} == {
        "5551": ("#1001", 2, 35),
        "5552": ("#1002", 1, 15),
    }


def test_an_id_of_another_form_than_its_stores_is_refused(shop: World):
    upload_id = hand_in(shop, shopify_channel(shop).id, as_csv([HEADER, line("#1001"), line("5551")]))
    assert [(each.code, each.row) for each in troubles_of(upload_id)] == [("ROW14", 2)]
    assert "#1001 is no id that Shopify gives an order" in said(upload_id) and upload_of(upload_id).order_count == 1


def test_a_store_of_files_is_never_asked(shop: World):
    channel = own_channel(shop)
    with writing() as session:
        session.query(Run).delete()
    shop.clock.pass_by(10 * 86400)
    ask_for_what_is_old(shop.tools)
    asked = {(run.kind, run.target_id) for run in db.session.query(Run)}
    end_reading()
    assert (RunKind.ORDERS, channel.id) not in asked and any(kind is RunKind.ORDERS for kind, _ in asked)
    profile = db.session.get_one(Profile, shop.profile_id)
    wanted = glance.readings(profile, glance.channels_by_profile([profile.id])[profile.id])
    end_reading()
    assert (RunKind.ORDERS, channel.id) not in wanted and (RunKind.ITEMS, channel.store_id) not in wanted
    for kind, target in ((RunKind.ORDERS, channel.id), (RunKind.ITEMS, channel.store_id)):
        shop.read(kind, target)
    assert all(run.state is RunState.DONE for run in db.session.query(Run).filter(Run.ended_at.is_not(None)))
    end_reading()


# --- remembered ---------------------------------------------------------------------------------------------------


def test_a_mapping_is_remembered_for_its_headers_though_a_column_is_added(shop: World):
    channel = own_channel(shop, is_taken=False)
    header = ["Ref", "When", "What", "How many", "Each"]
    upload_id = hand_in(shop, channel.id, as_csv([header, ["A-1", "2026-01-05", "Mug", 2, "15.00"]]))
    plan = plans.plan_of(upload_of(upload_id))
    plan.columns = {"order_id": 0, "ordered": 1, "product_name": 2, "quantity": 3, "unit_price": 4}
    plan.zone = "Europe/Paris"
    asking.choose(upload_id, plan, shop.clock.now())
    shop.read(RunKind.FILE, upload_id)
    assert upload_of(upload_id).state is UploadState.CHECKED
    rows = [["Each", "New", *header[:4]], ["15.00", "x", "A-2", "2026-01-05", "Mug", 2]]
    done = bring_in(shop, channel.id, as_csv(rows))
    order = stored(channel.id)["A-2"]
    assert done.new_orders == 1 and order.total == Decimal(30)
    assert order.dates.ordered == dt.datetime(2026, 1, 4, 23, tzinfo=dt.UTC), "in the zone that was chosen"


SMALL = ["order_id", "order_date", "isku", "quantity", "unit_price", "total"]


def chosen(world: World, channel_id: int, rows: list[list[object]], **other: object) -> int:
    """A file handed in whose guess a person takes, changed by `other`; the upload's id."""
    upload_id = hand_in(world, channel_id, as_csv(rows))
    plan = plans.plan_of(upload_of(upload_id))
    for name, value in other.items():
        setattr(plan, name, value)
    asking.choose(upload_id, plan, world.clock.now())
    world.read(RunKind.FILE, upload_id)
    return upload_id


def test_a_small_mapping_of_the_past_never_hides_the_columns_of_a_layout_that_is_known(shop: World):
    channel = own_channel(shop)
    small = chosen(shop, channel.id, [SMALL, ["A-1", DAY, "MUG-01", 2, 15, 30]])
    assert upload_of(small).state is UploadState.CHECKED
    bring_in(
        shop, channel.id, as_csv([HEADER, line("A-2", total="36.50", shipping_fee="6.50", order_status="Cancelled")])
    )
    order = stored(channel.id)["A-2"]
    assert (order.status, [each.amount for each in order.charges]) == ("cancelled", [Decimal("6.50")])


def test_a_mapping_made_for_fewer_columns_is_shown_as_a_guess_where_one_that_is_known_is_new(shop: World):
    channel = own_channel(shop)
    chosen(shop, channel.id, [SMALL, ["A-1", DAY, "MUG-01", 2, 15, 30]])
    more = hand_in(
        shop, channel.id, as_csv([[*SMALL, "Postage", "Status"], ["A-2", DAY, "MUG-01", 2, 15, 34, 4, "Void"]])
    )
    upload = upload_of(more)
    plan = plans.plan_of(upload)
    assert upload.state is UploadState.MAPPING and (plan.columns["shipping_fee"], plan.columns["status"]) == (6, 7)
    assert plan.why["order_id"] == "remembered" and plan.why["status"] == "name"
    assert upload.trouble and "guessed" in str(upload.trouble["template"])


def test_the_words_of_one_channel_are_never_those_of_the_next(shop: World):
    rows: list[list[object]] = [[*HEADER, "marketplace"], [*line("S-1"), "Satu"], [*line("D-1"), "Dua"]]
    first, second = own_channel(shop), own_channel(shop, "Second")
    chosen(shop, first.id, rows, words=["Satu"])
    other = hand_in(shop, second.id, as_csv([*rows, [*line("D-2"), "Dua"]]))
    assert upload_of(other).state is UploadState.MAPPING
    plan = plans.plan_of(upload_of(other))
    assert plan.words is None
    plan.words = ["Dua"]
    asking.choose(other, plan, shop.clock.now())
    shop.read(RunKind.FILE, other)
    asking.proceed(other, False, "Mei")
    shop.read(RunKind.APPLY, other)
    assert list(stored(second.id)) == ["D-1", "D-2"]


def test_a_word_that_may_mean_the_channel_is_asked_about_though_another_one_does(shop: World):
    channel = own_channel(shop)
    rows = [[*line("A-1"), "Web"], [*line("A-2"), "Kedai Dua"]]
    upload_id = hand_in(shop, channel.id, as_csv([[*HEADER, "marketplace"], *rows]))
    upload = upload_of(upload_id)
    assert upload.state is UploadState.MAPPING and plans.look_of(upload).words == ["Kedai Dua", "Web"]
    assert plans.plan_of(upload).words == ["Web"], "it is ticked already"


def test_a_marketplace_in_which_the_store_has_two_channels_is_asked_about_and_never_taken_by_both(shop: World):
    store = own_channel(shop).store_id
    east, west = (stores.make_channel(store, name, "shopee", "MYR") for name in ("East", "West"))
    rows = [[*HEADER, "marketplace"], [*line("A-1"), "Shopee"], [*line("A-2"), "East"]]
    for channel in (east, west):
        assert upload_of(hand_in(shop, channel.id, as_csv(rows))).state is UploadState.MAPPING
    alone = hand_in(shop, west.id, as_csv([rows[0], [*line("A-1"), "Shopee"]]))
    assert upload_of(alone).state is UploadState.MAPPING
    web = hand_in(shop, own_channel(shop, "Shop").id, as_csv([rows[0], [*line("A-3"), "Shop"], rows[1], rows[2]]))
    assert (upload_of(web).state, upload_of(web).order_count) == (UploadState.CHECKED, 1)


def test_another_column_for_the_channel_is_asked_about_anew(shop: World):
    channel = own_channel(shop)
    rows = [[*HEADER, "marketplace", "Shop"], [*line("A-1"), "Satu", "East"], [*line("A-2"), "Dua", "West"]]
    upload_id = chosen(shop, channel.id, rows, words=["Satu"])
    plan = plans.plan_of(upload_of(upload_id))
    plan.columns["channel"] = len(HEADER) + 1
    asking.choose(upload_id, plan, shop.clock.now())
    shop.read(RunKind.FILE, upload_id)
    assert upload_of(upload_id).state is UploadState.MAPPING
    assert plans.look_of(upload_of(upload_id)).words == ["East", "West"]


def test_a_column_of_very_many_words_is_no_column_of_channels(shop: World):
    channel = own_channel(shop)
    rows = [[*line(f"A-{number}"), f"Buyer {number}"] for number in range(60)]
    upload = upload_of(hand_in(shop, channel.id, as_csv([[*HEADER, "marketplace"], *rows])))
    assert upload.state is UploadState.MAPPING and "more than {most}" in str((upload.trouble or {})["template"])


def test_the_days_of_a_file_are_in_the_zone_of_the_profile_that_takes_its_channel(shop: World):
    channel = own_channel(shop)
    first = chosen(shop, channel.id, [SMALL, ["A-1", DAY, "MUG-01", 2, 15, 30]], zone="Europe/Paris")
    assert plans.plan_of(upload_of(first)).zone == "Europe/Paris"
    second = hand_in(shop, channel.id, as_csv([SMALL, ["A-2", DAY, "MUG-01", 2, 15, 30]]))
    assert plans.plan_of(upload_of(second)).zone == "Asia/Kuala_Lumpur"


# --- sheets -------------------------------------------------------------------------------------------------------


def workbook_of(*sheets: tuple[str, list[list[object]]]) -> bytes:
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets:
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    return saved(book)


def test_another_sheet_of_orders_is_an_error_that_says_how_to_read_it_and_then_it_is_read(shop: World):
    channel = own_channel(shop)
    notes: list[list[object]] = [["Order ID", "Note"], ["A-1", "call"]]
    sheets = ("Jan", [HEADER, line("A-1")]), ("Notes", notes), ("Feb", [HEADER, line("A-2")]), ("Mar", [HEADER])
    upload_id = hand_in(shop, channel.id, workbook_of(*sheets), "orders.xlsx")
    assert [each.code for each in troubles_of(upload_id)] == ["FILE10"]
    assert 'The sheet "Feb" holds orders, too' in said(upload_id)
    with pytest.raises(asking.UploadRefused):
        asking.proceed(upload_id, False, "Mei")
    asking.proceed(upload_id, True, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    asking.map_again(upload_id)
    asking.look_again(upload_id, "Feb", 0)
    shop.read(RunKind.FILE, upload_id)
    assert troubles_of(upload_id) == [] and upload_of(upload_id).state is UploadState.CHECKED
    asking.proceed(upload_id, False, "Mei")
    shop.read(RunKind.APPLY, upload_id)
    assert list(stored(channel.id)) == ["A-1", "A-2"] and upload_of(upload_id).new_orders == 1


def test_another_sheet_with_the_headers_that_were_chosen_by_hand_holds_orders(shop: World):
    channel = own_channel(shop)
    names = ["Ref", "When", "What", "Pieces", "Each"]
    rows = [names, ["A-1", "2026-01-05", "Mug", 2, 15]]
    upload_id = hand_in(shop, channel.id, workbook_of(("Jan", rows), ("Feb", rows)), "orders.xlsx")
    plan = plans.plan_of(upload_of(upload_id))
    fields = ("order_id", "ordered", "product_name", "quantity", "unit_price")
    plan.columns = {field: place for place, field in enumerate(fields)}
    asking.choose(upload_id, plan, shop.clock.now())
    shop.read(RunKind.FILE, upload_id)
    assert [each.code for each in troubles_of(upload_id)] == ["FILE10"]


def test_orders_above_a_header_that_is_repeated_are_read(shop: World):
    channel = own_channel(shop)
    rows = [HEADER, line("A-1"), line("A-2"), HEADER, line("A-3")]
    done = bring_in(shop, channel.id, as_xlsx(rows), "orders.xlsx")
    assert list(stored(channel.id)) == ["A-1", "A-2", "A-3"] and "repeat the names" in said(done.id)


def test_what_is_said_of_the_whole_file_is_never_lost_among_thousands_of_errors(
    shop: World, monkeypatch: pytest.MonkeyPatch
):
    for module in (grouping, staging):
        monkeypatch.setattr(module, "MOST_TOLD", 5)
    blank = [line("") for _ in range(20)]
    content = workbook_of(("Jan", [HEADER, *blank, line("A-1")]), ("Feb", [HEADER, line("A-2")]))
    upload_id = hand_in(shop, own_channel(shop).id, content, "orders.xlsx")
    codes = [each.code for each in troubles_of(upload_id)]
    assert codes == ["FILE10", *["ROW01"] * 4] and upload_of(upload_id).errors == 21
