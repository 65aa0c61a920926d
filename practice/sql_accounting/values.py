"""How a body is read: each field by its kind and length; what no table knows is refused."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

from practice.sql_accounting.answers import Crashed, Refused
from practice.sql_accounting.fields import BLANKS, Field, Table
from practice.web import Doc, Malformed, Request

DIGITS = 18
"""The most digits of a decimal, before and after the point together (8.2)."""
WHOLE = 2**63
OWN = Field("any")
"""A field that the customer added himself, `udf_…` (6.3)."""


def body_of(request: Request) -> Doc:
    """The JSON object of the body; an empty one makes the server fail (section 7)."""
    try:
        body = request.json() if request.body else {}
    except Malformed as error:
        raise Refused("The body is not valid JSON") from error
    if not isinstance(body, dict):
        raise Refused("A JSON object was expected")
    if not body:
        raise Crashed
    return body


def read(fields: Table, sent: Doc, old: Doc, nested: tuple[str, ...] = ()) -> Doc:
    """`old` with what was sent laid over it; a field that is not sent keeps its value, null empties it."""
    made = dict(old)
    for name, value in sent.items():
        if name in nested:
            continue
        field = fields.get(name) or (OWN if name.startswith("udf_") else None)
        if field is None:
            raise Refused(f"Unknown field {name}")
        if field.owner == "!":
            continue
        made[name] = BLANKS.get(field.kind) if value is None else CHECKS[field.kind](name, value, field.limit)
        if field.owner == "^" and made[name] != old[name]:
            raise Refused(f"{name} is written by the e-invoice process only")
    return made


def rows_of(sent: Doc, name: str) -> list[Doc]:
    """A detail table of the body."""
    rows = sent.get(name) or []
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Refused(f"{name} must be an array of objects")
    return rows


def wire(amount: Decimal) -> str:
    """A decimal as it stands on the wire: text with 2 places, or as many more as it needs."""
    digits = f"{(amount + 0).normalize():f}"
    whole, _, places = digits.partition(".")
    return f"{whole}.{places:0<2}"


def _text(name: str, value: Any, limit: int | None) -> str:
    if not isinstance(value, str):
        raise Refused(f"{name} must be a text")
    if limit is not None and len(value) > limit:
        raise Refused(f"{name} must not be longer than {limit} characters")
    return value


def _dec(name: str, value: Any, limit: int | None) -> str:
    """A text with digits: numbers of JSON are refused, and so are places that would be lost."""
    if not isinstance(value, str) or not re.fullmatch(r"-?\d+(\.\d+)?", value):
        raise Refused(f"{name} must be a decimal, as text")
    amount = Decimal(value)
    places = len(wire(amount).partition(".")[2].rstrip("0"))
    if places > (limit or 0):
        raise Refused(f"{name} must not have more than {limit} decimal places")
    if amount and amount.adjusted() + 1 + (limit or 0) > DIGITS:
        raise Refused(f"{name} is too large")
    return wire(amount)


def _int(name: str, value: Any, limit: int | None) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or not -WHOLE <= value < WHOLE:
        raise Refused(f"{name} must be an integer")
    return value


def _flag(name: str, value: Any, limit: int | None) -> bool:
    if not isinstance(value, bool):
        raise Refused(f"{name} must be true or false")
    return value


def _day(name: str, value: Any, limit: int | None) -> str:
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\d", value):
        raise Refused(f"{name} must be a date, YYYY-MM-DD")
    try:
        date.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name} is no date") from error
    return value


def _blob(name: str, value: Any, limit: int | None) -> str:
    try:
        base64.b64decode(_text(name, value, None), validate=True)
    except (binascii.Error, ValueError) as error:
        raise Refused(f"{name} must be base64") from error
    return str(value)


CHECKS: dict[str, Callable[[str, Any, int | None], Any]] = {
    "text": _text,
    "dec": _dec,
    "int": _int,
    "flag": _flag,
    "day": _day,
    "time": _text,
    "blob": _blob,
    "any": lambda name, value, limit: value,
}
