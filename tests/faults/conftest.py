"""Fixtures of the process tests: everything real, durations shortened by one factor."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from adapters.registry import BOOKS
from clock import SystemClock
from tests.faults.processes import Processes, processes
from tests.practice_fixture import Practice
from tests.world import World, open_world

SCALE = 0.01
"""Look-ups after 1.2 s, leases of 0.9 s, a server's longest time 3 s."""


@pytest.fixture
def live(tmp_path: Path, database: str, books_kind: str, practice: Practice) -> Iterator[tuple[World, Processes]]:
    """A connected shop with its orders pulled and a queue; no worker runs yet."""
    practice.settings(books_kind, longest_s=BOOKS[books_kind].longest_s * SCALE)
    redis_url = f"unix://{tmp_path / 'valkey.sock'}"
    with open_world(tmp_path, database, practice, SystemClock(), SCALE, redis_url) as world:
        world.connect(per_second=1000, in_flight=3, books=books_kind).pull()
        with processes(tmp_path, world, database, SCALE) as running:
            yield world, running
