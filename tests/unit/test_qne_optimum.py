"""Bytes, answers and look-ups of the QNE Optimum adapter, over a scripted HTTP client."""

import dataclasses
import datetime as dt
import json
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Wanted
from adapters.accounting.qne.masters import made_code
from adapters.accounting.qne_optimum import QneOptimum, contract, declared
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast, UnknownCode
from documents import Action, CustomerChoice, NewCustomer, ReferenceKind, ReferenceRow, Remote, Role
from tests.unit.test_qne_client import HTML, FakeHttp
from tests.unit.test_qne_invoices import INVOICE, LINE

K = ReferenceKind
D = Decimal
PATH = contract.INVOICES
PLAIN = dataclasses.replace(LINE, price=D("50.00"), discount=D(0))
SALE = dataclasses.replace(INVOICE, lines=(PLAIN,))
KNOWN = {(K.CUSTOMER, "700-W001"), (K.ITEM, "MUG"), (K.LOCATION, "HQ"), (K.TAX_CODE, "SV-6")}


def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
    if (kind, code) not in KNOWN:
        raise UnknownCode(kind, code)
    return ReferenceRow(kind, code, code, f"id of {code}")


def row(reference: str | None, number: int = 1, **more: Any) -> dict[str, Any]:
    return {"id": f"g-{number}", "invoiceCode": f"SI{number}", "referenceNo": reference} | more


def whole(reference: str, number: int = 1, **more: Any) -> dict[str, Any]:
    told = {"invoiceDate": "2026-01-15T00:00:00", "customer": "700-W001", "details": [{"netAmount": 106.0}]}
    return row(reference, number, **told) | more


def as_bytes(answer: Any) -> bytes:
    return json.dumps(answer).encode()


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def books(http: FakeHttp) -> QneOptimum:
    settings = {"company": "Kedai Mawar", "home_currency": "myr"}
    return QneOptimum(settings, {"db_code": "OUCOP7"}, http)  # type: ignore[arg-type]


def prepared(books: QneOptimum, invoice: Any = SALE, remote: Remote | None = None) -> dict[str, Any]:
    action = Action.UPDATE if remote else Action.CREATE
    made: dict[str, Any] = json.loads(books.prepare(Role.SALE, action, "REF-1", invoice, lookup, remote))
    return made


# --- bytes ------------------------------------------------------------------------------------------------------


@pytest.mark.feature("S1", "S4", "S6", "S7", "S10")
def test_an_invoice_as_optimum_takes_it_by_codes(books: QneOptimum):
    assert prepared(books) == {
        "invoiceDate": "2026-01-15T00:00:00",
        "customer": "700-W001",
        "referenceNo": "REF-1",
        "title": "Online sales",
        "stockLocation": "HQ",
        "details": [
            {
                "numbering": "1",
                "stock": "MUG",
                "description": "Mug - Blue",
                "qty": 2,
                "uom": "PCS",
                "unitPrice": 50.0,
                "taxCode": "SV-6",
            }
        ],
    }


def test_a_foreign_currency_is_refused_since_it_could_be_booked_as_the_home_currency(books: QneOptimum):
    with pytest.raises(Refused, match="MYR only, not in SGD"):
        prepared(books, dataclasses.replace(SALE, currency="SGD"))


@pytest.mark.parametrize(
    "change",
    [
        {"customer": CustomerChoice("NOBODY")},
        {"customer": CustomerChoice(create=NewCustomer("Ali"))},
        {"customer": None},
        {"location": "MOON"},
        {"lines": (dataclasses.replace(PLAIN, item="GONE"),)},
        {"lines": (dataclasses.replace(PLAIN, tax_code="GONE"),)},
    ],
)
def test_a_code_that_the_books_do_not_have_is_named(books: QneOptimum, change: dict[str, Any]):
    with pytest.raises(UnknownCode):
        prepared(books, dataclasses.replace(SALE, **change))


def test_a_changed_invoice_keeps_what_we_do_not_write_and_the_ids_of_its_lines(books: QneOptimum, http: FakeHttp):
    present = whole("REF-1", phone="03-1", title=None, details=[{"id": "l-1"}])
    http.on("GET", f"{PATH}/g-1", as_bytes(present))
    two = dataclasses.replace(SALE, lines=(PLAIN, PLAIN))
    body = prepared(books, two, Remote("g-1", "REF-1", "SI1"))
    assert (body["id"], body["invoiceCode"], body["phone"]) == ("g-1", "SI1", "03-1")
    assert [line.get("id") for line in body["details"]] == ["l-1", None]


