"""The QNE adapter against the practice server, over real HTTP."""

import dataclasses
import datetime as dt
import logging
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Books, Wanted
from adapters.accounting.qne import contract
from adapters.accounting.qne.masters import made_code
from adapters.addresses import AddressRule
from adapters.errors import (
    LoginRefused,
    NotAllowed,
    NotSent,
    OutcomeUnknown,
    Refused,
    RemoteError,
    TooFast,
    TooLate,
)
from adapters.http import Http
from adapters.registry import BOOKS
from documents import (
    Action,
    CreditNote,
    CustomerChoice,
    Invoice,
    KnockOff,
    Lookup,
    Message,
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
CREATE = "/api/SalesInvoices/Create"
LIST = "/api/SalesInvoices/List"


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


def books_of(practice: Practice, key: str | None = None, in_flight: int = 8) -> Books:
    secret = key or practice.qne["api_key"]
    rule = AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"}))
    http = Http(
        "QNE",
        rule=rule,
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=in_flight,
        secrets={secret},
        sleep=lambda seconds: None,
    )
    return BOOKS["qne"]({"base_url": practice.qne["base_url"]}, {"api_key": secret}, http)


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
    invoice = Invoice(
        reference, "MYR", D("106.00"), DAY, D(1), CustomerChoice("700-W001"), (make_line(),), description="Online sales"
    )
    return dataclasses.replace(invoice, **changes)


def prepared(books: Books, lookup: Lookup, reference: str, **changes: Any) -> bytes:
    return books.prepare(Role.SALE, Action.CREATE, reference, make_invoice(reference, **changes), lookup, None)


def create(books: Books, lookup: Lookup, reference: str = "REF-1", **changes: Any) -> Remote:
    return books.send(Role.SALE, Action.CREATE, prepared(books, lookup, reference, **changes), "key")


def change(books: Books, lookup: Lookup, action: Action, remote: Remote, content: Invoice | None = None) -> Remote:
    payload = books.prepare(Role.SALE, action, remote.reference, content, lookup, remote)
    return books.send(Role.SALE, action, payload, "key")


def held(practice: Practice, reference: str = "REF-1") -> list[Any]:
    return [each for each in practice.ledger()["invoices"] if each["referenceNo"] == reference]


def asked(practice: Practice, path: str) -> int:
    return sum(path.lower() in each["path"].lower() for each in practice.requests("qne"))


def error_of(act: Any) -> RemoteError:
    with pytest.raises(RemoteError) as caught:
        act()
    return caught.value


# --- connecting and lists ---------------------------------------------------------------------------------------


@pytest.mark.feature("P2", "P5")
def test_the_key_opens_its_company(books: Books, practice: Practice):
    company = books.check()
    assert (company.name, company.home_currency, company.country) == (practice.qne["company"], "MYR", "MY")
    assert company.key


@pytest.mark.feature("P2", "P5")
def test_a_wrong_key_is_told_as_such_and_shown_nowhere(practice: Practice, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    wrong = "00000000-aaaa-4000-8000-00000000dead"
    error = error_of(books_of(practice, key=wrong).check)
    assert type(error) is LoginRefused
    assert wrong not in f"{error} {error.cause} {caplog.text}"


def test_without_the_profiles_permission_the_company_is_known_by_its_token(books: Books, practice: Practice):
    practice.settings("qne", denied=["/api/CompanyProfile/*"])
    assert books.check().name == practice.qne["company"]


def test_every_list_is_read(rows: dict[tuple[ReferenceKind, str], ReferenceRow]):
    assert {kind for kind, _ in rows} == set(BOOKS["qne"].reference_kinds)
    mug = rows[K.ITEM, "MUG-01"]
    assert mug.details["base_uom"] == "PCS"
    assert rows[K.TAX_CODE, "SV-6"].details["rate"] == "6"
    assert rows[K.TAX_CODE, "SR"].is_active is False


def test_a_list_without_the_envelope_is_read_the_same(books: Books, practice: Practice):
    before = [page.rows for page in books.reference_pages(K.UOM)]
    practice.settings("qne", unwrapped=["/api/UOMs/*"])
    assert [page.rows for page in books.reference_pages(K.UOM)] == before


def test_a_list_that_may_not_be_read_is_told_as_a_missing_permission(books: Books, practice: Practice):
    practice.settings("qne", denied=["/api/Agents/*"])
    assert type(error_of(lambda: list(books.reference_pages(K.AGENT)))) is NotAllowed
    assert asked(practice, "/api/Auth/Connect") == 1


# --- invoices ---------------------------------------------------------------------------------------------------


@pytest.mark.feature("S2", "S3", "S5", "S6", "S7", "S10", "S17")
def test_an_invoice_stands_in_the_books_as_it_was_prepared(books: Books, lookup: Lookup, practice: Practice):
    made = create(
        books,
        lookup,
        number="SG-100231",
        terms="30",
        agent="KUMAR",
        project="ONLINE",
        location="IPOH",
        lines=(make_line(project="RETAIL", location="HQ"),),
    )
    assert (made.number, made.reference, made.total, made.is_void) == ("SG-100231", "REF-1", D("106.00"), False)
    raw = books.read(Role.SALE, made.remote_id).raw  # type: ignore[union-attr]
    codes = {name: raw[name]["code"] for name in ("customer", "term", "agent", "project", "currency", "stockLocation")}
    assert codes == {
        "customer": "700-W001",
        "term": "30",
        "agent": "KUMAR",
        "project": "ONLINE",
        "currency": "MYR",
        "stockLocation": "IPOH",
    }
    [line] = raw["itemDetails"]
    assert (line["project"]["code"], line["uom"]["code"], line["taxCode"]["code"]) == ("RETAIL", "PCS", "SV-6")
    assert (line["qty"], line["unitPrice"], line["discount"], line["netAmount"]) == (2, D("52.50"), "5", D("106.00"))


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
    assert create(books, lookup, **changes).total == D(total)


def test_templates_are_read_once_in_ten_minutes(books: Books, lookup: Lookup, practice: Practice):
    for n in range(3):
        create(books, lookup, f"REF-{n}")
    assert asked(practice, "/api/SalesInvoices/New") == 1


def test_fields_that_the_template_does_not_have_are_not_sent(books: Books, lookup: Lookup, practice: Practice):
    practice.settings("qne", template_without=["agentId", "docCode"])
    payload = prepared(books, lookup, "REF-1", agent="KUMAR", number="SG-1")
    assert b"agentId" not in payload
    assert b"docCode" not in payload


def test_a_thousand_lines_are_one_invoice(books: Books, lookup: Lookup):
    line = make_line(price=D("1.00"), quantity=D(1), discount=D(0), tax_code=None, tax_rate=D(0))
    assert create(books, lookup, lines=(line,) * 1000).total == D("1000.00")


def test_an_update_changes_the_same_document_and_keeps_its_lines(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    before = books.read(Role.SALE, made.remote_id)
    lines = (make_line(description="Mug - Red"), make_line(item="MUG-02"))
    changed = change(books, lookup, Action.UPDATE, made, make_invoice("REF-1", lines=lines, description="Changed"))
    assert (changed.remote_id, changed.number, changed.total) == (made.remote_id, made.number, D("212.00"))
    assert before is not None
    first = before.raw["itemDetails"][0]["id"]  # type: ignore[index]
    assert [line["id"] == first for line in changed.raw["itemDetails"]] == [True, False]  # type: ignore[attr-defined]
    assert len(held(practice)) == 1


def test_a_void_and_a_restore_show_in_the_answer_and_in_the_look_up(books: Books, lookup: Lookup):
    made = create(books, lookup)
    assert change(books, lookup, Action.VOID, made).is_void
    assert [each.is_void for each in books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]] == [True]
    assert not change(books, lookup, Action.RESTORE, made).is_void


def test_an_invoice_with_a_payment_is_not_voided(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    row = made.raw
    practice.control(
        "POST",
        "/qne/receipts",
        {
            "docType": "AROR",
            "docDate": DAY.isoformat(),
            "customerId": row["customerId"],
            "currencyId": 1,
            "currencyRate": 1,
            "accountId": "8d2f0000-0000-4000-8000-0000000000b2",
            "totalAmount": 106,
            "knockoff": [{"docType": "INV", "docId": made.remote_id, "amount": 106, "paymentAmount": 106}],
        },
    )
    error = error_of(lambda: change(books, lookup, Action.VOID, made))
    assert type(error) is Refused
    assert "knocked off" in str(error)
    assert asked(practice, "/api/SalesInvoices/Void") == 0


def test_a_customer_is_made_and_found_by_our_reference(books: Books, lookup: Lookup):
    reference = "sitegiant:SG-77:mei"
    content = NewCustomer("Tan Mei", "mei@example.com")
    payload = books.prepare(Role.CUSTOMER, Action.CREATE, reference, content, lookup, None)
    assert books.find(Role.CUSTOMER, [Wanted(reference)]) == {reference: []}
    made = books.send(Role.CUSTOMER, Action.CREATE, payload, "key")
    assert made.number == made_code(reference)
    [found] = books.find(Role.CUSTOMER, [Wanted(reference), Wanted("other")])[reference]
    assert (found.remote_id, found.reference, found.number) == (made.remote_id, reference, made.number)


def test_a_second_customer_of_the_same_reference_is_refused(books: Books, lookup: Lookup):
    payload = books.prepare(Role.CUSTOMER, Action.CREATE, "R", NewCustomer("Ali"), lookup, None)
    books.send(Role.CUSTOMER, Action.CREATE, payload, "key")
    assert isinstance(error_of(lambda: books.send(Role.CUSTOMER, Action.CREATE, payload, "key")), Refused)


# --- payments, credit notes, stock items ------------------------------------------------------------------------

BANK = "310-1000"
Content = Invoice | Receipt | CreditNote | NewProduct


def write(
    books: Books,
    lookup: Lookup,
    role: Role,
    content: Content | None,
    remote: Remote | None = None,
    action: Action | None = None,
) -> Remote:
    """Create it, or change the document that is there; without content what `action` says."""
    action = action or (Action.UPDATE if remote else Action.CREATE)
    reference = remote.reference if remote else getattr(content, "reference", "P-1")
    payload = books.prepare(role, action, reference, content, lookup, remote)
    return books.send(role, action, payload, "key")


def make_receipt(*sales: Remote, total: str = "106.00", each: str = "106.00", **changes: Any) -> Receipt:
    paid = tuple(KnockOff(sale.reference, D(each), sale.remote_id, sale.number) for sale in sales)
    customer = CustomerChoice("700-W001")
    receipt = Receipt("PAY-1", "MYR", D(total), DAY, BANK, customer=customer, exchange_rate=D(1), knock_offs=paid)
    return dataclasses.replace(receipt, **changes)


def open_on(books: Books, sale: Remote) -> Decimal | None:
    remote = books.read(Role.SALE, sale.remote_id)
    return remote.balance if remote else None


@pytest.mark.feature("R3", "R5", "R6", "S27")
def test_a_payment_knocks_its_invoices_off_and_goes_to_its_account(books: Books, lookup: Lookup):
    sales = [create(books, lookup, f"REF-{n}") for n in range(5)]
    made = write(books, lookup, Role.PAYMENT, make_receipt(*sales, total="530.00"))
    assert [open_on(books, sale) for sale in sales] == [D(0)] * 5
    read = books.read(Role.PAYMENT, made.remote_id)
    assert read is not None
    assert (read.total, read.balance, read.customer, read.date) == (D("530.00"), D(0), "700-W001", DAY)
    assert read.raw["account"]["code"] == BANK  # type: ignore[index]


def test_a_payment_is_found_by_our_reference_by_itself_in_bulk_by_number_and_voided_too(books: Books, lookup: Lookup):
    made = write(books, lookup, Role.PAYMENT, make_receipt())
    write(books, lookup, Role.PAYMENT, None, made, Action.VOID)
    one = books.find(Role.PAYMENT, [Wanted("PAY-1")])["PAY-1"]
    many = books.find(Role.PAYMENT, [Wanted("PAY-1", DAY), Wanted("PAY-2", DAY)])
    numbered = books.find_by_number(Role.PAYMENT, [made.number])[made.number]
    assert [[each.remote_id for each in found] for found in (one, many["PAY-1"], numbered)] == [[made.remote_id]] * 3
    assert all(each.is_void for found in (one, many["PAY-1"], numbered) for each in found)
    assert many["PAY-2"] == []


def test_a_payment_that_names_nobody_goes_to_the_customer_of_its_invoice(books: Books, lookup: Lookup):
    sale = create(books, lookup, customer=CustomerChoice("300-S0001"))
    made = write(books, lookup, Role.PAYMENT, make_receipt(sale, customer=None))
    read = books.read(Role.PAYMENT, made.remote_id)
    assert read is not None
    assert (read.customer, read.balance) == ("300-S0001", D(0))


def test_more_money_than_is_open_stays_unapplied_and_shows_as_such(books: Books, lookup: Lookup):
    sale = create(books, lookup)
    made = write(books, lookup, Role.PAYMENT, make_receipt(sale, total="110.00", each="110.00"))
    assert (made.total, made.balance, open_on(books, sale)) == (D("110.00"), D("4.00"), D(0))


def test_a_payment_that_a_person_changed_is_overwritten(books: Books, lookup: Lookup, practice: Practice):
    first, second = create(books, lookup, "REF-1"), create(books, lookup, "REF-2")
    made = write(books, lookup, Role.PAYMENT, make_receipt(first))
    practice.control("PATCH", f"/qne/receipts/{made.remote_id}", {"description": "by hand"})
    changed = write(books, lookup, Role.PAYMENT, make_receipt(first, second, total="212.00"), made)
    assert (changed.remote_id, changed.number, changed.total) == (made.remote_id, made.number, D("212.00"))
    assert [open_on(books, sale) for sale in (first, second)] == [D(0), D(0)]


def test_a_payment_that_the_bank_confirmed_is_neither_changed_nor_voided(
    books: Books, lookup: Lookup, practice: Practice
):
    made = write(books, lookup, Role.PAYMENT, make_receipt())
    practice.control("POST", f"/qne/receipts/{made.remote_id}/reconcile")
    for content, action in ((make_receipt(total="1.00"), None), (None, Action.VOID)):
        error = error_of(lambda: write(books, lookup, Role.PAYMENT, content, made, action))  # noqa: B023 - called at once
        assert type(error) is Refused
        assert "bank" in str(error)


def test_a_voided_payment_is_restored_and_then_updated_with_what_it_pays(books: Books, lookup: Lookup):
    sale = create(books, lookup)
    made = write(books, lookup, Role.PAYMENT, make_receipt(sale))
    assert write(books, lookup, Role.PAYMENT, None, made, Action.VOID).is_void
    assert open_on(books, sale) == D("106.00")
    assert not write(books, lookup, Role.PAYMENT, None, made, Action.RESTORE).is_void
    write(books, lookup, Role.PAYMENT, make_receipt(sale), made)
    assert open_on(books, sale) == D(0)


@pytest.mark.parametrize("fault", ["commit_then_reset", "commit_then_500", "commit_then_truncate", "garbage_200"])
@pytest.mark.parametrize("role", [Role.PAYMENT, Role.REFUND])
def test_money_whose_answer_is_lost_is_unknown_and_is_found_again(
    books: Books, lookup: Lookup, practice: Practice, fault: str, role: Role
):
    sale = create(books, lookup)
    content, reference = (make_receipt(sale), "PAY-1") if role is Role.PAYMENT else (make_note(sale), "BACK-1")
    practice.faults(fault, path=f"{contract.RESOURCE[role]}/Create")
    payload = books.prepare(role, Action.CREATE, reference, content, lookup, None)
    assert type(error_of(lambda: books.send(role, Action.CREATE, payload, "key"))) is OutcomeUnknown
    [found] = books.find(role, [Wanted(reference, DAY)])[reference]
    assert (found.total, found.currency, found.customer, found.date) == (D("106.00"), "MYR", "700-W001", DAY)


def test_a_receipt_whose_total_the_books_ignored_shows_it(books: Books, lookup: Lookup, practice: Practice):
    practice.settings("qne", receipt_total_from="details")
    assert write(books, lookup, Role.PAYMENT, make_receipt()).total == D(0)


def test_the_one_row_form_is_taken_where_the_books_ask_for_it(
    books: Books, lookup: Lookup, practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    practice.settings("qne", receipt_total_from="details")
    monkeypatch.setattr(contract, "RECEIPT_TOTAL_IN_DETAILS", True)
    assert write(books, lookup, Role.PAYMENT, make_receipt()).total == D("106.00")


def make_note(sale: Remote, amount: str = "106.00", **changes: Any) -> CreditNote:
    document = make_invoice("BACK-1", account="500-0000", **changes)
    return CreditNote(document, KnockOff(sale.reference, D(amount), sale.remote_id, sale.number))


def give_back(books: Books, lookup: Lookup, note: CreditNote, remote: Remote | None = None) -> Remote:
    action = Action.UPDATE if remote else Action.CREATE
    payload = books.prepare(Role.REFUND, action, "BACK-1", note, lookup, remote)
    return books.send(Role.REFUND, action, payload, "key")


@pytest.mark.feature("X1", "S26")
def test_a_credit_note_takes_its_sale_back_to_the_cent(books: Books, lookup: Lookup, practice: Practice):
    sale = create(books, lookup)
    made = give_back(books, lookup, make_note(sale, number="CN-100231"))
    assert (made.number, made.reference, made.total, made.balance) == ("CN-100231", "BACK-1", D("106.00"), D(0))
    assert open_on(books, sale) == D(0)
    [kept] = practice.ledger()["credit_notes"]
    assert (kept["tax"], kept["customerCode"]) == (6, "700-W001")


def test_a_credit_note_of_a_sale_that_is_paid_stays_as_the_customers_credit(books: Books, lookup: Lookup):
    sale = create(books, lookup)
    write(books, lookup, Role.PAYMENT, make_receipt(sale))
    assert give_back(books, lookup, make_note(sale)).balance == D("106.00")


def test_a_credit_note_is_changed_voided_restored_and_found(books: Books, lookup: Lookup):
    sale = create(books, lookup)
    made = give_back(books, lookup, make_note(sale))
    part = make_note(sale, "55.65", lines=(make_line(quantity=D(1), discount=D(0)),))
    smaller = give_back(books, lookup, part, made)
    assert (smaller.remote_id, smaller.total) == (made.remote_id, D("55.65"))
    assert open_on(books, sale) == D("50.35")
    assert write(books, lookup, Role.REFUND, None, made, Action.VOID).is_void
    assert open_on(books, sale) == D("106.00")
    [found] = books.find(Role.REFUND, [Wanted("BACK-1", DAY)])["BACK-1"]
    assert (found.is_void, found.remote_id) == (True, made.remote_id)
    assert not write(books, lookup, Role.REFUND, None, made, Action.RESTORE).is_void


def test_a_document_that_the_tax_office_validated_is_neither_changed_nor_voided(
    books: Books, lookup: Lookup, practice: Practice
):
    made = create(books, lookup)
    practice.control("POST", f"/qne/invoices/{made.remote_id}/validate")
    for content, action in ((make_invoice("REF-1", description="Changed"), Action.UPDATE), (None, Action.VOID)):
        assert type(error_of(lambda: change(books, lookup, action, made, content))) is Refused  # noqa: B023 - at once
    assert asked(practice, "/api/SalesInvoices/Update") + asked(practice, "/api/SalesInvoices/Void") == 0
    assert give_back(books, lookup, make_note(made)).total == D("106.00")


@pytest.mark.feature("X2", "S25")
def test_a_stock_item_is_made_once_and_has_its_unit(books: Books, lookup: Lookup):
    product = NewProduct("Kuih raya box", "KUIH-BOX", price=D("38.00"))
    payload = books.prepare(Role.PRODUCT, Action.CREATE, "item-7", product, lookup, None)
    assert books.find(Role.PRODUCT, [Wanted("item-7", number="KUIH-BOX")]) == {"item-7": []}
    made = books.send(Role.PRODUCT, Action.CREATE, payload, "key")
    assert (made.number, made.raw["base_uom"]) == ("KUIH-BOX", "UNIT")
    [found] = books.find(Role.PRODUCT, [Wanted("item-7", number="KUIH-BOX")])["item-7"]
    assert (found.remote_id, found.raw) == (made.remote_id, made.raw | {"uoms": found.raw["uoms"]})
    assert isinstance(error_of(lambda: books.send(Role.PRODUCT, Action.CREATE, payload, "key")), Refused)


# --- looking up -------------------------------------------------------------------------------------------------


def test_many_references_are_found_in_few_calls_and_everyone_is_answered(
    books: Books, lookup: Lookup, practice: Practice
):
    wanted = [Wanted(f"REF-{n}", DAY) for n in range(150)]
    for n in range(0, 150, 10):
        create(books, lookup, f"REF-{n}")
    create(books, lookup, "OTHER", date=DAY + dt.timedelta(days=5))
    before = asked(practice, LIST)
    found = books.find(Role.SALE, wanted)
    assert asked(practice, LIST) - before == 1
    assert sorted(found) == sorted(each.reference for each in wanted)
    assert {reference for reference, remotes in found.items() if remotes} == {f"REF-{n}" for n in range(0, 150, 10)}


def test_a_reference_with_quotes_is_found(books: Books, lookup: Lookup):
    create(books, lookup, "O'Hara's")
    assert [each.reference for each in books.find(Role.SALE, [Wanted("O'Hara's")])["O'Hara's"]] == ["O'Hara's"]


def test_what_is_found_can_be_compared_with_what_was_meant(books: Books, lookup: Lookup):
    create(books, lookup)
    [found] = books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]
    assert (found.total, found.currency, found.customer, found.date) == (D("106.00"), "MYR", "700-W001", DAY)


def test_a_document_that_is_gone_is_none(books: Books, lookup: Lookup, practice: Practice):
    made = create(books, lookup)
    practice.control("DELETE", f"/qne/invoices/{made.remote_id}")
    assert books.read(Role.SALE, made.remote_id) is None


UNREADABLE = ["html_502", "garbage_200_nothing", "status_503", "drop_before", "commit_then_truncate"]


@pytest.mark.parametrize("fault", UNREADABLE)
def test_a_look_up_that_fails_is_never_absence(books: Books, practice: Practice, fault: str):
    practice.faults(fault, path=LIST, times=100)
    assert type(error_of(lambda: books.find(Role.SALE, [Wanted("REF-1", DAY), Wanted("REF-2", DAY)]))) is OutcomeUnknown


# --- the outcome table ------------------------------------------------------------------------------------------

CREATED_BUT_UNKNOWN = ["commit_then_reset", "commit_then_close", "commit_then_500", "commit_then_502"]
CREATED_BUT_UNKNOWN += ["commit_then_truncate", "garbage_200", "envelope_off"]


@pytest.mark.parametrize("fault", CREATED_BUT_UNKNOWN)
def test_a_document_whose_answer_is_lost_is_unknown_and_is_found_again(
    books: Books, lookup: Lookup, practice: Practice, fault: str
):
    practice.faults(fault, path=CREATE)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, CREATE)) == (1, 1)
    [found] = books.find(Role.SALE, [Wanted("REF-1", DAY)])["REF-1"]
    assert found.total == D("106.00")


def test_an_answer_that_does_not_come_in_time_is_unknown(
    books: Books, lookup: Lookup, practice: Practice, monkeypatch: pytest.MonkeyPatch
):
    payload = prepared(books, lookup, "REF-1")
    monkeypatch.setattr(contract, "POST_S", 0.3)
    practice.faults("commit_then_hang", path=CREATE)
    assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, CREATE)) == (1, 1)


