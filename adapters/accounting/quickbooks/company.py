"""The company behind a sign-in, with the facts that decide how its documents are made."""

from adapters.accounting.quickbooks.contract import Record, day, flag, id_in, inner, rows_in, text
from adapters.accounting.quickbooks.countries import country_of
from adapters.errors import Refused
from documents import N_, Company, say

US_MANUAL, US_AUTOMATED, GLOBAL, NO_TAX = "us_manual", "us_automated", "global", "none"
US_MODELS = frozenset({US_MANUAL, US_AUTOMATED})
PER_LINE, PER_DOCUMENT = "line", "document"


def company_of(realm: str, told: Record, preferences: Record) -> Company:
    """Of company info and preferences (section 3.2); its key is the realm."""
    country = country_of(text(told, "Country"), *(text(inner(told, each), "Country") for each in _ADDRESSES))
    home = home_currency(preferences)
    if not home:
        raise Refused(say(N_("QuickBooks does not say which home currency the company has.")))
    name = text(told, "CompanyName", "LegalName") or realm
    return Company(realm, name, home, country, _facts(told, preferences, country))


_ADDRESSES = ("LegalAddr", "CompanyAddr")


def home_currency(preferences: Record) -> str:
    """ISO 4217; "" where it is not told."""
    return id_in(inner(preferences, "CurrencyPrefs"), "HomeCurrency")


def is_multi_currency(preferences: Record) -> bool:
    """True where documents may be in other currencies than the home one."""
    return flag(inner(preferences, "CurrencyPrefs"), "MultiCurrencyEnabled")


def classes_per(preferences: Record) -> str:
    """Where a class stands: on every line, on the whole document, or "" where classes are not tracked."""
    accounting = inner(preferences, "AccountingInfoPrefs")
    if flag(accounting, "ClassTrackingPerTxnLine"):
        return PER_LINE
    return PER_DOCUMENT if flag(accounting, "ClassTrackingPerTxn") else ""


def _facts(told: Record, preferences: Record, country: str) -> dict[str, str]:
    accounting, forms = inner(preferences, "AccountingInfoPrefs"), inner(preferences, "SalesFormsPrefs")
    closed = day(accounting, "BookCloseDate")
    known = {
        "tax_model": _tax_model(preferences, country),
        "custom_numbers": _said(flag(forms, "CustomTxnNumbers")),
        "classes": _said(bool(classes_per(preferences))),
        "classes_per": classes_per(preferences),
        "departments": _said(flag(accounting, "TrackDepartments")),
        "departments_word": text(accounting, "DepartmentTerminology"),
        "allow_discount": _said(flag(forms, "AllowDiscount")),
        "allow_shipping": _said(flag(forms, "AllowShipping")),
        "multi_currency": _said(is_multi_currency(preferences)),
        "online_payments": _said(flag(forms, "ETransactionPaymentEnabled")),
        "closed_until": closed.isoformat() if closed else "",
        "default_message": text(forms, "DefaultCustomerMessage"),
        "subscription": _named_values(told).get("SubscriptionStatus", ""),
    }
    return {name: value for name, value in known.items() if value}


def _tax_model(preferences: Record, country: str) -> str:
    """Section 3.9. Only what says that it uses no sales tax has none."""
    taxes = inner(preferences, "TaxPrefs")
    if not flag(taxes, "UsingSalesTax", default=True):
        return NO_TAX
    if country != "US":
        return GLOBAL
    return US_AUTOMATED if flag(taxes, "PartnerTaxEnabled") else US_MANUAL


def _named_values(told: Record) -> dict[str, str]:
    return {text(each, "Name"): text(each, "Value") for each in rows_in(told, "NameValue")}


def _said(is_so: bool) -> str:
    return "true" if is_so else "false"
