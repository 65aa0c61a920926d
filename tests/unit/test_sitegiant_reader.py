"""Orders, items, channels and windows of SiteGiant, without a server."""

import datetime as dt
import itertools
import json
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.errors import LoginRefused, OutcomeUnknown, Refused
from adapters.http import Reply
from adapters.stores.figures import Unreadable
from adapters.stores.sitegiant import SiteGiant, contract, is_last, windows
from adapters.stores.sitegiant.reader import read_item, read_order
from adapters.stores.sitegiant.times import read_time
from adapters.stores.sitegiant.windows import Walk
from documents import BundlePart, Buyer, Channel, Charge, ChargeKind, Order, Payer, StoreItem, Tax

D = Decimal
SHOPEE = Channel("11", "Demo Shopee MY", "shopee", "MYR")
TIKTOK = Channel("13", "Demo TikTok", "tiktok", "MYR")
KL = dt.timezone(dt.timedelta(hours=8))

EXAMPLE: dict[str, Any] = json.loads("""
{"order_id":"SG-100231","marketplace_order_id":"260105ABCD1234","channel_id":11,"channel_type":"Shopee",
 "order_status":"Ready To Ship","payment_status":"Paid","currency":"MYR","is_sample":false,
 "created_at":"2026-01-05 11:12:44","paid_at":"2026-01-05 11:15:02","shipped_at":null,"completed_at":null,
 "customer":{"name":"mei_t***","email":"","phone":"*****12","billing_company":""},
 "products":[
  {"line_id":1,"isku":"MUG-01","sku":"SHP-MUG-01","name":"Mug","variation":"Blue","quantity":2,"price":"15.00",
   "discount":"0.00","tax":"0.00","subtotal":"30.00","serial_numbers":[],"is_bundle":false},
  {"line_id":2,"isku":"GIFTSET","sku":"SHP-GIFT","name":"Gift set","quantity":1,"price":"50.00","discount":"5.00",
   "tax":"0.00","subtotal":"45.00","is_bundle":true,
   "bundle_items":[{"isku":"MUG-01","quantity":1},{"isku":"TEA-10","quantity":2}]}],
 "product_total":"75.00","shipping_fee":"6.50","shipping_discount":"0.00","seller_discount":"0.00",
 "platform_discount":"2.00","tax_total":"0.00","total":"79.50","invoice_no":"","remark":""}
""")


def read(channel: Channel = SHOPEE, **changes: Any) -> Order:
    return read_order(EXAMPLE | changes, "SG-77", channel)


def line(**changes: Any) -> Any:
    base = {"isku": "MUG-01", "sku": "SHP", "name": "Mug", "quantity": 2, "price": "15.00", "subtotal": "30.00"}
    raw = {key: value for key, value in (base | changes).items() if value is not ...}
    return read(products=[raw]).lines[0]


def test_the_example_of_the_reference_in_our_words():
    order = read()
    assert (order.store, order.shop_id, order.order_id, order.number) == (
        "sitegiant",
        "SG-77",
        "SG-100231",
        "SG-100231",
    )
    assert (order.marketplace_number, order.currency, order.total) == ("260105ABCD1234", "MYR", D("79.50"))
    assert (order.status, order.payment_status, order.is_sample) == ("ready_to_ship", "paid", False)
    assert order.dates.ordered == dt.datetime(2026, 1, 5, 11, 12, 44, tzinfo=KL)
    assert order.dates.paid == dt.datetime(2026, 1, 5, 11, 15, 2, tzinfo=KL)
    assert (order.dates.shipped, order.dates.completed) == (None, None)
    assert order.customer == Buyer(name="mei_t***", masked=True)
    assert order.charges == (
        Charge(ChargeKind.SHIPPING, D("6.50")),
        Charge(ChargeKind.PLATFORM_DISCOUNT, D("-2.00"), paid_by=Payer.BUYER),
    )
    mug, gift = order.lines
    assert (mug.id, mug.sku, mug.item_id, mug.name) == ("1", "SHP-MUG-01", "MUG-01", "Mug - Blue")
    assert (mug.quantity, mug.price, mug.discount, mug.amount) == (2, D("15.00"), D("0.00"), D("30.00"))
    assert (mug.tax_amount, mug.tax, mug.bundle) == (D("0.00"), None, ())
    assert (gift.discount, gift.amount) == (D("5.00"), D("45.00"))
    assert gift.bundle == (
        BundlePart("MUG-01", "MUG-01", "MUG-01", D(1)),
        BundlePart("TEA-10", "TEA-10", "TEA-10", D(2)),
    )
    assert sum(each.amount for each in (*order.lines, *order.charges)) + order.tax_total == order.total


