"""Rows are gathered by order: none vanishes without a word, none is taken for another order's, totals are no orders."""

import msgspec
import pytest

from adapters.spreadsheets.frames import NO_RESULT, NO_VALUE, packed
from adapters.spreadsheets.limits import FileRefused
from documents import Message
from sync.uploads import grouping
from sync.uploads.grouping import Groups
from sync.uploads.plans import Plan

pytestmark = pytest.mark.feature("P6")
NAMES = ["Order", "Date", "Product", "Qty", "Price", "Total", "Shop", "Note"]
FIELDS = ("order_id", "ordered", "product_name", "quantity", "unit_price", "total", "channel")
COLUMNS = {name: place for place, name in enumerate(FIELDS)}
DAY = "2026-01-05"


def row(number: object, product: object = "Mug", quantity: object = 2, price: object = 15, **other: object) -> list:
    return [number, DAY, product, quantity, price, other.get("total", 30), other.get("shop"), other.get("note")]


def gathered(*rows: list, names: list[str] = NAMES, width: int = 8) -> Groups:
    groups = Groups(Plan(header_row=1, columns=COLUMNS), names, width)
    told = [(place, msgspec.Raw(packed(each))) for place, each in enumerate([list(names), *rows], start=1)]
    assert list(groups.gather(told)) == []
    return groups


def said(groups: Groups) -> list[tuple[str, int | None, str]]:
    return [(each.code, each.row, str(each.message)) for each in [*groups.notes, *groups.troubles]]


def codes(groups: Groups) -> list[tuple[str, int | None]]:
    return [(each.code, each.row) for each in [*groups.notes, *groups.troubles]]


# --- rows without a number ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("number", "code"),
    [(None, "ROW01"), ("-", "ROW01"), ("1.2E+17", "ROW06"), (NO_VALUE, "ROW09"), (NO_RESULT, "ROW17")],
)
def test_the_order_above_a_row_without_a_number_is_not_whole_and_both_rows_are_named(number: object, code: str):
    groups = gathered(row("A-1"), row("A-2"), row(number), row("A-3"))
    assert groups.bad == {"A-2"} and list(groups.orders) == ["A-1", "A-2", "A-3"]
    [(told, place, sentence)] = said(groups)
    assert (told, place) == (code, 4) and "Row 4" in sentence and "order A-2 above, from row 3" in sentence


def test_several_rows_without_a_number_all_name_the_order_above_them():
    groups = gathered(row("A-1"), row(None), row(None))
    assert groups.bad == {"A-1"} and all("from row 2" in each[2] for each in said(groups))


@pytest.mark.parametrize("between", [[["Total", None, None, 4, None, 60]], [[None] * 8] * 5])
def test_a_row_without_a_number_behind_the_end_of_the_list_is_an_error_alone(between: list[list]):
    groups = gathered(row("A-1"), *between, row(None))
    assert groups.bad == set() and ("ROW01", 3 + len(between)) in codes(groups)


def test_a_row_without_a_number_above_all_orders_is_an_error_alone():
    groups = gathered(row(None), row("A-1"))
    assert groups.bad == set() and codes(groups) == [("ROW01", 2)]


# --- totals, notes, headers --------------------------------------------------------------------------------------


@pytest.mark.parametrize("total", ["Subtotal", "Total", "Grand total:", "Total (RM)"])
def test_orders_below_a_totals_row_are_read(total: str):
    groups = gathered(row("A-1"), [total, None, None, 2, None, 30], row("A-2"), [total, None, None, 4, None, 60])
    assert list(groups.orders) == ["A-1", "A-2"]
    assert said(groups) == [("W04", 3, "2 rows of totals are not read, the first is row 3.")]


def test_orders_below_empty_rows_are_read_and_notes_are_told():
    empty = [[None] * 8] * 6
    groups = gathered(row("A-1"), *empty, ["Printed by Mei"], row("A-2"), row("A-3", quantity=None, price=None))
    assert list(groups.orders) == ["A-1", "A-2", "A-3"]
    assert codes(groups) == [("W04", 9)] and "no amount and no date" in said(groups)[0][2]


