"""Lists: which rows, in which page (6.1); and `/*?field=`, which finds one record by indexed fields (6.2).

A filter is `field=value`, `field=*text*` (contains) or `field=a~b` (range); several are joined by 'and'. Values are
compared exactly, decimals by their worth. A field that the list has not is refused."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books
from practice.sql_accounting.fields import Field
from practice.sql_accounting.resources import RESOURCES, Resource
from practice.web import Doc

PAGE = 50
QUICK = ("docref1", "docno", "code")
"""The fields whose single values are looked up by an index of the practice's own."""
Test = Callable[[Doc], bool]


@dataclass(frozen=True)
class Page:
    """One page of a list, and how many rows fit in all."""

    rows: list[Doc]
    offset: int
    limit: int
    total: int


def select(books: Books, name: str, query: dict[str, str]) -> Page:
    """The page that was asked for; never more than 50 rows."""
    asked = {field.lower(): value for field, value in query.items()}
    offset, limit = _count(asked, "offset", 0), min(_count(asked, "limit", PAGE), PAGE)
    fitting = matching(books, name, asked)
    return Page(fitting[offset : offset + limit], offset, limit, len(fitting))


def matching(books: Books, name: str, asked: dict[str, str]) -> list[Doc]:
    """All visible records that pass every filter, in the order in which they came."""
    tests = [_test(books, RESOURCES[name], field, value) for field, value in asked.items()]
    return [row for row in _candidates(books, name, asked) if all(test(row) for test in tests)]


def first(books: Books, name: str, query: dict[str, str]) -> Doc | None:
    """The record that `/*?field=value` finds; only indexed fields may be asked for."""
    asked = {field.lower(): value for field, value in query.items()}
    allowed = RESOURCES[name].indexed
    if not asked or not set(asked) <= set(allowed):
        raise Refused(f"Only indexed fields may be used: {', '.join(allowed) or 'none'}")
    return next(iter(matching(books, name, asked)), None)


def _candidates(books: Books, name: str, asked: dict[str, str]) -> list[Doc]:
    """The records that a test must see: few where one field is asked for by a plain value."""
    for field in QUICK:
        value = asked.get(field, "")
        if field in RESOURCES[name].fields and value and not _is_pattern(books, value):
            found = books.where(name, field, value)
            break
    else:
        found = books.rows(name)
    return [row for row in found if row.get("_hidden_until", 0) <= books.now()]


def _is_pattern(books: Books, value: str) -> bool:
    return not books.switches.plain_filters and ("~" in value or (value.startswith("*") and value.endswith("*")))


def _test(books: Books, resource: Resource, name: str, value: str) -> Test:
    field = resource.fields.get(name)
    if field is None or name in resource.single:
        raise Refused(f"{resource.title} has no field {name} to filter by")
    if not _is_pattern(books, value):
        wanted = _read(field, name, value)
        return lambda row: _worth(field, row[name]) == wanted
    if "~" in value:
        low, high = (_read(field, name, part) for part in value.split("~", 1))
        return lambda row: row[name] is not None and low <= _worth(field, row[name]) <= high
    return lambda row: value.strip("*") in str(row[name] or "")


def _read(field: Field, name: str, value: str) -> Any:
    """A value of the query, by the field's kind."""
    if field.kind == "dec":
        if not re.fullmatch(r"-?\d{1,18}(\.\d{1,10})?", value):
            raise Refused(f"{name} is compared with a number")
        return Decimal(value)
    if field.kind == "int":
        if not re.fullmatch(r"-?\d+", value):
            raise Refused(f"{name} is compared with a whole number")
        return int(value)
    if field.kind == "flag":
        if value not in ("true", "false"):
            raise Refused(f"{name} is true or false")
        return value == "true"
    return value


def _worth(field: Field, value: Any) -> Any:
    return Decimal(value) if field.kind == "dec" else value if value is not None else ""


def _count(asked: dict[str, str], name: str, default: int) -> int:
    """`offset` or `limit`, taken out of the filters."""
    value = asked.pop(name, str(default))
    if not re.fullmatch(r"\d{1,9}", value):
        raise Refused(f"{name} must be a whole number")
    return int(value)