@pytest.mark.parametrize("fault", ["drop_before", "html_502", "status_503", "garbage_200_nothing"])
def test_a_document_that_may_have_been_made_is_unknown_even_where_it_was_not(
    books: Books, lookup: Lookup, practice: Practice, fault: str
):
    practice.faults(fault, path=CREATE)
    assert type(error_of(lambda: create(books, lookup))) is OutcomeUnknown
    assert (len(held(practice)), asked(practice, CREATE)) == (0, 1)


DEFINITE = [
    ("refuse", {}, Refused),
    ("duplicate", {}, Refused),
    ("forbidden_403", {}, NotAllowed),
    ("status_429", {"retry_after": 7}, TooFast),
    ("status_429", {}, TooFast),
    ("status", {"status": 422, "message": "plain text, not the API's own"}, OutcomeUnknown),
    ("status", {"status": 404, "message": "plain text, not the API's own"}, OutcomeUnknown),
    ("status", {"status": 401, "html": True}, OutcomeUnknown),
    ("status", {"status": 403, "html": True}, OutcomeUnknown),
    ("status", {"status": 409, "html": True}, OutcomeUnknown),
    ("status", {"status": 408, "message": "Time is up"}, OutcomeUnknown),
]


@pytest.mark.parametrize(("fault", "details", "kind"), DEFINITE)
def test_what_the_api_says_of_a_document_that_it_did_not_make(
    books: Books, lookup: Lookup, practice: Practice, fault: str, details: dict[str, Any], kind: type[RemoteError]
):
    practice.faults(fault, path=CREATE, **details)
    assert isinstance(error_of(lambda: create(books, lookup)), kind)
    assert (len(held(practice)), asked(practice, CREATE)) == (0, 1)


