"""The REST shapes that old clients speak (other-stores.md 2.2 to 2.4): the same orders, in other words."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from practice.shopify.shapes import Shape, order_number
from practice.web import Answer, Doc, Request

if TYPE_CHECKING:
    from practice.sales import Sale
    from practice.shopify import Shopify

LARGEST_PAGE, USUAL_PAGE = 250, 50
Shaped = Callable[["Sale"], Any]
Handler = Callable[..., Answer]


class Refused(Exception):
    """A request that REST refuses; `errors` is what it says."""

    def __init__(self, errors: Any, status: int = 400) -> None:
        """With this status."""
        super().__init__(str(errors))
        self.errors, self.status = errors, status


def number(gid: Any) -> int | None:
    """The numeric part of a global id."""
    return None if gid is None else int(str(gid).rpartition("/")[2])


def amount(bag: Doc | None) -> str:
    """Money as REST tells it: in the shop's currency."""
    return str(bag["shopMoney"]["amount"]) if bag else "0.00"


def listed(shop: Shopify, request: Request) -> Answer:
    """GET /orders.json, newest first; the next page stands in the Link header alone. `status` is open by itself."""
    query = dict(request.query)
    told, limit = query.pop("page_info", ""), _limit(query)
    if told and set(query) - {"limit", "fields"}:
        raise Refused({"page_info": "Invalid value."})
    wanted = _unpacked(told) if told else query
    rows = [row for row in map(order, reversed(shop.visible())) if _fits(row, wanted)]
    below = int(wanted.get("_below", 0))
    rows = [row for row in rows if not below or row["id"] < below]
    answer = Answer({"orders": [_only(row, query.get("fields", "")) for row in rows[:limit]]})
    if len(rows) > limit:
        packed = _packed({**wanted, "_below": str(rows[limit - 1]["id"])})
        address = f"{shop.base_url(request)}/orders.json?{urlencode({'limit': limit, 'page_info': packed})}"
        answer.headers["Link"] = f'<{address}>; rel="next"'
    return answer


def order(sale: Sale) -> Doc:
    """An order in REST's words."""
    row = Shape(sale).order()
    taxes = [tax for line in row["lineItems"] for tax in line["taxLines"]]
    return {
        "id": number(row["id"]),
        "name": row["name"],
        "order_number": sale.n,
        "email": row["email"] or "",
        "created_at": row["createdAt"],
        "updated_at": row["updatedAt"],
        "processed_at": row["processedAt"],
        "cancelled_at": row["cancelledAt"],
        "closed_at": row["closedAt"],
        "currency": row["currencyCode"],
        "financial_status": row["displayFinancialStatus"].lower(),
        "fulfillment_status": {"FULFILLED": "fulfilled"}.get(row["displayFulfillmentStatus"]),
        "taxes_included": row["taxesIncluded"],
        "test": row["test"],
        "total_price": amount(row["totalPriceSet"]),
        "total_tax": amount(row["totalTaxSet"]),
        "total_discounts": str(sum((_off(line) for line in row["lineItems"]), Decimal(0))),
        "line_items": [_line(line) for line in row["lineItems"]],
        "shipping_lines": [_shipping(line) for line in row["shippingLines"]],
        "tax_lines": [_tax(tax) for tax in taxes],
        "discount_codes": [],
        "billing_address": row["billingAddress"],
        "shipping_address": row["shippingAddress"],
        "refunds": refunds(sale),
    }


def transactions(sale: Sale) -> list[Doc]:
    """GET /orders/{id}/transactions.json."""
    return [_transaction(sale, each) for each in Shape(sale).order()["transactions"]]


def refunds(sale: Sale) -> list[Doc]:
    """GET /orders/{id}/refunds.json."""
    return [_refund(sale, each) for each in Shape(sale).order()["refunds"]]