@pytest.mark.parametrize("role", [Role.SALE, Role.CUSTOMER])
@pytest.mark.parametrize("action", [Action.VOID, Action.RESTORE])
def test_nothing_is_voided_or_restored_and_the_owner_is_told_before_anything_is_sent(
    books: QneOptimum, http: FakeHttp, role: Role, action: Action
):
    with pytest.raises(Refused, match="neither void nor restore"):
        books.prepare(role, action, "REF-1", None, lookup, Remote("g-1", "REF-1", "SI1"))
    assert http.asked == []


def test_a_customer_has_a_code_that_follows_from_our_reference(books: QneOptimum):
    payload = books.prepare(Role.CUSTOMER, Action.CREATE, "R", NewCustomer("Ali", "a@b.example"), lookup, None)
    assert json.loads(payload) == {
        "companyCode": made_code("R"),
        "companyName": "Ali",
        "email": "a@b.example",
        "status": "ACTIVE",
    }


# --- answers ----------------------------------------------------------------------------------------------------

MADE = as_bytes(whole("REF-1"))
OUTCOMES = [
    ((400, b'{"message":"Customer is required"}'), Refused),
    ((404, b'{"Message":"No such record"}'), Refused),
    ((409, b'{"error":"busy"}'), Refused),
    ((403, b'{"title":"No permission"}'), NotAllowed),
    ((401, b'{"message":"Unauthorized"}'), OutcomeUnknown),
    ((401, b""), OutcomeUnknown),
    ((429, b""), TooFast),
    ((400, HTML), OutcomeUnknown),
    ((404, b""), OutcomeUnknown),
    ((408, b""), OutcomeUnknown),
    ((500, b'{"message":"boom"}'), OutcomeUnknown),
    ((502, HTML), OutcomeUnknown),
    ((200, HTML), OutcomeUnknown),
    ((200, b""), OutcomeUnknown),
    ((200, b"[]"), OutcomeUnknown),
    ((200, b"{}"), OutcomeUnknown),
    ((200, b'{"id":""}'), OutcomeUnknown),
    ((200, as_bytes(whole("REF-2"))), OutcomeUnknown),
]


def send(books: QneOptimum, action: Action = Action.CREATE, payload: bytes = b'{"referenceNo":"REF-1"}') -> Remote:
    return books.send(Role.SALE, action, payload, "key")


@pytest.mark.parametrize(("told", "kind"), OUTCOMES)
def test_an_answer_to_a_create_means(books: QneOptimum, http: FakeHttp, told: Any, kind: type[RemoteError]):
    http.on("POST", PATH, told)
    with pytest.raises(kind) as caught:
        send(books)
    assert isinstance(caught.value, kind)
    assert len(http.asked) == 1


@pytest.mark.parametrize("told", [MADE, as_bytes({"id": "g-1"})])
def test_what_was_made_is_read_for_its_number_and_its_total(books: QneOptimum, http: FakeHttp, told: bytes):
    http.on("POST", PATH, told)
    http.on("GET", f"{PATH}/g-1", MADE)
    made = send(books)
    assert (made.remote_id, made.reference, made.number, made.total) == ("g-1", "REF-1", "SI1", D("106.0"))
    assert (made.customer, made.date, made.is_void) == ("700-W001", dt.date(2026, 1, 15), False)


@pytest.mark.parametrize("trouble", [(502, HTML), (404, b'{"message":"gone"}')])
def test_what_was_made_stands_even_where_it_cannot_be_read_now(books: QneOptimum, http: FakeHttp, trouble: Any):
    http.on("POST", PATH, as_bytes({"id": "g-1", "invoiceCode": "SI1"}))
    http.on("GET", f"{PATH}/g-1", trouble)
    assert (send(books).number, send(books).total) == ("SI1", None)


def test_a_changed_document_must_be_the_one_that_was_meant(books: QneOptimum, http: FakeHttp):
    http.on("PUT", PATH, MADE)
    http.on("GET", f"{PATH}/g-1", MADE)
    assert send(books, Action.UPDATE, b'{"id":"g-1","referenceNo":"REF-1"}').remote_id == "g-1"
    with pytest.raises(OutcomeUnknown):
        send(books, Action.UPDATE, b'{"id":"g-2","referenceNo":"REF-1"}')