def test_retry_after_is_told(books: Books, lookup: Lookup, practice: Practice):
    practice.faults("status_429", path=CREATE, retry_after=7)
    error = error_of(lambda: create(books, lookup))
    assert isinstance(error, TooFast)
    assert error.wait_s == 7


@pytest.mark.parametrize("status", [400, 409, 422, 200])
def test_a_refusal_says_why_whatever_its_status(books: Books, lookup: Lookup, practice: Practice, status: int):
    practice.settings("qne", refusal_status=status)
    error = error_of(lambda: create(books, lookup, lines=()))
    assert isinstance(error, Refused)
    assert len(str(error.message)) > len("QNE refused it: ")


def test_a_misleading_message_deceives_nobody(books: Books, lookup: Lookup, practice: Practice):
    practice.faults("misleading_message", path=CREATE)
    assert create(books, lookup).total == D("106.00")


def test_a_server_that_is_down_got_nothing(practice: Practice, lookup: Lookup):
    books = books_of(practice)
    payload = prepared(books, lookup, "REF-1")
    practice.stop(kill=True)
    try:
        assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is NotSent
    finally:
        practice.start()


def test_a_token_that_dies_is_renewed_once_and_the_document_made_once(books: Books, lookup: Lookup, practice: Practice):
    payload = prepared(books, lookup, "REF-1")
    practice.faults("token_expired", path=CREATE)
    assert books.send(Role.SALE, Action.CREATE, payload, "key").total == D("106.00")
    assert (len(held(practice)), asked(practice, CREATE), asked(practice, "/api/Auth/Connect")) == (1, 2, 2)