STATUSES = [
    ("Pending Process", "pending"),
    ("PENDING_PROCESS", "pending"),
    ("Paid", "pending"),
    ("Unpaid", "unpaid"),
    ("Processing", "processing"),
    ("Processed", "processing"),
    ("Ready To Ship", "ready_to_ship"),
    ("ready_to_ship", "ready_to_ship"),
    ("Shipped", "shipped"),
    ("Partially Shipped", "partially_shipped"),
    ("Completed", "completed"),
    ("Returned", "returned"),
    ("Cancelled", "cancelled"),
    ("Cancelled by Buyer", "cancelled"),
    ("Refunded", "refunded"),
    ("Failed", "failed"),
    ("On Hold", "on_hold"),
    ("Lost in Space", "Lost in Space"),
    ("", "unknown"),
    (None, "unknown"),
]


@pytest.mark.parametrize(("told", "ours"), STATUSES)
def test_a_status_is_folded_and_an_unknown_one_stays_as_the_store_wrote_it(told: Any, ours: str):
    assert read(order_status=told).status == ours


@pytest.mark.parametrize(
    ("payment", "status", "ours"),
    [
        ("Paid", "Shipped", "paid"),
        ("UNPAID", "Shipped", "unpaid"),
        ("Partially Paid", "Shipped", "partially_paid"),
        ("Refunded", "Returned", "refunded"),
        (None, "Paid", "paid"),
        ("", "Unpaid", "unpaid"),
        (None, "Shipped", "unknown"),
        ("Escrow", "Shipped", "Escrow"),
    ],
)
def test_a_payment_status(payment: Any, status: str, ours: str):
    assert read(payment_status=payment, order_status=status).payment_status == ours


TIMES = [
    ("2026-01-05 11:12:44", dt.datetime(2026, 1, 5, 11, 12, 44, tzinfo=KL)),
    ("2026-01-05", dt.datetime(2026, 1, 5, tzinfo=KL)),
    ("2026/01/05 11:12", dt.datetime(2026, 1, 5, 11, 12, tzinfo=KL)),
    ("2026/1/5 9:05:06", dt.datetime(2026, 1, 5, 9, 5, 6, tzinfo=KL)),
    ("2026/1/5", dt.datetime(2026, 1, 5, tzinfo=KL)),
    ("2026-01-05T11:12:44Z", dt.datetime(2026, 1, 5, 11, 12, 44, tzinfo=dt.UTC)),
    ("2026-01-05T11:12:44+08:00", dt.datetime(2026, 1, 5, 11, 12, 44, tzinfo=KL)),
    ("2026-01-05 11:12:44.123456", dt.datetime(2026, 1, 5, 11, 12, 44, 123456, tzinfo=KL)),
    ("1767582764", dt.datetime(2026, 1, 5, 3, 12, 44, tzinfo=dt.UTC)),
    ("1767582764000", dt.datetime(2026, 1, 5, 3, 12, 44, tzinfo=dt.UTC)),
]


