"""Tax agencies, rates and codes, and the service that makes codes (quickbooks-online.md 3.5)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.faults import NAME_TAKEN, Refused, missing
from practice.quickbooks.lists import LISTED, Listed
from practice.quickbooks.shapes import ENTITY, Shape, flag, ignored, listed, number, one_of, read, text
from practice.quickbooks.write import Write
from practice.web import Doc

PSEUDO = ("TAX", "NON")
"""Ids of the codes that US lines carry."""
SERVICE: Shape = {
    "TaxCode": text(100),
    "TaxRateDetails": listed(
        {
            "TaxRateName": text(100),
            "TaxRateId": lambda value, name: str(value),
            "RateValue": number,
            "TaxAgencyId": lambda value, name: str(value),
            "TaxApplicableOn": one_of("Sales", "Purchase"),
        }
    ),
    **dict.fromkeys(("Id", "TaxCodeId"), ignored),
}


class TaxCode(Entity):
    """What lines and documents name; made by the service alone."""

    name = "TaxCode"
    searchable = LISTED
    can_be_written = False
    is_captured = False


class TaxRate(Entity):
    """A percentage owed to an agency; made by the service alone."""

    name = "TaxRate"
    searchable = LISTED
    can_be_written = False
    is_captured = False


class TaxAgency(Listed):
    """Who the tax is owed to."""

    name, title = "TaxAgency", "DisplayName"
    searchable = SEARCHABLE | {"DisplayName": "text"}
    is_captured = False
    shape: Shape = ENTITY | {
        "DisplayName": text(100),
        "TaxTrackedOnSales": flag,
        "TaxTrackedOnPurchases": flag,
        "TaxRegistrationNumber": text(50),
        **dict.fromkeys(("LastFileDate", "TaxAgencyConfig"), ignored),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """Sales alone, if nothing else is said."""
        return {"TaxTrackedOnSales": True, "TaxTrackedOnPurchases": False} | record


def make_code(write: Write, body: object) -> Doc:
    """POST /taxservice/taxcode: a code with its rates; the answer is not wrapped."""
    sent = read(SERVICE, body)
    name = sent.get("TaxCode")
    if not name:
        raise missing("TaxCode")
    if not sent.get("TaxRateDetails"):
        raise missing("TaxRateDetails")
    if any(code["Name"].casefold() == name.casefold() for code in write.books.rows("TaxCode")):
        raise Refused("6240", NAME_TAKEN)
    rates = [(_rate(write, detail), detail) for detail in sent["TaxRateDetails"]]
    sales = [rate for rate, detail in rates if detail.get("TaxApplicableOn", "Sales") == "Sales"]
    purchases = [rate for rate, detail in rates if detail.get("TaxApplicableOn") == "Purchase"]
    made = write.insert("TaxCode", code(name, name, sales, purchases))
    shown = [detail | {"TaxRateId": rate["Id"]} for rate, detail in rates]
    return {"TaxCode": name, "TaxCodeId": made["Id"], "TaxRateDetails": shown}


def code(name: str, description: str, sales: list[Doc], purchases: list[Doc]) -> Doc:
    """A tax code of these rates."""
    return {
        "Name": name,
        "Description": description,
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
        "TaxCodeConfigType": "USER_DEFINED",
        "SalesTaxRateList": {"TaxRateDetail": [_detail(n, rate) for n, rate in enumerate(sales)]},
        "PurchaseTaxRateList": {"TaxRateDetail": [_detail(n, rate) for n, rate in enumerate(purchases)]},
    }


def rate(name: str, percent: Decimal, agency: str) -> Doc:
    """A tax rate."""
    return {
        "Name": name,
        "Description": name,
        "Active": True,
        "RateValue": percent,
        "AgencyRef": {"value": agency},
        "SpecialTaxType": "NONE" if percent else "ZERO_RATE",
        "DisplayType": "ReadOnly",
    }


def sales_rates(write: Write, tax_code: Doc) -> list[Doc]:
    """The rates that a code takes on sales."""
    details = tax_code["SalesTaxRateList"]["TaxRateDetail"]
    found = [write.find("TaxRate", detail["TaxRateRef"]["value"]) for detail in details]
    return [rate for rate in found if rate is not None]


def _detail(order: int, tax_rate: Doc) -> Doc:
    reference = {"value": tax_rate["Id"], "name": tax_rate["Name"]}
    return {"TaxRateRef": reference, "TaxTypeApplicable": "TaxOnAmount", "TaxOrder": order}


def _rate(write: Write, detail: Doc) -> Doc:
    """A rate that is there, or a new one."""
    if "TaxRateId" in detail:
        return write.need("TaxRate", {"value": detail["TaxRateId"]}, "TaxRateId")
    for name in ("TaxRateName", "RateValue", "TaxAgencyId"):
        if name not in detail:
            raise missing(name)
    agency = write.need("TaxAgency", {"value": detail["TaxAgencyId"]}, "TaxAgencyId")
    if not 0 <= detail["RateValue"] <= 100:
        raise Refused("2150", f"RateValue must be between 0 and 100. Supplied value:{detail['RateValue']}")
    return write.insert("TaxRate", rate(detail["TaxRateName"], detail["RateValue"], agency["Id"]))
