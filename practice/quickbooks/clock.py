"""The server's clock: may run ahead by a switch; speaks Pacific time, as Intuit's does (quickbooks-online.md 2.1)."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


class Clock:
    """Seconds since 1970, and how they are written."""

    def __init__(self, ahead_s: Callable[[], float]) -> None:
        """`ahead_s` tells how far it runs ahead of ours."""
        self._ahead_s = ahead_s

    def now(self) -> float:
        """The server's now."""
        return time.time() + self._ahead_s()

    def stamp(self) -> str:
        """Now, as records carry it: to the second, with the offset."""
        return self._local().isoformat(timespec="seconds")

    def fine_stamp(self) -> str:
        """Now, as answers carry it: to the millisecond."""
        return self._local().isoformat(timespec="milliseconds")

    def today(self) -> str:
        """The server's day."""
        return self._local().date().isoformat()

    def _local(self) -> datetime:
        return datetime.fromtimestamp(self.now(), PACIFIC)


def instant(written: str) -> float:
    """Seconds since 1970 of an ISO date or time, Pacific where it names no offset; raises ValueError."""
    moment = datetime.fromisoformat(written)
    return (moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)).timestamp()
