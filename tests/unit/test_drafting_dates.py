"""Dates, terms and numbers (rules.md section 5)."""

import datetime as dt
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from documents import OrderDates
from sync.drafting import Edits, draft, reference
from sync.drafting.rules import DueOffset, OffsetUnit, StoreOptions
from sync.drafting.terms import after
from tests.unit.drafting_makers import KL, make_order, make_rules, told

DAYS = OrderDates(
    ordered=dt.datetime(2026, 1, 1, 9, tzinfo=KL),
    paid=dt.datetime(2026, 1, 2, 9, tzinfo=KL),
    shipped=dt.datetime(2026, 1, 3, 9, tzinfo=KL),
    completed=dt.datetime(2026, 1, 4, 9, tzinfo=KL),
)


@pytest.mark.feature("S14")
@pytest.mark.parametrize(
    ("which", "day"), [("ordered", 1), ("paid", 2), ("shipped", 3), ("completed", 4), ("sync", 12)]
)
def test_the_document_carries_the_date_that_s14_names(which, day):
    assert draft(make_order(dates=DAYS), make_rules({"document_date": which})).invoice.date == dt.date(2026, 1, day)


@pytest.mark.feature("S14", "I5")
@pytest.mark.parametrize("which", ["ordered", "paid", "shipped", "completed"])
def test_an_order_without_that_date_waits_and_no_other_is_taken(which):
    made = draft(make_order(dates=replace(DAYS, **{which: None})), make_rules({"document_date": which}))
    assert told(made) == [("date", "orders")] and made.invoice.date is None and which in str(made.problems[0].message)


@pytest.mark.feature("S14")
def test_a_date_that_the_store_never_tells_is_mended_in_the_settings():
    store = StoreOptions(dates=frozenset({"ordered"}))
    made = draft(make_order(dates=replace(DAYS, paid=None)), make_rules({"document_date": "paid"}, store=store))
    assert told(made) == [("date", "settings")]


@pytest.mark.feature("S14")
@pytest.mark.parametrize(
    ("zone", "instant", "day"),
    [
        ("Asia/Kuala_Lumpur", "2026-01-31T16:00:00+00:00", "2026-02-01"),
        ("Asia/Kuala_Lumpur", "2026-01-31T15:59:59+00:00", "2026-01-31"),
        ("Europe/London", "2026-03-28T23:59:59+00:00", "2026-03-28"),
        ("Europe/London", "2026-03-29T23:00:00+00:00", "2026-03-30"),
        ("Europe/London", "2026-10-25T23:30:00+00:00", "2026-10-25"),
        ("America/Chicago", "2026-03-01T05:59:59+00:00", "2026-02-28"),
        ("America/Chicago", "2026-07-01T05:00:00+00:00", "2026-07-01"),
        ("America/Chicago", "2026-11-01T05:00:00+00:00", "2026-11-01"),
        ("America/Chicago", "2026-11-02T05:30:00+00:00", "2026-11-01"),
    ],
)
def test_days_are_cut_in_the_account_s_zone_also_when_clocks_change(zone, instant, day):
    order = make_order(dates=OrderDates(ordered=dt.datetime.fromisoformat(instant)))
    assert draft(order, make_rules(time_zone=ZoneInfo(zone))).invoice.date == dt.date.fromisoformat(day)


@pytest.mark.feature("S14")
@pytest.mark.parametrize(
    ("handling", "day", "problems"),
    [("hold", 1, [("date", "books")]), ("first_open_day", 11, []), ("ask", 1, [("date", "orders")])],
)
def test_a_date_in_a_closed_period_holds_moves_or_asks(handling, day, problems):
    rules = make_rules({"closed_period": handling}, books={"closed_until": dt.date(2026, 1, 10)})
    made = draft(make_order(dates=DAYS), rules)
    assert (made.invoice.date, told(made)) == (dt.date(2026, 1, day), problems)
    assert bool(made.notes) == (handling == "first_open_day")


@pytest.mark.feature("S14")
@pytest.mark.parametrize("handling", ["hold", "first_open_day", "ask"])
def test_a_date_chosen_on_the_draft_answers_unless_it_is_closed_too(handling):
    rules = make_rules({"closed_period": handling}, books={"closed_until": dt.date(2026, 1, 10)})
    assert draft(make_order(), rules, Edits(date=dt.date(2026, 1, 11))).is_postable
    assert told(draft(make_order(), rules, Edits(date=dt.date(2026, 1, 10)))) == [("date", "books")]


@pytest.mark.feature("S23")
@pytest.mark.parametrize(
    ("day", "offset", "due"),
    [
        ("2026-01-05", (10, "days"), "2026-01-15"),
        ("2026-01-05", (2, "weeks"), "2026-01-19"),
        ("2026-01-31", (1, "months"), "2026-02-28"),
        ("2028-01-31", (1, "months"), "2028-02-29"),
        ("2026-08-31", (1, "months"), "2026-09-30"),
        ("2026-12-15", (1, "months"), "2027-01-15"),
        ("2026-11-30", (14, "months"), "2028-01-30"),
    ],
)
def test_an_offset_in_months_keeps_the_day_or_takes_the_month_s_last(day, offset, due):
    found = after(dt.date.fromisoformat(day), DueOffset(offset[0], OffsetUnit(offset[1])))
    assert found == dt.date.fromisoformat(due)


