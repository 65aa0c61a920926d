"""Pages of the long lists, at many rows against the same page at few."""

import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from flask import Flask
from sqlalchemy import Select, func, select

from app import create_app
from benchmarks.filling import RARE, fill
from benchmarks.table import Row, compare, taken_s
from config import Config
from models import ItemMatch, Profile, ProfileOrder, Task, Tick, db, end_reading
from sync import lists, order_lists, search
from sync.lists import PAGE
from sync.order_lists import Wanted
from tests import databases

MANY, FEW, TIMES = 100_000, 1000, 61
QUICK_MANY, QUICK_FEW, QUICK_TIMES = 2000, 1000, 3
DEEP = 1000
"""The number of the page that stands for every deep one; the last one where there are not so many."""
MOST_RATIO = 1.3
SCOPE = "store:1"
Page = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Case:
    """One list: its page behind a row that was found by `place`, and how many rows it has."""

    what: str
    first: Page
    deep: Callable[[int], Page] | None
    count: Select[int]


def rows(is_quick: bool) -> Iterator[Row]:
    """Each list on each database: its first page, and a deep one."""
    many, few, times = (QUICK_MANY, QUICK_FEW, QUICK_TIMES) if is_quick else (MANY, FEW, TIMES)
    for kind in databases.KINDS:
        with ExitStack() as stack:
            small, large = (stack.enter_context(filled(kind, count)) for count in (few, many))
            for case in CASES:
                yield _compared(f"{kind}: {case.what}, page 1", small, large, _first(case), times)
                if case.deep:
                    yield _compared(f"{kind}: {case.what}, page {DEEP:,}", small, large, _deep(case), times)


@contextmanager
def filled(kind: str, count: int, fill: Callable[[int], None] = fill) -> Iterator[Flask]:
    """An app on a database with so many rows in each list."""
    with (
        tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as folder,
        databases.fresh_database(kind, Path(folder)) as url,
    ):
        app = create_app(Config(Path(folder), url, "unix:///nowhere/valkey.sock"))
        with app.app_context():
            fill(count)
            db.session.remove()
        try:
            yield app
        finally:
            with app.app_context():
                db.engine.dispose()


def _compared(what: str, small: Flask, large: Flask, choose: Callable[[Flask], Page], times: int) -> Row:
    low, high = (_timed(app, choose(app)) for app in (small, large))
    low(), high()  # statements are compiled, pages are in memory
    floor, measured, ratio = compare(low, high, times)
    return Row(what, measured, floor, "ms", ratio, most_ratio=MOST_RATIO)


def _timed(app: Flask, page: Page) -> Callable[[], float]:
    """Seconds for one page, in a session of its own as a request has it."""

    def measure() -> float:
        with app.app_context():
            spent = taken_s(page)
            end_reading()
            return spent

    return measure


def _first(case: Case) -> Callable[[Flask], Page]:
    return lambda app: case.first


def _deep(case: Case) -> Callable[[Flask], Page]:
    def choose(app: Flask) -> Page:
        with app.app_context():
            count = db.session.scalar(select(func.count()).select_from(case.count.subquery())) or 0
            assert case.deep is not None
            return case.deep(min((DEEP - 1) * PAGE, max(count - PAGE, 1)) - 1)

    return choose


# --- the lists --------------------------------------------------------------------------------------------------


def _orders(what: str, **wanted: Any) -> Case:
    chosen = Wanted(**{"ticks": (Tick.NONE,), **wanted})
    where = [ProfileOrder.profile_id == 1, ProfileOrder.tick.in_(chosen.ticks)]
    where += [ProfileOrder.channel_id == chosen.channel_id] if chosen.channel_id else []
    query = select(ProfileOrder.id).where(*where)
    newest = (ProfileOrder.ordered_at.desc(), ProfileOrder.id.desc())
    order = (ProfileOrder.number, ProfileOrder.id) if chosen.number else newest

    def page(after: int | None) -> object:
        return order_lists.page(db.session.get_one(Profile, 1), chosen, after)

    def deep(skipped: int) -> Page:
        after = db.session.scalar(query.order_by(*order).offset(skipped).limit(1))
        return lambda: page(after)

    return Case(what, lambda: page(None), deep, query)


def _items() -> Case:
    chosen = select(ItemMatch.item_id).where(ItemMatch.profile_id == 1, ItemMatch.is_matched.is_(False))

    def deep(skipped: int) -> Page:
        after = db.session.scalar(chosen.order_by(ItemMatch.item_id).offset(skipped).limit(1)) or 0
        return lambda: lists.items(1, False, after)

    return Case("unmatched products", lambda: lists.items(1, False), deep, chosen)


def _items_of_store() -> Case:
    chosen = select(ItemMatch.item_id).where(ItemMatch.profile_id == 1, ItemMatch.store_id == 1)

    def deep(skipped: int) -> Page:
        after = db.session.scalar(chosen.order_by(ItemMatch.item_id).offset(skipped).limit(1)) or 0
        return lambda: lists.items(1, None, after, "", 1)

    return Case("all products of a store", lambda: lists.items(1, None, 0, "", 1), deep, chosen)


def _found(what: str, typed: str) -> Case:
    chosen = select(ItemMatch.item_id).where(ItemMatch.profile_id == 1, ItemMatch.is_matched.is_(False))
    chosen = search.page(chosen, ItemMatch.item_id, SCOPE, typed, 0)

    def deep(skipped: int) -> Page:
        after = db.session.scalar(chosen.offset(skipped).limit(1)) or 0
        return lambda: lists.items(1, False, after, typed, 1)

    return Case(what, lambda: lists.items(1, False, 0, typed, 1), deep if typed != RARE else None, chosen)


def _tasks() -> Case:
    chosen = select(Task.id).where(Task.profile_id == 1, Task.is_trashed.is_(False))

    def deep(skipped: int) -> Page:
        before = db.session.scalar(chosen.order_by(Task.id.desc()).offset(skipped).limit(1))
        return lambda: lists.tasks(1, before)

    return Case("tasks", lambda: lists.tasks(1), deep, chosen)


CASES = (
    _orders("pending orders", ticks=order_lists.PENDING),
    _orders("pending orders of a channel", channel_id=1),
    _orders("pending orders by the beginning of all numbers", number="26"),
    _items(),
    _items_of_store(),
    _found("unmatched products by a word that few have", RARE),
    _found("unmatched products by a word that many have", "shirt"),
    _found("unmatched products by the beginning of all SKUs", "sku"),
    _tasks(),
)
