"""The lists of SQL Accounting in our words: which rows, their codes, and what more is said of them."""

from typing import Any

import pytest

from adapters.accounting.sql_accounting import SqlAccounting, contract
from adapters.accounting.sql_accounting.lists import dated_rates
from adapters.errors import OutcomeUnknown
from documents import ReferenceKind, ReferenceRow
from tests.unit.sql_accounting_fake import HTML, FakeHttp, books_of, refusal, rows

K = ReferenceKind


@pytest.fixture
def http() -> FakeHttp:
    made = FakeHttp()
    for resource in contract.LISTS.values():
        made.holds(resource)
    return made


@pytest.fixture
def books(http: FakeHttp) -> SqlAccounting:
    return books_of(http)


def read(books: SqlAccounting, kind: ReferenceKind) -> list[ReferenceRow]:
    return [row for page in books.reference_pages(kind) for row in page.rows]


def details(books: SqlAccounting, kind: ReferenceKind) -> dict[str, dict[str, object]]:
    return {row.code: row.details for row in read(books, kind)}


def test_an_empty_list_of_every_kind_is_read(books: SqlAccounting):
    assert [read(books, kind) for kind in books.reference_kinds] == [[]] * len(contract.LISTS)


@pytest.mark.parametrize("kind", [K.AGENT, K.AREA, K.PROJECT, K.LOCATION])
def test_a_small_list_has_codes_names_and_what_is_active(books: SqlAccounting, http: FakeHttp, kind: ReferenceKind):
    http.holds(
        contract.LISTS[kind],
        {"code": "----", "description": "Default"},
        {"code": "KUMAR", "description": "Kumar a/l Raju", "isactive": True},
        {"code": "OLD", "description": "", "isactive": False},
        {"code": " ", "description": "nobody"},
    )
    assert [(row.code, row.name, row.remote_id, row.is_active) for row in read(books, kind)] == [
        ("KUMAR", "Kumar a/l Raju", "KUMAR", True),
        ("OLD", "OLD", "OLD", False),
    ]


@pytest.mark.feature("M4")
def test_customers_have_their_currency_and_terms(books: SqlAccounting, http: FakeHttp):
    http.holds(
        "customer",
        {"code": "300-A", "companyname": "Ali", "status": "A", "currencycode": "----", "creditterm": "30 Days"},
        {"code": "300-B", "companyname": "Ben", "status": "I", "currencycode": "USD", "creditterm": ""},
    )
    found = read(books, K.CUSTOMER)
    assert [(row.code, row.name, row.remote_id, row.is_active) for row in found] == [
        ("300-A", "Ali", "300-A", True),
        ("300-B", "Ben", "300-B", False),
    ]
    assert [row.details for row in found] == [
        {"currency": "MYR", "terms": "30 Days"},
        {"currency": "USD", "terms": None},
    ]


def test_terms_have_days_only_where_they_count_days(books: SqlAccounting, http: FakeHttp):
    http.holds(
        "terms",
        {"code": "30 Days", "termtype": "A", "termday": 30, "termmonth": 0},
        {"code": "C.O.D.", "termtype": "A", "termday": "0", "termmonth": None},
        {"code": "END+15", "termtype": "B", "termday": 15, "termmonth": 1},
        {"code": "NEXT", "termtype": "A", "termday": 5, "termmonth": 1},
        {"code": "OPEN", "termtype": "A", "termday": None},
    )
    assert {code: each["days"] for code, each in details(books, K.TERM).items()} == {
        "30 Days": 30,
        "C.O.D.": 0,
        "END+15": None,
        "NEXT": None,
        "OPEN": None,
    }


