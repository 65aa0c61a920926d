"""The QNE Optimum adapter against its practice server, over real HTTP; and the engine that posts through it."""

import dataclasses
import datetime as dt
import logging
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Books, Wanted
from adapters.accounting.qne.masters import made_code
from adapters.accounting.qne_optimum import contract
from adapters.addresses import AddressRule
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.http import Http
from adapters.registry import BOOKS
from documents import (
    Action,
    CustomerChoice,
    Invoice,
    InvoiceLine,
    Lookup,
    NewCustomer,
    ReferenceKind,
    ReferenceRow,
    Remote,
    Role,
)
from models import OperationState, RunKind, Tick
from sync import connections, profiles, pulling
from tests.adapting import Rows, lookup_in, rows_of
from tests.practice_fixture import Practice, start_practice
from tests.world import World

K = ReferenceKind
D = Decimal
DAY = dt.date(2026, 3, 16)
SYSTEM, PATH = "qne_optimum", contract.INVOICES
PERSONS = {
    "invoiceDate": "2026-03-01T00:00:00",
    "customer": "700-W001",
    "referenceNo": "BY-HAND",
    "details": [{"stock": "MUG-01", "qty": 1, "unitPrice": 1}],
}


class NoPace:
    def wait(self) -> None:
        pass


@pytest.fixture(scope="module")
def running() -> Iterator[Practice]:
    with start_practice(empty=True, today="2026-03-20") as practice:
        yield practice


@pytest.fixture
def practice(running: Practice) -> Iterator[Practice]:
    yield running
    running.reset(orders=0, today="2026-03-20")


def books_of(practice: Practice, **secrets: str) -> Books:
    given = practice.line[SYSTEM] | secrets
    http = Http(
        "QNE Optimum",
        rule=AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"})),
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=2,
        secrets={given["db_code"]},
        sleep=lambda seconds: None,
    )
    return BOOKS[SYSTEM](given, {"db_code": given["db_code"]}, http)


@pytest.fixture
def books(practice: Practice) -> Books:
    return books_of(practice)


@pytest.fixture(scope="module")
def rows(running: Practice) -> Rows:
    return rows_of(books_of(running))


@pytest.fixture
def lookup(rows: Rows) -> Lookup:
    return lookup_in(rows)


LINE = InvoiceLine(
    "item",
    D("100.00"),
    item="MUG-01",
    uom="PCS",
    quantity=D(2),
    price=D("50.00"),
    tax_code="SV-6",
    tax_rate=D(6),
    tax=D("6.00"),
    description="Mug - Blue",
)


def make_invoice(reference: str, **changes: Any) -> Invoice:
    invoice = Invoice(
        reference, "MYR", D("106.00"), DAY, D(1), CustomerChoice("700-W001"), (LINE,), description="Online"
    )
    return dataclasses.replace(invoice, **changes)


def create(books: Books, lookup: Lookup, reference: str = "REF-1", **changes: Any) -> Remote:
    payload = books.prepare(Role.SALE, Action.CREATE, reference, make_invoice(reference, **changes), lookup, None)
    return books.send(Role.SALE, Action.CREATE, payload, "key")


def type_by_hand(practice: Practice, **changes: Any) -> None:
    """A person makes an invoice in QNE."""
    given = practice.line[SYSTEM]
    body, headers = PERSONS | changes, {"DbCode": given["db_code"]}
    assert practice.http.post(given["base_url"] + PATH, json=body, headers=headers, timeout=10).status_code == 200


def held(practice: Practice, reference: str = "REF-1") -> list[Any]:
    ledger = practice.control("GET", "/ledger/qne_optimum")
    return [each for each in ledger["invoices"] if each["referenceNo"] == reference]


def asked(practice: Practice, method: str, path: str) -> int:
    return sum((each["method"], each["path"]) == (method, path) for each in practice.requests(SYSTEM))


