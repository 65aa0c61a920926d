"""The shop behind the imitated SiteGiant: its records and how they are paged (sitegiant.md 4.1)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Any

from practice.buyers import customer_list
from practice.catalogue import CHANNELS, item_list
from practice.orders import make_orders
from practice.storage import Storage
from practice.web import Doc, Request

LARGEST_PAGE = 100
FILTERS = {"items": ("isku",), "purchase_orders": ("status",)}


class Refused(Exception):
    """A logical error: HTTP 200 with code 400 and this message."""


class Shop:
    """Records under kinds 'sitegiant.<list>'."""

    def __init__(self, storage: Storage) -> None:
        """Work on this storage."""
        self.storage = storage

    def rows(self, name: str) -> list[Doc]:
        """All records of a list."""
        return self.storage.rows(f"sitegiant.{name}")

    def find(self, name: str, key: str) -> Doc | None:
        """One record by its id."""
        return self.storage.find(f"sitegiant.{name}", key)

    def filtered(self, name: str, query: dict[str, str]) -> list[Doc]:
        """The records that fit the list's own filters."""
        wanted = {field: query[field] for field in FILTERS.get(name, ()) if query.get(field)}
        return [row for row in self.rows(name) if all(row[field] == value for field, value in wanted.items())]

    def page(self, rows: list[Any], query: dict[str, str], most: int | None = None) -> list[Any]:
        """One page: `page` from 1, `limit` at most 100; `most` caps it, whatever was asked for."""
        page, limit = number(query, "page", 1), number(query, "limit", LARGEST_PAGE)
        if page < 1:
            raise Refused("page must be at least 1")
        if not 1 <= limit <= LARGEST_PAGE:
            raise Refused(f"limit must be between 1 and {LARGEST_PAGE}")
        limit = min(limit, most or limit)
        return rows[(page - 1) * limit : page * limit]


def number(query: dict[str, str], name: str, default: int) -> int:
    """A whole number of the query."""
    value = query.get(name, str(default))
    if not value.isdecimal():
        raise Refused(f"{name} must be a whole number")
    return int(value)


def object_of(request: Request) -> Doc:
    """The JSON object of the body."""
    body = request.json()
    if not isinstance(body, dict):
        raise Refused("A JSON object was expected")
    return body


def put_orders(storage: Storage, orders: Iterable[Doc]) -> int:
    """Save orders under their ids; returns how many."""
    count = 0
    with storage.writing() as unit:
        for order in orders:
            unit.put("sitegiant.orders", order["order_id"], order)
            count += 1
    return count


def seed_shop(storage: Storage, count: int, seed: int, days: int, today: date) -> None:
    """Fill an empty storage with channels, items, people and `count` orders."""
    lists: dict[str, tuple[str, list[Doc]]] = {
        "channels": ("id", CHANNELS),
        "items": ("isku", item_list()),
        "customers": ("customer_id", customer_list()),
        "vendors": (
            "vendor_code",
            [{"vendor_code": "V001", "name": "Seri Supplies"}, {"vendor_code": "V002", "name": "陶瓷厂"}],
        ),
        "warehouses": ("id", [{"id": 1, "name": "Ipoh"}, {"id": 2, "name": "Kuala Lumpur"}]),
    }
    with storage.writing() as unit:
        for name, (key, records) in lists.items():
            for record in records:
                unit.put(f"sitegiant.{name}", str(record[key]), record)
    put_orders(storage, make_orders(count, seed, days, today))
