"""Ecwid, by its REST API v3. Source: ecwid.md."""

import datetime as dt
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from functools import partial
from urllib.parse import quote

from adapters import outcomes
from adapters.errors import LoginRefused, Refused
from adapters.http import BACK_OFF, Http, Json, Reply, encode
from adapters.settings import Clock, Setting, utc_now
from adapters.stores.base import Hook, ItemPage, Listed, OrderPage, Store
from adapters.stores.ecwid import contract, hooks, reader
from adapters.stores.ecwid.catalogue import Shop, facts_of, items_of, shop_of
from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.paging import Mark, Page, after, mark_of, page_of
from adapters.stores.ecwid.people import read_customer
from adapters.stores.figures import Unreadable, text
from adapters.stores.gathering import Gathered, readable
from adapters.stores.walking import Step, Walk
from documents import N_, Channel, Order, StoreCustomer, StoreFacts, StoreItem, say

NAMELESS = "?"
"""Begins the id that we give to an order without a usable one, so that it can be told; Ecwid is never asked for it."""
SETTINGS = (
    Setting(
        "store_id",
        N_("Store ID"),
        N_("The number at the foot of the Ecwid admin. It becomes part of our reference in the books."),
        "P6",
        required=True,
    ),
    Setting(
        "token",
        N_("Secret token"),
        N_(
            "In the Ecwid admin, open Develop apps and your app (make one there, if there is none): its secret token "
            "begins with secret_. Its access scopes must hold read_store_profile, read_orders, read_catalog and "
            "read_customers."
        ),
        "P6",
        secret=True,
        required=True,
    ),
    Setting(
        "client_secret",
        N_("Client secret"),
        N_("On the same page of the app. Only needed where Ecwid is to tell at once what happened (webhooks)."),
        "P6",
        secret=True,
    ),
    Setting("base_url", N_("Address"), N_("Leave it as it is."), "P6", contract.BASE_URL, required=True),
)


