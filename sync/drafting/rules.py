"""Everything a draft depends on besides the order and the edits: frozen, plain, and built once for many orders.

One `Rules` serves all orders of one store that go into one company profile. The loader fills it; look-ups are dicts, so
that it may hold the whole of a list or only the rows that a batch of orders can meet: what a dict lacks does not exist.
"""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from documents import Arithmetic, ChargeKind, Limits
from sync.drafting.books import BooksCustomer, BooksCustomers, BooksData, BooksItem, DatedRate, folded
from sync.drafting.matching import Catalogue, CurrencyMatch, ItemMatch, Matching, PersonLink, Preset
from sync.drafting.settings import (
    AssignedTo,
    ClosedPeriod,
    DescriptionFrom,
    DocumentDate,
    DueOffset,
    MatchItemsBy,
    NumberSource,
    OffsetUnit,
    OrderTo,
    Settings,
    WhichOrders,
)

__all__ = [
    "AssignedTo",
    "BooksCustomer",
    "BooksCustomers",
    "BooksData",
    "BooksItem",
    "Catalogue",
    "ClosedPeriod",
    "CurrencyMatch",
    "DatedRate",
    "DescriptionFrom",
    "DocumentDate",
    "DueOffset",
    "ItemMatch",
    "MatchItemsBy",
    "Matching",
    "NumberSource",
    "OffsetUnit",
    "OrderTo",
    "PersonLink",
    "Preset",
    "Rules",
    "Settings",
    "StoreOptions",
    "WhichOrders",
    "folded",
]


@dataclass(frozen=True, slots=True)
class StoreOptions:
    """What belongs to the store: `name` is shown, `order_number_prefix` is part of its orders' numbers (S17),
    `payment_prefix` goes before a payment's id (Edge Commerce: PF), `contact_under_company` makes a contact below its
    company (Edge Commerce), `dates` are the dates that this store ever tells."""

    name: str = ""
    order_number_prefix: str = ""
    payment_prefix: str = ""
    contact_under_company: bool = False
    dates: frozenset[str] = frozenset({"ordered", "paid", "shipped", "completed"})


@dataclass(frozen=True, slots=True)
class Rules:
    """All of it. `now` is aware; `presets` by kind of charge, a kind that is missing is off (seller discount: on)."""

    time_zone: ZoneInfo
    now: dt.datetime
    settings: Settings
    books: BooksData
    arithmetic: Arithmetic
    limits: Limits
    presets: Mapping[ChargeKind, Preset] = field(default_factory=dict)
    matching: Matching = field(default_factory=Matching)
    catalogue: Catalogue = field(default_factory=Catalogue)
    store: StoreOptions = StoreOptions()
