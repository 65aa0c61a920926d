"""Paths, limits and words of Ecwid's REST API v3, in one place (ecwid.md; sections in brackets)."""

import datetime as dt
from typing import Any

from adapters import outcomes
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, RemoteError
from adapters.http import Json, Reply
from documents import N_, say

Record = dict[str, Any]

BASE_URL = "https://app.ecwid.com/api/v3"  # [1]
PROFILE, ORDERS, PRODUCTS, CUSTOMERS, DELETED = "profile", "orders", "products", "customers", "orders/deleted"

READ_S = 60.0
PAGE = 100  # [4] default and maximum
BATCH = 50
"""Ids of one `ids=`: a URL of 50 stays short."""
PER_SECOND = 8.0  # [3] 600 a minute and token
ALSO_PASSING = frozenset({408})  # [5] TIMEOUT
WINDOW = dt.timedelta(days=30)
"""Of changes, paged as one list that stands still but for what changes meanwhile; ours [4]."""
LONGEST_ID = 64
CENT_PER_LINE = "0.01"  # [7.6, rule 7]
PUBLIC_TOKEN = "public_"  # noqa: S105 - how it begins [2]

SIGNATURE = "x-ecwid-webhook-signature"  # [11]
OLDEST_HOOK = dt.timedelta(hours=48)
"""Ecwid tries for 24 hours; what is older, or as far ahead, is somebody else's repetition. Ours."""

INCOMPLETE = "INCOMPLETE"
PAYMENT_STATUSES = {  # [7.3]
    "AWAITING_PAYMENT": "unpaid",
    "QUEUED": "unpaid",  # the older name of the same
    "PAID": "paid",
    "PARTIALLY_REFUNDED": "paid",
    "REFUNDED": "refunded",
    "CANCELLED": "unpaid",
}
MONEY_CAME = frozenset({"PAID", "PARTIALLY_REFUNDED", "REFUNDED"})  # [8, Payments]
BY_PAYMENT = {"CANCELLED": "cancelled", "REFUNDED": "refunded"}
STATUSES = {  # [7.3]
    "AWAITING_PROCESSING": "pending",
    "PROCESSING": "processing",
    "READY_FOR_PICKUP": "ready_to_ship",
    "SHIPPED": "shipped",
    "OUT_FOR_DELIVERY": "shipped",
    "DELIVERED": "completed",
    "RETURNED": "returned",
    "WILL_NOT_DELIVER": "failed",
}


def payment_status_of(word: object) -> str:
    """Our word for the payment's status; a custom one stays as the store wrote it, and is never postable."""
    return PAYMENT_STATUSES.get(str(word)) or str(word or "") or "unknown"


def status_of(payment: object, fulfilment: object) -> str:
    """Our word for an order's status: whether it was taken back says the payment's, all else the fulfilment's."""
    taken_back = BY_PAYMENT.get(str(payment))
    return taken_back or STATUSES.get(str(fulfilment)) or str(fulfilment or "") or "unknown"


# --- answers ----------------------------------------------------------------------------------------------------


def body_of(reply: Reply) -> Json:
    """What a good answer holds; anything else raises as section 5 says."""
    if not reply.is_ok:
        raise failure_of(reply)
    return reply.json()


def failure_of(reply: Reply) -> RemoteError:
    """The error of an answer outside 200-299; its body may be missing [5]."""
    code, reason = _said(reply)
    told = reply.redact(reason or code or f"HTTP {reply.status}")
    cause = f"HTTP {reply.status} {code}: {reply.excerpt}"
    if code == "INSUFFICIENT_APP_SCOPE":
        template = N_("Ecwid's token may not do this: {reason}. Add the missing access to the app, then check again.")
        return NotAllowed(say(template, reason=told), cause)
    if reply.status == 402:
        template = N_("Ecwid gives no access to this store: {reason}. See its plan in the Ecwid admin.")
        return NotAllowed(say(template, reason=told), cause)
    if reply.status == 401 or (reply.status == 403 and (code or not reply.body.strip())):
        return LoginRefused(say(N_("{system} refused the token: {reason}"), system=reply.label, reason=told), cause)
    return outcomes.failure_of(reply, reason or code or None, writes=False)


def _said(reply: Reply) -> tuple[str, str | None]:
    """Ecwid's own code and words; neither where it is not Ecwid that speaks, or says nothing."""
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return "", None
    if not isinstance(answer, dict):
        return "", None
    words = answer.get("errorMessage")
    return str(answer.get("errorCode") or ""), str(words) if words else None


def is_unknown_order(reply: Reply) -> bool:
    """Whether it is Ecwid's word that it has no such order; a 404 of a proxy, or for a store that is lost, is not.

    Ecwid's may have no body (5)."""
    code, _ = _said(reply)
    return reply.status == 404 and (code == "ORDER_NOT_FOUND" or not reply.body.strip())
