"""Receipts, credit notes and stock items as QNE takes them, and which invoices they pay."""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Wanted
from adapters.accounting.qne import Qne, contract
from adapters.accounting.qne.forms import Form, Ids
from adapters.accounting.qne.masters import made_code, product_body, product_codes
from adapters.accounting.qne.receipts import body as receipt_body
from adapters.errors import OutcomeUnknown, Refused, UnknownCode
from adapters.http import encode
from documents import (
    Action,
    CreditNote,
    CustomerChoice,
    KnockOff,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
)
from tests.unit.test_qne_client import HTML, NOW, FakeHttp, envelope
from tests.unit.test_qne_invoices import INVOICE, LINE, ROWS, no_stock

K = ReferenceKind
D = Decimal
GUIDS = {"details": {"id_type": "text"}}
MORE = [
    ReferenceRow(K.DEPOSIT_ACCOUNT, "310-1000", "Maybank", "8d2f-b2", **GUIDS),
    ReferenceRow(K.ACCOUNT, "500-0000", "Sales", "5aa5-c3", **GUIDS),
]
SALE = "/api/SalesInvoices"
TEMPLATE = {
    "id": contract.UNSAVED,
    "docType": "AROR",
    "docCode": "",
    "docDate": "2026-11-22",
    "customerId": None,
    "currencyId": 1,
    "currencyCode": "MYR",
    "currencyRate": 1,
    "accountId": "other",
    "accountCode": "320-1000",
    "totalAmount": 0,
    "isMultiPayment": False,
    "multiPayments": [],
    "knockoff": [],
}
RECEIPT = Receipt(
    "R",
    "MYR",
    D("106.00"),
    dt.date(2026, 1, 16),
    "310-1000",
    customer=CustomerChoice("700-W001"),
    exchange_rate=D(1),
    description="Card payment WC-1001",
    knock_offs=(KnockOff("WC-1001", D("106.00"), "g-1", "INV1"),),
)
NOTE_TEMPLATE = {"docType": "ARCN", "docCode": "", "currencyId": 1, "currencyCode": "MYR", "agentId": None}
NOTE_TEMPLATE |= {"projectId": None, "details": [{"accountId": None}], "knockoff": []}
NOTE = CreditNote(
    dataclasses.replace(INVOICE, account="500-0000", number="CN-7"), KnockOff("WC-1001", D("106.00"), "g-1", "INV1")
)


def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
    for row in [*ROWS, *MORE]:
        if (row.kind, row.code) == (kind, code):
            return row
    raise UnknownCode(kind, code)


def sale(number: int = 1, **more: Any) -> dict[str, Any]:
    shown = {"id": f"g-{number}", "docCode": f"INV{number}", "netTotalAmount": 106.0, "outstandingAmount": 106.0}
    return shown | {"isCancelled": False} | more


@pytest.fixture
def http() -> FakeHttp:
    http = FakeHttp()
    http.on("GET", "/api/ARReceipts/New", envelope(TEMPLATE))
    http.on("GET", "/api/ARCNs/New", envelope(NOTE_TEMPLATE))
    http.on("GET", f"{SALE}/g-1", envelope(sale()))
    return http


@pytest.fixture
def qne(http: FakeHttp) -> Qne:
    return Qne({}, {"api_key": "key-0001"}, http, lambda: NOW)  # type: ignore[arg-type]


def prepared(qne: Qne, content: Receipt | CreditNote, remote: Remote | None = None) -> dict[str, Any]:
    role = Role.PAYMENT if isinstance(content, Receipt) else Role.REFUND
    action = Action.UPDATE if remote else Action.CREATE
    made: dict[str, Any] = json.loads(qne.prepare(role, action, "WC-PAY-77", content, lookup, remote))
    return made


def paying(*amounts: tuple[str, str]) -> Receipt:
    return dataclasses.replace(RECEIPT, knock_offs=tuple(KnockOff(f"S-{key}", D(sum_), key) for key, sum_ in amounts))


# --- receipts ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("R3", "R5", "S27")
def test_a_receipt_as_qne_takes_it(qne: Qne):
    assert prepared(qne, RECEIPT) == {
        "docType": "AROR",
        "docDate": "2026-01-16",
        "customerId": 12,
        "currencyId": 1,
        "currencyRate": 1,
        "accountId": "8d2f-b2",
        "totalAmount": 106,
        "isMultiPayment": False,
        "referenceNo": "WC-PAY-77",
        "description": "Card payment WC-1001",
        "knockoff": [{"docType": "INV", "docId": "g-1", "amount": 106, "paymentAmount": 106}],
    }


