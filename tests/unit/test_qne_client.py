"""Token, envelope, pages and look-ups of the QNE adapter, over a scripted HTTP client."""

import base64
import datetime as dt
import json
import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import pytest

from adapters.accounting.base import Wanted
from adapters.accounting.qne import Qne, contract
from adapters.accounting.qne.client import is_last
from adapters.accounting.qne.tokens import read_claims, useful_life
from adapters.errors import (
    LoginRefused,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TooFast,
)
from adapters.http import Reply
from documents import Action, ReferenceKind, Role

NOW = dt.datetime(2026, 1, 15, 10, tzinfo=dt.UTC)
HTML = b"<html>Bad gateway</html>"


def jwt(**claims: Any) -> str:
    body = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    return f"e30.{body}.c2ln"


def envelope(data: Any, code: str = "0000", message: str = "OK") -> bytes:
    return json.dumps(
        {"type": "API", "success": code == "0000", "code": code, "message": message, "data": data}
    ).encode()


class FakeHttp:
    """Answers by (method, path) from lists; remembers what was asked."""

    label = "QNE"

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[Any]] = {}
        self.asked: list[tuple[str, str]] = []
        self.params: list[Any] = []
        self.patience: list[Any] = []
        self.tokens: list[str] = []
        self.hidden: set[str] = set()
        self.token = 0
        self.before: Callable[[], None] = lambda: None

    def on(self, method: str, path: str, *answers: Any) -> None:
        """Each answer is bytes (200), (status, bytes), (status, bytes, headers), or an error; the last one stays."""
        self.answers[method, path] = list(answers)

    def hide(self, secret: str) -> None:
        self.hidden.add(secret)

    def request(self, method: str, url: str, *, headers: dict[str, str] | None = None, **kwargs: Any) -> Reply:
        path = urlsplit(url).path
        self.asked.append((method, path))
        self.params.append(kwargs.get("params"))
        self.patience += [(kwargs["patience"], kwargs["also"])] if "also" in kwargs else []
        self.tokens.append((headers or {}).get("Authorization", ""))
        if path == contract.CONNECT and ("GET", path) not in self.answers:
            self.token += 1
            self.before()
            return self._reply(envelope({"token": jwt(tenantCode="T1", company="Mawar", jti=self.token)}))
        known = self.answers[method, path]
        return self._reply(known.pop(0) if len(known) > 1 else known[0])

    def _reply(self, told: Any) -> Reply:
        if isinstance(told, Exception):
            raise told
        status, body, headers = (*told, {})[:3] if isinstance(told, tuple) else (200, told, {})
        return Reply("QNE", status, headers, body)

    def count(self, path: str) -> int:
        return sum(asked == path for _, asked in self.asked)


@pytest.fixture
def http() -> FakeHttp:
    return FakeHttp()


@pytest.fixture
def qne(http: FakeHttp) -> Qne:
    return Qne({}, {"api_key": "key-0001"}, http, lambda: NOW)  # type: ignore[arg-type]


CREATE = "/api/SalesInvoices/Create"
LIST = "/api/SalesInvoices/List"
PAYLOAD = b'{"referenceNo":"REF-1"}'
CREATED = {"id": "g-1", "docCode": "INV2601/001", "referenceNo": "REF-1", "netTotalAmount": 106.0, "isCancelled": False}


def send(qne: Qne) -> Any:
    return qne.send(Role.SALE, Action.CREATE, PAYLOAD, "key")


# --- the outcome table ------------------------------------------------------------------------------------------

