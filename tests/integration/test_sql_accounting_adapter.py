"""The SQL Accounting adapter against the practice server, over real HTTP."""

import dataclasses
import datetime as dt
import logging
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Books, Wanted
from adapters.accounting.sql_accounting import contract, declared
from adapters.addresses import AddressRule
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
from adapters.http import Http
from adapters.registry import BOOKS
from adapters.settings import utc_now
from documents import (
    Action,
    Content,
    CreditNote,
    CustomerChoice,
    Invoice,
    KnockOff,
    Lookup,
    NewCustomer,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
)
from tests.adapting import Rows, lookup_in, make_line, rows_of
from tests.practice_fixture import Practice, start_practice

K = ReferenceKind
D = Decimal
DAY = dt.date(2026, 3, 16)
TODAY = "2026-03-20"
KIND = "sql_accounting"
CREATE = {"method": "POST", "path": "/salesinvoice"}
LIST = {"method": "GET", "path": "/salesinvoice"}
PUT = {"method": "PUT", "path": "/salesinvoice/*"}


class NoPace:
    def wait(self) -> None:
        pass


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(empty=True, today=TODAY) as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=0, today=TODAY)


def books_of(
    practice: Practice, clock: Callable[[], dt.datetime] = utc_now, secret_key: str = "", **settings: str
) -> Books:
    line = practice.line[KIND]
    secrets = {"access_key": line["access_key"], "secret_key": secret_key or line["secret_key"]}
    http = Http(
        "SQL Accounting",
        rule=AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"})),
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=8,
        secrets=set(secrets.values()),
        sleep=lambda seconds: None,
    )
    return BOOKS[KIND]({"base_url": line["base_url"], **settings}, secrets, http, clock)


@pytest.fixture
def books(practice: Practice) -> Books:
    return books_of(practice)


@pytest.fixture(scope="module")
def rows(running: Practice) -> Rows:
    return rows_of(books_of(running))


@pytest.fixture
def lookup(rows: Rows) -> Lookup:
    return lookup_in(rows)


def make_invoice(reference: str, **changes: Any) -> Invoice:
    customer, lines = CustomerChoice("300-W0001"), (make_line(),)
    invoice = Invoice(reference, "MYR", D("106.00"), DAY, D(1), customer, lines, description="Online sales")
    return dataclasses.replace(invoice, **changes)


def post(books: Books, lookup: Lookup, role: Role, reference: str, content: Content) -> Remote:
    payload = books.prepare(role, Action.CREATE, reference, content, lookup, None)
    return books.send(role, Action.CREATE, payload, "key")


def create(books: Books, lookup: Lookup, reference: str = "REF-1", **changes: Any) -> Remote:
    return post(books, lookup, Role.SALE, reference, make_invoice(reference, **changes))


def change(
    books: Books, lookup: Lookup, action: Action, remote: Remote, content: Content | None = None, role: Role = Role.SALE
) -> Remote:
    payload = books.prepare(role, action, remote.reference, content, lookup, remote)
    return books.send(role, action, payload, "key")


def pay(books: Books, lookup: Lookup, sale: Remote, amount: str = "106.00", applied: str = "106.00") -> Remote:
    knock_off = KnockOff(sale.reference, D(applied), remote_id=sale.remote_id, number=sale.number)
    receipt = Receipt(
        "PAY-1",
        "MYR",
        D(amount),
        DAY,
        customer=CustomerChoice("300-W0001"),
        account="310-001",
        number="ch_77",
        knock_offs=(knock_off,),
    )
    return post(books, lookup, Role.PAYMENT, "PAY-1", receipt)


def held(practice: Practice, kind: str = "invoices") -> list[Any]:
    found: list[Any] = practice.ledger(system=KIND)[kind]
    return found


def outstanding(practice: Practice, number: str) -> Decimal:
    [row] = [each for each in held(practice) if each["number"] == number]
    return D(str(row["outstanding"]))


