"""QuickBooks' lists in our words."""

import datetime as dt
from typing import Any

import pytest

from adapters.accounting.quickbooks import contract
from adapters.errors import NotAllowed, OutcomeUnknown
from documents import ReferenceKind, ReferenceRow
from tests.unit.quickbooks_fakes import FakeHttp, books_of, fault

K = ReferenceKind
PREFERENCES = {
    "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}},
    "AccountingInfoPrefs": {"ClassTrackingPerTxn": True},
}


@pytest.fixture
def http() -> FakeHttp:
    made = FakeHttp()
    made.on("GET", "preferences", {"Preferences": PREFERENCES})
    return made


def rows(http: FakeHttp, kind: ReferenceKind) -> list[ReferenceRow]:
    return [row for page in books_of(http).reference_pages(kind) for row in page.rows]


@pytest.mark.feature("P7")
def test_a_list_is_read_page_by_page_to_its_end_with_inactive_rows(http: FakeHttp):
    first = [{"Id": str(n), "DisplayName": f"C{n}"} for n in range(1, contract.PAGE + 1)]
    http.on_query("Customer", first, [{"Id": "2001", "DisplayName": "Last (deleted)", "Active": False}])
    found = rows(http, K.CUSTOMER)
    assert len(found) == contract.PAGE + 1
    assert (found[-1].code, found[-1].name, found[-1].is_active) == ("2001", "Last", False), "by the name that it had"
    where = "SELECT * FROM Customer WHERE Active IN (true, false) ORDERBY Id"
    assert http.queries == [f"{where} STARTPOSITION 1 MAXRESULTS 1000", f"{where} STARTPOSITION 1001 MAXRESULTS 1000"]


def test_a_list_whose_answer_holds_no_rows_is_not_taken_for_an_empty_one(http: FakeHttp):
    http.on("QUERY", "Term", {"time": "x"})
    with pytest.raises(OutcomeUnknown):
        rows(http, K.TERM)


def test_a_customer_goes_by_its_id(http: FakeHttp):
    row = {"Id": "7", "DisplayName": "Ann", "PrimaryEmailAddr": {"Address": "a@b.example"}}
    http.on_query("Customer", [row | {"CurrencyRef": {"value": "EUR"}, "ParentRef": {"value": "3"}}])
    details = {"email": "a@b.example", "currency": "EUR", "parent": "3"}
    assert rows(http, K.CUSTOMER) == [ReferenceRow(K.CUSTOMER, "7", "Ann", "7", True, details)]


@pytest.mark.feature("M1", "M11")
def test_products_go_by_their_whole_name_and_folders_and_bundles_are_left_out(http: FakeHttp):
    http.on_query(
        "Item",
        [
            {"Id": "1", "Name": "Blue", "FullyQualifiedName": "Mugs:Blue", "Sku": "MUG-BL", "Type": "Inventory"},
            {"Id": "2", "Name": "Mugs", "Type": "Category"},
            {"Id": "3", "Name": "Gift set", "Type": "Group"},
            {"Id": "4", "Name": "Old (deleted)", "Type": "Service", "Active": False},
            {"Id": "5", "Name": "Old (deleted)", "Type": "Service", "Active": False},
            {"Id": "6", "Name": "x" * 201, "Type": "NonInventory"},
        ],
    )
    found = rows(http, K.ITEM)
    assert [row.code for row in found] == ["Mugs:Blue", "Old (deleted)", "5", "6"]
    assert [row.remote_id for row in found] == ["1", "4", "5", "6"]
    assert found[0].details == {
        "sku": "MUG-BL",
        "type": "Inventory",
        "base_uom": None,
        "uoms": [],
        "tax_code": None,
    }


@pytest.mark.feature("S3")
def test_only_a_term_of_days_has_days(http: FakeHttp):
    http.on_query(
        "Term",
        [
            {"Id": "3", "Name": "30", "Type": "STANDARD", "DueDays": 30},
            {"Id": "4", "Name": "15th", "Type": "DATE_DRIVEN", "DayOfMonthDue": 15, "DueDays": 3},
        ],
    )
    assert [(row.code, row.details) for row in rows(http, K.TERM)] == [("30", {"days": 30}), ("15th", {"days": None})]


@pytest.mark.feature("S5", "S6")
def test_classes_say_where_they_stand_and_departments_are_locations(http: FakeHttp):
    http.on_query("Class", [{"Id": "21", "Name": "Fair", "FullyQualifiedName": "Online:Fair"}])
    http.on_query("Department", [{"Id": "31", "Name": "Leeds"}])
    [one] = rows(http, K.PROJECT)
    assert (one.code, one.remote_id, one.details) == ("Online:Fair", "21", {"per": "document"})
    assert [row.code for row in rows(http, K.LOCATION)] == ["Leeds"]


