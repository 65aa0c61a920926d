"""Answers a statement from the books (quickbooks-online.md 2.5)."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

from practice.quickbooks.books import Books, visible
from practice.quickbooks.clock import instant
from practice.quickbooks.desk import dressed
from practice.quickbooks.entities import ENTITIES
from practice.quickbooks.entity import Entity
from practice.quickbooks.faults import Refused
from practice.quickbooks.shapes import day
from practice.quickbooks.statement import Condition, Statement
from practice.web import Doc

COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": operator.eq,
    "!=": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "<=": operator.le,
    ">=": operator.ge,
}
TAKEN = {"id": ("=", "IN"), "flag": ("=", "!=", "IN"), "reference": ("=", "!=", "IN")}
"""The operators of some kinds; the others take all."""
PART = {"email": "Address", "reference": "value"}
ENTITY_NAMES = {name.lower(): entity for name, entity in ENTITIES.items()}


def answer(books: Books, statement: Statement) -> Doc:
    """The QueryResponse."""
    entity = ENTITY_NAMES.get(statement.entity.lower())
    if entity is None:
        raise Refused("4001", f"QueryValidationError: Invalid context declaration: {statement.entity}")
    rows = _ordered(entity, _fitting(books, entity, statement.conditions), statement)
    if statement.counts:
        return {"QueryResponse": {"totalCount": len(rows)}}
    names = [_known(entity, name) for name in statement.fields]
    page = rows[statement.start - 1 : statement.start - 1 + statement.most]
    if not page:
        return {"QueryResponse": {}}
    shown = [_part(dressed(row), names) for row in page]
    return {"QueryResponse": {entity.name: shown, "startPosition": statement.start, "maxResults": len(shown)}}


def _fitting(books: Books, entity: Entity, conditions: list[Condition]) -> list[Doc]:
    """The rows that fit; inactive ones only where Active is asked for."""
    tests = [_test(entity, condition) for condition in conditions]
    rows = visible(_candidates(books, entity, conditions))
    if "Active" in entity.searchable and not any(c.field.lower() == "active" for c in conditions):
        rows = [row for row in rows if row["Active"]]
    return [row for row in rows if all(test(row) for test in tests)]


def _candidates(books: Books, entity: Entity, conditions: list[Condition]) -> list[Doc]:
    """All rows, or those that an Id or an index leads to."""
    indexes = {name.lower(): field for name, field in entity.indexed.items()}
    for condition in conditions:
        name, values = condition.field.lower(), dict.fromkeys(condition.values)
        if condition.operator not in ("=", "IN"):
            continue
        if name == "id":
            found = [books.find(entity.name, key) for key in values]
            return [row for row in found if row is not None]
        if name in indexes:
            keys = dict.fromkeys(value.casefold() for value in values)
            return [row for key in keys for row in books.where(entity.name, indexes[name], key)]
    return books.rows(entity.name)


def _test(entity: Entity, condition: Condition) -> Callable[[Doc], bool]:
    """Whether a row fits one condition."""
    name = _searchable(entity, condition.field)
    kind = entity.searchable[name]
    if condition.quoted == (kind == "flag"):
        raise Refused("4001", f"QueryValidationError: Invalid value for property {name}")
    if condition.operator not in TAKEN.get(kind, (*COMPARE, "IN", "LIKE")):
        raise _bad_operator(condition, name)
    if condition.operator == "LIKE":
        return _like(entity, name, condition)
    values = [_value(name, kind, written) for written in condition.values]
    if condition.operator == "IN":
        return lambda row: _of(row, name, kind) in values
    compare, wanted = COMPARE[condition.operator], values[0]

    def fits(row: Doc) -> bool:
        value = _of(row, name, kind)
        return value is not None and compare(value, wanted)

    return fits


def _like(entity: Entity, name: str, condition: Condition) -> Callable[[Doc], bool]:
    kind = entity.searchable[name]
    if kind not in ("text", "email"):
        raise _bad_operator(condition, name)
    parts = condition.values[0].casefold().split("%")
    pattern = re.compile(".*".join(re.escape(part) for part in parts), re.DOTALL)

    def fits(row: Doc) -> bool:
        value = _of(row, name, kind)
        return value is not None and pattern.fullmatch(value) is not None

    return fits


def _searchable(entity: Entity, field: str) -> str:
    for name in entity.searchable:
        if name.lower() == field.lower():
            return name
    if field.partition(".")[0].lower() in {name.lower() for name in entity.shape}:
        raise Refused("4001", f"QueryValidationError: property '{field}' is not queryable")
    raise _unknown(entity, field)


def _known(entity: Entity, field: str) -> str:
    """A property that may be named between SELECT and FROM."""
    for name in (*entity.searchable, *entity.shape):
        if name.lower() == field.lower():
            return name
    raise _unknown(entity, field)


def _unknown(entity: Entity, field: str) -> Refused:
    return Refused("4001", f"QueryValidationError: Property {field} not found for Entity {entity.name}")


def _bad_operator(condition: Condition, name: str) -> Refused:
    return Refused("4001", f"QueryValidationError: Operator {condition.operator} is not supported for property {name}")


def _value(name: str, kind: str, written: str) -> Any:
    """What a literal stands for; code 4002 where it is of another kind."""
    try:
        match kind:
            case "number":
                return Decimal(written)
            case "moment":
                return instant(written)
            case "date":
                return day(written, name)
            case "flag":
                return written.upper() == "TRUE"
            case "text" | "email":
                return written.casefold()
        return written
    except (ValueError, InvalidOperation, Refused) as error:
        raise Refused("4002", f"QueryProcessingError: {written} is no {kind} for property {name}") from error


def _of(row: Doc, name: str, kind: str) -> Any:
    """The row's own value, ready to compare."""
    value: Any = row
    for part in name.split("."):
        value = value.get(part)
    if value is not None and kind in PART:
        value = value.get(PART[kind])
    if value is None:
        return None
    if kind == "moment":
        return instant(value)
    return value.casefold() if kind in ("text", "email") else value


def _ordered(entity: Entity, rows: list[Doc], statement: Statement) -> list[Doc]:
    for field, is_falling in reversed(statement.order):
        rows = sorted(rows, key=_sort_key(entity, _searchable(entity, field)), reverse=is_falling)
    return rows


def _sort_key(entity: Entity, name: str) -> Callable[[Doc], Any]:
    kind = entity.searchable[name]

    def key(row: Doc) -> tuple[bool, Any]:
        value = _of(row, name, kind)
        return value is not None, (len(value), value) if kind == "id" else value

    return key


def _part(record: Doc, names: list[str]) -> Doc:
    """The properties that were named; all where none was."""
    if not names:
        return record
    tops = {name.partition(".")[0] for name in names} | {"domain", "sparse"}
    return {name: value for name, value in record.items() if name in tops}
