"""What an import asks (M9, M10): the contacts, companies and products of chosen orders that nobody has linked yet, each
with what would be taken for it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice

import msgspec
from sqlalchemy import select

from adapters.registry import STORES
from documents import Message, Order
from models import Profile, ProfileOrder, StoreChannel, StoreConnection, StoredOrder, db
from sync import at_import_products as products
from sync.at_import_names import with_free_names
from sync.at_import_rows import Contact, Product
from sync.drafting.unlinked import Unlinked, unlinked
from sync.loading import Batch, rules_for
from sync.profiles import channels_of
from sync.syncing import SENDABLE, read_edits

STEP, MOST = 200, 30
"""Orders that are looked through at once, and rows that are asked for at once: the next come after these."""


@dataclass(slots=True)
class Found:
    """All that is asked. `being_made` are items on their way into the books; `nameless` are products without an id of
    their own, which no link can be kept for."""

    contacts: dict[str, Contact] = field(default_factory=dict)
    products: dict[str, Product] = field(default_factory=dict)
    being_made: dict[str, Message] = field(default_factory=dict)
    nameless: dict[str, None] = field(default_factory=dict)
    is_cut: bool = False

    @property
    def count(self) -> int:
        """How many rows a person decides."""
        return len(self.contacts) + len(self.products)


def look(profile: Profile, order_ids: Sequence[int], now: datetime, is_import: bool = False) -> Found:
    """Of the orders that can be sent, from the first on, until enough is found; `is_import`: only of stores that ask at
    each import. Reads only."""
    found = Found()
    if is_import and not asks(profile):
        return found
    for begin in range(0, len(order_ids), STEP):
        for batch, rows in _batches(profile, order_ids[begin : begin + STEP], is_import):
            _look_at(profile, batch, rows, found, now)
        if found.count >= MOST and begin + STEP < len(order_ids):
            found.is_cut = True
            break
    _cut(found)
    found.contacts = with_free_names(profile, found.contacts)
    return found


def _cut(found: Found) -> None:
    """A page bears so many rows; contacts come first."""
    found.is_cut |= found.count > MOST
    found.contacts = dict(islice(found.contacts.items(), MOST))
    found.products = dict(islice(found.products.items(), MOST - len(found.contacts)))


def asks(profile: Profile) -> bool:
    """True where a store of the profile asks at each import."""
    return any(STORES[channel.store.kind].matches_at_import for channel in channels_of(profile.id))


def _batches(
    profile: Profile, order_ids: Sequence[int], is_import: bool
) -> Iterator[tuple[Batch, Sequence[ProfileOrder]]]:
    """The orders of each store."""
    query = (
        select(ProfileOrder, StoredOrder.document, StoreChannel.store_id)
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .where(ProfileOrder.profile_id + 0 == profile.id, ProfileOrder.id.in_(order_ids))
        .where(ProfileOrder.tick.in_(SENDABLE), StoredOrder.document.is_not(None), StoredOrder.trouble.is_(None))
        .order_by(ProfileOrder.ordered_at, ProfileOrder.id)
    )
    rows = db.session.execute(query).all()
    for store_id in sorted({row.store_id for row in rows}):
        store = db.session.get_one(StoreConnection, store_id)
        if is_import and not STORES[store.kind].matches_at_import:
            continue
        mine = [row for row in rows if row.store_id == store_id]
        orders = [msgspec.json.decode(row.document or "", type=Order) for row in mine]
        heads = [row.ProfileOrder for row in mine]
        yield Batch(store, orders, [read_edits(head) for head in heads]), heads


def _look_at(profile: Profile, batch: Batch, rows: Sequence[ProfileOrder], found: Found, now: datetime) -> None:
    rules = rules_for(profile, batch, now)
    for order, edits, row in zip(batch.orders, batch.edits, rows, strict=True):
        for each in unlinked(order, rules, edits) if rules.settings.create_customers else ():
            _add_contact(found, each, row.id)
    for row_id, asked in products.asked(profile, batch, rules, rows):
        _add_product(found, asked, row_id)


def _add_contact(found: Found, each: Unlinked, order_id: int) -> None:
    person = each.person
    new = Contact(person.key, person.name, person.is_company, person.email, each.company, each.code, each.name)
    known = found.contacts.get(person.key, new)
    found.contacts[person.key] = replace(known, orders=known.orders | {order_id})


def _add_product(found: Found, asked: products.Asked, order_id: int) -> None:
    product = asked.product
    if product is None:
        found.nameless[str(asked.thing)] = None
    elif asked.making:
        found.being_made[product.key] = asked.making
    else:
        known = found.products.get(product.key, product)
        found.products[product.key] = replace(known, orders=known.orders | {order_id})
