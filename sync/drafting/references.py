"""Our reference in a document: made only from what the store calls the order, so that every install finds it again."""

import json
import re
from hashlib import sha256

_HASHED = "TB-"
_PAYMENT = "payment"
_READABLE = re.compile(r"[A-Z0-9_.-]+")


def reference(store_kind: str, shop_id: str, order_id: str, max_length: int) -> str:
    """'sitegiant/SG-77/100231' where that fits and can be no other order's; else 'TB-' and 16 hex of SHA-256.

    Ids with a slash, small letters or anything beyond A-Z, 0-9, '_', '.' and '-' are hashed: books may compare
    references without regard to case or blanks. ValueError if the books take less than 19 characters.
    """
    readable = f"{store_kind}/{shop_id}/{order_id}"
    if len(readable) <= max_length and _READABLE.fullmatch(shop_id) and _READABLE.fullmatch(order_id):
        return readable
    if max_length < len(_HASHED) + 16:
        raise ValueError(f"No reference fits in {max_length} characters.")
    parts = json.dumps([store_kind, shop_id, order_id], ensure_ascii=True)
    return _HASHED + sha256(parts.encode()).hexdigest()[:16]


def payment_reference(sale: str, payment: str, max_length: int) -> str:
    """Our reference of a payment that goes with a sale: `payment` is the store's id of it, or its method and place."""
    return reference(_PAYMENT, sale, payment, min(max_length, len(_HASHED) + 16))