@pytest.mark.parametrize(("told", "instant"), TIMES)
def test_a_time_in_any_of_its_forms_is_an_aware_instant(told: str, instant: dt.datetime):
    assert read_time(told) == instant
    assert read(created_at=told).dates.ordered == instant


@given(st.datetimes(dt.datetime(2000, 1, 1), dt.datetime(2100, 1, 1)))
def test_every_store_time_is_read_as_utc_plus_8(naive: dt.datetime):
    assert read_time(naive.strftime("%Y-%m-%d %H:%M:%S")) == naive.replace(microsecond=0, tzinfo=KL)


@pytest.mark.parametrize("nothing", [None, "", 0, "0", "0000-00-00 00:00:00", "0000-00-00"])
def test_a_time_that_has_not_come_is_none(nothing: Any):
    assert read(shipped_at=nothing).dates.shipped is None


@pytest.mark.parametrize("name", ["order_time", "created_at", "order_date", "create_time", "paid_time"])
def test_the_day_of_the_order_has_several_names(name: str):
    assert read(**({"created_at": None} | {name: 1767582764})).dates.ordered == dt.datetime(
        2026, 1, 5, 11, 12, 44, tzinfo=KL
    )


@pytest.mark.parametrize("name", ["products", "items", "item_list", "line_items"])
def test_lines_have_several_names(name: str):
    order = read(**({"products": None} | {name: EXAMPLE["products"]}))
    assert len(order.lines) == 2


@pytest.mark.parametrize(
    ("changes", "field", "value"),
    [
        ({"name": ..., "product_name": "Cup"}, "name", "Cup"),
        ({"name": ..., "title": "Cup"}, "name", "Cup"),
        ({"name": ...}, "name", "SHP"),
        ({"name": ..., "sku": ..., "isku": ...}, "name", ""),
        ({"sku": ..., "product_sku": "P"}, "sku", "P"),
        ({"sku": ...}, "sku", "MUG-01"),
        ({"sku": ..., "isku": ..., "variant_sku": "V"}, "sku", "V"),
        ({"sku": ..., "isku": ...}, "sku", None),
        ({"isku": ...}, "item_id", None),
        ({"isku": ""}, "item_id", None),
        ({"quantity": ..., "quantity_purchased": "2"}, "quantity", D(2)),
        ({"quantity": ..., "qty": D("2.5"), "subtotal": ...}, "amount", D("37.50")),
        ({"price": "1,250.00", "subtotal": "2,500.00"}, "amount", D("2500.00")),
        ({"line_id": 9}, "id", "9"),
        ({}, "id", "1"),
        ({"subtotal": ..., "discount": "4.00"}, "amount", D("26.00")),
        ({"subtotal": "28.00", "discount": "2.00"}, "discount", D("2.00")),
        ({"subtotal": "26.00", "discount": "2.00"}, "discount", D("4.00")),  # told per piece
        ({"quantity": -1, "subtotal": "-15.00"}, "amount", D("-15.00")),
        ({"tax": ...}, "tax_amount", None),
        ({"tax": None}, "tax_amount", None),
        ({"tax": "0.00"}, "tax_amount", D("0.00")),
        ({"tax": "1.80"}, "tax", None),
        ({"tax": "0.00"}, "tax", None),
        ({"tax": "1.80", "tax_name": "SST"}, "tax", None),
        ({"tax": "0.00", "tax_name": "Zero", "tax_id": 909}, "tax", Tax("909", "Zero", D(0))),
        ({"tax": "1.80", "tax_id": "901", "tax_name": "SST", "tax_rate": "6"}, "tax", Tax("901", "SST", D(6))),
        ({"serial_numbers": ["A1", " A2 ", ""]}, "serials", ("A1", "A2")),
        ({"serial_numbers": "A1, A2;A3"}, "serials", ("A1", "A2", "A3")),
        ({"serial_numbers": None}, "serials", ()),
        ({"bundle_items": [{"isku": "X", "quantity": 1}], "is_bundle": False}, "bundle", ()),
        ({"bundle_items": None, "is_bundle": True}, "bundle", ()),
    ],
)
def test_a_line(changes: dict[str, Any], field: str, value: Any):
    assert getattr(line(**changes), field) == value


