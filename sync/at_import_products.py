"""The products of orders that no item of the books is linked to yet, as an import asks for them (M10)."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from hashlib import sha256
from typing import NamedTuple

from sqlalchemy import select

from documents import Message, Order, ReferenceKind
from models import BooksRow, Profile, ProfileOrder, StoredItem, db
from sync.at_import_rows import Product
from sync.drafting.items import Product as Thing
from sync.drafting.items import match_of
from sync.drafting.rules import Rules, folded
from sync.links import being_made
from sync.loading import Batch, items_named


class Asked(NamedTuple):
    """What an order names, and the product that it is: None where it has no id to keep a link by; `making` where an
    item is being made of it."""

    thing: Thing
    product: Product | None
    making: Message | None = None


class _Named(NamedTuple):
    """A product where an order names it."""

    order: Order
    row_id: int
    thing: Thing
    price: Decimal | None


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of them: the store's own list, what is being made of it, and the books' exact hits."""

    items: Mapping[str, StoredItem]
    making: Mapping[int, tuple[Message, bool]]
    hits: Mapping[str, str]

    def item_of(self, thing: Thing) -> StoredItem | None:
        """By its id, else by a SKU that one product has."""
        bearers = [item for item in self.items.values() if thing.sku and item.sku == thing.sku]
        return self.items.get(thing.item_id or "") or (bearers[0] if len(bearers) == 1 else None)


def asked(profile: Profile, batch: Batch, rules: Rules, rows: Sequence[ProfileOrder]) -> Iterator[tuple[int, Asked]]:
    """Of each order what is not linked, with the order's row."""
    is_split = rules.settings.bundle_components
    pairs = zip(batch.orders, rows, strict=True)
    named = [_Named(order, row.id, *each) for order, row in pairs for each in _things(order, is_split)]
    named = [each for each in named if match_of(each.thing, rules) is None]
    known = _known(profile, batch.store.id, [each.thing for each in named])
    for each in named:
        yield each.row_id, _asked(batch.store.id, known, each)


def _things(order: Order, is_split: bool) -> Iterator[tuple[Thing, Decimal | None]]:
    """Its products with their prices; of a bundle the parts, where the settings show them (S13)."""
    for line in order.lines:
        if is_split and line.bundle:
            yield from ((Thing(part.item_id, part.sku, part.name), part.price) for part in line.bundle)
        else:
            yield Thing(line.item_id, line.sku, line.name), line.price


def _asked(store_id: int, known: _Known, named: _Named) -> Asked:
    item = known.item_of(named.thing)
    external_id = item.external_id if item else named.thing.item_id
    if not external_id:
        return Asked(named.thing, None)
    told, is_refused = known.making.get(item.id, (None, False)) if item else (None, False)
    product = _product(store_id, known, named, item, external_id, told if is_refused else None)
    return Asked(named.thing, product, None if is_refused else told)


def _product(
    store_id: int, known: _Known, named: _Named, item: StoredItem | None, external_id: str, trouble: Message | None
) -> Product:
    """In the words of the store's list, else of the order."""
    sku, name = (item.sku or "", item.name) if item else (named.thing.sku or "", named.thing.name)
    return Product(
        key=sha256(f"{store_id}/{external_id}".encode()).hexdigest()[:16],
        store_id=store_id,
        store_kind=named.order.store,
        shop_id=named.order.shop_id,
        external_id=external_id,
        sku=sku,
        name=name,
        price=item.price if item and item.price is not None else named.price,
        item_id=item.id if item else None,
        code=known.hits.get(sku) or known.hits.get(folded(name)) or "",
        trouble=trouble,
    )


# --- read for a whole batch -------------------------------------------------------------------------------------


def _known(profile: Profile, store_id: int, things: Sequence[Thing]) -> _Known:
    ids, skus = ({each.item_id for each in things if each.item_id}, {each.sku for each in things if each.sku})
    items = items_named([store_id], ids, skus)
    making = being_made(profile.id, [item.id for item in items])
    words = {(each.sku, each.name) for each in things} | {(item.sku, item.name) for item in items}
    return _Known({item.external_id: item for item in items}, making, _hits(profile.books_id, words))


def _hits(books_id: int, words: Iterable[tuple[str | None, str]]) -> dict[str, str]:
    """The one item of the books with this SKU, as its code or its SKU; or with this name. Two are none."""
    skus = {sku for sku, _ in words if sku}
    names = {folded(name)[:200] for _, name in words}
    mine = select(BooksRow.code, BooksRow.sku, BooksRow.folded_name).where(
        BooksRow.books_id == books_id, BooksRow.kind == ReferenceKind.ITEM, BooksRow.is_active.is_(True)
    )
    found: dict[str, set[str]] = {}
    for column, wanted in ((BooksRow.code, skus), (BooksRow.sku, skus), (BooksRow.folded_name, names)):
        for row in db.session.execute(mine.where(column.in_(wanted))):
            for text in {row.code, row.sku} & skus | {row.folded_name} & names:
                found.setdefault(text, set()).add(row.code)
    return {text: min(codes) for text, codes in found.items() if len(codes) == 1}
