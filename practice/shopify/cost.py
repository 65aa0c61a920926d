"""What a query costs, and the bucket that it is paid from (other-stores.md 2.2; rates and table by [H4])."""

from __future__ import annotations

import threading
import time
from typing import Any

from practice.shopify.documents import Field
from practice.web import Doc

MOST = 1000
"""One query may not cost more, whatever the plan."""


def requested(fields: list[Field], variables: Doc) -> int:
    """An object costs 1, a scalar nothing, a list as much as was asked of it, a connection 2 more."""
    return sum(_cost(each, variables) for each in fields)


def _cost(field: Field, variables: Doc) -> int:
    if not field.fields:
        return 0
    if field.on:
        return requested(field.fields, variables)
    nodes = next((each for each in field.fields if each.name == "nodes"), None)
    if "ids" in field.args:
        return len(_value(field.args["ids"], variables)) * (1 + requested(field.fields, variables))
    count = int(_value(field.args.get("first", 1), variables))
    if nodes is not None:
        return 2 + count * (1 + requested(nodes.fields, variables))
    return count * (1 + requested(field.fields, variables))


def _value(word: Any, variables: Doc) -> Any:
    return variables[word[1:]] if isinstance(word, str) and word.startswith("$") else word


def actual(data: Any) -> int:
    """What was really given: every object costs 1."""
    if isinstance(data, dict):
        return 1 + sum(actual(each) for each in data.values())
    return sum(actual(each) for each in data) if isinstance(data, list) else 0


class Bucket:
    """Points that run back in at the plan's rate; thread-safe."""

    def __init__(self) -> None:
        """Full."""
        self._lock = threading.Lock()
        self._used, self._at = 0.0, time.monotonic()

    def take(self, points: int, most: float, rate: float) -> bool:
        """Take so many points if they are there."""
        with self._lock:
            now = time.monotonic()
            self._used = max(self._used - (now - self._at) * rate, 0.0)
            self._at = now
            if self._used + points > most:
                return False
            self._used += points
            return True

    def give_back(self, points: int) -> None:
        """What a query was reckoned at and did not cost."""
        with self._lock:
            self._used = max(self._used - points, 0.0)

    def left(self, most: float) -> float:
        """How many are there."""
        return max(most - self._used, 0.0)
