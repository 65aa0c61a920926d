"""The record of what the practice servers were asked, for tests to read."""

from __future__ import annotations

import threading
import time
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import dataclass

from practice.web import Request

SECRETS = {"api-key"}


@dataclass
class Entry:
    """One request; `outcome` is the status, or 'open', 'closed', 'reset', 'dropped'."""

    n: int
    system: str
    method: str
    path: str
    query: dict[str, str]
    at: float
    outcome: int | str = "open"
    fault: str = ""
    took_s: float = 0.0


class Seen:
    """The last requests, oldest first, and how often each call was made."""

    def __init__(self, deeds: dict[str, Callable[[Request], list[str]]], keep: int = 50_000) -> None:
        """Remember at most `keep` requests; the counts go on. `deeds` by system name what a request asks for, where its
        path does not tell."""
        self._deeds = deeds
        self._lock = threading.Lock()
        self._entries: deque[Entry] = deque(maxlen=keep)
        self._counts: Counter[str] = Counter()
        self._n = 0

    def open(self, request: Request) -> Entry:
        """Write a request down as it arrives; keys in the query are blanked (qne.md 2)."""
        query = {name: "***" if name in SECRETS else value for name, value in request.query.items()}
        with self._lock:
            self._n += 1
            entry = Entry(self._n, request.system, request.method, request.path, query, time.time())
            self._entries.append(entry)
            self._counts[f"{request.system} {request.method} {request.path.lower()}"] += 1
            self._counts.update(self._deeds.get(request.system, _nothing_more)(request))
            return entry

    def listed(self, system: str | None = None) -> list[Entry]:
        """The requests remembered (of one system)."""
        return [entry for entry in list(self._entries) if system in (None, entry.system)]

    def counts(self) -> dict[str, int]:
        """Requests by 'system METHOD path', the path in lower case."""
        return dict(self._counts)

    def forget(self) -> None:
        """Begin with an empty record."""
        with self._lock:
            self._entries.clear()
            self._counts.clear()


def _nothing_more(request: Request) -> list[str]:
    return []