@pytest.mark.parametrize(
    ("customer", "buyer"),
    [
        ({"name": "Tan Mei", "email": "mei@example.com"}, Buyer("Tan Mei", "mei@example.com")),
        ({"name": "Tan Mei", "email": "m***@example.com"}, Buyer("Tan Mei")),
        ({"name": "T***", "email": ""}, Buyer("T***", masked=True)),
        ({"name": "", "email": "", "phone": "***12"}, Buyer(masked=True)),
        ({"name": "Tan Mei", "billing_company": "Mei Sdn Bhd"}, Buyer("Tan Mei", company="Mei Sdn Bhd")),
        ({}, Buyer()),
        (None, Buyer()),
    ],
)
def test_a_buyer_whom_the_marketplace_hides_is_masked(customer: Any, buyer: Buyer):
    assert read(customer=customer).customer == buyer


def test_charges_have_their_sign_and_a_charge_of_nothing_is_none():
    order = read(
        shipping_fee="6.50",
        shipping_discount="-1.00",
        seller_discount="3.00",
        seller_discount_tax="0.18",
        platform_discount="",
    )
    assert order.charges == (
        Charge(ChargeKind.SHIPPING, D("6.50")),
        Charge(ChargeKind.SHIPPING_DISCOUNT, D("-1.00")),
        Charge(ChargeKind.SELLER_DISCOUNT, D("-3.00"), tax_amount=D("-0.18")),
    )


def test_the_tax_of_the_order_is_the_stores_own_or_else_that_of_its_lines():
    products = [EXAMPLE["products"][0] | {"tax": "1.80"}, EXAMPLE["products"][1] | {"tax": "2.70"}]
    assert read(products=products, tax_total="4.49").tax_total == D("4.49")
    assert read(products=products, tax_total=None).tax_total == D("4.50")


@pytest.mark.feature("S15")
@pytest.mark.parametrize(
    ("channel", "is_sample", "total", "ours"),
    [
        (TIKTOK, True, "10.00", True),
        (TIKTOK, False, "0.00", True),
        (TIKTOK, False, "9.00", False),
        (SHOPEE, False, "0.00", False),
    ],
)
def test_a_tiktok_sample_is_marked_or_costs_nothing(channel: Channel, is_sample: bool, total: str, ours: bool):
    assert read(channel, is_sample=is_sample, total=total).is_sample is ours


def test_an_order_without_lines_is_an_order():
    assert read(products=[]).lines == ()


def test_prices_may_hold_their_tax():
    assert read().prices_include_tax is False
    assert read(prices_include_tax=True).prices_include_tax is True


def test_ids_of_18_digits_stay_exact():
    assert read(order_id=260105123456789012).order_id == "260105123456789012"


def test_the_currency_is_the_orders_or_else_the_channels_and_never_guessed():
    assert read(currency="sgd").currency == "SGD"
    assert read(currency="").currency == "MYR"
    with pytest.raises(Unreadable):
        read(Channel("1", "x", "shopee"), currency=None)


@pytest.mark.parametrize(
    "changes",
    [
        {"order_id": ""},
        {"order_id": None},
        {"total": None},
        {"total": "free"},
        {"total": "NaN"},
        {"created_at": "yesterday"},
        {"paid_at": "2026-13-45"},
        {"products": ["MUG"]},
        {"products": [{"isku": "MUG", "price": "1.00"}]},
        {"products": [{"isku": "MUG", "quantity": 1}]},
        {"products": [{"isku": "MUG", "quantity": "two", "price": "1.00"}]},
        {"shipping_fee": "n/a"},
        {"shipping_fee": "6,50"},
        {"total": "1_000"},
        {"created_at": "20260105"},
    ],
)
def test_an_order_that_cannot_be_read_says_why_and_guesses_nothing(changes: dict[str, Any]):
    with pytest.raises(Unreadable) as error:
        read(**changes)
    assert str(error.value.message)


