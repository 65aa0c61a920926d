"""What the practice shop sells and where: invented, realistic, always the same.

Field names are those of sitegiant.md 4.3; the tax names are an addition of ours (README.md)."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal

from practice.web import Doc

CENT = Decimal("0.01")
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Tax:
    """A tax as the store names it; `rate` in percent."""

    id: str
    name: str
    rate: Decimal


SST = Tax("901", "SST", Decimal(6))
SERVICE = Tax("902", "Service Tax", Decimal(8))
ZERO_RATED = Tax("909", "Zero rated", Decimal(0))

CHANNELS: list[Doc] = [
    {"id": 11, "name": "Demo Shopee MY", "type": "Shopee", "currency": "MYR"},
    {"id": 12, "name": "Demo Lazada MY", "type": "Lazada", "currency": "MYR"},
    {"id": 13, "name": "Demo TikTok Shop", "type": "TikTok Shop", "currency": "MYR"},
    {"id": 15, "name": "Kedai Mawar web store", "type": "Webstore", "currency": "MYR"},
    {"id": 14, "name": "Partner feed", "type": "OpenApi", "currency": "MYR"},
]
RATES = {"MYR": Decimal(1), "SGD": Decimal("3.4125"), "USD": Decimal("4.3870")}
"""Ringgit for one unit; the books' rates, and what foreign prices are made with."""


@dataclass(frozen=True)
class Product:
    """One thing for sale; `price` in ringgit before tax, `parts` only for a bundle."""

    isku: str
    name: str
    variation: str
    parent: str
    price: Decimal
    tax: Tax | None = None
    uom: str = "PCS"
    carton: int = 0
    parts: tuple[tuple[str, int], ...] = ()
    in_books: bool = True
    has_serials: bool = False


def _family(parent: str, name: str, tax: Tax | None, *variants: tuple[str, str, str], carton: int = 0) -> list[Product]:
    """Variants of one product: (isku, variation, price)."""
    return [Product(isku, name, what, parent, Decimal(price), tax, carton=carton) for isku, what, price in variants]