TOTALS = [
    ({"netTotalAmount": 99.5}, "99.5"),
    ({"details": [{"netAmount": 53}, {"netAmount": 53.01}]}, "106.01"),
    ({"details": [{"netAmount": 53}, {"qty": 1}]}, None),
    ({"details": []}, None),
    ({"details": None}, None),
]


@pytest.mark.parametrize(("fields", "total"), TOTALS)
def test_a_total_is_told_or_summed_or_unknown_and_never_guessed(fields: dict[str, Any], total: str | None):
    told = contract.total_of(json.loads(as_bytes(whole("R") | fields), parse_float=Decimal))
    assert told == (None if total is None else D(total))


# --- reading ----------------------------------------------------------------------------------------------------


def test_the_company_is_told_by_the_owner_and_kept_apart_by_its_code_and_its_server(http: FakeHttp):
    http.on("GET", contract.VERSION, b'"2023.1"')
    given = [("OUCOP7", ""), ("OUCOP7", "http://10.0.0.5:8003/"), ("OTHER1", ""), ("OUCOP7", "")]
    companies = [
        QneOptimum({"company": "Kedai Mawar", "base_url": url}, {"db_code": code}, http).check()  # type: ignore[arg-type]
        for code, url in given
    ]
    assert len({each.key for each in companies}) == 3
    assert companies[0] == companies[3]
    assert (companies[0].name, companies[0].home_currency) == ("Kedai Mawar", "MYR")
    assert not any("OUCOP7" in repr(each) for each in companies)


@pytest.mark.parametrize("told", [b"2023.1", b'{"version":"1"}', b""])
def test_any_success_tests_the_code(books: QneOptimum, http: FakeHttp, told: bytes):
    http.on("GET", contract.VERSION, told)
    assert books.check().key


def test_a_code_that_is_refused_is_told_as_such(books: QneOptimum, http: FakeHttp):
    http.on("GET", contract.VERSION, (401, b'{"message":"Unauthorized"}'))
    with pytest.raises(LoginRefused):
        books.check()


def test_a_read_is_repeated_once_after_a_refusal_that_may_be_false(books: QneOptimum, http: FakeHttp):
    http.on("GET", contract.VERSION, b"{}")
    books.check()
    assert http.patience == [((10.0,), frozenset({401}))]


def test_a_document_is_gone_only_where_the_api_says_so(books: QneOptimum, http: FakeHttp):
    http.on("GET", f"{PATH}/g-1", (404, b'{"message":"Record not found"}'))
    assert books.read(Role.SALE, "g-1") is None
    for told in ((404, HTML), (404, b""), (500, b""), b"[]", as_bytes(whole("R", 2)), HTML):
        http.on("GET", f"{PATH}/g-1", told)
        with pytest.raises(OutcomeUnknown):
            books.read(Role.SALE, "g-1")


def listed(number: int) -> dict[str, Any]:
    return {"id": f"c-{number}", "companyCode": f"C{number}", "companyName": f"Customer {number}"}


def page(*numbers: int) -> bytes:
    return as_bytes([listed(number) for number in numbers])


def codes(books: QneOptimum, kind: ReferenceKind = K.CUSTOMER) -> list[str]:
    return [each.code for some in books.reference_pages(kind) for each in some.rows]


LISTS = [
    ([page(1, 2), page(3), page()], ["C1", "C2", "C3"]),
    ([page(*range(50)), page(*range(50, 60)), page()], [f"C{n}" for n in range(60)]),
    ([page(1, 2), page(1, 2)], ["C1", "C2"]),
    ([page()], []),
]


@pytest.mark.parametrize(("answers", "found"), LISTS)
def test_a_list_is_read_up_to_an_empty_page_however_long_pages_are(
    books: QneOptimum, http: FakeHttp, answers: list[bytes], found: list[str]
):
    http.on("GET", contract.CUSTOMERS, *answers)
    assert codes(books) == found


