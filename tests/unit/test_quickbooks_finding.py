"""Looking in QuickBooks: by reference, by number, by id, since a day, and what changed."""

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest

from adapters.accounting.base import Wanted
from adapters.accounting.quickbooks import contract
from adapters.errors import LoginRefused, OutcomeUnknown, Refused
from documents import Role
from tests.unit.quickbooks_fakes import NOW, FakeHttp, books_of, fault, small_fault

SENT = dt.datetime(2026, 10, 3, 10, 30, tzinfo=dt.UTC)
DAY = dt.date(2026, 10, 1)


def document(number: str, reference: str = "", **more: Any) -> dict[str, Any]:
    note = {"PrivateNote": f"Tillbridge [{reference}]"} if reference else {}
    return {"Id": number, "SyncToken": "0", "DocNumber": f"N-{number}", "TotalAmt": 10.5, **note, **more}


@pytest.fixture
def http() -> FakeHttp:
    made = FakeHttp()
    for entity in (*contract.ROLES, "Vendor"):
        made.on_query(entity)
    return made


def test_a_document_says_everything_that_is_compared(http: FakeHttp):
    row = document("130", "R-1", Balance=4.5, TxnDate="2026-10-03")
    http.on(
        "GET",
        "invoice/130",
        {"Invoice": row | {"CurrencyRef": {"value": "USD"}, "CustomerRef": {"value": "58", "name": "Ann"}}},
    )
    found = books_of(http).read(Role.SALE, "130")
    assert found is not None
    assert (found.remote_id, found.reference, found.number, found.total) == ("130", "R-1", "N-130", Decimal("10.5"))
    assert (found.currency, found.customer, found.date, found.balance) == (
        "USD",
        "58",
        dt.date(2026, 10, 3),
        Decimal("4.5"),
    )
    assert not found.is_void


@pytest.mark.feature("I8")
@pytest.mark.parametrize(
    ("note", "total", "is_void"),
    [
        ("Voided - Tillbridge [R-1]", 0, True),
        ("Voided", 0, True),
        ("Tillbridge [R-1]", 0, False),
        ("Voided cheque came with it. Tillbridge [R-1]", 10.5, False),
    ],
)
def test_a_voided_document_says_so_and_comes_to_nothing(http: FakeHttp, note: str, total: float, is_void: bool):
    http.on("GET", "payment/9", {"Payment": document("9", PrivateNote=note, TotalAmt=total)})
    found = books_of(http).read(Role.PAYMENT, "9")
    assert found is not None and found.is_void is is_void


@pytest.mark.parametrize(
    ("role", "remote_id", "path"),
    [
        (Role.SALE, "130", "invoice/130"),
        (Role.SALE, "SalesReceipt/131", "salesreceipt/131"),
        (Role.REFUND, "RefundReceipt/7", "refundreceipt/7"),
        (Role.CUSTOMER, "58", "customer/58"),
        (Role.PRODUCT, "4", "item/4"),
    ],
)
def test_reading_takes_one_call_and_only_quickbooks_can_say_that_it_is_gone(
    http: FakeHttp, role: Role, remote_id: str, path: str
):
    http.on("GET", path, (400, fault("610", "Object Not Found")))
    assert books_of(http).read(role, remote_id) is None
    assert http.paths == [f"GET {path}"]
    http.on("GET", path, (404, b"<html>"))
    with pytest.raises(OutcomeUnknown):
        books_of(http).read(role, remote_id)


def test_a_customer_that_was_made_inactive_is_void(http: FakeHttp):
    http.on("GET", "customer/58", {"Customer": {"Id": "58", "DisplayName": "Ann (deleted)", "Active": False}})
    found = books_of(http).read(Role.CUSTOMER, "58")
    assert found is not None and found.is_void and found.number == "58"


def test_a_product_s_number_is_its_code(http: FakeHttp):
    http.on(
        "GET", "item/4", {"Item": {"Id": "4", "Name": "Blue", "FullyQualifiedName": "Mugs:Blue", "Type": "Service"}}
    )
    found = books_of(http).read(Role.PRODUCT, "4")
    assert found is not None and found.number == "Mugs:Blue" and found.raw["type"] == "Service"


# --- by reference -------------------------------------------------------------------------------------------------


def test_numbers_that_we_gave_are_asked_for_in_one_question_for_each_kind(http: FakeHttp):
    http.on_query("Invoice", [document("130", "R-1", DocNumber="A'1")])
    http.on_query("SalesReceipt", [document("131", "R-2", DocNumber="A2")])
    found = books_of(http).find(Role.SALE, [Wanted("R-1", number="A'1"), Wanted("R-2", number="A2")])
    assert {name: [each.remote_id for each in remotes] for name, remotes in found.items()} == {
        "R-1": ["130"],
        "R-2": ["SalesReceipt/131"],
    }
    assert len(http.queries) == 2
    assert r"FROM Invoice WHERE DocNumber IN ('A\'1', 'A2') ORDERBY Id" in http.queries[0]


