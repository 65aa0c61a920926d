"""A store that comes in by the exchange: what both have in common; its orders are made of records kept here."""

import datetime as dt
from abc import abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import ClassVar

from adapters.errors import Refused
from adapters.settings import Setting
from adapters.stores.base import ItemPage, Listed, OrderPage, Store
from adapters.stores.exchange.checking import cleaned
from adapters.stores.exchange.client import Client
from adapters.stores.exchange.fields import ExchangeObject, Makes, Record
from adapters.stores.exchange.figures import moment
from documents import N_, Channel, Message, Order, ReferenceKind, StoreCustomer, StoreFacts, StoreItem, say

SHOP_ID = Setting(
    "shop_id",
    N_("Shop id"),
    N_("A short name of your own, such as NORTH-1. It becomes part of our reference in the books: never change it."),
    "P6",
    required=True,
)
BASE_URL = Setting(
    "base_url",
    N_("Address of the bridge"),
    N_("Where records are fetched from. Leave it empty where they are pushed to us or uploaded as files."),
    "P6",
)
API_KEY = Setting(
    "api_key", N_("Key of the bridge"), N_("Only with an address: what the bridge wants to see."), "P6", "", True
)
WAITS = N_("Connected. {label} waits for records that are pushed or uploaded.")


class Unreadable(Exception):
    """A record of which no order can be made yet, with the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


@dataclass(frozen=True, slots=True)
class Around:
    """The records that one leads to: `linked` by object and id, `parts` those that name it as their whole."""

    linked: Mapping[tuple[str, str], Record] = field(default_factory=dict)
    parts: Mapping[str, Sequence[Record]] = field(default_factory=dict)

    def find(self, name: str, record_id: str | None) -> Record | None:
        """A linked record, where it is known."""
        return self.linked.get((name, record_id)) if record_id else None


class ExchangeStore(Store):
    """Records of `objects` are pulled where there is an address, pushed, or uploaded; each in the order told here is
    read after those that it needs. The reading methods are pure."""

    pace, tells_changes, asks_by_id = 5.0, True, False
    objects: ClassVar[tuple[ExchangeObject, ...]]
    named_in_books: ClassVar[tuple[tuple[str, ReferenceKind], ...]] = ()
    """Fields whose words must stand in a list of the books (SEN4 to SEN6): checked in files, where somebody can mend
    them at once."""

    has_one_currency: ClassVar[bool] = False
    """Whether every document must be in the base currency (SEN2)."""

    @property
    def shop_id(self) -> str:
        """As the owner entered it."""
        return self.settings["shop_id"]

    @property
    def client(self) -> Client | None:
        """What asks the bridge; None where there is none."""
        base_url = self.settings.get("base_url", "").rstrip("/")
        return Client(self.http, base_url, self.secrets.get("api_key", "")) if base_url else None

    def check(self) -> str:
        """Asks for one record; without an address there is nobody to ask."""
        currency = self.settings.get("currency", "")
        if currency and not (len(currency) == 3 and currency.isascii() and currency.isalpha()):
            raise Refused(say(N_("{told} is no currency: write its three letters, as in GBP."), told=currency[:40]))
        if self.client is None:
            return str(say(WAITS, label=self.label))
        self.client.page(self.objects[0].name, None, None, limit=1, patience=())
        return f"{self.label} {self.shop_id}"

    def channels(self) -> list[Channel]:
        """One: the shop itself."""
        return [self.channel(self.facts().currency)]

    def channel(self, currency: str | None = None) -> Channel:
        """The shop as a channel."""
        return Channel(
            self.shop_id,
            f"{self.label} {self.shop_id}",
            self.kind,
            currency or self.settings.get("currency", "").upper() or None,
        )

    # --- reading records, purely ------------------------------------------------------------------------------

    @abstractmethod
    def order_id(self, what: ExchangeObject, record_id: str) -> str:
        """The id of the order that such a record becomes."""

    @abstractmethod
    def read_order(self, what: ExchangeObject, record: Record, around: Around, channel: Channel) -> Order:
        """An order, or a credit note; raises Unreadable."""

    @abstractmethod
    def read_customer(self, what: ExchangeObject, record: Record, around: Around) -> StoreCustomer:
        """A customer."""

    @abstractmethod
    def summed(self, record: Record) -> Decimal:
        """What the figures of an order or document make together: its total, if it is right (4.2)."""

    def read_item(self, record: Record) -> StoreItem:
        """A product."""
        return StoreItem(record["id"], record.get("sku"), record["name"])

    def read_facts(self, records: Mapping[str, Sequence[Record]]) -> StoreFacts:
        """What the records of each object, and the settings, say of the set-up."""
        return StoreFacts(currency=self.settings.get("currency", "").upper() or None)

    # --- what a store must be able to say ------------------------------------------------------------------------

    def facts(self) -> StoreFacts:
        """What the bridge says of the set-up, where there is one."""
        client = self.client
        wanted = [each for each in self.objects if each.makes is Makes.FACTS] if client else []
        return self.read_facts({each.name: list(client.everything(each)) for each in wanted if client})

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """What the bridge lists; the contract knows only the moment of the last change, which is never earlier."""
        if self.client is None:
            raise self._by_records()
        client, begin = self.client, dt.datetime.combine(since, dt.time(), dt.UTC) - dt.timedelta(days=1)
        for each in (each for each in self.objects if each.makes is Makes.ORDER):
            for page in client.pages(each.name, begin):
                yield tuple(self._listed(each, page.items, since, until))

    def _listed(
        self, what: ExchangeObject, records: Sequence[object], since: dt.date, until: dt.date
    ) -> Iterator[Listed]:
        for raw in records:
            record, faults = cleaned(what, raw)
            made = None if faults else moment(record.get("date"))
            if made and since <= made.date() <= until:
                yield Listed(self.order_id(what, what.id_of(record)), str(record.get("number", "")), made)

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """Never asked for: a run pulls records, and makes orders of what is kept (sync/exchange.py)."""
        raise self._by_records()

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """The contract has no call for single orders."""
        raise self._by_records()

    def item_pages(self) -> Iterator[ItemPage]:
        """Never asked for: see `order_pages`."""
        raise self._by_records()

    def _by_records(self) -> Refused:
        return Refused(say(N_("{label} is read as a whole: press Get orders now."), label=self.label))