OUTCOMES = [
    ((400, envelope(None, "ERR_VALIDATION", "Customer is required")), Refused),
    ((400, b'{"title":"One or more validation errors occurred.","status":400}'), Refused),
    ((404, envelope(None, "ERR_NOT_FOUND")), Refused),
    ((409, envelope(None, "ERR_DUPLICATE", "docCode exists")), Refused),
    ((422, envelope(None, "ERR_VALIDATION")), Refused),
    ((403, envelope(None, "ERR_FORBIDDEN", "No permission")), NotAllowed),
    ((401, envelope(None, "ERR_TOKEN", "Expired")), LoginRefused),
    ((429, b""), TooFast),
    ((429, HTML), TooFast),
    ((400, HTML), OutcomeUnknown),
    ((401, HTML), OutcomeUnknown),
    ((403, HTML), OutcomeUnknown),
    ((404, b""), OutcomeUnknown),
    ((405, b""), OutcomeUnknown),
    ((409, HTML), OutcomeUnknown),
    ((408, b""), OutcomeUnknown),
    ((500, envelope(None, "ERR", "boom")), OutcomeUnknown),
    ((502, HTML), OutcomeUnknown),
    ((302, b""), OutcomeUnknown),
    ((200, HTML), OutcomeUnknown),
    ((200, b""), OutcomeUnknown),
    ((200, b'{"id":"g-1","docCode":"INV2601/001"}'), OutcomeUnknown),
    ((200, b"[]"), OutcomeUnknown),
    ((200, envelope(None)), OutcomeUnknown),
    ((200, envelope({"docCode": "INV2601/001"})), OutcomeUnknown),
    ((200, envelope({"id": "g-1"})), OutcomeUnknown),
    ((200, envelope({"id": contract.UNSAVED, "docCode": "INV2601/001"})), OutcomeUnknown),
    ((200, envelope({**CREATED, "referenceNo": "REF-2"})), OutcomeUnknown),
    ((200, envelope(None, "ERR_VALIDATION", "Customer is required")), Refused),
    ((200, b'{"success":false,"code":"0000","message":"no","data":{"id":"g-1","docCode":"x"}}'), Refused),
]


@pytest.mark.parametrize(("told", "kind"), OUTCOMES)
def test_an_answer_to_a_create_means(qne: Qne, http: FakeHttp, told: Any, kind: type[RemoteError]):
    http.on("POST", CREATE, told)
    with pytest.raises(RemoteError) as error:
        send(qne)
    assert issubclass(type(error.value), kind)
    assert http.count(CREATE) == (2 if told[0] == 401 and kind is LoginRefused else 1)


def test_an_answer_with_id_number_and_our_reference_is_a_document(qne: Qne, http: FakeHttp):
    http.on("POST", CREATE, (201, envelope({"value": CREATED})))
    made = send(qne)
    assert (made.remote_id, made.number, made.reference, made.total) == (
        "g-1",
        "INV2601/001",
        "REF-1",
        Decimal("106.0"),
    )


def test_a_refusal_says_the_books_own_reason(qne: Qne, http: FakeHttp):
    http.on("POST", CREATE, (400, envelope(None, "ERR_VALIDATION", "Customer is required")))
    with pytest.raises(Refused, match="Customer is required"):
        send(qne)


def test_success_is_never_decided_by_the_message(qne: Qne, http: FakeHttp):
    http.on("POST", CREATE, envelope(CREATED, message="Get AR credit note list failed"))
    assert send(qne).number == "INV2601/001"


# --- the token --------------------------------------------------------------------------------------------------


@pytest.mark.feature("P2")
def test_one_connect_serves_many_calls_and_its_token_is_hidden(qne: Qne, http: FakeHttp):
    http.on("POST", CREATE, envelope(CREATED))
    send(qne)
    send(qne)
    assert http.count(contract.CONNECT) == 1
    assert http.params[0] == {"api-key": "key-0001"}
    assert http.tokens[1] == f"Bearer {next(iter(http.hidden))}"


@pytest.mark.parametrize(
    "refusal", [(401, envelope(None, "ERR")), (401, b"", {"WWW-Authenticate": 'Bearer error="invalid_token"'})]
)
def test_a_401_that_the_api_told_is_answered_by_one_new_token_and_one_repeat(qne: Qne, http: FakeHttp, refusal: Any):
    http.on("POST", CREATE, refusal, envelope(CREATED))
    assert send(qne).number == "INV2601/001"
    assert (http.count(contract.CONNECT), http.count(CREATE)) == (2, 2)


def test_a_403_is_no_session_problem(qne: Qne, http: FakeHttp):
    http.on("POST", CREATE, (403, envelope(None, "ERR", "No permission")))
    with pytest.raises(NotAllowed):
        send(qne)
    assert http.count(contract.CONNECT) == 1