def test_many_numbers_are_asked_for_some_at_a_time(http: FakeHttp):
    wanted = [Wanted(f"R-{n}", number=f"A{n}") for n in range(250)]
    assert all(remotes == [] for remotes in books_of(http).find(Role.SALE, wanted).values())
    assert len(http.queries) == 2 * 3


def test_without_numbers_they_are_looked_for_since_they_were_sent(http: FakeHttp):
    http.on_query("Invoice", [document("130", "R-1"), document("140", "R-9"), document("150")])
    http.on_query("SalesReceipt", [document("131", "R-1", PrivateNote="Voided - Tillbridge [R-1]", TotalAmt=0)])
    found = books_of(http).find(Role.SALE, [Wanted("R-1", sent_after=SENT), Wanted("R-2", sent_after=NOW)])
    assert [each.remote_id for each in found["R-1"]] == ["130", "SalesReceipt/131"]
    assert (found["R-1"][1].is_void, found["R-2"]) == (True, [])
    assert "WHERE MetaData.CreateTime >= '2026-10-03T10:20:00+00:00'" in http.queries[0]


def test_else_by_the_days_that_they_may_carry(http: FakeHttp):
    books_of(http).find(Role.SALE, [Wanted("R-1", DAY), Wanted("R-2", DAY, dt.date(2026, 10, 4))])
    assert "WHERE TxnDate >= '2026-10-01' AND TxnDate <= '2026-10-04' ORDERBY" in http.queries[0]


def test_else_among_all_there_are(http: FakeHttp):
    books_of(http).find(Role.SALE, [Wanted("R-1", DAY), Wanted("R-2")])
    assert http.queries[0].startswith("SELECT * FROM Invoice ORDERBY Id")


def test_a_number_that_nothing_has_is_looked_for_by_when_it_was_sent_too(http: FakeHttp):
    http.on("QUERY", "Invoice", {"QueryResponse": {}}, {"QueryResponse": {"Invoice": [document("130", "R-1")]}})
    found = books_of(http).find(Role.SALE, [Wanted("R-1", number="A1", sent_after=SENT)])
    assert [each.remote_id for each in found["R-1"]] == ["130"]
    http.asked.clear()
    assert books_of(http).find(Role.SALE, [Wanted("R-5", number="A5")]) == {"R-5": []}
    assert len(http.queries) == 2


def test_references_are_compared_exactly(http: FakeHttp):
    http.on_query("Invoice", [document("130", "r-1"), document("131", "R-11"), document("132", "R-1")])
    found = books_of(http).find(Role.SALE, [Wanted("R-1")])
    assert [each.remote_id for each in found["R-1"]] == ["132"]


def test_two_documents_with_one_reference_are_both_found(http: FakeHttp):
    http.on_query("Invoice", [document("130", "R-1"), document("132", "R-1"), document("132", "R-1")])
    assert [each.remote_id for each in books_of(http).find(Role.SALE, [Wanted("R-1")])["R-1"]] == ["130", "132"]


def test_every_page_is_read(http: FakeHttp):
    http.on_query("Invoice", [document(str(n)) for n in range(1000)], [document("2000", "R-1")])
    assert len(books_of(http).find(Role.SALE, [Wanted("R-1")])["R-1"]) == 1


def test_a_look_up_that_cannot_be_made_is_never_an_absence(http: FakeHttp):
    http.on("QUERY", "SalesReceipt", (403, small_fault("3100", "ApplicationAuthorizationFailed")))
    with pytest.raises(LoginRefused):
        books_of(http).find(Role.SALE, [Wanted("R-1", sent_after=SENT)])


def test_customers_and_products_are_found_by_their_notes_even_inactive(http: FakeHttp):
    http.on_query("Customer", [{"Id": "58", "Notes": "Tillbridge [customer-1]", "Active": False}])
    http.on_query("Item", [{"Id": "4", "Name": "Mug", "PurchaseDesc": "Tillbridge [product-1]"}])
    books = books_of(http)
    [one] = books.find(Role.CUSTOMER, [Wanted("customer-1", sent_after=SENT, number="58")])["customer-1"]
    assert (one.remote_id, one.is_void) == ("58", True)
    [two] = books.find(Role.PRODUCT, [Wanted("product-1")])["product-1"]
    assert (two.remote_id, two.number) == ("4", "Mug")
    assert "WHERE Active IN (true, false) AND MetaData.CreateTime >= " in http.queries[0]
    assert "FROM Item WHERE Active IN (true, false) ORDERBY" in http.queries[1]


def test_payments_go_by_their_own_number(http: FakeHttp):
    long = "pi_3PqXyZ0123456789abcdefgh"
    http.on_query("Payment", [document("9", "R-1", PaymentRefNum=long[:21])])
    found = books_of(http).find(Role.PAYMENT, [Wanted("R-1", number=long)])
    assert found["R-1"][0].number == long[:21]
    assert f"PaymentRefNum IN ('{long[:21]}')" in http.queries[0]


