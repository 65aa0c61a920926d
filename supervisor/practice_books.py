"""What the demo's owner types for each kind of practice books and store: the codes that a person would look up."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from adapters.registry import STORES

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


EVERY_STATE = {"payment_statuses": ["paid", "unpaid", "partially_paid"], "sale_assigned_to": "original"}
"""Wholesale orders and invoices on terms are carried before they are paid, each to its own customer."""

NEW_PRODUCTS = {"income_account": "Sales of Product Income", "expense_account": "Cost of Goods Sold"}
"""Where products are made that the books have not yet."""


@dataclass(frozen=True, slots=True)
class PracticeBooks:
    """Settings, and customers by channel kind and currency; a kind that is not named has the web store's."""

    settings: Mapping[str, object]
    customers: Mapping[str, Mapping[str, str]]

    def customers_of(self, channel_kind: str) -> Mapping[str, str]:
        """By currency, "" for every other."""
        return self.customers.get(channel_kind) or {"": self.customers["webstore"][""]}


@dataclass(frozen=True, slots=True)
class PracticeStore:
    """What is its own in a practice store. `prefix` goes before its orders' numbers, so that two stores' never meet in
    one company; `taxes` are codes of the books by the store's names; `settings` beat those of the books (None: there is
    no such field); `company` is the QuickBooks company that its orders go into, by its id, where it is not the usual
    one, and `customer` its customer for the channel."""

    prefix: str = ""
    taxes: Mapping[str, str] = field(default_factory=lambda: TAXES)
    settings: Mapping[str, object] = field(default_factory=dict)
    company: str = ""
    customer: str = ""


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
SHOPS: dict[str, PracticeStore] = {
    "sitegiant": PracticeStore(),
    "ecwid": PracticeStore(prefix="EC-"),
    "woocommerce": PracticeStore(prefix="WC-"),
    "shopify": PracticeStore(prefix="SH-"),
    "spreadsheet": PracticeStore(prefix="XL-"),
    "edge_commerce": PracticeStore(
        taxes={"Sales Tax": "Shop 8%", "Service Tax": "Shop 8%", "Exempt": "Out of state"},
        settings={**EVERY_STATE, "zero_tax_code": None, **NEW_PRODUCTS},
        company="9341450000000002",
        customer="59",
    ),
    "sengerio": PracticeStore(
        taxes={name: name for name in ("20.0% S", "5.0% R", "0.0% Z", "Exempt", "No VAT")},
        settings={**EVERY_STATE, "zero_tax_code": "No VAT", "default_item": "MISC"},
        company="9341450000000004",
        customer="59",
    ),
}
"""By the kind of store; one that is not named is like a plain one."""
STORE_KINDS = tuple(STORES)
"""Every kind: of each there is a practice store, of spreadsheets the file of one; the first one is the usual."""


def shop_of(kind: str) -> PracticeStore:
    """What is its own in the practice store of this kind."""
    return SHOPS.get(kind, PracticeStore())


def pairs_of(store: str, books: str) -> list[tuple[str, str]]:
    """The pairs that make sense of a store and books; "all" are all of them, no books are the store's first ones."""
    stores = STORE_KINDS if store == "all" else (store,)
    found = [(each, kind) for each in stores for kind in PRACTICE if goes(each, kind)]
    if not books:
        return found[:1]
    return found if books == "all" else [pair for pair in found if pair[1] == books]


def goes(store: str, books: str) -> bool:
    """Whether orders of this kind of store may go into books of this kind."""
    goes_to = STORES[store].goes_to
    return goes_to is None or books in goes_to
