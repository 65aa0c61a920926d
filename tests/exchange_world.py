"""A store that comes in by the exchange, connected to a practice QuickBooks company, and driven by hand."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Self

import msgspec
from sqlalchemy import select

from documents import Message, Order, ReferenceKind
from models import (
    Aligned,
    BooksRow,
    ItemMatch,
    Preset,
    Start,
    StoreChannel,
    StoredCustomer,
    StoredItem,
    StoredOrder,
    StoreWord,
    TaxMatch,
    WordKind,
    db,
    end_reading,
    writing,
)
from models.runs import RunKind
from sync import alignment, connections, matching, profiles, pulling
from tests.companies import PRESETS, QUICKBOOKS
from tests.world import World

REALMS = {"edge_commerce": "9341450000000002", "sengerio": "9341450000000004"}
CODES = {"Sales Tax": "Shop 8%", "Service Tax": "Shop 8%", "Exempt": "Out of state"}
"""US tax codes for Edge Commerce's taxes; Sengerio's are named as the books name them (SEN6)."""


@dataclass(slots=True)
class Exchange:
    """One such store in a world, with or without a bridge."""

    world: World
    kind: str
    store_id: int = 0
    channel_id: int = 0
    given: dict[str, str] = field(default_factory=dict)

    @classmethod
    def in_(cls, world: World, kind: str) -> Self:
        """The one that is connected in this world."""
        found = cls(world, kind, world.store_id, given=world.practice.line[kind])
        found.channel_id = found.channel().id
        return found

    def connect(self, **settings: str) -> Self:
        """With the practice bridge, unless the settings say otherwise."""
        self.given = {**self.world.practice.line[self.kind], **settings}
        store = connections.connect_store(self.kind, "Northgate", self.given, self.world.tools, 2000.0)
        self.store_id = self.world.store_id = store.id
        [channel] = pulling.pull_channels(store.id, self.world.tools)
        self.channel_id = channel.id
        return self

    def with_books(self, days: int = 120, time_zone: str = "Europe/London", **settings: str) -> Self:
        """QuickBooks of the store's country, and a profile that takes its orders; lists and products are read."""
        world = self.world
        world.company = QUICKBOOKS
        world.tell_time()
        realm = REALMS[self.kind]
        token = world.practice.control("POST", f"/quickbooks/{realm}/grant")["refresh_token"]
        given = {**QUICKBOOKS.given(world.practice), "realm_id": realm, "refresh_token": token}
        books = connections.connect_books("quickbooks", "Books", given, world.tools, 2000.0, 4)
        start = (world.clock.now() - timedelta(days=days)).date()
        profile = profiles.make_profile(books.id, "Company", time_zone, start, [self.channel_id])
        world.books_id, world.profile_id = books.id, profile.id
        world.read(RunKind.REFERENCE, books.id)
        world.read(RunKind.ITEMS, self.store_id)
        self.settle(**settings)
        return self

    def settle(self, **settings: str) -> None:
        """Settings and presets under which every ordinary order is complete; products by their SKU."""
        usual = {
            "default_item": "MISC",
            "rounding_item": "RND",
            "default_customer": "58",
            "sale_assigned_to": "original",
        }
        usual |= {"number_source": "order_number", "payment_statuses": "paid unpaid partially_paid"}
        presets = [
            Preset(profile_id=self.world.profile_id, kind=kind, is_on=True, item=item) for kind, item in PRESETS.items()
        ]
        assert profiles.save_settings(self.world.profile_id, {**usual, **settings}, presets) == []

    def match(self) -> None:
        """Every product by its SKU, every tax by its name (in the US by a code of the books)."""
        query = select(StoredItem.id, StoredItem.sku).join(ItemMatch, ItemMatch.item_id == StoredItem.id)
        pairs = [(row.id, row.sku) for row in db.session.execute(query) if row.sku]
        taxes = db.session.scalars(select(StoreWord).where(StoreWord.kind == WordKind.TAX)).all()
        codes = {row.name: row.code for row in self._books_rows(ReferenceKind.TAX_CODE)}
        end_reading()
        with writing() as session:
            matching.match_by_code(session, self.world.profile_id, pairs, self.world.clock.now())
            for tax in taxes:
                name = CODES.get(tax.name, tax.name) if self.kind == "edge_commerce" else tax.name
                code = codes.get(name) or name
                key = {"profile_id": self.world.profile_id, "store_tax_id": tax.external_id}
                key |= {"name": tax.name, "rate": tax.rate}
                matching.save_row(session, TaxMatch, key, {"code": code})

    def _books_rows(self, kind: ReferenceKind) -> list[BooksRow]:
        query = select(BooksRow).where(BooksRow.books_id == self.world.books_id, BooksRow.kind == kind)
        return list(db.session.scalars(query))

    def align(self) -> None:
        """The owner says of everything that both sides had it, reads it and confirms (SEN11)."""
        for kind in Aligned:
            alignment.choose(self.world.profile_id, kind, Start.BOTH)
        self.world.read(RunKind.ALIGNMENT, self.world.profile_id)
        for kind in Aligned:
            alignment.confirm(self.world.profile_id, kind, "Mei", self.world.clock.now())
        self.world.read(RunKind.ALIGNMENT, self.world.profile_id)

    # --- driving and looking --------------------------------------------------------------------------------------

    def pull(self) -> None:
        """Get orders now."""
        self.world.read(RunKind.ORDERS, self.channel_id)

    def sell(self, **fields: Any) -> dict[str, Any]:
        """One more sale in the practice shop."""
        [made] = self.world.practice.control("POST", f"/stores/{self.kind}/sales", {"sales": [fields]})["sales"]
        return dict(made)

    def change(self, sale: dict[str, Any], **fields: Any) -> None:
        """Somebody changes it there."""
        self.world.practice.control("PATCH", f"/stores/{self.kind}/sales/{sale['n']}", fields)

    def orders(self) -> dict[str, StoredOrder]:
        """Kept orders by their id."""
        return {row.external_id: row for row in self.all_of(StoredOrder)}

    def order(self, order_id: str) -> Order:
        """A kept order as it was read."""
        return msgspec.json.decode(self.orders()[order_id].document or "", type=Order)

    def trouble(self, order_id: str) -> str:
        """Why an order cannot be read; empty where it can."""
        told = self.orders()[order_id].trouble
        return str(msgspec.json.decode(told, type=Message)) if told else ""

    def customers(self) -> dict[str, StoredCustomer]:
        """Kept customers by their id."""
        return {row.external_id: row for row in self.all_of(StoredCustomer)}

    def channel(self) -> StoreChannel:
        """The channel as it is now."""
        [row] = self.all_of(StoreChannel)
        return row

    def all_of(self, model: type[Any]) -> list[Any]:
        """All rows of a table, as they are now."""
        rows = list(db.session.scalars(select(model).execution_options(populate_existing=True)))
        end_reading()
        db.session.expunge_all()
        return rows