def test_an_amount_below_the_end_without_a_number_is_an_error():
    assert ("ROW01", 4) in codes(gathered(row("A-1"), ["Total"], [None, None, "Mug", 2, 15, 30]))


@pytest.mark.parametrize("product", ["Total (100g)", "Total", "Subtotal"])
def test_a_product_that_is_called_so_is_no_total(product: str):
    assert list(gathered(row("A-1", product), row("A-2")).orders) == ["A-1", "A-2"]
    unnamed = gathered(row("A-1"), row(None, product))
    assert codes(unnamed) == [("ROW01", 3)] and unnamed.bad == {"A-1"}


def test_a_total_in_another_column_than_the_number_is_a_total():
    groups = gathered(row("A-1"), [None, "Total", None, 2, None, 30], row("A-2"))
    assert list(groups.orders) == ["A-1", "A-2"] and codes(groups) == [("W04", 3)] and groups.bad == set()


def test_a_header_that_is_repeated_between_the_orders_is_told_and_is_no_order():
    groups = gathered(row("A-1"), list(NAMES), row("A-2"), list(NAMES), row("A-3"))
    assert list(groups.orders) == ["A-1", "A-2", "A-3"] and groups.bad == set()
    assert said(groups) == [("W04", 3, "2 rows repeat the names of the columns and are not read, the first is row 3.")]


def test_the_name_of_the_column_is_never_an_orders_number():
    groups = gathered(row("A-1"), row("Order"), row("Order"))
    assert list(groups.orders) == ["A-1"] and codes(groups) == [("ROW01", 3), ("ROW01", 4)]
    assert '"Order" is the name of the column' in said(groups)[0][2]


# --- cells -------------------------------------------------------------------------------------------------------


def test_a_cell_beyond_the_last_name_takes_its_order_out_and_is_named():
    groups = gathered(row("A-1"), [*row("A-2"), None, "450.00"])
    assert groups.bad == {"A-2"} and list(groups.stray) == [3]
    assert said(groups) == [
        ("ROW20", 3, 'Row 3: column J has no name, and holds "450.00": perhaps an amount is split there.')
    ]


def test_a_row_that_is_longer_than_the_others_takes_its_order_out_though_its_last_cell_is_empty():
    groups = gathered(row("A-1"), [*row("A-2"), None])
    assert groups.bad == {"A-2"} and "goes up to column I" in said(groups)[0][2]
    assert gathered([*row("A-1"), None], [*row("A-2"), None], width=9).bad == set()


def test_rows_of_one_number_that_name_two_channels_are_no_order():
    groups = gathered(row("1001", shop="East"), row("1001", shop=None), row("1001", shop="West"))
    assert groups.bad == {"1001"} and codes(groups) == [("ROW13", 4)]


def test_only_cells_that_are_used_are_kept_and_none_longer_than_an_order_needs():
    groups = gathered(row("A-1", "x" * 3_000, note="y" * 9_000))
    [(_, cells)] = groups.rows_of("A-1")
    assert cells == [*row("A-1", "x" * 2_000)[:7], None] and groups.size_of("A-1") < 2_100
    assert said(groups) == [("W12", None, "1 cells hold more than 2,000 characters; the rest of each is cut.")]
    assert groups.used_names() == NAMES[:7] and groups.used_cells(groups.rows_of("A-1")) == [(2, cells[:7])]


def test_a_file_of_too_much_text_is_refused_with_a_sentence(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grouping, "MOST_KEPT_BYTES", 5_000)
    with pytest.raises(FileRefused) as caught:
        gathered(*(row(f"A-{number}", "x" * 1_000) for number in range(9)))
    assert isinstance(caught.value.message, Message) and "Export a shorter period." in str(caught.value)


def test_errors_without_end_are_counted_and_the_first_are_kept(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(grouping, "MOST_TOLD", 10)
    monkeypatch.setattr(grouping, "MOST_STRAY", 4)
    groups = gathered(*(row(None) for _ in range(25)))
    assert (len(groups.troubles), groups.untold, len(groups.stray)) == (10, 15, 4)
