"""The shop's products, their variations and its tax rates (other-stores.md 1.5)."""

from __future__ import annotations

from practice.catalogue import PRODUCTS, Product
from practice.sales import TAXES
from practice.shelf import Shelf
from practice.web import Doc

ITEM_ID, PARENT_ID = 500, 300
PLACES = {product.isku: place for place, product in enumerate(PRODUCTS)}


def family_of(product: Product) -> list[Product]:
    """All that belong to one product with variations; one alone is a simple product."""
    return [each for each in PRODUCTS if each.parent == product.parent and not each.parts]


def ids_of(isku: str) -> tuple[int, int]:
    """product_id and variation_id, as an order's line names them; 0, 0 of what was typed by hand."""
    if isku not in PLACES:
        return 0, 0
    family = family_of(PRODUCTS[PLACES[isku]])
    own = ITEM_ID + PLACES[isku]
    return (own, 0) if len(family) == 1 else (PARENT_ID + PLACES[family[0].isku], own)


def products(shelf: Shelf) -> list[Doc]:
    """Simple and variable products, by id."""
    made: dict[int, Doc] = {}
    for product in shelf.products():
        parent, own = ids_of(product.isku)
        if not own:
            made[parent] = _simple(shelf, product, parent)
            continue
        made.setdefault(parent, _variable(shelf, product, parent))["variations"].append(own)
    return [made[each] for each in sorted(made)]


def variations(shelf: Shelf, product_id: int) -> list[Doc]:
    """The variations of one product; a carton's goods are counted on the parent."""
    found = [product for product in shelf.products() if ids_of(product.isku)[0] == product_id]
    return [_variation(shelf, product) for product in found if ids_of(product.isku)[1]]


def tax_rows() -> list[Doc]:
    """The tax rates; a class each."""
    return [
        {
            "id": int(tax.id),
            "country": "MY",
            "state": "",
            "postcode": "",
            "city": "",
            "rate": f"{tax.rate:.4f}",
            "name": tax.name,
            "priority": 1,
            "compound": False,
            "shipping": True,
            "class": class_of(tax.id) or "standard",
        }
        for tax in TAXES.values()
    ]


def class_of(tax: str) -> str:
    """The tax class of a product with this tax: the first one is the standard class, which has no name."""
    return "" if not tax or tax == next(iter(TAXES)) else TAXES[tax].name.lower().replace(" ", "-")


def _usual(shelf: Shelf, product: Product) -> Doc:
    price = f"{shelf.price(product):.2f}"
    return {
        "sku": product.isku,
        "status": "publish",
        "price": price,
        "regular_price": price,
        "sale_price": "",
        "tax_status": "taxable" if product.tax else "none",
        "tax_class": class_of(product.tax.id if product.tax else ""),
        "manage_stock": True,
        "stock_quantity": 40,
        "stock_status": "instock",
        "backorders": "no",
        "date_modified_gmt": "2026-01-05T03:20:01",
    }


def _simple(shelf: Shelf, product: Product, own: int) -> Doc:
    return {"id": own, "name": product.name, "type": "simple", "variations": [], **_usual(shelf, product)}


def _variable(shelf: Shelf, product: Product, own: int) -> Doc:
    usual = _usual(shelf, product) | {"sku": product.parent, "regular_price": "", "manage_stock": bool(product.carton)}
    return {"id": own, "name": product.name, "type": "variable", "variations": [], **usual}


def _variation(shelf: Shelf, product: Product) -> Doc:
    attributes = [{"id": 0, "name": "Variation", "option": product.variation}]
    on_parent = {"manage_stock": "parent"} if product.carton else {}
    return {"id": ids_of(product.isku)[1], "attributes": attributes, **_usual(shelf, product), **on_parent}
