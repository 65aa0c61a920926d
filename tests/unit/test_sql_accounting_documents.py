"""The bytes of documents as SQL Accounting takes them: every sum in them, what an update keeps, what is never sent."""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given

from adapters.accounting.sql_accounting import SqlAccounting, contract, declared
from adapters.errors import Refused, UnknownCode
from documents import (
    Action,
    Content,
    CreditNote,
    CustomerChoice,
    Invoice,
    InvoiceLine,
    KnockOff,
    NewCustomer,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
)
from sync.drafting import draft
from tests.unit.drafting_cases import order_of, rules_of
from tests.unit.drafting_makers import make_rules
from tests.unit.sql_accounting_fake import FakeHttp, books_of, make_lookup, rows
from tests.unit.test_drafting_properties import DIGITS, QUICK, orders, rounded, switches

K = ReferenceKind
D = Decimal
DAY = dt.date(2026, 1, 15)
ROWS = [
    ReferenceRow(K.CUSTOMER, "300-W0001", "Walk-in Web Customer", "300-W0001"),
    ReferenceRow(K.CUSTOMER, "300-T0001", "Tan Mei", "300-T0001"),
    ReferenceRow(K.CURRENCY, "MYR", "Ringgit", "----"),
    ReferenceRow(K.CURRENCY, "USD", "US Dollar", "USD"),
    ReferenceRow(K.TERM, "30 Days", "30 days", "30 Days"),
    *(ReferenceRow(K.AGENT, code, code, code) for code in ("KUMAR", "AH")),
    ReferenceRow(K.AREA, "NORTH", "North", "NORTH"),
    ReferenceRow(K.ACCOUNT, "500-100", "Sales", "500-100"),
    *(ReferenceRow(K.PROJECT, code, code, code) for code in ("ONLINE", "SHOP")),
    *(ReferenceRow(K.LOCATION, code, code, code) for code in ("HQ", "IPOH")),
    ReferenceRow(K.TAX_CODE, "SV-6", "Service tax", "4", details={"rate": "6"}),
    ReferenceRow(K.TAX_CODE, "NT", "No tax", "5", details={"rate": "0"}),
    *(ReferenceRow(K.ITEM, code, code, str(n)) for n, code in enumerate(("TEA-250", "MUG", "PHONE", "DISC"))),
]
LINE = InvoiceLine(
    "item",
    D("95.00"),
    item="TEA-250",
    uom="UNIT",
    quantity=D("2"),
    price=D("50.00"),
    discount=D("5.00"),
    tax_code="SV-6",
    tax_rate=D("6"),
    tax=D("5.70"),
    description="Tea 250 g",
)
INVOICE = Invoice(
    "R",
    "MYR",
    D("100.70"),
    DAY,
    D(1),
    CustomerChoice("300-W0001"),
    (LINE,),
    number="EW1001",
    terms="30 Days",
    agent="KUMAR",
    area="NORTH",
    project="ONLINE",
    location="HQ",
    account="500-100",
    description="Online sales",
    due_date=dt.date(2026, 2, 14),
)
REMOTE = Remote("501", "REF-1", "IV-00501")


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


def prepared(
    http: FakeHttp, role: Role, content: Content | None, action: Action = Action.CREATE, remote: Remote | None = None
) -> dict[str, Any]:
    payload = books_of(http).prepare(role, action, "REF-1", content, make_lookup(*ROWS), remote)
    return json.loads(payload, parse_float=D)


def made(content: Invoice = INVOICE, **changes: Any) -> dict[str, Any]:
    return prepared(FakeHttp(), Role.SALE, dataclasses.replace(content, **changes))


# --- sales invoices ---------------------------------------------------------------------------------------------