@pytest.mark.parametrize("kind", [K.PROJECT, K.LOCATION])
def test_what_the_plan_does_not_have_is_an_empty_list(http: FakeHttp, kind: ReferenceKind):
    for entity in ("Class", "Department"):
        http.on("QUERY", entity, (400, fault("5030", "Feature Not Supported Error")))
    assert rows(http, kind) == []


def test_a_list_that_must_be_there_is_not_silently_empty(http: FakeHttp):
    http.on("QUERY", "Item", (400, fault("5020", "Permission Denied")))
    with pytest.raises(NotAllowed):
        rows(http, K.ITEM)


@pytest.mark.feature("M6", "S25")
def test_money_is_received_into_banks_and_current_assets_but_not_into_stock(http: FakeHttp):
    told = [
        {"Id": "1", "Name": "Current", "AccountType": "Bank", "AccountSubType": "Checking"},
        {"Id": "2", "Name": "Undeposited", "AccountType": "Other Current Asset", "AccountSubType": "UndepositedFunds"},
        {"Id": "3", "Name": "Stock", "AccountType": "Other Current Asset", "AccountSubType": "Inventory"},
        {"Id": "4", "Name": "Visa", "AccountType": "Credit Card"},
        {"Id": "5", "Name": "Sales", "AccountType": "Income", "Active": False},
    ]
    http.on_query("Account", told)
    assert [row.code for row in rows(http, K.DEPOSIT_ACCOUNT)] == ["Current", "Undeposited"]
    http.on_query("Account", told)
    found = rows(http, K.ACCOUNT)
    assert [(row.code, row.details["type"]) for row in found][2:] == [
        ("Stock", "Other Current Asset"),
        ("Visa", "Credit Card"),
        ("Sales", "Income"),
    ]
    assert not found[-1].is_active


@pytest.mark.feature("M9")
def test_names_of_vendors_and_employees_are_taken(http: FakeHttp):
    http.on_query("Vendor", [{"Id": "1", "DisplayName": "Ann"}, {"Id": "2", "DisplayName": "y" * 300}])
    http.on("QUERY", "Employee", (400, fault("5030", "Feature Not Supported Error")))
    found = rows(http, K.TAKEN_NAME)
    assert [(row.code, row.name) for row in found] == [("Ann", "Ann"), ("2", "y" * 300)]
    assert http.queries[0].startswith("SELECT * FROM Vendor WHERE Active = true ")


def test_payment_methods_go_by_their_name(http: FakeHttp):
    http.on_query("PaymentMethod", [{"Id": "2", "Name": "Card", "Type": "CREDIT_CARD"}])
    assert [(row.code, row.remote_id) for row in rows(http, K.PAYMENT_METHOD)] == [("Card", "2")]


# --- tax codes ----------------------------------------------------------------------------------------------------


def rate(number: str, value: Any) -> dict[str, Any]:
    return {"Id": number, "Name": f"Rate {number}", "RateValue": value}


def code(number: str, name: str, *parts: tuple[str, str], **more: Any) -> dict[str, Any]:
    detail = [
        {"TaxRateRef": {"value": each}, "TaxTypeApplicable": kind, "TaxOrder": place}
        for place, (each, kind) in enumerate(parts)
    ]
    return {"Id": number, "Name": name, "Active": True, "SalesTaxRateList": {"TaxRateDetail": detail}} | more


def tax_rows(http: FakeHttp, *codes: dict[str, Any]) -> list[ReferenceRow]:
    http.on_query("TaxRate", [rate("3", 8), rate("4", 4.5), rate("5", 0.875), rate("6", 20), rate("7", 0)])
    http.on_query("TaxCode", list(codes))
    return rows(http, K.TAX_CODE)


@pytest.mark.feature("M8")
def test_tax_codes_have_the_sum_of_their_sales_rates(http: FakeHttp):
    found = tax_rows(
        http,
        code("6", "20.0% S", ("6", "TaxOnAmount")),
        code("8", "No VAT", ("7", "TaxOnAmount")),
        code("9", "Exempt"),
        code("10", "Purchases", PurchaseTaxRateList={"TaxRateDetail": [{"TaxRateRef": {"value": "6"}}]}),
        code("11", "Old", ("6", "TaxOnAmount"), Hidden=True),
    )
    assert [(row.code, row.remote_id, row.details["rate"], row.is_active) for row in found] == [
        ("20.0% S", "6", "20", True),
        ("No VAT", "8", "0", True),
        ("Exempt", "9", "0", True),
        ("Old", "11", "20", False),
    ]
    assert not any(row.details["us"] for row in found)