def test_a_receipt_that_pays_nothing_yet_is_an_unapplied_deposit(qne: Qne, http: FakeHttp):
    assert prepared(qne, paying())["knockoff"] == []
    assert http.count(f"{SALE}/g-1") == 0


def test_method_and_number_stand_in_the_description_where_nothing_else_does(qne: Qne):
    bare = dataclasses.replace(RECEIPT, description="", method="FPX", number="ch_88")
    assert prepared(qne, bare)["description"] == "FPX ch_88"
    assert "description" not in prepared(qne, dataclasses.replace(RECEIPT, description=""))


@pytest.mark.parametrize("change", [{"account": None}, {"account": ""}, {"exchange_rate": None}])
def test_a_receipt_without_account_or_rate_is_refused_and_never_takes_the_templates(qne: Qne, change: dict[str, Any]):
    with pytest.raises(Refused):
        prepared(qne, dataclasses.replace(RECEIPT, **change))


def test_a_receipt_that_names_nobody_is_of_the_customer_whose_invoice_it_pays(qne: Qne, http: FakeHttp):
    http.on("GET", f"{SALE}/g-1", envelope(sale(customerId=21)))
    body = prepared(qne, dataclasses.replace(RECEIPT, customer=None))
    assert (body["customerId"], http.count(f"{SALE}/g-1")) == (21, 1)
    http.on("GET", f"{SALE}/g-1", envelope(sale(customer={"id": 22, "code": "300-L0001"})))
    assert prepared(qne, dataclasses.replace(RECEIPT, customer=None))["customerId"] == 22


NOBODY: list[dict[str, Any]] = [{"account": "999"}, {"customer": None, "knock_offs": ()}, {"currency": "SGD"}]


@pytest.mark.parametrize("change", [*NOBODY, {"customer": CustomerChoice("NOBODY")}])
def test_a_code_of_a_receipt_that_the_books_do_not_have_is_named(qne: Qne, change: dict[str, Any]):
    with pytest.raises(UnknownCode):
        prepared(qne, dataclasses.replace(RECEIPT, **change))


def test_the_one_row_form_of_a_receipt_is_one_constant_away(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contract, "RECEIPT_TOTAL_IN_DETAILS", True)
    body = json.loads(encode(receipt_body(Form(TEMPLATE, "WC-PAY-77", Ids(lookup, no_stock)), RECEIPT, 12, [])))
    [row] = body["details"]
    assert (row["paymentAmount"], row["amount"], row["accountId"]) == (106, 106, "8d2f-b2")
    assert "totalAmount" not in body


# --- which invoices are paid ------------------------------------------------------------------------------------

OPEN = [
    ("106.00", "106", {}, "106"),
    ("106.01", "106", {}, "106"),
    ("50.00", "106", {}, "50.00"),
    ("106.00", "6.5", {}, "6.5"),
    ("106.00", None, {"outstandingAmount": None}, "106.00"),
]


@pytest.mark.parametrize(("amount", "left", "more", "applied"), OPEN)
def test_no_more_is_applied_than_is_open(
    qne: Qne, http: FakeHttp, amount: str, left: str | None, more: dict[str, Any], applied: str
):
    http.on("GET", f"{SALE}/g-1", envelope(sale(**{"outstandingAmount": left and float(left), **more})))
    [row] = prepared(qne, paying(("g-1", amount)))["knockoff"]
    assert D(str(row["paymentAmount"])) == D(applied)


def test_an_invoice_that_is_paid_already_leaves_the_money_unapplied(qne: Qne, http: FakeHttp):
    http.on("GET", f"{SALE}/g-1", envelope(sale(outstandingAmount=0)))
    body = prepared(qne, RECEIPT)
    assert (body["totalAmount"], body["knockoff"]) == (106, [])


def test_an_invoice_that_is_named_twice_is_one_row(qne: Qne):
    [row] = prepared(qne, paying(("g-1", "50.00"), ("g-1", "6.00")))["knockoff"]
    assert row["paymentAmount"] == 56


@pytest.mark.parametrize(
    ("answer", "says"),
    [(envelope(sale(isCancelled=True)), "INV1 is voided"), (envelope(None, "ERR_NOT_FOUND", "gone"), "gone")],
)
def test_an_invoice_that_cannot_be_paid_is_refused_before_anything_is_sent(
    qne: Qne, http: FakeHttp, answer: bytes, says: str
):
    http.on("GET", f"{SALE}/g-1", answer)
    with pytest.raises(Refused, match=says):
        prepared(qne, RECEIPT)


