"""WooCommerce, by its REST API v3. Source: other-stores.md part 1."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from adapters.http import Http
from adapters.settings import Clock, Setting, utc_now
from adapters.stores.base import Hook, ItemPage, Listed, OrderPage, Store
from adapters.stores.figures import text
from adapters.stores.woocommerce import contract, hooks, taxes
from adapters.stores.woocommerce.catalogue import read_customer, read_item
from adapters.stores.woocommerce.client import Client, root_of, shop_of
from adapters.stores.woocommerce.orders import Orders
from adapters.stores.woocommerce.taxes import Rates
from documents import N_, Channel, StoreCustomer, StoreFacts, Tax

WHERE = N_("In WordPress: WooCommerce, Settings, Advanced, REST API, Add key, permission Read/Write. It is shown once.")


class WooCommerce(Store):
    """One shop. An order that cannot be read is told, a page that cannot be read raises."""

    kind, label, pace = "woocommerce", "WooCommerce", contract.PER_SECOND
    dates = frozenset({"ordered", "paid", "completed"})
    charges = contract.CHARGES
    order_ids = r"\d{1,20}"
    tells_changes = can_write_number = True
    hooks = hooks.HELP
    connection_settings = (
        Setting(
            "base_url",
            N_("Shop's address"),
            hint=N_(
                "Like https://shop.example.com. It becomes part of our reference in the books and must never change."
            ),
            feature="P6",
            required=True,
        ),
        Setting("consumer_key", N_("Consumer key"), WHERE, "P6", "", True, True),
        Setting("consumer_secret", N_("Consumer secret"), N_("Shown beside the consumer key."), "P6", "", True, True),
        Setting(
            "webhook_secret",
            N_("Webhook secret"),
            hint=N_("Only for messages: make up a long one, and enter it in WooCommerce with each webhook."),
            feature="P6",
            secret=True,
        ),
    )

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        keys = secrets.get("consumer_key", ""), secrets.get("consumer_secret", "")
        self._client = Client(http, settings.get("base_url", ""), *keys)
        self._orders = Orders(self._client, self.shop_id, lambda: self._table)

    @property
    def shop_id(self) -> str:
        """Host and path of the shop's address: the API tells no id."""
        return shop_of(self.settings.get("base_url", ""))

    @property
    def _name(self) -> str:
        """The address as people know it."""
        return root_of(self.settings.get("base_url", "")).partition("://")[2][:200]

    def check(self) -> str:
        """Asks for one order, which is what the key is for."""
        self._client.get(contract.ORDERS, {"per_page": "1"}, patience=())
        return f"{self.label} {self._name}"

    def channels(self) -> list[Channel]:
        """A shop is one channel."""
        return [Channel("shop", self._name, self.kind, self._currency())]

    def facts(self) -> StoreFacts:
        """The shop's currency and its tax rates, each by itself."""
        found = tuple(Tax(rate.id, rate.name, rate.percent) for rate in self._table.values())
        return StoreFacts(currency=self._currency(), taxes=found)

    def _currency(self) -> str | None:
        answer = self._client.get(contract.CURRENCY)
        return (text(answer, "value").upper() if isinstance(answer, dict) else "") or None

    @cached_property
    def _table(self) -> Rates:
        return taxes.table_of(row for rows in self._client.rows(contract.TAXES) for row in rows)

    # --- lists --------------------------------------------------------------------------------------------------

    def item_pages(self) -> Iterator[ItemPage]:
        """Simple products, and each variation by itself; a product with variations is not sold itself."""
        for rows in self._client.rows(contract.PRODUCTS, {"orderby": "id", "order": "asc"}):
            yield ItemPage(
                tuple(read_item(row) for row in rows if text(row, "type") not in {*contract.UNSOLD, "variable"})
            )
            for parent in (row for row in rows if text(row, "type") == "variable"):
                path = f"{contract.PRODUCTS}/{parent['id']}/variations"
                for variations in self._client.rows(path):
                    yield ItemPage(tuple(read_item(row, parent) for row in variations))

    def customer_pages(self) -> Iterator[tuple[StoreCustomer, ...]]:
        """Customers with an account; guests are known from their orders."""
        for rows in self._client.rows(contract.CUSTOMERS):
            yield tuple(read_customer(row) for row in rows)

    # --- orders -------------------------------------------------------------------------------------------------

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """What changed, window by window, with what was put in the trash; then, once a day, all young orders again."""
        return self._orders.pages(channel, since, position, now)

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now."""
        return self._orders.by_id(channel, order_ids)

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """By the moment they were made, days of UTC; what is made meanwhile is left for the next time."""
        return self._orders.listed(since, until, self.clock())

    def write_number(self, order_id: str, number: str) -> None:
        """Into the order's meta_data, where WordPress shows it among the custom fields (1.3)."""
        field = {"key": contract.NUMBER_FIELD, "value": number}
        self._client.put(f"{contract.ORDERS}/{order_id}", {"meta_data": [field]})

    def read_hook(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Hook | None:
        """Signed with the webhook's own secret."""
        return hooks.read_hook(headers, body, self.secrets.get("webhook_secret", ""))
