"""A shop with its orders drafted, ready to be posted as often as it takes: each time by the same calls."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from clock import SystemClock
from models import db
from sync import lists
from tests import databases
from tests.practice_fixture import Practice, start_practice
from tests.world import World, open_world

PER_SECOND, IN_FLIGHT = 10_000.0, 4
TOKEN_S = 3600
SPARE = 1.4
"""So many orders are made for each that is to be posted: some are cancelled, some incomplete."""


@dataclass(slots=True)
class Shop:
    """A connected world in a folder, with the practice systems beside it."""

    world: World
    practice: Practice
    folder: Path
    latency_ms: float = 0.0

    @property
    def database(self) -> Path:
        """The SQLite file of the app."""
        return self.folder / "tillbridge.db"

    def draft(self, count: int) -> None:
        """Make exactly `count` operations ready; they are kept, to be put back by `begin_again`."""
        pending = lists.pending_ids(self.world.profile_id)
        place = 0
        while (missing := count - len(self.world.operations())) > 0:
            chosen, place = pending[place : place + missing], place + missing
            assert chosen, "the practice made too few orders that can be posted"
            self.world.press_sync(chosen)
        self.close()
        with db.engine.connect() as connection:  # the last one to close empties the log into the file
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)")
        self.close()
        shutil.copy(self.database, self._kept)

    def begin_again(self) -> None:
        """Nothing is posted: our ledger as it was drafted, the books without any document."""
        self.close()
        for name in ("", "-wal", "-shm"):
            Path(f"{self.database}{name}").unlink(missing_ok=True)
        shutil.copy(self._kept, self.database)
        self.empty_books()

    def empty_books(self) -> None:
        """The books as after a first start, answering as slowly as they are to."""
        self.practice.reset(orders=0)
        self.practice.settings("qne", latency_ms=self.latency_ms, token_s=TOKEN_S)

    def close(self) -> None:
        """Let go of every connection to the database."""
        db.session.remove()
        db.engine.dispose()

    def calls(self) -> dict[str, int]:
        """How often each call of the books was made since they were emptied."""
        seen: dict[str, Any] = self.practice.control("GET", "/requests?system=qne")["counts"]
        return {name: count for name, count in seen.items() if name.startswith("qne ")}

    @property
    def _kept(self) -> Path:
        return self.folder / "drafted.db"


@contextmanager
def open_shop(orders: int, latency_ms: float = 0.0) -> Iterator[Shop]:
    """A shop with so many orders pulled, on an SQLite file; orders, seed and days are the demo's."""
    with (
        tempfile.TemporaryDirectory(prefix="tillbridge-bench-") as name,
        start_practice(orders=orders, seed=1) as practice,
        databases.fresh_database("sqlite", Path(name)) as url,
        open_world(Path(name), url, practice, SystemClock()) as world,
    ):
        world.connect(PER_SECOND, IN_FLIGHT).pull()
        yield Shop(world, practice, Path(name), latency_ms)