def test_items_are_named_by_their_isku():
    raw = {"isku": "MUG-01", "name": "Mug", "variation": "Blue", "price": "15.00"}
    assert read_item(raw) == StoreItem("MUG-01", "MUG-01", "Mug - Blue", D("15.00"))
    assert read_item({"name": "Mug"}) is None


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ("Shopee", "shopee"),
        ("TikTok Shop", "tiktok"),
        ("tiktok_shop", "tiktok"),
        ("Lazada", "lazada"),
        ("OpenApi", "openapi"),
        ("Web Store", "webstore"),
        ("WooCommerce", "woocommerce"),
        ("POS", "pos"),
        ("", "unknown"),
        (None, "unknown"),
    ],
)
def test_the_kind_of_a_channel(told: Any, kind: str):
    assert contract.channel_kind(told) == kind


def test_the_shop_id_is_asked_for_and_says_that_it_must_never_change():
    [shop] = [setting for setting in SiteGiant.connection_settings if setting.name == "shop_id"]
    assert shop.required
    assert "never change" in shop.hint
    assert [setting.name for setting in SiteGiant.connection_settings if setting.secret] == ["access_token"]


# --- the envelope -----------------------------------------------------------------------------------------------


def reply(status: int, body: Any) -> Reply:
    return Reply("SiteGiant", status, {}, body if isinstance(body, bytes) else json.dumps(body).encode())


@pytest.mark.parametrize(
    "answer",
    [
        {"code": 200, "message": "OK", "response": {"order_list": [{"a": 1}], "total": 1}},
        {"code": "200", "data": {"order_list": [{"a": 1}], "total": "1"}},
        {"code": 200, "order_list": [{"a": 1}], "total": 1},
        {"code": 200, "response": {"order_list": [{"a": 1}]}, "total": 1},
    ],
)
def test_a_list_is_found_wherever_it_is(answer: Any):
    assert contract.list_of(contract.body_of(reply(200, answer)), "orders", "order_list") == ([{"a": 1}], 1)


@pytest.mark.parametrize("answer", [[{"a": 1}], {"code": 200, "response": [{"a": 1}]}, {"data": [{"a": 1}]}])
def test_a_bare_list_is_a_list(answer: Any):
    assert contract.list_of(contract.body_of(reply(200, answer)), "orders") == ([{"a": 1}], None)


@pytest.mark.parametrize("answer", [{"code": 200}, {"code": 200, "response": {}}, {"code": 200, "response": None}, {}])
def test_an_answer_without_a_list_is_no_empty_list(answer: Any):
    assert contract.list_of(contract.body_of(reply(200, answer)), "orders") is None


@pytest.mark.parametrize(
    ("status", "body", "kind"),
    [
        (200, {"code": 400, "message": "window too long"}, Refused),
        (200, {"code": "403", "message": "Access denied due to invalid token"}, LoginRefused),
        (403, b"Access denied due to invalid token", LoginRefused),
        (400, {"code": 400, "message": "bad"}, Refused),
        (500, b"oops", OutcomeUnknown),
        (200, b"<html>", OutcomeUnknown),
        (200, b'"text"', OutcomeUnknown),
    ],
)
def test_an_answer_that_is_an_error(status: int, body: Any, kind: type[Exception]):
    with pytest.raises(kind):
        contract.body_of(reply(status, body))


# --- windows ----------------------------------------------------------------------------------------------------


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)


def walk(position: str | None, since: str, today: str) -> Walk:
    return Walk(windows.read(position, day(since)), day(since), day(today))


