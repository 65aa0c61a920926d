"""The imitated QuickBooks' payments, credits, refunds and deposits, and what a void or a delete does to them."""

import pytest

from tests.practice_fixture import start_practice
from tests.quickbooks_calls import GB, WALK_IN, Caller, code, detail

pytestmark = pytest.mark.feature("P11")


@pytest.fixture(scope="module")
def server():
    with start_practice(empty=True, scale=1000) as practice:
        yield practice


@pytest.fixture
def qb(server):
    server.reset()
    return Caller(server)


def pay(qb, total, *applied, **changes):
    return qb.create("Payment", qb.payment(total, *applied, **changes))


def pays(invoice, amount):
    return "Invoice", invoice["Id"], amount


def state(qb, record, entity="Invoice"):
    """Balance, links and SyncToken of a document as it is now."""
    now = qb.read(entity, record["Id"])
    return now["Balance"], [(link["TxnType"], link["TxnId"]) for link in now["LinkedTxn"]], now["SyncToken"]


def owed(qb, who=WALK_IN):
    return qb.read("Customer", who)["Balance"]


def stamp(record, token="0"):
    return {"Id": record["Id"], "SyncToken": token}


# payments


def test_a_payment_lowers_the_balance_and_both_sides_know_of_it(qb):
    invoice = qb.invoice(DocNumber="A-1")
    made = pay(qb, 30, pays(invoice, 21.2))
    assert (made["UnappliedAmt"], made["TotalAmt"]) == (8.8, 30)
    assert made["Line"][0]["LinkedTxn"] == [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]
    told = {each["value"]["Name"]: each["value"]["Value"] for each in made["Line"][0]["LineEx"]["any"]}
    assert told == {"txnId": invoice["Id"], "txnOpenBalance": "21.20", "txnReferenceNumber": "A-1"}
    assert state(qb, invoice) == (0, [("Payment", made["Id"])], "1")
    assert owed(qb) == -8.8


def test_a_payment_may_be_smaller_or_apply_to_nothing(qb):
    invoice = qb.invoice()
    part, whole = pay(qb, 10, pays(invoice, 10)), pay(qb, 50)
    assert state(qb, invoice) == (11.2, [("Payment", part["Id"])], "1")
    assert whole["UnappliedAmt"] == 50 and owed(qb) == pytest.approx(11.2 - 50)


def test_one_payment_pays_several_invoices(qb):
    first, second = qb.invoice(), qb.invoice()
    pay(qb, 42.4, pays(first, 21.2), pays(second, 21.2))
    assert [state(qb, each)[0] for each in (first, second)] == [0, 0] and owed(qb) == 0


def test_method_reference_and_account_are_kept(qb):
    made = pay(qb, 5, PaymentRefNum="ch_3Pq", PaymentMethodRef={"value": qb.one("PaymentMethod", "E-wallet")})
    assert (made["PaymentRefNum"], made["PaymentMethodRef"]["name"]) == ("ch_3Pq", "E-wallet")
    assert made["DepositToAccountRef"]["name"] == "Undeposited Funds"
    assert qb.rows("SELECT * FROM Payment WHERE PaymentRefNum = 'ch_3Pq'")[0]["Id"] == made["Id"]


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"TotalAmt": "LEAVE OUT"}, "6000"),
        ({"TotalAmt": -5}, "6000"),
        ({"TotalAmt": "five"}, "2080"),
        ({"CustomerRef": "LEAVE OUT"}, "2020"),
        ({"CustomerRef": {"value": "999"}}, "2500"),
        ({"CurrencyRef": "LEAVE OUT"}, "2020"),
        ({"CurrencyRef": {"value": "SGD"}}, "6000"),
        ({"PaymentRefNum": "x" * 22}, "2050"),
        ({"PaymentMethodRef": {"value": "999"}}, "2500"),
        ({"PaymentMethodRef": {"value": "Cash"}}, "2030"),
        ({"DepositToAccountRef": {"value": "9"}}, "6430"),
        ({"Line": [{"LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}]}, "2020"),
        ({"Line": [{"Amount": 5}]}, "2020"),
        ({"Line": [{"Amount": -5, "LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}]}, "2290"),
        ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "999", "TxnType": "Invoice"}]}]}, "2500"),
        ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "1", "TxnType": "SalesReceipt"}]}]}, "2120"),
        ({"Line": [{"Amount": 5, "LinkedTxn": [{"TxnId": "1", "TxnType": "JournalEntry"}]}]}, "2500"),
        ({"Colour": "red"}, "2010"),
    ],
)
def test_a_wrong_payment_is_refused(qb, server, changes, expected):
    qb.invoice()
    reply = qb.post("Payment", {n: v for n, v in (qb.payment(5) | changes).items() if v != "LEAVE OUT"})
    assert code(reply) == expected, reply.text
    assert server.quickbooks_ledger()["payments"] == []