@pytest.mark.feature("S1", "S2", "S3", "S5", "S6", "S7", "S8", "S9", "S10", "S17")
def test_an_invoice_as_sql_accounting_takes_it():
    assert made() == {
        "docno": "EW1001",
        "docdate": "2026-01-15",
        "postdate": "2026-01-15",
        "code": "300-W0001",
        "terms": "30 Days",
        "agent": "KUMAR",
        "area": "NORTH",
        "project": "ONLINE",
        "currencycode": "----",
        "currencyrate": "1",
        "description": "Online sales",
        "docref1": "REF-1",
        "sdsdocdetail": [
            {
                "seq": 1000,
                "itemcode": "TEA-250",
                "description": "Tea 250 g",
                "qty": "2",
                "uom": "UNIT",
                "unitprice": "50.00",
                "disc": "5.00",
                "tax": "SV-6",
                "taxrate": "6%",
                "taxinclusive": False,
                "project": "ONLINE",
                "location": "HQ",
                "account": "500-100",
            }
        ],
    }


def test_the_same_invoice_is_always_the_same_bytes():
    lookup = make_lookup(*ROWS)
    first, second = (
        books_of(FakeHttp()).prepare(Role.SALE, Action.CREATE, "R", INVOICE, lookup, None) for _ in range(2)
    )
    assert first == second


def test_what_is_not_chosen_is_the_code_for_none_or_left_out():
    bare = made(agent=None, area=None, project=None, location=None, account=None, terms=None, number=None)
    assert (bare["agent"], bare["area"], bare["project"], bare["docno"]) == ("----", "----", "----", "")
    assert "terms" not in bare
    [line] = bare["sdsdocdetail"]
    assert line["project"] == "----"
    assert not {"location", "account"} & line.keys()


def test_no_sum_and_no_due_date_is_sent():
    body = made()
    assert not {"docamt", "localdocamt", "duedate"} & body.keys()
    assert not {"amount", "taxamt", "amountwithtax"} & body["sdsdocdetail"][0].keys()


def test_a_line_without_tax_says_so_or_the_items_own_might_be_taken():
    [line] = made(lines=(dataclasses.replace(LINE, tax_code=None, tax_rate=D(0)),))["sdsdocdetail"]
    assert (line["tax"], line["taxrate"]) == ("", "")


@pytest.mark.parametrize(("rate", "text"), [("6", "6%"), ("8.00", "8%"), ("10", "10%"), ("0", "0%"), ("8.25", "8.25%")])
def test_the_rate_of_a_tax_is_text(rate: str, text: str):
    [line] = made(lines=(dataclasses.replace(LINE, tax_rate=D(rate)),))["sdsdocdetail"]
    assert line["taxrate"] == text


def test_decimals_are_exact_text():
    line = dataclasses.replace(LINE, quantity=D("1.5000"), price=D("3.33333333"), discount=D("0.00"))
    [sent] = made(lines=(line,))["sdsdocdetail"]
    assert (sent["qty"], sent["unitprice"], sent["disc"]) == ("1.5000", "3.33333333", "")
    [sent] = made(lines=(dataclasses.replace(LINE, price=D("1E+2"), discount=D("1E+1")),))["sdsdocdetail"]
    assert (sent["unitprice"], sent["disc"]) == ("100", "10")


def test_inclusive_prices_are_said_on_each_line():
    body = made(lines=(LINE, LINE), tax_inclusive=True)
    assert [line["taxinclusive"] for line in body["sdsdocdetail"]] == [True, True]
    assert [line["seq"] for line in body["sdsdocdetail"]] == [1000, 2000]


def test_a_negative_line():
    line = InvoiceLine("seller_discount", D("-5.00"), item="DISC", quantity=D(1), price=D("-5.00"), tax_code="NT")
    [sent] = made(lines=(line,))["sdsdocdetail"]
    assert (sent["qty"], sent["unitprice"]) == ("1", "-5.00")
    assert not {"uom", "description"} & sent.keys(), "the item's own"


def test_a_line_may_have_a_project_and_a_location_of_its_own():
    [sent] = made(lines=(dataclasses.replace(LINE, project="SHOP", location="IPOH"),))["sdsdocdetail"]
    assert (sent["project"], sent["location"]) == ("SHOP", "IPOH")


