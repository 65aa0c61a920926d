"""Version, limits, words and errors of Shopify's Admin API, in one place (other-stores.md part 2).

What the reference calls unconfirmed is marked so; it can be corrected here and nowhere else."""

import datetime as dt
import re
from collections.abc import Sequence
from typing import Any

from adapters import outcomes
from adapters.errors import NotAllowed, OutcomeUnknown, Refused, RemoteError, TooFast
from adapters.http import Json, Reply
from documents import N_, say

Record = dict[str, Any]

VERSION = "2026-07"  # [H1][H2]: quarterly, each supported about a year
PATH = f"/admin/api/{VERSION}/graphql.json"
DOMAIN = re.compile(r"[a-z0-9][a-z0-9-]*\.myshopify\.com")  # [H1]

READ_S = 60.0
PER_SECOND = 4.0  # what counts is the cost, which Shopify tells; this only keeps us polite
PAGE, ITEM_PAGE, CUSTOMER_PAGE = 100, 250, 100  # `first` is at most 250 [H2]
ORDERS_AT_ONCE = 5
"""Whole orders in one query, which may cost 1,000 points [H4]; halved where Shopify says that they are too many."""
LINES, FEW = 10, 4
"""Lines, and shipping lines, payments and refunds, that are asked for with their order; an order with more of them is
asked for by itself, with `ALL` of them, its lines page by page."""
ALL, MORE_LINES = 30, 50
WINDOW = dt.timedelta(days=7)
"""Lists are paged no deeper than 25,000 orders [H2]."""
SURELY_SHOWN = dt.timedelta(days=59)
"""Every token sees orders that are younger: 60 days without `read_all_orders` [H3], less one for clocks that differ."""
READ_ORDERS, READ_ALL_ORDERS = "read_orders", "read_all_orders"  # [H3]

PAID_BY = frozenset({"SALE", "CAPTURE"})  # 2.4: never AUTHORIZATION; REFUND belongs to refunds
CHANGE = "CHANGE"  # unconfirmed: cash given back at the till, told as a transaction of its own
GIFT_CARD = "gift_card"
"""The gateway of payments by gift card: they do not lower the order's total."""
METHODS = {GIFT_CARD: "gift card"}
TIP = "Tip"
"""The title of the line that a tip is, in an order that has one: no product, no variant (unconfirmed)."""
DEFAULT_VARIANT = "Default Title"

FINANCIAL = {
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "PARTIALLY_PAID": "partially_paid",
    "PENDING": "unpaid",
    "AUTHORIZED": "unpaid",
    "VOIDED": "unpaid",
    "EXPIRED": "unpaid",
    "REFUNDED": "refunded",
}
NOT_TO_BE = frozenset({"VOIDED", "EXPIRED"})
"""Nothing is booked of these, and what is booked is voided (2.4)."""
FULFILLMENT = {
    "UNFULFILLED": "processing",
    "OPEN": "processing",
    "SCHEDULED": "processing",
    "PENDING_FULFILLMENT": "processing",
    "IN_PROGRESS": "processing",
    "REQUEST_DECLINED": "processing",
    "ON_HOLD": "on_hold",
    "PARTIALLY_FULFILLED": "partially_shipped",
    "FULFILLED": "shipped",
    "RESTOCKED": "returned",
}


# --- ids --------------------------------------------------------------------------------------------------------


def number_of(gid: object) -> str:
    """The numeric part of gid://shopify/Order/1001001; empty where there is none."""
    return str(gid or "").rpartition("/")[2].partition("?")[0]


def gid(kind: str, number: str) -> str:
    """The id as GraphQL wants it."""
    return f"gid://shopify/{kind}/{number}"


def domain_of(typed: str) -> str:
    """kedai-mawar, its address or its whole domain, as one spelling of its domain."""
    name = typed.strip().lower().removeprefix("https://").removeprefix("http://").partition("/")[0]
    return name if "." in name or not name else f"{name}.myshopify.com"


