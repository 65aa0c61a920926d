"""Messages of Ecwid: `{eventCreated}.{eventId}` is signed, the body is not (ecwid.md 11)."""

import base64
import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping

from adapters.http import decode
from adapters.stores.base import Hook, HookHelp, HookRefused
from adapters.stores.ecwid import contract
from documents import N_

HELP = HookHelp(
    where=N_(
        "In the Ecwid admin, open Develop apps and your app, and give its webhook URL: this address. Then enter the "
        "app's client secret here, by which Ecwid signs."
    ),
    events=N_("Choose order.created, order.updated and order.deleted."),
)


def signature(client_secret: str, created: int, event_id: str) -> str:
    """What Ecwid puts into its header X-Ecwid-Webhook-Signature."""
    message = f"{created}.{event_id}".encode()
    return base64.b64encode(hmac.digest(client_secret.encode(), message, hashlib.sha256)).decode()


def read_hook(headers: Mapping[str, str], body: bytes, client_secret: str, store_id: str, now: dt.datetime) -> Hook:
    """Which order to read again. Raises HookRefused where the signature is missing or wrong, the message is not fresh
    or another store's; what else the body says is believed by nobody: the order is read from the API."""
    try:
        event = decode(body)
    except ValueError:
        raise HookRefused("no JSON") from None
    event = event if isinstance(event, dict) else {}
    created, event_id = event.get("eventCreated"), event.get("eventId")
    if not client_secret or not isinstance(created, int) or not isinstance(event_id, str) or not event_id:
        raise HookRefused("no client secret, no time or no id")
    told = headers.get(contract.SIGNATURE, "")
    if not hmac.compare_digest(told.encode(), signature(client_secret, created, event_id).encode()):
        raise HookRefused("wrong signature")
    if abs(now.timestamp() - created) > contract.OLDEST_HOOK.total_seconds():
        raise HookRefused("too old")
    if str(event.get("storeId")) != store_id:
        raise HookRefused("another store")
    return Hook(event_id, _orders(event))


def _orders(event: Mapping[str, object]) -> tuple[str, ...]:
    """`entityId` of an order's event is a number that the API may not know: `data.orderId` it does."""
    data = event.get("data")
    order_id = data.get("orderId") if isinstance(data, dict) else None
    is_order = str(event.get("eventType")).startswith("order.")
    is_id = isinstance(order_id, str) and 0 < len(order_id) <= contract.LONGEST_ID
    return (order_id,) if is_order and is_id and isinstance(order_id, str) else ()