def test_in_the_us_only_real_codes_are_listed_with_the_rates_they_are_made_of(http: FakeHttp):
    found = tax_rows(
        http,
        {"Id": "TAX", "Name": "TAX", "TaxGroup": False},
        {"Id": "NON", "Name": "NON", "TaxGroup": False},
        code("2", "State and city", ("5", "TaxOnAmount"), ("4", "TaxOnAmount")),
    )
    assert [row.code for row in found] == ["State and city"]
    assert found[0].details == {
        "rate": "5.375",
        "rates": [{"id": "5", "rate": "0.875"}, {"id": "4", "rate": "4.5"}],
        "us": True,
    }


def test_a_tax_on_a_tax_counts_as_what_it_comes_to(http: FakeHttp):
    found = tax_rows(
        http,
        code("1", "On top", ("3", "TaxOnAmount"), ("6", "TaxOnAmountPlusTax")),
        code("2", "Of the tax", ("3", "TaxOnAmount"), ("6", "TaxOnTax")),
    )
    assert [row.details["rate"] for row in found] == ["29.6", "9.6"]


# --- currencies ---------------------------------------------------------------------------------------------------


class DailyRates(FakeHttp):
    """A rate for each day; `began` is the day since which one holds, by the day that is asked for."""

    def _key(self, method: str, path: str, params: Any) -> tuple[str, str]:  # type: ignore[override]
        if path == "exchangerate":
            return ("GET", f"{params['sourcecurrencycode']} {params['asofdate']}")
        return super()._key(method, path, params)


@pytest.mark.feature("M7")
def test_the_rates_of_the_last_weeks_are_read_back_to_the_day_on_which_each_began():
    http = DailyRates()
    http.on("GET", "preferences", {"Preferences": PREFERENCES})
    http.on_query(
        "CompanyCurrency",
        [
            {"Id": "1", "Code": "EUR", "Name": "Euro"},
            {"Id": "2", "Code": "AED", "Name": "Dirham", "Active": False},
            {"Id": "3", "Code": "GBP", "Name": "Pound"},
        ],
    )
    http.on("GET", "EUR 2026-10-03", {"ExchangeRate": {"AsOfDate": "2026-10-01", "Rate": 0.8712}})
    http.on("GET", "EUR 2026-09-30", {"ExchangeRate": {"AsOfDate": "2026-08-01", "Rate": 0.87}})
    found = {row.code: row for row in rows(http, K.CURRENCY)}
    assert found["GBP"].details == {"home": True, "rates": [{"from": None, "rate": "1"}]}
    assert found["EUR"].details == {
        "home": False,
        "rates": [{"from": "2026-10-01", "rate": "0.8712"}, {"from": "2026-08-01", "rate": "0.87"}],
    }
    assert (found["AED"].is_active, found["AED"].details["rates"]) == (False, [])
    assert len([each for each in http.asked if each.path == "exchangerate"]) == 2


def test_a_currency_without_a_rate_is_listed_without_one():
    http = DailyRates()
    http.on("GET", "preferences", {"Preferences": PREFERENCES})
    http.on_query("CompanyCurrency", [{"Id": "1", "Code": "EUR", "Name": "Euro"}])
    http.on("GET", "EUR 2026-10-03", (400, fault("610", "Object Not Found")))
    assert rows(http, K.CURRENCY)[1].details["rates"] == []


def test_rates_of_every_day_are_read_for_a_month_and_no_longer():
    http = DailyRates()
    http.on("GET", "preferences", {"Preferences": PREFERENCES})
    http.on_query("CompanyCurrency", [{"Id": "1", "Code": "EUR", "Name": "Euro"}])
    for back in range(60):
        day = (dt.date(2026, 10, 3) - dt.timedelta(days=back)).isoformat()
        http.on("GET", f"EUR {day}", {"ExchangeRate": {"AsOfDate": day, "Rate": 0.87}})
    assert len(rows(http, K.CURRENCY)[1].details["rates"]) == contract.RATE_DAYS + 1


def test_a_company_of_one_currency_asks_for_no_others():
    http = FakeHttp()
    http.on("GET", "preferences", {"Preferences": {"CurrencyPrefs": {"HomeCurrency": {"value": "USD"}}}})
    assert [row.code for row in rows(http, K.CURRENCY)] == ["USD"]
    assert http.paths == ["GET preferences"]
