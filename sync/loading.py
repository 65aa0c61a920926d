"""Fills the Rules of a batch of orders from the database: only the rows that these orders can meet."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import date, datetime
from decimal import Decimal
from types import MappingProxyType
from typing import Any
from zoneinfo import ZoneInfo

import msgspec
from sqlalchemy import select, union

from adapters.registry import BOOKS
from documents import Order, ReferenceKind
from models import (
    BooksConnection,
    BooksRow,
    CurrencyMatch,
    CustomerMatch,
    ItemMatch,
    PaymentMatch,
    Preset,
    Profile,
    ShippingMatch,
    StoreChannel,
    StoreConnection,
    StoredItem,
    TaxMatch,
    db,
)
from sync import links
from sync.drafting import rules as plain
from sync.drafting.customer_names import CONTACT, CUSTOMER
from sync.drafting.edits import Edits
from sync.which_orders import words_of


@dataclass(frozen=True, slots=True)
class Batch:
    """Orders of one store, with what a person changed on their drafts."""

    store: StoreConnection
    orders: Sequence[Order]
    edits: Sequence[Edits]


def rules_for(profile: Profile, batch: Batch, now: datetime) -> plain.Rules:
    """Read everything that drafts of these orders depend on. Reads only; the caller ends the transaction."""
    adapter = BOOKS[profile.books.kind]
    settings = settings_of(profile)
    presets = read_presets(profile.id)
    matching, catalogue = _matching(profile, settings, batch)
    codes = _item_codes(settings, presets, matching, batch.edits)
    return plain.Rules(
        time_zone=ZoneInfo(profile.time_zone),
        now=now,
        settings=settings,
        books=_books(profile.books, settings, matching, codes, batch),
        arithmetic=adapter.arithmetic_of(profile.books.facts),
        limits=adapter.limits,
        presets=presets,
        matching=matching,
        catalogue=catalogue,
        store=_store(batch.store),
    )


# --- the profile ------------------------------------------------------------------------------------------------

PLAIN = {each.name for each in fields(plain.Settings)} - {"which_orders", "due_offset", "number_next"}


def read_settings(profile: Profile, given: Mapping[str, str] = MappingProxyType({})) -> plain.Settings:
    """The typed settings of a profile; what is not set has the default of the rules. `given` beats what is set."""
    texts = {**profile.settings, **given}
    kept = {name: text for name, text in texts.items() if name in PLAIN and text != ""}
    special: dict[str, Any] = {
        "which_orders": _which_orders(profile.settings),
        "due_offset": _due_offset(profile.settings),
        "number_next": profile.number_next,
    }
    return replace(msgspec.convert(kept, plain.Settings, strict=False), **special)


def settings_of(profile: Profile) -> plain.Settings:
    """The same, with what the company itself decides."""
    return read_settings(profile, BOOKS[profile.books.kind].given(profile.books.facts))


LONGEST_OFFSET, LARGEST = 10_000, Decimal(1_000_000)
"""Nobody means a later due date, or a larger amount; much larger ones are no dates and no amounts at all."""


def is_readable(name: str, text: str) -> bool:
    """True where a setting's text is a value of its type; an empty one always is."""
    try:
        if name == "due_offset":
            return not text or 0 <= int(text) <= LONGEST_OFFSET
        if name == "due_offset_unit":
            return not text or text in set(plain.OffsetUnit)
        value = getattr(
            msgspec.convert({name: text} if text and name in PLAIN else {}, plain.Settings, strict=False), name, None
        )
    except ValueError:  # msgspec's ValidationError is one
        return False
    return not isinstance(value, Decimal) or (value.is_finite() and 0 <= value <= LARGEST)


def _which_orders(settings: Mapping[str, str]) -> plain.WhichOrders:
    usual = plain.WhichOrders()
    statuses, payments = settings.get("statuses", ""), settings.get("payment_statuses", "")
    tags = (tag.strip().casefold() for tag in settings.get("tags", "").split(","))
    return plain.WhichOrders(
        statuses=words_of(statuses) or usual.statuses,
        payment_statuses=words_of(payments) or usual.payment_statuses,
        tags=frozenset(tag for tag in tags if tag),
    )


def _due_offset(settings: Mapping[str, str]) -> plain.DueOffset | None:
    """`due_offset` is a count, `due_offset_unit` its unit; an empty count is no offset."""
    count = settings.get("due_offset", "").strip()
    unit = plain.OffsetUnit(settings.get("due_offset_unit") or "days")
    return plain.DueOffset(int(count), unit) if count else None


