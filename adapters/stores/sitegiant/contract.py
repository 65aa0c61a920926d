"""Paths, limits, field names and words of SiteGiant's Open API, in one place (sitegiant.md sections 1 and 4).

Most of it is not public; marked OURS in the reference is what we chose. It can be corrected here and nowhere else."""

import datetime as dt
from typing import Any

from adapters import outcomes
from adapters.errors import LoginRefused, OutcomeUnknown, RemoteError
from adapters.http import Json, Reply
from documents import N_, say

Record = dict[str, Any]

BASE_URL = "https://opensgapi.sitegiant.co/api/v1"  # [G2][G3][G4]
CHANNELS, ORDERS, ORDER_DETAILS, ITEMS = "/channels", "/orders", "/order/multipleOrder", "/items"  # 4.1
CHANNEL_LIST, ORDER_LIST, DETAIL_LIST, ITEM_LIST = (
    "channel_list",
    ("orders", "order_list"),
    ("order_list",),
    "item_list",
)

READ_S = 90.0  # section 1, slow answers
PAGE, BATCH, WINDOW_DAYS = 100, 100, 30  # 1.1
OVERLAP_DAYS = 15  # 4.4: no `updated_from` is known
MAX_PAGES = 1000
PER_SECOND = 5.0  # a client was seen with at most 3 in parallel, 0.15 s apart; we ask one at a time
STORE_TIME = dt.timezone(dt.timedelta(hours=8), "Asia/Kuala_Lumpur")  # UTC+8 all year, since 1982
OK = "200"

# 1.1: a tolerant reader takes the first that holds something
ORDERED_AT = ("order_time", "created_at", "order_date", "create_time", "paid_time")
PAID_AT = ("paid_at", "paid_time", "pay_time")
SHIPPED_AT = ("shipped_at", "shipped_time", "ship_time")
COMPLETED_AT = ("completed_at", "completed_time", "complete_time")
LINES = ("products", "items", "item_list", "line_items")
LINE_NAME = ("product_name", "name", "item_name", "title")
LINE_SKU = ("sku", "product_sku", "isku", "item_sku", "variant_sku")
LINE_QUANTITY = ("quantity_purchased", "quantity", "qty")

STATUSES = {  # section 2, spelling and case folded
    "pendingprocess": "pending",
    "pending": "pending",
    "paid": "pending",
    "processing": "processing",
    "processed": "processing",
    "readytoship": "ready_to_ship",
    "shipped": "shipped",
    "partiallyshipped": "partially_shipped",
    "completed": "completed",
    "returned": "returned",
    "cancelled": "cancelled",
    "canceled": "cancelled",
    "cancelledbybuyer": "cancelled",
    "refunded": "refunded",
    "failed": "failed",
    "onhold": "on_hold",
    "unpaid": "unpaid",
}
PAYMENT_STATUSES = {
    "paid": "paid",
    "unpaid": "unpaid",
    "partiallypaid": "partially_paid",
    "partialpaid": "partially_paid",
    "refunded": "refunded",
}
CHANNEL_KINDS = {
    "tiktokshop": "tiktok",
    "tiktok": "tiktok",
    "webstore": "webstore",
    "sitegiantwebstore": "webstore",
    "pos": "pos",
    "openapi": "openapi",
}
"""Exact spellings are unconfirmed; a type that is not here is its own kind, folded: Shopee is shopee."""


def folded(word: object) -> str:
    """A word without case, spaces, underscores and hyphens, for comparing."""
    return "".join(letter for letter in str(word or "").lower() if letter.isalnum())


def status_of(word: object) -> str:
    """Our word for an order's status; one that we do not know stays as the store wrote it, and is never postable."""
    return STATUSES.get(folded(word)) or str(word or "") or "unknown"


def payment_status_of(word: object, order_status: object) -> str:
    """Our word for the payment's; some clients see it in the order's status instead (section 2, [G3])."""
    told = word or (order_status if folded(order_status) in {"paid", "unpaid"} else "")
    return PAYMENT_STATUSES.get(folded(told)) or str(told) or "unknown"


def channel_kind(word: object) -> str:
    """Shopee is shopee, TikTok Shop is tiktok."""
    return CHANNEL_KINDS.get(folded(word)) or folded(word) or "unknown"


# --- answers ----------------------------------------------------------------------------------------------------


def body_of(reply: Reply) -> Json:
    """What a good answer holds. HTTP 200 with another `code` is an error; it may be a number or text (section 1)."""
    if not reply.is_ok:
        raise _failure(reply)
    answer = reply.json()
    if isinstance(answer, dict) and "code" in answer and str(answer["code"]) != OK:
        raise _refusal(reply, answer)
    if not isinstance(answer, list | dict):
        raise outcomes.unknown(reply)
    return answer


def _failure(reply: Reply) -> RemoteError:
    """403 as text is a wrong token (section 1)."""
    if reply.status == 403:
        template = N_("{system} refused the access token: {reason}")
        return LoginRefused(say(template, system=reply.label, reason=reply.excerpt[:200]), f"HTTP 403: {reply.excerpt}")
    return outcomes.failure_of(reply, _reason(reply), writes=False)


def _refusal(reply: Reply, answer: Record) -> RemoteError:
    code, message = str(answer["code"]), str(answer.get("message") or "")
    if code in {"401", "403"}:
        template = N_("{system} refused the access token: {reason}")
        return LoginRefused(say(template, system=reply.label, reason=reply.redact(message)), f"code {code}: {message}")
    return outcomes.refused(reply, message or code, f"code {code}: {message}")


def _reason(reply: Reply) -> str | None:
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return None
    message = answer.get("message") if isinstance(answer, dict) else None
    return message if isinstance(message, str) else None


def list_of(answer: Json, *names: str) -> tuple[list[Record], int | None] | None:
    """The list and, where told, its total: in `response`, then `data`, then the top level, or bare (4.1, envelope).

    None where there is none: that is not an empty list. Rows that are no objects are kept for the caller to tell."""
    if isinstance(answer, list):
        return answer, None
    places = [answer.get("response"), answer.get("data"), answer] if isinstance(answer, dict) else []
    for place in places:
        if isinstance(place, list):
            return place, None
        if isinstance(place, dict):
            found = next((place[name] for name in names if isinstance(place.get(name), list)), None)
            if found is not None:
                return found, _total(place, answer)
    return None


def _total(*places: Record) -> int | None:
    told = next((str(place["total"]) for place in places if place.get("total") is not None), "")
    return int(told) if told.isdigit() else None