def test_a_token_that_keeps_dying_is_a_refused_login(books: Books, lookup: Lookup, practice: Practice):
    payload = prepared(books, lookup, "REF-1")
    practice.faults("token_expired", path=CREATE, times=10)
    assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is LoginRefused
    assert asked(practice, CREATE) == 2


def test_a_short_token_is_renewed_before_it_ends(practice: Practice, lookup: Lookup):
    practice.settings("qne", token_s=1)
    books = books_of(practice)
    for n in range(3):
        create(books, lookup, f"REF-{n}")
        time.sleep(0.6)
    refused = [each for each in practice.requests("qne") if "401" in str(each["outcome"])]
    assert refused == []
    assert asked(practice, "/api/Auth/Connect") >= 2


def test_a_connect_that_fails_means_that_the_document_was_not_sent(books: Books, lookup: Lookup, practice: Practice):
    payload = prepared(books, lookup, "REF-1")
    practice.faults("token_expired", path=CREATE)
    practice.faults("html_502", path="/api/Auth/Connect")
    assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is NotSent


def test_the_watch_stands_between_the_connection_and_the_bytes(books: Books, lookup: Lookup, practice: Practice):
    payload = prepared(books, lookup, "REF-1")

    def too_late() -> None:
        raise TooLate(Message("Too late."))

    with books.http.watched(too_late, lambda: None):
        assert type(error_of(lambda: books.send(Role.SALE, Action.CREATE, payload, "key"))) is TooLate
    assert asked(practice, CREATE) == 0
    told: list[str] = []
    with books.http.watched(lambda: told.append("before"), lambda: told.append("after")):
        books.send(Role.SALE, Action.CREATE, payload, "key")
    assert told == ["before", "after"]