def test_a_sale_that_does_not_stand_in_the_books_is_not_paid(qne: Qne):
    with pytest.raises(Refused, match="WC-1001"):
        prepared(qne, dataclasses.replace(RECEIPT, knock_offs=(KnockOff("WC-1001", D(1)),)))


def test_many_invoices_are_read_from_the_customers_newest(qne: Qne, http: FakeHttp):
    rows = [sale(number) for number in range(60)]
    http.on("GET", f"{SALE}/List", envelope({"count": 60, "value": rows}))
    body = prepared(qne, paying(*((f"g-{number}", "100.00") for number in range(50))))
    assert [row["docId"] for row in body["knockoff"]] == [f"g-{number}" for number in range(50)]
    assert (http.count(f"{SALE}/List"), http.count(f"{SALE}/g-1")) == (1, 0)
    asked = next(each for each in http.params if each and "$filter" in each)
    assert (asked["$filter"], asked["$orderby"]) == ("customerId eq 12", "docDate desc")


def test_old_invoices_are_read_one_by_one_once_that_takes_fewer_calls(qne: Qne, http: FakeHttp):
    pages = [[sale(number) for number in range(start, start + 100)] for start in range(1000, 2000, 100)]
    http.on("GET", f"{SALE}/List", *(envelope({"count": 5000, "value": page}) for page in pages))
    for number in range(5):
        http.on("GET", f"{SALE}/g-{number}", envelope(sale(number)))
    assert len(prepared(qne, paying(*((f"g-{number}", "1.00") for number in range(5))))["knockoff"]) == 5
    assert http.count(f"{SALE}/List") == 5


def test_many_invoices_of_a_customer_who_is_not_named_are_read_as_quickly(qne: Qne, http: FakeHttp):
    http.on("GET", f"{SALE}/g-0", envelope(sale(0, customerId=12)))
    http.on("GET", f"{SALE}/List", envelope({"count": 60, "value": [sale(number) for number in range(60)]}))
    many = dataclasses.replace(paying(*((f"g-{number}", "1.00") for number in range(50))), customer=None)
    assert len(prepared(qne, many)["knockoff"]) == 50
    assert (http.count(f"{SALE}/List"), http.count(f"{SALE}/g-0"), http.count(f"{SALE}/g-1")) == (1, 1, 0)


@pytest.mark.parametrize("trouble", [(500, b""), (400, envelope(None, "ERR", "no such filter")), HTML])
def test_where_a_customers_invoices_cannot_be_asked_for_each_is_read(qne: Qne, http: FakeHttp, trouble: Any):
    http.on("GET", f"{SALE}/List", trouble)
    for number in range(5):
        http.on("GET", f"{SALE}/g-{number}", envelope(sale(number)))
    assert len(prepared(qne, paying(*((f"g-{number}", "1.00") for number in range(5))))["knockoff"]) == 5


def test_rows_that_do_not_say_what_is_open_are_read_one_by_one(qne: Qne, http: FakeHttp):
    http.on("GET", f"{SALE}/List", envelope({"count": 5, "value": [{"id": f"g-{n}"} for n in range(5)]}))
    for number in range(5):
        http.on("GET", f"{SALE}/g-{number}", envelope(sale(number)))
    assert len(prepared(qne, paying(*((f"g-{number}", "1.00") for number in range(5))))["knockoff"]) == 5


def test_a_changed_receipt_counts_what_it_applies_itself_as_open_and_overwrites_the_rest(qne: Qne, http: FakeHttp):
    own = {"id": "row-1", "docType": "INV", "docId": "g-1", "paymentAmount": 100.0}
    present = TEMPLATE | {"id": "r-1", "docCode": "OR2601/001", "status": "Applied", "Knockoffs": [own]}
    http.on("GET", "/api/ARReceipts/r-1", envelope(present | {"description": "changed by hand", "totalAmount": 5}))
    http.on("GET", f"{SALE}/g-1", envelope(sale(outstandingAmount=6)))
    body = prepared(qne, RECEIPT, Remote("r-1", "WC-PAY-77", "OR2601/001"))
    assert (body["id"], body["docCode"], body["totalAmount"]) == ("r-1", "OR2601/001", 106)
    assert body["description"] == "Card payment WC-1001"
    assert body["knockoff"] == [
        {"id": "row-1", "docType": "INV", "docId": "g-1", "amount": 106, "paymentAmount": 106},
    ]


