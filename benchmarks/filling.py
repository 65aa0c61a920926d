"""Fills a fresh database with so many orders, products and tasks as the lists are to be measured with."""

import random
from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import insert
from sqlalchemy.orm import Session

from documents import Channel, Order, OrderDates, OrderLine
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
MOST_SOLD = 160
"""Orders hold these products only."""
RARE, RARE_COUNT = "zebra", 20
"""A word that only so few products carry, however many there are."""
FILLER = "精选高品质家居用品" * 20
"""Names are written out to so many characters by it: the longest that a page must bear."""
LONGEST_NAME = 120
Row = dict[str, Any]
Table = tuple[type, Callable[[int], Row | None]]


def fill(count: int) -> None:
    """Orders, products and tasks, `count` of each; ids begin with 1. Store, books, profile: 1; channels: 1 and 2."""
    with writing() as session:
        _connections(session)
    insert_all(_TABLES, count)
    insert_tokens("store:1", lambda number: f"SKU{number:06} {name_of(number)}", count)
    analyse()


def analyse() -> None:
    """What PostgreSQL's autovacuum does after so many changes."""
    if db.engine.dialect.name == "postgresql":
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
    profile = Profile(books_id=books.id, name="Company", time_zone="Asia/Kuala_Lumpur", start_date=date(2024, 1, 1))
    shops = [StoreChannel(store_id=store.id, external_id=str(n), name=f"Shop {n}", kind="shopee") for n in (1, 2)]
    session.add_all([profile, *shops])


def insert_all(tables: Iterable[Table], count: int) -> None:
    """So many rows of each, but for those that are None."""
    for model, make in tables:
        for start in range(1, count + 1, AT_ONCE):
            numbers = range(start, min(start + AT_ONCE, count + 1))
            with writing() as session:
                session.execute(insert(model), [row for number in numbers if (row := make(number))])


def channel_of(number: int) -> int:
    """Two of three orders come from the first channel."""
    return 2 if number % 3 == 0 else 1


def _ordered_at(number: int) -> datetime:
    """Spread over two years, out of step with the ids; some at the same second."""
    return NOW - timedelta(seconds=random.Random(number).randrange(2 * 365 * 86400) // 7 * 7)


def number_of(number: int) -> str:
    """An order's number, as people see it."""
    return f"2611{number:08}"


def price_of(order: int) -> Decimal:
    """The price of each line of an order."""
    return Decimal(order % 90 + 10) / 2


def line_count(order: int) -> int:
    """An order has one to four lines."""
    return order % 4 + 1


def _document(number: int) -> str:
    """The order as it is read from the store; its products are matched ones."""
    price, channel_id, count = price_of(number), channel_of(number), line_count(number)
    return msgspec.json.encode(
        Order(
            store="sitegiant",
            shop_id="77",
            channel=Channel(str(channel_id), f"Shop {channel_id}", "shopee"),
            order_id=f"O-{number}",
            number=number_of(number),
            currency="MYR",
            prices_include_tax=False,
            dates=OrderDates(ordered=_ordered_at(number)),
            status="completed",
            payment_status="paid",
            lines=tuple(_line(line, number * 4 + line * 4, price) for line in range(count)),
            charges=(),
            tax_total=Decimal(0),
            total=price * count,
        )
    ).decode()


def _line(place: int, item: int, price: Decimal) -> OrderLine:
    item = item % MOST_SOLD + 4
    name, sku = long_name_of(item), f"SKU{item:06}"
    return OrderLine(str(place + 1), sku, f"P-{item}", name, Decimal(1), price, Decimal(0), price)


def _order(number: int) -> Row:
    return {
        "id": number,
        "channel_id": channel_of(number),
        "external_id": f"O-{number}",
        "number": number_of(number),
        "status": "completed",
        "payment_status": "paid",
        "currency": "MYR",
        "total": price_of(number) * line_count(number),
        "ordered_at": _ordered_at(number),
        "is_open": False,
        "document": _document(number),
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
        "status": "completed",
        "number": number_of(number),
        "tick": Tick.GREEN if number % 10 == 0 else Tick.NONE,
        "reasons": [],
        "edits": {},
    }


def name_of(number: int) -> str:
    """A name of some words; every tenth product is a shirt, twenty are for zebras."""
    colour, thing = COLOURS[number // 10 % 10], THINGS[number % 10]
    rare = f" {RARE}" if number <= RARE_COUNT * 11 and number % 11 == 0 else ""
    return f"{colour} {thing}{rare} model {number % 997}"


def long_name_of(number: int) -> str:
    """The whole name, as the store has it."""
    return f"{name_of(number)} {FILLER}"[:LONGEST_NAME]


def _item(number: int) -> Row:
    return {
        "id": number,
        "store_id": 1,
        "external_id": f"P-{number}",
        "sku": f"SKU{number:06}",
        "name": long_name_of(number),
        "price": Decimal("9.90"),
        "seen_at": NOW,
    }


def _match(number: int) -> Row:
    row = {"id": number, "profile_id": 1, "store_id": 1, "item_id": number, "is_matched": number % 4 == 0}
    return row | {"code": code_of(number) if row["is_matched"] else None}


def code_of(number: int) -> str:
    """An item of the books."""
    return f"ITEM{number:06}"


def _task(number: int) -> Row:
    counts = {"total": 12, "posted": 9, "failed": 2, "left": 1}
    return {"id": number, "profile_id": 1, "created_at": NOW, "created_by": "Mei", "is_drafted": True, **counts}


_TABLES: tuple[Table, ...] = (
    (StoredOrder, _order),
    (ProfileOrder, _profile_order),
    (StoredItem, _item),
    (ItemMatch, _match),
    (Task, _task),
)


def insert_tokens(scope: str, text_of: Callable[[int], str], count: int) -> None:
    """As `search.index` writes them."""
    for start in range(1, count + 1, AT_ONCE):
        rows = [
            {"scope": scope, "token": word, "row_id": number}
            for number in range(start, min(start + AT_ONCE, count + 1))
            for word in words_of(text_of(number))
        ]
        with writing() as session:
            session.execute(insert(SearchToken), rows)