@pytest.mark.feature("S12")
def test_serial_numbers_stand_on_their_line():
    [sent] = made(lines=(dataclasses.replace(LINE, item="PHONE", serials=("SN-1", "SN-2")),))["sdsdocdetail"]
    assert sent["sdsserialnumber"] == [{"serialnumber": "SN-1"}, {"serialnumber": "SN-2"}]
    assert "sdsserialnumber" not in made()["sdsdocdetail"][0]


@pytest.mark.feature("M7")
def test_a_foreign_currency_has_its_code_and_its_rate():
    body = made(currency="USD", exchange_rate=D("4.123"))
    assert (body["currencycode"], body["currencyrate"]) == ("USD", "4.123")
    singapore = books_of(FakeHttp(), home_currency="USD")
    payload = singapore.prepare(Role.SALE, Action.CREATE, "R", _in("USD"), make_lookup(*ROWS), None)
    assert json.loads(payload)["currencycode"] == "----"


def _in(currency: str) -> Invoice:
    return dataclasses.replace(INVOICE, currency=currency)


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"customer": CustomerChoice("NOBODY")}, K.CUSTOMER),
        ({"customer": CustomerChoice(create=NewCustomer("Ali"))}, K.CUSTOMER),
        ({"customer": None}, K.CUSTOMER),
        ({"terms": "90"}, K.TERM),
        ({"agent": "GONE"}, K.AGENT),
        ({"area": "GONE"}, K.AREA),
        ({"account": "GONE"}, K.ACCOUNT),
        ({"project": "GONE"}, K.PROJECT),
        ({"location": "GONE"}, K.LOCATION),
        ({"currency": "XXX"}, K.CURRENCY),
        ({"lines": (dataclasses.replace(LINE, item="GONE"),)}, K.ITEM),
        ({"lines": (dataclasses.replace(LINE, item=None),)}, K.ITEM),
        ({"lines": (dataclasses.replace(LINE, tax_code="GONE"),)}, K.TAX_CODE),
    ],
)
def test_a_code_that_the_books_do_not_have_is_named(change: dict[str, Any], kind: ReferenceKind):
    with pytest.raises(UnknownCode) as error:
        made(**change)
    assert error.value.kind is kind


@pytest.mark.parametrize("change", [{"date": None}, {"exchange_rate": None}])
def test_an_invoice_without_date_or_rate_is_not_sent(change: dict[str, Any]):
    with pytest.raises(Refused):
        made(**change)


# --- its sums, reckoned again from the JSON alone ---------------------------------------------------------------


def total_of(body: dict[str, Any], digits: int) -> Fraction:
    """The document's total as SQL Accounting makes it: each line's tax half-up."""
    return sum((_line_total(line, digits) for line in body["sdsdocdetail"]), Fraction(0))


def _line_total(line: dict[str, Any], digits: int) -> Fraction:
    gross = rounded(Fraction(line["qty"]) * Fraction(line["unitprice"]), digits)
    amount = gross - Fraction(line["disc"] or 0)
    rate = Fraction(line["taxrate"].removesuffix("%") or 0)
    return amount if line["taxinclusive"] else amount + rounded(amount * rate / 100, digits)


def anything(kind: ReferenceKind, code: str) -> ReferenceRow:
    return ReferenceRow(kind, code, code, code)


def sent_of(invoice: Invoice) -> dict[str, Any]:
    return json.loads(books_of(FakeHttp()).prepare(Role.SALE, Action.CREATE, "R", invoice, anything, None))


CASES = [json.loads(path.read_text()) for path in sorted(Path("tests/golden").glob("*.json"))]
MINE = [case for case in CASES if case["books"] == "sql_accounting" and case["asks"] == "draft"]
PER_DOCUMENT = "007-tax-per-document"
POSTABLE = [case for case in MINE if case["expect"]["postable"] and case["id"] != PER_DOCUMENT]