# --- what answers say -------------------------------------------------------------------------------------------

RECEIPT_ROW = {"id": "r-1", "docCode": "OR1", "docDate": "2026-01-16", "referenceNo": "WC-PAY-77"}
RECEIPT_ROW |= {"customerCode": "700-W001", "currencyCode": "MYR", "totalAmount": 106.0}


def test_a_receipt_in_the_list_never_says_that_it_is_void_so_it_is_read(qne: Qne, http: FakeHttp):
    http.on("GET", "/api/ARReceipts/List", envelope({"count": 1, "value": [RECEIPT_ROW]}))
    http.on("GET", "/api/ARReceipts/r-1", envelope(RECEIPT_ROW | {"isCancelled": True, "outstandingAmount": 6.0}))
    [found] = qne.find(Role.PAYMENT, [Wanted("WC-PAY-77")])["WC-PAY-77"]
    assert (found.is_void, found.total, found.balance) == (True, 106, 6)
    assert (found.currency, found.customer, found.date) == ("MYR", "700-W001", dt.date(2026, 1, 16))


def test_a_receipt_that_came_to_nothing_says_so(qne: Qne, http: FakeHttp):
    answer = {"id": "r-1", "docCode": "OR1", "referenceNo": "WC-PAY-77", "totalAmount": 0}
    http.on("POST", "/api/ARReceipts/Create", envelope(answer))
    made = qne.send(Role.PAYMENT, Action.CREATE, b'{"referenceNo":"WC-PAY-77"}', "key")
    assert made.total == 0


CONFIRMED = [
    (Action.UPDATE, "confirmedForBankRecon=false&confirmedForKnockOff=true"),
    (Action.VOID, "confirmedForBankRecon=false"),
]


@pytest.mark.parametrize(("action", "query"), CONFIRMED)
def test_our_own_knock_offs_may_change_but_never_what_the_bank_confirmed(action: Action, query: str):
    assert contract.write_path(Role.PAYMENT, action).partition("?")[2] == query
    assert "?" not in contract.write_path(Role.SALE, action)


def test_a_receipt_is_voided_without_asking_what_is_knocked_off_it(qne: Qne, http: FakeHttp):
    http.on("POST", "/api/ARReceipts/Void", envelope(None))
    http.on("GET", "/api/ARReceipts/r-1", envelope(RECEIPT_ROW | {"isCancelled": True}))
    remote = Remote("r-1", "WC-PAY-77", "OR1")
    payload = qne.prepare(Role.PAYMENT, Action.VOID, "WC-PAY-77", None, lookup, remote)
    assert qne.send(Role.PAYMENT, Action.VOID, payload, "key").is_void


# --- credit notes -----------------------------------------------------------------------------------------------


@pytest.mark.feature("X1", "S26")
def test_a_credit_note_is_booked_to_its_account_and_knocked_off_against_its_sale(qne: Qne):
    assert prepared(qne, NOTE) == {
        "docType": "ARCN",
        "docCode": "CN-7",
        "docDate": "2026-01-15",
        "customerId": 12,
        "currencyId": 1,
        "currencyRate": 1,
        "projectId": 5,
        "agentId": "a-7",
        "referenceNo": "WC-PAY-77",
        "description": "Online sales",
        "isTaxInclusive": False,
        "details": [
            {
                "pos": 1,
                "accountId": "5aa5-c3",
                "description": "Mug - Blue",
                "qty": 2,
                "unitPrice": 52.5,
                "discount": "5",
                "isTaxInclusive": False,
                "projectId": 5,
                "taxCodeId": 4,
                "taxRate": 0.06,
            }
        ],
        "knockoff": [{"docType": "INV", "docId": "g-1", "amount": 106, "paymentAmount": 106}],
    }


def test_what_the_template_of_credit_notes_does_not_have_is_not_sent(qne: Qne, http: FakeHttp):
    bare = {"docType": "ARCN", "currencyId": 1, "currencyCode": "MYR"}
    http.on("GET", "/api/ARCNs/New", envelope(bare))
    assert not {"docCode", "knockoff", "projectId", "agentId"} & set(prepared(qne, NOTE))


def test_a_credit_note_without_its_account_is_refused_with_where_to_choose_it(qne: Qne):
    document = dataclasses.replace(NOTE.document, account=None)
    with pytest.raises(Refused, match="settings"):
        prepared(qne, dataclasses.replace(NOTE, document=document))


