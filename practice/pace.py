"""How fast a system lets its callers be, and how fast they really were."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

JITTER_S = 0.1
"""So much shorter is every window, for a caller who keeps exactly the permitted distance."""
SECOND, MINUTE = 1.0, 60.0


@dataclass(frozen=True)
class Limit:
    """At most `most` requests of a `group` in `window_s` seconds; at once, where that is None."""

    name: str
    most: float | None
    window_s: float | None = None
    group: str = ""


def window(seconds: float, scale: float = 1.0) -> float:
    """The length of a window on a clock that runs `scale` times as fast as ours."""
    return (seconds - JITTER_S) / scale


class Pace:
    """Counts requests of one system in sliding windows and in flight; thread-safe."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._lock = threading.Lock()
        self._windows: dict[tuple[str, str], deque[float]] = {}
        self._at_once: dict[tuple[str, str], int] = {}
        self._all: deque[float] = deque()
        self._in_flight = 0
        self.forget()

    def forget(self) -> None:
        """Begin to measure anew."""
        with self._lock:
            self.highest_per_second = 0
            self.highest_in_flight = 0
            self.refused = 0
            self.requests = 0
            self._highest: dict[str, int] = {}
            self._windows.clear()
            self._all.clear()

    def enter(self, limits: Sequence[Limit]) -> bool:
        """Count a request; False when it comes too fast. Every call needs one `leave` with the same limits."""
        now = time.monotonic()
        with self._lock:
            self._measure(now)
            counts = [self._count(limit, now) for limit in limits]
            if any(_is_too_many(limit, count) for limit, count in zip(limits, counts, strict=True)):
                self.refused += 1
                return False
            for limit, count in zip(limits, counts, strict=True):
                self._highest[limit.name] = max(self._highest.get(limit.name, 0), count)
                if limit.window_s is not None:
                    self._windows[limit.name, limit.group].append(now)
            return True

    def leave(self, limits: Sequence[Limit]) -> None:
        """The request has been answered."""
        with self._lock:
            self._in_flight -= 1
            for limit in limits:
                if limit.window_s is None:
                    self._at_once[limit.name, limit.group] -= 1

    def used(self) -> int:
        """Permitted requests in the present second."""
        return len(self._windows.get(("per_second", ""), ()))

    def measures(self) -> dict[str, Any]:
        """What was seen since the last `forget`; `highest` by limit counts what was permitted."""
        return {
            "requests": self.requests,
            "refused": self.refused,
            "highest_per_second": self.highest_per_second,
            "highest_in_flight": self.highest_in_flight,
            "in_flight": self._in_flight,
            "highest": dict(self._highest),
        }

    def _measure(self, now: float) -> None:
        self._in_flight += 1
        self.requests += 1
        self._all.append(now)
        _drop(self._all, now - window(SECOND))
        self.highest_per_second = max(self.highest_per_second, len(self._all))
        self.highest_in_flight = max(self.highest_in_flight, self._in_flight)

    def _count(self, limit: Limit, now: float) -> int:
        """How many it is with this one."""
        key = limit.name, limit.group
        if limit.window_s is None:
            self._at_once[key] = self._at_once.get(key, 0) + 1
            return self._at_once[key]
        times = self._windows.setdefault(key, deque())
        _drop(times, now - limit.window_s)
        return len(times) + 1


def _is_too_many(limit: Limit, count: int) -> bool:
    return limit.most is not None and count > max(limit.most, 1)


def _drop(times: deque[float], before: float) -> None:
    while times and times[0] <= before:
        times.popleft()