@pytest.mark.feature("I10")
@pytest.mark.parametrize("case", POSTABLE, ids=[case["id"] for case in POSTABLE])
def test_a_golden_case_comes_to_its_total_in_the_bytes_that_are_sent(case: dict[str, Any]):
    invoice = draft(order_of(case), rules_of(case)).invoice
    assert invoice is not None
    digits = declared.ARITHMETIC.digits(invoice.currency)
    assert total_of(sent_of(invoice), digits) == Fraction(case["expect"]["total"])


@pytest.mark.feature("I10")
@QUICK
@given(order=orders(), presets=switches())
def test_whatever_is_drafted_comes_to_its_total_in_the_bytes_that_are_sent(order, presets):
    made = draft(order, make_rules(arithmetic=declared.ARITHMETIC, limits=declared.LIMITS, presets=presets))
    if made.is_postable and made.invoice:
        assert total_of(sent_of(made.invoice), DIGITS[order.currency]) == Fraction(made.invoice.total)


# --- changing a document ----------------------------------------------------------------------------------------

PRESENT: dict[str, Any] = {
    "dockey": 501,
    "docno": "IV-00501",
    "code": "300-W0001",
    "companyname": "Walk-in Web Customer",
    "address1": "1, Jalan Mawar",
    "docdate": "2026-01-15",
    "taxdate": "2026-01-15",
    "agent": "AH",
    "docamt": "106.00",
    "localdocamt": "106.00",
    "docref1": "REF-1",
    "docref2": "by hand",
    "udf_route": "R7",
    "cancelled": False,
    "status": 0,
    "irbm_status": 0,
    "irbm_uuid": None,
    "irbm_internalid": "X",
    "eiv_utc": None,
    "note": "QUJD",
    "updatecount": 3,
    "lastmodified": 1768444200,
    "sdsdocdetail": [
        {
            "dtlkey": 9001,
            "dockey": 501,
            "seq": 1000,
            "itemcode": "TEA-250",
            "uom": "UNIT",
            "qty": "2.00",
            "unitprice": "50.00",
            "account": "500-000",
            "amount": "100.00",
            "taxamt": "6.00",
            "irbm_classification": "022",
            "description2": None,
            "sdsserialnumber": [],
        },
        {"dtlkey": 9002, "dockey": 501, "seq": 2000, "itemcode": "MUG", "uom": "UNIT", "qty": "1.00"},
        {"dtlkey": 9003, "dockey": 501, "seq": 3000, "itemcode": "TEA-250", "uom": "CTN", "qty": "1.00"},
    ],
}


def changed(content: Invoice | None, action: Action = Action.UPDATE, **present: Any) -> dict[str, Any]:
    http = FakeHttp()
    http.on("GET", "salesinvoice/501", rows({**PRESENT, **present}))
    return prepared(http, Role.SALE, content, action, REMOTE)


@pytest.mark.feature("I8")
def test_an_update_keeps_number_rows_and_what_others_wrote():
    lines = (LINE, dataclasses.replace(LINE, item="PHONE"), dataclasses.replace(LINE, item="MUG", uom=None), LINE)
    body = changed(dataclasses.replace(INVOICE, lines=lines))
    assert (body["dockey"], body["docno"], body["updatecount"], body["cancelled"]) == (501, "IV-00501", 4, False)
    assert (body["address1"], body["docref2"], body["udf_route"], body["agent"]) == (
        "1, Jalan Mawar",
        "by hand",
        "R7",
        "KUMAR",
    )
    assert [line.get("dtlkey") for line in body["sdsdocdetail"]] == [9001, None, 9002, None]
    assert [line["sdsserialnumber"] for line in body["sdsdocdetail"]] == [[]] * 4, "old serial numbers go"


def test_an_update_sends_nothing_that_is_the_servers_or_the_tax_offices():
    body = changed(INVOICE)
    assert not {"docamt", "localdocamt", "lastmodified", "taxdate", "note", "status"} & body.keys()
    assert not [name for name in body if name.startswith(("irbm", "eiv"))]
    assert None not in body.values()
    assert list(body)[-1] == "sdsdocdetail", "the head is set before the rows"


