"""QNE's query options: $top, $skip, $filter, $orderby, $count (qne.md section 3, decisions N3 and N4).

Taken: eq, ge, le, gt, lt joined by `and`, on plain top-level fields of the list row. A field that the row has not, or
that it takes from another table, answers 500, as seen live. Everything else is refused with 400."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from practice.qne.envelope import Refused
from practice.web import Doc

PAGE, LARGEST_PAGE = 20, 200
OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ge": operator.ge,
    "le": operator.le,
    "gt": operator.gt,
    "lt": operator.lt,
}
TERM = re.compile(
    r"\s*(?P<field>[A-Za-z][\w./]*)\s+(?P<operator>[a-z]+)\s+"
    r"(?P<value>'(?:[^']|'')*'|-?\d+(?:\.\d+)?(?![\d-])|\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?Z)?|true|false|null)"
    r"(?:\s+(?P<join>and)\s+(?=\S)|\s*$)"
)
DAY = re.compile(r"\d{4}-\d\d-\d\d")
Fields = dict[str, str]
"""The plain fields of a list row and their kind: text, number, flag, date."""


class ServerFailed(Exception):
    """The server breaks on this question: HTTP 500."""


def select(rows: list[Doc], query: dict[str, str], fields: Fields) -> tuple[list[Doc], int]:
    """The page that was asked for, and the count of all rows that fit."""
    unknown = [name for name in query if name.startswith("$") and name not in ALLOWED]
    if unknown:
        raise Refused(f"Query option {unknown[0]} is not supported", status=400)
    conditions = tests(query.get("$filter", ""), fields)
    fitting = [row for row in rows if all(test(row) for test in conditions)]
    fitting = _ordered(fitting, query.get("$orderby", ""), fields)
    skip, top = _count(query, "$skip", 0), min(_count(query, "$top", PAGE), LARGEST_PAGE)
    return fitting[skip : skip + top], len(fitting)


ALLOWED = {"$top", "$skip", "$filter", "$orderby", "$count"}


def tests(expression: str, fields: Fields) -> list[Callable[[Doc], bool]]:
    """The conditions of a $filter; raises Refused or ServerFailed."""
    found: list[Callable[[Doc], bool]] = []
    position, joined = 0, bool(expression.strip())
    while joined:
        term = TERM.match(expression, position)
        if term is None or term["operator"] not in OPERATORS:
            raise Refused(f"Syntax error at position {position} in '{expression}'", status=400)
        found.append(_test(term["field"], OPERATORS[term["operator"]], term["value"], fields))
        position, joined = term.end(), bool(term["join"])
    return found


def reference_asked(expression: str) -> str | None:
    """The reference that a $filter begins with, so that an index can answer; None when it does not."""
    begin = re.match(r"\s*referenceNo eq '((?:[^']|'')*)'(?=\s|$)", expression)
    return begin[1].replace("''", "'") if begin else None


def _test(field: str, compare: Callable[[Any, Any], bool], literal: str, fields: Fields) -> Callable[[Doc], bool]:
    kind = fields.get(field)
    if kind is None:
        raise ServerFailed(field)
    value = _value(field, kind, literal)
    if kind == "date":
        return lambda row: row.get(field) is not None and compare(_instant(str(row[field])), value)
    return lambda row: row.get(field) is not None and compare(row[field], value)


def _value(field: str, kind: str, literal: str) -> Any:
    is_text = literal.startswith("'")
    if kind == "text" and is_text:
        return literal[1:-1].replace("''", "'")
    if kind == "flag" and literal in ("true", "false"):
        return literal == "true"
    if kind == "date" and not is_text and DAY.match(literal):
        return _instant(literal)
    if kind == "number" and not is_text and re.fullmatch(r"-?\d+(\.\d+)?", literal):
        return Decimal(literal)
    raise Refused(f"A {kind} was expected for '{field}', not {literal}", status=400)


def _instant(day: str) -> str:
    """Days and instants on one scale."""
    return day.removesuffix("Z").split(".")[0] if "T" in day else f"{day}T00:00:00"


def _ordered(rows: list[Doc], order: str, fields: Fields) -> list[Doc]:
    if not order.strip():
        return rows
    field, _, direction = order.strip().partition(" ")
    if field not in fields:
        raise ServerFailed(field)
    if direction.strip() not in ("", "asc", "desc"):
        raise Refused(f"Syntax error in $orderby '{order}'", status=400)
    return sorted(
        rows, key=lambda row: (row.get(field) is not None, row.get(field)), reverse=direction.strip() == "desc"
    )


def _count(query: dict[str, str], name: str, default: int) -> int:
    asked = query.get(name, str(default))
    if not asked.isdecimal():
        raise Refused(f"{name} must be a whole number", status=400)
    return int(asked)