# --- answers ----------------------------------------------------------------------------------------------------


class CostsTooMuch(Refused):
    """One query may not cost so much; it is asked again with less in it."""


def wait_s(reply: Reply) -> float | None:
    """How long to wait after a good answer that says THROTTLED: until what the query costs is there again (2.4)."""
    if not reply.is_ok or b"THROTTLED" not in reply.body:
        return None
    answer = reply.json()
    if "THROTTLED" not in _codes(answer):
        return None
    try:
        cost = answer["extensions"]["cost"]
        status = cost["throttleStatus"]
        missing = cost["requestedQueryCost"] - status["currentlyAvailable"]
        return max(float(missing / status["restoreRate"]), 0.0)
    except (KeyError, TypeError, ZeroDivisionError):
        return 0.0


def data_of(reply: Reply) -> Record:
    """What a good answer holds; errors come as HTTP 200 too, at the top or as userErrors inside (2.2)."""
    if not reply.is_ok:
        raise _failure(reply)
    answer = reply.json()
    if not isinstance(answer, dict):
        raise outcomes.unknown(reply)
    if answer.get("errors"):
        raise _refusal(reply, answer)
    data = answer.get("data")
    if not isinstance(data, dict):
        raise outcomes.unknown(reply)
    if told := _user_errors(data):
        raise outcomes.refused(reply, told)
    return data


_CLOSED = {
    402: N_("{system} has frozen the shop until its bill is paid: {reason}"),
    423: N_("{system} has locked the shop: {reason}"),
}


def _failure(reply: Reply) -> RemoteError:
    """{"errors": "..."} or {"errors": {"field": ["..."]}}; anything else is not the API that speaks (2.2)."""
    reason = _reason(reply)
    if reason is not None and reply.status in _CLOSED:
        cause = f"HTTP {reply.status}: {reply.excerpt}"
        return NotAllowed(say(_CLOSED[reply.status], system=reply.label, reason=reply.redact(reason)), cause)
    return outcomes.failure_of(reply, reason, writes=False)


def _reason(reply: Reply) -> str | None:
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return None
    return _told(answer["errors"]) if isinstance(answer, dict) and answer.get("errors") else None


def _told(errors: Json) -> str:
    if isinstance(errors, dict):
        return "; ".join(f"{field}: {_told(each)}" for field, each in errors.items())
    if isinstance(errors, list):
        return "; ".join(
            _told(each["message"] if isinstance(each, dict) and "message" in each else each) for each in errors
        )
    return str(errors)[:300]


def _refusal(reply: Reply, answer: Record) -> RemoteError:
    codes, told = _codes(answer), _told(answer["errors"])
    cause = f"{', '.join(codes)}: {reply.excerpt}"
    if "THROTTLED" in codes:
        return TooFast(say(N_("{system} asks us to slow down."), system=reply.label), cause, wait_s(reply))
    if "ACCESS_DENIED" in codes:
        template = N_("{system} does not allow this: {reason}")
        return NotAllowed(say(template, system=reply.label, reason=reply.redact(told)), cause)
    if "INTERNAL_SERVER_ERROR" in codes or "TIMEOUT" in codes:
        return outcomes.unknown(reply, cause)
    if "MAX_COST_EXCEEDED" in codes:
        return CostsTooMuch(say(N_("{system} finds the question too large."), system=reply.label), cause)
    return outcomes.refused(reply, told, cause)


def _codes(answer: Json) -> Sequence[str]:
    errors = answer.get("errors") if isinstance(answer, dict) else None
    found = [each.get("extensions") for each in errors if isinstance(each, dict)] if isinstance(errors, list) else []
    return [str(each.get("code")) for each in found if isinstance(each, dict) and each.get("code")]


def _user_errors(data: Record) -> str:
    found = [each["userErrors"] for each in data.values() if isinstance(each, dict) and each.get("userErrors")]
    return "; ".join(_told(each) for each in found)
