"""Reads the messages that WooCommerce sends (other-stores.md 1.6)."""

import re
from collections.abc import Mapping

from adapters.replies import decode
from adapters.stores.base import Hook, HookHelp, HookRefused
from adapters.stores.signing import event_of, is_signed
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


def read_hook(headers: Mapping[str, str], body: bytes, secret: str) -> Hook | None:
    """Which order to read again; raises HookRefused where the signature is wrong. None: a ping, which anybody can send,
    says nothing."""
    told = headers.get("x-wc-webhook-signature", "")
    if not told and PING.fullmatch(body):
        return None
    if not is_signed(body, told, [secret]):
        raise HookRefused("woocommerce")
    return Hook(event_of(body), _orders(headers, body))


def _orders(headers: Mapping[str, str], body: bytes) -> tuple[str, ...]:
    resource = headers.get("x-wc-webhook-resource", "") or headers.get("x-wc-webhook-topic", "").partition(".")[0]
    try:
        told = decode(body)
    except ValueError:
        return ()
    number = told.get("id") if isinstance(told, dict) and resource in ("order", "") else None
    return (str(number),) if isinstance(number, int) and number > 0 else ()