def asked(practice: Practice, method: str, path: str) -> int:
    return sum((each["method"], each["path"]) == (method, path) for each in practice.requests(KIND))


def error_of(act: Callable[[], object]) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act()
    return caught.value


def read(books: Books, remote: Remote, role: Role = Role.SALE) -> Any:
    found = books.read(role, remote.remote_id)
    assert found is not None
    return found.raw


# --- connecting -------------------------------------------------------------------------------------------------


@pytest.mark.feature("P3", "P5")
def test_the_keys_open_their_company(books: Books, practice: Practice):
    company = books.check()
    assert (company.name, company.home_currency, company.country) == (practice.line[KIND]["company"], "MYR", "MY")
    assert company.key


@pytest.mark.feature("P3", "P5")
def test_a_wrong_key_is_told_as_such_and_shown_nowhere(practice: Practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    wrong = "ffee" * 16
    error = error_of(books_of(practice, secret_key=wrong).check)
    assert type(error) is LoginRefused
    assert wrong not in f"{error} {error.cause} {caplog.text}"


@pytest.mark.parametrize(("minutes", "word"), [(20, "ahead of"), (-20, "behind")])
def test_a_wrong_clock_is_told_as_such(practice: Practice, minutes: int, word: str):
    wrong = books_of(practice, clock=lambda: utc_now() + dt.timedelta(minutes=minutes))
    error = error_of(wrong.check)
    assert type(error) is contract.ClockWrong
    assert "20 minutes" in str(error.message) and word in str(error.message)
    assert "clock" in error.next_step


@pytest.mark.feature("P3")
@pytest.mark.parametrize("pair", contract.PAIRS)
def test_the_pair_of_service_and_region_that_works_is_found_and_remembered(practice: Practice, pair: tuple[str, str]):
    practice.settings(KIND, only_service=pair[0])
    company = books_of(practice).check()
    assert (company.settings["service"], company.settings["region"]) == pair
    before = asked(practice, "GET", "/profile")
    assert books_of(practice, **company.settings).check().key == company.key
    assert asked(practice, "GET", "/profile") == before + 1, "at once, by what was remembered"


def test_what_was_remembered_is_corrected_when_the_gateway_changes(practice: Practice):
    service, region = contract.PAIRS[1]
    practice.settings(KIND, only_service=contract.PAIRS[0][0])
    company = books_of(practice, service=service, region=region).check()
    assert (company.settings["service"], company.settings["region"]) == contract.PAIRS[0]


@pytest.mark.feature("P5")
def test_a_server_that_is_off_is_a_time_out_with_the_adapters_own_step(practice: Practice, lookup: Lookup):
    books = books_of(practice)
    payload = books.prepare(Role.SALE, Action.CREATE, "REF-1", make_invoice("REF-1"), lookup, None)
    practice.stop(kill=True)
    try:
        assert type(error_of(books.check)) is NotSent
        assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is NotSent
    finally:
        practice.start()
    assert "SQL dealer" in books.timeout_step


@pytest.mark.parametrize("status", [521, 522, 523, 526])
def test_the_page_of_the_proxy_in_front_says_that_the_companys_server_is_off(
    books: Books, lookup: Lookup, practice: Practice, status: int
):
    practice.faults("cloudflare", KIND, path="*", times=2, status=status)
    error = error_of(books.check)
    assert type(error) is OutcomeUnknown and f"HTTP {status}" in str(error.message)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown


def test_secrets_of_the_profile_are_neither_kept_nor_logged(practice: Practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    books = books_of(practice)
    company = books.check()
    practice.faults("commit_then_truncate", KIND, path="/profile", times=5)
    error = error_of(books.check)
    practice.heal()
    practice.settings(KIND, denied=["/profile"])
    other = error_of(books.check)
    assert "SECRET" not in f"{company!r} {caplog.text} {error} {error.cause} {other} {other.cause}"
    assert practice.line[KIND]["secret_key"] not in caplog.text


# --- lists ------------------------------------------------------------------------------------------------------


def test_every_list_is_read(rows: dict[tuple[ReferenceKind, str], ReferenceRow]):
    assert {kind for kind, _ in rows} == set(contract.LISTS)
    assert rows[K.TAX_CODE, "SV-6"].details["rate"] == "6"
    assert rows[K.PROJECT, "OLD"].is_active is False
    assert rows[K.TERM, "30"].details["days"] == 30
    assert (K.CURRENCY, "MYR") in rows and (K.CURRENCY, "----") not in rows
    assert rows[K.DEPOSIT_ACCOUNT, "310-003"].details["currency"] == "SGD"


@pytest.mark.parametrize("short", [0, 1, -1])
def test_a_list_longer_than_a_page_is_read_to_its_end_however_short_its_pages_are(
    books: Books, practice: Practice, short: int
):
    for number in range(120):
        practice.control("POST", f"/{KIND}/customers", {"code": f"300-X{number:03}", "companyname": f"X {number}"})
    practice.settings(KIND, short_pages=short)
    codes = [row.code for page in books.reference_pages(K.CUSTOMER) for row in page.rows]
    assert len(codes) == len(set(codes))
    assert {f"300-X{number:03}" for number in range(120)} < set(codes)


def test_units_are_read_for_the_items_that_are_used(
    books: Books, rows: dict[tuple[ReferenceKind, str], ReferenceRow], practice: Practice
):
    item = rows[K.ITEM, "TEA-250"]
    assert item.details["uoms"] == []
    [whole] = books.complete(K.ITEM, [item])
    assert whole.details["base_uom"] == "PCS"
    assert {unit["code"]: unit["rate"] for unit in whole.details["uoms"]} == {"PCS": "1", "CTN": "12", "UNIT": "1"}  # type: ignore[attr-defined]
    assert asked(practice, "GET", f"/stockitem/{item.remote_id}") == 1


def test_a_missing_right_is_told_as_such(books: Books, practice: Practice):
    practice.settings(KIND, denied=["/agent*"])
    assert type(error_of(lambda: list(books.reference_pages(K.AGENT)))) is NotAllowed


# --- invoices ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("S2", "S3", "S5", "S6", "S7", "S8", "S9", "S10", "S17")
def test_an_invoice_stands_in_the_books_as_it_was_prepared(books: Books, lookup: Lookup):
    heads = {"terms": "30", "agent": "KUMAR", "area": "NORTH", "project": "ONLINE", "location": "IPOH"}
    line = make_line(project="RETAIL", location="HQ")
    made = create(books, lookup, number="SG-100231", account="500-100", lines=(line,), **heads)
    assert (made.number, made.reference, made.total, made.is_void) == ("SG-100231", "REF-1", D("106.00"), False)
    raw = read(books, made)
    assert [raw[name] for name in ("code", "terms", "agent", "area", "project", "currencycode")] == [
        *("300-W0001", "30", "KUMAR", "NORTH", "ONLINE", "----")
    ]
    [kept] = raw["sdsdocdetail"]
    assert [kept[name] for name in ("itemcode", "uom", "tax", "project", "location", "account")] == [
        *("MUG-01", "PCS", "SV-6", "RETAIL", "HQ", "500-100")
    ]
    assert [D(kept[name]) for name in ("qty", "unitprice", "taxamt", "amountwithtax")] == [
        *(D(2), D("52.5"), D(6), D(106))
    ]


FIGURES = [
    ({"lines": (make_line(), make_line(price=D("3.3333"), quantity=D(3), discount=D(0)))}, "116.60"),
    ({"tax_inclusive": True, "lines": (make_line(price=D("53.00"), discount=D(0)),)}, "106.00"),
    ({"lines": (make_line(), make_line(quantity=D(1), price=D("-10.00"), discount=D(0)))}, "95.40"),
    ({"currency": "SGD", "exchange_rate": D("3.4125")}, "106.00"),
    ({"lines": (make_line(tax_code="ZR", tax_rate=D(0)),)}, "100.00"),
    ({"lines": (make_line(quantity=D("1.5"), price=D(10), discount=D(0), tax_code=None, tax_rate=D(0)),)}, "15.00"),
]


@pytest.mark.parametrize(("changes", "total"), FIGURES)
def test_the_books_come_to_the_same_total(books: Books, lookup: Lookup, changes: dict[str, Any], total: str):
    made = create(books, lookup, **changes)
    assert (made.total, made.currency) == (D(total), changes.get("currency", "MYR"))


@pytest.mark.feature("S12")
def test_serial_numbers_stand_in_their_line(books: Books, lookup: Lookup):
    line = make_line(item="PHONE-X", quantity=D(2), serials=("SN-1", "SN-2"))
    [kept] = read(books, create(books, lookup, lines=(line,)))["sdsdocdetail"]
    assert [each["serialnumber"] for each in kept["sdsserialnumber"]] == ["SN-1", "SN-2"]


def test_an_update_changes_the_same_document_and_keeps_its_lines(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    [before] = read(books, made)["sdsdocdetail"]
    lines = (make_line(description="Mug - Red"), make_line(item="MUG-02"))
    changed = change(books, lookup, Action.UPDATE, made, make_invoice("REF-1", lines=lines, description="Changed"))
    assert (changed.remote_id, changed.number, changed.total) == (made.remote_id, made.number, D("212.00"))
    first, second = read(books, made)["sdsdocdetail"]
    assert (first["dtlkey"], first["description"], second["itemcode"]) == (before["dtlkey"], "Mug - Red", "MUG-02")
    assert len(held(practice)) == 1


def test_a_document_that_somebody_changed_meanwhile_is_not_overwritten(
    books: Books, lookup: Lookup, practice: Practice
):
    made = create(books, lookup)
    payload = books.prepare(Role.SALE, Action.UPDATE, "REF-1", make_invoice("REF-1"), lookup, made)
    practice.control("PATCH", f"/{KIND}/invoices/{made.remote_id}", {"description": "by hand"})
    assert type(error_of(lambda: books.send(Role.SALE, Action.UPDATE, payload, "key"))) is ChangedMeanwhile
    assert read(books, made)["description"] == "by hand"
    assert change(books, lookup, Action.UPDATE, made, make_invoice("REF-1")).total == D("106.00")


def test_a_lock_of_another_user_is_a_change_meanwhile(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    practice.faults("lock_conflict", KIND, **PUT)
    content = make_invoice("REF-1")
    assert type(error_of(lambda: change(books, lookup, Action.UPDATE, made, content))) is ChangedMeanwhile


def test_a_void_and_a_restore_show_in_the_answer_and_in_the_look_up(books: Books, lookup: Lookup):
    made = create(books, lookup)
    assert change(books, lookup, Action.VOID, made).is_void
    assert [each.is_void for each in books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]] == [True]
    again = change(books, lookup, Action.RESTORE, made)
    assert (again.is_void, again.total, again.number) == (False, D("106.00"), made.number)


def test_a_document_with_a_payment_is_neither_voided_nor_deleted(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    pay(books, lookup, made)
    error = error_of(lambda: change(books, lookup, Action.VOID, made))
    assert type(error) is Refused and "knocked off" in str(error.message)
    assert held(practice)[0]["cancelled"] is False


@pytest.mark.parametrize("action", [Action.UPDATE, Action.VOID, Action.RESTORE])
def test_a_validated_e_invoice_is_left_alone_and_a_credit_note_offered(
    books: Books, lookup: Lookup, practice: Practice, action: Action
):
    made = create(books, lookup)
    practice.control("POST", f"/{KIND}/invoices/{made.remote_id}/validate")
    content = make_invoice("REF-1") if action is Action.UPDATE else None
    error = error_of(lambda: change(books, lookup, action, made, content))
    assert type(error) is Refused and "credit note" in str(error.message)
    assert asked(practice, "PUT", f"/salesinvoice/{made.remote_id}") == 0


def test_a_closed_period_is_refused_in_the_books_words(books: Books, lookup: Lookup, practice: Practice):
    practice.settings(KIND, closed_until=DAY.isoformat())
    assert type(error_of(lambda: create(books, lookup))) is Refused
    assert held(practice) == []


# --- other documents --------------------------------------------------------------------------------------------


@pytest.mark.feature("S26")
def test_a_credit_note_names_its_sale_and_is_found_by_its_reference(books: Books, lookup: Lookup, practice: Practice):
    sale = create(books, lookup)
    note = CreditNote(
        make_invoice("CN-1"), KnockOff("REF-1", D("106.00"), remote_id=sale.remote_id, number=sale.number)
    )
    made = post(books, lookup, Role.REFUND, "CN-1", note)
    assert (made.reference, made.total) == ("CN-1", D("106.00"))
    [kept] = held(practice, "credit_notes")
    assert kept["outstanding"] == 106, "left for the bookkeeper"
    assert [each.remote_id for each in books.find(Role.REFUND, [Wanted("CN-1")])["CN-1"]] == [made.remote_id]
    assert change(books, lookup, Action.VOID, made, role=Role.REFUND).is_void


@pytest.mark.feature("S27")
def test_a_payment_knocks_off_its_sale_and_its_void_lets_it_go(books: Books, lookup: Lookup, practice: Practice):
    sale = create(books, lookup)
    made = pay(books, lookup, sale)
    assert (made.total, made.balance, outstanding(practice, sale.number)) == (D("106.00"), D(0), D(0))
    assert change(books, lookup, Action.VOID, made, role=Role.PAYMENT).is_void
    assert outstanding(practice, sale.number) == D("106.00")


@pytest.mark.feature("S27")
def test_what_a_payment_does_not_knock_off_stays_unapplied(books: Books, lookup: Lookup, practice: Practice):
    sale = create(books, lookup)
    assert pay(books, lookup, sale, amount="150.00").balance == D("44.00")
    assert outstanding(practice, sale.number) == D(0)


@pytest.mark.feature("S22")
def test_a_customer_is_made_with_its_e_mail_and_found_by_our_reference(books: Books, lookup: Lookup):
    reference = "sitegiant:SG-77:mei"
    content = NewCustomer("Tan Mei", "mei@example.com", terms="30")
    assert books.find(Role.CUSTOMER, [Wanted(reference)]) == {reference: []}
    made = post(books, lookup, Role.CUSTOMER, reference, content)
    assert made.number == contract.own_code(reference)
    [found] = books.find(Role.CUSTOMER, [Wanted(reference), Wanted("other")])[reference]
    assert (found.remote_id, found.reference, found.number) == (made.remote_id, reference, made.number)
    assert type(error_of(lambda: post(books, lookup, Role.CUSTOMER, reference, content))) is Refused


@pytest.mark.feature("S25")
def test_a_product_is_made_and_can_stand_on_an_invoice(books: Books, lookup: Lookup):
    made = post(books, lookup, Role.PRODUCT, "product/fan", NewProduct("USB fan", sku="FAN-USB", price=D("29.90")))
    assert made.number == "FAN-USB" and made.raw["base_uom"] == contract.FIRST_UNIT  # type: ignore[index]
    [found] = books.find(Role.PRODUCT, [Wanted("product/fan")])["product/fan"]
    assert (found.remote_id, found.number) == (made.remote_id, "FAN-USB")


# --- looking up -------------------------------------------------------------------------------------------------


def test_many_references_are_found_in_few_calls_and_everyone_is_answered(
    books: Books, lookup: Lookup, practice: Practice
):
    wanted = [Wanted(f"REF-{n}", DAY) for n in range(100)]
    for n in range(0, 100, 10):
        create(books, lookup, f"REF-{n}")
    create(books, lookup, "OTHER", date=DAY + dt.timedelta(days=5))
    before = asked(practice, "GET", "/salesinvoice")
    found = books.find(Role.SALE, wanted)
    assert asked(practice, "GET", "/salesinvoice") - before <= 3
    assert sorted(found) == sorted(each.reference for each in wanted)
    assert {reference for reference, remotes in found.items() if remotes} == {f"REF-{n}" for n in range(0, 100, 10)}


@pytest.mark.parametrize("is_older", [False, True])
def test_an_older_server_without_spans_is_asked_one_by_one(
    books: Books, lookup: Lookup, practice: Practice, is_older: bool
):
    practice.settings(KIND, plain_filters=is_older)
    create(books, lookup, "REF-1")
    create(books, lookup, "REF-2")
    found = books.find(Role.SALE, [Wanted(f"REF-{n}", DAY) for n in range(3)])
    assert {reference: len(remotes) for reference, remotes in found.items()} == {"REF-0": 0, "REF-1": 1, "REF-2": 1}


@pytest.mark.parametrize("reference", ["O'Hara's", "50% & more", "#1/2 + ü", "a~b", "*x*"])
def test_a_reference_with_signs_of_its_own_is_found(books: Books, lookup: Lookup, reference: str):
    create(books, lookup, reference)
    assert [each.reference for each in books.find(Role.SALE, [Wanted(reference)])[reference]] == [reference]


def test_what_is_found_can_be_compared_with_what_was_meant(books: Books, lookup: Lookup):
    create(books, lookup)
    [found] = books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]
    assert (found.total, found.currency, found.customer, found.date) == (D("106.00"), "MYR", "300-W0001", DAY)


def test_documents_are_found_by_number_whoever_made_them(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    line = {"itemcode": "MUG-01", "qty": "1", "unitprice": "15"}
    body = {"code": "300-W0001", "docdate": DAY.isoformat(), "docno": "HAND-1", "sdsdocdetail": [line]}
    practice.control("POST", f"/{KIND}/invoices", body)
    found = books.find_by_number(Role.SALE, [made.number, "HAND-1", "NONE-1"])
    assert [len(found[each]) for each in (made.number, "HAND-1", "NONE-1")] == [1, 1, 0]
    assert found["HAND-1"][0].reference == ""


@pytest.mark.parametrize("shape", ["404", "empty"])
def test_a_document_that_is_gone_is_none(books: Books, lookup: Lookup, practice: Practice, shape: str):
    practice.settings(KIND, missing_as=shape)
    made = create(books, lookup)
    practice.control("DELETE", f"/{KIND}/salesinvoice/{made.remote_id}")
    assert books.read(Role.SALE, made.remote_id) is None


@pytest.mark.parametrize("fault", ["html_502", "cloudflare", "garbage_200_nothing", "drop_before"])
def test_a_look_up_that_fails_is_never_absence(books: Books, practice: Practice, fault: str):
    practice.faults(fault, KIND, **LIST, times=100)
    assert type(error_of(lambda: books.find(Role.SALE, [Wanted("REF-1", DAY), Wanted("REF-2", DAY)]))) is OutcomeUnknown


# --- what changed -----------------------------------------------------------------------------------------------


@pytest.mark.feature("I8")
def test_what_people_do_in_the_books_is_told(books: Books, lookup: Lookup, practice: Practice):
    ours = create(books, lookup)
    line = {"itemcode": "MUG-01", "qty": "1", "unitprice": "15"}
    practice.control("POST", f"/{KIND}/invoices", {"code": "300-W0001", "sdsdocdetail": [line]})
    practice.control("POST", f"/{KIND}/invoices/{ours.remote_id}/void")
    moment = int(utc_now().timestamp())
    practice.control("PATCH", f"/{KIND}/customers/300-W0001", {"status": "I", "lastmodified": moment})
    told = books.changes(utc_now() - dt.timedelta(minutes=1))
    assert [(role, remote.reference, remote.is_void) for role, remote in told.documents] == [(Role.SALE, "REF-1", True)]
    assert told.customers["300-W0001"] is False
    later = books.changes(utc_now() + dt.timedelta(hours=1))
    assert (list(later.documents), dict(later.customers)) == ([], {})


# --- the outcome table ------------------------------------------------------------------------------------------

CREATED_BUT_UNKNOWN = ["commit_then_reset", "commit_then_close", "commit_then_500", "commit_then_502"]
CREATED_BUT_UNKNOWN += ["commit_then_524", "commit_then_truncate", "garbage_200"]


@pytest.mark.parametrize("fault", CREATED_BUT_UNKNOWN)
def test_a_document_whose_answer_is_lost_is_unknown_and_is_found_again(
    books: Books, lookup: Lookup, practice: Practice, fault: str
):
    practice.faults(fault, KIND, **CREATE)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, "POST", "/salesinvoice")) == (1, 1)
    [found] = books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]
    assert found.total == D("106.00")


@pytest.mark.parametrize("shape", ["bare", "object", "array", "nothing"])
def test_the_answer_to_a_create_may_have_any_shape(books: Books, lookup: Lookup, practice: Practice, shape: str):
    practice.settings(KIND, write_as=shape)
    made = create(books, lookup)
    assert (made.reference, made.total, made.number) == ("REF-1", D("106.00"), held(practice)[0]["number"])


@pytest.mark.parametrize("fault", ["drop_before", "html_502", "cloudflare", "status_503", "garbage_200_nothing"])
def test_a_document_that_may_have_been_made_is_unknown_even_where_it_was_not(
    books: Books, lookup: Lookup, practice: Practice, fault: str
):
    practice.faults(fault, KIND, **CREATE)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, "POST", "/salesinvoice")) == (0, 1)


