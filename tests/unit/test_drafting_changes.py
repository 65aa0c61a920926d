"""Yellow and fingerprints (rules.md sections 6 and 7): what counts as a change, and what was seen is what is posted."""

import datetime as dt
from dataclasses import replace

import pytest

from documents import Buyer, OrderDates, OrderPayment, Tax
from sync.drafting import Edits, LineEdit, changed_fields, content_key, draft, fingerprint
from sync.drafting.rules import AssignedTo, BooksCustomer, BooksCustomers, Settings, StoreOptions
from tests.unit.drafting_makers import EIGHT, SIX, D, make_charge, make_line, make_order, make_rules

ORIGINAL_RULES = {"sale_assigned_to": AssignedTo.ORIGINAL}
CHANNEL, ORIGINAL = Settings(), Settings(sale_assigned_to=AssignedTo.ORIGINAL)
LINE = make_line("10.00", tax=SIX, tax_amount="0.60")
ORDER = make_order(LINE, make_line("5.00", id="2"), charges=[make_charge()], customer=Buyer("Nia", "n@x.y"))


def with_line(**fields):
    return replace(ORDER, lines=(replace(ORDER.lines[0], **fields), ORDER.lines[1]))


@pytest.mark.parametrize(
    ("after", "names"),
    [
        (with_line(quantity=D(2)), ("lines",)),
        (with_line(amount=D("9.99")), ("lines",)),
        (with_line(tax=EIGHT), ("lines",)),
        (with_line(tax_amount=D("0.61")), ("lines",)),
        (with_line(name="Other"), ("lines",)),
        (replace(ORDER, lines=ORDER.lines[:1]), ("lines",)),
        (replace(ORDER, charges=()), ("charges",)),
        (replace(ORDER, tax_total=D(1)), ("tax",)),
        (replace(ORDER, prices_include_tax=True), ("tax",)),
        (replace(ORDER, total=D(1)), ("total",)),
        (replace(ORDER, currency="SGD"), ("currency",)),
        (replace(ORDER, status="cancelled"), ("state",)),
        (replace(ORDER, payment_status="refunded"), ("state",)),
        (replace(ORDER, deferment_days=30), ("terms",)),
    ],
)
def test_a_field_that_reaches_the_document_is_a_change(after, names):
    assert changed_fields(ORDER, after, CHANNEL) == names
    assert content_key(ORDER, CHANNEL) != content_key(after, CHANNEL)


@pytest.mark.parametrize(
    "after",
    [
        replace(ORDER, status="shipped"),
        replace(ORDER, payment_status="partially_paid"),
        replace(ORDER, number="INV-7"),
        replace(ORDER, dates=OrderDates(completed=dt.datetime(2026, 2, 2, tzinfo=dt.UTC))),
        replace(ORDER, lines=ORDER.lines[::-1]),
        with_line(id="77"),
        with_line(amount=D("10.0")),
        with_line(serials=("A",)),
        with_line(tax=Tax("6", "SST", D("6.00"))),
        replace(ORDER, notes="Ring twice"),
        replace(ORDER, customer=Buyer("Someone else")),
        replace(ORDER, payments=(OrderPayment("1", "card", D(5)),)),
    ],
)
def test_a_field_that_does_not_reach_the_document_is_no_change(after):
    assert changed_fields(ORDER, after, CHANNEL) == ()
    assert content_key(ORDER, CHANNEL) == content_key(after, CHANNEL)


@pytest.mark.feature("S22")
def test_the_customer_counts_where_s22_uses_it_and_a_buyer_hidden_since_is_no_change():
    assert changed_fields(ORDER, replace(ORDER, customer=Buyer("Vesna")), ORIGINAL) == ("customer",)
    assert content_key(ORDER, ORIGINAL) != content_key(replace(ORDER, customer=Buyer("Vesna")), ORIGINAL)
    assert changed_fields(ORDER, replace(ORDER, customer=Buyer("N***", masked=True)), ORIGINAL) == ()


