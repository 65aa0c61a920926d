"""A scripted HTTP client for the tests of the SQL Accounting adapter: answers as they are recorded in the reference."""

import datetime as dt
import json
from collections.abc import Callable
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from adapters.accounting.sql_accounting import SqlAccounting
from adapters.errors import UnknownCode
from adapters.http import Reply
from documents import ReferenceKind, ReferenceRow

NOW = dt.datetime(2026, 1, 15, 2, 30, tzinfo=dt.UTC)
ACCESS_KEY = "0123456789abcdef0123456789abcdef.sql.my/ACCOUNTAPI"
SECRET_KEY = "00112233445566778899aabbccddeeff00112233445566778899aabbccddeeff"
HTML = b"<html>Bad gateway</html>"
K = ReferenceKind


def body(content: Any) -> bytes:
    return json.dumps(content).encode()


def rows(*found: dict[str, Any]) -> bytes:
    """A list, or a single record."""
    return body({"pagination": {"offset": 0}, "data": list(found)})


def refusal(message: str) -> bytes:
    return body({"message": message})


class FakeHttp:
    """Answers by (method, path); a list of rows is paged and filtered. It remembers what was asked."""

    label = "SQL Accounting"

    def __init__(self) -> None:
        self.answers: dict[tuple[str, str], list[Any]] = {}
        self.tables: dict[str, list[dict[str, Any]]] = {}
        self.asked: list[tuple[str, str, dict[str, str]]] = []
        self.sent: list[Any] = []
        self.headers: list[dict[str, str]] = []
        self.page = 50
        self.takes_spans = True

    def on(self, method: str, path: str, *answers: Any) -> None:
        """Each answer is bytes (200), (status, bytes), (status, bytes, headers), a function of the query, or an error;
        the last one stays."""
        self.answers[method, path] = list(answers)

    def holds(self, resource: str, *found: dict[str, Any]) -> None:
        """The rows of a list."""
        self.tables[resource] = list(found)

    def request(self, method: str, url: str, *, headers: dict[str, str], body: bytes | None = None, **_: Any) -> Reply:
        parts = urlsplit(url)
        path, query = parts.path.removeprefix("/"), dict(parse_qsl(parts.query, keep_blank_values=True))
        self.asked.append((method, path, query))
        self.headers.append(headers)
        if body:
            self.sent.append(json.loads(body))
        if (method, path) in self.answers:
            known = self.answers[method, path]
            return self._reply(known.pop(0) if len(known) > 1 else known[0], query)
        return self._reply(self._listed(path, query), query)

    def _listed(self, resource: str, query: dict[str, str]) -> bytes:
        offset = int(query.pop("offset"))
        found = [row for row in self.tables[resource] if all(self._fits(row, *pair) for pair in query.items())]
        return rows(*found[offset : offset + self.page])

    def _fits(self, row: dict[str, Any], name: str, value: str) -> bool:
        if "~" in value:
            first, last = value.split("~")
            kind = int if isinstance(row[name], int) else str
            return self.takes_spans and kind(first) <= row[name] <= kind(last)
        return str(row.get(name, "")) == value

    def _reply(self, told: Any, query: dict[str, str]) -> Reply:
        if isinstance(told, Exception):
            raise told
        if isinstance(told, Callable):
            told = told(query)
        status, content, headers = (*told, {})[:3] if isinstance(told, tuple) else (200, told, {})
        return Reply(self.label, status, headers, content)

    def count(self, path: str, method: str = "") -> int:
        return sum(asked == path and method in {"", how} for how, asked, _ in self.asked)


def books_of(http: FakeHttp, now: dt.datetime = NOW, **settings: str) -> SqlAccounting:
    secrets = {"access_key": ACCESS_KEY, "secret_key": SECRET_KEY}
    return SqlAccounting(settings, secrets, http, lambda: now)  # type: ignore[arg-type]


def make_lookup(*known: ReferenceRow) -> Callable[[ReferenceKind, str], ReferenceRow]:
    """The books' lists."""
    held = {(row.kind, row.code): row for row in known}

    def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
        if (kind, code) not in held:
            raise UnknownCode(kind, code)
        return held[kind, code]

    return lookup