DEFINITE = [
    ("refuse", {}, Refused),
    ("duplicate", {}, Refused),
    ("status_429", {"retry_after": 7}, TooFast),
    ("forbidden_403", {}, NotAllowed),
    ("status", {"status": 403, "html": True}, OutcomeUnknown),
    ("status", {"status": 408, "message": "Time is up"}, OutcomeUnknown),
]


@pytest.mark.parametrize(("fault", "details", "kind"), DEFINITE)
def test_what_the_api_says_of_a_document_that_it_did_not_make(
    books: Books, lookup: Lookup, practice: Practice, fault: str, details: dict[str, Any], kind: type[RemoteError]
):
    practice.faults(fault, KIND, **CREATE, **details)
    assert isinstance(error_of(lambda: create(books, lookup)), kind)
    assert (len(held(practice)), asked(practice, "POST", "/salesinvoice")) == (0, 1)


@pytest.mark.parametrize("form", ["message", "error", "detail", "text"])
def test_a_refusal_says_why_in_whatever_form(books: Books, lookup: Lookup, practice: Practice, form: str):
    practice.settings(KIND, error_as=form)
    error = error_of(lambda: create(books, lookup, lines=()))
    assert type(error) is Refused
    assert len(str(error.message)) > len("SQL Accounting refused it: ")


@pytest.mark.feature("P3")
def test_local_mode_needs_the_address_of_its_agent(practice: Practice):
    assert books_of(practice, mode=declared.LOCAL).check().name == practice.line[KIND]["company"]
    error = error_of(books_of(practice, mode=declared.LOCAL, base_url=contract.BASE_URL).check)
    assert type(error) is Refused and "agent" in str(error.message)


def test_nothing_shows_the_keys(practice: Practice, lookup: Lookup, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    books = books_of(practice)
    practice.faults("commit_then_reset", KIND, **CREATE)
    error = error_of(lambda: create(books, lookup))
    text = f"{caplog.text} {error!r} {error.cause}"
    assert practice.line[KIND]["secret_key"] not in text and practice.line[KIND]["access_key"] not in text
