"""The contract as data: what a record may hold, and where a pull goes on."""

import datetime as dt
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.replies import decode, encode
from adapters.stores.edge_commerce import OBJECTS as EDGE_OBJECTS
from adapters.stores.edge_commerce.contract import COMPANIES, ORDERS, PAYMENTS
from adapters.stores.exchange.checking import cleaned
from adapters.stores.exchange.fields import ExchangeObject, Field
from adapters.stores.sengerio import OBJECTS as SENGERIO_OBJECTS
from adapters.stores.sengerio.contract import PARTNERS, VAT_RATES
from sync.exchange.marks import OVERLAP, Mark, read, written

pytestmark = pytest.mark.feature("P6")
ALL = (*EDGE_OBJECTS, *SENGERIO_OBJECTS)
NOW = dt.datetime(2026, 2, 1, tzinfo=dt.UTC)


@pytest.mark.parametrize("what", ALL, ids=lambda each: each.name)
def test_the_examples_are_as_the_contract_says_and_cleaning_twice_changes_nothing(what: ExchangeObject):
    for example in what.examples:
        once, faults = cleaned(what, example)
        assert faults == () and cleaned(what, decode(encode(once))) == (once, ())


@pytest.mark.parametrize("what", ALL, ids=lambda each: each.name)
def test_each_object_that_is_needed_comes_before_those_that_need_it(what: ExchangeObject):
    objects = EDGE_OBJECTS if what in EDGE_OBJECTS else SENGERIO_OBJECTS
    before = {each.name for each in objects[: objects.index(what)]}
    assert {link.object for link in what.links if not link.is_parent} <= before


def test_every_field_of_the_contract_is_told_to_bridge_writers():
    text = (Path(__file__).parents[2] / "docs" / "exchange.md").read_text()

    def names(fields: tuple[Field, ...]) -> set[str]:
        return {each.name for each in fields} | {name for each in fields for name in names(each.parts)}

    found = {name for what in ALL for name in names(what.fields)} - {"type"}
    assert {name for name in found if f"`{name}`" not in text} == set()
    assert {what.name for what in ALL if f"`{what.name}`" not in text} == set()


FIGURES = [
    ("12.5", "12.50"),
    ("0012.50", "12.50"),
    ("12.5000", "12.50"),
    ("12.3456", "12.3456"),
    ("-0.00", "0.00"),
    (12, "12.00"),
    (Decimal("12.50"), "12.50"),
    (Decimal("1E+2"), "100.00"),
]


@pytest.mark.parametrize(("told", "kept"), FIGURES)
def test_an_amount_is_kept_in_one_way_of_writing(told, kept):
    record, faults = cleaned(PAYMENTS, {**PAYMENTS.examples[0], "amount": told})
    assert faults == () and record["amount"] == kept


WRONG = [
    (PAYMENTS, "amount", "12,50", "not_amount"),
    (PAYMENTS, "amount", "1,234.50", "not_amount"),
    (PAYMENTS, "amount", "1e3", "not_amount"),
    (PAYMENTS, "amount", "NaN", "not_amount"),
    (PAYMENTS, "amount", "1.23456", "not_amount"),
    (PAYMENTS, "amount", "1" * 13, "not_amount"),
    (PAYMENTS, "amount", "٣", "not_amount"),
    (PAYMENTS, "amount", True, "not_text"),
    (PAYMENTS, "amount", None, "required"),
    (PAYMENTS, "amount", "  ", "required"),
    (PAYMENTS, "amount", ["1"], "not_text"),
    (PAYMENTS, "date", "2026-13-01", "not_date"),
    (PAYMENTS, "date", "2026-01-05T10:00:00", "not_date"),
    (PAYMENTS, "updated_at", "2026-01-05", "not_time"),
    (PAYMENTS, "id", "x" * 51, "too_long"),
    (COMPANIES, "name", "a\0b", "not_text"),
    (COMPANIES, "name", "x" * 501, "too_long"),
    (COMPANIES, "billing_address", "Main Street", "not_object"),
    (ORDERS, "currency", "US Dollar", "not_currency"),
    (ORDERS, "lines", {}, "not_list"),
    (ORDERS, "lines", ["x"], "not_list"),
    (ORDERS, "lines", [{"quantity": 1, "unit_price": 1}] * 5001, "too_many"),
    (PARTNERS, "deferment_days", "-1", "not_number"),
    (PARTNERS, "deferment_days", "30.5", "not_number"),
    (PARTNERS, "active", "perhaps", "not_flag"),
    (VAT_RATES, "rate", "20%", "not_amount"),
]


