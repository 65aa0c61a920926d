"""How fast a system lets its callers be, and how fast they really were."""

from __future__ import annotations

import threading
import time
from collections import deque

WINDOW_S = 0.9
"""A second, less the jitter of a caller who keeps exactly the permitted distance."""


class Pace:
    """Counts requests of one system in a sliding window and in flight; thread-safe."""

    def __init__(self) -> None:
        """Begin with nothing seen."""
        self._lock = threading.Lock()
        self._permitted: deque[float] = deque()
        self._all: deque[float] = deque()
        self.forget()

    def forget(self) -> None:
        """Begin to measure anew."""
        with self._lock:
            self.highest_per_second = 0
            self.highest_in_flight = 0
            self.refused = 0
            self.requests = 0
            self._permitted.clear()
            self._all.clear()
            self._in_flight = getattr(self, "_in_flight", 0)

    def enter(self, per_second: float | None, in_flight: int | None) -> bool:
        """Count a request; False when it comes too fast. Every call needs one `leave`."""
        now = time.monotonic()
        with self._lock:
            self._in_flight += 1
            self.requests += 1
            self._all.append(now)
            for times in (self._all, self._permitted):
                while times and times[0] <= now - WINDOW_S:
                    times.popleft()
            self.highest_per_second = max(self.highest_per_second, len(self._all))
            self.highest_in_flight = max(self.highest_in_flight, self._in_flight)
            too_fast = per_second is not None and len(self._permitted) + 1 > max(per_second, 1)
            too_many = in_flight is not None and self._in_flight > in_flight
            if too_fast or too_many:
                self.refused += 1
                return False
            self._permitted.append(now)
            return True

    def leave(self) -> None:
        """The request has been answered."""
        with self._lock:
            self._in_flight -= 1

    def used(self) -> int:
        """Permitted requests in the present window."""
        return len(self._permitted)

    def measures(self) -> dict[str, int]:
        """What was seen since the last `forget`."""
        return {
            "requests": self.requests,
            "refused": self.refused,
            "highest_per_second": self.highest_per_second,
            "highest_in_flight": self.highest_in_flight,
            "in_flight": self._in_flight,
        }
