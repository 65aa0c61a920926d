"""Paging, its headers and WordPress's error bodies (other-stores.md 1.2)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

from practice.web import Answer, Request

LARGEST_PAGE = 100


class Refused(Exception):
    """A refusal in WordPress's words."""

    def __init__(self, code: str, message: str, status: int) -> None:
        """Keep the answer that tells it."""
        super().__init__(message)
        self.answer = failure(code, message, status)


def failure(code: str, message: str, status: int) -> Answer:
    """The body of every error."""
    return Answer({"code": code, "message": message, "data": {"status": status}}, status)


def invalid(name: str) -> Refused:
    """A parameter that cannot be."""
    return Refused("rest_invalid_param", f"Invalid parameter(s): {name}", 400)


def paged(request: Request, rows: Sequence[Any], shown: Callable[[Any], Any], longest: int) -> Answer:
    """One page of the rows: `page` from 1, `per_page` 10 and at most 100, or `offset`; a page behind the last is
    empty. No page is longer than `longest`: a plug-in of the host may cut them without a word."""
    page, per_page = _number(request, "page", 1), _number(request, "per_page", 10)
    if not 1 <= per_page <= LARGEST_PAGE:
        raise invalid("per_page")
    if page < 1:
        raise invalid("page")
    per_page = min(per_page, longest)
    start = _number(request, "offset", (page - 1) * per_page)
    pages = -(-len(rows) // per_page)
    headers = {"X-WP-Total": str(len(rows)), "X-WP-TotalPages": str(pages)}
    if links := _links(request, page, pages):
        headers["Link"] = links
    return Answer([shown(row) for row in rows[start : start + per_page]], headers=headers)


def _number(request: Request, name: str, usual: int) -> int:
    told = request.query.get(name, str(usual))
    if not told.isdecimal():
        raise invalid(name)
    return int(told)


def _links(request: Request, page: int, pages: int) -> str:
    wanted = {"prev": page - 1, "next": page + 1}
    base = f"http://{request.headers.get('host', '')}{request.target.partition('?')[0]}"
    return ", ".join(
        f'<{base}?{urlencode(request.query | {"page": str(number)})}>; rel="{word}"'
        for word, number in wanted.items()
        if 1 <= number <= pages
    )