@pytest.mark.feature("M8")
def test_taxes_on_sales_have_their_rate_in_percent(books: SqlAccounting, http: FakeHttp):
    http.holds(
        "tax",
        {"autokey": 1, "code": "SV-6", "description": "Service", "taxrate": 6, "outputtax": True, "isactive": True},
        {"autokey": 2, "code": "SV-8", "taxrate": "8.00", "outputtax": "T"},
        {"autokey": 3, "code": "NT", "taxrate": "", "outputtax": True},
        {"autokey": 4, "code": "TX", "taxrate": 6, "outputtax": False, "inputtax": True},
        {"autokey": 5, "code": "GST", "taxrate": 6, "outputtax": True, "isactive": False},
    )
    found = read(books, K.TAX_CODE)
    assert [(row.code, row.remote_id, row.details["rate"], row.is_active) for row in found] == [
        ("SV-6", "1", "6", True),
        ("SV-8", "2", "8", True),
        ("NT", "3", "0", True),
        ("GST", "5", "6", False),
    ]


ACCOUNTS: list[dict[str, Any]] = [
    {"dockey": 1, "parent": None, "code": "SL", "description": "Sales", "acctype": "SL"},
    {"dockey": 2, "parent": 1, "code": "500-000", "description": "Sales", "acctype": "SL"},
    {"dockey": 3, "parent": 1, "code": "500-100", "description": "Online sales", "acctype": "SL"},
    {"dockey": 4, "parent": None, "code": "310-001", "description": "Maybank", "specialacctype": "BA"},
]


@pytest.mark.feature("S8")
def test_accounts_are_those_that_can_be_posted_to(books: SqlAccounting, http: FakeHttp):
    http.holds("account", *ACCOUNTS)
    assert [row.code for row in read(books, K.ACCOUNT)] == ["500-000", "500-100", "310-001"]


@pytest.mark.feature("M6")
def test_payment_methods_are_named_by_their_accounts(books: SqlAccounting, http: FakeHttp):
    http.holds("account", *ACCOUNTS)
    http.holds("pmmethod", {"code": "310-001", "currencycode": "----"}, {"code": "320-000", "currencycode": "USD"})
    found = read(books, K.DEPOSIT_ACCOUNT)
    assert [(row.code, row.name, row.details) for row in found] == [
        ("310-001", "Maybank", {"currency": "MYR"}),
        ("320-000", "320-000", {"currency": "USD"}),
    ]


# --- items ------------------------------------------------------------------------------------------------------

MUG = {"dockey": 45, "code": "MUG", "description": "Mug", "serialnumber": False, "sltax": "SV-6", "isactive": True}
UNITS = [
    {"code": "MUG", "uom": "CTN", "rate": "12.00", "isbase": False},
    {"code": "MUG", "uom": "PCS", "rate": "1.00", "isbase": True},
]


@pytest.mark.feature("M1", "S12")
def test_items_are_listed_without_their_units(books: SqlAccounting, http: FakeHttp):
    http.holds("stockitem", MUG, {"dockey": 46, "code": "PHONE", "serialnumber": True, "isactive": False})
    mug, phone = read(books, K.ITEM)
    assert (mug.code, mug.name, mug.remote_id, mug.is_active) == ("MUG", "Mug", "45", True)
    assert mug.details == {"base_uom": None, "uoms": [], "tax_code": "SV-6", "serial": False}
    assert (phone.details["serial"], phone.is_active) == (True, False)
    assert [path for _, path, _ in http.asked] == ["stockitem", "stockitem"]


@pytest.mark.feature("M1", "S7")
def test_the_units_of_an_item_are_read_on_demand(books: SqlAccounting, http: FakeHttp):
    http.holds("stockitem", MUG)
    http.on("GET", "stockitem/45", rows({**MUG, "sdsuom": UNITS}))
    [mug] = books.complete(K.ITEM, read(books, K.ITEM))
    assert mug.details["base_uom"] == "PCS"
    assert mug.details["uoms"] == [
        {"code": "CTN", "rate": "12", "is_base": False},
        {"code": "PCS", "rate": "1", "is_base": True},
    ]