def test_an_update_for_another_customer_carries_none_of_the_first_ones_data():
    body = changed(dataclasses.replace(INVOICE, customer=CustomerChoice("300-T0001")))
    assert (body["code"], body["companyname"], body["docno"]) == ("300-T0001", "Tan Mei", "IV-00501")
    assert "address1" not in body


@pytest.mark.parametrize(("stored", "sent"), [(None, 1), (0, 1), (7, 8), ("7", 8)])
def test_the_count_of_updates_goes_on_by_one(stored: Any, sent: int):
    assert changed(INVOICE, updatecount=stored)["updatecount"] == sent


@pytest.mark.feature("I8", "T2")
@pytest.mark.parametrize(("action", "is_void"), [(Action.VOID, True), (Action.RESTORE, False)])
def test_a_void_and_a_restore_send_the_document_as_it_was_read(action: Action, is_void: bool):
    body = changed(None, action, cancelled=not is_void)
    assert (body["cancelled"], body["updatecount"], body["docno"]) == (is_void, 4, "IV-00501")
    assert [line["dtlkey"] for line in body["sdsdocdetail"]] == [9001, 9002, 9003]
    first = body["sdsdocdetail"][0]
    assert first["account"] == "500-000"
    assert not {"amount", "taxamt", "dockey", "irbm_classification", "description2"} & first.keys()


def test_an_update_says_that_the_invoice_is_active_but_a_voided_one_is_restored_first():
    assert not SqlAccounting.update_restores
    assert changed(INVOICE, cancelled=True)["cancelled"] is False


@pytest.mark.parametrize("action", [Action.UPDATE, Action.VOID, Action.RESTORE])
@pytest.mark.parametrize("told", [{"irbm_uuid": "F9D425P6DS7D8IU"}, {"irbm_status": 2}, {"irbm_status": "1"}])
def test_an_invoice_that_the_tax_office_has_is_left_alone(action: Action, told: dict[str, Any]):
    with pytest.raises(Refused, match="credit note"):
        changed(INVOICE if action is Action.UPDATE else None, action, **told)


@pytest.mark.parametrize("code", ["300/A", "300 A", "300#1", "ÄÖ"])
def test_a_code_that_a_path_cannot_take_is_not_tried(code: str):
    http = FakeHttp()
    with pytest.raises(Refused, match="change it there"):
        prepared(http, Role.CUSTOMER, NewCustomer("Ali"), Action.UPDATE, Remote(code, "", code))
    assert http.asked == []


# --- credit notes -----------------------------------------------------------------------------------------------


@pytest.mark.feature("X1", "S26")
def test_a_credit_note_names_its_sale_and_is_left_unapplied():
    note = CreditNote(INVOICE, KnockOff("SALE-1", D("100.70"), "501", "IV-00501"))
    body = prepared(FakeHttp(), Role.REFUND, note)
    assert (body["docno"], body["docref1"], body["fromdoc"]) == ("EW1001", "REF-1", "IV-00501")
    assert body["sdsdocdetail"] == made()["sdsdocdetail"]
    assert "sdsknockoff" not in body
    assert "fromdoc" not in prepared(FakeHttp(), Role.REFUND, CreditNote(INVOICE))


def test_a_refund_is_not_paid_out():
    with pytest.raises(Refused, match="pays no refund out"):
        prepared(FakeHttp(), Role.REFUND, CreditNote(INVOICE, paid_from="310-001"))


# --- payments ---------------------------------------------------------------------------------------------------

RECEIPT = Receipt(
    "REF-1",
    "MYR",
    D("120.00"),
    DAY,
    "310-001",
    customer=CustomerChoice("300-W0001"),
    number="ch_77",
    description="Card payment",
    knock_offs=(KnockOff("S-1", D("106.00"), "501", "IV-00501"), KnockOff("S-2", D("4.00"), "502", "IV-00502")),
)


