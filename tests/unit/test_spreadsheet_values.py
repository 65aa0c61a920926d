"""What cells say: money, dates, order numbers; the cases of marketplace-income-statements.md section 0."""

import datetime as dt
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.spreadsheets.dates import Calendar, DaysSeen, moment
from adapters.spreadsheets.frames import NO_RESULT, NO_VALUE
from adapters.spreadsheets.headers import best_header, folded, header_names, says_total
from adapters.spreadsheets.oddities import column_of, letters_of
from adapters.spreadsheets.values import EITHER, Unread, figure, is_empty, mark_shown_by, money, order_number, shown

pytestmark = pytest.mark.feature("P6")
KL = ZoneInfo("Asia/Kuala_Lumpur")


@pytest.mark.parametrize("cell", [None, "", "-", "–", "/", "N/A", "null", "--", "  ", "\u00a0"])
def test_nothing_is_written_in_many_ways(cell: str | None):
    assert is_empty(cell) and money(cell, 2) == (None, "")


@pytest.mark.parametrize(
    ("cell", "amount", "note"),
    [
        ("1,234.50", "1234.50", ""),
        ("RM 1,234.50", "1234.50", ""),
        ("MYR15", "15.00", ""),
        ("US$3", "3.00", ""),
        ("€ 2.5", "2.50", ""),
        ("(1,234.50)", "-1234.50", ""),
        ("1,234.50-", "-1234.50", ""),
        ("\u221215.00", "-15.00", ""),
        ("+7", "7.00", ""),
        ("1.234,50", "1234.50", ""),
        ("1,234,567", "1234567.00", ""),
        ("1.234.567", "1234567.00", ""),
        ("12,5", "12.50", "W07"),
        ("1 234.50", "1234.50", ""),
        ("'15.00", "15.00", ""),
        ("0.239", "0.24", "W03"),
        ("-0.235", "-0.24", "W03"),
        ("1234.567", "1234.57", "W03"),
        (15.0, "15.00", ""),
        (7, "7.00", ""),
        (0.1 + 0.2, "0.30", ""),
        (1.005, "1.01", "W03"),
        (-4.32, "-4.32", ""),
    ],
)
def test_money_is_read_as_people_write_it(cell: object, amount: str, note: str):
    assert money(cell, 2) == (Decimal(amount), note)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cell", "by_comma", "by_point"),
    [
        ("1,250", "1.250", "1250"),
        ("1.250", "1250", "1.250"),
        ("-15.000", "-15000", "-15.000"),
        ("0,125", "0.125", None),
        ("0.125", None, "0.125"),
        ("0.125,00", None, None),
        ("012,500", "12.500", None),
        ("12,5", "12.5", None),
        ("12.50", None, "12.50"),
        ("1234.567", None, "1234.567"),
        ("1,234.50", None, "1234.50"),
        ("1.234,50", "1234.50", None),
        ("1,234,567", None, "1234567"),
        ("1.234.567", "1234567", None),
        ("1,234.", None, "1234"),
        ("1250", "1250", "1250"),
    ],
)
def test_a_mark_is_read_as_its_file_writes_amounts_and_never_as_thousands_behind_a_zero(
    cell: str, by_comma: str | None, by_point: str | None
):
    for decimal_comma, wanted in ((True, by_comma), (False, by_point)):
        if wanted is None:
            with pytest.raises(Unread):
                figure(cell, decimal_comma)
        else:
            assert figure(cell, decimal_comma) == (Decimal(wanted), "")


@pytest.mark.parametrize("cell", ["1,250", "1.250", "RM 15.000", "(1,234)"])
def test_an_amount_that_may_be_a_thousand_times_more_is_no_amount_until_somebody_knows(cell: str):
    with pytest.raises(Unread):
        figure(cell)
    assert mark_shown_by(cell) == EITHER


@pytest.mark.parametrize(
    ("cell", "mark"),
    [
        ("0.125", "."),
        ("0,125", ","),
        ("12,5", ","),
        ("RM 3.0001", "."),
        ("1,234,567", "."),
        ("1.234.567,-", ","),
        ("1.234,50-", ","),
        ("15", ""),
        ("soon", ""),
    ],
)
def test_an_amount_shows_how_its_file_writes_amounts(cell: str, mark: str):
    assert mark_shown_by(cell) == mark


@pytest.mark.parametrize(
    "cell", ["abc", "1,23,4", "1.2.3", "12 pcs", "1e5", True, dt.datetime(2026, 1, 5), "1,234.56.7", 1e15, "9" * 13]
)
def test_what_is_no_amount_is_never_guessed(cell: object):
    with pytest.raises(Unread) as caught:
        money(cell, 2)  # type: ignore[arg-type]
    assert caught.value.code == "ROW02"


