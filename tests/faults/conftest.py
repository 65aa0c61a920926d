"""Fixtures of the process tests: everything real, durations shortened by one factor."""

import os
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from clock import SystemClock
from tests import databases
from tests.faults.processes import Processes, processes
from tests.practice_fixture import Practice
from tests.world import World, open_world

SCALE = 0.01
"""Look-ups after 1.2 s, leases of 0.9 s, a server's longest time 3 s."""


@pytest.fixture
def live(tmp_path: Path, database: str, practice: Practice) -> Iterator[tuple[World, Processes]]:
    """A connected shop with its orders pulled and a queue; no worker runs yet."""
    practice.settings("qne", longest_s=300 * SCALE)
    redis_url = f"unix://{tmp_path / 'valkey.sock'}"
    with open_world(tmp_path, database, practice, SystemClock(), SCALE, redis_url) as world:
        world.connect(per_second=1000, in_flight=3).pull()
        with processes(tmp_path, world, database, SCALE) as running:
            yield world, running


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of the sampled cells each runs on one of the databases, by turns; ./test --all runs all on both."""
    if os.environ.get("TILLBRIDGE_TEST_ALL") or "sample" not in config.getoption("markexpr"):
        return
    sampled = [item for item in items if item.get_closest_marker("slow") and item.get_closest_marker("sample")]
    left_out = {item for item in sampled if database_of(item) != turn_of(item)}
    items[:] = [item for item in items if item not in left_out]
    config.hook.pytest_deselected(items=left_out)


def database_of(item: pytest.Item) -> str:
    """The database of a cell."""
    return str(item.callspec.params["database_kind"])  # type: ignore[attr-defined]


def turn_of(item: pytest.Item) -> str:
    """The database whose turn it is for this cell: always the same one."""
    name = item.name.replace(database_of(item), "")
    return databases.KINDS[zlib.crc32(name.encode()) % len(databases.KINDS)]
