"""Orders of the imitated SiteGiant: list, details, invoice number (sitegiant.md 4.1)."""

from __future__ import annotations

import re
import time
from datetime import UTC, date, datetime, timedelta

from practice.sitegiant_store import Refused, Shop, object_of
from practice.web import Doc, Request

LONGEST_WINDOW = timedelta(days=30)
LARGEST_BATCH = 100
BIG_BATCH = 20
STORE_TIME = timedelta(hours=8)


def listed(shop: Shop, request: Request, most: int | None = None) -> tuple[Doc, list[Doc], int]:
    """The channel, one page of its orders (id, status, created), and how many there are; oldest first."""
    channel = shop.find("channels", request.query.get("channel_id", ""))
    if channel is None:
        raise Refused("channel_id is invalid")
    first, last = _day(request, "date_from"), _day(request, "date_to")
    if last < first or last - first > LONGEST_WINDOW:
        raise Refused("The date range must not exceed 30 days")
    now = time.time()
    fitting = [
        order
        for order in shop.rows("orders")
        if order["channel_id"] == channel["id"]
        and first.isoformat() <= order["created_at"][:10] <= last.isoformat()
        and order.get("_hidden_until", 0) <= now
    ]
    fitting.sort(key=lambda order: (order["created_at"], order["order_id"]))
    rows = [{name: order[name] for name in ("order_id", "order_status", "created_at")} for order in fitting]
    return channel, shop.page(rows, request.query, most), len(rows)


def ids_of(request: Request) -> list[str]:
    """The ids of a batch; raises Refused when there are none, too many, or one is no text."""
    ids = object_of(request).get("order_id")
    if not isinstance(ids, list) or not ids or not all(isinstance(order_id, str) for order_id in ids):
        raise Refused("order_id must be a list of texts")
    if len(ids) > LARGEST_BATCH:
        raise Refused(f"Not more than {LARGEST_BATCH} orders at a time")
    return ids


def details(shop: Shop, request: Request) -> list[Doc]:
    """The orders asked for, with lines; an unknown id is left out."""
    found = [shop.find("orders", order_id) for order_id in ids_of(request)]
    return [public(order) for order in found if order is not None]


def write_invoice_no(shop: Shop, request: Request, order_id: str) -> Doc:
    """Put the books' number into the order; nothing else can be written (sitegiant.md 4.1)."""
    body = object_of(request)
    number = body.get("invoice_no")
    if set(body) != {"invoice_no"} or not isinstance(number, str) or not 0 < len(number) <= 50:
        raise Refused("invoice_no is required as a text")
    with shop.storage.writing(request.still_in_time) as unit:
        order = shop.find("orders", order_id)
        if order is None:
            raise Refused("Order not found")
        order = order | {"invoice_no": number, "updated_at": store_now()}
        unit.put("sitegiant.orders", order_id, order)
    return {"order_id": order_id, "invoice_no": number}


def store_now() -> str:
    """Now, in the store's time, UTC+8."""
    return f"{datetime.now(UTC) + STORE_TIME:%Y-%m-%d %H:%M:%S}"


def public(order: Doc) -> Doc:
    """The order without what the practice notes for itself."""
    return {name: value for name, value in order.items() if not name.startswith("_")}


def _day(request: Request, name: str) -> date:
    written = request.query.get(name, "")
    try:
        if re.fullmatch(r"\d{4}-\d\d-\d\d", written):
            return date.fromisoformat(written)
    except ValueError:
        pass
    raise Refused(f"{name} is required as YYYY-MM-DD")