@given(st.decimals(min_value=-999_999, max_value=999_999, places=2, allow_nan=False))
def test_an_amount_survives_every_way_of_writing_it(value: Decimal):
    for text in (
        f"{value:f}",
        f"{value:,}",
        f"RM{value:,}",
        f"({-value:f})" if value < 0 else f"{value:f}",
        float(value),
    ):
        assert money(text, 2)[0] == value
    for decimal_comma in (None, True):
        assert figure(f"{value:,}".replace(",", " ").replace(".", ","), decimal_comma)[0] == value
    assert figure(f"{value:,}".translate(str.maketrans(",.", ".,")), True)[0] == value


@pytest.mark.parametrize("cell", [NO_VALUE, NO_RESULT])
def test_formulas_without_a_value_and_errors_are_told_and_never_nothing(cell: object):
    for read in (lambda: money(cell, 2), lambda: order_number(cell), lambda: moment(cell, Calendar(KL))):  # type: ignore[arg-type]
        with pytest.raises(Unread) as caught:
            read()
        assert caught.value.code == ("ROW09" if cell is NO_VALUE else "ROW17")


@pytest.mark.parametrize(
    ("cell", "number", "note"),
    [
        ("260105ABCD1234", "260105ABCD1234", ""),
        ("576460000000000123", "576460000000000123", ""),
        (71.0, "71", ""),
        (123456789012345.0, "123456789012345", ""),
        ("71.0", "71", "W10"),
        ("'0071", "0071", ""),
        (" INV-71 ", "INV-71", ""),
        ("#1001", "#1001", ""),
        ("1.5.0", "1.5.0", ""),
    ],
)
def test_order_numbers_are_text(cell: object, number: str, note: str):
    assert order_number(cell) == (number, note)  # type: ignore[arg-type]


@pytest.mark.parametrize("cell", [1e15, 5.7646e17, "1.23E+17", "5,76E+17", 71.5])
def test_an_order_number_that_lost_digits_is_told(cell: object):
    with pytest.raises(Unread) as caught:
        order_number(cell)  # type: ignore[arg-type]
    assert caught.value.code == "ROW06"


@pytest.mark.parametrize(
    ("cell", "text"),
    [
        (71.0, "71"),
        (0.1 + 0.2, "0.3"),
        (True, "TRUE"),
        (None, ""),
        (dt.datetime(2026, 1, 5), "2026-01-05"),
        (dt.datetime(2026, 1, 5, 9), "2026-01-05 09:00:00"),
    ],
)
def test_cells_are_shown_as_people_know_them(cell: object, text: str):
    assert shown(cell) == text  # type: ignore[arg-type]


# --- dates ------------------------------------------------------------------------------------------------------

FIFTH = dt.datetime(2026, 1, 5, tzinfo=KL)
NOON = dt.datetime(2026, 1, 5, 12, 7, 45, tzinfo=KL)


@pytest.mark.parametrize(
    ("cell", "when"),
    [
        (dt.datetime(2026, 1, 5, 12, 7, 45), NOON),
        (46027.0, FIFTH),
        ("46027", FIFTH),
        (46027.5053819444, NOON),
        ("2026-01-05", FIFTH),
        ("2026/1/5 12:07:45", NOON),
        ("2026-01-05T12:07:45", NOON),
        ("2026-01-05 12:07:45 +0800", NOON),
        ("2026-01-05T04:07:45Z", NOON),
        ("2026-01-05 04:07:45 UTC", NOON),
        ("05-Jan-2026", FIFTH),
        ("05 Jan 2026", FIFTH),
        ("5 January 2026 12:07", dt.datetime(2026, 1, 5, 12, 7, tzinfo=KL)),
        ("Jan 5, 2026 12:07:45 PM", NOON),
        ("05/01/2026", FIFTH),
        ("5.1.26", FIFTH),
        ("05/01/2026 12:07:45 am", dt.datetime(2026, 1, 5, 0, 7, 45, tzinfo=KL)),
        ("25/01/2026", dt.datetime(2026, 1, 25, tzinfo=KL)),
    ],
)
def test_dates_are_read_as_shops_write_them(cell: object, when: dt.datetime):
    assert moment(cell, Calendar(KL, day_first=True, year_first=False)) == when  # type: ignore[arg-type]


def test_a_workbook_of_1904_counts_its_days_from_there():
    assert moment(44565.0, Calendar(KL, is_1904=True)) == FIFTH


def test_month_first_is_read_where_the_file_writes_so():
    assert moment("01/05/2026", Calendar(KL, day_first=False)) == FIFTH


@pytest.mark.parametrize(
    ("cell", "day_first"),
    [
        ("03/04/2026", None),
        ("25/01/2026", False),
        ("01/25/2026", True),
        ("31/02/2026", True),
        ("soon", True),
        (71.0, True),
        (True, True),
        ("2026-13-01", True),
        (1e300, True),
    ],
)
def test_a_date_that_could_be_another_is_no_date(cell: object, day_first: bool | None):
    with pytest.raises(Unread) as caught:
        moment(cell, Calendar(KL, day_first))  # type: ignore[arg-type]
    assert caught.value.code == "ROW03"