def paid(**changes: Any) -> dict[str, Any]:
    return prepared(FakeHttp(), Role.PAYMENT, dataclasses.replace(RECEIPT, **changes))


@pytest.mark.feature("R3", "S27")
def test_a_payment_knocks_off_its_invoices_and_says_what_is_left():
    body = paid()
    assert body == {
        "docno": "",
        "code": "300-W0001",
        "docdate": "2026-01-15",
        "postdate": "2026-01-15",
        "paymentmethod": "310-001",
        "description": "Card payment",
        "currencycode": "----",
        "currencyrate": "1",
        "docamt": "120.00",
        "unappliedamt": "10.00",
        "docref1": "REF-1",
        "chequenumber": "ch_77",
        "sdsknockoff": [
            {"doctype": "IV", "docno": "IV-00501", "koamt": "106.00", "knockoff": True},
            {"doctype": "IV", "docno": "IV-00502", "koamt": "4.00", "knockoff": True},
        ],
    }
    assert list(body).index("unappliedamt") < list(body).index("sdsknockoff"), "else the engine spreads it itself"


def test_a_payment_of_nothing_in_particular_is_all_unapplied():
    assert (paid(knock_offs=())["unappliedamt"], paid(knock_offs=())["sdsknockoff"]) == ("120.00", [])


def test_a_payment_in_a_foreign_currency_has_its_rate():
    body = paid(currency="USD", exchange_rate=D("4.2"))
    assert (body["currencycode"], body["currencyrate"]) == ("USD", "4.2")


def test_a_reference_of_the_gateway_that_is_too_long_is_left_out():
    assert "chequenumber" not in paid(number="x" * 21)
    assert "chequenumber" not in paid(number="")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"account": None}, "account"),
        ({"total": D("109.99")}, "more than was received"),
        ({"knock_offs": (KnockOff("S-1", D("1.00")),)}, "S-1"),
        ({"currency": "USD"}, "exchange rate"),
    ],
)
def test_a_payment_that_cannot_be_right_is_not_sent(changes: dict[str, Any], word: str):
    with pytest.raises(Refused, match=word):
        paid(**changes)


def test_a_payment_of_nobody_is_not_sent():
    with pytest.raises(UnknownCode):
        paid(customer=None)


PAID: dict[str, Any] = {
    "dockey": 77,
    "docno": "OR-00077",
    "code": "300-W0001",
    "docamt": "106.00",
    "unappliedamt": "0.00",
    "bankcharge": "1.00",
    "docref1": "REF-1",
    "cancelled": False,
    "updatecount": 0,
    "gltransid": 5,
    "sdsknockoff": [
        {
            "uniquekey": "IV:501",
            "doctype": "IV",
            "docno": "IV-00501",
            "koamt": "106.00",
            "knockoff": True,
            "outstanding": "0.00",
        }
    ],
}


def changed_payment(content: Receipt | None, action: Action) -> dict[str, Any]:
    http = FakeHttp()
    http.on("GET", "customerpayment/77", rows(PAID))
    return prepared(http, Role.PAYMENT, content, action, Remote("77", "REF-1", "OR-00077"))


@pytest.mark.feature("R5")
def test_a_payment_is_written_over_under_its_number():
    body = changed_payment(RECEIPT, Action.UPDATE)
    assert (body["dockey"], body["docno"], body["updatecount"], body["docamt"]) == (77, "OR-00077", 1, "120.00")
    assert (body["bankcharge"], len(body["sdsknockoff"]), body["cancelled"]) == ("1.00", 2, False)


def test_a_payment_is_voided_with_its_rows():
    body = changed_payment(None, Action.VOID)
    assert (body["cancelled"], body["docamt"], body["unappliedamt"], body["updatecount"]) == (True, "106.00", "0.00", 1)
    assert body["sdsknockoff"] == [{"doctype": "IV", "docno": "IV-00501", "koamt": "106.00", "knockoff": True}]
    assert "gltransid" not in body