def read_presets(profile_id: int) -> dict[Any, plain.Preset]:
    rows = db.session.scalars(select(Preset).filter_by(profile_id=profile_id).execution_options(populate_existing=True))
    return {row.kind: plain.Preset(row.is_on, row.item, row.uom, row.tax_code) for row in rows}


# --- matching and catalogue -------------------------------------------------------------------------------------


def _matching(profile: Profile, settings: plain.Settings, batch: Batch) -> tuple[plain.Matching, plain.Catalogue]:
    profile_id, items = profile.id, _store_items(batch)
    ids = {item.id: item.external_id for item in items}
    matching = replace(
        read_matching(profile_id, batch.store.id),
        items=_item_matches(profile_id, ids),
        items_by_sku=_items_by_sku(profile.books_id, settings.match_items_by, batch),
        people=links.people(profile, settings, batch.store.kind, batch.orders),
        being_made={ids[key]: told for key, (told, _) in links.being_made(profile_id, ids).items()},
    )
    return matching, _catalogue(items)


def read_matching(profile_id: int, store_id: int) -> plain.Matching:
    """The matching of a profile for one store's channels, but for products."""
    channels = _channel_ids(store_id)
    return plain.Matching(
        customers=_customers(profile_id, channels),
        shipping=_shipping(profile_id, channels),
        payments=_payments(profile_id, channels),
        currencies=_currencies(profile_id),
        by_statement=_by_statement(profile_id, channels),
        **_taxes(profile_id),
    )


def _items_by_sku(books_id: int, by: plain.MatchItemsBy, batch: Batch) -> dict[str, tuple[str, ...]]:
    """The books' items that these orders' SKUs name, as the profile has it (M11)."""
    skus = {sku for _, sku in _named(batch.orders) if sku}
    if by is plain.MatchItemsBy.HAND or not skus:
        return {}
    column = BooksRow.code if by is plain.MatchItemsBy.NAME else BooksRow.sku
    found: dict[str, tuple[str, ...]] = {}
    for row in _rows(books_id, ReferenceKind.ITEM, column.in_(skus)):
        sku = row.code if by is plain.MatchItemsBy.NAME else row.sku
        found[sku] = (*found.get(sku, ()), row.code)
    return found


def _store_items(batch: Batch) -> Sequence[StoredItem]:
    """The products that these orders name, by id or by SKU, and all that share such a SKU."""
    named = list(_named(batch.orders))
    ids = {item_id for item_id, _ in named if item_id}
    skus = {sku for _, sku in named if sku}
    return items_named([batch.store.id], ids, skus)


def items_named(store_ids: Collection[int], ids: Collection[str], skus: Collection[str]) -> Sequence[StoredItem]:
    """The products of these stores that have one of the ids or SKUs.

    Two walks along an index of each: for an OR, SQLite would go through the whole catalogue."""
    of_stores = select(StoredItem.id).where(StoredItem.store_id.in_(store_ids))
    named = union(of_stores.where(StoredItem.external_id.in_(ids)), of_stores.where(StoredItem.sku.in_(skus)))
    query = select(StoredItem).where(StoredItem.id.in_(select(named.subquery().c.id)))
    return db.session.scalars(query.order_by(StoredItem.id)).all()


def _named(orders: Iterable[Order]) -> Iterable[tuple[str | None, str | None]]:
    for order in orders:
        for line in order.lines:
            yield line.item_id, line.sku
            yield from ((part.item_id, part.sku) for part in line.bundle)


def _catalogue(items: Sequence[StoredItem]) -> plain.Catalogue:
    by_sku: dict[str, tuple[str, ...]] = {}
    for item in items:
        if item.sku:
            by_sku[item.sku] = (*by_sku.get(item.sku, ()), item.external_id)
    return plain.Catalogue(by_sku, {item.external_id: item.price for item in items if item.price is not None})


def _channel_ids(store_id: int) -> dict[int, str]:
    rows = db.session.execute(select(StoreChannel.id, StoreChannel.external_id).filter_by(store_id=store_id))
    return {row.id: row.external_id for row in rows}


def _item_matches(profile_id: int, ids: Mapping[int, str]) -> dict[str, plain.ItemMatch]:
    query = select(ItemMatch).where(ItemMatch.profile_id == profile_id, ItemMatch.item_id.in_(list(ids)))
    return {ids[row.item_id]: plain.ItemMatch(row.code, row.uom) for row in db.session.scalars(query) if row.code}


def _customers(profile_id: int, channels: Mapping[int, str]) -> dict[tuple[str, str | None], str]:
    rows = db.session.scalars(select(CustomerMatch).filter_by(profile_id=profile_id))
    return {
        (channels[row.channel_id], row.currency or None): row.customer for row in rows if row.channel_id in channels
    }


