"""A shop of Edge Commerce beside QuickBooks: its orders are made by hand and kept as a pull keeps them."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import select

from adapters.registry import STORES
from adapters.stores.base import ItemPage, PulledOrder
from adapters.stores.sitegiant import SiteGiant
from documents import (
    ZERO,
    Buyer,
    Channel,
    Charge,
    ChargeKind,
    Order,
    OrderDates,
    OrderLine,
    OrderPayment,
    Role,
    StoreItem,
)
from models import Document, Profile, StoreChannel, StoreConnection, StoredItem, Tick, db, end_reading, writing
from sync import catalogue, kept_orders, matching, profiles
from tests.world import World

D = Decimal
TAMSIN = Buyer("Tamsin Ockel", "t@ockel.example", "Ockel Retail", phone="+60 3 1", address=("1 Jalan Satu", "50000 KL"))
SETTINGS = {
    "sale_assigned_to": "original",
    "create_customers": "true",
    "send_payments": "true",
    "payment_account": "Current account",
    "payment_statuses": "paid unpaid partially_paid",
    "default_item": "",
    "income_account": "Services",
    "expense_account": "Cost of Goods Sold",
}


class EdgeToy(SiteGiant):
    """What an Edge Commerce store declares; nothing is ever asked of it."""

    kind, label = "edge_commerce", "Edge Commerce"
    can_be_asked = False
    matches_at_import = contact_under_company = True
    payment_prefix = "PF"
    can_write_number = False

    @property
    def shop_id(self) -> str:
        """One shop."""
        return "E1"


@dataclass
class EdgeShop:
    """The shop, its channel, and the people who sell there."""

    world: World
    channel: Channel = field(default_factory=lambda: Channel("E1", "Northgate Wholesale", "edge_commerce"))
    store_id: int = 0
    channel_id: int = 0
    kept: dict[str, Order] = field(default_factory=dict)

    def connect(self, **settings: str) -> "EdgeShop":
        """A store of this kind, whose channel posts into the profile; its product MUG-01 is known and matched."""
        with writing() as session:
            store = StoreConnection(kind="edge_commerce", name="Northgate", per_second="10", settings={})
            session.add(store)
            session.flush()
            channel = StoreChannel(store_id=store.id, external_id="E1", name=self.channel.name, kind="edge_commerce")
            session.add(channel)
            session.flush()
            self.store_id, self.channel_id = store.id, channel.id
        profile = db.session.get_one(Profile, self.world.profile_id)
        channels = [*(each.id for each in profiles.channels_of(profile.id)), self.channel_id]
        profiles.change_profile(profile.id, profile.name, profile.time_zone, profile.start_date, channels)
        self.lists(StoreItem("I-1", "MUG-01", "Mug blue", D("12.00")))
        self.world.settle(**{**SETTINGS, **settings})
        self.matches("I-1", "MUG-01")
        return self

    def matches(self, item_id: str, code: str) -> None:
        """Somebody matches a product to an item of the books."""
        with writing() as session:
            row = session.scalars(select(StoredItem).filter_by(store_id=self.store_id, external_id=item_id)).one()
            matching.match_item(session, self.world.profile_id, row.id, code, None, self.world.clock.now())

    def lists(self, *items: StoreItem) -> None:
        """Products of the shop's own list."""
        with writing() as session:
            catalogue.keep_items(session, self.store_id, ItemPage(items), self.world.clock.now())

    def sells(self, order_id: str, buyer: Buyer = TAMSIN, **fields: Any) -> Order:
        """An order is sold, or read again as it is now."""
        order = make_order(order_id, self.channel, self.world.clock.now(), buyer, **fields)
        self.keeps(order)
        return order

    def keeps(self, order: Order) -> None:
        """The shop tells this order."""
        self.kept[order.order_id] = order
        told = PulledOrder(order, json.dumps(repr(order)))
        with writing() as session:
            kept_orders.keep_orders(session, self.channel_id, [told], [], self.world.clock.now())

    def syncs(self, *order_ids: str) -> None:
        """Sync, after which all of them are green."""
        self.world.sync(*order_ids)
        for each in order_ids or self.kept:
            assert self.world.order(each).tick is Tick.GREEN, (each, self.world.reasons(each))

    # --- what stands in QuickBooks ---------------------------------------------------------------------------------

    def rows(self, entity: str) -> list[dict[str, Any]]:
        """Every record of an entity."""
        realm = self.world.practice.line["quickbooks"]["realm_id"]
        found: list[dict[str, Any]] = self.world.practice.control("GET", f"/quickbooks/{realm}/{entity}")
        return found

    def person(self, method: str, path: str, body: Mapping[str, Any] | None = None) -> Any:
        """A bookkeeper does something inside QuickBooks."""
        realm = self.world.practice.line["quickbooks"]["realm_id"]
        return self.world.practice.control(method, f"/quickbooks/{realm}/{path}", body)

    def customer(self, name: str) -> dict[str, Any]:
        """The one customer of this name."""
        [found] = [row for row in self.rows("customer") if row["DisplayName"] == name]
        return found

    def document(self, order_id: str, role: Role = Role.SALE) -> Document:
        """Our document of an order."""
        row = self.world.order(order_id)
        query = select(Document).where(Document.profile_order_id == row.id, Document.role == role)
        found = db.session.scalars(query.order_by(Document.id.desc())).first()
        end_reading()
        assert found is not None
        return found

    def invoice(self, order_id: str) -> dict[str, Any]:
        """The invoice of an order, in QuickBooks' words."""
        wanted = self.document(order_id).remote_id
        [found] = [row for row in self.rows("invoice") if row["Id"] == wanted]
        return found

    def payments(self) -> dict[str, dict[str, Any]]:
        """Payments by their reference."""
        return {row.get("PaymentRefNum", ""): row for row in self.rows("payment")}


