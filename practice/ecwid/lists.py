"""How Ecwid's lists are asked for: pages, moments, chosen fields (ecwid.md 1, 4)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import Any

from practice.web import Doc, Request

LARGEST_PAGE = 100
FORMATS = ("%Y-%m-%d %H:%M:%S %z", "%Y-%m-%d %H:%M:%S", "%Y-%m-%d")
FIELD = re.compile(r"[A-Za-z0-9_]+|[(),]")


class Refused(Exception):
    """An error of Ecwid: status, its code, its words."""

    def __init__(self, status: int, code: str, message: str) -> None:
        """Remember them."""
        super().__init__(message)
        self.status, self.code = status, code


def wrong(name: str) -> Refused:
    """400 for a parameter."""
    return Refused(400, "WRONG_PARAMETER", f"Wrong parameter: {name}")


def page(request: Request, rows: Sequence[Any], shape: Callable[[Any], Doc] = lambda row: row) -> Doc:
    """One page of these rows in Ecwid's envelope; more than 100 are never given."""
    offset, limit = number(request, "offset", 0), min(number(request, "limit", LARGEST_PAGE), LARGEST_PAGE)
    if limit < 1:
        raise wrong("limit")
    items = [shape(row) for row in rows[offset : offset + limit]]
    envelope = {"total": len(rows), "count": len(items), "offset": offset, "limit": limit, "items": items}
    return chosen(request, envelope)


def number(request: Request, name: str, default: int) -> int:
    """A whole number of the query."""
    told = request.query.get(name, str(default))
    if not told.isdecimal():
        raise wrong(name)
    return int(told)


def moment(request: Request, name: str) -> datetime | None:
    """A moment of the query: Unix seconds or one of three texts; without a zone it is UTC."""
    told = request.query.get(name)
    if told is None:
        return None
    if told.isdecimal():
        return datetime.fromtimestamp(int(told), UTC)
    for form in FORMATS:
        try:
            read = datetime.strptime(told, form)  # noqa: DTZ007 - made aware below
        except ValueError:
            continue
        return read if read.tzinfo else read.replace(tzinfo=UTC)
    raise wrong(name)


def within(when: datetime, begin: datetime | None, end: datetime | None) -> bool:
    """Whether a moment, in whole seconds, lies between these; both count."""
    when = when.replace(microsecond=0)
    return (begin is None or begin <= when) and (end is None or when <= end)


def dated(when: datetime, date: str, stamp: str = "") -> Doc:
    """A moment as Ecwid writes it, with its twin in Unix seconds."""
    when = when.astimezone(UTC)
    told: Doc = {date: f"{when:%Y-%m-%d %H:%M:%S} +0000"}
    return told | ({stamp: int(when.timestamp())} if stamp else {})


def chosen(request: Request, answer: Doc) -> Doc:
    """What `responseFields` asks for: total,items(id,email)."""
    told = request.query.get("responseFields")
    if not told:
        return answer
    words = FIELD.findall(told)
    if "".join(words) != told.replace(" ", ""):
        raise wrong("responseFields")
    picked: Doc = _pick(answer, _tree(iter([*words, ")"])))
    return picked


def _tree(words: Any) -> Doc:
    found: Doc = {}
    last = ""
    for word in words:
        if word == ")":
            break
        if word == "(":
            found[last] = _tree(words)
        elif word != ",":
            last = word
            found[last] = None
    return found


def _pick(value: Any, tree: Doc | None) -> Any:
    if tree is None:
        return value
    if isinstance(value, list):
        return [_pick(each, tree) for each in value]
    if not isinstance(value, dict):
        return value
    return {name: _pick(value[name], tree[name]) for name in tree if name in value}