# --- customers and products -------------------------------------------------------------------------------------


@pytest.mark.feature("S22", "M9")
def test_a_new_customer_has_a_code_and_a_remark_that_follow_from_our_reference():
    body = prepared(FakeHttp(), Role.CUSTOMER, NewCustomer("Tan Mei", "mei@example.com", terms="30 Days"))
    assert body == {
        "code": contract.own_code("REF-1"),
        "companyname": "Tan Mei",
        "currencycode": "----",
        "creditterm": "30 Days",
        "remark": "Tillbridge REF-1",
        "sdsbranch": [{"branchtype": "B", "branchname": "BILLING", "email": "mei@example.com"}],
    }


def test_a_customer_in_a_foreign_currency_without_an_email():
    body = prepared(FakeHttp(), Role.CUSTOMER, NewCustomer("Ann", currency="USD"))
    assert body["currencycode"] == "USD"
    assert body["sdsbranch"] == [{"branchtype": "B", "branchname": "BILLING"}]


def test_codes_of_our_own_are_short_and_differ():
    codes = {contract.own_code(f"customer-{n:016x}") for n in range(20_000)}
    assert len(codes) == 20_000
    assert all(len(code) == 10 and contract.SAFE_IN_A_PATH.fullmatch(code) for code in codes)


def test_a_changed_customer_keeps_its_branches():
    http = FakeHttp()
    branches = [
        {"dtlkey": 1, "branchname": "SHOP", "email": "shop@example.com"},
        {"dtlkey": 2, "branchname": "BILLING", "email": "old@example.com", "address1": "1, Jalan Mawar"},
    ]
    http.on("GET", "customer/T1", rows({"code": "T1", "companyname": "Mei", "sdsbranch": branches}))
    body = prepared(
        http, Role.CUSTOMER, NewCustomer("Tan Mei", "mei@example.com"), Action.UPDATE, Remote("T1", "", "T1")
    )
    assert (body["code"], body["companyname"]) == ("T1", "Tan Mei")
    billing, shop = body["sdsbranch"]
    assert (billing["dtlkey"], billing["email"], billing["address1"]) == (2, "mei@example.com", "1, Jalan Mawar")
    assert (shop["dtlkey"], shop["email"]) == (1, "shop@example.com")


@pytest.mark.feature("X2", "S25")
def test_a_new_product_has_one_unit_with_its_price_and_carries_our_reference():
    product = NewProduct("Mug blue", "MUG-01", price=D("15.00"), tax_code="SV-6", is_tracked=True)
    assert prepared(FakeHttp(), Role.PRODUCT, product) == {
        "code": "MUG-01",
        "description": "Mug blue",
        "stockcontrol": True,
        "sltax": "SV-6",
        "isactive": True,
        "remark2": "REF-1",
        "sdsuom": [{"uom": "UNIT", "rate": "1.00", "isbase": True, "refprice": "15.00"}],
    }


@pytest.mark.parametrize("sku", ["", "  ", "x" * 31])
def test_a_product_without_a_usable_sku_has_a_code_of_ours(sku: str):
    assert prepared(FakeHttp(), Role.PRODUCT, NewProduct("Mug", sku))["code"] == contract.own_code("REF-1")


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PRODUCT])
@pytest.mark.parametrize("action", [Action.VOID, Action.RESTORE])
def test_customers_and_products_are_not_voided(role: Role, action: Action):
    with pytest.raises(Refused):
        prepared(FakeHttp(), role, None, action, Remote("1", "", "1"))


def test_a_product_that_is_there_is_not_changed():
    http = FakeHttp()
    http.on("GET", "stockitem/8", rows({"dockey": 8, "code": "MUG"}))
    with pytest.raises(Refused):
        prepared(http, Role.PRODUCT, NewProduct("Mug"), Action.UPDATE, Remote("8", "", "MUG"))


