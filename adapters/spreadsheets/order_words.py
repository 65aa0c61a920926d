"""Words of order files: statuses, currencies, and rows that are a service and no product."""

import re
from functools import lru_cache

from adapters.stores.sitegiant import contract

STATUSES = {
    **contract.STATUSES,
    "fulfilled": "shipped",
    "unfulfilled": "processing",
    "partial": "partially_shipped",
    "partiallyfulfilled": "partially_shipped",
    "toship": "ready_to_ship",
    "packed": "ready_to_ship",
    "awaitingcollection": "ready_to_ship",
    "awaitingshipment": "ready_to_ship",
    "intransit": "shipped",
    "shipping": "shipped",
    "delivered": "completed",
    "confirmed": "completed",
    "complete": "completed",
    "closed": "completed",
    "open": "processing",
    "new": "pending",
    "pendingpayment": "unpaid",
    "toreturn": "returned",
    "void": "cancelled",
    "voided": "cancelled",
    "refund": "refunded",
    "selesai": "completed",
    "dibatalkan": "cancelled",
    "已完成": "completed",
    "已取消": "cancelled",
    "已发货": "shipped",
}
PAYMENT_STATUSES = {
    **contract.PAYMENT_STATUSES,
    "authorized": "unpaid",
    "pending": "unpaid",
    "voided": "unpaid",
    "partiallyrefunded": "paid",
    "completed": "paid",
    "已付款": "paid",
    "未付款": "unpaid",
}
MARKETPLACES = {
    *contract.CHANNEL_KINDS,
    "shopee",
    "lazada",
    "zalora",
    "amazon",
    "ebay",
    "shein",
    "temu",
    "pgmall",
    "qoo10",
}
"""Words that cannot mean a shop's own channel of another name."""
CURRENCIES = {"RM": "MYR", "S$": "SGD", "US$": "USD", "€": "EUR", "£": "GBP"}
CURRENCY = re.compile(r"[A-Z]{3}")
SHIPPING = re.compile(
    r"(?:(?:standard|express|local|seller|caj|kos)\s+)?"
    r"(?:shipping|delivery|postage|freight|courier|penghantaran|运费)"
    r"(?:\s+(?:fee|fees|charge|charges|cost|rate))?(?:\s*[-:(].*)?",
    re.IGNORECASE,
)


@lru_cache(1000)
def status_of(told: str) -> str | None:
    """Our word for an order's status; None where it is not known."""
    return STATUSES.get(contract.folded(told))


@lru_cache(1000)
def payment_status_of(told: str) -> str | None:
    """Our word for a payment's status; None where it is not known."""
    return PAYMENT_STATUSES.get(contract.folded(told))


def currency_of(told: str) -> str | None:
    """The code of a currency; None where it is none."""
    code = CURRENCIES.get(told.upper(), told.upper())
    return code if CURRENCY.fullmatch(code) else None


def is_shipping(sku: str, name: str) -> bool:
    """A row of an order that is its shipping and no product: 'Shipping fee', 'Delivery', 'Postage (Sabah)'."""
    return bool(SHIPPING.fullmatch(sku or name)) and bool(not sku or SHIPPING.fullmatch(name or sku))


def means(word: str, name: str, kind: str) -> bool:
    """Whether a word of a file's channel column is this channel: by its name or by its marketplace's."""
    said = contract.folded(word)
    return bool(said) and (said == contract.folded(name) or contract.channel_kind(word) == kind)


def is_marketplace(word: str) -> bool:
    """Whether a word of a file's channel column is the name of a marketplace that we know."""
    return contract.folded(word) in MARKETPLACES
