"""What a document does to stock and to what a customer owes."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.faults import Refused
from practice.quickbooks.line_sums import SALES
from practice.quickbooks.write import Write
from practice.web import Doc

STOCK_SIGNS = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1}
OWED_BY = {"Invoice": ("Balance", 1), "CreditMemo": ("Balance", -1), "Payment": ("UnappliedAmt", -1)}


def move_stock(write: Write, name: str, new: Doc | None, old: Doc | None) -> None:
    """Sold goods leave, returned ones come back; a line without Qty moves nothing (section 5). No SyncToken moves."""
    sign = STOCK_SIGNS[name]
    moves: dict[str, Decimal] = {}
    for record, factor in ((new, sign), (old, -sign)):
        for line in (record or {}).get("Line", []):
            detail = line.get(SALES, {})
            if "ItemRef" in detail and detail.get("Qty"):
                key = detail["ItemRef"]["value"]
                moves[key] = moves.get(key, Decimal(0)) + factor * detail["Qty"]
    for key, move in moves.items():
        _move(write, key, move)


def _move(write: Write, key: str, move: Decimal) -> None:
    item = write.find("Item", key)
    if item is None or item["Type"] != "Inventory" or not move:
        return
    left = item["QtyOnHand"] + move
    if left < 0 and move < 0 and not write.switches.negative_stock:
        raise Refused("6520", f"There is not enough of {item['Name']} on hand")
    write.put("Item", item | {"QtyOnHand": left})


def owe(write: Write, name: str, new: Doc | None, old: Doc | None) -> None:
    """Bring the customer's balance up to date, and that of the parents; no SyncToken moves."""
    field, sign = OWED_BY[name]
    for record, factor in ((new, sign), (old, -sign)):
        if record is not None and record[field]:
            _owe(write, record["CustomerRef"]["value"], factor * record[field])


def _owe(write: Write, key: str, amount: Decimal) -> None:
    customer = write.find("Customer", key)
    if customer is None:
        return
    customer = write.put("Customer", customer | {"Balance": customer["Balance"] + amount})
    while customer is not None:
        with_jobs = customer["BalanceWithJobs"] + amount
        write.put("Customer", customer | {"BalanceWithJobs": with_jobs})
        parent = customer.get("ParentRef")
        customer = write.find("Customer", parent["value"]) if parent else None
