"""Stock adjustments and purchase orders of the imitated SiteGiant (sitegiant.md 4.1 and 4.3, all of OURS)."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from practice.sitegiant_orders import store_now
from practice.sitegiant_store import Refused, Shop, object_of
from practice.storage import Unit
from practice.web import Doc, Request

CHANGEABLE = {"status", "items", "reference"}


def adjust(shop: Shop, request: Request) -> Doc:
    """Change stock on hand by the signed quantities of a stock adjustment."""
    body = object_of(request)
    if shop.find("warehouses", str(body.get("warehouse_id"))) is None:
        raise Refused("warehouse_id is invalid")
    with shop.storage.writing(request.still_in_time) as unit:
        _add_stock(shop, unit, _rows(body))
    return {"reference": body.get("reference", "")}


def order_goods(shop: Shop, request: Request) -> Doc:
    """Create a purchase order, status Incomplete (sitegiant.md 2)."""
    body = object_of(request)
    if shop.find("vendors", str(body.get("vendor_code"))) is None:
        raise Refused("vendor_code is invalid")
    with shop.storage.writing(request.still_in_time) as unit:
        number = f"PO-{len(shop.rows('purchase_orders')) + 55}"
        items = [
            {"supplier_sku": "", "cost": "0.00", "uom": "UNIT"} | row | {"received": 0} for row in _rows(body, shop)
        ]
        record = {
            "po_id": number,
            "reference": str(body.get("reference", "")),
            "vendor_code": body["vendor_code"],
            "status": "Incomplete",
            "date": str(body.get("date") or store_now()[:10]),
            "currency": str(body.get("currency", "MYR")),
            "items": items,
        }
        unit.put("sitegiant.purchase_orders", number, record)
    return record


def change_goods(shop: Shop, request: Request, po_id: str) -> Doc:
    """Change an incomplete purchase order; Completed receives all goods into stock."""
    body = object_of(request)
    if not body or set(body) - CHANGEABLE or body.get("status", "Completed") not in ("Incomplete", "Completed"):
        raise Refused(f"Only {', '.join(sorted(CHANGEABLE))} can be changed")
    with shop.storage.writing(request.still_in_time) as unit:
        record = shop.find("purchase_orders", po_id)
        if record is None or record["status"] == "Completed":
            raise Refused("Purchase order not found, or completed")
        record = record | body
        if record["status"] == "Completed":
            _add_stock(shop, unit, record["items"])
            record["items"] = [row | {"received": row["quantity"]} for row in record["items"]]
        unit.put("sitegiant.purchase_orders", po_id, record)
    return record


def _rows(body: Doc, known_in: Shop | None = None) -> list[Doc]:
    rows: Any = body.get("items")
    if not isinstance(rows, list) or not rows:
        raise Refused("items is required")
    for row in rows:
        if not isinstance(row, dict) or isinstance(row.get("quantity"), bool | str | None):
            raise Refused("Every item needs isku and quantity")
        if known_in is not None and known_in.find("items", str(row.get("isku"))) is None:
            raise Refused(f"isku {row.get('isku')} does not exist")
    return rows


def _add_stock(shop: Shop, unit: Unit, rows: list[Doc]) -> None:
    sums: dict[str, Decimal | int] = {}
    for row in rows:
        sums[row["isku"]] = sums.get(row["isku"], 0) + row["quantity"]
    for isku, quantity in sums.items():
        item = shop.find("items", isku)
        if item is None:
            raise Refused(f"isku {isku} does not exist")
        changed = {name: item[name] + quantity for name in ("stock_on_hand", "sellable_stock")}
        unit.put("sitegiant.items", isku, item | changed | {"updated_at": store_now()})