def test_a_refund_that_is_to_be_paid_out_is_refused_and_not_quietly_kept_as_a_credit(qne: Qne):
    with pytest.raises(Refused, match="pays nothing out"):
        prepared(qne, dataclasses.replace(NOTE, paid_from="310-1000"))


def test_a_changed_credit_note_keeps_its_number_and_the_ids_of_its_lines(qne: Qne, http: FakeHttp):
    present = NOTE_TEMPLATE | {"id": "c-1", "docCode": "CN-1", "details": [{"id": "l-1"}]}
    http.on("GET", "/api/ARCNs/c-1", envelope(present))
    two = dataclasses.replace(NOTE, document=dataclasses.replace(NOTE.document, lines=(LINE, LINE)))
    body = prepared(qne, two, Remote("c-1", "WC-PAY-77", "CN-1"))
    assert (body["id"], body["docCode"]) == ("c-1", "CN-1")
    assert [line.get("id") for line in body["details"]] == ["l-1", None]


# --- stock items ------------------------------------------------------------------------------------------------

PRODUCT = NewProduct("KUIH-BOX", "KUIH-BOX", "Kuih raya box", price=D("38.00"), tax_code="SV-6")


@pytest.mark.feature("X2", "S25")
def test_a_stock_item_has_its_sku_for_code_and_the_tenants_defaults():
    template = {"id": 0, "code": "", "name": "", "isActive": True, "baseUOM": "UNIT", "uoms": [], "taxCodeId": None}
    body = product_body(Form(template, "R", Ids(lookup, no_stock)), PRODUCT)
    assert body == {
        "code": "KUIH-BOX",
        "name": "Kuih raya box",
        "isActive": True,
        "baseUOM": "UNIT",
        "taxCodeId": 4,
    }


@pytest.mark.parametrize("sku", ["", "X" * 31])
def test_a_product_whose_sku_is_no_code_gets_one_that_follows_from_our_reference(sku: str):
    body = product_body(Form({}, "R", Ids(lookup, no_stock)), NewProduct("Kuih", sku))
    assert body["code"] == made_code("R")


def test_the_codes_that_a_product_may_have_begin_with_the_one_it_gets():
    assert product_codes("R", "KUIH-BOX") == ["KUIH-BOX", made_code("R")]
    assert product_codes("R", None) == [made_code("R")]


def test_a_changed_stock_item_keeps_its_code():
    present = {"id": 45, "code": "OLD-1", "name": "Kuih", "baseUOM": "SET"}
    body = product_body(Form({}, "R", Ids(lookup, no_stock), present), PRODUCT)
    assert body == {"id": 45, "code": "OLD-1", "name": "Kuih raya box", "baseUOM": "SET"}


def test_a_stock_item_is_found_by_its_sku_or_by_the_code_of_our_reference(qne: Qne, http: FakeHttp):
    here = {"id": 45, "code": "KUIH-BOX", "name": "Kuih", "baseUOM": "SET"}
    http.on("GET", "/api/Stocks/List", envelope({"count": 1, "value": [here]}), envelope({"count": 0, "value": []}))
    [found] = qne.find(Role.PRODUCT, [Wanted("R", number="KUIH-BOX")])["R"]
    assert (found.remote_id, found.number, found.reference, found.raw["base_uom"]) == ("45", "KUIH-BOX", "R", "SET")
    assert [each["$filter"] for each in http.params if each and "$filter" in each] == [
        "code eq 'KUIH-BOX'",
        f"code eq '{made_code('R')}'",
    ]


@pytest.mark.parametrize(("told", "unit"), [(envelope({"id": 45, "code": "A", "baseUOM": "SET"}), "SET"), (HTML, "")])
def test_a_stock_item_that_was_made_stands_even_where_its_unit_cannot_be_read(
    qne: Qne, http: FakeHttp, told: Any, unit: str
):
    http.on("POST", "/api/Stocks/Create", envelope({"id": 45, "code": "A", "name": "Kuih"}))
    http.on("GET", "/api/Stocks/45", told)
    made = qne.send(Role.PRODUCT, Action.CREATE, b'{"code":"A"}', "key")
    assert (made.remote_id, made.number, made.raw["base_uom"]) == ("45", "A", unit)


def test_an_answer_that_names_another_stock_item_decides_nothing(qne: Qne, http: FakeHttp):
    http.on("POST", "/api/Stocks/Create", envelope({"id": 45, "code": "B"}))
    with pytest.raises(OutcomeUnknown):
        qne.send(Role.PRODUCT, Action.CREATE, b'{"code":"A"}', "key")