def test_a_void_is_watched_and_its_question_is_not(books: Books, lookup: Lookup):
    made = create(books, lookup)
    told: list[str] = []
    with books.http.watched(lambda: told.append("before"), lambda: told.append("after")):
        change(books, lookup, Action.VOID, made)
    assert told == ["before", "after"]


def test_threads_send_at_once_over_one_session(practice: Practice, lookup: Lookup):
    books = books_of(practice, in_flight=4)
    payloads = [prepared(books, lookup, f"REF-{n}") for n in range(40)]
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda payload: books.send(Role.SALE, Action.CREATE, payload, "key"), payloads))
    assert len({each.remote_id for each in made}) == 40
    assert asked(practice, "/api/Auth/Connect") == 1
    assert practice.control("GET", "/measures")["qne"]["highest_in_flight"] <= 4
    assert threading.active_count() < 50


def test_nothing_shows_the_key_or_the_token(practice: Practice, lookup: Lookup, caplog: pytest.LogCaptureFixture):
    caplog.set_level(logging.DEBUG)
    books = books_of(practice)
    practice.faults("commit_then_reset", path=CREATE)
    error = error_of(lambda: create(books, lookup))
    books.http.hide("x")
    text = f"{caplog.text} {error!r} {error.cause}"
    assert practice.qne["api_key"] not in text
    assert "eyJ" not in text
