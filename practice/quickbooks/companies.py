"""The practice's companies, one for each way of sales tax, and what their settings say (quickbooks-online.md 3.2)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from practice.web import Doc


@dataclass(frozen=True)
class Company:
    """What tells one company from the others. `class_by`: where classes are tracked; `taxes`: name and percentages."""

    realm: str
    name: str
    country: str
    currency: str
    town: tuple[str, str, str]
    agency: str
    taxes: tuple[tuple[str, str], ...]
    numbers_by_caller: bool = True
    class_by: str = ""
    departments: str = ""
    has_shipping: bool = False
    default_term: str = ""
    automated: bool = False


MALAYSIA = Company(
    "9341450000000001",
    "Practice Trading Sdn Bhd",
    "MY",
    "MYR",
    ("Ipoh", "Perak", "30000"),
    "Royal Malaysian Customs Department",
    (("SV-6", "6"), ("SV-8", "8"), ("ZR", "0"), ("NT", "0"), ("SR (ended 2018)", "6")),
    class_by="ClassTrackingPerTxn",
    departments="Location",
)
US_MANUAL = Company(
    "9341450000000002",
    "Practice Mugs LLC",
    "US",
    "USD",
    ("Boise", "ID", "83702"),
    "Idaho State Tax Commission",
    (("Shop 8%", "8"), ("City 9.5%", "7.25 2.25"), ("Out of state", "0")),
    numbers_by_caller=False,
    class_by="ClassTrackingPerTxnLine",
    has_shipping=True,
    default_term="Net 30",
)
US_AUTOMATED = Company(
    "9341450000000003",
    "Practice Outfitters Inc",
    "US",
    "USD",
    ("San Jose", "CA", "95110"),
    "California Department of Tax and Fee Administration",
    (("Shop 8%", "8"),),
    numbers_by_caller=False,
    has_shipping=True,
    automated=True,
)
BRITAIN = Company(
    "9341450000000004",
    "Practice Haulage Ltd",
    "GB",
    "GBP",
    ("York", "North Yorkshire", "YO1 7HH"),
    "HMRC VAT",
    (("20.0% S", "20"), ("5.0% R", "5"), ("0.0% Z", "0"), ("Exempt", "0"), ("No VAT", "0")),
    class_by="ClassTrackingPerTxn",
    departments="Store",
)
COMPANIES = (MALAYSIA, US_MANUAL, US_AUTOMATED, BRITAIN)
STATES = {"CA": "7.25 1.00", "NY": "4 4.875", "TX": "6.25 2", "WA": "6.5 3.75", "OR": "0"}
"""Percentages of the automated tax, by state: the state's and the city's."""


def company_info(company: Company) -> Doc:
    """The company itself."""
    city, state, postcode = company.town
    address = {"Line1": "1 Practice Street", "City": city, "CountrySubDivisionCode": state, "PostalCode": postcode}
    address["Country"] = {"MY": "MYS", "US": "USA", "GB": "GBR"}[company.country]
    return {
        "CompanyName": company.name,
        "LegalName": company.name,
        **dict.fromkeys(("CompanyAddr", "LegalAddr", "CustomerCommunicationAddr"), address),
        "Country": company.country,
        "Email": {"Address": "bookkeeper@practice.example"},
        "FiscalYearStartMonth": "January",
        "CompanyStartDate": "2020-01-01",
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": [
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "SubscriptionStatus", "Value": "PAID"},
        ],
    }


def preferences(company: Company) -> Doc:
    """The settings, as of a company that was just set up; accounts and terms are filled in later."""
    tax: dict[str, Any] = {"UsingSalesTax": True}
    if company.automated:
        tax["PartnerTaxEnabled"] = True
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": False,
            "ClassTrackingPerTxn": company.class_by == "ClassTrackingPerTxn",
            "ClassTrackingPerTxnLine": company.class_by == "ClassTrackingPerTxnLine",
            "TrackDepartments": bool(company.departments),
            "DepartmentTerminology": company.departments or "Location",
            "CustomerTerminology": "Customers",
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
        },
        "ProductAndServicesPrefs": dict.fromkeys(
            ("ForSales", "ForPurchase", "QuantityWithPriceAndRate", "QuantityOnHand"), True
        ),
        "SalesFormsPrefs": _sales_forms(company),
        "TaxPrefs": tax,
        "CurrencyPrefs": {
            "MultiCurrencyEnabled": company.currency == "MYR",
            "HomeCurrency": {"value": company.currency},
        },
        "OtherPrefs": {"NameValue": [{"Name": "WarnDuplicateCheckNumber", "Value": "true"}]},
    }


def _sales_forms(company: Company) -> Doc:
    return {
        "CustomTxnNumbers": company.numbers_by_caller,
        "AllowDeposit": True,
        "AllowDiscount": True,
        "AllowShipping": company.has_shipping,
        "AllowServiceDate": False,
        "AllowEstimates": True,
        "EmailCopyToCompany": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
        "ETransactionPaymentEnabled": False,
        "ETransactionEnabledStatus": "NotApplicable",
        "CustomField": [
            {"CustomField": [_field("UseSalesCustom1", "BooleanType", BooleanValue=True)]},
            {"CustomField": [_field("SalesCustomName1", "StringType", StringValue="Channel")]},
        ],
    }


def _field(name: str, kind: str, **value: Any) -> Doc:
    return {"Name": f"SalesFormsPrefs.{name}", "Type": kind, **value}