def test_without_an_amount_the_reason_stands_in_the_detail(qb):
    assert detail(qb.post("Payment", qb.payment("LEAVE OUT"))).endswith("You must set a transaction amount.")


@pytest.mark.parametrize("applied", [(21.21,), (10, 11.21)])
def test_no_more_can_be_applied_than_is_open(qb, applied):
    invoice = qb.invoice()
    assert code(qb.post("Payment", qb.payment(50, *[pays(invoice, amount) for amount in applied]))) == "6000"
    assert state(qb, invoice) == (21.2, [], "0")


def test_no_more_can_be_applied_than_is_paid(qb):
    assert code(qb.post("Payment", qb.payment(10, pays(qb.invoice(), 11)))) == "6000"


def test_another_customers_or_currencys_invoice_cannot_be_paid(qb):
    other = qb.invoice(CustomerRef={"value": qb.one("Customer", "Kopitiam Ah Kow")})
    assert code(qb.post("Payment", qb.payment(5, pays(other, 5)))) == "6000"


def test_changing_a_payment_moves_what_it_applies(qb):
    first, second = qb.invoice(), qb.invoice()
    made = pay(qb, 21.2, pays(first, 21.2))
    body = qb.payment(21.2, pays(second, 20)) | stamp(made)
    assert qb.create("Payment", body)["UnappliedAmt"] == 1.2
    assert state(qb, first) == (21.2, [], "2")
    assert state(qb, second) == (1.2, [("Payment", made["Id"])], "1")


def test_a_sparse_change_without_lines_leaves_them_and_an_empty_list_removes_all(qb):
    invoice = qb.invoice()
    made = pay(qb, 21.2, pays(invoice, 21.2))
    qb.create("Payment", stamp(made) | {"sparse": True, "PrivateNote": "n"})
    assert state(qb, invoice)[0] == 0
    qb.create("Payment", stamp(made, "1") | {"sparse": True, "Line": []})
    assert state(qb, invoice)[0] == 21.2


@pytest.mark.parametrize("how", ["void", "delete"])
def test_a_payment_that_is_voided_or_deleted_opens_the_invoice_again(qb, how):
    invoice = qb.invoice()
    made = pay(qb, 21.2, pays(invoice, 21.2), PrivateNote="card")
    if how == "void":
        body, query = stamp(made) | {"sparse": True}, {"operation": "update", "include": "void"}
        gone = qb.create("Payment", body, **query)
        assert (gone["TotalAmt"], gone["UnappliedAmt"], gone["Line"], gone["PrivateNote"]) == (
            0,
            0,
            [],
            "Voided - card",
        )
    else:
        answer = qb.post("Payment", stamp(made), operation="delete").json()["Payment"]
        assert answer == {"status": "Deleted", "domain": "QBO", "Id": made["Id"]}
        assert code(qb.call("GET", f"/payment/{made['Id']}")) == "610"
    assert state(qb, invoice) == (21.2, [], "2") and owed(qb) == 21.2


# credits


def test_a_credit_memo_is_applied_by_a_payment_of_nothing(qb):
    invoice, memo = qb.invoice(), qb.create("CreditMemo", qb.sale(qb.line(Qty=1)))
    assert (memo["RemainingCredit"], memo["Balance"], owed(qb)) == (10.6, 10.6, 10.6)
    made = pay(qb, 0, pays(invoice, 10.6), ("CreditMemo", memo["Id"], 10.6))
    assert made["UnappliedAmt"] == 0
    assert state(qb, invoice) == (10.6, [("Payment", made["Id"])], "1")
    assert state(qb, memo, "CreditMemo") == (0, [("Payment", made["Id"])], "1")
    assert qb.read("CreditMemo", memo["Id"])["RemainingCredit"] == 0 and owed(qb) == 10.6


@pytest.mark.parametrize(("invoice_part", "memo_part"), [(10, 5), (5, 10), (10.6, 10.7)])
def test_credits_and_what_they_pay_must_be_equal(qb, invoice_part, memo_part):
    invoice, memo = qb.invoice(), qb.create("CreditMemo", qb.sale(qb.line(Qty=1)))
    body = qb.payment(0, pays(invoice, invoice_part), ("CreditMemo", memo["Id"], memo_part))
    assert code(qb.post("Payment", body)) == "6000"


# void and delete of forms