@pytest.mark.parametrize(
    ("cells", "shown_by"),
    [
        (["03/04/2026"], (True, False, False)),
        (["03/03/2026", "2026-01-05"], (False, False, False)),
        (["03/04/2026", "13/04/2026"], (True, True, False)),
        (["03/04/2026", "04/13/2026"], (True, False, True)),
    ],
)
def test_one_row_tells_how_all_are_written(cells: list[str], shown_by: tuple[bool, bool, bool]):
    seen = DaysSeen()
    for each in cells:
        seen.see(each)
    assert (seen.has_days(None), seen.long.is_day_first, seen.long.is_month_first) == shown_by


TODAY = dt.date(2026, 1, 31)
LATEST = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("cells", "year_first", "day_first"),
    [
        (["26-01-05"], None, None),
        (["05/01/26", "17/01/26"], None, None),
        (["05/01/26", "29/01/26"], False, True),
        (["01/05/26", "01/30/26"], False, False),
        (["26-01-05", "26-01-31"], True, None),
        (["26-01-31", "29/01/26"], None, True),
        (["26-01-05", "05/01/27"], None, None),
        (["26-01-05", "13/04/2025"], None, True),
    ],
)
def test_where_the_year_stands_is_known_only_by_a_date_that_can_be_read_in_one_way(
    cells: list[str], year_first: bool | None, day_first: bool | None
):
    seen = DaysSeen(TODAY)
    for each in cells:
        seen.see(each)
    assert (seen.year_first(), seen.day_first(seen.year_first())) == (year_first, day_first)


@pytest.mark.parametrize(
    ("year_first", "when"), [(True, FIFTH), (False, dt.datetime(2005, 1, 26, tzinfo=KL)), (None, None)]
)
def test_a_date_whose_first_part_may_be_the_year_is_read_as_the_file_does_it(
    year_first: bool | None, when: dt.datetime | None
):
    calendar = Calendar(KL, day_first=None, year_first=year_first, latest=LATEST)
    if when:
        assert moment("26-01-05", calendar) == when
        return
    with pytest.raises(Unread) as caught:
        moment("26-01-05", calendar)
    assert caught.value.code == "ROW03"


@pytest.mark.parametrize(
    "cell", ["2026-02-03", "2062-01-05", 60000.0, "1999-12-31", "1926-01-05", dt.datetime(1995, 1, 5)]
)
def test_a_day_that_has_not_come_or_is_of_another_century_is_no_day_of_an_order(cell: object):
    with pytest.raises(Unread) as caught:
        moment(cell, Calendar(KL, latest=LATEST))  # type: ignore[arg-type]
    assert caught.value.code == "ROW12"
    assert moment("2026-01-31", Calendar(KL, latest=LATEST)) is not None


# --- headers ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("header", "same"),
    [
        ("  Order  ID\t", "order id"),
        ("order_id", "order id"),
        ("Total (RM)", "total"),
        ("Fee (MYR)", "fee"),
        ("Fee (incl. SST)", "fee (incl. sst)"),
        ("Order\nID", "order id"),
        ("Order\u00a0ID", "order id"),
    ],
)
def test_headers_are_compared_without_what_exports_do_to_them(header: str, same: str):
    assert folded(header) == same


def test_the_header_is_found_below_metadata_and_takes_groups_where_it_is_empty():
    rows = [["Orders of", "Kedai"], [], ["Order Info", None, "Money"], ["Order ID", "Date", None], ["A-1", "x", 1.0]]
    place, hits = best_header(rows, {"order id", "date"})
    assert (place, hits) == (3, 2) and header_names(rows, place) == ["Order ID", "Date", "Money"]


def test_of_equal_headers_the_first_counts_or_the_lowest_of_those_that_adjoin_it():
    head, order = ["Order ID", "Date"], ["A-1", "x"]
    assert best_header([head, order, order, head, order], {"order id", "date"}) == (0, 2)
    assert best_header([["Orders"], head, head, order, head], {"order id", "date"}) == (2, 2)
    assert best_header([["x"], ["a", "b"]], {"order id"}) == (1, 0) and best_header([], {"order id"}) == (0, 0)


def test_a_totals_row_is_told_by_its_word_and_no_product_is_one():
    assert all(map(says_total, ("Total", "Grand total:", "SUBTOTAL ", "Total (RM)", "Total:")))
    assert not any(map(says_total, ("Total Care Shampoo", "Total (100g)", "Totals of May", 5.0, None)))


@given(st.integers(0, 16383))
def test_letters_name_a_column(column: int):
    assert column_of(letters_of(column)) == column