@pytest.mark.parametrize(("what", "name", "told", "code"), WRONG)
def test_what_a_field_does_not_hold_is_told_with_its_name_and_a_code(what, name, told, code):
    _, faults = cleaned(what, {**what.examples[0], name: told})
    assert [(each.field, each.code) for each in faults] == [(name, code)]
    assert "{" not in str(faults[0].message)


def test_every_fault_is_told_with_its_place():
    lines = [{"quantity": "1", "unit_price": "1"}, {"quantity": "x"}]
    _, faults = cleaned(ORDERS, {**ORDERS.examples[0], "number": None, "lines": lines})
    assert [(each.field, each.code) for each in faults] == [
        ("number", "required"),
        ("lines.2.quantity", "not_amount"),
        ("lines.2.unit_price", "required"),
    ]


def test_what_the_contract_does_not_know_is_not_kept():
    record, faults = cleaned(COMPANIES, {"id": 7, "name": " Ockel ", "colour": "red", "terms": ""})
    assert faults == () and record == {"id": "7", "name": "Ockel"}


def test_of_what_is_deleted_only_the_name_is_needed():
    assert cleaned(ORDERS, {"id": "O-1", "deleted": True}) == ({"id": "O-1", "deleted": True}, ())
    assert cleaned(ORDERS, {"deleted": True})[1][0].field == "id"


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.text(), each),
    )
)
def test_no_record_whatever_it_is_breaks_the_check(anything):
    for what in (ORDERS, PARTNERS):
        for record in (anything, {**what.examples[0], "lines": anything, what.key: anything, "date": anything}):
            made, faults = cleaned(what, record)
            assert faults or made


# --- where a pull goes on -----------------------------------------------------------------------------------------

DAY = dt.date(2026, 1, 1)
MIDNIGHT = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)


def at(minute: int) -> dict[str, str]:
    return {"updated_at": f"2026-01-05T10:{minute:02}:00+00:00"}


def test_the_first_pull_of_orders_begins_with_the_first_day_and_of_others_with_everything():
    assert Mark().begun(DAY).asked == MIDNIGHT and Mark().begun(None).asked is None


def test_a_stopped_pull_goes_on_with_its_next_page_and_a_later_one_a_little_before_what_was_seen():
    mark = Mark().begun(DAY).after([at(1), at(2)], "page 2", NOW)
    assert (mark.begun(DAY).cursor, mark.begun(DAY).asked) == ("page 2", MIDNIGHT)
    mark = mark.after([at(9)], None, NOW)
    assert mark.cursor is None and mark.begun(DAY).asked == dt.datetime(2026, 1, 5, 10, 9, tzinfo=dt.UTC) - OVERLAP


def test_an_earlier_first_day_begins_anew_and_a_later_one_does_not():
    mark = Mark().begun(DAY).after([at(1)], None, NOW)
    assert mark.begun(DAY - dt.timedelta(days=9)).asked == MIDNIGHT - dt.timedelta(days=9)
    later = mark.begun(DAY + dt.timedelta(days=9))
    assert later.asked and later.asked > MIDNIGHT


def test_a_refused_place_is_left_for_what_was_seen():
    mark = Mark().begun(DAY).after([at(30)], "page 2", NOW).without_cursor()
    assert mark.cursor is None and mark.asked == dt.datetime(2026, 1, 5, 10, 30, tzinfo=dt.UTC) - OVERLAP
    assert Mark(DAY, None, MIDNIGHT, "page 2").without_cursor().asked == MIDNIGHT


def test_a_change_of_tomorrow_does_not_hide_those_of_today():
    mark = Mark().begun(DAY).after([{"updated_at": "2027-01-01T00:00:00+00:00"}, {"updated_at": "soon"}, 7], None, NOW)
    assert mark.seen == NOW


def test_marks_are_kept_as_text_and_what_cannot_be_read_begins_anew():
    marks = {"orders": Mark(DAY, NOW, MIDNIGHT, "c")}
    assert read(written(marks)) == marks and read(None) == read("?") == {}
