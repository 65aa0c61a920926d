"""Product Mapping Overview: every product of the drafts of a review with its match, the unmatched first (I4)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import select

from documents import N_, Message, Order, ReferenceKind, say
from models import BooksRow, ItemMatch, Profile, ProfileOrder, StoreChannel, StoredItem, StoredOrder, db, writing
from sync import matching
from sync.held import hold_profile
from sync.loading import items_named
from sync.meanwhile import ChangedMeanwhile, Fields, changes
from sync.reviewing import Shown


@dataclass(frozen=True, slots=True)
class Product:
    """A product of the drafts and what stands for it. `item_id` is None where the store lists it no more, or where
    several of its products have the SKU; `orders` are those that hold it."""

    name: str
    sku: str
    item_id: int | None = None
    code: str = ""
    uom: str = ""
    uoms: tuple[str, ...] = ()
    is_default: bool = False
    orders: frozenset[int] = frozenset()

    @property
    def is_matched(self) -> bool:
        """A code of the books stands for it."""
        return bool(self.code)


@dataclass(frozen=True, slots=True)
class _Place:
    """A product where an order names it."""

    order_id: int
    source: str
    store_id: int
    item: str
    sku: str
    name: str


@dataclass(slots=True)
class _Catalogue:
    """The products of the stores that the drafts name, with their matches and the units of those."""

    by_id: dict[tuple[int, str], StoredItem] = field(default_factory=dict)
    by_sku: dict[tuple[int, str], list[StoredItem]] = field(default_factory=dict)
    matches: Mapping[int, ItemMatch] = field(default_factory=dict)
    uoms: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def item_of(self, place: _Place) -> StoredItem | None:
        """By the store's id, else by a SKU that one product has."""
        bearers = self.by_sku.get((place.store_id, place.sku), [])
        return self.by_id.get((place.store_id, place.item)) or (bearers[0] if len(bearers) == 1 else None)


def products(profile: Profile, drafts: Sequence[Shown]) -> list[Product]:
    """Of the drafts that can be sent: first what is not matched, then by name. Five queries, however many products."""
    places = list(_places(profile, [each.id for each in drafts if each.is_open]))
    catalogue = _catalogue(profile, places)
    default = {place for each in drafts for place in _default_items(each)}
    found: dict[object, Product] = {}
    for place in places:
        item = catalogue.item_of(place)
        key = item.id if item else (place.store_id, place.item, place.sku, place.name)
        known = found.get(key) or _product(place, item, catalogue)
        is_default = known.is_default or (place.order_id, place.source) in default
        found[key] = replace(known, is_default=is_default, orders=known.orders | {place.order_id})
    return sorted(found.values(), key=lambda each: (each.is_matched, each.name.casefold(), each.sku))


def _default_items(each: Shown) -> Iterator[tuple[int, str | None]]:
    lines = each.draft.invoice.lines if each.draft.invoice else ()
    return ((each.id, line.source_line) for line in lines if line.is_default_item)


def _product(place: _Place, item: StoredItem | None, catalogue: _Catalogue) -> Product:
    match = catalogue.matches.get(item.id) if item else None
    code = (match.code if match else None) or ""
    uom = (match.uom if match else None) or ""
    name = item.name if item else place.name
    return Product(name, place.sku, item.id if item else None, code, uom, catalogue.uoms.get(code, ()))


def _places(profile: Profile, order_ids: Sequence[int]) -> Iterator[_Place]:
    query = (
        select(ProfileOrder.id, StoreChannel.store_id, StoredOrder.document)
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .where(ProfileOrder.id.in_(order_ids), StoredOrder.document.is_not(None))
        .order_by(ProfileOrder.ordered_at, ProfileOrder.id)
    )
    is_split = profile.settings.get("bundle_components") == "true"
    for order_id, store_id, text in db.session.execute(query):
        for source, thing in _things(msgspec.json.decode(text or "", type=Order), is_split):
            yield _Place(order_id, source, store_id, thing.item_id or "", thing.sku or "", thing.name)


def _things(order: Order, is_split: bool) -> Iterator[tuple[str, Any]]:
    """Its lines; of a bundle the parts, where the settings show them (S13)."""
    for line in order.lines:
        if is_split and line.bundle:
            yield from ((f"{line.id}/{place}", part) for place, part in enumerate(line.bundle, 1))
        else:
            yield line.id, line


def _catalogue(profile: Profile, places: Sequence[_Place]) -> _Catalogue:
    stores = {place.store_id for place in places}
    named = {place.item for place in places if place.item}
    skus = {place.sku for place in places if place.sku}
    made = _Catalogue()
    for item in items_named(stores, named, skus):
        made.by_id[item.store_id, item.external_id] = item
        made.by_sku.setdefault((item.store_id, item.sku or ""), []).append(item)
    ids = [item.id for item in made.by_id.values()]
    query = select(ItemMatch).where(ItemMatch.profile_id == profile.id, ItemMatch.item_id.in_(ids))
    made.matches = {row.item_id: row for row in db.session.scalars(query)}
    made.uoms = _uoms(profile, {row.code for row in made.matches.values() if row.code})
    return made


def _uoms(profile: Profile, codes: Iterable[str]) -> dict[str, tuple[str, ...]]:
    query = select(BooksRow).where(
        BooksRow.books_id == profile.books_id, BooksRow.kind == ReferenceKind.ITEM, BooksRow.code.in_(list(codes))
    )
    return {row.code: _units(row.details) for row in db.session.scalars(query)}


def _units(details: Mapping[str, Any]) -> tuple[str, ...]:
    return tuple(str(each["code"]) for each in details.get("uoms") or ())


# --- matching in place ------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Typed:
    """Code and UOM of a product as they were typed, and as the page had shown them."""

    typed: Fields
    was: Fields


def match_all(profile_id: int, wanted: Mapping[int, Typed], now: datetime) -> dict[int, Message]:
    """Match products, each by itself. Returns why the others are refused."""
    refused: dict[int, Message] = {}
    for item_id, each in wanted.items():
        try:
            _match(profile_id, item_id, each, now)
        except matching.MatchRefused as error:
            refused[item_id] = error.message
        except ChangedMeanwhile as error:
            refused[item_id] = _saved_by_another(error.now["code"])
    return refused


def _match(profile_id: int, item_id: int, each: Typed, now: datetime) -> None:
    query = select(ItemMatch).where(ItemMatch.profile_id == profile_id, ItemMatch.item_id == item_id)
    with writing() as session:
        hold_profile(session, profile_id)
        row = session.scalars(query.execution_options(populate_existing=True)).one_or_none()
        kept = {"code": (row and row.code) or "", "uom": (row and row.uom) or ""}
        values = {**kept, **changes(each.typed, each.was, kept)}
        matching.match_item(session, profile_id, item_id, values["code"], values["uom"], now)


def _saved_by_another(code: str) -> Message:
    if not code:
        return say(N_("Somebody else has taken its match away meanwhile. Press Match again to keep yours."))
    return say(N_("Somebody else has matched it to {code} meanwhile. Press Match again to keep yours."), code=code)