def error_of(act: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act()
    return caught.value


# --- connecting and lists ---------------------------------------------------------------------------------------


@pytest.mark.feature("P2", "P5")
def test_the_code_opens_the_company_that_the_owner_named(books: Books, practice: Practice):
    company = books.check()
    assert (company.name, company.home_currency) == (practice.line[SYSTEM]["company"], "MYR")
    assert practice.line[SYSTEM]["db_code"] not in repr(company)


@pytest.mark.feature("P2", "P5")
def test_a_wrong_code_is_told_as_such_and_shown_nowhere(practice: Practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    error = error_of(books_of(practice, db_code="WRONG-CODE").check)
    assert type(error) is LoginRefused
    assert "WRONG-CODE" not in f"{error} {error.cause} {caplog.text}"


def test_a_refusal_that_is_false_once_is_overcome(books: Books, practice: Practice):
    practice.faults("token_expired", SYSTEM, path=contract.VERSION)
    assert books.check().key
    assert asked(practice, "GET", contract.VERSION) == 2


def test_every_list_is_read_and_units_where_they_are_told(
    books: Books, rows: dict[tuple[ReferenceKind, str], ReferenceRow]
):
    assert {kind for kind, _ in rows} == set(books.reference_kinds)
    assert rows[K.TAX_CODE, "SV-6"].details["rate"] == "6"
    assert (K.TAX_CODE, "IM-6") not in rows
    assert not rows[K.LOCATION, "OLD"].is_active
    [tea] = books.complete(K.ITEM, [rows[K.ITEM, "TEA-250"]])
    assert [unit["code"] for unit in tea.details["uoms"]] == ["PCS", "CTN"]  # type: ignore[union-attr,index]


# --- invoices and customers -------------------------------------------------------------------------------------


@pytest.mark.feature("S6", "S7", "S10")
def test_an_invoice_stands_in_the_books_as_it_was_prepared(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup, location="IPOH")
    assert (made.number, made.reference, made.total, made.is_void) == ("SI00001", "REF-1", D("106.00"), False)
    assert (made.customer, made.date) == ("700-W001", DAY)
    [kept] = held(practice)
    assert (kept["stockLocation"], kept["title"], kept["details"][0]["taxCode"]) == ("IPOH", "Online", "SV-6")


def test_an_update_changes_the_same_document_and_keeps_its_lines(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    [before] = held(practice)
    content = make_invoice("REF-1", lines=(LINE, dataclasses.replace(LINE, item="MUG-02")))
    payload = books.prepare(Role.SALE, Action.UPDATE, "REF-1", content, lookup, made)
    changed = books.send(Role.SALE, Action.UPDATE, payload, "key")
    assert (changed.remote_id, changed.number, changed.total) == (made.remote_id, made.number, D("212.00"))
    [after] = held(practice)
    assert [line["id"] == before["details"][0]["id"] for line in after["details"]] == [True, False]


@pytest.mark.parametrize("how", ["id", "nothing"])
def test_a_poor_answer_is_completed_or_decides_nothing(books: Books, lookup: Lookup, practice: Practice, how: str):
    practice.settings(SYSTEM, create_answers=how)
    if how == "id":
        assert create(books, lookup).total == D("106.00")
    else:
        assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert len(held(practice)) == 1


def test_a_customer_is_made_found_and_changed(books: Books, lookup: Lookup):
    payload = books.prepare(Role.CUSTOMER, Action.CREATE, "R", NewCustomer("Tan Mei", "mei@example.com"), lookup, None)
    assert books.find(Role.CUSTOMER, [Wanted("R")]) == {"R": []}
    made = books.send(Role.CUSTOMER, Action.CREATE, payload, "key")
    assert made.number == made_code("R")
    renamed = books.prepare(Role.CUSTOMER, Action.UPDATE, "R", NewCustomer("Tan Mei Ling"), lookup, made)
    assert books.send(Role.CUSTOMER, Action.UPDATE, renamed, "key").remote_id == made.remote_id
    [found] = books.find(Role.CUSTOMER, [Wanted("R"), Wanted("other")])["R"]
    assert (found.remote_id, found.number, found.reference) == (made.remote_id, made.number, "R")
    assert isinstance(error_of(lambda: books.send(Role.CUSTOMER, Action.CREATE, payload, "key")), Refused)


# --- looking up -------------------------------------------------------------------------------------------------


def test_references_are_found_cancelled_ones_and_strange_ones_too(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup, "O'Hara's")
    practice.control("PATCH", f"/qne_optimum/invoices/{made.remote_id}", {"isCancelled": True})
    found = books.find(Role.SALE, [Wanted("O'Hara's", DAY), *(Wanted(f"REF-{n}") for n in range(50))])
    [remote] = found.pop("O'Hara's")
    assert (remote.is_void, remote.total, remote.date) == (True, D("106.00"), DAY)
    assert len(found) == 50
    assert not any(found.values())


def test_an_empty_company_holds_nothing_of_ours(books: Books):
    assert books.find(Role.SALE, [Wanted("REF-1")]) == {"REF-1": []}


def test_books_that_silently_find_nothing_are_found_out(books: Books, lookup: Lookup, practice: Practice):
    create(books, lookup)
    practice.settings(SYSTEM, references_found=False)
    assert type(error_of(lambda: books_of(practice).find(Role.SALE, [Wanted("REF-1")]))) is OutcomeUnknown


def test_books_that_show_no_references_are_refused_with_what_to_do(books: Books, lookup: Lookup, practice: Practice):
    create(books, lookup)
    practice.settings(SYSTEM, references_listed=False)
    error = error_of(lambda: books_of(practice).find(Role.SALE, [Wanted("REF-1")]))
    assert type(error) is Refused
    assert "Enter a reference" in str(error)


@pytest.mark.parametrize("fault", ["html_502", "garbage_200_nothing", "status_503", "drop_before", "forbidden_403"])
def test_a_look_up_that_fails_is_never_absence(books: Books, lookup: Lookup, practice: Practice, fault: str):
    create(books, lookup)
    practice.faults(fault, SYSTEM, method="GET", path=PATH, times=100)
    assert isinstance(error_of(lambda: books.find(Role.SALE, [Wanted("REF-1")])), OutcomeUnknown | NotAllowed)


# --- the outcome table ------------------------------------------------------------------------------------------

LOST = ["commit_then_reset", "commit_then_close", "commit_then_500", "commit_then_502", "commit_then_truncate"]


@pytest.mark.parametrize("fault", [*LOST, "garbage_200"])
def test_a_document_whose_answer_is_lost_is_unknown_and_is_found_again(
    books: Books, lookup: Lookup, practice: Practice, fault: str
):
    practice.faults(fault, SYSTEM, method="POST", path=PATH)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, "POST", PATH)) == (1, 1)
    [found] = books.find(Role.SALE, [Wanted("REF-1")])["REF-1"]
    assert found.total == D("106.00")


DEFINITE = [
    ("refuse", {}, Refused),
    ("duplicate", {}, Refused),
    ("forbidden_403", {}, NotAllowed),
    ("status_429", {"retry_after": 7}, TooFast),
    ("token_expired", {}, OutcomeUnknown),
    ("html_502", {}, OutcomeUnknown),
    ("status", {"status": 409, "html": True}, OutcomeUnknown),
]


@pytest.mark.parametrize(("fault", "details", "kind"), DEFINITE)
def test_what_the_api_says_of_a_document_that_it_did_not_make(
    books: Books, lookup: Lookup, practice: Practice, fault: str, details: dict[str, Any], kind: type[RemoteError]
):
    practice.faults(fault, SYSTEM, method="POST", path=PATH, **details)
    assert isinstance(error_of(lambda: create(books, lookup)), kind)
    assert (len(held(practice)), asked(practice, "POST", PATH)) == (0, 1)


# --- through the engine -----------------------------------------------------------------------------------------


@pytest.fixture
def optimum(shop: World) -> World:
    """A shop that posts into Optimum."""
    given = {**shop.practice.line[SYSTEM]}
    books = connections.connect_books(SYSTEM, "Optimum", given, shop.tools, 2000.0, 2)
    channels = [channel.id for channel in pulling.pull_channels(shop.store_id, shop.tools)]
    start = (shop.clock.now() - dt.timedelta(days=20)).date()
    made = profiles.make_profile(books.id, "Optimum", "Asia/Kuala_Lumpur", start, channels)
    shop.books_id, shop.profile_id = books.id, made.id
    shop.read(RunKind.REFERENCE, books.id)
    shop.settle()
    shop.read(RunKind.REFERENCE, books.id)  # the units of the items that are used now
    return shop


def totals(world: World) -> list[Decimal]:
    invoices = world.practice.control("GET", "/ledger/qne_optimum")["invoices"]
    return sorted(D(str(each["total"])) for each in invoices if each["referenceNo"] != "BY-HAND")


@pytest.mark.feature("I6", "I10")
def test_orders_are_posted_once_and_read_back_to_the_cent(optimum: World):
    optimum.sell("T-1", "T-2", "T-3")
    optimum.pull()
    optimum.sync()
    assert {each.tick for each in optimum.orders()} == {Tick.GREEN}
    assert totals(optimum) == [D(15)] * 3
    assert all(row.is_proven for row in optimum.proof())


@pytest.mark.feature("I6")
@pytest.mark.parametrize("fault", ["commit_then_reset", "commit_then_500", "drop_before", "token_expired"])
def test_a_lost_answer_never_makes_a_second_invoice(optimum: World, fault: str):
    type_by_hand(optimum.practice)
    optimum.practice.faults(fault, SYSTEM, method="POST", path=PATH)
    optimum.sell("T-1", "T-2")
    optimum.pull()
    optimum.sync()
    assert totals(optimum) == [D(15), D(15)]
    assert {each.state for each in optimum.operations()} == {OperationState.POSTED}


def test_nothing_is_sent_into_books_whose_look_up_cannot_be_proven(optimum: World):
    type_by_hand(optimum.practice, referenceNo="")
    optimum.sell("T-1")
    optimum.pull()
    optimum.press_sync()
    optimum.drain()
    assert optimum.practice.control("GET", "/ledger/qne_optimum")["creates_seen"] == 1  # the person's own
    assert "Enter a reference" in str(optimum.books().status_text)
    type_by_hand(optimum.practice)
    optimum.run_until_quiet()
    assert optimum.order("T-1").tick is Tick.GREEN
