"""What the demo's owner types for each kind of practice books: the codes that a person would look up in them."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

SETTINGS = {"rounding_item": "RND", "document_date": "ordered", "zero_tax_code": "NT", "terms": "30"}
EXTRAS = {
    "seller_discount_on": True,
    "seller_discount_item": "DISC",
    "shipping_discount_on": True,
    "shipping_discount_item": "SHIP",
}
SHIPPING = "SHIP"
TAXES = {"SST": "SV-6", "Service Tax": "SV-8", "Zero rated": "ZR"}
"""Tax codes by the store's names."""
RATES = {"USD": "4.20", "SGD": "3.30"}
"""For orders of days whose rate the books do not tell."""


@dataclass(frozen=True, slots=True)
class PracticeBooks:
    """Settings, and customers by channel kind and currency."""

    settings: Mapping[str, object]
    customers: Mapping[str, Mapping[str, str]]


BY_CODE = PracticeBooks(
    settings={**SETTINGS, "default_customer": "300-W0001"},
    customers={
        "shopee": {"": "300-S0001"},
        "lazada": {"": "300-L0001"},
        "tiktok": {"": "300-T0001"},
        "webstore": {"": "300-W0001", "SGD": "300-W0002", "USD": "300-W0003"},
        "openapi": {"": "300-P0001"},
    },
)
BY_ID = PracticeBooks(
    settings={**SETTINGS, "default_customer": "58", "sale_assigned_to": "channel"},
    customers={
        "shopee": {"": "59"},
        "lazada": {"": "60"},
        "tiktok": {"": "61"},
        "webstore": {"": "62", "SGD": "63", "USD": "64"},
        "openapi": {"": "65"},
    },
)
WITH_SERIALS = replace(BY_CODE, settings={**BY_CODE.settings, "serial_numbers": True})
PRACTICE: dict[str, PracticeBooks] = {"qne": BY_CODE, "sql_accounting": WITH_SERIALS, "quickbooks": BY_ID}
"""By the kind of books."""