PRODUCTS: list[Product] = [
    *_family("MUG", "Mug", None, ("MUG-01", "Blue", "15.00"), ("MUG-02", "White", "15.00"), ("MUG-03", "Red", "15.90")),
    *_family("TEA", "Tea bags", None, ("TEA-10", "10 bags", "12.50"), ("TEA-50", "50 bags", "49.90"), carton=12),
    *_family("TEA-LEAF", "Tea 250 g", SST, ("TEA-250", "", "50.00"), carton=12),
    *_family(
        "SHIRT", "Batik shirt", SST, ("SHIRT-S", "S", "59.00"), ("SHIRT-M", "M", "59.00"), ("SHIRT-L", "L", "61.50")
    ),
    *_family("TUDUNG", "Tudung bawal", SST, ("TDG-BLK", "Black", "24.90"), ("TDG-PNK", "Dusty pink", "24.90")),
    *_family("BOOK", "Notebook A5", ZERO_RATED, ("BOOK-A", "Lined", "8.00"), ("BOOK-B", "Dotted", "8.50"), carton=24),
    *_family(
        "STK", "Sticker sheet", SST, ("STK-1", "Cats", "0.92"), ("STK-2", "Stars", "0.92"), ("STK-3", "Food", "0.92")
    ),
    *_family("CABLE", "USB-C cable", SERVICE, ("CABLE-1", "1 m", "13.90"), ("CABLE-2", "2 m", "17.35"), carton=50),
    *_family(
        "COFFEE", "Ipoh white coffee", None, ("COF-3", "3 in 1", "18.80"), ("COF-K", "Kosong", "19.90"), carton=20
    ),
    *_family("SOAP", "Serai soap", SST, ("SOAP-1", "Bar", "6.45"), ("SOAP-3", "Pack of 3", "17.77"), carton=36),
    *_family("LAMP", "Desk lamp", SST, ("LAMP-W", "White", "89.00"), ("LAMP-B", "Black", "89.00")),
    *_family("BAG", "Canvas bag", SST, ("BAG-NAT", "Natural", "33.33"), ("BAG-BLK", "Black", "35.00")),
    *_family("SAMBAL", "Sambal nyet", None, ("SAM-H", "Hot", "14.90"), ("SAM-XH", "Extra hot", "15.90"), carton=24),
    *_family("CUP", "Thermos cup 陶瓷", SST, ("CUP-350", "350 ml", "42.10"), ("CUP-500", "500 ml", "47.75")),
    *_family("MAT", "Yoga mat", SST, ("MAT-6", "6 mm", "79.00"), ("MAT-10", "10 mm", "109.00")),
    *_family("INSTALL", "Lamp installation visit", SERVICE, ("SVC-INST", "", "120.00")),
    *_family("CLASS", "Batik class (1 seat)", SERVICE, ("SVC-CLASS", "", "166.67")),
    Product("RICE-KG", "Rice, loose", "", "RICE", Decimal("3.33"), ZERO_RATED, uom="KG"),
    Product("CLOTH-M", "Batik cloth by the metre", "", "CLOTH", Decimal("27.90"), SST, uom="M"),
    Product("PHONE-X", "Phone X", "128 GB", "PHONE", Decimal("999.00"), SST, has_serials=True),
    Product("DURIAN-CRISP", "Durian crisps", "", "DUR", Decimal("16.60"), None, in_books=False),
    Product("KUIH-BOX", "Kuih raya box", "Mixed", "KUIH", Decimal("38.00"), None, in_books=False),
    Product("FAN-USB", "USB fan", "Mint", "FAN", Decimal("29.90"), SST, in_books=False),
    Product("FAN-USB-W", "USB fan", "White", "FAN", Decimal("29.90"), SST, in_books=False),
    Product("POSTER-1", "Old Ipoh poster", "A2", "POSTER", Decimal("22.00"), ZERO_RATED, in_books=False),
    Product("GIFTSET", "Gift set", "", "", Decimal("50.00"), parts=(("MUG-01", 1), ("TEA-10", 2))),
    Product("HAMPER", "Breakfast hamper", "", "", Decimal("79.90"), parts=(("COF-3", 2), ("SAM-H", 1), ("MUG-02", 2))),
    Product("DESKSET", "Desk set", "", "", Decimal("99.00"), SST, parts=(("LAMP-W", 1), ("BAG-NAT", 1))),
]
SERVICES = {
    "SHIP": "Shipping fee",
    "SHIPDISC": "Shipping discount",
    "DISC": "Seller discount",
    "PDISC": "Platform discount",
    "REBATE": "Platform rebate",
    "FEE": "Marketplace fee",
    "WRAP": "Gift wrap",
    "HANDLING": "Handling",
    "GCARD": "Gift card",
    "RND": "Rounding",
    "MISC": "Miscellaneous item",
}
"""What the books keep beside the products: charges, discounts, rounding, the default item."""
BY_ISKU = {product.isku: product for product in PRODUCTS}
PLAIN = [
    p for p in PRODUCTS if not p.parts and p.in_books and p.uom == "PCS" and not p.has_serials and p.parent != "STK"
]
UNKNOWN_TO_BOOKS = [product for product in PRODUCTS if not product.in_books]
BUNDLES = [product for product in PRODUCTS if product.parts]
BY_MEASURE = [product for product in PRODUCTS if product.uom != "PCS"]


def cents(amount: Decimal) -> Decimal:
    """Round half up, away from zero, to 2 places."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def price_in(product: Product, currency: str) -> Decimal:
    """The product's price in that currency, to the cent; where there is no rate, as many units as ringgit."""
    return cents(product.price / RATES.get(currency, Decimal(1)))


def item_list() -> list[Doc]:
    """The store's inventory items (sitegiant.md 4.3)."""
    return [_item(number, product) for number, product in enumerate(PRODUCTS)]


def _item(number: int, product: Product) -> Doc:
    stock = 120 if number == 0 else (number * 37) % 200
    return {
        "isku": product.isku,
        "name": product.name,
        "variation": product.variation,
        "parent_isku": product.parent,
        "upc": [f"{4711000000018 + number * 17}"],
        "cost": "6.20" if number == 0 else str(cents(product.price * Decimal("0.45"))),
        "price": str(product.price),
        "stock_on_hand": stock,
        "sellable_stock": max(stock - 6, 0),
        "is_bundle": bool(product.parts),
        "warehouse_id": 1,
        "updated_at": "2026-01-05 09:00:00",
    }