# --- declared ---------------------------------------------------------------------------------------------------


def test_the_arithmetic_and_the_limits_are_those_of_the_golden_cases():
    usual = [case["profile"] for case in MINE if case["id"] != PER_DOCUMENT]
    assert usual
    for profile in usual:
        told, ours = profile["arithmetic"], declared.ARITHMETIC
        for name in ("price_digits", "quantity_digits", "tax_inclusive_allowed", "negative_lines", "discount_line"):
            assert getattr(ours, name) == told[name]
        assert (ours.line_discount_field, ours.tax_per) == (told["line_discount_field"], told["tax_per"])
        digits = dict(told["money_digits"])
        assert ours.default_money_digits == digits.pop("default")
        assert {currency: ours.digits(currency) for currency in digits} == digits
        for name, most in profile["books_data"]["limits"].items():
            assert getattr(declared.LIMITS, name) == most
    assert declared.LIMITS.reference == 25


GUIDE = {
    "default_customer": "Customer Code",
    "agent": "Agent",
    "terms": "Terms",
    "default_item": "Product Code",
    "default_uom": "UOM",
    "account": "Account",
    "project": "Project",
    "location": "Location",
    "area": "Area",
    "description_prefill": "Invoice Description Pre-fill",
    "uppercase": "Sync Uppercase",
    "serial_numbers": "Sync Serial No",
    "bundle_components": "Show Bundle Kit Items",
    "document_date": "Default Invoice Issue Date",
    "exclude_tiktok_samples": "Exclude TikTok Sample Order",
    "number_source": "Auto-generate Invoice No.",
    "write_back_number": "Update SQL Invoice Number into Order List",
}


@pytest.mark.feature(*(f"S{n}" for n in (*range(1, 16), 17, 18, 21, 22, 25, 26, 27)))
def test_every_setting_of_the_guide_is_declared_in_its_words():
    settings = {setting.name: setting for setting in SqlAccounting.profile_settings}
    assert {name: settings[name].label for name in GUIDE} == GUIDE
    features = {setting.feature for setting in settings.values()}
    assert {f"S{n}" for n in (*range(1, 16), 17, 18, 21, 22, 25, 26, 27)} <= features
    assert len(settings) == len(SqlAccounting.profile_settings)
    assert SqlAccounting.payment_label == "Payment Receive In"


@pytest.mark.feature("S23")
def test_a_due_date_is_reckoned_by_terms_alone():
    assert SqlAccounting.due_by_terms_only
    assert "due_offset" not in {setting.name for setting in SqlAccounting.profile_settings}


@pytest.mark.feature("P3", "P5")
def test_the_page_says_where_the_keys_come_from_and_what_local_mode_needs():
    settings = {setting.name: setting for setting in SqlAccounting.connection_settings}
    assert "SQL person in charge" in settings["access_key"].hint
    assert [name for name, each in settings.items() if each.secret] == ["access_key", "secret_key"]
    assert SqlAccounting.modes == settings["mode"].choices
    assert all(word in settings["mode"].hint for word in ("agent of your own", "not part of Tillbridge"))
    assert "dealer" in SqlAccounting.timeout_step


def test_the_pace_is_careful():
    assert (1 / SqlAccounting.pace.per_second, SqlAccounting.pace.in_flight) == (0.2, 1)
    assert SqlAccounting.longest_s == 600


@pytest.mark.parametrize("setting", [each for each in SqlAccounting.profile_settings if each.choices])
def test_a_choice_begins_with_some_of_its_choices(setting: Any):
    chosen = setting.default.split() if setting.is_many else [setting.default]
    assert set(chosen) <= set(dict(setting.choices))


def test_picks_are_of_lists_that_the_adapter_reads():
    picks = {setting.pick for setting in SqlAccounting.profile_settings if setting.pick}
    assert picks <= set(SqlAccounting.reference_kinds)
    assert SqlAccounting.reads_on_demand <= set(SqlAccounting.reference_kinds)
