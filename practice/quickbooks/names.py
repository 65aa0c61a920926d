"""Customers, vendors, employees: one list of names for all three (quickbooks-online.md 3.3)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.faults import Refused
from practice.quickbooks.lists import NESTED, Listed
from practice.quickbooks.shapes import (
    ADDRESS,
    CUSTOM_FIELDS,
    ENTITY,
    PHONE,
    Shape,
    email,
    flag,
    ignored,
    name_text,
    one_of,
    reference,
    text,
    web,
    whole,
)
from practice.quickbooks.write import Write
from practice.web import Doc

PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
PERSON: Shape = ENTITY | {
    "DisplayName": name_text(500),
    "Title": name_text(16),
    "GivenName": name_text(100),
    "MiddleName": name_text(100),
    "FamilyName": name_text(100),
    "Suffix": name_text(16),
    "PrintOnCheckName": name_text(110),
    "Active": flag,
    "PrimaryEmailAddr": email,
    **dict.fromkeys(("PrimaryPhone", "AlternatePhone", "Mobile", "Fax"), PHONE),
    **dict.fromkeys(("Organization", "UserId", "V4IDPseudonym", "OtherContactInfo", "Source"), ignored),
}
BY_NAME = {
    **{name: kind for name, kind in NESTED.items() if name != "Name"},
    **dict.fromkeys(
        ("DisplayName", "GivenName", "MiddleName", "FamilyName", "CompanyName", "PrintOnCheckName"), "text"
    ),
}


class Named(Listed):
    """A person or firm; its DisplayName is unique over three lists."""

    title = "DisplayName"
    indexed = {"DisplayName": "_name"}
    unique_in = ("Customer", "Vendor", "Employee")

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """The name is made from its parts where none was sent; it cannot be blanked."""
        made = " ".join(record[part] for part in PARTS if record.get(part))
        display = record.get("DisplayName") or made
        if not display:
            words = "At least one of Title, GivenName, MiddleName, FamilyName, Suffix or DisplayName is needed"
            raise Refused("6080", words, "DisplayName")
        return record | {"DisplayName": display, "PrintOnCheckName": record.get("PrintOnCheckName") or display}


class Customer(Named):
    """Who buys."""

    name, nested_by = "Customer", "Job"
    searchable = BY_NAME | {"PrimaryEmailAddr": "email", "Balance": "number", "Job": "flag", "Taxable": "flag"}
    refers = {
        "ParentRef": "Customer",
        "SalesTermRef": "Term",
        "PaymentMethodRef": "PaymentMethod",
        "DefaultTaxCodeRef": "TaxCode",
    }
    shape: Shape = PERSON | {
        "CompanyName": text(100),
        "Notes": text(2000),
        "ResaleNum": text(16),
        "WebAddr": web,
        "BillAddr": ADDRESS,
        "ShipAddr": ADDRESS,
        "Taxable": flag,
        "TaxExemptionReasonId": whole(1, 15),
        "Job": flag,
        "BillWithParent": flag,
        "PreferredDeliveryMethod": one_of("Print", "Email", "None"),
        "PrimaryTaxIdentifier": text(20),
        "CustomField": CUSTOM_FIELDS,
        **dict.fromkeys(("CurrencyRef", "ParentRef", "SalesTermRef", "PaymentMethodRef"), reference),
        "DefaultTaxCodeRef": reference,
        **dict.fromkeys(("FullyQualifiedName", "Level", "Balance", "BalanceWithJobs", "IsProject"), ignored),
        **dict.fromkeys(("CustomerTypeRef", "OpenBalanceDate", "ARAccountRef", "ClientEntityId"), ignored),
        **dict.fromkeys(("OtherAddr", "ContactName", "AltContactName", "AcctNum", "CreditLimit", "JobInfo"), ignored),
        **dict.fromkeys(("SecondaryTaxIdentifier", "BusinessNumber", "GSTIN", "GSTRegistrationType"), ignored),
        **dict.fromkeys(("TDSEnabled", "CustomerEx", "isCISContractor", "PriceLevelRef", "SalesRepRef"), ignored),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """Its currency never changes; a balance keeps it active."""
        record = super().fit(write, record, old)
        currency = old["CurrencyRef"] if old else self._currency(write, record)
        balance = old["Balance"] if old else Decimal(0)
        if not record["Active"] and balance and not write.wish.by_person:
            raise Refused("6220", "A customer with an open balance cannot be made inactive")
        exempt = record.get("TaxExemptionReasonId")
        if write.books.tax_model == "us_automated":
            record = record | {"DefaultTaxCodeRef": None}
        return {
            "Taxable": True,
            "BillWithParent": False,
            "PreferredDeliveryMethod": "None",
            **record,
            **({"Taxable": False} if exempt else {}),
            "CurrencyRef": currency,
            "Balance": balance,
            "BalanceWithJobs": old["BalanceWithJobs"] if old else Decimal(0),
            "IsProject": False,
        }

    def _currency(self, write: Write, record: Doc) -> Doc:
        return write.currency(record.get("CurrencyRef") or {"value": write.books.home})

    def _unique_name(self, own: str, full: str) -> str:
        return own


class Vendor(Named):
    """Who sells to us."""

    name = "Vendor"
    searchable = {name: kind for name, kind in BY_NAME.items() if name != "FullyQualifiedName"}
    refers = {"TermRef": "Term"}
    shape: Shape = PERSON | {
        "CompanyName": text(100),
        "WebAddr": web,
        "BillAddr": ADDRESS,
        "AcctNum": text(100),
        "Vendor1099": flag,
        "TermRef": reference,
        **dict.fromkeys(("Balance", "BillRate", "CurrencyRef", "APAccountRef", "TaxIdentifier", "Notes"), ignored),
        **dict.fromkeys(("TaxReportingBasis", "CostRate", "VendorPaymentBankDetail", "T4AEligible"), ignored),
    }


class Employee(Named):
    """Who works here."""

    name = "Employee"
    searchable = {name: kind for name, kind in Vendor.searchable.items() if name != "CompanyName"}
    shape: Shape = PERSON | {
        "PrimaryAddr": ADDRESS,
        "EmployeeNumber": text(100),
        **dict.fromkeys(("SSN", "BillRate", "CostRate", "BirthDate", "Gender", "HiredDate", "ReleasedDate"), ignored),
        **dict.fromkeys(("BillableTime", "EmailAddress", "EmployeeType"), ignored),
    }
