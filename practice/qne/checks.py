"""How strictly QNE reads a body: numbers are numbers, ids exist, texts have lengths (qne.md sections 5 and 6)."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from practice.qne.envelope import Refused
from practice.web import Doc, Malformed, Request

INT32 = 2**31 - 1
ZERO_GUID = "00000000-0000-0000-0000-000000000000"
GUID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)


def body_of(request: Request) -> Doc:
    """The JSON object of the body."""
    try:
        body = request.json()
    except Malformed as error:
        raise Refused("The body is not valid JSON", status=400) from error
    if not isinstance(body, dict):
        raise Refused("A JSON object was expected", status=400)
    return {name: value for name, value in body.items() if value is not None}


def number(body: Doc, name: str, default: Decimal | None = None) -> Decimal:
    """A JSON number; money as text is refused."""
    value = body.get(name, default)
    if value is None:
        raise Refused(f"{name} is required")
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        raise Refused(f"{name} must be a number")
    return Decimal(value)


def whole_id(body: Doc, name: str) -> int | None:
    """A numeric id (int32), or None when not sent; text is refused."""
    value = body.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= INT32:
        raise Refused(f"{name} must be an int32")
    return value


def guid(body: Doc, name: str) -> str | None:
    """A GUID in text, lower case; None when not sent or zero (not saved yet)."""
    value = body.get(name)
    if value is None:
        return None
    if not isinstance(value, str) or not GUID.fullmatch(value):
        raise Refused(f"{name} must be a GUID")
    return None if value == ZERO_GUID else value.lower()


def words(body: Doc, name: str, limit: int, required: bool = False) -> str:
    """A text of at most `limit` characters."""
    value = body.get(name, "")
    if not isinstance(value, str):
        raise Refused(f"{name} must be a text")
    if len(value) > limit:
        raise Refused(f"{name} must not be longer than {limit} characters")
    if required and not value.strip():
        raise Refused(f"{name} is required")
    return value


def flag(body: Doc, name: str, default: bool) -> bool:
    """True or false."""
    value = body.get(name, default)
    if not isinstance(value, bool):
        raise Refused(f"{name} must be true or false")
    return value


def day(body: Doc, name: str, required: bool = True) -> str | None:
    """A date as YYYY-MM-DD."""
    value = body.get(name)
    if value is None and not required:
        return None
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise Refused(f"{name} is required as YYYY-MM-DD")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name} is no date") from error
    return value


def rows(body: Doc, name: str) -> list[Doc]:
    """An array of objects, nulls dropped; empty when not sent."""
    value: Any = body.get(name, [])
    if not isinstance(value, list) or not all(isinstance(row, dict) for row in value):
        raise Refused(f"{name} must be an array of objects")
    return [{key: what for key, what in row.items() if what is not None} for row in value]
