"""Messages that a store signs as a whole: base64 of the HMAC-SHA256 of the raw body (other-stores.md 1.6, 2.6)."""

import base64
import hashlib
import hmac
from collections.abc import Iterable


def is_signed(body: bytes, told: str, secrets: Iterable[str]) -> bool:
    """Whether one of these secrets made this signature; an empty one makes none."""
    made = [base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)) for secret in secrets if secret]
    return any(hmac.compare_digest(each, told.encode()) for each in made)


def event_of(body: bytes) -> str:
    """What knows such a message again: its body alone. A store's own id stands in a header, which is not signed, and
    WooCommerce gives the same to all messages of one second."""
    return hashlib.sha256(body).hexdigest()
