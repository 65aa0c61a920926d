"""What the imitated Ecwid store is and sells: its profile, its products with variations, its customers (6, 9, 10)."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

from practice.buyers import PEOPLE
from practice.catalogue import PRODUCTS, SERVICE, SST, ZERO_RATED, Product
from practice.ecwid.lists import dated
from practice.shelf import Shelf
from practice.web import Doc

STORE_ID, NAME, PREFIX = 1003, "Kedai Mawar", "EW-"
FIRST_PRODUCT, FIRST_VARIATION, FIRST_CUSTOMER = 501, 7001, 88001
MADE = datetime(2026, 1, 2, 8, tzinfo=UTC)
FAMILIES = list(dict.fromkeys(product.parent or product.isku for product in PRODUCTS))
TAXES = (SST, SERVICE, ZERO_RATED)
METHODS = ("Card", "Bank transfer")


def profile() -> Doc:
    """The store's set-up."""
    return {
        "generalInfo": {"storeId": STORE_ID, "storeUrl": "https://kedai-mawar.example"},
        "account": {"accountName": "Mei Tan", "accountEmail": "owner@kedai-mawar.example"},
        "settings": {"storeName": NAME},
        "company": {"companyName": NAME, "email": "owner@kedai-mawar.example", "city": "Ipoh", "countryCode": "MY"},
        "formatsAndUnits": {
            "currency": "MYR",
            "currencyPrecision": 2,
            "timezone": "Asia/Kuala_Lumpur",
            "orderNumberPrefix": PREFIX,
            "orderNumberSuffix": "",
        },
        "taxSettings": {
            "automaticTaxEnabled": False,
            "pricesIncludeTax": False,
            "taxes": [
                {
                    "id": int(tax.id),
                    "name": tax.name,
                    "enabled": True,
                    "includeInPrice": False,
                    "useShippingAddress": True,
                    "taxShipping": True,
                    "appliedByDefault": tax is SST,
                    "defaultTax": tax.rate,
                    "rules": [{"zoneId": "WORLD", "tax": tax.rate}],
                }
                for tax in TAXES
            ],
        },
        "zones": [{"id": "WORLD", "name": "World", "countryCodes": []}],
        "payment": {"paymentOptions": [{"id": name, "enabled": True, "checkoutTitle": name} for name in METHODS]},
    }


def ids_of(isku: str) -> Doc:
    """`productId`, and `combinationId` where the thing is a variation; nothing for what was never in the catalogue."""
    product = next((each for each in PRODUCTS if each.isku == isku), None)
    if product is None:
        return {}
    ids: Doc = {"productId": FIRST_PRODUCT + FAMILIES.index(product.parent or isku)}
    return ids | ({"combinationId": FIRST_VARIATION + PRODUCTS.index(product)} if has_variations(product) else {})


def has_variations(product: Product) -> bool:
    """Whether it is one of several of its family; what is for sale no more counts too, so that ids stay."""
    return sum(each.parent == product.parent for each in PRODUCTS if each.parent) > 1 and bool(product.parent)


def products(shelf: Shelf) -> list[Doc]:
    """What is for sale, each family once."""
    families: dict[str, list[Product]] = {}
    for product in shelf.products():
        families.setdefault(product.parent or product.isku, []).append(product)
    return [_product(shelf, family, members) for family, members in families.items()]


def _product(shelf: Shelf, family: str, members: list[Product]) -> Doc:
    first = members[0]
    many = has_variations(first)
    return {
        "id": FIRST_PRODUCT + FAMILIES.index(family),
        "sku": family if many else first.isku,
        "name": first.name if many or not first.variation else f"{first.name} - {first.variation}",
        "price": shelf.price(first),
        "enabled": True,
        "unlimited": True,
        "inStock": True,
        **dated(MADE, "created", "createTimestamp"),
        **dated(MADE, "updated", "updateTimestamp"),
        "tax": {"taxable": first.tax is not None, "enabledManualTaxes": [int(first.tax.id)] if first.tax else []},
        "options": _options(members) if many else [],
        "combinations": [_variation(shelf, member) for member in members] if many else [],
    }


def _options(members: list[Product]) -> list[Doc]:
    choices = [{"text": each.variation, "priceModifier": Decimal(0)} for each in members]
    return [{"type": "SELECT", "name": "Kind", "choices": choices}]


def _variation(shelf: Shelf, product: Product) -> Doc:
    place = PRODUCTS.index(product)
    return {
        "id": FIRST_VARIATION + place,
        "combinationNumber": place + 1,
        "sku": product.isku,
        "options": [{"name": "Kind", "value": product.variation}],
        "price": shelf.price(product),
        "unlimited": False,
        "quantity": (place * 37) % 200,
        "inStock": True,
    }


def customers() -> list[Doc]:
    """Who has an account with the store."""
    return [
        {
            "id": FIRST_CUSTOMER + place,
            "email": email,
            "name": name,
            **dated(MADE, "registered"),
            **dated(MADE, "updated"),
            "customerGroupId": 0,
            "customerGroupName": "General",
            "billingPerson": {"name": name, "companyName": company, "city": "Ipoh", "countryCode": "MY"},
            "shippingAddresses": [],
            "contacts": [{"id": place, "contact": email, "type": "EMAIL", "default": True}],
            "taxId": "",
        }
        for place, (name, email, company) in enumerate(PEOPLE)
    ]


def customer_id(email: str) -> int | None:
    """The customer of an e-mail; None of a guest."""
    place = next((at for at, (_, known, _company) in enumerate(PEOPLE) if known == email), None)
    return None if place is None else FIRST_CUSTOMER + place
