"""The imitated SQL Account: what a customer owes, pays and gets back, as strict as sql-accounting.md. Real HTTP."""

import pytest

from tests.practice_fixture import start_practice
from tests.sql_books import INVOICE, LOCKED, PAYMENT, Caller, invoice, knocks, line, owed, paid, payment, picked, says

pytestmark = pytest.mark.feature("P11", "P3")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True) as practice:
        yield practice


@pytest.fixture
def books(server):
    """Calls the API: `books.get(path, **query)`, `post`, `put` and `delete` give the reply."""
    server.reset()
    with Caller(server) as made:
        yield made


# what a customer owes


def test_a_sales_invoice_stands_in_the_customers_account_under_the_same_number(books):
    books.make(code="300-S0001", docdate="2026-01-15", sdsdocdetail=[line(tax="SV-6")])
    [row] = books.rows("/customerinvoice", docno="IV-00001")
    assert picked(row, "code", "docamt", "duedate", "paymentamt") == ("300-S0001", "10.60", "2026-02-14", "0.00")
    [detail] = books.one(f"/customerinvoice/{row['dockey']}")["sdsdocdetail"]
    assert picked(detail, "account", "amount", "taxamt", "amountwithtax") == ("500-000", "10.00", "0.60", "10.60")
    assert books.rows("/customer", code="300-S0001")[0]["outstanding"] == "10.60"


def test_the_payment_of_the_reference_is_taken_and_pays_its_invoice(books):
    books.post("/salesinvoice", INVOICE)
    answer = books.post("/customerpayment", PAYMENT).json()
    assert picked(answer, "docno", "docamt", "unappliedamt", "journal", "docref1") == (
        *("OR-00001", "116.00", "0.00", "BANK", "WC-PAY-77"),
    )
    [row] = answer["sdsknockoff"]
    assert picked(row, "doctype", "docno", "koamt", "knockoff", "outstanding") == (
        "IV",
        "IV-00001",
        "116.00",
        True,
        "0.00",
    )
    assert owed(books) == ("116.00", "0.00")
    assert books.rows("/customerpayment", docref1="WC-PAY-77")[0]["dockey"] == answer["dockey"]


def test_a_payment_that_knocks_nothing_off_says_so_in_its_unapplied_amount(books):
    made = books.pay(paymentmethod="320-000")
    assert picked(made, "unappliedamt", "journal", "sdsknockoff") == ("10.00", "CASH", [])
    reply = books.post("/customerpayment", payment(unappliedamt="LEAVE OUT"))
    assert says(reply, "Please specify unapplied amount or knock off documents")


@pytest.mark.parametrize(
    "changes",
    [
        {"code": "LEAVE OUT"},
        {"code": "NOBODY"},
        {"paymentmethod": "LEAVE OUT"},
        {"paymentmethod": "500-000"},
        {"docamt": "LEAVE OUT"},
        {"docamt": "0.00", "unappliedamt": "0.00"},
        {"docamt": "-1.00", "unappliedamt": "-1.00"},
        {"docamt": "1.001", "unappliedamt": "1.001"},
        {"docamt": 10},
        {"unappliedamt": "9.99"},
        {"unappliedamt": "10.01"},
        {"bankcharge": "-1.00"},
        {"bankcharge": "10.01"},
        {"bankcharge": "1.00", "bankchargeaccount": "999-999"},
        {"bankcharge": "1.00", "paymentmethod": "320-000"},  # cash has no account for charges
        {"currencycode": "SGD", "currencyrate": "LEAVE OUT"},
        {"project": "OLD"},
        {"paymentproject": "NOTHING"},
        {"docref1": "x" * 26},
        {"docref3": "x"},  # payments have two
        {"docno": "x" * 21},
        {"sdsdocdetail": []},
    ],
)
def test_a_wrong_payment_is_refused_and_nothing_is_saved(books, server, changes):
    assert says(books.post("/customerpayment", payment(**changes)))
    assert server.ledger(system="sql_accounting")["payments"] == []


