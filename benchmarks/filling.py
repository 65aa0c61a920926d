"""Fills a fresh database with so many orders, products and tasks as the lists are to be measured with."""

import random
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from models import (
    BooksConnection,
    ItemMatch,
    Profile,
    ProfileOrder,
    SearchToken,
    StoreChannel,
    StoreConnection,
    StoredItem,
    StoredOrder,
    Task,
    Tick,
    db,
    writing,
)
from sync.search import words_of

NOW = datetime(2026, 11, 1, tzinfo=UTC)
AT_ONCE = 5000
TEXT = '{"filler":"' + "x" * 1000 + '"}'
COLOURS = ("red", "green", "blue", "black", "white", "silver", "ivory", "rose", "amber", "navy")
THINGS = ("shirt", "shoe", "mug", "lamp", "bottle", "cable", "towel", "kettle", "basket", "pillow")
RARE, RARE_COUNT = "zebra", 20
"""A word that only so few products carry, however many there are."""
Row = dict[str, Any]


def fill(count: int) -> None:
    """Orders, products and tasks, `count` of each; ids begin with 1. Store, books, profile: 1; channels: 1 and 2."""
    with writing() as session:
        _connections(session)
    for model, make in _TABLES:
        _insert(model, make, count)
    _tokens(count)
    if db.engine.dialect.name == "postgresql":  # what autovacuum does after so many changes
        with db.engine.connect().execution_options(isolation_level="AUTOCOMMIT", writes=True) as connection:
            connection.exec_driver_sql("VACUUM ANALYZE")


def _connections(session: Session) -> None:
    books = BooksConnection(
        kind="qne",
        name="Books",
        company_key="1",
        company_name="Books",
        home_currency="MYR",
        country="MY",
        per_second="2",
        in_flight=1,
    )
    store = StoreConnection(kind="sitegiant", name="Store", per_second="2")
    session.add_all([books, store])
    session.flush()
    profile = Profile(books_id=books.id, name="Company", time_zone="Asia/Kuala_Lumpur", start_date=date(2026, 1, 1))
    shops = [StoreChannel(store_id=store.id, external_id=str(n), name=f"Shop {n}", kind="shopee") for n in (1, 2)]
    session.add_all([profile, *shops])


def _insert(model: type, make: Callable[[int], Row], count: int) -> None:
    for start in range(1, count + 1, AT_ONCE):
        with writing() as session:
            session.execute(insert(model), [make(n) for n in range(start, min(start + AT_ONCE, count + 1))])


def channel_of(number: int) -> int:
    """Two of three orders come from the first channel."""
    return 2 if number % 3 == 0 else 1


def _ordered_at(number: int) -> datetime:
    """Spread over two years, out of step with the ids; some at the same second."""
    return NOW - timedelta(seconds=random.Random(number).randrange(2 * 365 * 86400) // 7 * 7)


def _order(number: int) -> Row:
    return {
        "id": number,
        "channel_id": channel_of(number),
        "external_id": f"O-{number}",
        "number": f"2611{number:08}",
        "status": "completed",
        "payment_status": "paid",
        "currency": "MYR",
        "total": Decimal("49.90"),
        "ordered_at": _ordered_at(number),
        "is_open": False,
        "document": TEXT,
        "raw": TEXT,
        "raw_sha256": "0" * 64,
        "pulled_at": NOW,
    }


def _profile_order(number: int) -> Row:
    return {
        "id": number,
        "profile_id": 1,
        "order_id": number,
        "channel_id": channel_of(number),
        "ordered_at": _ordered_at(number),
        "tick": Tick.GREEN if number % 10 == 0 else Tick.NONE,
        "reasons": [],
        "edits": {},
    }


def name_of(number: int) -> str:
    """A name of some words; every tenth product is a shirt, twenty are for zebras."""
    colour, thing = COLOURS[number // 10 % 10], THINGS[number % 10]
    rare = f" {RARE}" if number <= RARE_COUNT * 11 and number % 11 == 0 else ""
    return f"{colour} {thing}{rare} model {number % 997}"


def _item(number: int) -> Row:
    return {
        "id": number,
        "store_id": 1,
        "external_id": f"P-{number}",
        "sku": f"SKU{number:06}",
        "name": name_of(number),
        "price": Decimal("9.90"),
        "seen_at": NOW,
    }


def _match(number: int) -> Row:
    return {"id": number, "profile_id": 1, "item_id": number, "is_matched": number % 4 == 0}


def _task(number: int) -> Row:
    return {"id": number, "profile_id": 1, "created_at": NOW, "created_by": "Mei", "is_drafted": True}


_TABLES: tuple[tuple[type, Callable[[int], Row]], ...] = (
    (StoredOrder, _order),
    (ProfileOrder, _profile_order),
    (StoredItem, _item),
    (ItemMatch, _match),
    (Task, _task),
)


def _tokens(count: int) -> None:
    """As `search.index` writes them."""
    for start in range(1, count + 1, AT_ONCE):
        numbers = range(start, min(start + AT_ONCE, count + 1))
        rows = [
            {"scope": "store:1", "token": word, "row_id": number}
            for number in numbers
            for word in words_of(f"SKU{number:06} {name_of(number)}")
        ]
        with writing() as session:
            session.execute(insert(SearchToken), rows)