class Ecwid(Store):
    """One Ecwid store. An order that cannot be read is told, a page that cannot be read raises."""

    kind, label, pace = "ecwid", "Ecwid", contract.PER_SECOND
    dates = frozenset({"ordered"})
    charges = reader.CHARGES
    tells_changes = True
    hooks = hooks.HELP
    connection_settings = SETTINGS

    def __init__(
        self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http, clock: Clock = utc_now
    ) -> None:
        super().__init__(settings, secrets, http, clock)
        base_url = (settings.get("base_url") or contract.BASE_URL).rstrip("/")
        self._root = f"{base_url}/{quote(self.shop_id, safe='')}/"
        self._token = secrets.get("token", "").strip()

    @property
    def shop_id(self) -> str:
        """The store's number at Ecwid, as the owner entered it; `check` sees that it is written alike."""
        return self.settings["store_id"].strip()

    def check(self) -> str:
        """Asks for the profile, and whether the token may read orders, products and customers."""
        if self._token.startswith(contract.PUBLIC_TOKEN):
            raise LoginRefused(say(N_("This is the app's public token: enter the secret one, it begins with secret_.")))
        shop = self._shop(patience=())
        if shop.store_id != self.shop_id:
            raise Refused(say(N_("Ecwid calls this store {told}: enter its Store ID so."), told=shop.store_id or "?"))
        for path in (contract.ORDERS, contract.PRODUCTS, contract.CUSTOMERS):
            self._page(path, {}, Mark(), patience=(), limit=1)
        return f"{self.label} {self.shop_id}: {shop.name}"

    def channels(self) -> list[Channel]:
        """The store is one channel, in the profile's currency: no order tells one."""
        shop = self._shop()
        return [Channel(self.shop_id, shop.name or self.label, self.kind, shop.currency)]

    # --- orders ------------------------------------------------------------------------------------------------

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """By the moment of the last change, window by window (12); after each, what was deleted in it."""
        walk = Walk(position, since, now, contract.WINDOW)
        step, shop = walk.first, self._shop() if walk.first else None
        while step is not None and shop is not None:
            mark = mark_of(step.mark)
            page = self._page(contract.ORDERS, _between("updatedFrom", "updatedTo", step), mark)
            following_mark = after(mark, page, contract.ORDERS)
            gone = self._deleted(step) if following_mark is None else ()
            following = walk.after(step, following_mark.text() if following_mark else None)
            read = self._read(page.rows, shop, channel)
            yield read.page(walk.position(following), *walk.progress(following), gone)
            step = following

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now; one that the list leaves out is asked for alone before it counts as gone."""
        asked = [each for each in dict.fromkeys(order_ids) if each and not each.startswith(NAMELESS)]
        shop = self._shop() if asked else None
        rows: list[Record] = []
        for start in range(0, len(asked), contract.BATCH):
            params = {"ids": ",".join(asked[start : start + contract.BATCH])}
            rows += [row for page in self._pages(contract.ORDERS, params) for row in page.rows]
        seen = {reader.id_of(row) for row in rows}
        single = {each: self._order(each) for each in asked if each not in seen}
        rows = [row for row in (*rows, *single.values()) if row is not None and reader.id_of(row) in asked]
        read = self._read(rows, shop, channel) if shop else Gathered()
        gone = tuple(each for each, row in single.items() if row is None)
        return read.page("", len(asked), len(asked), gone)

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """By the moment they were made, in days of UTC, without the orders' details."""
        begin, end = (dt.datetime.combine(day, dt.time(), dt.UTC) for day in (since, until + dt.timedelta(days=1)))
        fields = "total,count,offset,limit,items(id,publicUid,createDate,createTimestamp,paymentStatus)"
        shop, params = self._shop(), _between("createdFrom", "createdTo", Step(begin, end))
        for page in self._pages(contract.ORDERS, params | {"responseFields": fields}):
            rows = [row for row in page.rows if reader.id_of(row) and not reader.is_cart(row)]
            found = (Listed(_id(row), reader.number_of(row, shop), reader.ordered_at(row)) for row in rows)
            yield tuple(each for each in found if each.ordered_at is None or begin <= each.ordered_at < end)

    def _deleted(self, step: Step) -> tuple[str, ...]:
        """The ids of orders that were deleted in this window; by either name, since both were seen (7.1)."""
        pages = self._pages(contract.DELETED, _between("from_date", "to_date", step))
        rows = [row for page in pages for row in page.rows]
        return tuple(dict.fromkeys(found for row in rows for name in ("id", "orderId") if (found := text(row, name))))

    def _order(self, order_id: str) -> Record | None:
        """One order; None where Ecwid has it no more."""
        reply = self._ask(f"{contract.ORDERS}/{quote(order_id, safe='')}", {})
        if contract.is_unknown_order(reply):
            return None
        answer = contract.body_of(reply)
        if reader.id_of(answer) != order_id:
            raise outcomes.unknown(reply)
        return dict(answer)

    def _read(self, rows: Sequence[object], shop: Shop, channel: Channel) -> Gathered:
        """Each row as an order, or as one that cannot be read; carts are neither."""
        found = Gathered()
        channel = replace(channel, currency=shop.currency)
        for row in rows:
            if not reader.is_cart(row):
                found.add(_id(row), row, partial(_order, row, shop, channel))
        return found

    # --- the rest ----------------------------------------------------------------------------------------------

    def item_pages(self) -> Iterator[ItemPage]:
        """The catalogue: each product, and each of its variations. `total` counts products, so it is not told."""
        for page in self._pages(contract.PRODUCTS, {}):
            yield ItemPage(tuple(_items(page.rows)))

    def customer_pages(self) -> Iterator[tuple[StoreCustomer, ...]]:
        """The store's own customers; guests are none."""
        for page in self._pages(contract.CUSTOMERS, {}):
            yield tuple(found for row in page.rows if (found := readable(read_customer, row)) is not None)

    def facts(self) -> StoreFacts:
        """What the profile names."""
        return facts_of(self._profile(BACK_OFF))

    def read_hook(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Hook:
        """Which order happened to change; raises HookRefused."""
        secret = self.secrets.get("client_secret", "").strip()
        return hooks.read_hook(headers, body, secret, self.shop_id, self.clock())

    # --- asking ------------------------------------------------------------------------------------------------

    def _shop(self, patience: Sequence[float] = BACK_OFF) -> Shop:
        return shop_of(self._profile(patience))

    def _profile(self, patience: Sequence[float]) -> Json:
        return contract.body_of(self._ask(contract.PROFILE, {}, patience))

    def _pages(self, path: str, params: Mapping[str, str]) -> Iterator[Page]:
        mark: Mark | None = Mark()
        while mark is not None:
            page = self._page(path, params, mark)
            yield page
            mark = after(mark, page, path)

    def _page(
        self,
        path: str,
        params: Mapping[str, str],
        mark: Mark,
        patience: Sequence[float] = BACK_OFF,
        limit: int = contract.PAGE,
    ) -> Page:
        place = {"offset": str(mark.offset), "limit": str(limit)}
        return page_of(contract.body_of(self._ask(path, {**params, **place}, patience)), path, mark.offset)

    def _ask(self, path: str, params: Mapping[str, str], patience: Sequence[float] = BACK_OFF) -> Reply:
        return self.http.request(
            "GET",
            self._root + path,
            params=params,
            headers={"Authorization": f"Bearer {self._token}"},
            read_s=contract.READ_S,
            patience=patience,
            also=contract.ALSO_PASSING,
        )


def _between(since: str, until: str, step: Step) -> dict[str, str]:
    """Unix seconds. Nobody confirms that both ends count (7.2), so windows overlap by one."""
    return {since: str(int(step.begin.timestamp()) - 1), until: str(int(step.end.timestamp()))}


def _order(row: object, shop: Shop, channel: Channel) -> Order:
    if not isinstance(row, dict) or _id(row) != reader.id_of(row):
        raise Unreadable(say(N_("Ecwid lists an order without a usable id.")))
    return reader.read_order(row, shop, channel)


def _id(row: object) -> str:
    """The order's id; one without, or with a longer one than we keep, gets one from its words."""
    order_id = reader.id_of(row)
    if 0 < len(order_id) <= contract.LONGEST_ID:
        return order_id
    return NAMELESS + hashlib.sha256(encode(row)).hexdigest()[:16]


def _items(rows: Sequence[object]) -> Iterator[StoreItem]:
    for row in rows:
        if isinstance(row, dict):
            yield from items_of(row)