@pytest.mark.parametrize(
    ("rows", "unapplied", "why"),
    [
        (knocks(("IV-00009", "10.00")), "0.00", "does not exist"),
        (knocks(("IV-00001", "10.00"), kind="DN"), "0.00", "does not exist"),
        (knocks(("IV-00001", "10.00"), kind="CN"), "0.00", "cannot be knocked off"),
        (knocks(("IV-00001", "10.00"), kind=""), "0.00", "cannot be knocked off"),
        (knocks(("IV-00001", "0.00")), "10.00", "cannot be knocked off"),
        (knocks(("IV-00001", "10.00")), "1.00", "are not the amount"),
        (knocks(("IV-00001", "5.00")), "0.00", "are not the amount"),
        (knocks(("IV-00001", "5.00"), ("IV-00001", "5.00")), "0.00", "twice"),
        (knocks(("IV-00001", 10)), "0.00", "decimal"),
        (knocks(("IV-00002", "10.00")), "0.00", "another customer"),
        (knocks(("IV-00003", "10.00")), "0.00", "another currency"),
        (knocks(("IV-00004", "10.00")), "0.00", "cancelled"),
        ([{"doctype": "IV", "docno": "IV-00001", "koamt": "10.00", "knockoff": False}], "0.00", "Please specify"),
        ([{"doctype": "IV", "docno": "IV-00001", "koamt": "10.00"}], "0.00", "Please specify"),
        ([{"docNo": "IV-00001"}], "0.00", "Unknown field"),
        ({}, "9.00", "are not the amount"),
    ],
)
def test_a_wrong_knock_off_is_refused_and_nothing_is_saved(books, rows, unapplied, why):
    books.make()
    books.make(code="300-S0001")
    books.make(currencycode="SGD", currencyrate="3.4")
    books.again(f"/salesinvoice/{books.make()['dockey']}", cancelled=True)
    assert says(books.post("/customerpayment", payment(unappliedamt=unapplied, sdsknockoff=rows)), why)
    assert owed(books) == ("0.00", "10.00") and books.rows("/customerpayment") == []


def test_more_than_is_outstanding_is_refused(books):
    books.make()
    books.pay(docamt="4.00", unappliedamt="0.00", sdsknockoff=knocks(("IV-00001", "4.00")))
    assert owed(books) == ("4.00", "6.00")
    rows = knocks(("IV-00001", "6.01"))
    assert says(books.post("/customerpayment", payment(unappliedamt="3.99", sdsknockoff=rows)), "6.00 is outstanding")
    books.pay(unappliedamt="4.00", sdsknockoff=knocks(("IV-00001", "6.00")))
    assert owed(books) == ("10.00", "0.00")


def test_a_foreign_payment_keeps_its_knock_off_in_ringgit_too(books):
    money = {"currencycode": "SGD", "currencyrate": "3.4125", "code": "300-W0002"}
    books.make(**money)
    rows = knocks(("IV-00001", "10.00"))
    made = books.pay(unappliedamt="0.00", sdsknockoff=rows, **money)
    assert made["localdocamt"] == made["sdsknockoff"][0]["localkoamt"] == "34.13"


def test_a_bank_charge_goes_to_the_account_of_the_method(books):
    made = books.pay(bankcharge="0.50")
    assert picked(made, "bankcharge", "bankchargeaccount") == ("0.50", "900-002")


def test_a_knocked_off_invoice_refuses_change_cancel_and_delete_until_its_payment_is_cancelled(books):
    made, money = paid(books)
    path = f"/salesinvoice/{made['dockey']}"
    for change in ({"cancelled": True}, {"description": "x"}):
        assert says(books.put(path, {"updatecount": 1} | change), "knocked off")
    assert says(books.delete(path), "knocked off")
    cancelled = books.again(f"/customerpayment/{money['dockey']}", cancelled=True)
    assert picked(cancelled, "cancelled", "sdsknockoff") == (True, []) and owed(books) == ("0.00", "10.00")
    assert books.again(path, cancelled=True)["cancelled"] is True