@pytest.mark.parametrize(
    "refusal", [(400, envelope(None, "ERR", "bad key")), (401, envelope(None, "ERR", "bad key")), envelope(None, "ERR")]
)
def test_a_key_that_is_refused_is_told_as_such(qne: Qne, http: FakeHttp, refusal: Any):
    http.on("GET", contract.CONNECT, refusal)
    with pytest.raises(LoginRefused):
        send(qne)
    assert http.count(CREATE) == 0


@pytest.mark.parametrize("trouble", [(502, HTML), HTML, envelope({}), OutcomeUnknown(contract.say("no answer"))])
def test_trouble_with_the_token_means_that_the_document_was_not_sent(qne: Qne, http: FakeHttp, trouble: Any):
    http.on("GET", contract.CONNECT, trouble)
    with pytest.raises(NotSent):
        send(qne)
    assert http.count(CREATE) == 0


def test_threads_share_one_renewal(qne: Qne, http: FakeHttp):
    gate = threading.Barrier(4)
    http.on("POST", CREATE, *[(401, envelope(None, "ERR"))] * 4, envelope(CREATED))
    original = http.request

    def together(method: str, url: str, **kwargs: Any) -> Reply:
        reply = original(method, url, **kwargs)
        if reply.status == 401:
            gate.wait(5)
        return reply

    http.request = together  # type: ignore[method-assign]
    threads = [threading.Thread(target=send, args=(qne,)) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(5)
    assert (http.count(contract.CONNECT), http.count(CREATE)) == (2, 8)


def test_a_token_is_renewed_two_minutes_before_its_end(http: FakeHttp):
    now = [NOW]
    qne = Qne({}, {"api_key": "key-0001"}, http, lambda: now[0])  # type: ignore[arg-type]
    ends = NOW.timestamp() + 600
    http.on("GET", contract.CONNECT, envelope({"token": jwt(exp=ends)}), envelope({"token": jwt(exp=ends + 600)}))
    http.on("POST", CREATE, envelope(CREATED))
    for seconds, connects in ((0, 1), (479, 1), (481, 2)):
        now[0] = NOW + dt.timedelta(seconds=seconds)
        send(qne)
        assert http.count(contract.CONNECT) == connects


@pytest.mark.parametrize(
    ("claims", "minutes"),
    [
        ({}, 28),
        ({"exp": NOW.timestamp() + 3600}, 58),
        ({"exp": NOW.timestamp() + 120}, 1),
        ({"exp": NOW.timestamp() + 7200, "iat": NOW.timestamp() + 3600}, 58),  # their clock is an hour ahead
        ({"exp": NOW.timestamp() - 60}, 28),  # ours is: a 401 will tell
        ({"exp": "soon"}, 28),
    ],
)
def test_the_useful_life_of_a_token(claims: dict[str, Any], minutes: int):
    assert useful_life(claims, NOW) == dt.timedelta(minutes=minutes)


@pytest.mark.parametrize("token", ["", "opaque", "a.b", "a.!!.c", "a.W10.c", "a.e30"])
def test_what_is_no_jwt_has_no_claims(token: str):
    assert read_claims(token) == {}


# --- the company ------------------------------------------------------------------------------------------------


@pytest.mark.feature("P1", "P2", "P5")
def test_the_company_is_the_tenant_of_the_token(qne: Qne, http: FakeHttp):
    http.on("GET", contract.PROFILE, envelope({"companyName": "Kedai Mawar Sdn Bhd", "currencyCode": "SGD"}))
    company = qne.check()
    assert (company.key, company.name, company.home_currency, company.country) == (
        "T1",
        "Kedai Mawar Sdn Bhd",
        "SGD",
        "MY",
    )


def test_without_the_permission_the_token_itself_is_tested(qne: Qne, http: FakeHttp):
    http.on("GET", contract.PROFILE, (403, envelope(None, "ERR", "No permission")))
    http.on("GET", contract.USER_DATA, envelope({}))
    company = qne.check()
    assert (company.name, company.home_currency) == ("Mawar", "MYR")
    assert http.count(contract.USER_DATA) == 1


def test_a_key_without_a_tenant_is_refused(qne: Qne, http: FakeHttp):
    http.on("GET", contract.CONNECT, envelope({"token": "opaque-token"}))
    http.on("GET", contract.PROFILE, envelope({}))
    with pytest.raises(Refused):
        qne.check()


# --- lists ------------------------------------------------------------------------------------------------------


def pages(first: int, count: int | None, *sizes: int) -> list[bytes]:
    made, n = [], first
    for size in sizes:
        rows = [{"id": n + i, "code": f"C{n + i}", "name": f"Customer {n + i}"} for i in range(size)]
        made.append(envelope(rows if count is None else {"count": count, "value": rows}))
        n += size
    return made


CUSTOMERS = "/api/Customers/List"


def codes(qne: Qne, kind: ReferenceKind = ReferenceKind.CUSTOMER) -> list[str]:
    return [row.code for page in qne.reference_pages(kind) for row in page.rows]


@pytest.mark.parametrize(
    ("count", "sizes", "calls"),
    [
        (3, (3,), 1),
        (0, (0,), 1),
        (250, (100, 100, 50), 3),
        (200, (100, 100), 2),
        (None, (100, 100, 7), 3),
        (None, (100, 0), 2),
        (120, (60, 60), 2),  # the server gives fewer than were asked for
        (100, (100, 100, 30), 3),  # `count` is the page's own
        (None, (250,), 1),  # a list that is not paged
    ],
)
def test_a_list_is_read_to_its_end(qne: Qne, http: FakeHttp, count: int | None, sizes: tuple[int, ...], calls: int):
    answers = pages(1, count, *sizes)
    if count == 100:
        answers[-1] = pages(201, 30, 30)[0]
    http.on("GET", CUSTOMERS, *answers)
    assert codes(qne) == [f"C{n}" for n in range(1, sum(sizes) + 1)]
    assert http.count(CUSTOMERS) == calls


@pytest.mark.parametrize(
    "answers",
    [
        [*pages(1, 250, 100), envelope({"count": 250, "value": []})],
        [*pages(1, None, 100)] * 2,
        [*pages(1, 250, 100), (500, HTML)],
        [envelope({"count": 0})],
        [envelope(None)],
        [envelope("text")],
        [b'{"error":"oops"}'],
        [envelope(["a"])],
    ],
)
def test_a_list_that_breaks_off_raises_and_is_never_taken_for_shorter(qne: Qne, http: FakeHttp, answers: list[Any]):
    http.on("GET", CUSTOMERS, *answers)
    with pytest.raises(OutcomeUnknown):
        codes(qne)


def test_a_list_that_does_not_end_is_not_cut(qne: Qne, http: FakeHttp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contract, "MAX_PAGES", 3)
    http.on("GET", CUSTOMERS, *pages(1, None, 100, 100, 100, 100))
    with pytest.raises(OutcomeUnknown, match="more than 300"):
        codes(qne)


@pytest.mark.parametrize("body", [b'[{"id":1,"code":"C1"}]', b'{"count":1,"value":[{"id":1,"code":"C1"}]}'])
def test_a_list_without_the_envelope_is_read_too(qne: Qne, http: FakeHttp, body: bytes):
    http.on("GET", CUSTOMERS, body)
    assert codes(qne) == ["C1"]


def test_is_last():
    assert [is_last(100, None, 100), is_last(99, None, 99), is_last(100, 100, 100), is_last(40, 40, 240)] == [
        False,
        True,
        False,
        True,
    ]


DETAILS = [
    (
        ReferenceKind.TAX_CODE,
        {"id": 4, "code": "SV-6", "description": "Service tax", "rate": 0.06, "isOutputTax": True},
        {"id_type": "int", "rate": "6"},
    ),
    (ReferenceKind.TAX_CODE, {"id": 4, "code": "X", "rate": 0.0825}, {"id_type": "int", "rate": "8.25"}),
    (ReferenceKind.TAX_CODE, {"id": 4, "code": "Z", "rate": 0}, {"id_type": "int", "rate": "0"}),
    (ReferenceKind.TAX_CODE, {"id": 4, "code": "T", "rate": 0.1}, {"id_type": "int", "rate": "10"}),
    (ReferenceKind.TERM, {"id": 3, "code": "30", "value": 30}, {"id_type": "int", "days": 30}),
    (ReferenceKind.AGENT, {"id": "a-1", "code": "KUMAR"}, {"id_type": "text"}),
    (
        ReferenceKind.CURRENCY,
        {"id": 2, "code": "SGD", "rate": 3.4125},
        {"id_type": "int", "rates": [{"from": None, "rate": "3.4125"}]},
    ),
    (ReferenceKind.CURRENCY, {"id": 2, "code": "SGD"}, {"id_type": "int", "rates": []}),
    (
        ReferenceKind.CUSTOMER,
        {"id": 12, "code": "700-W001", "currencyCode": "MYR", "termCode": "30"},
        {"id_type": "int", "email": "", "currency": "MYR", "terms": "30"},
    ),
]


@pytest.mark.parametrize(("kind", "row", "details"), DETAILS)
def test_a_row_of_a_list_in_our_words(
    qne: Qne, http: FakeHttp, kind: ReferenceKind, row: dict[str, Any], details: dict[str, Any]
):
    http.on("GET", contract.LISTS[kind], envelope({"count": 1, "value": [row]}))
    [page] = qne.reference_pages(kind)
    [read] = page.rows
    assert (read.code, read.remote_id, read.details, page.total) == (row["code"], str(row["id"]), details, 1)


def test_input_taxes_and_rows_without_a_code_are_left_out(qne: Qne, http: FakeHttp):
    rows = [{"id": 1, "code": "IN", "isOutputTax": False}, {"id": 2, "code": ""}, {"id": 3, "code": "OUT"}]
    http.on("GET", contract.LISTS[ReferenceKind.TAX_CODE], envelope({"count": 3, "value": rows}))
    assert codes(qne, ReferenceKind.TAX_CODE) == ["OUT"]


def test_deposit_accounts_are_active_leaves_that_are_bank_or_cash(qne: Qne, http: FakeHttp):
    bank = {"id": "g", "code": "BANK", "accountType": {"typeCode": "BCA"}, "specialCode": "BAC", "isActive": True}
    rows = [
        bank,
        {**bank, "code": "CASH", "specialCode": "CAC"},
        {**bank, "code": "STOCK", "specialCode": ""},
        {**bank, "code": "LOAN", "accountType": {"typeCode": "LIA"}},
        {**bank, "code": "OLD", "isActive": False},
        {**bank, "code": "PARENT", "hasChildren": True},
        {**bank, "code": "NOTYPE", "accountType": None},
    ]
    http.on("GET", contract.LISTS[ReferenceKind.DEPOSIT_ACCOUNT], envelope({"count": 7, "value": rows}))
    assert codes(qne, ReferenceKind.DEPOSIT_ACCOUNT) == ["BANK", "CASH"]


def test_projects_are_one_unpaged_array(qne: Qne, http: FakeHttp):
    http.on("GET", "/api/Projects/All", envelope([{"id": n, "code": f"P{n}"} for n in range(100)]))
    assert len(codes(qne, ReferenceKind.PROJECT)) == 100
    assert http.params[-1] is None


STOCKS = contract.LISTS[ReferenceKind.ITEM]
UNITS = [{"id": 7, "code": "PCS", "rate": 1, "isBase": True}, {"id": 8, "code": "CTN", "rate": 12}]


def item(qne: Qne) -> dict[str, Any]:
    [page] = qne.reference_pages(ReferenceKind.ITEM)
    return page.rows[0].details


def test_units_are_taken_from_the_list_where_it_has_them(qne: Qne, http: FakeHttp):
    http.on("GET", STOCKS, envelope({"count": 1, "value": [{"id": 1, "code": "MUG", "uoms": UNITS}]}))
    assert item(qne)["base_uom"] == "PCS"
    assert http.count(contract.DETAILED_STOCKS) == 0


def test_units_are_taken_from_the_detailed_list_where_the_plain_one_lacks_them(qne: Qne, http: FakeHttp):
    http.on("GET", STOCKS, envelope({"count": 1, "value": [{"id": 1, "code": "MUG", "baseUOM": "PCS"}]}))
    http.on("GET", contract.DETAILED_STOCKS, envelope({"count": 1, "value": [{"id": 1, "code": "MUG", "uoms": UNITS}]}))
    assert [(unit["code"], unit["id"], unit["rate"]) for unit in item(qne)["uoms"]] == [
        ("PCS", 7, "1"),
        ("CTN", 8, "12"),
    ]


@pytest.mark.parametrize("refusal", [(404, b""), (404, envelope(None, "ERR_NOT_FOUND")), (403, envelope(None, "ERR"))])
def test_without_a_detailed_list_the_base_unit_is_known(qne: Qne, http: FakeHttp, refusal: Any):
    http.on("GET", STOCKS, envelope({"count": 1, "value": [{"id": 1, "code": "MUG", "baseUOM": "PCS"}]}))
    http.on("GET", contract.DETAILED_STOCKS, refusal)
    assert item(qne) == {
        "id_type": "int",
        "base_uom": "PCS",
        "uoms": [{"code": "PCS"}],
        "tax_code": None,
        "serial": False,
    }


def test_without_a_list_of_currencies_there_is_the_one_that_invoices_start_with(qne: Qne, http: FakeHttp):
    http.on("GET", contract.LISTS[ReferenceKind.CURRENCY], (404, b""))
    http.on("GET", "/api/SalesInvoices/New", envelope({"currencyId": 1, "currencyCode": "MYR"}))
    assert codes(qne, ReferenceKind.CURRENCY) == ["MYR"]


# --- looking for documents --------------------------------------------------------------------------------------

DAY = dt.date(2026, 1, 15)


def listed(reference: str, number: int = 1, **more: Any) -> dict[str, Any]:
    return {
        "id": f"g-{number}",
        "docCode": f"INV{number}",
        "docDate": "2026-01-15T00:00:00",
        "referenceNo": reference,
        "customerCode": "700-W001",
        "currencyCode": "MYR",
        "netTotalAmount": 106.0,
        "isCancelled": False,
        **more,
    }


def test_one_reference_is_looked_for_by_itself_with_its_quotes_doubled(qne: Qne, http: FakeHttp):
    http.on("GET", LIST, envelope({"count": 1, "value": [listed("O'Hara")]}))
    found = qne.find(Role.SALE, [Wanted("O'Hara", DAY)])
    assert http.params[-1]["$filter"] == "referenceNo eq 'O''Hara'"
    [remote] = found["O'Hara"]
    assert (remote.total, remote.currency, remote.customer, remote.date) == (Decimal("106.0"), "MYR", "700-W001", DAY)


def test_references_are_compared_exactly_by_us(qne: Qne, http: FakeHttp):
    http.on("GET", LIST, envelope({"count": 2, "value": [listed("ref-1"), listed("REF-1 ", 2)]}))
    assert qne.find(Role.SALE, [Wanted("REF-1")]) == {"REF-1": []}


def test_voided_documents_are_found_too_and_two_are_two(qne: Qne, http: FakeHttp):
    http.on("GET", LIST, envelope({"count": 2, "value": [listed("R", 1, isCancelled=True), listed("R", 2)]}))
    assert [remote.is_void for remote in qne.find(Role.SALE, [Wanted("R")])["R"]] == [True, False]


def test_many_references_are_looked_for_by_their_days_where_that_takes_fewer_calls(qne: Qne, http: FakeHttp):
    wanted = [Wanted(f"R{n}", dt.date(2026, 1, 1 + n % 20)) for n in range(150)]
    rows = [listed(f"R{n}", n) for n in range(0, 300, 2)]
    http.on("GET", LIST, *[envelope({"count": 150, "value": part}) for part in (rows[:100], rows[100:])])
    found = qne.find(Role.SALE, wanted)
    assert http.count(LIST) == 2
    assert http.params[-1]["$filter"] == "docDate ge 2026-01-01T00:00:00Z and docDate le 2026-01-20T23:59:59Z"
    assert {reference for reference, remotes in found.items() if remotes} == {f"R{n}" for n in range(0, 150, 2)}
    assert len(found) == 150


def test_days_with_more_pages_than_references_are_left_and_each_is_looked_for_by_itself(qne: Qne, http: FakeHttp):
    full = envelope({"count": 5000, "value": [listed(f"X{n}", n) for n in range(100)]})
    http.on("GET", LIST, full, envelope({"count": 1, "value": [listed("A")]}), envelope({"count": 0, "value": []}))
    found = qne.find(Role.SALE, [Wanted("A", DAY), Wanted("B", DAY)])
    assert (len(found["A"]), len(found["B"]), http.count(LIST)) == (1, 0, 3)


def test_rows_that_slipped_between_pages_are_not_taken_for_absent(qne: Qne, http: FakeHttp):
    first = [listed(f"X{n}", n) for n in range(100)]
    shifted = [listed(f"X{n}", n) for n in range(99, 149)]  # one row was taken away meanwhile: 100 came to stand at 99
    single = [envelope({"count": 0, "value": []})]
    http.on("GET", LIST, *[envelope({"count": 150, "value": page}) for page in (first, shifted)], *single)
    qne.find(Role.SALE, [Wanted("A", DAY), Wanted("B", DAY), Wanted("C", DAY)])
    assert http.count(LIST) == 5


def test_a_reference_without_a_day_is_looked_for_by_itself_beside_the_others(qne: Qne, http: FakeHttp):
    http.on("GET", LIST, envelope({"count": 0, "value": []}))
    found = qne.find(Role.SALE, [Wanted("A", DAY), Wanted("B", DAY), Wanted("C")])
    assert found == {"A": [], "B": [], "C": []}
    assert http.count(LIST) == 2


def test_a_list_that_does_not_show_references_or_totals_is_completed_from_the_documents(qne: Qne, http: FakeHttp):
    http.on("GET", LIST, envelope({"count": 1, "value": [{"id": "g-1", "docCode": "INV1"}]}))
    http.on("GET", "/api/SalesInvoices/g-1", envelope(listed("A")))
    found = qne.find(Role.SALE, [Wanted("A", DAY), Wanted("B", DAY)])
    assert ([remote.total for remote in found["A"]], found["B"]) == ([Decimal("106.0")], [])


@pytest.mark.parametrize("trouble", [(500, HTML), HTML, envelope(None), (404, HTML)])
def test_a_look_up_that_fails_is_never_nothing_found(qne: Qne, http: FakeHttp, trouble: Any):
    http.on("GET", LIST, trouble)
    with pytest.raises(OutcomeUnknown):
        qne.find(Role.SALE, [Wanted("A", DAY)])


def test_a_document_is_gone_only_where_the_api_says_so(qne: Qne, http: FakeHttp):
    path = "/api/SalesInvoices/g-1"
    for told in (envelope(None, "ERR_NOT_FOUND"), (404, envelope(None, "ERR_NOT_FOUND")), (404, b"")):
        http.on("GET", path, told)
        assert qne.read(Role.SALE, "g-1") is None
    for told in ((404, HTML), (500, b""), envelope(None), envelope({"id": "g-2"}), HTML):
        http.on("GET", path, told)
        with pytest.raises(OutcomeUnknown):
            qne.read(Role.SALE, "g-1")


# --- void and restore -------------------------------------------------------------------------------------------

KNOCKED = contract.IS_KNOCKED_OFF
VOID = "/api/SalesInvoices/Void"


INVOICE = "/api/SalesInvoices/g-1"


@pytest.fixture
def posted(http: FakeHttp) -> None:
    http.on("GET", INVOICE, envelope(listed("REF-1")))


def void(qne: Qne) -> Any:
    payload = qne.prepare(Role.SALE, Action.VOID, "REF-1", None, lambda kind, code: 1 / 0, contract_remote())
    return qne.send(Role.SALE, Action.VOID, payload, "key")


def contract_remote() -> Any:
    from documents import Remote

    return Remote("g-1", "REF-1", "INV1")


@pytest.mark.usefixtures("posted")
@pytest.mark.parametrize("told", [True, {"isKnockedOff": True}, {"value": True}, [True]])
def test_an_invoice_with_a_payment_is_not_voided(qne: Qne, http: FakeHttp, told: Any):
    http.on("POST", KNOCKED, envelope(told))
    with pytest.raises(Refused, match="knocked off"):
        void(qne)
    assert http.count(VOID) == 0


def test_where_that_question_is_not_understood_what_is_outstanding_decides(qne: Qne, http: FakeHttp):
    http.on("POST", KNOCKED, (400, envelope(None, "ERR", "Bad request")))
    http.on("GET", "/api/SalesInvoices/g-1", envelope(listed("REF-1", outstandingAmount=6.0)))
    with pytest.raises(Refused, match="knocked off"):
        void(qne)


@pytest.mark.usefixtures("posted")
def test_trouble_with_that_question_means_that_nothing_was_sent(qne: Qne, http: FakeHttp):
    http.on("POST", KNOCKED, (502, HTML))
    with pytest.raises(NotSent):
        void(qne)
    assert http.count(VOID) == 0


def test_a_void_is_read_back(qne: Qne, http: FakeHttp):
    http.on("POST", KNOCKED, envelope(False))
    http.on("POST", VOID, envelope(None))
    http.on("GET", INVOICE, envelope(listed("REF-1")), envelope(listed("REF-1", isCancelled=True)))
    assert void(qne).is_void


@pytest.mark.parametrize("trouble", [(502, HTML), envelope(None, "ERR_NOT_FOUND"), (403, envelope(None, "ERR"))])
def test_a_void_that_cannot_be_read_back_is_unknown(qne: Qne, http: FakeHttp, trouble: Any):
    http.on("POST", KNOCKED, envelope(False))
    http.on("POST", VOID, envelope(None))
    http.on("GET", INVOICE, envelope(listed("REF-1")), trouble)
    with pytest.raises(OutcomeUnknown):
        void(qne)


@pytest.mark.parametrize("role", [Role.CUSTOMER, Role.PRODUCT])
@pytest.mark.parametrize("action", [Action.VOID, Action.RESTORE])
def test_customers_and_stock_items_are_neither_voided_nor_restored(qne: Qne, role: Role, action: Action):
    with pytest.raises(Refused):
        qne.send(role, action, b"{}", "key")


# --- the tax office ---------------------------------------------------------------------------------------------

VALIDATED = [
    {"eInvoiceStatus": "Valid"},
    {"einvoiceStatus": "VALIDATED"},
    {"e_invoice_status": "valid"},
    {"irbmStatus": "Valid"},
    {"myInvoisState": "Valid"},
    {"eInvoice": {"status": "Valid"}},
]


@pytest.mark.parametrize("fields", VALIDATED)
@pytest.mark.parametrize("action", [Action.VOID, Action.RESTORE, Action.UPDATE])
@pytest.mark.parametrize("role", [Role.SALE, Role.REFUND])
def test_a_validated_e_invoice_is_refused_before_anything_is_sent(
    qne: Qne, http: FakeHttp, role: Role, action: Action, fields: dict[str, Any]
):
    http.on("GET", f"{contract.RESOURCE[role]}/g-1", envelope(listed("REF-1", **fields)))
    with pytest.raises(Refused, match="INV1 as an e-invoice"):
        qne.prepare(role, action, "REF-1", None, lambda kind, code: 1 / 0, contract_remote())  # type: ignore[arg-type,return-value]
    assert not [path for method, path in http.asked if method == "POST"]


@pytest.mark.parametrize(
    "fields", [{}, {"eInvoiceStatus": ""}, {"eInvoiceStatus": "Invalid"}, {"eInvoiceStatus": None}, {"status": "Valid"}]
)
def test_any_other_state_of_an_e_invoice_stops_nothing(qne: Qne, http: FakeHttp, fields: dict[str, Any]):
    http.on("GET", INVOICE, envelope(listed("REF-1", **fields)))
    assert qne.prepare(Role.SALE, Action.VOID, "REF-1", None, lambda kind, code: 1 / 0, contract_remote())  # type: ignore[arg-type,return-value]