def _line(line: Doc) -> Doc:
    return {
        "id": number(line["id"]),
        "variant_id": number((line["variant"] or {}).get("id")),
        "product_id": number((line["product"] or {}).get("id")),
        "sku": line["sku"],
        "name": line["name"],
        "title": line["name"],
        "quantity": line["quantity"],
        "current_quantity": line["currentQuantity"],
        "price": amount(line["originalUnitPriceSet"]),
        "total_discount": "0.00",
        "discount_allocations": [
            {"amount": amount(each["allocatedAmountSet"])} for each in line["discountAllocations"]
        ],
        "gift_card": line["isGiftCard"],
        "tax_lines": [_tax(tax) for tax in line["taxLines"]],
    }


def _off(line: Doc) -> Decimal:
    return sum((Decimal(amount(each["allocatedAmountSet"])) for each in line["discountAllocations"]), Decimal(0))


def _shipping(line: Doc) -> Doc:
    told = {"id": number(line["id"]), "code": line["title"], "title": line["title"]}
    return told | {"price": amount(line["originalPriceSet"]), "tax_lines": [_tax(tax) for tax in line["taxLines"]]}


def _tax(tax: Doc) -> Doc:
    return {"title": tax["title"], "price": amount(tax["priceSet"]), "rate": tax["rate"]}


def _transaction(sale: Sale, row: Doc) -> Doc:
    return {
        "id": number(row["id"]),
        "order_id": order_number(sale),
        "kind": row["kind"].lower(),
        "status": row["status"].lower(),
        "gateway": row["gateway"],
        "authorization": row["authorizationCode"],
        "amount": amount(row["amountSet"]),
        "currency": sale.currency,
        "test": row["test"],
        "processed_at": row["processedAt"],
    }


def _refund(sale: Sale, row: Doc) -> Doc:
    back = [
        {
            "line_item_id": number(each["lineItem"]["id"]),
            "quantity": each["quantity"],
            "subtotal": amount(each["subtotalSet"]),
            "total_tax": amount(each["totalTaxSet"]),
        }
        for each in row["refundLineItems"]
    ]
    adjusted = [{"kind": "refund_discrepancy", "amount": amount(each["amountSet"])} for each in row["orderAdjustments"]]
    return {
        "id": number(row["id"]),
        "order_id": order_number(sale),
        "created_at": row["createdAt"],
        "note": row["note"],
        "refund_line_items": back,
        "transactions": [_transaction(sale, each) for each in row["transactions"]],
        "order_adjustments": adjusted,
    }


# --- the query --------------------------------------------------------------------------------------------------


def _limit(query: dict[str, str]) -> int:
    told = query.get("limit", str(USUAL_PAGE))
    if not told.isdigit() or not 0 < int(told) <= LARGEST_PAGE:
        raise Refused({"limit": f"must be between 1 and {LARGEST_PAGE}"})
    return int(told)


def _fits(row: Doc, wanted: dict[str, str]) -> bool:
    status = wanted.get("status", "open")
    state = "cancelled" if row["cancelled_at"] else "closed" if row["closed_at"] else "open"
    begin, end = wanted.get("updated_at_min", ""), wanted.get("updated_at_max", "")
    is_in_time = (not begin or row["updated_at"] >= begin) and (not end or row["updated_at"] <= end)
    return status in ("any", state) and is_in_time


def _only(row: Doc, fields: str) -> Doc:
    return {name: row[name] for name in fields.split(",") if name in row} if fields else row


def _packed(wanted: dict[str, str]) -> str:
    return urlsafe_b64encode(urlencode(wanted).encode()).decode()


def _unpacked(told: str) -> dict[str, str]:
    try:
        pairs = urlsafe_b64decode(told).decode().split("&")
    except ValueError:
        pairs = []
    wanted = {name: value for name, _, value in (pair.partition("=") for pair in pairs)}
    if "_below" not in wanted:
        raise Refused({"page_info": "Invalid value."})
    return wanted