@pytest.mark.parametrize(
    "answers", [[page(*range(100))] * 2, [page(1), HTML], [page(1), b'{"message":"no"}'], [b"[1]"]]
)
def test_a_list_that_breaks_off_or_does_not_page_raises(books: QneOptimum, http: FakeHttp, answers: list[bytes]):
    http.on("GET", contract.CUSTOMERS, *answers)
    with pytest.raises(OutcomeUnknown):
        codes(books)


def test_rows_of_lists_in_our_words(books: QneOptimum, http: FakeHttp):
    http.on("GET", "/api/Stocks", as_bytes([{"id": "s", "stockCode": "TEA", "stockName": "Tea", "baseUOM": "PCS"}]))
    http.on("GET", "/api/StockLocation", as_bytes([{"id": "l", "locationCode": "HQ", "isActive": False}]))
    taxes = [{"id": "t", "taxCode": "SV-6", "rate": 6}, {"id": "u", "taxCode": "SV-8", "rate": 0.08}, {"rate": 1}]
    http.on("GET", "/api/TaxCodes/OutputTaxCodes", as_bytes(taxes))
    http.on("GET", contract.CUSTOMERS, as_bytes([listed(1) | {"status": "INACTIVE", "email": "a@b.example"}]))
    rows = {each.code: each for kind in books.reference_kinds for each in rows_of(books, kind)}
    assert rows["TEA"].details["uoms"] == [{"code": "PCS"}]
    assert (rows["HQ"].is_active, rows["C1"].is_active, rows["C1"].details["email"]) == (False, False, "a@b.example")
    assert (rows["SV-6"].details["rate"], rows["SV-8"].details["rate"]) == ("6", "8")
    assert rows["MYR"].details["rates"] == [{"from": None, "rate": "1"}]


def rows_of(books: QneOptimum, kind: ReferenceKind) -> list[ReferenceRow]:
    if kind is K.UOM:
        return []
    return [each for some in books.reference_pages(kind) for each in some.rows]


def test_units_are_read_for_the_items_that_are_used(books: QneOptimum, http: FakeHttp):
    units = [{"uomCode": "CTN", "rate": 12}, {"uomCode": "PCS", "rate": 1, "isBase": True}]
    http.on("GET", "/api/Stocks/s/UOMS", as_bytes(units))
    item = ReferenceRow(K.ITEM, "TEA", "Tea", "s", details={"base_uom": "", "uoms": []})
    [made] = books.complete(K.ITEM, [item])
    assert made.details["base_uom"] == "PCS"
    assert [unit["code"] for unit in made.details["uoms"]] == ["CTN", "PCS"]  # type: ignore[union-attr,index]


# --- looking up -------------------------------------------------------------------------------------------------


def found_in(http: FakeHttp, newest: list[Any], *answers: list[Any]) -> None:
    """The newest invoices, then what each question finds."""
    pages = [as_bytes(newest)]
    for rows in answers:
        pages += [as_bytes(rows), as_bytes([])]
    http.on("GET", PATH, *pages, as_bytes([]))


def find(books: QneOptimum, *references: str) -> dict[str, list[Remote]]:
    return books.find(Role.SALE, [Wanted(reference) for reference in references])


def questions(http: FakeHttp) -> list[str]:
    return [each["$filter"] for each in http.params if each and each.get("$skip") == "0" and "$filter" in each]


def test_a_reference_is_asked_for_beside_one_that_is_surely_there(books: QneOptimum, http: FakeHttp):
    found_in(http, [row("", 7), row("OLD", 8)], [row("OLD", 8), row("O'Hara", 1)])
    http.on("GET", f"{PATH}/g-1", as_bytes(whole("O'Hara")))
    [remote] = find(books, "O'Hara")["O'Hara"]
    assert (remote.remote_id, remote.total) == ("g-1", D("106.0"))
    assert questions(http) == ["referenceNo in ('O''Hara','OLD','O''Hara')"]
    assert http.params[0]["$orderby"] == "invoiceDate desc"


def test_absence_is_believed_only_from_an_answer_that_shows_the_known_one(books: QneOptimum, http: FakeHttp):
    found_in(http, [row("OLD", 8)], [row("OLD", 8)])
    assert find(books, "A", "B") == {"A": [], "B": []}
    assert questions(http) == ["referenceNo in ('A','OLD','B')"]


UNPROVEN = [
    ([row("OLD", 8)], [[]]),
    ([row("OLD", 8)], [[row("A", 1)]]),
    ([row("OLD", 8)], [[row("old", 8)]]),
]