@pytest.mark.feature("R5", "I11")
def test_payments_and_a_buyers_details_count_where_the_store_says_that_they_are_part_of_the_order():
    edge = StoreOptions(payment_prefix="PF", contact_under_company=True)
    paid = replace(ORDER, payments=(OrderPayment("1", "card", D(5)),))
    sending = replace(ORIGINAL, send_payments=True)
    assert changed_fields(ORDER, paid, sending, edge) == ("payments",)
    assert content_key(ORDER, sending, edge) != content_key(paid, sending, edge)
    assert changed_fields(ORDER, paid, ORIGINAL, edge) == changed_fields(ORDER, paid, sending) == ()
    told = replace(paid, amount_paid=D(5))
    assert content_key(told, sending, edge) == content_key(paid, sending, edge)
    assert changed_fields(told, replace(told, amount_paid=D(9)), sending, edge) == ("payments",)
    moved = replace(ORDER, customer=replace(ORDER.customer, address=("1 Jalan Satu",)))
    assert changed_fields(ORDER, moved, ORIGINAL, edge) == ("customer",)
    assert changed_fields(ORDER, moved, ORIGINAL) == ()


def test_serial_numbers_count_where_they_are_sent():
    settings = Settings(serial_numbers=True)
    assert changed_fields(ORDER, with_line(serials=("A",)), settings) == ("lines",)


@pytest.mark.feature("I5")
def test_the_same_draft_has_the_same_fingerprint_however_its_figures_are_written():
    written_otherwise = with_line(quantity=D("1.000"), price=D("10"), amount=D("10.0"))
    assert fingerprint(draft(ORDER, make_rules())) == fingerprint(draft(written_otherwise, make_rules()))


@pytest.mark.feature("I5")
@pytest.mark.parametrize(
    ("settings", "edits"),
    [
        ({"default_customer": "C-2"}, Edits()),
        ({"document_date": "sync"}, Edits()),
        ({"terms": "30"}, Edits()),
        ({"zero_tax_code": "ZR"}, Edits()),
        ({"number_source": "order_number"}, Edits()),
        ({"uppercase": True}, Edits()),
        ({}, Edits(agent="A")),
        ({}, Edits(description="x")),
        ({}, Edits(lines={"2": LineEdit(item="TEA-B")})),
        ({}, Edits(lines={"1": LineEdit(project="P")})),
    ],
)
def test_a_draft_that_would_be_posted_otherwise_has_another_fingerprint(settings, edits):
    assert fingerprint(draft(ORDER, make_rules())) != fingerprint(draft(ORDER, make_rules(settings), edits))


@pytest.mark.feature("I5")
def test_payments_are_part_of_the_fingerprint():
    order = replace(ORDER, payments=(OrderPayment("1", "card", D(5)),))
    matching = {"payments": {("11", None): "Till"}}
    sent = draft(order, make_rules({"send_payments": True}, matching=matching))
    assert fingerprint(sent) != fingerprint(draft(order, make_rules(matching=matching)))


@pytest.mark.feature("I5", "S17")
def test_a_running_number_is_a_preview_and_not_part_of_the_fingerprint():
    made = [
        draft(ORDER, make_rules({"number_source": "prefix_running", "number_prefix": "T", "number_next": n}))
        for n in (7, 8)
    ]
    assert fingerprint(made[0]) == fingerprint(made[1]) and all(each.has_running_number for each in made)


@pytest.mark.feature("I5")
def test_notes_for_people_are_not_part_of_the_fingerprint():
    made = draft(ORDER, make_rules())
    assert fingerprint(made) == fingerprint(replace(made, notes=("x",), causes=(), customer_note="y"))


@pytest.mark.feature("I5", "M9")
def test_a_customer_that_stands_there_by_now_is_the_one_that_was_to_be_made_and_no_other():
    def seen(*rows: BooksCustomer) -> str:
        return fingerprint(draft(ORDER, make_rules(ORIGINAL_RULES, {"customers": BooksCustomers.of(rows)})))

    assert seen() == seen(BooksCustomer("9", "Nia"))
    assert seen() != seen(BooksCustomer("9", "Other", "n@x.y"))
    assert seen(BooksCustomer("8", "Nia"), BooksCustomer("9", "Nia")) != seen(BooksCustomer("9", "Nia"))
