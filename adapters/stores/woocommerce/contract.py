"""Paths, limits, words and error bodies of WooCommerce's REST API v3, in one place (other-stores.md 1.1 to 1.6)."""

import datetime as dt
import re
from decimal import Decimal
from typing import Any

from adapters import outcomes
from adapters.errors import OutcomeUnknown, Refused, RemoteError
from adapters.http import Json, Reply
from documents import N_, ChargeKind, say

Record = dict[str, Any]

API = "/wp-json/wc/v3"  # 1.1
ORDERS, PRODUCTS, CUSTOMERS, TAXES = "/orders", "/products", "/customers", "/taxes"
CURRENCY = "/settings/general/woocommerce_currency"
PAGE = 100  # 1.2: the most
READ_S = 30.0  # 1.2, OURS: big shops are slow
PER_SECOND = 3.0  # 1.2: no limit is fixed; a shop's own small host answers us beside its customers
WINDOW = dt.timedelta(days=7)
"""OURS: so that pages stay near the beginning of a list, and progress is seen."""
LOOK_BACK = dt.timedelta(days=90)
"""1.4, OURS: orders this young are read again each day, since a new refund may not change date_modified_gmt."""
NO_SUCH_ORDER = "woocommerce_rest_shop_order_invalid_id"  # 1.2
NUMBER_FIELD = "tillbridge_invoice_number"
"""The key in an order's meta_data that takes the books' number (1.3)."""
REFUNDED_LINE = "_refunded_item_id"
"""In the meta_data of a refund's line: which line of the order came back. Seen in plug-ins, not in the documents."""

STATUSES = {  # 1.3; a plug-in's own stays as the store wrote it
    "pending": "unpaid",  # waits for its payment
    "processing": "processing",
    "on-hold": "on_hold",
    "completed": "completed",
    "cancelled": "cancelled",
    "refunded": "refunded",
    "failed": "failed",  # paid all the same; one that nobody paid is cancelled (1.5)
}
TRASH = "trash"
NO_ORDERS = frozenset({"checkout-draft", "auto-draft"})
"""Nobody has pressed Buy yet."""
UNSOLD = frozenset({"grouped", "external"})
"""Types of products that no order names: a list of others, and what another shop sells (1.5)."""

FEES: tuple[tuple[ChargeKind, str], ...] = (
    (ChargeKind.ROUNDING, r"round(ing|ed|off)?"),
    (ChargeKind.TIP, r"tips?|gratuity"),
    (ChargeKind.GIFT_WRAP, r"(gift ?)?wrap(ping)?"),
    (ChargeKind.HANDLING, r"handling|packing|packag(e|ing)"),
    (
        ChargeKind.TRANSACTION_FEE,
        r"surcharge|payment|(credit|debit) card|card fee|gateway|transaction|cod|cash on delivery|paypal|stripe",
    ),
)
"""OURS: what a fee is for stands only in its name; what no word tells is a service fee."""
TAKEN_OFF: tuple[tuple[ChargeKind, str], ...] = (
    (ChargeKind.ROUNDING, r"round(ing|ed|off)?"),
    (ChargeKind.GIFT_CARD, r"gift ?(card|voucher|certificate)s?|store credit|wallet"),
)
"""The same for fees below zero: plug-ins take their discounts so."""


def fee_kind(name: str, amount: Decimal) -> ChargeKind:
    """What a fee is for, by its name and sign."""
    kinds, other = (FEES, ChargeKind.SERVICE_FEE) if amount >= 0 else (TAKEN_OFF, ChargeKind.SELLER_DISCOUNT)
    words = name.lower()
    return next((kind for kind, pattern in kinds if re.search(rf"\b({pattern})\b", words)), other)


CHARGES = frozenset({ChargeKind.SHIPPING, ChargeKind.SELLER_DISCOUNT, ChargeKind.SERVICE_FEE, ChargeKind.GIFT_CARD}) | {
    kind for kind, _ in FEES
}
"""Every kind of amount beside the products that an order can tell."""


def status_of(word: str, *, is_paid: bool) -> str:
    """Our word for an order's status; one that we do not know stays as the store wrote it, and is never postable."""
    if word == "failed" and not is_paid:
        return "cancelled"
    return STATUSES.get(word) or word or "unknown"


def gmt(moment: dt.datetime) -> str:
    """A moment as the filters take it with dates_are_gmt: whole seconds, without a zone (1.2)."""
    return f"{moment.astimezone(dt.UTC):%Y-%m-%dT%H:%M:%S}"


def since(moment: dt.datetime) -> str:
    """The same for `after` and `modified_after`, which do not count the moment itself."""
    return gmt(moment - dt.timedelta(seconds=1))


# --- answers ----------------------------------------------------------------------------------------------------


def body_of(reply: Reply) -> Json:
    """What a good answer holds; raises RemoteError, also for a page of HTML (1.2)."""
    if not reply.is_ok:
        raise _failure(reply)
    return reply.json()


def is_no_such_order(reply: Reply) -> bool:
    """True where the shop itself says that it has no such order (any more)."""
    told = _told(reply)
    return reply.status == 404 and told is not None and told.get("code") == NO_SUCH_ORDER


def rows_of(answer: Json, path: str) -> list[Record]:
    """The rows of a list; OutcomeUnknown where it is none: that is not an empty list."""
    if isinstance(answer, list) and all(isinstance(row, dict) and row.get("id") for row in answer):
        return answer
    raise OutcomeUnknown(say(N_("WooCommerce gave an answer without the list that was asked for.")), cause=path)


def _failure(reply: Reply) -> RemoteError:
    told = _told(reply)
    if reply.status == 404 and (told is None or told.get("code") == "rest_no_route"):
        sentence = N_(
            "There is no WooCommerce at this address. Enter the address of the shop's front page; in WordPress, "
            "Settings, Permalinks must not be Plain."
        )
        return Refused(say(sentence), f"HTTP 404: {reply.excerpt}")
    message = told.get("message") if told else None
    return outcomes.failure_of(reply, message if isinstance(message, str) else None, writes=False)


def _told(reply: Reply) -> Record | None:
    """The error that the API itself tells; None where a host or a firewall speaks."""
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return None
    return answer if isinstance(answer, dict) else None