def test_a_knocked_off_invoice_may_be_changed_by_switch_but_not_below_what_is_paid(books, server):
    made, _ = paid(books)
    path = f"/salesinvoice/{made['dockey']}"
    server.settings("sql_accounting", update_knocked_off=True)
    assert says(books.put(path, {"updatecount": 1, "sdsdocdetail": [line(unitprice="9")]}), "more than")
    assert says(books.put(path, {"updatecount": 1, "docno": "OTHER"}), "knocked off")
    assert books.again(path, sdsdocdetail=[line(unitprice="12")])["docamt"] == "12.00"
    assert owed(books) == ("10.00", "2.00")


def test_a_payment_brought_back_is_unapplied(books):
    _, money = paid(books)
    path = f"/customerpayment/{money['dockey']}"
    books.again(path, cancelled=True)
    assert says(books.put(path, {"updatecount": 2, "description": "x"}), "cancelled")
    back = books.again(path, cancelled=False)
    assert picked(back, "cancelled", "unappliedamt", "sdsknockoff") == (False, "10.00", [])
    assert owed(books) == ("0.00", "10.00")


def test_a_changed_payment_replaces_what_it_had_knocked_off(books):
    _, money = paid(books)
    books.make()
    path = f"/customerpayment/{money['dockey']}"
    rows = knocks(("IV-00001", "3.00"), ("IV-00002", "7.00"))
    assert says(books.put(path, {"updatecount": 0, "sdsknockoff": rows}), LOCKED, 409)
    books.again(path, sdsknockoff=rows)
    assert (owed(books), owed(books, "IV-00002")) == (("3.00", "7.00"), ("7.00", "3.00"))
    assert books.again(path, description="only this")["sdsknockoff"][0]["koamt"] == "3.00"
    assert says(books.put(path, {"updatecount": 3, "docamt": "9.00"}), "are not the amount")
    assert says(books.put(path, {"updatecount": 3, "code": "300-S0001"}), "another customer")


def test_a_deleted_payment_opens_its_invoice_again(books):
    _, money = paid(books)
    assert books.delete(f"/customerpayment/{money['dockey']}").status_code == 200
    assert owed(books) == ("0.00", "10.00")


def test_knock_offs_can_be_lost_by_switch_so_that_reading_back_is_tested(books, server):
    server.settings("sql_accounting", drop_knock_offs=True)
    _, money = paid(books)
    assert picked(money, "sdsknockoff", "unappliedamt") == ([], "10.00") and owed(books) == ("0.00", "10.00")


# credit notes, refunds, cash sales


def test_a_credit_note_is_left_unapplied_in_the_customers_account(books):
    made = books.make("/salescreditnote", fromdoc="IV-00001", docref1="RF-1")
    assert picked(made, "docno", "docamt", "fromdoc") == ("CN-00001", "10.00", "IV-00001")
    assert "sdsknockoff" not in made and "taxableamt" not in made["sdsdocdetail"][0]
    [row] = books.rows("/customercreditnote", docno="CN-00001")
    mirror = books.one(f"/customercreditnote/{row['dockey']}")
    assert picked(mirror, "unappliedamt", "sdsknockoff", "docamt") == ("10.00", [], "10.00")


@pytest.mark.parametrize("changes", [{"deliverydate": "2026-01-15"}, {"transferable": True}, {"itemcode": "NONE"}])
def test_a_credit_note_has_not_every_field_of_an_invoice(books, changes):
    assert says(books.post("/salescreditnote", invoice(sdsdocdetail=[line(**changes)])))
    assert says(books.post("/salescreditnote", invoice(d_amount="1.00")))


def test_a_credit_note_is_applied_to_its_invoice_by_its_mirror(books):
    books.make()
    note = books.make("/salescreditnote", sdsdocdetail=[line(unitprice="4")])
    path = f"/customercreditnote/{books.rows('/customercreditnote')[0]['dockey']}"
    rows = knocks(("IV-00001", "4.00"))
    assert says(books.put(path, {"updatecount": 0, "sdsknockoff": rows}), LOCKED, 409)
    assert says(books.put(path, {"updatecount": 1, "sdsknockoff": rows}), "are not the amount")
    applied = books.again(path, sdsknockoff=rows, unappliedamt="0.00")
    assert applied["sdsknockoff"][0]["koamt"] == "4.00" and owed(books) == ("4.00", "6.00")
    assert says(books.put(f"/salescreditnote/{note['dockey']}", {"updatecount": 1, "cancelled": True}), "knocked off")
    assert says(books.put(path, {"updatecount": 2, "cancelled": True}), "through its sales credit note")
    books.again(path, sdsknockoff=[], unappliedamt="4.00")
    assert owed(books) == ("0.00", "10.00")
    assert books.again(f"/salescreditnote/{note['dockey']}", cancelled=True)["cancelled"] is True


