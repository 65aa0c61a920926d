"""What the practice servers remember: records in memory, each change first committed to an SQLite file of their own."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from practice.web import Doc, read_json, write_json

Change = tuple[str, str, Doc | None]

TABLE = "CREATE TABLE IF NOT EXISTS records (kind TEXT, id TEXT, body BLOB, PRIMARY KEY (kind, id))"
PUT = "INSERT INTO records VALUES (?, ?, ?) ON CONFLICT (kind, id) DO UPDATE SET body = excluded.body"


@dataclass
class Unit:
    """The changes of one write; nothing of it is seen or kept before the whole is committed."""

    changes: list[Change] = field(default_factory=list)

    def put(self, kind: str, key: str, doc: Doc) -> None:
        """Add a record, or replace it."""
        self.changes.append((kind, key, doc))

    def delete(self, kind: str, key: str) -> None:
        """Take a record away."""
        self.changes.append((kind, key, None))


class Storage:
    """Records by kind and id. Records are never changed in place, so that a reader sees whole ones."""

    def __init__(self, folder: Path) -> None:
        """Open the file in `folder` and read everything that was committed."""
        self._lock = threading.RLock()
        self._kinds: dict[str, dict[str, Doc]] = {}
        self._indexes: dict[tuple[str, str], dict[Any, dict[str, None]]] = {}
        self._file = sqlite3.connect(folder / "practice.sqlite3", check_same_thread=False, isolation_level=None)
        self._file.execute("PRAGMA journal_mode=WAL")
        self._file.execute("PRAGMA synchronous=NORMAL")  # outlives kill -9 of the process; power loss is not our case
        self._file.execute(TABLE)
        for kind, key, body in self._file.execute("SELECT kind, id, body FROM records ORDER BY rowid"):
            self._kinds.setdefault(kind, {})[key] = read_json(body)

    def find(self, kind: str, key: str) -> Doc | None:
        """One record, or None."""
        return self._kinds.get(kind, {}).get(key)

    def rows(self, kind: str) -> list[Doc]:
        """All records of a kind, oldest first."""
        return list(self._kinds.get(kind, {}).values())

    def where(self, kind: str, field: str, value: str) -> list[Doc]:
        """The records whose field has that value, oldest first; by an index that the first question builds."""
        with self._lock:
            index = self._indexes.get((kind, field))
            if index is None:
                index = self._indexes[kind, field] = {}
                for key, doc in self._kinds.get(kind, {}).items():
                    index.setdefault(doc[field], {})[key] = None
            found = [self._kinds[kind].get(key) for key in index.get(value, ())]
        return [doc for doc in found if doc is not None and doc[field] == value]

    @contextmanager
    def writing(self, guard: Callable[[], None] | None = None) -> Iterator[Unit]:
        """One write at a time. `guard` is asked just before the commit and stops it by raising."""
        with self._lock:
            unit = Unit()
            yield unit
            if guard:
                guard()
            self._commit(unit.changes)

    def clear(self, keep: Callable[[str], bool]) -> None:
        """Forget everything but the kinds that `keep` names."""
        with self._lock:
            gone = [kind for kind in self._kinds if not keep(kind)]
            self._file.executemany("DELETE FROM records WHERE kind = ?", [(kind,) for kind in gone])
            for kind in gone:
                del self._kinds[kind]
            self._indexes.clear()

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._file.close()

    def _commit(self, changes: Iterable[Change]) -> None:
        changes = list(changes)
        self._file.execute("BEGIN IMMEDIATE")
        self._file.executemany(PUT, [(kind, key, write_json(doc)) for kind, key, doc in changes if doc is not None])
        gone = [(kind, key) for kind, key, doc in changes if doc is None]
        if gone:
            self._file.executemany("DELETE FROM records WHERE kind = ? AND id = ?", gone)
        self._file.execute("COMMIT")
        for kind, key, doc in changes:
            if doc is None:
                self._kinds.get(kind, {}).pop(key, None)
            else:
                self._kinds.setdefault(kind, {})[key] = doc
                for (indexed, field), index in self._indexes.items():
                    if indexed == kind:
                        index.setdefault(doc[field], {})[key] = None