@pytest.mark.feature("S3", "S23")
@pytest.mark.parametrize(
    ("order", "settings", "books", "due"),
    [
        ({"due_date": dt.date(2026, 2, 1)}, {"due_offset": DueOffset(7), "terms": "30"}, {}, "2026-02-01"),
        ({}, {"due_offset": DueOffset(7), "terms": "30"}, {}, "2026-01-12"),
        ({}, {"terms": "30"}, {}, "2026-02-04"),
        ({}, {}, {}, "2026-01-05"),
        ({}, {"terms": "Open"}, {}, None),
        ({"due_date": dt.date(2026, 2, 1)}, {"terms": "30"}, {"due_by_terms_only": True}, "2026-02-04"),
        ({}, {"due_offset": DueOffset(7)}, {"due_by_terms_only": True}, "2026-01-05"),
    ],
)
def test_the_due_date_is_the_order_s_then_the_offset_then_by_terms_then_the_document_s(order, settings, books, due):
    invoice = draft(make_order(**order), make_rules(settings, books)).invoice
    assert (invoice.due_date and invoice.due_date.isoformat()) == due


@pytest.mark.feature("S3")
@pytest.mark.parametrize(
    ("days", "terms", "problems"),
    [
        (30, "30", []),
        (60, None, [("terms", "books")]),
        (7, None, [("terms", "books")]),
        (10**9, None, [("terms", "books")]),
    ],
)
def test_days_of_the_order_need_a_term_of_that_name_and_those_days(days, terms, problems):
    made = draft(make_order(deferment_days=days), make_rules({"terms": "Cash"}))
    assert (made.invoice.terms, told(made)) == (terms, problems)


@pytest.mark.feature("S3")
def test_a_term_that_the_books_have_no_more_is_a_problem():
    assert told(draft(make_order(), make_rules({"terms": "Gone"}))) == [("terms", "settings")]


@pytest.mark.feature("S17")
@pytest.mark.parametrize(
    ("settings", "number", "problems"),
    [
        ({"number_source": "books"}, None, []),
        ({"number_source": "order_number"}, "ew-100", []),
        ({"number_source": "marketplace_number"}, "mp-5", []),
        ({"number_source": "prefix_running", "number_prefix": "TB-", "number_next": 7}, "TB-7", []),
        ({"number_source": "prefix_running", "number_prefix": "TB-"}, None, [("number", "settings")]),
        ({"number_source": "order_number", "uppercase": True}, "EW-100", []),
    ],
)
def test_the_number_comes_from_where_s17_says(settings, number, problems):
    rules = make_rules(settings, store=StoreOptions(order_number_prefix="ew-"))
    made = draft(make_order(marketplace_number="mp-5"), rules)
    assert (made.invoice.number, told(made)) == (number, problems)


@pytest.mark.feature("S17")
def test_a_number_that_the_order_has_not_is_a_problem():
    assert told(draft(make_order(), make_rules({"number_source": "marketplace_number"}))) == [("number", "settings")]


@pytest.mark.feature("S17")
def test_a_number_that_is_too_long_is_never_cut():
    made = draft(make_order(number="9" * 21), make_rules({"number_source": "order_number"}))
    assert told(made) == [("number", "settings")] and made.invoice.number == "9" * 21
    assert draft(make_order(number="9" * 20), make_rules({"number_source": "order_number"})).is_postable


def test_the_reference_is_readable_where_it_fits():
    assert reference("sitegiant", "SG-77", "100231", 30) == "sitegiant/SG-77/100231"
    assert draft(make_order(), make_rules()).invoice.reference == "sitegiant/SG-7/100"


@pytest.mark.parametrize(
    ("shop", "order"),
    [("SG-77", "9" * 30), ("SG-77", "a1"), ("SG/77", "1"), ("SG-77", " 1"), ("", "1"), ("SG", ""), ("茶", "1")],
)
def test_an_id_that_could_be_mistaken_or_does_not_fit_is_hashed(shop, order):
    made = reference("sitegiant", shop, order, 30)
    assert made.startswith("TB-") and len(made) == 19 and made == reference("sitegiant", shop, order, 19)


def test_two_orders_never_share_a_reference():
    ids = ["1", "1/1", "11", "A", "a", "A/1", "/", "//", "", " ", "1 ", "9" * 40, "9" * 41, "É", "TB-1"]
    made = [reference(kind, shop, order, 30) for kind in ("x", "x/1") for shop in ids for order in ids]
    assert len({each.casefold().strip() for each in made}) == 2 * len(ids) ** 2 and max(map(len, made)) <= 30


def test_books_that_take_no_reference_are_a_mistake_of_ours():
    with pytest.raises(ValueError, match="18"):
        reference("sitegiant", "SG-77", "9" * 40, 18)
