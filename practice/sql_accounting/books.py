"""One company's books: its records, its switches, its clock, and the look-ups that every document needs."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal

import msgspec

from practice.gate import Settings
from practice.sql_accounting.answers import Conflict, ErrorForm, Missing, Refused, Shape
from practice.sql_accounting.fields import NONE
from practice.sql_accounting.resources import RESOURCES
from practice.storage import Storage, Unit
from practice.web import Doc, Request

LOCAL_S = 8 * 3600
"""The company's day is Malaysia's."""
TAKEN = "Document number {} already exists"


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Own switches beside the common ones; README.md says what each does."""

    only_service: Literal["sqlaccount", "execute-api"] | None = None
    clock_off_s: float = 0.0
    blocked_agents: list[str] = msgspec.field(default_factory=lambda: [""])
    denied: list[str] = msgspec.field(default_factory=list)
    read_as: Shape = "array"
    write_as: Shape = "bare"
    error_as: ErrorForm = "message"
    refusal_status: int = 400
    conflict_status: int = 409
    missing_as: Literal["404", "empty"] = "404"
    short_pages: int = 0
    plain_filters: bool = False
    closed_until: str | None = None
    update_knocked_off: bool = False
    drop_knock_offs: bool = False
    validate_at_once: bool = False


class Books:
    """Records in the storage under kinds 'sql_accounting.<resource>', written as they stand on the wire."""

    def __init__(self, storage: Storage, switches: Switches) -> None:
        """Work on this storage."""
        self.storage, self.switches = storage, switches

    def now(self) -> float:
        """The server's clock, in Unix seconds."""
        return time.time() + self.switches.clock_off_s

    def today(self) -> str:
        """The company's day."""
        return time.strftime("%Y-%m-%d", time.gmtime(self.now() + LOCAL_S))

    def rows(self, resource: str) -> list[Doc]:
        """All records of a resource."""
        return self.storage.rows(f"sql_accounting.{resource}")

    def where(self, resource: str, field: str, value: str) -> list[Doc]:
        """Its records with that value, by an index."""
        return self.storage.where(f"sql_accounting.{resource}", field, value)

    def find(self, resource: str, key: object) -> Doc | None:
        """One record by its path key."""
        return self.storage.find(f"sql_accounting.{resource}", str(key))

    def get(self, resource: str, key: object) -> Doc:
        """One record by its path key; raises Missing."""
        record = self.find(resource, key)
        if record is None:
            raise Missing(f"{RESOURCES[resource].title} {key} not found")
        return record

    def by_code(self, resource: str, code: str) -> Doc | None:
        """One record by its code."""
        return next(iter(self.where(resource, "code", code)), None)

    def by_number(self, resource: str, number: str) -> Doc | None:
        """One document by its number."""
        return next(iter(self.where(resource, "docno", number)), None)

    def need(self, resource: str, code: Any) -> Doc:
        """An existing, active record by its code, or a refusal."""
        title = RESOURCES[resource].title
        if not isinstance(code, str) or not code:
            raise Refused(f"{title} is required")
        record = self.by_code(resource, code)
        if record is None:
            raise Refused(f"{title} {code} does not exist")
        if not record.get("isactive", True) or record.get("status", "A") != "A":
            raise Refused(f"{title} {code} is inactive")
        return record

    def known(self, resource: str, code: str) -> str:
        """The code of an active record; empty stays empty."""
        return str(self.need(resource, code)["code"]) if code else ""

    def known_or_none(self, resource: str, code: str) -> str:
        """Like `known`, where `----` is the code for none."""
        return NONE if code in ("", NONE) else self.known(resource, code)

    def open_day(self, day: str) -> None:
        """Refuse a date in a closed period."""
        closed = self.switches.closed_until
        if closed is not None and day <= closed:
            raise Refused(f"The period up to {closed} is closed")

    @contextmanager
    def writing(self, request: Request) -> Iterator[Work]:
        """One write, committed at the end of the block."""
        with self.storage.writing(request.still_in_time) as unit:
            work = Work(self, unit, request)
            yield work
            work.keep_counters()


class Work:
    """One write: what it puts, and the keys that it gives out."""

    def __init__(self, books: Books, unit: Unit, request: Request) -> None:
        """Put into this unit."""
        self.books, self._unit, self.request = books, unit, request
        self._last: dict[str, int] = {}

    def key(self, name: str) -> int:
        """The next key of a kind: dockey, dtlkey, autokey, or the running number of a document."""
        if name not in self._last:
            self._last[name] = (self.books.find("counters", name) or {"last": 0})["last"]
        self._last[name] += 1
        return self._last[name]

    def number(self, resources: tuple[str, ...], prefix: str, wished: str) -> str:
        """The number of a new document: the one that it brings, or the next one that is free in all of `resources`
        (section 9)."""
        if wished.startswith("<<"):
            raise Refused(f"{wished} is the SDK's marker and no document number")
        if wished and self._is_taken(resources, wished):
            raise Refused(TAKEN.format(wished))
        number = wished
        while not number or (number != wished and self._is_taken(resources, number)):
            number = f"{prefix}-{self.key(prefix):05}"  # again where somebody gave that number by hand
        return number

    def _is_taken(self, resources: tuple[str, ...], number: str) -> bool:
        return any(self.books.by_number(resource, number) for resource in resources)

    def put(self, resource: str, record: Doc) -> None:
        """Save a record under its path key."""
        self._unit.put(f"sql_accounting.{resource}", str(record[RESOURCES[resource].key]), record)

    def delete(self, resource: str, record: Doc) -> None:
        """Take a record away."""
        self._unit.delete(f"sql_accounting.{resource}", str(record[RESOURCES[resource].key]))

    def keep_counters(self) -> None:
        """Save how far the keys went."""
        for name, last in self._last.items():
            self._unit.put("sql_accounting.counters", name, {"id": name, "last": last})


def check_lock(old: Doc, body: Doc) -> int:
    """The `updatecount` that the change makes: the stored one plus 1; another one is a conflict (section 7)."""
    expected = int(old["updatecount"] or 0) + 1
    if body.get("updatecount") != expected:
        raise Conflict
    return expected


def marks(request: Request, now: float) -> Doc:
    """What the practice notes on a new record."""
    hidden = {"_hidden_until": now + request.hidden_s} if request.hidden_s else {}
    return hidden | ({"_person": True} if request.by_person else {})


def public(record: Doc) -> Doc:
    """The record without what the practice notes for itself."""
    return {name: value for name, value in record.items() if not name.startswith("_")}