def test_an_item_whose_base_unit_is_not_marked_has_the_one_of_rate_1(books: SqlAccounting, http: FakeHttp):
    http.on("GET", "stockitem/45", rows({**MUG, "sdsuom": [{"uom": "BOX", "rate": "6"}, {"uom": "EA", "rate": "1"}]}))
    [mug] = books.complete(K.ITEM, [ReferenceRow(K.ITEM, "MUG", "Mug", "45")])
    assert mug.details["base_uom"] == "EA"
    http.on("GET", "stockitem/45", rows({**MUG, "uom": "UNIT"}))
    [mug] = books.complete(K.ITEM, [mug])
    assert (mug.details["base_uom"], mug.details["uoms"]) == ("UNIT", [{"code": "UNIT"}])


def test_an_item_that_is_gone_is_not_active_and_one_that_cannot_be_read_raises(books: SqlAccounting, http: FakeHttp):
    row = ReferenceRow(K.ITEM, "MUG", "Mug", "45")
    http.on("GET", "stockitem/45", (404, refusal("Not Found")))
    assert [each.is_active for each in books.complete(K.ITEM, [row])] == [False]
    http.on("GET", "stockitem/45", (502, HTML))
    with pytest.raises(OutcomeUnknown):
        list(books.complete(K.ITEM, [row]))


def test_only_items_lack_details(books: SqlAccounting, http: FakeHttp):
    row = ReferenceRow(K.AGENT, "KUMAR", "Kumar", "KUMAR")
    assert list(books.complete(K.AGENT, [row])) == [row]
    assert http.asked == []


# --- currencies -------------------------------------------------------------------------------------------------


@pytest.mark.feature("M7")
def test_the_base_currency_has_its_iso_code_and_others_their_rates(books: SqlAccounting, http: FakeHttp):
    usd = {"code": "USD", "description": "US Dollar", "isocode": "USD", "buyingrate": "4.10", "sellingrate": "4.20"}
    http.holds("currency", {"code": "----", "description": "Ringgit"}, usd, {"code": "MYR"}, {"code": "U/S"})
    http.on("GET", "currency/USD", rows({**usd, "sdscurrencyrate": []}))
    found = read(books, K.CURRENCY)
    assert [(row.code, row.name, row.remote_id, row.details["rates"]) for row in found] == [
        ("MYR", "Ringgit", "----", [{"from": None, "rate": "1"}]),
        ("USD", "US Dollar", "USD", [{"from": None, "rate": "4.20"}]),
        ("U/S", "U/S", "U/S", []),
    ]


def period(first: str | None, last: str | None, rate: str) -> dict[str, Any]:
    return {"datefrom": first, "dateto": last, "buyingrate": "9.99", "sellingrate": rate}


RATES = [
    ([], "4.20", [(None, "4.20")]),
    ([], "0", []),
    ([period("2026-01-01", None, "4.30")], "4.20", [(None, "4.20"), ("2026-01-01", "4.30")]),
    (
        [period("2026-02-01", "2026-02-28", "4.50"), period("2026-01-01", "2026-01-31", "4.30")],
        "4.20",
        [(None, "4.20"), ("2026-01-01", "4.30"), ("2026-02-01", "4.50"), ("2026-03-01", "4.20")],
    ),
    (
        [period("2026-01-01", "2026-12-31", "4.30"), period("2026-06-01", "2026-06-30", "4.60")],
        "4.20",
        [
            *[(None, "4.20"), ("2026-01-01", "4.30"), ("2026-06-01", "4.60")],
            *[("2026-07-01", "4.30"), ("2027-01-01", "4.20")],
        ],
    ),
    ([period("2026-01-01", "2026-01-31", "4.30")], "", [("2026-01-01", "4.30")]),
    ([period("2026-01-01", None, "0")], "4.20", [(None, "4.20"), ("2026-01-01", "4.20")]),
]


@pytest.mark.feature("M7")
@pytest.mark.parametrize(("periods", "own", "rates"), RATES)
def test_a_rate_holds_in_its_period_and_the_currencys_own_outside(
    periods: list[dict[str, Any]], own: str, rates: list[tuple[str | None, str]]
):
    told = dated_rates({"sellingrate": own, "sdscurrencyrate": periods})
    assert [(each["from"], each["rate"]) for each in told] == rates
