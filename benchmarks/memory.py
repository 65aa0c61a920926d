"""How much memory a long drain takes: a process of its own drains, and says how high its memory stood on the way."""

import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import msgspec

from benchmarks.shop import SPARE, Shop, open_shop
from benchmarks.table import Row

OPERATIONS, FROM = 10_000, 1000
QUICK_OPERATIONS, QUICK_FROM = 120, 30
MOST_MB = 20.0
ROOT = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class Heights:
    """The highest memory of a drain, in megabytes, after its first operations and at its end; how many it posted."""

    first: float
    last: float
    posted: int


def rows(is_quick: bool) -> Iterator[Row]:
    """One row: by how much the highest memory grows while ten times as much is posted."""
    operations, since = (QUICK_OPERATIONS, QUICK_FROM) if is_quick else (OPERATIONS, FROM)
    with open_shop(int(operations * SPARE)) as shop:
        shop.draft(operations)
        shop.begin_again()
        heights = _drain_elsewhere(shop, since)
    assert heights.posted == operations, "not every order was posted"
    what = f"memory of a drain, from operation {since:,} to {operations:,}: growth"
    note = f"floor: all its memory after {since:,} operations; {heights.last:.0f} MB at the end"
    growth = heights.last - heights.first
    yield Row(what, growth, heights.first, "MB", growth / heights.first, most=MOST_MB, note=note)


def _drain_elsewhere(shop: Shop, since: int) -> Heights:
    """Let a fresh process drain until nothing is due."""
    words = [sys.executable, "-m", "benchmarks.drainer", str(shop.world.books_id), str(since)]
    environment = os.environ | {
        "TILLBRIDGE_DATA": str(shop.folder),
        "TILLBRIDGE_PRACTICE": shop.practice.control_line["url"].split("/")[2],
        "DATABASE_URL": f"sqlite:///{shop.database}",
        "REDIS_URL": "unix:///nowhere/valkey.sock",
    }
    done = subprocess.run(words, cwd=ROOT, env=environment, stdout=subprocess.PIPE, check=True)
    return msgspec.json.decode(done.stdout.splitlines()[-1], type=Heights)
