"""What every store adapter is: it yields documents, page by page, and can go on where it stopped."""

import datetime as dt
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from adapters.http import Http
from adapters.settings import Clock, Setting, utc_now
from documents import (
    Channel,
    ChargeKind,
    Message,
    Order,
    ReferenceKind,
    StoreCustomer,
    StoreFacts,
    StoreItem,
)


@dataclass(frozen=True, slots=True)
class PulledOrder:
    """An order in our words, and the store's own words it was read from (JSON text)."""

    order: Order
    raw: str


@dataclass(frozen=True, slots=True)
class UnreadableOrder:
    """An order that could not be read: told with its reason, never dropped, never a cause to lose the others."""

    order_id: str
    raw: str
    message: Message


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Some orders. `position` is where a later call goes on; `done` and `total` are the progress in days.

    `gone` are the ids of orders that the store has no more. Of `unseen` it says nothing, since it shows only those made
    from `seen_from` on: one that was made since is gone, of an older one nobody knows."""

    orders: tuple[PulledOrder, ...]
    unreadable: tuple[UnreadableOrder, ...]
    position: str
    done: int
    total: int
    gone: tuple[str, ...] = ()
    unseen: tuple[str, ...] = ()
    seen_from: dt.datetime | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """An order as a store's list names it, without its details."""

    order_id: str
    number: str
    ordered_at: dt.datetime | None


@dataclass(frozen=True, slots=True)
class Hook:
    """What a message of the store says, once its signature is known to be good: which orders to read again.

    `event_id` is signed by the store, so that a repeated message has no second effect. No orders: read what is new."""

    event_id: str
    order_ids: tuple[str, ...] = ()


class HookRefused(Exception):
    """The message is not signed by the store, or too old; nothing in it is believed."""


@dataclass(frozen=True, slots=True)
class HookHelp:
    """How the owner tells the store to send messages: where it is set, and which events to choose; marked with N_()."""

    where: str
    events: str


@dataclass(frozen=True, slots=True)
class ItemPage:
    """Some products of the catalogue; `total` where the store says how many there are."""

    items: tuple[StoreItem, ...]
    total: int | None = None


class Store(ABC):
    """One selling system. Every method may call it and raises RemoteError; a failed page is never 'no orders'."""

    kind: ClassVar[str]
    label: ClassVar[str]
    connection_settings: ClassVar[tuple[Setting, ...]]
    dates: ClassVar[frozenset[str]] = frozenset({"ordered", "paid", "shipped", "completed"})
    """Which dates this store ever tells (S14)."""

    charges: ClassVar[frozenset[ChargeKind]] = frozenset(ChargeKind)
    """Which amounts beside the products this store ever tells (S19)."""

    goes_to: ClassVar[frozenset[str] | None] = None
    """The kinds of books that its orders may go into; None: every kind."""

    can_be_asked: ClassVar[bool] = True
    """False where orders are only uploaded or pushed: nothing is ever asked of it."""

    order_ids: ClassVar[str] = ""
    """The form of the ids that it gives its orders (a regular expression), where they have one: what a file says in
    another form is no id of its (P6)."""

    tells_changes: ClassVar[bool] = False
    """Whether `order_pages` goes by the moment of the last change; then no open order need be asked for by its id."""

    asks_by_id: ClassVar[bool] = True
    """Whether single orders can be asked for: see `orders_by_id`."""

    aligns_numbers: ClassVar[bool] = False
    """Its numbers and customer codes are the books': both sides are aligned before anything is sent (SEN9 to SEN11)."""

    hooks: ClassVar[HookHelp | None] = None
    """Where the store sends messages of what happened: how it is told to. They are a hint, polling is the truth.

    Such a store has one channel, and messages that name orders name those of its `orders_by_id`."""

    matches_at_import: ClassVar[bool] = False
    """Whether contacts and products without a link are shown before each Sync (Edge Commerce, M9, M10)."""

    contact_under_company: ClassVar[bool] = False
    """Whether a buyer is made below its company in the books, and their details follow the orders (I11)."""

    payment_prefix: ClassVar[str] = ""
    """What goes before the id of a payment in the books. With one, payments are a part of the order: another payment
    is a change of it (R5)."""

    can_write_number: ClassVar[bool] = False
    """Whether its orders can take the books' number (S18)."""

    countries: ClassVar[frozenset[str]] = frozenset()
    """The countries (ISO 3166-1 alpha-2) in which a company must be whose books take this store; empty: any (P9)."""

    requires_same_currency: ClassVar[bool] = False
    """Whether the books must keep their accounts in the currency of its own; where not, nothing at all is synced."""

    requires_same_names: ClassVar[Mapping[ReferenceKind, str]] = {}
    """Lists whose rows must have the same names on both sides, whatever is matched, so that what one side lacks blocks;
    each with the entry of the error catalogue that explains it. Of terms only those that the store uses count."""

    pace: ClassVar[float]
    """How many calls may begin each second."""

    def __init__(
        self,
        settings: Mapping[str, str],
        secrets: Mapping[str, str],
        http: Http,
        clock: Clock = utc_now,
    ) -> None:
        self.settings, self.secrets, self.http, self.clock = settings, secrets, http, clock

    @property
    @abstractmethod
    def shop_id(self) -> str:
        """The shop's own id, which never changes: a part of our reference in the books."""

    @abstractmethod
    def check(self) -> str:
        """Ask whether our key works; returns a name to show."""

    @abstractmethod
    def channels(self) -> list[Channel]:
        """Every shop inside the store."""

    @abstractmethod
    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """Orders of a channel from `since` on, going on from `position` with an overlap for late changes."""

    @abstractmethod
    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now (open ones that are older than the overlap)."""

    @abstractmethod
    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """Every order made on these days (both count) that `order_pages` would tell, by id only (Z9)."""

    @abstractmethod
    def item_pages(self) -> Iterator[ItemPage]:
        """The whole catalogue, variants each by themselves."""

    def customer_pages(self) -> Iterator[tuple[StoreCustomer, ...]]:
        """The store's own list of customers; nothing where it has none."""
        yield from ()

    def facts(self) -> StoreFacts:
        """What its set-up names: base currency, taxes, ways to pay."""
        return StoreFacts()

    def read_hook(self, headers: Mapping[str, str], query: Mapping[str, str], body: bytes) -> Hook | None:
        """Check the signature of a message, then read it; raises HookRefused. Header names are in lower case.

        None: an unsigned test of the address, to be answered and forgotten. Where `hooks`. Asks nothing."""
        raise HookRefused(self.kind)

    def write_number(self, order_id: str, number: str) -> None:
        """Write the books' number into an order; the same number again does no harm. Where `can_write_number`."""
        raise NotImplementedError
