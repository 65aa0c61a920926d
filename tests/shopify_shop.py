"""The practice Shopify as tests use it: the adapter on it, with a sleep that is written down."""

import datetime as dt
from typing import Any

from adapters.addresses import AddressRule
from adapters.http import Http
from adapters.registry import STORES
from adapters.stores.base import OrderPage, Store
from documents import Order
from tests.practice_fixture import Practice

GRAPHQL = "/admin/api/2026-07/graphql.json"


class NoPace:
    """Asks as fast as it can."""

    def wait(self) -> None:
        """Not at all."""


def store_of(practice: Practice, slept: list[float] | None = None, **changes: str) -> Store:
    """The adapter on the practice shop; `access_token` may be another."""
    line = practice.line["shopify"] | changes
    secrets = {name: line[name] for name in ("access_token", "client_secret")}
    rule = AddressRule(practice=frozenset({f"127.0.0.1:{practice.port}"}))
    sleep = (slept if slept is not None else []).append
    http = Http(
        "Shopify",
        rule=rule,
        before_call=lambda: None,
        pacer=NoPace(),
        in_flight=1,
        secrets=set(secrets.values()),
        sleep=sleep,
    )
    return STORES["shopify"]({"shop": line["shop"], "base_url": line["base_url"]}, secrets, http)


def pull(store: Store, since: dt.date, position: str | None = None, later_s: float = 180) -> list[OrderPage]:
    """All pages of a pull that begins a little later than now, so that what just changed is in it."""
    now = dt.datetime.now(dt.UTC) + dt.timedelta(seconds=later_s)
    return list(store.order_pages(store.channels()[0], since, position, now))


def orders_in(pages: list[OrderPage]) -> list[Order]:
    """What they hold, in our words."""
    return [each.order for page in pages for each in page.orders]


def sell(practice: Practice, **fields: Any) -> dict[str, Any]:
    """One more sale in the practice shop: its `n`, `id`, `number`."""
    made: dict[str, Any] = practice.control("POST", "/stores/shopify/sales", {"sales": [fields]})["sales"][0]
    return made


def change(practice: Practice, sale: dict[str, Any], **fields: Any) -> None:
    """Somebody changes it."""
    practice.control("PATCH", f"/stores/shopify/sales/{sale['n']}", fields)
