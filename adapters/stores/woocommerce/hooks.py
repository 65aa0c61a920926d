"""Reads the messages that WooCommerce sends (other-stores.md 1.6)."""

import hashlib
import hmac
import re
from base64 import b64encode
from collections.abc import Mapping

from adapters.replies import decode
from adapters.stores.base import Hook, HookHelp, HookRefused
from documents import N_

HELP = HookHelp(
    where=N_(
        "In WordPress: WooCommerce, Settings, Advanced, Webhooks, Add webhook; one for each event. Status: Active. "
        "Delivery URL: the address shown here. Secret: the one that you entered for this store."
    ),
    events=N_("Order created, Order updated, Order deleted, Order restored"),
)
PING = re.compile(rb"webhook_id=\d+")
"""The body that a new webhook sends once, without a signature; refused, it would not be kept."""


def read_hook(headers: Mapping[str, str], body: bytes, secret: str) -> Hook:
    """Which order to read again; base64 of the HMAC-SHA256 of the raw body must be right, else HookRefused.

    A ping names nothing and counts once: all pings are one event."""
    told = headers.get("x-wc-webhook-signature", "")
    if not told and PING.fullmatch(body):
        return Hook("ping")
    made = b64encode(hmac.new(secret.encode(), body, hashlib.sha256).digest())
    if not secret or not hmac.compare_digest(made, told.encode()):
        raise HookRefused("woocommerce")
    event_id = headers.get("x-wc-webhook-delivery-id", "") or hashlib.sha256(body).hexdigest()
    return Hook(event_id[:64], _orders(headers, body))


def _orders(headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
    resource = headers.get("x-wc-webhook-resource", "") or headers.get("x-wc-webhook-topic", "").partition(".")[0]
    try:
        told = decode(body)
    except ValueError:
        return ()
    number = told.get("id") if isinstance(told, dict) and resource in ("order", "") else None
    return (str(number),) if isinstance(number, int) and number > 0 else ()