def test_a_voided_invoice_stays_with_nothing_in_it(qb):
    made = qb.invoice(PrivateNote="order 7")
    gone = qb.create("Invoice", stamp(made), operation="void")
    assert (gone["TotalAmt"], gone["Balance"], gone["HomeTotalAmt"], gone["TxnTaxDetail"]) == (0, 0, 0, {"TotalTax": 0})
    assert [(row["Amount"], row.get("SalesItemLineDetail", {}).get("Qty")) for row in gone["Line"]] == [
        (0, 0),
        (0, None),
    ]
    assert (gone["PrivateNote"], gone["SyncToken"], owed(qb)) == ("Voided - order 7", "1", 0)
    assert qb.create("Invoice", stamp(qb.invoice()), operation="void")["PrivateNote"] == "Voided"


def test_a_voided_invoice_that_gets_lines_again_is_active_again(qb, server):
    made = qb.invoice(PrivateNote="order 7")
    qb.create("Invoice", stamp(made), operation="void")
    noted = qb.create("Invoice", stamp(made, "1") | {"sparse": True, "CustomerMemo": {"value": "x"}})
    assert noted["TotalAmt"] == 0 and server.quickbooks_ledger()["invoices"][0]["is_void"] is True
    again = qb.create("Invoice", stamp(made, "2") | {"sparse": True, "Line": [qb.line()], "PrivateNote": "order 7"})
    assert (again["TotalAmt"], again["Balance"], owed(qb)) == (21.2, 21.2, 21.2)
    assert server.quickbooks_ledger()["invoices"][0]["is_void"] is False


def test_a_voided_invoice_sets_its_payments_free(qb):
    invoice = qb.invoice()
    made = pay(qb, 30, pays(invoice, 21.2))
    qb.create("Invoice", stamp(invoice, "1"), operation="void")
    now = qb.read("Payment", made["Id"])
    assert (now["UnappliedAmt"], now["Line"], now["SyncToken"], owed(qb)) == (30, [], "1", -30)


def test_a_linked_invoice_cannot_be_deleted(qb):
    invoice = qb.invoice()
    made = pay(qb, 21.2, pays(invoice, 21.2))
    assert code(qb.post("Invoice", stamp(invoice, "1"), operation="delete")) == "6000"
    qb.post("Payment", stamp(made), operation="delete")
    assert qb.post("Invoice", stamp(invoice, "2"), operation="delete").status_code == 200
    assert owed(qb) == 0


@pytest.mark.parametrize(
    ("entity", "query", "works"),
    [
        ("Invoice", {"operation": "void"}, True),
        ("Invoice", {"operation": "update", "include": "void"}, False),
        ("SalesReceipt", {"operation": "update", "include": "void"}, True),
        ("SalesReceipt", {"operation": "void"}, False),
        ("CreditMemo", {"operation": "void"}, False),
        ("CreditMemo", {"operation": "update", "include": "void"}, False),
        ("Invoice", {"operation": "merge"}, False),
    ],
)
def test_every_form_is_voided_in_its_own_way_alone(qb, entity, query, works):
    made = qb.create(entity, qb.sale())
    reply = qb.post(entity, stamp(made) | {"sparse": True}, **query)
    assert (reply.json()[entity]["TotalAmt"] == 0) if works else (code(reply) == "500")


def test_a_void_or_delete_needs_the_present_token(qb):
    made = qb.invoice()
    for operation in ("void", "delete"):
        assert code(qb.post("Invoice", stamp(made, "7"), operation=operation)) == "5010"
        assert code(qb.post("Invoice", {"Id": "999", "SyncToken": "0"}, operation=operation)) == "610"


def test_an_invoice_cannot_be_made_smaller_than_what_was_paid(qb):
    invoice = qb.invoice()
    pay(qb, 21.2, pays(invoice, 21.2))
    less = stamp(invoice, "1") | {"sparse": True, "Line": [qb.line(Qty=1)]}
    assert code(qb.post("Invoice", less)) == "6000"
    more = stamp(invoice, "1") | {"sparse": True, "Line": [qb.line(Qty=3)]}
    assert qb.create("Invoice", more)["Balance"] == 10.6
    other = stamp(invoice, "2") | {"sparse": True, "CustomerRef": {"value": qb.one("Customer", "Kopitiam Ah Kow")}}
    assert code(qb.post("Invoice", other)) == "6000"


def test_a_deposit_on_an_invoice_lowers_its_balance(qb):
    made = qb.invoice(Deposit=1.2)
    assert (made["TotalAmt"], made["Balance"], made["DepositToAccountRef"]["name"]) == (21.2, 20, "Undeposited Funds")


# receipts and refunds


def test_a_sales_receipt_is_paid_and_needs_no_customer(qb):
    made = qb.create("SalesReceipt", qb.sale(CustomerRef="LEAVE OUT", PaymentRefNum="cash"))
    assert (made["Balance"], made["DepositToAccountRef"]["name"], "CustomerRef" in made) == (
        0,
        "Undeposited Funds",
        False,
    )


