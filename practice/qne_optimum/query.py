"""Optimum's query options: $top, $skip, $orderby, $select, $filter (qne.md 8.3). Lists are bare arrays, not counted."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from typing import Any

from practice.qne.envelope import Refused
from practice.web import Doc

PAGE, LARGEST_PAGE = 50, 100
ALLOWED = {"$top", "$skip", "$orderby", "$select", "$filter"}
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "lt": operator.lt,
    "ge": operator.ge,
    "le": operator.le,
}
TEXT = r"'(?:[^']|'')*'"
TERM = re.compile(
    rf"\s*(?P<field>\w+)\s+(?:(?P<operator>eq|ne|gt|lt|ge|le)\s+(?P<value>{TEXT}|[\w.:+-]+)"
    rf"|in\s*\((?P<values>\s*{TEXT}(?:\s*,\s*{TEXT})*\s*)\))(?P<join>\s+and\s+(?=\S)|\s*$)"
)


def select(rows: list[Doc], query: dict[str, str]) -> list[Doc]:
    """The page that was asked for."""
    unknown = [name for name in query if name.startswith("$") and name not in ALLOWED]
    if unknown:
        raise Refused(f"Query option {unknown[0]} is not supported")
    conditions = tests(query.get("$filter", ""), rows)
    fitting = _ordered([row for row in rows if all(test(row) for test in conditions)], query.get("$orderby", ""))
    skip, top = _count(query, "$skip", 0), min(_count(query, "$top", PAGE), LARGEST_PAGE)
    return _columns(fitting[skip : skip + top], query.get("$select", ""))


def tests(expression: str, rows: list[Doc]) -> list[Callable[[Doc], bool]]:
    """The conditions of a $filter; a field that no row has is refused."""
    found: list[Callable[[Doc], bool]] = []
    position, joined = 0, bool(expression.strip())
    while joined:
        term = TERM.match(expression, position)
        if term is None:
            raise Refused(f"Syntax error at position {position} in '{expression}'")
        if rows and not any(term["field"] in row for row in rows):
            raise Refused(f"Could not find a property named '{term['field']}'")
        found.append(_test(term))
        position, joined = term.end(), bool(term["join"].strip())
    return found


def _test(term: re.Match[str]) -> Callable[[Doc], bool]:
    field = term["field"]
    if term["values"] is not None:
        wanted = {_text(each) for each in re.findall(TEXT, term["values"])}
        return lambda row: row.get(field) in wanted
    compare, value = OPERATORS[term["operator"]], _value(term["value"])
    return lambda row: row.get(field) is not None and compare(_told(row[field]), value)


def _value(literal: str) -> str:
    return _text(literal) if literal.startswith("'") else literal


def _told(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _text(literal: str) -> str:
    return literal[1:-1].replace("''", "'")


def _ordered(rows: list[Doc], order: str) -> list[Doc]:
    field, _, direction = order.strip().partition(" ")
    if not field:
        return rows
    if direction.strip() not in ("", "asc", "desc"):
        raise Refused(f"Syntax error in $orderby '{order}'")
    return sorted(rows, key=lambda row: str(row.get(field) or ""), reverse=direction.strip() == "desc")


def _columns(rows: list[Doc], asked: str) -> list[Doc]:
    names = [name.strip() for name in asked.split(",") if name.strip()]
    return [{name: row.get(name) for name in names} for row in rows] if names else rows


def _count(query: dict[str, str], name: str, default: int) -> int:
    asked = query.get(name, str(default))
    if not asked.isdecimal():
        raise Refused(f"{name} must be a whole number")
    return int(asked)
