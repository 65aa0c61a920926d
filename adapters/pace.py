"""How fast another system may be asked."""

import threading
import time
from collections.abc import Callable
from typing import Protocol


class Paces(Protocol):
    """Spaces calls; `wait` returns when the next one may begin."""

    def wait(self) -> None:
        """Block until the next call may begin."""


class Pacer:
    """Lets calls begin at most `per_second` times a second, evenly; any number of threads may wait."""

    def __init__(
        self,
        per_second: float,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._gap_s = 1 / per_second
        self._clock, self._sleep = clock, sleep
        self._next = clock()
        self._lock = threading.Lock()

    def wait(self) -> None:
        """Take the next place in the row, then sleep until its time."""
        with self._lock:
            now = self._clock()
            begin = max(now, self._next)
            self._next = begin + self._gap_s
        if begin > now:
            self._sleep(begin - now)
