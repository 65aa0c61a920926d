"""Which company a sign-in opens, the facts that decide its documents, and what the adapter declares."""

import json
from pathlib import Path
from typing import Any

import pytest

from adapters.accounting.quickbooks import QuickBooks, contract, declared, lists
from adapters.accounting.quickbooks.company import company_of
from adapters.accounting.quickbooks.countries import country_of
from adapters.errors import LoginRefused, Refused
from documents import Role
from tests.unit.quickbooks_fakes import REALM, FakeHttp, books_of, small_fault

INFO = {
    "Id": "1",
    "CompanyName": "Ockel Retail Ltd",
    "Country": "GB",
    "NameValue": [{"Name": "OfferingSku", "Value": "Plus"}, {"Name": "SubscriptionStatus", "Value": "PAID"}],
}
PREFERENCES: dict[str, Any] = {
    "AccountingInfoPrefs": {
        "ClassTrackingPerTxn": False,
        "ClassTrackingPerTxnLine": True,
        "TrackDepartments": True,
        "DepartmentTerminology": "Store",
        "BookCloseDate": "2026-08-31",
    },
    "SalesFormsPrefs": {
        "CustomTxnNumbers": True,
        "AllowDiscount": True,
        "AllowShipping": False,
        "ETransactionPaymentEnabled": False,
        "DefaultCustomerMessage": "Thank you!",
    },
    "CurrencyPrefs": {"MultiCurrencyEnabled": True, "HomeCurrency": {"value": "GBP"}},
    "TaxPrefs": {"UsingSalesTax": True},
}


@pytest.mark.feature("P4", "P5")
def test_a_check_takes_two_reads_and_tells_the_company():
    http = FakeHttp()
    http.on("GET", f"companyinfo/{REALM}", {"CompanyInfo": INFO})
    http.on("GET", "preferences", {"Preferences": PREFERENCES})
    company = books_of(http).check()
    assert http.paths == [f"GET companyinfo/{REALM}", "GET preferences"]
    assert (company.key, company.name, company.home_currency, company.country) == (
        REALM,
        "Ockel Retail Ltd",
        "GBP",
        "GB",
    )
    assert company.facts == {
        "tax_model": "global",
        "custom_numbers": "true",
        "classes": "true",
        "classes_per": "line",
        "departments": "true",
        "departments_word": "Store",
        "allow_discount": "true",
        "allow_shipping": "false",
        "multi_currency": "true",
        "online_payments": "false",
        "closed_until": "2026-08-31",
        "default_message": "Thank you!",
        "subscription": "PAID",
    }


def test_a_company_that_no_longer_lets_us_in_wants_a_new_consent():
    http = FakeHttp()
    http.on("GET", f"companyinfo/{REALM}", (403, small_fault("3100", "ApplicationAuthorizationFailed")))
    with pytest.raises(LoginRefused, match="connect it again"):
        books_of(http).check()


@pytest.mark.parametrize(
    ("country", "taxes", "model"),
    [
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": True}, "us_automated"),
        ("US", {"UsingSalesTax": True, "PartnerTaxEnabled": False}, "us_manual"),
        ("US", {"UsingSalesTax": True}, "us_manual"),
        ("US", {"UsingSalesTax": False, "PartnerTaxEnabled": False}, "none"),
        ("US", {}, "us_manual"),
        ("GB", {"UsingSalesTax": True}, "global"),
        ("GB", {"UsingSalesTax": False}, "none"),
        ("", {"UsingSalesTax": True}, "global"),
    ],
)
@pytest.mark.feature("M8")
def test_the_tax_model_follows_from_country_and_preferences(country: str, taxes: dict[str, bool], model: str):
    facts = company_of("1", {"Country": country}, {**PREFERENCES, "TaxPrefs": taxes}).facts
    assert facts["tax_model"] == model


