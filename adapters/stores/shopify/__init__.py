"""Shopify, by its GraphQL Admin API. Source: other-stores.md part 2."""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial

from adapters.errors import NotAllowed, Refused
from adapters.http import BACK_OFF, Http
from adapters.settings import Clock, Setting, utc_now
from adapters.stores.base import Hook, HookRefused, ItemPage, Listed, OrderPage, Store
from adapters.stores.gathering import Gathered, readable
from adapters.stores.shopify import contract, hooks, queries, reader
from adapters.stores.shopify.asking import Admin, connection
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.money import instant
from adapters.stores.shopify.whole import Incomplete, Whole
from adapters.stores.walking import Step, Walk
from documents import N_, Channel, StoreCustomer, StoreFacts, say


class Shopify(Store):
    """One shop. An order that cannot be read is told, a page that cannot be read raises. Test orders are left out."""

    kind, label, pace = "shopify", "Shopify", contract.PER_SECOND
    charges = reader.CHARGES
    order_ids = r"\d{1,20}"
    tells_changes = True
    hooks = hooks.HELP
    connection_settings = (
        Setting(
            "shop",
            N_("Shop"),
            N_("Its address that ends in .myshopify.com. In Shopify: Settings, Domains."),
            "P6",
            required=True,
        ),
        Setting(
            "access_token",
            N_("Admin API access token"),
            N_(
                "Begins with shpat_. In Shopify: Settings, Apps, Develop apps, your app, API credentials. It needs the "
                "scopes read_orders and read_products; read_customers for your list of customers. Without "
                "read_all_orders Shopify shows only orders of the last 60 days."
            ),
            "P6",
            secret=True,
            required=True,
        ),
        Setting(
            "client_secret",
            N_("Secret for messages"),
            N_(
                "Only if Shopify is to tell of changes at once: the secret on Settings, Notifications, Webhooks, or "
                "your app's API secret key. For an hour after a change, enter both, with a blank between."
            ),
            "P6",
            secret=True,
        ),
        Setting("base_url", N_("Other address"), N_("Leave it empty: only practice shops have one."), "P6"),
    )

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        token, address = secrets.get("access_token", ""), settings.get("base_url", "")
        self._admin = Admin(http, self.shop_id, token, address)
        self._whole = Whole(self._admin)

    @property
    def shop_id(self) -> str:
        """Its myshopify.com domain, which never changes."""
        return contract.domain_of(self.settings.get("shop", ""))

    def check(self) -> str:
        """Asks for the shop, and whether the token may read its orders."""
        data = self._admin.ask(queries.SHOP, {}, patience=())
        shop, scopes = data.get("shop") or {}, _scopes(data)
        if shop.get("myshopifyDomain") != self.shop_id:
            sentence = N_("This is the shop {found}: enter that as its address.")
            raise Refused(say(sentence, found=shop.get("myshopifyDomain")), "another domain")
        if contract.READ_ORDERS not in scopes:
            sentence = N_("The token may not read orders: give its app the scope {scope}, then install it again.")
            raise NotAllowed(say(sentence, scope=contract.READ_ORDERS), "no scope")
        return f"{self.label} {shop.get('name')}"

    def channels(self) -> list[Channel]:
        """One: the shop itself."""
        shop = self._admin.ask(queries.SHOP, {}).get("shop") or {}
        return [Channel(self.shop_id, str(shop.get("name") or self.shop_id), "webstore", shop.get("currencyCode"))]

    def item_pages(self) -> Iterator[ItemPage]:
        """Every variant by itself."""
        for rows in self._admin.pages(queries.VARIANTS, "productVariants", contract.ITEM_PAGE):
            items = (readable(reader.read_item, row) for row in rows)
            yield ItemPage(tuple(item for item in items if item is not None))

    def customer_pages(self) -> Iterator[tuple[StoreCustomer, ...]]:
        """The shop's list of customers; nothing where the token may not read it."""
        if "read_customers" in _scopes(self._admin.ask(queries.SHOP, {})):
            for rows in self._admin.pages(queries.CUSTOMERS, "customers", contract.CUSTOMER_PAGE):
                people = (readable(reader.read_customer, row) for row in rows)
                yield tuple(each for each in people if each is not None)

    def facts(self) -> StoreFacts:
        """Base currency and country; taxes and ways to pay are told by orders alone."""
        shop = self._admin.ask(queries.SHOP, {}).get("shop") or {}
        return StoreFacts(shop.get("currencyCode"), (shop.get("billingAddress") or {}).get("countryCodeV2"))

    # --- orders ------------------------------------------------------------------------------------------------

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """By the moment of the last change. An order that changes meanwhile moves behind the window and is read with
        the next pull; the cursor says behind which order a page begins, so that nothing moves over it."""
        walk = Walk(position, since, now, contract.WINDOW)
        step, began_again = walk.first, False
        while step is not None:
            try:
                rows, mark = self._listed(_changed(step), step.mark or None, "UPDATED_AT")
            except Refused as error:
                if not step.mark or began_again or "cursor" not in str(error).lower():
                    raise
                step, began_again = Step(step.begin, step.end), True  # the cursor is too old
                continue
            following = walk.after(step, mark)
            done, days = walk.progress(following)
            yield self._page(channel, [_id(row) for row in rows], walk.position(following), (done, days))
            step = following

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now; what is no number is no id of Shopify's. What a token that sees 60 days does
        not give, is gone only if it is younger."""
        asked = [each for each in order_ids if each.isascii() and each.isdigit()]
        page = self._page(channel, asked, "", (len(asked), len(asked)))
        if page.unseen and contract.READ_ALL_ORDERS in _scopes(self._admin.ask(queries.SHOP, {})):
            return replace(page, gone=page.unseen, unseen=())
        return page

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """Without the orders' details."""
        begin, end = _midnight(since), _midnight(until + dt.timedelta(days=1))
        while begin < end:
            last, mark = min(begin + contract.WINDOW, end), None
            while True:
                rows, mark = self._listed(_between("processed_at", begin, last), mark, "PROCESSED_AT")
                yield tuple(Listed(_id(row), str(row.get("name")), instant(row, "processedAt")) for row in rows)
                if mark is None:
                    break
            begin = last

    def _listed(self, query: str, after: str | None, sort_key: str) -> tuple[list[Record], str | None]:
        """Orders of a list, test orders left out, and the cursor behind them."""
        variables = {"first": contract.PAGE, "after": after, "query": query, "sortKey": sort_key}
        rows, mark = connection(self._admin.ask(queries.ORDER_LIST, variables, BACK_OFF), "orders")
        return [row for row in rows if not row.get("test")], mark

    def _page(self, channel: Channel, numbers: list[str], position: str, progress: tuple[int, int]) -> OrderPage:
        found = self._whole.orders(numbers)
        read = Gathered()
        for number, raw in found.items():
            if isinstance(raw, Incomplete):
                read.tell(number, "{}", raw.message)
            elif not raw.get("test"):
                read.add(number, raw, partial(reader.read_order, raw, self.shop_id, channel))
        unseen = tuple(each for each in numbers if each not in found)
        page = read.page(position, *progress)
        return replace(page, unseen=unseen, seen_from=self.clock() - contract.SURELY_SHOWN)

    # --- messages ----------------------------------------------------------------------------------------------

    def read_hook(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Hook:
        """Signed over the raw body with the secret for messages (2.6)."""
        secrets = self.secrets.get("client_secret", "")
        if not secrets:
            raise HookRefused("no secret")
        return hooks.read_hook(headers, body, secrets, self.shop_id)


def _id(row: Record) -> str:
    return contract.number_of(row.get("id"))


def _scopes(data: Record) -> frozenset[str]:
    """What the token may do."""
    told = (data.get("currentAppInstallation") or {}).get("accessScopes") or ()
    return frozenset(str(each.get("handle")) for each in told)


def _changed(step: Step) -> str:
    return _between("updated_at", step.begin, step.end)


def _between(field: str, begin: dt.datetime, end: dt.datetime) -> str:
    """From `begin` on, before `end`, as Shopify's search takes it [H3]."""
    return f"{field}:>='{_written(begin)}' AND {field}:<'{_written(end)}'"


def _written(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _midnight(day: dt.date) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), dt.UTC)
