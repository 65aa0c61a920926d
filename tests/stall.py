"""A small toy store for tests: a market stall that tells changes, sends messages and forgets orders; held in memory."""

import base64
import datetime as dt
import hashlib
import hmac
import json
from dataclasses import replace
from decimal import Decimal

from adapters.settings import Setting
from adapters.stores.base import Hook, HookHelp, HookRefused, ItemPage, Listed, OrderPage, PulledOrder, Store
from adapters.stores.walking import Walk
from documents import Channel, Order, OrderDates, OrderLine, StoreItem

CHANNEL = Channel("1", "Stall", "stall", "MYR")
SECRET = "canary-of-the-stall"


class Stall(Store):
    """Its orders are a dict by id: the order, and when it last changed; `None` in place of an order that is gone."""

    kind, label, pace = "stall", "Market stall", 1000.0
    connection_settings = (Setting("shop_id", "Shop", required=True), Setting("secret", "Secret", secret=True))
    tells_changes = True
    hooks = HookHelp("At the stall, behind the counter", "Everything that happens to an order")
    book: dict[str, tuple[Order | None, dt.datetime]] = {}
    asked: list[str] = []
    trouble: list[Exception] = []

    @property
    def shop_id(self):
        return self.settings["shop_id"]

    def check(self):
        return self.shop_id

    def channels(self):
        return [CHANNEL]

    def order_pages(self, channel, since, position, now):
        self.asked.append("orders")
        walk = Walk(position, since, now)
        step = walk.first
        while step is not None:
            changed = [each for each, (_, at) in self.book.items() if step.begin <= at < step.end]
            following = walk.after(step, None)
            yield self._page(changed, walk.position(following), *walk.progress(following))
            step = following

    def orders_by_id(self, channel, order_ids):
        self.asked += order_ids
        if self.trouble:
            raise self.trouble.pop(0)
        return self._page(order_ids, "", len(order_ids), len(order_ids))

    def _page(self, ids, *where):
        known = {each: self.book.get(each, (None, None))[0] for each in ids}
        orders = tuple(PulledOrder(order, repr(order)) for order in known.values() if order)
        return OrderPage(orders, (), *where, gone=tuple(each for each, order in known.items() if order is None))

    def listed(self, channel, since, until):
        orders = [order for order, _ in self.book.values() if order]
        yield tuple(Listed(each.order_id, each.number, each.dates.ordered) for each in orders)

    def item_pages(self):
        yield ItemPage((StoreItem("MUG-01", "MUG-01", "Mug"),))

    def read_hook(self, headers, query, body):
        if body == b"test":
            return None
        told, made = headers.get("x-stall-signature", ""), signature(body, self.secrets["secret"])
        if not hmac.compare_digest(told, made):
            raise HookRefused(self.kind)
        said = json.loads(body)
        return Hook(said["event"], tuple(said["orders"]))


def signature(body: bytes, secret: str = SECRET) -> str:
    """What the stall writes under its messages."""
    return base64.b64encode(hmac.digest(secret.encode(), body, hashlib.sha256)).decode()


def sell(order_id: str, when: dt.datetime, price: str = "15.00", **fields: object) -> None:
    """One mug, paid; again with other fields: the order changed."""
    amount = Decimal(price)
    line = OrderLine("1", "MUG-01", "MUG-01", "Mug", Decimal(1), amount, Decimal(0), amount, Decimal(0))
    dates = OrderDates(ordered=when, paid=when, shipped=when)
    order = Order(
        store="stall",
        shop_id="S-1",
        channel=CHANNEL,
        order_id=order_id,
        number=order_id,
        currency="MYR",
        prices_include_tax=False,
        dates=dates,
        status="shipped",
        payment_status="paid",
        lines=(line,),
        charges=(),
        tax_total=Decimal(0),
        total=amount,
    )
    Stall.book[order_id] = replace(order, **fields), when


def lose(order_id: str, when: dt.datetime) -> None:
    """The stall has the order no more."""
    Stall.book[order_id] = None, when
