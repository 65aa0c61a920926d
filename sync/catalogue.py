"""What a store's own lists say of its products and customers is kept, found by its words, and offered for matching."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.stores.base import ItemPage
from documents import StoreCustomer, StoreItem
from models import StoredCustomer, StoredItem
from sync import offers, search, store_words
from sync.drafting.books import folded

CODED = "customers"
"""Customers that have a code of their store are found under this in `search`, those of all stores together."""
LONGEST_ID = 100
LARGEST_PRICE, SMALLEST_PRICE = Decimal("9e10"), Decimal("0.00000001")
"""What a price is below, and a multiple of (models/base.py: Price)."""


def keep_items(session: Session, store_id: int, page: ItemPage, now: datetime) -> None:
    items = [_fitting(item) for item in page.items if len(item.item_id) <= LONGEST_ID]
    ids = [item.item_id for item in items]
    query = select(StoredItem).where(StoredItem.store_id == store_id, StoredItem.external_id.in_(ids))
    known = {row.external_id: row for row in session.scalars(query)}
    renamed: list[StoredItem] = []
    for item in items:
        row = known.setdefault(item.item_id, StoredItem(store_id=store_id, external_id=item.item_id))
        if (row.sku, row.name) != (item.sku, item.name):
            renamed.append(row)
        row.sku, row.name, row.price, row.seen_at = item.sku, item.name, item.price, now
        session.add(row)
    session.flush()
    search.index(session, f"store:{store_id}", {row.id: f"{row.sku or ''} {row.name}" for row in renamed})
    offers.offer_items(session, [row.id for row in known.values()], store_id)


def _fitting(item: StoreItem) -> StoreItem:
    """As large as its columns: a name is cut, a longer SKU can be matched with nothing, a price beyond counts as not
    told."""
    sku = item.sku if item.sku and len(item.sku) <= LONGEST_ID else None
    return replace(item, name=item.name[:500], sku=sku, price=_kept_price(item.price))


def _kept_price(price: Decimal | None) -> Decimal | None:
    if price is None or not price.is_finite() or abs(price) >= LARGEST_PRICE or price % SMALLEST_PRICE:
        return None
    return price


def keep_customers(session: Session, store_id: int, customers: Sequence[StoreCustomer], now: datetime) -> None:
    """Store what a store's own list says of its customers."""
    ids = [customer.customer_id for customer in customers]
    query = select(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.external_id.in_(ids))
    known = {row.external_id: row for row in session.scalars(query)}
    renamed: list[StoredCustomer] = []
    for customer in customers:
        row = known.setdefault(
            customer.customer_id, StoredCustomer(store_id=store_id, external_id=customer.customer_id)
        )
        before = _words(row)
        _tell_customer(row, customer, now)
        renamed += [row] if row.code and _words(row) != before else []
        session.add(row)
    session.flush()
    search.index(session, CODED, {row.id: " ".join(_words(row)) for row in renamed})
    _give_up_codes(session, store_id, customers)
    store_words.note_customers(session, store_id, customers)


def _tell_customer(row: StoredCustomer, customer: StoreCustomer, now: datetime) -> None:
    _note_code(row, customer.code)
    row.parent_id, row.is_gone, row.seen_at = customer.parent, False, now
    row.name, row.email, row.company = customer.name[:500], customer.email[:254], customer.company[:500]
    row.document = msgspec.json.encode(customer).decode()


def _words(row: StoredCustomer) -> list[str]:
    return [each for each in (row.code, row.name, row.company) if each]


def _note_code(row: StoredCustomer, code: str | None) -> None:
    """Another code of the same customer: the one that the books' customer is still named by is kept (SEN8)."""
    first = row.was_code or row.code
    is_other = bool(first and code) and folded(first or "") != folded(code or "")
    row.code, row.was_code = code, first if is_other else None


def _give_up_codes(session: Session, store_id: int, customers: Sequence[StoreCustomer]) -> None:
    """A code names one customer: whoever had it, as one whose id was not told yet, is there no more."""
    codes, ids = [each.code for each in customers if each.code], [each.customer_id for each in customers]
    others = update(StoredCustomer).where(StoredCustomer.store_id == store_id, StoredCustomer.code.in_(codes))
    if codes:
        session.execute(others.where(StoredCustomer.external_id.not_in(ids)).values(is_gone=True))