def _shipping(profile_id: int, channels: Mapping[int, str]) -> dict[str, plain.Preset]:
    return {channels[key]: preset for key, preset in read_shipping(profile_id).items() if key in channels}


def read_shipping(profile_id: int) -> dict[int, plain.Preset]:
    """The shipping row of each channel that has one (M5)."""
    query = select(ShippingMatch).filter_by(profile_id=profile_id)
    rows = db.session.scalars(query.execution_options(populate_existing=True))
    return {row.channel_id: plain.Preset(row.is_on, row.item, row.uom, row.tax_code) for row in rows}


def _payments(profile_id: int, channels: Mapping[int, str]) -> dict[tuple[str, str | None], str]:
    rows = db.session.scalars(select(PaymentMatch).filter_by(profile_id=profile_id))
    return {
        (channels[row.channel_id], row.method or None): row.account
        for row in rows
        if row.channel_id in channels and row.account
    }


def _by_statement(profile_id: int, channels: Mapping[int, str]) -> frozenset[str]:
    query = select(PaymentMatch.channel_id).filter_by(profile_id=profile_id, method="", is_by_statement=True)
    return frozenset(channels[each] for each in db.session.scalars(query) if each in channels)


def _currencies(profile_id: int) -> dict[str, plain.CurrencyMatch]:
    rows = db.session.scalars(select(CurrencyMatch).filter_by(profile_id=profile_id))
    return {row.store_currency: plain.CurrencyMatch(row.books_currency, row.rate) for row in rows}


def _taxes(profile_id: int) -> dict[str, Any]:
    rows = db.session.scalars(select(TaxMatch).filter_by(profile_id=profile_id)).all()
    return {
        "taxes": {row.store_tax_id: row.code for row in rows if row.store_tax_id},
        "taxes_by_name": {(row.name, row.rate.normalize()): row.code for row in rows if row.name},
    }


# --- the books --------------------------------------------------------------------------------------------------


def _item_codes(
    settings: plain.Settings, presets: Mapping[Any, plain.Preset], matching: plain.Matching, edits: Sequence[Edits]
) -> set[str]:
    """Every item of the books that a line may carry."""
    codes = {match.code for match in matching.items.values()}
    codes |= {preset.item for preset in (*presets.values(), *matching.shipping.values()) if preset.item}
    codes |= {line.item for edit in edits for line in edit.lines.values() if line.item}
    codes |= {code for several in matching.items_by_sku.values() for code in several}
    return codes | {code for code in (settings.default_item, settings.rounding_item) if code}


def _books(
    row: BooksConnection, settings: plain.Settings, matching: plain.Matching, codes: set[str], batch: Batch
) -> plain.BooksData:
    adapter = BOOKS[row.kind]
    items = _rows(row.id, ReferenceKind.ITEM, BooksRow.code.in_(codes))
    closed_until = row.facts.get("closed_until")
    has_currency = adapter.has_customer_currency(row.facts)
    return plain.BooksData(
        country=row.country,
        home_currency=row.home_currency,
        items={each.code: _item(each) for each in items},
        tax_rates={each.code: Decimal(str(each.details["rate"])) for each in _rows(row.id, ReferenceKind.TAX_CODE)},
        currencies={each.code: dated_rates(each.details) for each in _rows(row.id, ReferenceKind.CURRENCY)},
        customers=_buyers(row, settings, matching, batch.orders, has_currency),
        terms={each.code: days_of(each.details) for each in _rows(row.id, ReferenceKind.TERM)},
        closed_until=date.fromisoformat(closed_until) if closed_until else None,
        name_replacements=adapter.name_replacements,
        taken_names=_taken_names(row.id, settings, batch.orders),
        customer_currencies=_customer_currencies(row.id, settings, matching, batch) if has_currency else {},
        has_customer_currency=has_currency,
        default_message=row.facts.get("default_message", ""),
        needs_number=adapter.needs_number(row.facts),
        due_by_terms_only=adapter.due_by_terms_only,
    )


def _rows(books_id: int, kind: ReferenceKind, *where: Any) -> Sequence[BooksRow]:
    query = select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.is_active.is_(True))
    return db.session.scalars(query.where(*where)).all()


def _item(row: BooksRow) -> plain.BooksItem:
    details: Mapping[str, Any] = row.details
    return plain.BooksItem(
        base_uom=details.get("base_uom"),
        uoms=frozenset(str(uom["code"]) for uom in details.get("uoms") or ()),
        tax_code=details.get("tax_code"),
        is_serial=bool(details.get("serial")),
        is_known=row.is_complete,
    )