def all_windows(start: Walk) -> list[tuple[dt.date, dt.date]]:
    found, step = [], start.first
    while step:
        found.append((step.begin, step.end))
        step = start.after(step, 0, is_last=True)
    return found


@given(st.dates(dt.date(2020, 1, 1), dt.date(2026, 1, 1)), st.integers(0, 400))
def test_windows_cover_every_day_once_and_are_never_longer_than_30_days(since: dt.date, length: int):
    today = since + dt.timedelta(days=length)
    found = all_windows(Walk(windows.read(None, since), since, today))
    assert (found[0][0], found[-1][1]) == (since, today)
    assert all((end - begin).days < 30 for begin, end in found)
    assert all(later[0] - earlier[1] == dt.timedelta(days=1) for earlier, later in itertools.pairwise(found))


def test_a_later_pull_reads_the_last_15_days_again():
    done = walk(None, "2026-01-01", "2026-03-01").position(None)
    again = walk(done, "2026-01-01", "2026-03-05")
    assert all_windows(again) == [(day("2026-02-14"), day("2026-03-05"))]


def test_a_clock_that_was_ahead_and_is_put_right_makes_all_be_read_again():
    wrong = walk(None, "2026-01-01", "2027-03-01").position(None)
    assert all_windows(walk(wrong, "2026-01-01", "2026-03-01"))[0][0] == day("2026-01-01")


def test_a_stopped_pull_goes_on_with_its_next_page_of_the_same_window():
    first = walk(None, "2026-01-01", "2026-03-01")
    following = first.after(first.first, 50, is_last=False)
    resumed = walk(first.position(following), "2026-01-01", "2026-03-10")
    assert resumed.first == following == windows.Step(day("2026-01-01"), day("2026-01-30"), 2, 50)
    assert all_windows(resumed)[-1][1] == day("2026-03-10")


def test_a_stopped_pull_that_does_not_know_what_it_saw_begins_its_window_anew():
    kept = '{"since":"2026-01-01","begun":"2026-01-01","window":"2026-01-31","window_end":"2026-03-01","page":3}'
    assert walk(kept, "2026-01-01", "2026-03-10").first == windows.Step(day("2026-01-31"), day("2026-03-01"))


@pytest.mark.parametrize(
    ("rows", "total", "seen", "is_so"),
    [
        (100, None, 100, False),
        (40, None, 140, True),
        (0, None, 0, True),
        (50, 120, 50, False),
        (20, 120, 120, True),
        (100, 100, 100, False),  # the total may be that of the page
        (40, 40, 140, True),
        (0, 120, 120, True),
        (0, 0, 0, True),
    ],
)
def test_the_last_page_is_the_one_with_which_all_that_were_announced_were_seen(
    rows: int, total: int | None, seen: int, is_so: bool
):
    assert is_last("/orders", rows, total, seen) is is_so


def test_a_page_without_any_of_the_rows_that_are_announced_is_no_end():
    with pytest.raises(OutcomeUnknown):
        is_last("/orders", 0, 120, 100)


def test_an_earlier_start_begins_anew_and_a_later_one_reads_nothing_older():
    done = walk(None, "2026-01-10", "2026-03-01").position(None)
    assert walk(done, "2026-01-01", "2026-03-05").first.begin == day("2026-01-01")
    assert walk(done, "2026-02-25", "2026-03-05").first.begin == day("2026-02-25")


@pytest.mark.parametrize("position", ["", "{", "null", '{"since":"never"}', "[]", '{"version":2}'])
def test_a_position_that_cannot_be_read_begins_anew(position: str):
    assert walk(position, "2026-01-01", "2026-01-05").first.begin == day("2026-01-01")


def test_progress_is_told_in_days():
    start = walk(None, "2026-01-01", "2026-03-01")
    second = start.after(start.first, 0, is_last=True)
    assert (start.progress(start.first), start.progress(second), start.progress(None)) == ((0, 60), (30, 60), (60, 60))