@pytest.mark.parametrize(("newest", "answers"), UNPROVEN)
def test_a_question_that_does_not_find_the_known_one_tells_nothing(
    books: QneOptimum, http: FakeHttp, newest: list[Any], answers: list[list[Any]]
):
    found_in(http, newest, *answers)
    with pytest.raises(OutcomeUnknown):
        find(books, "A")


@pytest.mark.parametrize("newest", [[row("", 1)], [row(None, 1)], [{"id": "g-1", "invoiceCode": "SI1"}]])
def test_books_that_show_no_reference_at_all_are_not_trusted_and_the_owner_is_told_what_to_do(
    books: QneOptimum, http: FakeHttp, newest: list[Any]
):
    found_in(http, newest)
    with pytest.raises(Refused, match="Enter a reference into one invoice"):
        find(books, "A")


def test_books_without_any_invoice_hold_none_of_ours(books: QneOptimum, http: FakeHttp):
    found_in(http, [])
    assert find(books, "A") == {"A": []}
    assert questions(http) == []


def test_the_known_reference_is_looked_for_in_so_many_pages_and_no_more(books: QneOptimum, http: FakeHttp):
    pages = [[row("", 1000 * place + n) for n in range(100)] for place in range(contract.PROOF_PAGES + 1)]
    http.on("GET", PATH, *map(as_bytes, pages))
    with pytest.raises(Refused):
        find(books, "A")
    assert http.count(PATH) == contract.PROOF_PAGES


def test_many_references_are_twenty_in_a_question(books: QneOptimum, http: FakeHttp):
    found_in(http, [row("OLD", 8)], *([[row("OLD", 8)]] * 3))
    assert len(find(books, *(f"R{n}" for n in range(45)))) == 45
    assert [question.count("'") // 2 for question in questions(http)] == [21, 21, 6]


def test_the_known_reference_may_be_wanted_itself_and_is_found_once(books: QneOptimum, http: FakeHttp):
    found_in(http, [row("R7", 7)], *([[row("R7", 7)]] * 3))
    http.on("GET", f"{PATH}/g-7", as_bytes(whole("R7", 7)))
    assert len(find(books, *(f"R{n}" for n in range(45)))["R7"]) == 1


def test_two_documents_of_one_reference_are_two_and_a_cancelled_one_says_so(books: QneOptimum, http: FakeHttp):
    found_in(http, [row("A", 1)], [row("A", 1), row("A", 2)])
    http.on("GET", f"{PATH}/g-1", as_bytes(whole("A", 1, isCancelled=True)))
    http.on("GET", f"{PATH}/g-2", as_bytes(whole("A", 2)))
    assert [remote.is_void for remote in find(books, "A")["A"]] == [True, False]


def test_customers_are_found_by_the_codes_of_our_references(books: QneOptimum, http: FakeHttp):
    made = {"id": "c-9", "companyCode": made_code("R1"), "companyName": "Ali", "email": "a@b.example"}
    http.on("GET", contract.CUSTOMERS, as_bytes([made]), as_bytes([]))
    found = books.find(Role.CUSTOMER, [Wanted("R1"), Wanted("R2")])
    assert [(each.remote_id, each.number) for each in found["R1"]] == [("c-9", made_code("R1"))]
    assert found["R2"] == []


# --- declared ---------------------------------------------------------------------------------------------------


def test_it_says_that_it_is_a_preview_and_what_it_cannot_do():
    assert "preview" in QneOptimum.label
    hint = declared.CONNECTION[0].hint
    assert all(word in hint for word in ("Preview", "never tried", "cannot void", "no payments", "credit notes"))


def test_it_takes_invoices_and_customers_and_keeps_no_currency_but_its_own():
    assert QneOptimum.roles == {Role.SALE, Role.CUSTOMER}
    assert not QneOptimum.update_restores
    picks = {setting.pick for setting in QneOptimum.profile_settings if setting.pick}
    assert picks <= set(QneOptimum.reference_kinds)


def test_its_settings_are_those_of_qne_that_it_can_keep():
    assert {setting.name for setting in QneOptimum.profile_settings} == declared.NAMES


def test_the_code_is_a_secret():
    assert [setting.name for setting in declared.CONNECTION if setting.secret] == ["db_code"]