@pytest.mark.feature("I12")
def test_numbers_are_found_whoever_made_the_document(http: FakeHttp):
    http.on_query("Invoice", [document("130", DocNumber="A1"), document("131", DocNumber="a1")])
    found = books_of(http).find_by_number(Role.SALE, ["A1", "A2"])
    assert {number: [each.remote_id for each in remotes] for number, remotes in found.items()} == {
        "A1": ["130"],
        "A2": [],
    }
    assert books_of(http).find_by_number(Role.CUSTOMER, ["58"]) == {"58": []}


def test_the_history_is_everything_of_ours_since_a_day(http: FakeHttp):
    http.on_query("Invoice", [document("130", "R-1"), document("140")])
    http.on_query("Payment", [document("9", "R-1/p1")])
    found = [(role, each.remote_id) for page in books_of(http).history(DAY) for role, each in page]
    assert found == [(Role.SALE, "130"), (Role.PAYMENT, "9")]
    assert len(http.queries) == 5 and all("TxnDate >= '2026-10-01'" in query for query in http.queries)


# --- changes ------------------------------------------------------------------------------------------------------

SINCE = NOW - dt.timedelta(days=2)


def cdc(**lists: list[dict[str, Any]]) -> dict[str, Any]:
    told = [{entity: rows, "startPosition": 1, "maxResults": len(rows)} for entity, rows in lists.items()]
    return {"CDCResponse": [{"QueryResponse": told}], "time": "2026-10-03T04:59:00.000-07:00"}


def gone(number: str) -> dict[str, Any]:
    return {"status": "Deleted", "domain": "QBO", "Id": number}


@pytest.mark.feature("Z8")
def test_what_changed_is_told_in_one_call(http: FakeHttp):
    http.on(
        "GET",
        "cdc",
        cdc(
            Invoice=[document("130", "R-1"), gone("33")],
            SalesReceipt=[document("131"), gone("34")],
            Customer=[{"Id": "58", "Active": False}, {"Id": "71", "Active": True}],
        ),
    )
    told = books_of(http).changes(SINCE)
    assert [(role, each.remote_id) for role, each in told.documents] == [
        (Role.SALE, "130"),
        (Role.SALE, "SalesReceipt/131"),
    ]
    assert told.deleted == {(Role.SALE, "33"), (Role.SALE, "SalesReceipt/34")}
    assert told.customers == {"58": False, "71": True}
    assert told.until == dt.datetime(2026, 10, 3, 11, 58, tzinfo=dt.UTC)
    [asked] = http.asked
    assert asked.params["entities"] == "Invoice,SalesReceipt,CreditMemo,RefundReceipt,Payment,Customer"
    assert asked.params["changedSince"] == "2026-10-01T12:00:00+00:00"


class Cdc(FakeHttp):
    def _key(self, method: str, path: str, params: Any) -> tuple[str, str]:  # type: ignore[override]
        return ("GET", f"cdc {params['entities']}") if path == "cdc" else super()._key(method, path, params)


@pytest.mark.feature("Z8")
def test_more_than_one_call_tells_is_asked_for_kind_by_kind_then_page_by_page():
    http = Cdc()
    many = [document(str(n)) for n in range(1000)]
    everything = "Invoice,SalesReceipt,CreditMemo,RefundReceipt,Payment,Customer"
    http.on("GET", f"cdc {everything}", cdc(Invoice=many))
    for entity in everything.split(","):
        http.on("GET", f"cdc {entity}", cdc(**{entity: []}))
    http.on("GET", "cdc Invoice", cdc(Invoice=[*many, gone("8")]))
    http.on("GET", "cdc Payment", cdc(Payment=[gone("9")]))
    http.on_query("Invoice", many, [document("2000")])
    told = books_of(http).changes(SINCE)
    assert len(told.documents) == 1001 and told.deleted == {(Role.PAYMENT, "9"), (Role.SALE, "8")}
    assert "WHERE MetaData.LastUpdatedTime >= '2026-10-01T12:00:00+00:00'" in http.queries[0]
    assert len(http.asked) == 1 + 6 + 2


def test_longer_ago_than_quickbooks_remembers_is_refused(http: FakeHttp):
    with pytest.raises(Refused, match="30 days"):
        books_of(http).changes(NOW - dt.timedelta(days=31))
    assert http.asked == []


@pytest.mark.parametrize("answer", [{"time": "x"}, {"CDCResponse": []}, {"CDCResponse": [fault("4000")]}])
def test_an_answer_without_changes_is_not_no_change(http: FakeHttp, answer: dict[str, Any]):
    http.on("GET", "cdc", answer)
    with pytest.raises(OutcomeUnknown):
        books_of(http).changes(SINCE)
