"""Messages of Shopify: signed, then only a hint which orders to read again (other-stores.md 2.6)."""

from collections.abc import Mapping

from adapters.http import decode
from adapters.stores.base import Hook, HookHelp, HookRefused
from adapters.stores.signing import event_of, is_signed
from documents import N_

HELP = HookHelp(
    where=N_(
        "In Shopify: Settings, Notifications, Webhooks, Create webhook. Choose the format JSON and enter the address. "
        "The page shows the secret by which messages are signed: enter it as this store's secret for messages."
    ),
    events=N_(
        "Order creation, Order update, Order payment, Order cancellation, Order deletion and Refund create: "
        "a webhook each."
    ),
)


def read_hook(headers: Mapping[str, str], body: bytes, secrets: str, shop: str) -> Hook:
    """The orders that a message is about. `secrets` are one or two, with a blank between: for an hour after a new one
    is made, Shopify may sign by the old one."""
    if not is_signed(body, headers.get("x-shopify-hmac-sha256", ""), secrets.split()):
        raise HookRefused("signature")
    if headers.get("x-shopify-shop-domain", "").lower() != shop:
        raise HookRefused("another shop")
    return Hook(event_of(body), _order_ids(headers.get("x-shopify-topic", ""), body))


def _order_ids(topic: str, body: bytes) -> tuple[str, ...]:
    """An order is told by its id, a refund or a transaction by that of its order; anything else tells of none."""
    try:
        told = decode(body)
    except ValueError:
        return ()
    name = "id" if topic.startswith("orders/") else "order_id"
    found = told.get(name) if isinstance(told, dict) else None
    return (str(found),) if isinstance(found, int) else ()