REFUND = {"unappliedamt": "0.00", "bankaccount": "310-001"}


def refunded(books):
    """A credit note and a payment of 10 each, and a refund that takes 4 of the one and 6 of the other."""
    note, money = books.make("/salescreditnote"), books.pay()
    rows = knocks(("CN-00001", "4.00"), kind="CN") + knocks(("OR-00001", "6.00"), kind="PM")
    return note, money, books.pay("/customerrefund", sdsknockoff=rows, **REFUND)


def test_a_refund_knocks_off_credit_notes_and_payments_and_no_invoices(books):
    books.make()
    _, _, made = refunded(books)
    assert made["docno"] == "RF-00001" and "duedate" not in made["sdsknockoff"][0]
    rows = knocks(("IV-00001", "10.00"))
    assert says(books.post("/customerrefund", payment(sdsknockoff=rows, **REFUND)), "IV cannot")
    more = payment(docamt="7.00", sdsknockoff=knocks(("CN-00001", "7.00"), kind="CN"), **REFUND)
    assert says(books.post("/customerrefund", more), "6.00 is outstanding")


def test_what_a_refund_took_is_bound_until_the_refund_is_cancelled(books):
    books.make()
    note, money, made = refunded(books)
    paths = f"/salescreditnote/{note['dockey']}", f"/customerpayment/{money['dockey']}"
    for path in paths:
        assert says(books.put(path, {"updatecount": 1, "cancelled": True}), "knocked off")
        assert says(books.delete(path), "knocked off")
    spent = {"updatecount": 1, "sdsknockoff": knocks(("IV-00001", "10.00")), "unappliedamt": "0.00"}
    assert says(books.put(paths[1], spent), "6.00 of the unapplied amount")
    books.again(f"/customerrefund/{made['dockey']}", cancelled=True)
    assert all(books.again(path, cancelled=True)["cancelled"] for path in paths)


def test_a_cash_sale_is_invoice_and_payment_in_one(books):
    made = books.make("/cashsales", p_paymentmethod="320-000", p_amount="10.00")
    assert picked(made, "docno", "p_amount", "p_paidamount") == ("CS-00001", "10.00", "10.00")
    assert owed(books, "CS-00001") == ("10.00", "0.00")
    cancelled = books.again(f"/cashsales/{made['dockey']}", cancelled=True, p_paymentmethod="", p_amount="0.00")
    assert cancelled["cancelled"] is True


@pytest.mark.parametrize(
    "changes",
    [
        {"p_amount": "10.00"},
        {"p_amount": "10.01", "p_paymentmethod": "320-000"},
        {"p_amount": "-1.00", "p_paymentmethod": "320-000"},
        {"p_paymentmethod": "NONE"},
        {"p_bankcharge": "1.00", "p_paymentmethod": "320-000"},
        {"p_paymentproject": "OLD"},
    ],
)
def test_a_wrong_cash_sale_is_refused(books, changes):
    assert says(books.post("/cashsales", invoice(**changes)))


def test_the_open_part_of_a_cash_sale_is_paid_like_an_invoice(books):
    made = books.make("/cashsales", p_paymentmethod="320-000", p_amount="4.00")
    rows = knocks(("CS-00001", "6.00"))
    books.pay(docamt="6.00", unappliedamt="0.00", sdsknockoff=rows)
    assert owed(books, "CS-00001") == ("10.00", "0.00")
    assert says(books.put(f"/cashsales/{made['dockey']}", {"updatecount": 1, "cancelled": True}), "knocked off")