def dated_rates(details: Mapping[str, Any]) -> tuple[plain.DatedRate, ...]:
    """The exchange rates of a currency of the books, as its row keeps them."""
    rates: Sequence[Mapping[str, Any]] = details.get("rates") or ()
    return tuple(
        plain.DatedRate(date.fromisoformat(each["from"]) if each.get("from") else None, Decimal(str(each["rate"])))
        for each in rates
    )


def days_of(details: Mapping[str, Any]) -> int | None:
    """The days of a term, as its row keeps them; None where it has no fixed number."""
    days = details.get("days")
    return None if days is None else int(str(days))


BUYERS = (plain.AssignedTo.ORIGINAL, plain.AssignedTo.ORGANISATION)


def _buyers_names(orders: Sequence[Order]) -> set[str]:
    texts = [(each.name, each.company, each.code or "") for each in (order.customer for order in orders)]
    return {plain.folded(text)[:200] for three in texts for text in three if text}


def _buyers(
    books: BooksConnection,
    settings: plain.Settings,
    matching: plain.Matching,
    orders: Sequence[Order],
    has_currency: bool = False,
) -> plain.BooksCustomers:
    """Customers of the books that these orders' buyers may be, where the sale goes to the buyer (S22). An inactive one
    comes after the active ones, and only where it can be made active again (I8)."""
    if settings.sale_assigned_to not in BUYERS:
        return plain.BooksCustomers()
    emails = {plain.folded(order.customer.email) for order in orders if order.customer.email}
    names = _with_suffixes(_buyers_names(orders), {order.currency for order in orders})
    names |= {
        plain.folded(f"{order.customer.name.strip()} ({order.customer.company.strip()})")[:200] for order in orders
    }
    names |= {plain.folded(link.name)[:200] for link in matching.people.values() if link.name}
    codes = {link.code for link in matching.people.values() if link.code}
    mine = select(BooksRow.id).where(BooksRow.books_id == books.id, BooksRow.kind == ReferenceKind.CUSTOMER)
    named = union(
        mine.where(BooksRow.folded_email.in_(emails)),
        mine.where(BooksRow.folded_name.in_(names)),
        mine.where(BooksRow.code.in_(codes)),
    )
    query = select(BooksRow).where(BooksRow.id.in_(select(named.subquery().c.id)))
    if not BOOKS[books.kind].restores_customers:
        query = query.where(BooksRow.is_active.is_(True))
    found = db.session.scalars(query.order_by(BooksRow.is_active.desc(), BooksRow.id))
    return plain.BooksCustomers.of([_customer(row, has_currency) for row in found])


def _with_suffixes(names: set[str], currencies: set[str]) -> set[str]:
    """The names, and those under which such a buyer was made where the name was somebody else's already."""
    endings = ("", CONTACT, CUSTOMER, *(f" ({currency})" for currency in currencies))
    return {plain.folded(name + ending)[:200] for name in names for ending in endings}


def _customer(row: BooksRow, has_currency: bool) -> plain.BooksCustomer:
    currency = str(row.details.get("currency") or "") if has_currency else ""
    email, parent = (str(row.details.get(name) or "") for name in ("email", "parent"))
    return plain.BooksCustomer(row.code, row.name, email, currency or None, parent)


def _taken_names(books_id: int, settings: plain.Settings, orders: Sequence[Order]) -> frozenset[str]:
    """Of these buyers' names, those that a supplier or an employee carries."""
    if settings.sale_assigned_to not in BUYERS:
        return frozenset()
    rows = _rows(books_id, ReferenceKind.TAKEN_NAME, BooksRow.folded_name.in_(_buyers_names(orders)))
    return frozenset(plain.folded(row.name) for row in rows)


def _customer_currencies(
    books_id: int, settings: plain.Settings, matching: plain.Matching, batch: Batch
) -> dict[str, str]:
    """The currency of every customer that is chosen by a code."""
    codes = {*matching.customers.values(), settings.default_customer, settings.generic_customer}
    codes |= {edit.customer for edit in batch.edits} | {link.code for link in matching.people.values()}
    rows = _rows(books_id, ReferenceKind.CUSTOMER, BooksRow.code.in_({code for code in codes if code}))
    return {row.code: str(row.details.get("currency") or "") for row in rows}


def _store(row: StoreConnection) -> plain.StoreOptions:
    return replace(links.store_options(row.kind), name=row.name, order_number_prefix=row.order_number_prefix)
