"""Rows become orders: columns are known or guessed, totals count once, returns and services are what they are."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spreadsheets import mapping
from adapters.spreadsheets.codes import Level
from adapters.spreadsheets.dates import Calendar
from adapters.spreadsheets.mapping import Why
from adapters.spreadsheets.order_cells import Terms
from adapters.spreadsheets.order_fields import ORDERS, OWN_COLUMNS, missing
from adapters.spreadsheets.order_rows import read_order
from adapters.spreadsheets.order_words import currency_of, is_shipping, means, payment_status_of, status_of
from documents import Channel, ChargeKind, Order
from iso4217 import minor_digits
from sync.drafting.figures import store_figures

pytestmark = pytest.mark.feature("P6")
NAMES = [*OWN_COLUMNS.values(), "marketplace"]
FOUND = mapping.by_layout(ORDERS, NAMES)
assert FOUND
TERMS = Terms(
    FOUND.columns,
    NAMES,
    "spreadsheet",
    "KEDAI.WEB",
    Channel("WEB", "Web", "webstore", "MYR"),
    Calendar(ZoneInfo("Asia/Kuala_Lumpur")),
    minor_digits,
)
USUAL = {
    "order_id": "A-1",
    "order_status": "Completed",
    "payment_status": "Paid",
    "order_date": "2026-01-05",
    "isku": "MUG-01",
    "product_name": "Mug",
    "quantity": 2.0,
    "unit_price": 15.0,
    "total": 30.0,
}


def rows(*told: Mapping[str, object]) -> list[tuple[int, list[object]]]:
    return [(place, [{**USUAL, **each}.get(name) for name in NAMES]) for place, each in enumerate(told, start=2)]


def order_of(*told: Mapping[str, object], terms: Terms = TERMS) -> Order:
    order, troubles = read_order(rows(*told), terms)  # type: ignore[arg-type]
    assert order is not None, [str(each.message) for each in troubles]
    return order


def codes_of(*told: Mapping[str, object], terms: Terms = TERMS) -> list[tuple[str, int | None]]:
    return [(each.code, each.row) for each in read_order(rows(*told), terms)[1]]  # type: ignore[arg-type]


# --- columns ----------------------------------------------------------------------------------------------------


def test_our_layout_and_an_export_of_sitegiant_are_known_without_asking():
    assert FOUND.is_sure and missing(FOUND.columns) == []
    export = ["order_id", "marketplace", "order_status", "payment_status", "order_date", "total", "product_total"]
    known = mapping.by_layout(ORDERS, [*export, "iSKU", "Quantity", "Unit Price", "billing_company"])
    assert known and known.columns["channel"] == 1 and known.columns["sku"] == 7


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (
            ["Name", "Email", "Financial Status", "Created at", "Total", "Lineitem quantity", "Lineitem price"],
            {"order_id": 0, "payment_status": 2, "ordered": 3, "total": 4, "quantity": 5, "unit_price": 6},
        ),
        (
            ["Order ID", "Order Creation Date", "SKU Reference No.", "Deal Price", "Quantity"],
            {"order_id": 0, "ordered": 1, "sku": 2, "unit_price": 3, "quantity": 4},
        ),
        (["Order number", "Qty", "Unit prices", "order date"], {"order_id": 0, "quantity": 1, "unit_price": 2}),
        (["订单号", "数量", "单价", "下单时间"], {"order_id": 0, "quantity": 1, "unit_price": 2, "ordered": 3}),
    ],
)
def test_columns_of_other_shops_are_guessed_and_never_sure(names: list[str], columns: dict[str, int]):
    guess = mapping.guessed(ORDERS, names)
    assert not guess.is_sure and {name: guess.columns.get(name) for name in columns} == columns
    assert set(guess.why.values()) <= {Why.NAME, Why.LIKENESS} and len(set(guess.columns.values())) == len(
        guess.columns
    )


def test_a_remembered_mapping_holds_while_its_columns_are_there_once():
    kept = {"order_id": "ref", "quantity": "how many"}
    found = mapping.remembered(kept, ["New", "How  many", "REF"])
    assert found and found.columns == {"order_id": 2, "quantity": 1}
    assert mapping.remembered(kept, ["Ref"]) is None and mapping.remembered(kept, ["Ref", "ref", "how many"]) is None


def test_what_is_needed_is_named():
    assert missing({}) == ["order_id", "ordered", "quantity", "sku", "unit_price"]
    assert missing({"order_id": 0, "ordered": 1, "quantity": 2, "product_name": 3, "line_total": 4}) == []


# --- words ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "status"),
    [("Ready To Ship", "ready_to_ship"), ("fulfilled", "shipped"), ("Dibatalkan", "cancelled"), ("whatever", None)],
)
def test_statuses_of_many_shops_are_known(told: str, status: str | None):
    assert status_of(told) == status


def test_words_of_payments_currencies_channels_and_services():
    assert payment_status_of("Partially Refunded") == "paid" and payment_status_of("?") is None
    assert (currency_of("rm"), currency_of("myr"), currency_of("ringgit")) == ("MYR", "MYR", None)
    assert means("Shopee", "My shop", "shopee") and means("my shop", "My shop", "x") and not means("", "", "")
    assert [is_shipping("", each) for each in ("Shipping Fee", "Postage (Sabah)", "Shipping box", "Mug")] == [
        True,
        True,
        False,
        False,
    ]
    assert not is_shipping("BOX-1", "Shipping fee") and is_shipping("SHIPPING", "Delivery charges")


# --- orders -----------------------------------------------------------------------------------------------------


def test_an_order_says_what_its_rows_say():
    order = order_of({"customer_name": "Mei", "variation": "Blue", "serial_no": "S1; S2", "remark": "Call first"})
    assert (order.order_id, order.number, order.currency, order.total) == ("A-1", "A-1", "MYR", Decimal(30))
    assert (order.status, order.payment_status) == ("completed", "paid")
    assert order.dates.ordered == dt.datetime(2026, 1, 5, tzinfo=ZoneInfo("Asia/Kuala_Lumpur"))
    [line] = order.lines
    assert (line.sku, line.item_id, line.name) == ("MUG-01", "MUG-01", "Mug - Blue")
    assert (line.quantity, line.price, line.amount) == (2, 15, 30) and line.serials == ("S1", "S2")
    assert order.customer.name == "Mei" and order.notes == "Call first" and order.shop_id == "KEDAI.WEB"


def test_an_orders_total_in_each_of_its_rows_counts_once():
    order = order_of(
        {"shipping_fee": 6.5, "total": 44.0},
        {"isku": "TEA", "quantity": 1.0, "unit_price": 7.5, "shipping_fee": 6.5, "total": 44.0},
    )
    assert len(order.lines) == 2 and order.total == 44
    assert [(each.kind, each.amount) for each in order.charges] == [(ChargeKind.SHIPPING, Decimal("6.50"))]


def test_an_orders_total_in_its_first_row_alone_is_that_total():
    order = order_of({"total": 37.5}, {"isku": "TEA", "quantity": 1.0, "unit_price": 7.5, "total": None})
    assert order.total == Decimal("37.5") and len(order.lines) == 2


def test_rows_of_one_order_that_tell_different_totals_are_an_error_in_the_later_row():
    assert codes_of({"total": 30.0}, {"total": 31.0}) == [("ROW13", 3)]


def test_rows_of_one_order_with_different_states_take_the_first_and_say_so():
    told = ({"total": 60.0}, {"total": 60.0, "order_status": "Shipped"})
    assert order_of(*told).status == "completed" and codes_of(*told) == [("W13", 3)]
    undone = ({"total": 60.0, "order_status": "Cancelled"}, {"total": 60.0, "order_status": "Refunded"})
    assert order_of(*undone).status == "cancelled" and codes_of(*undone) == [("W13", 3)]


@pytest.mark.parametrize("undone", ["Cancelled", "Refunded", "Returned", "Dibatalkan"])
@pytest.mark.parametrize("is_first", [True, False])
def test_an_order_of_which_a_row_is_undone_and_another_is_not_is_an_error(undone: str, is_first: bool):
    states = [undone, "Completed"] if is_first else ["Completed", undone]
    order, troubles = read_order(rows(*({"total": 60.0, "order_status": each} for each in states)), TERMS)  # type: ignore[arg-type]
    assert order is None and [(each.code, each.row) for each in troubles] == [("ROW13", 3)]


def test_an_order_of_which_one_row_alone_was_paid_back_is_an_error():
    assert codes_of({"total": 60.0}, {"total": 60.0, "payment_status": "Refunded"}) == [("ROW13", 3)]


def test_equal_rows_of_an_order_are_equal_lines():
    order = order_of({"total": 60.0}, {"total": 60.0})
    assert [line.id for line in order.lines] == ["1", "2"] and sum(line.amount for line in order.lines) == 60


@pytest.mark.parametrize("price", [15.0, -15.0])
def test_a_return_is_a_negative_line_however_its_price_is_written(price: float):
    order = order_of({"total": 15.0}, {"quantity": -1.0, "unit_price": price, "total": 15.0})
    assert [line.amount for line in order.lines] == [30, -15] and order.lines[1].price == 15


@pytest.mark.parametrize("told", [-5.0, "(5.00)", None])
def test_a_voucher_that_is_a_row_of_its_own_is_taken_off(told: object):
    columns = {**TERMS.columns, "line_total": NAMES.index("remark")}
    del columns["remark"]
    voucher = {"isku": "VOUCHER", "product_name": "Voucher", "quantity": 1.0, "unit_price": -5.0, "remark": told}
    terms = replace(TERMS, columns=columns)
    order = order_of({"total": 25.0, "remark": 30.0}, {**voucher, "total": 25.0}, terms=terms)
    assert [line.amount for line in order.lines] == [30, -5]
    assert codes_of({"total": 25.0, "remark": 30.0}, {**voucher, "total": 25.0}, terms=terms) == []


@pytest.mark.parametrize("column", [None, 10.0])
@pytest.mark.parametrize("total", [116.6, None])
def test_the_tax_of_a_row_that_is_the_shipping_is_carried_with_it(column: float | None, total: float | None):
    mug = {"quantity": 1.0, "unit_price": 100.0, "line_tax": 6.0, "total": total, "shipping_fee": column}
    service = {"isku": None, "product_name": "Shipping fee", "quantity": 1.0, "unit_price": 10.0, "line_tax": 0.6}
    order = order_of(mug, {**mug, **service})
    assert (order.total, order.tax_total) == (Decimal("116.60"), Decimal("6.60"))
    [charge] = order.charges
    assert (charge.amount, charge.tax_amount) == (Decimal("10.00"), Decimal("0.60"))
    assert store_figures(order) == order.total and codes_of(mug, {**mug, **service}) == []


@pytest.mark.parametrize("column", [None, 6.5])
def test_a_row_that_is_the_shipping_is_a_charge_once(column: float | None):
    told = {"total": 36.5, "shipping_fee": column}
    service = {"isku": None, "product_name": "Shipping fee", "quantity": 1.0, "unit_price": 6.5}
    order = order_of(told, {**told, **service})
    assert len(order.lines) == 1 and [each.amount for each in order.charges] == [Decimal("6.50")]
    assert codes_of(told, {**told, **service}) == []


def test_a_line_without_a_sku_is_a_line_like_others():
    [line] = order_of({"isku": "-"}).lines
    assert (line.sku, line.item_id, line.name) == (None, None, "Mug")


def test_an_order_without_products_has_no_lines():
    assert order_of({"isku": None, "product_name": None, "quantity": None, "unit_price": None}).lines == ()


@pytest.mark.parametrize("told", [3.0, -3.0, "3.00", "(3.00)"])
def test_a_discount_is_taken_off_with_or_without_its_minus(told: object):
    [charge] = order_of({"order_discount": told, "total": 27.0}).charges
    assert (charge.kind, charge.amount) == (ChargeKind.SELLER_DISCOUNT, Decimal(-3))


@pytest.mark.parametrize(
    ("told", "line"),
    [
        ({"line_discount": 2.0}, ("15", "2.00", "28.00")),
        ({"line_discount": -2.0}, ("15", "2.00", "28.00")),
        ({"quantity": 3.0, "unit_price": 3.333}, ("3.333", "0", "10.00")),
    ],
)
def test_a_lines_amount_is_its_quantity_times_its_price_less_its_discount(
    told: dict[str, object], line: tuple[str, str, str]
):
    [found] = order_of({**told, "total": Decimal(line[2]).__float__()}).lines
    assert (found.price, found.discount, found.amount) == tuple(map(Decimal, line))


def test_a_price_is_found_from_the_lines_amount_where_there_is_none():
    columns = {**TERMS.columns, "line_total": TERMS.columns["unit_price"]}
    del columns["unit_price"]
    [line] = order_of({"unit_price": 10.0, "quantity": 3.0, "total": 10.0}, terms=replace(TERMS, columns=columns)).lines
    assert (line.price, line.amount) == (Decimal("3.33333333"), Decimal("10.00"))


def test_without_its_columns_an_order_is_completed_paid_and_sums_up():
    columns = {name: TERMS.columns[name] for name in ("order_id", "ordered", "sku", "quantity", "unit_price")}
    order = order_of({}, terms=replace(TERMS, columns=columns))
    assert (order.status, order.payment_status, order.total, order.currency) == ("completed", "paid", 30, "MYR")


def test_hidden_buyers_are_no_buyers():
    buyer = order_of({"customer_name": "mei_t***", "customer_phone": "*****12", "customer_email": "m**@x.com"}).customer
    assert (buyer.masked, buyer.phone, buyer.email) == (True, "", "")


def test_in_a_store_that_has_a_catalogue_the_sku_alone_names_the_product():
    [line] = order_of({}, terms=replace(TERMS, is_own=False)).lines
    assert (line.sku, line.item_id) == ("MUG-01", None)


def test_money_is_kept_in_the_digits_of_its_currency():
    order = order_of({"currency": "JPY", "unit_price": 15.4, "total": 31.0})
    assert (
        order.lines[0].amount == 31 and codes_of({"currency": "JPY", "total": 31.4, "unit_price": 15.4})[0][0] == "W03"
    )


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"unit_price": "abc"}, "ROW02"),
        ({"quantity": "two"}, "ROW02"),
        ({"quantity": None}, "ROW15"),
        ({"unit_price": None}, "ROW15"),
        ({"order_date": "soon"}, "ROW03"),
        ({"order_date": None}, "ROW15"),
        ({"order_date": "03/04/2026"}, "ROW03"),
        ({"currency": "ringgit"}, "ROW04"),
        ({"total": "thirty"}, "ROW02"),
        ({"order_id": "1.2E+17"}, "ROW06"),
        ({"order_id": "A" * 65}, "ROW16"),
        ({"isku": "S" * 101}, "ROW16"),
    ],
)
def test_a_bad_cell_keeps_its_order_out_and_is_named(told: dict[str, object], code: str):
    order, troubles = read_order(rows(told), TERMS)  # type: ignore[arg-type]
    assert order is None and [each.code for each in troubles if each.level is Level.ERROR] == [code]
    assert "Row 2" in str(troubles[0].message)


HUGE = 60_123_456_789.0


@pytest.mark.parametrize(
    "told",
    [
        {"quantity": HUGE, "unit_price": HUGE},
        {"quantity": 1e-300},
        {"quantity": 1e-300, "unit_price": None, "remark": 15.0},
        {"quantity": 1e-7, "unit_price": None, "remark": HUGE},
        {"quantity": HUGE, "unit_price": HUGE, "remark": 15.0},
        {"quantity": 1.0, "unit_price": HUGE, "shipping_fee": HUGE},
        {"line_tax": HUGE, "shipping_fee": HUGE},
    ],
)
@pytest.mark.parametrize("total", [30.0, None])
def test_figures_that_together_are_beyond_measure_keep_their_order_out(told: dict[str, object], total: float | None):
    columns = {**TERMS.columns, "line_total": NAMES.index("remark")}
    del columns["remark"]
    order, troubles = read_order(rows({**told, "total": total}), replace(TERMS, columns=columns))  # type: ignore[arg-type]
    assert order is None and [each.code for each in troubles if each.level is Level.ERROR] == ["ROW02"]


def test_every_error_of_an_order_is_told():
    assert codes_of({"unit_price": "a", "total": "b"}, {"quantity": "c", "total": "d"}) == [
        ("ROW02", 2),
        ("ROW02", 3),
        ("ROW02", 2),
        ("ROW02", 3),
    ]


def test_figures_that_do_not_add_up_are_told_and_the_draft_waits():
    order, troubles = read_order(rows({"total": 36.5}), TERMS)  # type: ignore[arg-type]
    assert order is not None and [each.code for each in troubles] == ["ROW10"]
    assert "make 30.00, the file says 36.50" in str(troubles[0].message)
    assert codes_of({"total": 30.05}) == [], "the rounding line takes it"


@given(
    st.lists(st.tuples(st.integers(1, 9), st.decimals(0, 999, places=2)), min_size=1, max_size=6),
    st.decimals(0, 50, places=2),
    st.decimals(0, 50, places=2),
)
def test_what_adds_up_in_the_file_adds_up_in_the_order(lines, shipping: Decimal, discount: Decimal):
    total = sum((quantity * price for quantity, price in lines), shipping - discount)
    told = {"shipping_fee": str(shipping), "order_discount": str(discount), "total": f"{total:,}"}
    order, troubles = read_order(rows(*({**told, "quantity": q, "unit_price": f"RM {p:,}"} for q, p in lines)), TERMS)  # type: ignore[arg-type]
    assert order is not None and troubles == [] and store_figures(order) == order.total == total
