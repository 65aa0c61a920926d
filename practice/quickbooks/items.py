"""What is sold (quickbooks-online.md 3.4)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.faults import Refused, business, missing
from practice.quickbooks.lists import NESTED, Listed
from practice.quickbooks.shapes import (
    CUSTOM_FIELDS,
    ENTITY,
    Shape,
    day,
    flag,
    ignored,
    name_text,
    number,
    one_of,
    price,
    reference,
    text,
)
from practice.quickbooks.write import Write
from practice.web import Doc

ACCOUNTS = {
    "IncomeAccountRef": ("Income", "Other Income"),
    "ExpenseAccountRef": ("Cost of Goods Sold", "Expense"),
    "AssetAccountRef": ("Other Current Asset",),
}
NEEDED = {
    "Inventory": ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef", "QtyOnHand", "InvStartDate"),
    "Service": ("IncomeAccountRef",),
    "NonInventory": ("IncomeAccountRef",),
    "Category": (),
}


class Item(Listed):
    """A product, a service or a category."""

    name, nested_by = "Item", "SubItem"
    searchable = NESTED | {"Sku": "text", "Type": "text", "Taxable": "flag"}
    refers = {
        "ParentRef": "Item",
        "IncomeAccountRef": "Account",
        "ExpenseAccountRef": "Account",
        "AssetAccountRef": "Account",
        "SalesTaxCodeRef": "TaxCode",
        "PurchaseTaxCodeRef": "TaxCode",
        "ClassRef": "Class",
    }
    shape: Shape = ENTITY | {
        "Name": name_text(100),
        "Type": one_of("Inventory", "Service", "NonInventory", "Category"),
        "Sku": text(100),
        "Description": text(4000),
        "PurchaseDesc": text(1000),
        "UnitPrice": price,
        "PurchaseCost": price,
        "Active": flag,
        "SubItem": flag,
        "Taxable": flag,
        "SalesTaxIncluded": flag,
        "PurchaseTaxIncluded": flag,
        "TrackQtyOnHand": flag,
        "QtyOnHand": number,
        "ReorderPoint": number,
        "InvStartDate": day,
        "CustomField": CUSTOM_FIELDS,
        "TaxClassificationRef": reference,
        **dict.fromkeys(refers, reference),
        **dict.fromkeys(("FullyQualifiedName", "Level", "AvgCost", "QtyOnPurchaseOrder", "QtyOnSalesOrder"), ignored),
        **dict.fromkeys(("AbatementRate", "ReverseChargeRate", "ServiceType", "ItemCategoryType"), ignored),
        **dict.fromkeys(("ItemEx", "ManPartNum", "PrefVendorRef", "Source", "UQCId", "UQCDisplayText"), ignored),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """Each type needs its accounts; stock is tracked for good."""
        kind = record.get("Type")
        if kind is None:
            raise missing("Type")
        if old and old["TrackQtyOnHand"] and not record.get("TrackQtyOnHand"):
            raise business("Tracking of quantity on hand cannot be turned off")
        if kind == "Inventory" and not record.get("TrackQtyOnHand"):
            raise missing("TrackQtyOnHand")
        for name in NEEDED[kind]:
            if name not in record:
                raise missing(name)
        for name, types in ACCOUNTS.items():
            _insist_on_type(write, record.get(name), types, name)
        plain = {"UnitPrice": Decimal(0), "PurchaseCost": Decimal(0), "Taxable": False, "Description": None}
        return plain | {"TrackQtyOnHand": False, "Sku": None} | record


def _insist_on_type(write: Write, sent: Doc | None, types: tuple[str, ...], name: str) -> None:
    if sent is not None and write.need("Account", sent, name)["AccountType"] not in types:
        raise Refused("6430", f"The account of {name} must be of type {' or '.join(types)}", name)