@pytest.mark.parametrize(
    ("line", "document", "classes", "per"),
    [(True, False, "true", "line"), (False, True, "true", "document"), (False, False, "false", None)],
)
@pytest.mark.feature("S5")
def test_classes_stand_on_lines_or_documents(line: bool, document: bool, classes: str, per: str | None):
    accounting = {"ClassTrackingPerTxnLine": line, "ClassTrackingPerTxn": document}
    facts = company_of("1", INFO, {**PREFERENCES, "AccountingInfoPrefs": accounting}).facts
    assert (facts["classes"], facts.get("classes_per"), facts["departments"]) == (classes, per, "false")
    assert "closed_until" not in facts


def test_a_company_without_a_home_currency_is_refused():
    with pytest.raises(Refused):
        company_of("1", INFO, {})


@pytest.mark.parametrize(
    ("told", "country"),
    [
        (("US",), "US"),
        (("gb",), "GB"),
        (("UK",), "GB"),
        (("USA",), "US"),
        (("MYS",), "MY"),
        (("en_GB",), "GB"),
        (("en-CA",), "CA"),
        (("United Kingdom",), "GB"),
        (("Ruritania", "FRA"), "FR"),
        (("Ruritania",), ""),
        (("XYZ",), ""),
        (("", ""), ""),
        (("BT",), "BT"),
    ],
)
def test_a_country_is_told_in_two_letters(told: tuple[str, ...], country: str):
    assert country_of(*told) == country


# --- arithmetic ---------------------------------------------------------------------------------------------------

US, GLOBAL = {"tax_model": "us_manual"}, {"tax_model": "global"}


def test_the_arithmetic_is_that_of_the_golden_cases_of_quickbooks():
    cases = [json.loads(path.read_text()) for path in Path("tests/golden").glob("*.json")]
    mine = [case["profile"] for case in cases if case["books"] == "quickbooks"]
    assert len(mine) > 10
    for profile in mine:
        told = profile["arithmetic"]
        ours = QuickBooks.arithmetic_of(US if told["tax_per"] == "store" else GLOBAL)
        for name in ("price_digits", "quantity_digits", "tax_inclusive_allowed", "negative_lines", "discount_line"):
            assert getattr(ours, name) == told[name]
        assert ours.line_discount_field == told["line_discount_field"]
        assert (ours.tax_per, ours.default_money_digits) == (told["tax_per"], told["money_digits"]["default"])
        for name, most in profile["books_data"]["limits"].items():
            assert getattr(QuickBooks.limits, name) == most


def test_automated_tax_is_reckoned_like_manual_and_no_tax_has_no_inclusive_documents():
    assert QuickBooks.arithmetic_of({"tax_model": "us_automated"}) == QuickBooks.arithmetic_of(US)
    assert not QuickBooks.arithmetic_of({"tax_model": "none"}).tax_inclusive_allowed
    assert QuickBooks.arithmetic_of({}) == QuickBooks.arithmetic_of(GLOBAL) == QuickBooks.arithmetic


def test_a_company_that_allows_no_discounts_has_no_discount_line():
    assert not QuickBooks.arithmetic_of({**US, "allow_discount": "false"}).discount_line


def test_a_us_company_decides_the_codes_of_lines_and_each_its_numbering():
    assert QuickBooks.given({**US, "custom_numbers": "true"}) == {"zero_tax_code": "NON", "taxed_code": "TAX"}
    assert QuickBooks.given({**GLOBAL, "custom_numbers": "false"}) == {"number_source": "books"}
    assert QuickBooks.given({}) == {}


# --- declared -----------------------------------------------------------------------------------------------------


@pytest.mark.feature("S1", "S3", "S4", "S5", "S6", "S10", "S13", "S14", "S15", "S17", "S18")
@pytest.mark.feature("S20", "S21", "S22", "S23", "S24", "S25", "S26", "S27", "M11")
def test_every_setting_of_quickbooks_column_is_declared_in_the_guide_s_words():
    features = {setting.feature for setting in QuickBooks.profile_settings}
    wanted = (1, 3, 4, 5, 6, 10, 13, 14, 15, 17, 18, 20, 21, 22, 23, 24, 25, 26, 27)
    assert {*(f"S{n}" for n in wanted), "M8", "M11", "I10"} == features
    labels = {setting.label for setting in QuickBooks.profile_settings}
    assert {"Order to", "Assign sales to class", "Assign sales to location", "Assign sale to"} <= labels
    assert {"Automatic invoice numbers", "Rounding product", "Due date offset", "Allow payment by card"} <= labels
    names = [setting.name for setting in (*QuickBooks.profile_settings, *QuickBooks.connection_settings)]
    assert len(names) == len(set(names))


