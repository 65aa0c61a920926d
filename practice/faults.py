"""The fault plan: which request meets which mishap (reliability.md 7.2)."""

from __future__ import annotations

import fnmatch
import random
import threading
import time
from collections.abc import Callable
from typing import Literal

import msgspec

from practice.web import Request

Kind = Literal[
    "drop_before",
    "hold_before",
    "slow",
    "html_502",
    "status",
    "status_429",
    "status_503",
    "garbage_200_nothing",
    "token_expired",
    "forbidden_403",
    "refuse",
    "duplicate",
    "lock_conflict",
    "cloudflare",
    "stale",
    "invalid_grant",
    "commit_then_hang",
    "commit_then_reset",
    "commit_then_close",
    "commit_then_500",
    "commit_then_502",
    "commit_then_524",
    "commit_then_truncate",
    "garbage_200",
    "empty_list",
    "eventually_visible",
    "misleading_message",
    "envelope_off",
]


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """One order to fail. Without `times`, `every`, `probability` and `for_s` it strikes once."""

    fault: Kind
    system: str
    method: str = "*"
    path: str = "*"
    body_contains: str = ""
    times: int | None = None
    skip: int = 0
    every: int | None = None
    probability: float | None = None
    for_s: float | None = None
    seconds: float = 30.0
    hidden_s: float = 0.0
    status: int = 500
    html: bool = False
    retry_after: float | None = None
    message: str = ""
    id: int = 0
    matched: int = 0
    struck: int = 0
    since: float = 0.0

    def fits(self, request: Request) -> bool:
        """Whether this request is one that the order speaks of."""
        return (
            self.system == request.system
            and fnmatch.fnmatch(request.method, self.method.upper())
            and fnmatch.fnmatch(request.path.lower(), self.path.lower())
            and (not self.body_contains or self.body_contains.encode() in request.body)
        )

    def is_spent(self) -> bool:
        """Whether it can never strike again."""
        if self.for_s is not None and time.monotonic() - self.since > self.for_s:
            return True
        return self.times is not None and self.struck >= self.times

    def strikes(self, chance: Callable[[], float]) -> bool:
        """Count a fitting request; True when it is the one to fail."""
        self.matched += 1
        number = self.matched - self.skip
        if number <= 0 or (self.every and number % self.every):
            return False
        if self.probability is not None and chance() >= self.probability:
            return False
        self.struck += 1
        return True


class Plan:
    """The faults in force, and the requests they hold; thread-safe."""

    def __init__(self, seed: int) -> None:
        """An empty plan whose chances follow from `seed`."""
        self._lock = threading.Lock()
        self._seed = seed
        self._chance = random.Random(seed)
        self._faults: list[Fault] = []
        self._holds: dict[int, tuple[threading.Event, dict[str, str]]] = {}
        self._last_id = 0

    def add(self, fault: Fault) -> int:
        """Put a fault in force; returns its id."""
        with self._lock:
            self._last_id += 1
            fault.id, fault.since = self._last_id, time.monotonic()
            if (fault.times, fault.every, fault.probability, fault.for_s) == (None, None, None, None):
                fault.times = 1
            self._faults.append(fault)
            return fault.id

    def strike(self, request: Request) -> Fault | None:
        """The fault that this request meets, or None."""
        if not self._faults:
            return None
        with self._lock:
            for fault in self._faults:
                if not fault.is_spent() and fault.fits(request) and fault.strikes(self._chance.random):
                    return fault
        return None

    def listed(self) -> list[Fault]:
        """All faults, the spent ones too, with how often each one struck."""
        return list(self._faults)

    def clear(self, system: str | None = None) -> None:
        """Take all faults (of one system) back, let go what is held, and begin the chances anew."""
        with self._lock:
            self._faults = [fault for fault in self._faults if system and fault.system != system]
            self._chance = random.Random(self._seed)
        self.release(system=system)

    def hold(self, request: Request, seconds: float) -> None:
        """Keep the calling thread until it is released, at most `seconds`."""
        freed = threading.Event()
        with self._lock:
            self._last_id += 1
            number = self._last_id
            self._holds[number] = (freed, {"system": request.system, "method": request.method, "path": request.path})
        freed.wait(seconds)
        with self._lock:
            self._holds.pop(number, None)

    def held(self) -> list[dict[str, str | int]]:
        """The requests that are held now."""
        return [{"id": number, **about} for number, (_, about) in list(self._holds.items())]

    def release(self, number: int | None = None, system: str | None = None) -> int:
        """Let held requests go (one, or those of a system, or all); returns how many."""
        with self._lock:
            chosen = [
                freed
                for key, (freed, about) in self._holds.items()
                if number in (None, key) and system in (None, about["system"])
            ]
        for freed in chosen:
            freed.set()
        return len(chosen)