def test_a_refund_receipt_needs_the_account_that_the_money_leaves(qb):
    assert code(qb.post("RefundReceipt", qb.sale())) == "2020"
    income = {"DepositToAccountRef": {"value": qb.one("Account", "Services")}}
    assert code(qb.post("RefundReceipt", qb.sale(**income))) == "6430"
    bank = {"DepositToAccountRef": {"value": qb.one("Account", "Refunds clearing")}}
    made = qb.create("RefundReceipt", qb.sale(**bank, CustomerRef="LEAVE OUT"))
    assert (made["TotalAmt"], made["PaymentRefNum"]) == (21.2, "To Print")


# deposits


def deposit(qb, *lines, **changes):
    bank = {"DepositToAccountRef": {"value": qb.one("Account", "Current account")}, "CurrencyRef": {"value": "MYR"}}
    return bank | {"TxnDate": "2026-01-20", "Line": list(lines)} | changes


def from_payment(record, amount, kind="Payment"):
    return {"Amount": amount, "LinkedTxn": [{"TxnId": record["Id"], "TxnType": kind, "TxnLineId": "0"}]}


def test_a_deposit_moves_payments_and_receipts_into_the_bank_less_a_fee(qb):
    payment, receipt = pay(qb, 30), qb.create("SalesReceipt", qb.sale())
    fee = {"Amount": -1.5, "DetailType": "DepositLineDetail", "DepositLineDetail": {"AccountRef": {"value": "13"}}}
    body = deposit(qb, from_payment(payment, 30), from_payment(receipt, 21.2, "SalesReceipt"), fee)
    made = qb.create("Deposit", body)
    assert made["TotalAmt"] == 49.7
    assert qb.read("Payment", payment["Id"])["LinkedTxn"] == [{"TxnId": made["Id"], "TxnType": "Deposit"}]


def test_what_is_deposited_cannot_be_changed_until_it_is_taken_out(qb):
    payment, receipt = pay(qb, 30), qb.create("SalesReceipt", qb.sale())
    made = qb.create("Deposit", deposit(qb, from_payment(payment, 30), from_payment(receipt, 21.2, "SalesReceipt")))
    for entity, record in (("Payment", payment), ("SalesReceipt", receipt)):
        body = stamp(record, "1") | {"sparse": True}
        for query in ({}, {"operation": "delete"}, {"operation": "update", "include": "void"}):
            assert code(qb.post(entity, body, **query)) == "6540", (entity, query)
    qb.post("Deposit", stamp(made), operation="delete")
    assert qb.post("Payment", stamp(payment, "2"), operation="delete").status_code == 200


@pytest.mark.parametrize(
    ("line", "changes", "expected"),
    [
        ({"Amount": 29}, {}, "6000"),
        ({"LinkedTxn": [{"TxnId": "999", "TxnType": "Payment"}]}, {}, "2500"),
        ({"LinkedTxn": [{"TxnId": "1", "TxnType": "Invoice"}]}, {}, "2120"),
        ({"LinkedTxn": []}, {}, "6440"),
        ({"Amount": "LEAVE OUT"}, {}, "2020"),
        ({}, {"Line": []}, "2020"),
        ({}, {"DepositToAccountRef": {"value": ""}}, "2020"),
        ({}, {"DepositToAccountRef": {"value": "9"}}, "6430"),
        ({}, {"CurrencyRef": {"value": ""}}, "2020"),
    ],
)
def test_a_wrong_deposit_is_refused(qb, line, changes, expected):
    row = {name: value for name, value in (from_payment(pay(qb, 30), 30) | line).items() if value != "LEAVE OUT"}
    assert code(qb.post("Deposit", deposit(qb, row) | changes)) == expected


def test_what_is_in_the_bank_already_cannot_be_deposited(qb):
    bank = {"DepositToAccountRef": {"value": qb.one("Account", "Current account")}}
    assert code(qb.post("Deposit", deposit(qb, from_payment(pay(qb, 30, **bank), 30)))) == "6000"


def test_a_foreign_payment_has_its_home_amount(qb):
    who = {"CustomerRef": {"value": qb.one("Customer", "Web store customers (SGD)")}, "CurrencyRef": {"value": "SGD"}}
    invoice = qb.invoice(**who)
    made = pay(qb, 10, pays(invoice, 10), **who)
    assert (made["ExchangeRate"], made["HomeTotalAmt"]) == (3.4125, 34.13)
    assert qb.read("Invoice", invoice["Id"])["HomeBalance"] == 38.22


def test_books_of_companies_are_apart(qb, server):
    qb.invoice()
    other = Caller(server, GB)
    assert other.rows("SELECT * FROM Invoice") == [] and other.invoice()["Id"] == "1"
    assert len(server.quickbooks_ledger()["invoices"]) == len(server.quickbooks_ledger(GB)["invoices"]) == 1
