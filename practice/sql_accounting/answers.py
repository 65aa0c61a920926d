"""What goes back: lists, single records in each shape that clients have seen, refusals (sections 6, 7, 11)."""

from __future__ import annotations

from typing import Any, Literal

from practice.web import Answer, Doc, text

Shape = Literal["array", "object", "bare", "nothing"]
ErrorForm = Literal["message", "error", "detail", "text"]
LOCKED = "Record has been changed by another user"
FORBIDDEN = "Forbidden"
CLOUDFLARE = "<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Cloudflare</body></html>"


class Refused(Exception):
    """Nothing was done; the text says why."""


class Conflict(Refused):
    """The record has another `updatecount` than the body says."""


class Missing(Refused):
    """There is no such record."""


class Crashed(Exception):
    """The server breaks on this request (an empty body, section 7)."""


def page(rows: list[Doc], offset: int, limit: int, total: int) -> Answer:
    """One page of a list."""
    return Answer({"pagination": {"offset": offset, "limit": limit, "total": total}, "data": rows})


def one(record: Doc, shape: Shape) -> Answer:
    """One record in the shape that the switch says."""
    shapes: dict[Shape, Any] = {"array": {"data": [record]}, "object": {"data": record}, "bare": record, "nothing": {}}
    return Answer(shapes[shape])


def refusal(message: str, status: int, form: ErrorForm = "message") -> Answer:
    """A refusal as JSON under one of three names, or as plain text (D8)."""
    return text(message, status) if form == "text" else Answer({form: message}, status)
