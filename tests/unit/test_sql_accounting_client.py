"""Signed requests, outcomes, pages, the company and look-ups of the SQL Accounting adapter, over a scripted client."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Wanted
from adapters.accounting.sql_accounting import SqlAccounting, contract
from adapters.accounting.sql_accounting.signing import Signer
from adapters.errors import (
    ChangedMeanwhile,
    LoginRefused,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TooFast,
)
from adapters.http import encode
from documents import Action, ReferenceKind, Role, say
from tests.unit.sql_accounting_fake import (
    ACCESS_KEY,
    HTML,
    NOW,
    SECRET_KEY,
    FakeHttp,
    body,
    books_of,
    refusal,
    rows,
)

D = Decimal
K = ReferenceKind
DAY = dt.date(2026, 1, 15)
INVOICES, PROFILE = "salesinvoice", "profile"
MAWAR = {
    "companyname": "Kedai Mawar Sdn Bhd",
    "tin": "C1234567890",
    "country": "MY",
    "api_dnskey": "0123456789abcdef0123456789abcdef",
    "smtp_uri": "smtp://mawar:s3cret-mail@mail.example",
}


def invoice(dockey: int, reference: str = "", **more: Any) -> dict[str, Any]:
    """A row of the list of invoices."""
    return {
        "dockey": dockey,
        "docno": f"IV-{dockey:05}",
        "docref1": reference,
        "code": "300-W0001",
        "docdate": "2026-01-15",
        "docamt": "106.00",
        "currencycode": "----",
        "cancelled": False,
        "updatecount": 0,
        "lastmodified": int(NOW.timestamp()),
        **more,
    }


CREATED = invoice(501, "REF-1")
PAYLOAD = encode({"docref1": "REF-1", "docno": ""})
CHANGE = encode({"docref1": "REF-1", "dockey": 501, "updatecount": 1})


@pytest.fixture
def http() -> FakeHttp:
    made = FakeHttp()
    for resource in (*contract.LISTS.values(), *contract.RESOURCE.values()):
        made.holds(resource)
    made.on("GET", PROFILE, rows(MAWAR))
    return made


@pytest.fixture
def books(http: FakeHttp) -> SqlAccounting:
    return books_of(http)


def create(books: SqlAccounting) -> Any:
    return books.send(Role.SALE, Action.CREATE, PAYLOAD, "key")


def error_of(act: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act()
    return caught.value


# --- what is sent -----------------------------------------------------------------------------------------------


@pytest.mark.feature("P3")
def test_every_request_is_signed_as_it_is_sent(http: FakeHttp):
    books = books_of(http, base_url="http://127.0.0.1:8090/", service="execute-api", region="ap-southeast-1")
    http.on("POST", INVOICES, body(CREATED))
    create(books)
    url, sent = "http://127.0.0.1:8090/salesinvoice", http.headers[0]
    signer = Signer(ACCESS_KEY, SECRET_KEY, "execute-api", "ap-southeast-1")
    assert (
        sent["Authorization"]
        == signer.signed("POST", url, PAYLOAD, {"Content-Type": "application/json"}, NOW)["Authorization"]
    )
    assert (sent["Host"], sent["Content-Type"], sent["User-Agent"]) == (
        "127.0.0.1:8090",
        "application/json",
        contract.USER_AGENT,
    )
    assert "user-agent" not in sent["Authorization"]


def test_a_query_is_percent_encoded_before_it_is_signed(books: SqlAccounting, http: FakeHttp, monkeypatch: Any):
    urls: list[str] = []
    original = http.request

    def watched(method: str, url: str, **more: Any) -> Any:
        urls.append(url)
        return original(method, url, **more)

    monkeypatch.setattr(http, "request", watched)
    books.find(Role.SALE, [Wanted("WC #10/01*~+")])
    assert urls == ["https://api.sql.my/salesinvoice?docref1=WC%20%2310%2F01%2A~%2B&offset=0"]


# --- the outcome table ------------------------------------------------------------------------------------------

OUTCOMES = [
    ((400, refusal("Please enter company name")), Refused),
    ((400, b"Invalid tax code"), Refused),
    ((400, body({"error": "Invalid tax code"})), Refused),
    ((400, body({"error": "", "detail": "Invalid tax code"})), Refused),
    ((404, refusal("Not Found")), Refused),
    ((409, refusal("Document number exists")), Refused),
    ((422, refusal("Record has been changed by another user")), Refused),
    ((429, b""), TooFast),
    ((429, HTML), TooFast),
    ((400, b""), OutcomeUnknown),
    ((400, HTML), OutcomeUnknown),
    ((401, HTML), OutcomeUnknown),
    ((403, HTML), OutcomeUnknown),
    ((403, b"error code: 1020"), OutcomeUnknown),
    ((403, b""), OutcomeUnknown),
    ((404, HTML), OutcomeUnknown),
    ((408, refusal("Time is up")), OutcomeUnknown),
    ((409, HTML), OutcomeUnknown),
    ((302, b""), OutcomeUnknown),
    ((500, b""), OutcomeUnknown),
    ((500, refusal("Access violation")), OutcomeUnknown),
    ((502, HTML), OutcomeUnknown),
    ((503, refusal("Service Unavailable")), OutcomeUnknown),
    ((522, HTML), OutcomeUnknown),
    ((200, HTML), OutcomeUnknown),
    ((200, b""), OutcomeUnknown),
    ((200, b"[]"), OutcomeUnknown),
    ((200, b"{}"), OutcomeUnknown),
    ((200, body({"data": []})), OutcomeUnknown),
    ((200, refusal("saved")), OutcomeUnknown),
    ((200, body(invoice(501, "REF-2"))), OutcomeUnknown),
]


@pytest.mark.parametrize(("told", "kind"), OUTCOMES)
def test_an_answer_to_a_create_means(books: SqlAccounting, http: FakeHttp, told: Any, kind: type[RemoteError]):
    http.on("POST", INVOICES, told)
    assert isinstance(error_of(lambda: create(books)), kind)
    assert http.count(INVOICES, "POST") == 1


@pytest.mark.feature("P5")
@pytest.mark.parametrize("told", [(502, HTML), (504, refusal("Endpoint request timed out")), (521, b""), (530, HTML)])
def test_a_server_that_the_gateway_cannot_reach_is_told_as_such(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("GET", PROFILE, told)
    assert "cannot reach your company's server" in str(error_of(books.check))


SHAPES = [CREATED, {"data": CREATED}, {"data": [CREATED]}, {"pagination": {}, "data": [CREATED]}]


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_document_is_read_from_every_shape_of_answer(books: SqlAccounting, http: FakeHttp, shape: Any, status: int):
    http.on("POST", INVOICES, (status, body(shape)))
    made = create(books)
    assert (made.remote_id, made.number, made.reference) == ("501", "IV-00501", "REF-1")
    assert (made.total, made.currency, made.customer, made.date, made.is_void) == (
        D("106.00"),
        "MYR",
        "300-W0001",
        DAY,
        False,
    )
    assert len(http.asked) == 1


@pytest.mark.parametrize("told", [b"{}", b"[]", refusal("saved"), body({"data": []})])
def test_an_answer_that_names_no_document_is_followed_by_one_look(books: SqlAccounting, http: FakeHttp, told: bytes):
    http.on("POST", INVOICES, told)
    http.holds(INVOICES, CREATED, invoice(7, "OTHER"))
    assert create(books).remote_id == "501"


def test_two_documents_behind_such_an_answer_need_another_look(books: SqlAccounting, http: FakeHttp):
    http.on("POST", INVOICES, b"{}")
    http.holds(INVOICES, CREATED, invoice(7, "REF-1"))
    assert type(error_of(lambda: create(books))) is OutcomeUnknown


def test_an_answer_that_says_little_is_followed_by_a_read(books: SqlAccounting, http: FakeHttp):
    http.on("POST", INVOICES, body({"dockey": 501, "docno": "IV-00501"}))
    http.on("GET", "salesinvoice/501", rows(CREATED))
    assert create(books).total == D("106.00")


@pytest.mark.parametrize("trouble", [(502, HTML), (400, refusal("no")), NotSent(say("down")), (429, b"")])
def test_trouble_with_the_look_behind_a_write_never_says_that_nothing_was_made(
    books: SqlAccounting, http: FakeHttp, trouble: Any
):
    http.on("POST", INVOICES, b"{}")
    http.on("GET", INVOICES, trouble)
    assert type(error_of(lambda: create(books))) is OutcomeUnknown


def test_a_refusal_says_the_books_own_reason_and_not_all_of_a_long_one(books: SqlAccounting, http: FakeHttp):
    http.on("POST", INVOICES, (400, refusal("Invalid tax code: SV-9. " + "x" * 400)))
    said = str(error_of(lambda: create(books)))
    assert "Invalid tax code: SV-9." in said
    assert len(said) < 300


CONFLICTS = [
    (409, refusal("Record has been changed by another user")),
    (409, refusal("conflict")),
    (400, refusal("Record has been CHANGED BY ANOTHER USER")),
    (500, b"Record has been changed by another user"),
]


@pytest.mark.feature("I8")
@pytest.mark.parametrize("told", CONFLICTS)
def test_a_stale_version_is_told_apart_from_a_refusal(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("PUT", "salesinvoice/501", told)
    assert type(error_of(lambda: books.send(Role.SALE, Action.UPDATE, CHANGE, "key"))) is ChangedMeanwhile


def test_a_change_is_read_back(books: SqlAccounting, http: FakeHttp):
    http.on("PUT", "salesinvoice/501", b"{}")
    http.on("GET", "salesinvoice/501", rows({**CREATED, "cancelled": True}))
    assert books.send(Role.SALE, Action.VOID, CHANGE, "key").is_void


def test_a_void_that_changed_nothing_is_told(books: SqlAccounting, http: FakeHttp):
    http.on("PUT", "salesinvoice/501", body(CREATED))
    http.on("GET", "salesinvoice/501", rows(CREATED))
    assert "left IV-00501 as it was" in str(error_of(lambda: books.send(Role.SALE, Action.VOID, CHANGE, "key")))


@pytest.mark.parametrize("told", [(502, HTML), (404, refusal("not found")), (200, HTML)])
def test_a_change_that_cannot_be_read_back_is_unknown(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("PUT", "salesinvoice/501", b"{}")
    http.on("GET", "salesinvoice/501", told)
    assert type(error_of(lambda: books.send(Role.SALE, Action.UPDATE, CHANGE, "key"))) is OutcomeUnknown


# --- the key (P3, P5) -------------------------------------------------------------------------------------------

FORBIDDEN = (403, refusal("Forbidden"))


@pytest.mark.feature("P5")
@pytest.mark.parametrize("told", [FORBIDDEN, (401, refusal("Unauthorized")), (403, b"Forbidden")])
def test_a_refused_key_is_told_as_such(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("GET", PROFILE, told)
    http.on("POST", INVOICES, told)
    for act in (books.check, lambda: create(books)):
        error = error_of(act)
        assert type(error) is LoginRefused
        assert "refused the Access Key or the Secret Key" in str(error)
        assert SECRET_KEY not in f"{error} {error.cause}"


def test_a_right_that_the_keys_user_lacks_is_no_refused_key(books: SqlAccounting, http: FakeHttp):
    http.on("POST", INVOICES, FORBIDDEN)
    assert type(error_of(lambda: create(books))) is NotAllowed
    assert (http.count(INVOICES), http.count(PROFILE)) == (1, 1)


@pytest.mark.parametrize(("minutes", "word"), [(6, "6 minutes ahead"), (-61, "61 minutes behind")])
def test_a_wrong_clock_is_told(http: FakeHttp, minutes: int, word: str):
    books = books_of(http, NOW + dt.timedelta(minutes=minutes))
    http.on("GET", PROFILE, (403, refusal("Forbidden"), {"Date": "Thu, 15 Jan 2026 02:30:00 GMT"}))
    error = error_of(books.check)
    assert isinstance(error, LoginRefused)
    assert word in str(error)
    assert "clock" in error.next_step
    assert http.count(PROFILE) == 1, "another service or region would not help"


@pytest.mark.parametrize("date", ["Thu, 15 Jan 2026 02:26:00 GMT", "yesterday", ""])
def test_a_clock_that_is_right_or_unknown_is_not_blamed(books: SqlAccounting, http: FakeHttp, date: str):
    http.on("GET", PROFILE, (403, refusal("Forbidden"), {"Date": date}))
    assert "clock" not in str(error_of(books.check))


@pytest.mark.feature("P3")
def test_the_other_service_and_region_are_tried_once_and_what_works_is_kept(books: SqlAccounting, http: FakeHttp):
    http.on("GET", PROFILE, FORBIDDEN, rows(MAWAR))
    company = books.check()
    assert (company.settings["service"], company.settings["region"]) == ("execute-api", "ap-southeast-1")
    assert all("ap-southeast-1/execute-api" in sent["Authorization"] for sent in http.headers[1:])
    again = books_of(http, **company.settings)
    http.on("POST", INVOICES, body(CREATED))
    create(again)
    assert "ap-southeast-1/execute-api" in http.headers[-1]["Authorization"]


@pytest.mark.parametrize(
    ("used", "tried"),
    [
        (("sqlaccount", "ap-southeast-5"), ("execute-api", "ap-southeast-1")),
        (("execute-api", "ap-southeast-1"), ("sqlaccount", "ap-southeast-5")),
        (("own", "nowhere"), ("sqlaccount", "ap-southeast-5")),
    ],
)
def test_a_key_that_is_refused_twice_is_refused(http: FakeHttp, used: tuple[str, str], tried: tuple[str, str]):
    http.on("GET", PROFILE, FORBIDDEN)
    error_of(books_of(http, service=used[0], region=used[1]).check)
    scopes = [sent["Authorization"].split("/")[3:5] for sent in http.headers]
    assert scopes == [[used[1], used[0]], [tried[1], tried[0]]]


# --- the company ------------------------------------------------------------------------------------------------


@pytest.mark.feature("P1", "P3")
def test_the_company_is_told_by_its_profile_and_its_base_currency(books: SqlAccounting, http: FakeHttp):
    http.holds("currency", {"code": "----", "isocode": "SGD"}, {"code": "USD", "isocode": "USD"})
    company = books.check()
    assert (company.name, company.home_currency, company.country) == ("Kedai Mawar Sdn Bhd", "SGD", "MY")
    assert company.settings["home_currency"] == "SGD"


@pytest.mark.parametrize(
    ("country", "currencies", "home"),
    [
        ("SG", [], "SGD"),
        ("Malaysia", [{"code": "----", "isocode": ""}], "MYR"),
        ("", [{"code": "----"}], "MYR"),
        ("SG", [{"code": "----", "isocode": "RM"}], "SGD"),
    ],
)
def test_a_base_currency_that_is_not_told_is_that_of_the_country(
    books: SqlAccounting, http: FakeHttp, country: str, currencies: list[dict[str, Any]], home: str
):
    http.on("GET", PROFILE, rows({**MAWAR, "country": country}))
    http.holds("currency", *currencies)
    assert books.check().home_currency == home


def test_a_currency_list_that_may_not_be_read_stops_no_check(books: SqlAccounting, http: FakeHttp):
    http.on("GET", "currency", FORBIDDEN)
    assert books.check().home_currency == "MYR"


def test_a_new_key_of_the_same_company_is_recognised_and_another_companys_is_not():
    new_key = f"{'f' * 32}.sql.my/ACCOUNTAPI"
    key = contract.company_key(MAWAR, ACCESS_KEY)
    assert contract.company_key({**MAWAR, "tin": "", "companyname": "Kedai Mawar 2"}, new_key) == key
    assert contract.company_key({**MAWAR, "api_dnskey": "f" * 32}, ACCESS_KEY) != key
    assert "0123" not in key


@pytest.mark.parametrize(
    ("profile", "access_key", "other"),
    [
        ({"brn": "1"}, f"{'a' * 32}.sql.my/API", ({"brn": "2"}, f"{'a' * 32}.sql.my/OTHER")),
        ({"brn": "1", "tin": "2"}, "agent-key", ({"brn": "1", "tin": "3"}, "new-key")),
        ({"tin": "2", "companyname": "A"}, "agent-key", ({"tin": "2", "companyname": "B"}, "new-key")),
        ({"companyname": "A"}, "agent-key", ({"companyname": "A"}, "new-key")),
    ],
)
def test_without_its_address_a_company_is_recognised_by_what_else_it_has(
    profile: dict[str, str], access_key: str, other: tuple[dict[str, str], str]
):
    assert contract.company_key(profile, access_key) == contract.company_key(*other) != ""


def test_a_company_that_says_nothing_of_itself_is_refused(http: FakeHttp):
    http.on("GET", PROFILE, rows({"smtp_uri": "x"}))
    books = SqlAccounting({}, {"access_key": "k", "secret_key": "s"}, http, lambda: NOW)  # type: ignore[arg-type]
    assert type(error_of(books.check)) is Refused


@pytest.mark.parametrize(
    "told", [(200, b'{"data":[{"smtp_uri":"smtp://mawar:s3cret-mail@'), (200, body([MAWAR["smtp_uri"]]))]
)
def test_the_profiles_secrets_are_shown_nowhere(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("GET", PROFILE, told)
    error = error_of(books.check)
    assert "s3cret-mail" not in f"{error} {error.cause} {error.__cause__} {error.__context__}"
    http.on("GET", PROFILE, rows(MAWAR))
    assert "s3cret-mail" not in repr(books.check())


@pytest.mark.feature("P3")
def test_local_mode_needs_an_address(http: FakeHttp):
    assert "agent" in str(error_of(books_of(http, mode="local").check))
    assert books_of(http, mode="local", base_url="http://192.168.1.5:8000").check().name == "Kedai Mawar Sdn Bhd"


# --- pages ------------------------------------------------------------------------------------------------------


def codes_of(books: SqlAccounting) -> list[str]:
    return [row.code for page in books.reference_pages(K.AGENT) for row in page.rows]


@pytest.mark.parametrize("page", [50, 49, 7])
def test_a_list_is_read_to_its_end_whatever_the_size_of_its_pages(books: SqlAccounting, http: FakeHttp, page: int):
    http.page = page
    http.holds("agent", *({"code": f"A{n:03}"} for n in range(150)))
    assert codes_of(books) == [f"A{n:03}" for n in range(150)]


def test_a_list_that_does_not_page_is_taken_where_it_is_whole_and_refused_where_it_is_not(
    books: SqlAccounting, http: FakeHttp
):
    http.on("GET", "agent", rows(*({"code": f"A{n}"} for n in range(49))))
    assert len(codes_of(books)) == 49
    http.on("GET", "agent", rows(*({"code": f"A{n}"} for n in range(50))))
    assert type(error_of(lambda: codes_of(books))) is OutcomeUnknown


def test_a_list_without_an_end_raises(books: SqlAccounting, http: FakeHttp, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(contract, "MAX_PAGES", 3)
    http.on("GET", "agent", lambda query: rows({"code": query["offset"]}))
    assert "more than 3 rows" in str(error_of(lambda: codes_of(books)))


@pytest.mark.parametrize("told", [HTML, b"", b"{}", b'"x"', b'{"data":{"code":"A"}}', b'{"data":["A"]}'])
def test_an_answer_without_rows_is_no_empty_list(books: SqlAccounting, http: FakeHttp, told: bytes):
    http.on("GET", "agent", told)
    assert type(error_of(lambda: codes_of(books))) is OutcomeUnknown


# --- looking up -------------------------------------------------------------------------------------------------


def found(books: SqlAccounting, *wanted: Wanted, role: Role = Role.SALE) -> dict[str, list[str]]:
    return {key: [each.remote_id for each in remotes] for key, remotes in books.find(role, wanted).items()}


@pytest.mark.parametrize("role", sorted(contract.DOCUMENTS))
def test_a_document_is_found_by_our_reference_exactly(books: SqlAccounting, http: FakeHttp, role: Role):
    told = [invoice(1, "REF-1"), invoice(2, "ref-1"), invoice(3, "REF-1", cancelled=True), invoice(4, "REF-10")]
    http.on("GET", contract.RESOURCE[role], rows(*told))  # it does not filter at all
    assert found(books, Wanted("REF-1"), Wanted("REF-9"), role=role) == {"REF-1": ["1", "3"], "REF-9": []}


def test_what_is_found_can_be_compared(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, "REF-1", currencycode="SGD", cancelled=True))
    [remote] = books.find(Role.SALE, [Wanted("REF-1")])["REF-1"]
    assert (remote.total, remote.currency, remote.customer, remote.date, remote.is_void) == (
        D("106.00"),
        "SGD",
        "300-W0001",
        DAY,
        True,
    )


@pytest.mark.parametrize("field", ["docamt", "currencycode", "code", "docdate", "docno"])
def test_a_row_that_leaves_out_what_is_compared_is_read_whole(books: SqlAccounting, http: FakeHttp, field: str):
    row = {name: value for name, value in CREATED.items() if name != field}
    http.holds(INVOICES, row)
    http.on("GET", "salesinvoice/501", rows({**CREATED, "docamt": "99.00"}))
    [remote] = books.find(Role.SALE, [Wanted("REF-1")])["REF-1"]
    assert remote.total == D("99.00")


def test_many_references_are_found_by_their_days_in_few_calls(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, *(invoice(n, f"REF-{n}") for n in range(60)), invoice(99, "REF-77", docdate="2026-03-01"))
    wanted = [Wanted(f"REF-{n}", DAY, DAY + dt.timedelta(days=1)) for n in range(50, 100)]
    answers = found(books, *wanted)
    assert len(http.asked) == 3, "two pages, and the empty one behind them"
    assert [key for key, ids in answers.items() if ids] == [f"REF-{n}" for n in range(50, 60)]
    assert len(answers) == 50


def test_days_with_more_pages_than_references_are_not_read(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, *(invoice(n, f"REF-{n}") for n in range(500)))
    answers = found(books, Wanted("REF-1", DAY), Wanted("REF-400", DAY), Wanted("REF-900", DAY))
    assert answers == {"REF-1": ["1"], "REF-400": ["400"], "REF-900": []}
    assert len(http.asked) == 2 + (2 + 2 + 1), "two pages of ten, then one by one"


def test_a_reference_without_a_day_is_looked_for_by_itself(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, "REF-1"), invoice(2, "REF-2", docdate="2020-01-01"))
    assert found(books, Wanted("REF-1", DAY), Wanted("REF-3", DAY), Wanted("REF-2")) == {
        "REF-1": ["1"],
        "REF-3": [],
        "REF-2": ["2"],
    }


@pytest.mark.parametrize("refuses", [True, False])
def test_an_older_version_that_knows_no_spans_of_days_hides_nothing(
    books: SqlAccounting, http: FakeHttp, refuses: bool
):
    http.takes_spans = False
    http.holds(INVOICES, invoice(1, "REF-1"))

    def answer(query: dict[str, str]) -> Any:
        if refuses and "~" in query.get("docdate", ""):
            return 400, refusal("Invalid date")
        return http._listed(INVOICES, query)

    http.on("GET", INVOICES, answer)
    assert found(books, Wanted("REF-1", DAY), Wanted("REF-2", DAY)) == {"REF-1": ["1"], "REF-2": []}


def test_days_without_any_invoice_are_believed_where_spans_are_known(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, "OLD", docdate="2020-01-01"))
    wanted = [Wanted(f"REF-{n}", DAY) for n in range(100)]
    assert not any(found(books, *wanted).values())
    assert len(http.asked) == 2
    http.holds(INVOICES)
    http.asked.clear()
    assert not any(found(books, *wanted).values())
    assert len(http.asked) == 3, "nor in books that hold none at all"


def test_pages_that_shift_while_they_are_read_are_not_believed(books: SqlAccounting, http: FakeHttp):
    first, second = [invoice(n) for n in range(50)], [invoice(n) for n in range(49, 60)]
    pages = [rows(*first), rows(*second), rows(), *([rows()] * 10)]
    http.on("GET", INVOICES, lambda query: pages.pop(0))
    found(books, *(Wanted(f"REF-{n}", DAY) for n in range(6)))
    assert [query.get("docref1") for _, _, query in http.asked[2:]] == [f"REF-{n}" for n in range(6)]


def test_rows_of_other_days_say_that_the_span_was_not_understood(books: SqlAccounting, http: FakeHttp):
    http.on("GET", INVOICES, lambda query: rows() if query["offset"] != "0" else rows(invoice(1, docdate="2019-05-05")))
    found(books, Wanted("REF-1", DAY), Wanted("REF-2", DAY), Wanted("REF-3", DAY))
    assert "docref1" in http.asked[-1][2]


@pytest.mark.parametrize("trouble", [(502, HTML), (200, HTML), (503, b""), (429, b""), NotSent(say("down"))])
def test_a_look_up_that_fails_is_never_absence(books: SqlAccounting, http: FakeHttp, trouble: Any):
    http.on("GET", INVOICES, trouble)
    for wanted in ([Wanted("REF-1")], [Wanted("REF-1", DAY), Wanted("REF-2", DAY)]):
        assert not isinstance(error_of(lambda wanted=wanted: books.find(Role.SALE, wanted)), Refused)


def test_invoices_are_found_by_their_numbers(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, docno="IV-1"), invoice(2, docno="IV-1"), invoice(3, docno="IV-2"))
    answers = books.find_by_number(Role.SALE, ["IV-1", "IV-9"])
    assert {key: [each.remote_id for each in remotes] for key, remotes in answers.items()} == {
        "IV-1": ["1", "2"],
        "IV-9": [],
    }
    assert books.find_by_number(Role.CUSTOMER, ["IV-1"]) == {"IV-1": []}


def test_a_customer_is_found_by_the_code_that_follows_from_our_reference(books: SqlAccounting, http: FakeHttp):
    mine, clash, edited = (contract.own_code(reference) for reference in ("R-1", "R-2", "R-3"))
    http.holds(
        "customer",
        {"code": mine, "remark": "Tillbridge R-1", "creditterm": "30 Days"},
        {"code": clash, "remark": "Tillbridge R-77"},
        {"code": edited, "remark": "pays late"},
    )
    answers = books.find(Role.CUSTOMER, [Wanted("R-1"), Wanted("R-2"), Wanted("R-3"), Wanted("R-4")])
    assert {key: [each.number for each in remotes] for key, remotes in answers.items()} == {
        "R-1": [mine],
        "R-2": [],
        "R-3": [edited],
        "R-4": [],
    }
    [customer] = answers["R-1"]
    assert (customer.remote_id, customer.reference, customer.raw) == (mine, "R-1", {"terms": "30 Days"})


def test_a_product_is_found_by_our_reference_with_its_units(books: SqlAccounting, http: FakeHttp):
    http.holds("stockitem", {"dockey": 8, "code": "MUG", "remark2": "R-1"}, {"dockey": 9, "code": "TEA"})
    record = {"dockey": 8, "code": "MUG", "remark2": "R-1", "sdsuom": [{"uom": "UNIT", "rate": "1", "isbase": True}]}
    http.on("GET", "stockitem/8", rows(record))
    [product] = books.find(Role.PRODUCT, [Wanted("R-1")])["R-1"]
    assert (product.remote_id, product.number, product.raw["base_uom"]) == ("8", "MUG", "UNIT")


# --- reading one ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("shape", [rows(CREATED), body({"data": CREATED}), body(CREATED)])
def test_one_document_is_read_from_every_shape_of_answer(books: SqlAccounting, http: FakeHttp, shape: bytes):
    http.on("GET", "salesinvoice/501", shape)
    remote = books.read(Role.SALE, "501")
    assert remote is not None
    assert remote.number == "IV-00501"


GONE = [(404, refusal("Not Found")), (400, refusal("Record not found")), (404, b"not found"), rows()]


@pytest.mark.parametrize("told", GONE)
def test_a_document_is_gone_where_its_record_and_its_list_say_so(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("GET", "salesinvoice/501", told)
    assert books.read(Role.SALE, "501") is None
    http.holds(INVOICES, CREATED)
    assert type(error_of(lambda: books.read(Role.SALE, "501"))) is OutcomeUnknown


@pytest.mark.parametrize("told", [(404, HTML), (502, HTML), (500, b""), (200, b"{}"), (200, b"null")])
def test_a_document_that_cannot_be_read_is_not_gone(books: SqlAccounting, http: FakeHttp, told: Any):
    http.on("GET", "salesinvoice/501", told)
    assert type(error_of(lambda: books.read(Role.SALE, "501"))) is OutcomeUnknown


def test_a_customer_is_read_by_its_code_whatever_is_in_it(books: SqlAccounting, http: FakeHttp):
    http.holds("customer", {"code": "300/A #1"}, {"code": "300/A"})
    customer = books.read(Role.CUSTOMER, "300/A #1")
    assert customer is not None
    assert customer.number == "300/A #1"
    assert books.read(Role.CUSTOMER, "300-X") is None


def test_pictures_and_long_texts_are_not_kept(books: SqlAccounting, http: FakeHttp):
    http.on("GET", "salesinvoice/501", rows({**CREATED, "note": "QUJD", "attachments": "QUJD"}))
    remote = books.read(Role.SALE, "501")
    assert remote is not None
    assert not {"note", "attachments"} & remote.raw.keys()


# --- what changed -----------------------------------------------------------------------------------------------

SINCE = NOW - dt.timedelta(hours=1)


def at(minutes: int) -> int:
    return int((NOW + dt.timedelta(minutes=minutes)).timestamp())


@pytest.mark.feature("I8")
def test_what_changed_is_told_with_customers_that_became_inactive(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, "REF-1", lastmodified=at(-10)), invoice(2, "REF-2", lastmodified=at(-120)))
    http.holds("salescreditnote", invoice(3, "REF-3", lastmodified=at(-70)))
    http.holds("customerpayment", invoice(4, "", lastmodified=at(-10)), invoice(5, "REF-5", lastmodified=at(9)))
    http.holds(
        "customer",
        {"code": "300-A", "status": "I", "lastmodified": at(-5)},
        {"code": "300-B", "status": "A", "lastmodified": at(-5)},
        {"code": "300-C", "status": "I", "lastmodified": at(-500)},
    )
    told = books.changes(SINCE)
    assert {(role, remote.reference) for role, remote in told.documents} == {
        (Role.SALE, "REF-1"),
        (Role.REFUND, "REF-3"),  # within the difference that two clocks may have
        (Role.PAYMENT, "REF-5"),
    }
    assert told.customers == {"300-A": False, "300-B": True}
    assert (told.until, told.deleted) == (NOW, frozenset())


def test_an_older_version_says_that_it_cannot_tell_what_changed(books: SqlAccounting, http: FakeHttp):
    http.takes_spans = False
    http.holds(INVOICES, invoice(1, "REF-1", lastmodified=at(-10)))
    assert type(error_of(lambda: books.changes(SINCE))) is Refused


def test_nothing_changed_is_believed_where_spans_are_known(books: SqlAccounting, http: FakeHttp):
    http.holds(INVOICES, invoice(1, "REF-1", lastmodified=at(-500)))
    assert (books.changes(SINCE).documents, books.changes(SINCE).customers) == ([], {})