@pytest.fixture
def books_kind() -> str:
    """Edge Commerce goes to QuickBooks."""
    return "quickbooks"


@pytest.fixture
def edge(shop: World, monkeypatch: pytest.MonkeyPatch) -> EdgeShop:
    """A shop of Edge Commerce that posts into QuickBooks."""
    monkeypatch.setitem(STORES, "edge_commerce", EdgeToy)
    return EdgeShop(shop).connect()


def make_order(order_id: str, channel: Channel, now: dt.datetime, buyer: Buyer, **fields: Any) -> Order:
    """Ten mugs at 12.00; what is given beside is the order's own: lines, charges, payments, status."""
    lines = fields.pop("lines", None) or (make_line(),)
    charges = tuple(Charge(ChargeKind(kind), D(amount)) for kind, amount in fields.pop("charges", ()))
    total = sum((line.amount for line in lines), ZERO) + sum((charge.amount for charge in charges), ZERO)
    plain: dict[str, Any] = {
        "store": "edge_commerce",
        "shop_id": "E1",
        "number": order_id,
        "currency": "MYR",
        "prices_include_tax": False,
        "dates": OrderDates(now, now, now, now),
        "status": "completed",
        "payment_status": "unpaid",
        "tax_total": ZERO,
        "total": total,
    }
    return Order(channel=channel, order_id=order_id, lines=lines, charges=charges, customer=buyer, **plain | fields)


def make_line(sku: str = "MUG-01", item_id: str = "I-1", amount: str = "120.00", number: str = "1") -> OrderLine:
    """Ten of one product, without tax."""
    return OrderLine(number, sku, item_id, f"Product {sku}", D(10), D(amount) / 10, ZERO, D(amount), ZERO)


def paid(number: str, amount: str, at: dt.datetime | None = None, method: str = "Cash") -> OrderPayment:
    """A payment that came with an order."""
    return OrderPayment(number, method, D(amount), at)
