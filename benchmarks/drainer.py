"""`python -m benchmarks.drainer BOOKS SINCE`: drains, and prints how high its memory stood; started by memory.py."""

import sqlite3
import sys
from pathlib import Path

import msgspec

from app import create_app
from benchmarks.memory import Heights
from config import read_config
from jobs import tools
from sync import posting

LOOK_EVERY = 20
POSTED = "SELECT count(*) FROM operations WHERE state = 'posted' AND NOT is_open"


class Observer:
    """Asked by the drain, before each call, whether it must stop; looks now and then how far it came."""

    def __init__(self, database: Path, since: int) -> None:
        self._reader = sqlite3.connect(f"file:{database}?mode=ro", uri=True)
        self._since, self._asked, self.first = since, 0, 0.0

    def must_stop(self) -> bool:
        """Never. Notes the memory as soon as the first operations are posted."""
        self._asked += 1
        if not self.first and self._asked % LOOK_EVERY == 0 and self.posted() >= self._since:
            self.first = highest_mb()
        return False

    def posted(self) -> int:
        """How many operations are posted."""
        count: int = self._reader.execute(POSTED).fetchone()[0]
        return count


def highest_mb() -> float:
    """The highest memory of this process so far. Not getrusage(): that one remembers the parent's, too."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:"))


def main(books_id: int, since: int) -> None:
    """Drain slice after slice until nothing is due; print the heights."""
    config = read_config()
    app = create_app(config)
    observer = Observer(config.data / "tillbridge.db", since)
    with app.app_context():
        while posting.drain(books_id, tools(), observer.must_stop):
            pass
    heights = Heights(observer.first, highest_mb(), observer.posted())
    sys.stdout.write(msgspec.json.encode(heights).decode() + "\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
