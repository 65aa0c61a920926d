"""What an answer of QuickBooks means: faults in both cases and as XML, each code, the keys of a write, and tokens."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from adapters.accounting.quickbooks import QuickBooks, faults
from adapters.errors import (
    ChangedMeanwhile,
    LoginRefused,
    NotAllowed,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TokenRefused,
    TooFast,
)
from adapters.http import encode
from documents import Action, Role
from tests.unit.quickbooks_fakes import FakeHttp, books_of, fault, small_fault

HTML = b"<html>Bad gateway</html>"
XML_429 = b"""<?xml version="1.0" encoding="UTF-8" standalone="yes"?>
<IntuitResponse time="2026-10-03T09:14:05.118-07:00" xmlns="http://schema.intuit.com/finance/v3">
 <Fault type="SERVICE"><Error code="3001">
  <Message>message=ThrottleExceeded; errorCode=003001; statusCode=429</Message>
  <Detail>The request limit was reached.  Try again later</Detail></Error></Fault></IntuitResponse>"""
XML_401 = b"""<?xml version="1.0"?><IntuitResponse xmlns="http://schema.intuit.com/finance/v3">
 <Fault type="AuthenticationFault"><Error code="100"><Message>AuthenticationErrorGeneral: SRV-110-Authentication Failure
 , statusCode: 401</Message></Error></Fault></IntuitResponse>"""
EXPIRED = small_fault("3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401", "Token expired: ab12")
FORBIDDEN = small_fault("3100", "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403")
BEARER = {"www-authenticate": 'Bearer realm="Intuit", error="invalid_token"'}
INVOICE = {"Id": "130", "SyncToken": "0", "DocNumber": "1042", "TotalAmt": 48.18, "PrivateNote": "Tillbridge [REF-1]"}
PAYLOAD = encode(
    {"entity": "Invoice", "params": {}, "reference": "REF-1", "body": {"DocNumber": "1042", "PrivateNote": "x"}}
)


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def books(http: FakeHttp) -> QuickBooks:
    return books_of(http)


def send(books: QuickBooks, payload: bytes = PAYLOAD, action: Action = Action.CREATE) -> Any:
    return books.send(Role.SALE, action, payload, "key-1")


def refusal(books: QuickBooks, http: FakeHttp, *told: Any) -> RemoteError:
    http.on("POST", "invoice", *told)
    with pytest.raises(RemoteError) as error:
        send(books)
    return error.value


OUTCOMES = [
    ((400, fault("2020", "Required param missing")), Refused),
    ((400, fault("9999", "A code of next year")), Refused),
    ((400, fault("610", "Object Not Found")), Refused),
    ((400, fault("5010", "Stale Object Error")), ChangedMeanwhile),
    ((400, fault("5020", "Permission Denied")), NotAllowed),
    ((400, fault("6190", "Invalid Company Status")), LoginRefused),
    ((400, fault("1000", "Operation failed")), OutcomeUnknown),
    ((400, fault("600", "Duplicate Request ID")), OutcomeUnknown),
    ((200, fault("2500", "Invalid Reference Id")), Refused),
    ((401, EXPIRED), TokenRefused),
    ((401, XML_401), TokenRefused),
    ((401, b"", BEARER), TokenRefused),
    ((401, fault("120", "Authorization Failure")), LoginRefused),
    ((403, FORBIDDEN), LoginRefused),
    ((403, fault("", "Forbidden")), NotAllowed),
    ((429, XML_429), TooFast),
    ((429, small_fault("3001", "ThrottleExceeded")), TooFast),
    ((403, XML_429), TooFast),
    ((429, HTML), TooFast),
    ((400, HTML), OutcomeUnknown),
    ((401, HTML), OutcomeUnknown),
    ((403, HTML), OutcomeUnknown),
    ((404, b""), OutcomeUnknown),
    ((408, fault("1000")), OutcomeUnknown),
    ((500, fault("10000", "An application error", kind="SystemFault")), OutcomeUnknown),
    ((502, HTML), OutcomeUnknown),
    ((503, b""), OutcomeUnknown),
    ((302, b""), OutcomeUnknown),
    ((200, HTML), OutcomeUnknown),
    ((200, b"[]"), OutcomeUnknown),
    ((200, {"time": "2026-10-03T09:14:05.118-07:00"}), OutcomeUnknown),
    ((200, {"Invoice": {"TotalAmt": 48.18}}), OutcomeUnknown),
    ((200, {"Invoice": {**INVOICE, "PrivateNote": "Tillbridge [REF-2]"}}), OutcomeUnknown),
]


@pytest.mark.parametrize(("told", "kind"), OUTCOMES)
def test_an_answer_to_a_create_means(books: QuickBooks, http: FakeHttp, told: Any, kind: type[RemoteError]):
    error = refusal(books, http, told)
    assert isinstance(error, kind)
    assert http.paths == ["POST invoice"]


def test_a_write_is_known_again_by_its_key(books: QuickBooks, http: FakeHttp):
    http.on("POST", "invoice", {"Invoice": INVOICE})
    made = send(books)
    assert (made.remote_id, made.number, made.reference, str(made.total)) == ("130", "1042", "REF-1", "48.18")
    [asked] = http.asked
    assert asked.params == {"requestid": "key-1", "minorversion": "75"}
    assert asked.headers["Authorization"] == "Bearer tok-1"
    assert asked.body == b'{"DocNumber":"1042","PrivateNote":"x"}'


def test_words_of_a_fault_inside_a_document_are_no_fault(books: QuickBooks, http: FakeHttp):
    http.on("POST", "invoice", {"Invoice": {**INVOICE, "CustomerMemo": {"value": '<Fault code="1">'}}})
    assert send(books).number == "1042"


# --- waiting ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("headers", "wait_s"), [({}, 60.0), ({"Retry-After": "7"}, 7.0)])
def test_after_too_many_requests_we_wait_as_long_as_told_else_a_minute(
    books: QuickBooks, http: FakeHttp, headers: dict[str, str], wait_s: float
):
    error = refusal(books, http, (429, XML_429, headers))
    assert isinstance(error, TooFast) and error.wait_s == wait_s
    assert "The request limit was reached" in error.cause


def test_two_sales_of_one_inventory_item_at_once_only_wait_a_moment(books: QuickBooks, http: FakeHttp):
    detail = "Another user was saving a transaction with inventory items at exactly the same time as you."
    error = refusal(books, http, (400, fault("6000", "Business Validation Error", detail)))
    assert isinstance(error, TooFast) and error.wait_s == 5.0


def test_a_company_under_maintenance_is_left_alone_for_some_minutes(books: QuickBooks, http: FakeHttp):
    error = refusal(books, http, (400, fault("150", "Company under maintenance")))
    assert isinstance(error, TooFast) and error.wait_s == 300.0


# --- what people read ---------------------------------------------------------------------------------------------

REFERENCE = Path(__file__).parents[3] / "shared" / "reference" / "quickbooks-online.md"


def test_every_code_has_a_sentence_that_says_what_quickbooks_said(books: QuickBooks, http: FakeHttp):
    http.on_query("Invoice")
    http.on_query("SalesReceipt")
    for code in faults.MEANINGS:
        error = refusal(books, http, (400, fault(code, "Its message", "Its detail")))
        sentence = str(error)
        assert "QuickBooks Online" in sentence and f"Its detail (code {code})" in sentence, code
        assert "{" not in sentence and "HTTP 400, Its message" in error.cause, code


def test_the_codes_are_those_of_the_reference():
    if not REFERENCE.is_file():
        pytest.skip("The reference is not here.")
    table = REFERENCE.read_text().split("### 4.5")[1].split("## 5.")[0]
    told = {code for row in re.findall(r"^\| ([\d, –]+) \|", table, re.MULTILINE) for code in codes_of(row)}
    assert len(told) > 70
    assert told - set(faults.MEANINGS) <= {faults.THROTTLED}


def codes_of(cell: str) -> set[str]:
    found = [int(code) for code in re.findall(r"\d+", cell)]
    return set(map(str, range(found[0], found[1] + 10, 10))) if "–" in cell else set(map(str, found))


def test_where_there_is_no_detail_the_message_is_the_reason(books: QuickBooks, http: FakeHttp):
    error = refusal(books, http, (400, fault("2170", "Invalid Enumeration", "")))
    assert "Invalid Enumeration (code 2170)" in str(error)


def test_every_detail_of_a_fault_is_told(books: QuickBooks, http: FakeHttp):
    told = fault("2020", detail="Line is missing")
    told["Fault"]["Error"].append({"Message": "x", "Detail": "CustomerRef is missing", "code": "2020"})
    assert "Line is missing; CustomerRef is missing" in str(refusal(books, http, (400, told)))


@pytest.mark.parametrize("answer", [(400, fault("2020")), (502, HTML), (429, XML_429)])
def test_intuit_s_trace_goes_into_the_cause(books: QuickBooks, http: FakeHttp, answer: tuple[int, Any]):
    error = refusal(books, http, (*answer, {"intuit_tid": "1-69-abc"}))
    assert "intuit_tid 1-69-abc" in error.cause


def test_a_token_in_a_fault_is_not_told(books: QuickBooks, http: FakeHttp):
    error = refusal(books, http, (400, fault("2020", "About tok-1", "Token tok-1 is bad")))
    assert "tok-1" not in str(error) + error.cause


def test_who_has_to_connect_again_is_told_where(books: QuickBooks, http: FakeHttp):
    assert "Connect with QuickBooks" in refusal(books, http, (403, FORBIDDEN)).next_step
    assert "subscription" in refusal(books, http, (400, fault("6190"))).next_step


# --- a number or a name that is taken -----------------------------------------------------------------------------

TAKEN = (400, fault("6140", "Duplicate Document Number Error", "DocNumber=1042 is assigned to TxnType=Invoice"))
CUSTOMER = encode(
    {"entity": "Customer", "params": {}, "reference": "customer-1", "body": {"DisplayName": "Ann O'Hara"}}
)
NAME_TAKEN = (400, fault("6240", "Duplicate Name Exists Error", "The name supplied already exists."))


def test_a_number_that_a_person_s_document_has_is_refused(books: QuickBooks, http: FakeHttp):
    http.on_query("Invoice", [{"Id": "7", "DocNumber": "1042", "PrivateNote": "by hand"}])
    http.on_query("SalesReceipt")
    error = refusal(books, http, TAKEN)
    assert isinstance(error, Refused) and "has this number already" in str(error)
    assert "WHERE DocNumber IN ('1042')" in http.queries[0]


@pytest.mark.parametrize("kind", ["Invoice", "SalesReceipt"])
def test_a_number_that_our_own_document_has_is_looked_up(books: QuickBooks, http: FakeHttp, kind: str):
    http.on_query("Invoice")
    http.on_query("SalesReceipt")
    http.on_query(kind, [INVOICE])
    assert isinstance(refusal(books, http, TAKEN), OutcomeUnknown)


def test_a_number_that_only_a_voided_document_of_ours_has_is_refused(books: QuickBooks, http: FakeHttp):
    http.on_query("Invoice", [INVOICE | {"PrivateNote": f"Voided - {INVOICE['PrivateNote']}", "TotalAmt": 0}])
    http.on_query("SalesReceipt")
    assert type(refusal(books, http, TAKEN)) is Refused


def test_where_nobody_can_say_who_has_the_number_nothing_is_decided(books: QuickBooks, http: FakeHttp):
    http.on("QUERY", "Invoice", (403, FORBIDDEN))
    assert isinstance(refusal(books, http, TAKEN), OutcomeUnknown)


@pytest.mark.feature("M9")
@pytest.mark.parametrize(("notes", "kind"), [("", Refused), ("Tillbridge [customer-1]", OutcomeUnknown)])
def test_a_name_that_is_taken_is_refused_unless_it_is_by_us(
    books: QuickBooks, http: FakeHttp, notes: str, kind: type[RemoteError]
):
    http.on("POST", "customer", NAME_TAKEN)
    http.on_query("Customer", [{"Id": "7", "DisplayName": "Ann O'Hara", "Notes": notes}])
    with pytest.raises(RemoteError) as error:
        books.send(Role.CUSTOMER, Action.CREATE, CUSTOMER, "key-1")
    assert isinstance(error.value, kind)
    assert r"DisplayName = 'Ann O\'Hara' AND Active IN (true, false)" in http.queries[0]


def test_a_customer_cannot_be_renamed_to_a_name_that_is_taken(books: QuickBooks, http: FakeHttp):
    http.on("POST", "customer", NAME_TAKEN)
    with pytest.raises(Refused):
        books.send(Role.CUSTOMER, Action.UPDATE, CUSTOMER, "key-1")
    assert http.queries == []


# --- before anything is sent --------------------------------------------------------------------------------------


def test_without_a_company_nothing_is_sent(http: FakeHttp):
    with pytest.raises(LoginRefused, match="Connect with QuickBooks"):
        send(books_of(http, realm_id=""))
    assert http.asked == []


def test_without_an_access_token_the_sign_in_is_renewed_first(http: FakeHttp):
    books = QuickBooks({"realm_id": "1"}, {"refresh_token": "r"}, http)  # type: ignore[arg-type]
    with pytest.raises(TokenRefused):
        send(books)
    assert http.asked == []


@pytest.mark.parametrize(
    ("settings", "url"),
    [
        ({"environment": "production"}, "https://quickbooks.api.intuit.com/v3/company/1/companyinfo/1"),
        ({"environment": "development"}, "https://sandbox-quickbooks.api.intuit.com/v3/company/1/companyinfo/1"),
        ({"base_url": "http://127.0.0.1:1/qbo/"}, "http://127.0.0.1:1/qbo/v3/company/1/companyinfo/1"),
    ],
)
def test_the_environment_decides_whom_we_ask_unless_an_address_is_given(settings: dict[str, str], url: str):
    asked: list[str] = []

    class Stop(Exception):
        pass

    class Listening(FakeHttp):
        def request(self, method: str, url: str, **rest: Any) -> Any:
            asked.append(url)
            raise Stop

    with pytest.raises(Stop):
        QuickBooks({"realm_id": "1", **settings}, {"access_token": "t"}, Listening()).check()  # type: ignore[arg-type]
    assert asked == [url]


def test_what_was_prepared_is_sent_to_the_byte(books: QuickBooks, http: FakeHttp):
    http.on("POST", "invoice", {"Invoice": INVOICE})
    body = b'{"Amount":1.10,"Line":[],"x":"\\u00e9"}'
    payload = b'{"body":' + body + b',"entity":"Invoice","params":{},"reference":"REF-1"}'
    send(books, payload)
    assert http.asked[0].body == body
    assert json.loads(http.asked[0].body)["Amount"] == 1.1