def test_what_a_company_lacks_says_what_to_switch_on():
    needy = {setting.name: setting for setting in QuickBooks.profile_settings if setting.needs}
    wanted = {"number_source", "number_prefix", "project", "location", "allow_card", "allow_bank"}
    assert set(needy) == wanted
    facts = set(company_of("1", INFO, PREFERENCES).facts)
    assert {setting.needs for setting in needy.values()} <= facts
    assert all("QuickBooks" in setting.missing for setting in needy.values())


@pytest.mark.feature("P4")
def test_the_keys_are_secret_and_the_company_may_be_pasted():
    known = {setting.name: setting for setting in QuickBooks.connection_settings}
    assert {name for name, setting in known.items() if setting.secret} == {"client_secret", "refresh_token"}
    assert {name for name, setting in known.items() if setting.required} == {
        "environment",
        "client_id",
        "client_secret",
    }
    assert "Playground" in known["realm_id"].hint


@pytest.mark.parametrize("setting", [each for each in declared.PROFILE if each.choices and not each.is_many])
def test_a_choice_begins_with_one_of_its_choices(setting: Any):
    assert setting.default in dict(setting.choices)


def test_picks_are_of_lists_that_the_adapter_reads():
    picks = {setting.pick for setting in QuickBooks.profile_settings if setting.pick}
    assert picks <= set(QuickBooks.reference_kinds) == set(lists.KINDS)


def test_it_does_not_ask_faster_than_intuit_lets_us():
    assert QuickBooks.pace.per_second * 60 <= 500 and QuickBooks.pace_ceiling.per_second <= 10
    assert QuickBooks.pace_ceiling.in_flight <= 10 and QuickBooks.longest_s == 120


def test_every_role_can_be_posted_and_has_its_own_place_for_our_reference():
    assert QuickBooks.roles == set(Role) == set(contract.ENTITIES)


# --- facts of the contract ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("reference", ["ecwid/1003/100231", "TB-0123456789abcdef", "customer-1", "a b'c:d"])
@pytest.mark.parametrize("form", ["{}", "Voided {}", "Voided - {}", "Call them first.\n{}\nPaid by Ann", "Voided\n{}"])
def test_our_reference_is_found_in_a_note_wherever_it_stands(reference: str, form: str):
    assert contract.reference_in(form.format(contract.marked(reference, "ch_3Pq"))) == reference


def test_a_note_of_somebody_else_holds_no_reference():
    assert contract.reference_in("Voided Tillbridge") == contract.reference_in("") == ""


@pytest.mark.feature("I8")
def test_a_note_that_lives_again_loses_the_word_and_keeps_what_people_wrote():
    assert contract.note_again("Voided - Tillbridge [R-1]\nCall Ann", "R-1") == "Tillbridge [R-1]\nCall Ann"
    assert contract.note_again("Typed by Ann", "R-1") == "Tillbridge [R-1]\nTyped by Ann"
    assert contract.note_again("", "R-1") == "Tillbridge [R-1]"


def test_ids_of_the_usual_kind_stay_bare_and_others_name_their_kind():
    assert contract.remote_id_of("Invoice", "130") == "130"
    assert contract.remote_id_of("SalesReceipt", "131") == "SalesReceipt/131"
    assert contract.entity_and_id(Role.SALE, "130") == ("Invoice", "130")
    assert contract.entity_and_id(Role.REFUND, "RefundReceipt/9") == ("RefundReceipt", "9")


def test_a_quoted_value_stays_inside_its_quotes():
    assert contract.quoted("Bob's \\ shop") == r"'Bob\'s \\ shop'"


def test_a_customer_has_one_currency_where_the_company_has_several():
    assert QuickBooks.has_customer_currency({"multi_currency": "true"})
    assert not QuickBooks.has_customer_currency({"multi_currency": "false"})
    assert not QuickBooks.has_customer_currency({})
