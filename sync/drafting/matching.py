"""What stands for what: presets, the matching tables, and the store's own catalogue."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from documents import Message


@dataclass(frozen=True, slots=True)
class Preset:
    """How one kind of charge is posted (S19, M5): off = left out."""

    on: bool = False
    item: str | None = None
    uom: str | None = None
    tax_code: str | None = None


@dataclass(frozen=True, slots=True)
class ItemMatch:
    """M1: the books' item of one store item; uom None = S7, then the item's base UOM."""

    code: str
    uom: str | None = None


@dataclass(frozen=True, slots=True)
class PersonLink:
    """M9: the books' customer of a buyer or company; without a code it is to be made under this name."""

    code: str | None
    name: str = ""


@dataclass(frozen=True, slots=True)
class CurrencyMatch:
    """M7: the books' code of a store's currency, and the owner's rate in home units for 1 foreign unit."""

    code: str
    rate: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Matching:
    """What stands for what. Keys: store item id; (channel id, currency or None); channel id; (channel id, payment
    method or None); the store's currency; the store's tax id; the store's tax (name, rate in percent).

    `items_by_sku` are the books' items that a SKU of the store names (M11), empty where the profile matches by hand;
    `by_statement` the channels whose payments come by statement; `people` what was chosen for a buyer, by its key;
    `being_made` the store's items of which an item is being made in the books, with what there is to say of it."""

    items: Mapping[str, ItemMatch] = field(default_factory=dict)
    customers: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    shipping: Mapping[str, Preset] = field(default_factory=dict)
    payments: Mapping[tuple[str, str | None], str] = field(default_factory=dict)
    currencies: Mapping[str, CurrencyMatch] = field(default_factory=dict)
    taxes: Mapping[str, str] = field(default_factory=dict)
    taxes_by_name: Mapping[tuple[str, Decimal], str] = field(default_factory=dict)
    items_by_sku: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    by_statement: frozenset[str] = frozenset()
    being_made: Mapping[str, Message] = field(default_factory=dict)
    people: Mapping[str, PersonLink] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The store's own products, matched or not: every item id that carries a SKU, and prices where they are known."""

    by_sku: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    prices: Mapping[str, Decimal] = field(default_factory=dict)
