"""The one clock. A wall clock may be set back or forward; a stamp also remembers the machine's own running time."""

import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment by the wall clock (UTC) and by the running time, in seconds, of one start of one machine."""

    at: datetime
    boot: str
    tick: float

    def __str__(self) -> str:
        return f"{self.at.isoformat()}|{self.boot}|{self.tick:.6f}"

    @classmethod
    def parse(cls, text: str) -> "Stamp":
        """Read what str() wrote."""
        at, boot, tick = text.split("|")
        return cls(datetime.fromisoformat(at), boot, float(tick))


class Clock(Protocol):
    """What tells the time; tests hand in one of their own."""

    def now(self) -> datetime:
        """The wall clock in UTC."""

    def stamp(self) -> Stamp:
        """The wall clock and the running time of this machine."""


class SystemClock:
    """The machine's own clock."""

    def now(self) -> datetime:
        """The wall clock in UTC."""
        return datetime.now(UTC)

    def stamp(self) -> Stamp:
        """Wall clock and CLOCK_BOOTTIME, which counts on while the machine sleeps or a process is stopped."""
        return Stamp(self.now(), boot_id(), running_time_s())


def running_time_s() -> float:
    """Seconds since this machine started, the same for all its processes; no clock setting moves it."""
    return time.clock_gettime(getattr(time, "CLOCK_BOOTTIME", time.CLOCK_MONOTONIC))


@cache
def boot_id() -> str:
    """Names this start of this machine; empty where the system does not tell."""
    path = Path("/proc/sys/kernel/random/boot_id")
    return path.read_text().strip()[:8] if path.exists() else ""


def elapsed_s(since: Stamp, now: Stamp) -> float:
    """Seconds between two stamps: by running time within one start of a machine, else by the wall clock, at least 0."""
    if since.boot and since.boot == now.boot:
        return now.tick - since.tick
    return max(0.0, (now.at - since.at).total_seconds())


def seconds(value: float) -> timedelta:
    """A span of so many seconds."""
    return timedelta(seconds=value)
