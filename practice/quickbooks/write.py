"""One write into the books: sees its own changes, checks what is referred to, numbers and stamps what it saves."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from decimal import Decimal

from practice.quickbooks.books import Books
from practice.quickbooks.clock import Clock
from practice.quickbooks.faults import PERIOD_CLOSED, Refused, business, gone, missing
from practice.quickbooks.shapes import numeric
from practice.quickbooks.switches import Switches
from practice.storage import Unit
from practice.web import Doc

DOCUMENTS = "documents"
"""All transactions are numbered together; every list by itself."""


@dataclass
class Wish:
    """What the caller says beside the body."""

    include: frozenset[str] = frozenset()
    request_key: str = ""
    by_person: bool = False
    hidden_s: float = 0.0
    in_time: Callable[[], None] = lambda: None
    send_to: str = ""


@dataclass
class Write:
    """The changes of one operation on one company."""

    books: Books
    unit: Unit
    switches: Switches
    clock: Clock
    wish: Wish
    _pending: dict[tuple[str, str], Doc | None] = field(default_factory=dict)

    def find(self, name: str, key: str) -> Doc | None:
        """A record as it will be."""
        if (name, key) in self._pending:
            return self._pending[name, key]
        return self.books.find(name, key)

    def refer(self, name: str, sent: Doc | None, where: str) -> Doc | None:
        """A reference with the name of what it stands for; raises Refused where that is unknown or inactive."""
        if sent is None:
            return None
        record = self.need(name, sent, where)
        return {"value": record["Id"], "name": title(record)}

    def need(self, name: str, sent: Doc | None, where: str) -> Doc:
        """The active record that a reference stands for."""
        if sent is None:
            raise missing(where)
        record = self.find(name, sent["value"])
        if record is None:
            numeric(sent["value"], where)
            raise Refused("2500", f"Invalid Reference Id : {name} element id {sent['value']} not found", where)
        if not record.get("Active", True):
            raise gone()
        return record

    def insert(self, name: str, record: Doc, sequence: str | None = None) -> Doc:
        """Save a new record under the next Id."""
        stamp = self.clock.stamp()
        made = {
            **record,
            "Id": self.next_id(sequence or name),
            "SyncToken": "0",
            "MetaData": {"CreateTime": stamp, "LastUpdatedTime": stamp},
            **self._marks(),
        }
        return self.put(name, made)

    def change(self, name: str, record: Doc) -> Doc:
        """Save a record anew: its SyncToken goes up by one."""
        times = record["MetaData"] | {"LastUpdatedTime": self.clock.stamp()}
        return self.put(name, record | {"SyncToken": str(int(record["SyncToken"]) + 1), "MetaData": times})

    def put(self, name: str, record: Doc) -> Doc:
        """Save a record as it is."""
        self._pending[name, record["Id"]] = record
        self.unit.put(self.books.kind(name), record["Id"], record)
        return record

    def remove(self, name: str, record: Doc) -> None:
        """Take a record away; change data capture tells of it."""
        self._pending[name, record["Id"]] = None
        self.unit.delete(self.books.kind(name), record["Id"])
        stub = {"entity": name, "Id": record["Id"], "LastUpdatedTime": self.clock.stamp()}
        self.unit.put(self.books.kind("deleted"), f"{name} {record['Id']}", stub)

    def next_id(self, sequence: str) -> str:
        """The next number of a sequence."""
        counter = self.find("counters", sequence) or {"Id": sequence, "last": 0}
        self.put("counters", counter | {"last": counter["last"] + 1})
        return str(counter["last"] + 1)

    def open_day(self, *days: str) -> None:
        """Refuse days of a closed period."""
        closed = self.books.preference("AccountingInfoPrefs", "BookCloseDate")
        if closed and any(day <= str(closed) for day in days):
            raise Refused("6210" if self.switches.closing_password else "6200", PERIOD_CLOSED)

    def currency(self, sent: Doc | None, where: str = "CurrencyRef") -> Doc:
        """The currency of a document; needed where multicurrency is on (3.6)."""
        home = self.books.home
        if sent is None:
            if self.books.has_currencies:
                raise missing(where)
            return {"value": home, "name": home}
        code = str(sent["value"])
        if code != home and not self.books.has_currencies:
            raise business(f"Multicurrency is off; {code} cannot be used")
        if code != home and not any(row["Active"] for row in self.books.where("CompanyCurrency", "Code", code)):
            raise Refused("2220", f"Currency {code} is not in the company's list", where)
        return {"value": code, "name": code}

    def rate(self, currency: Doc, day: str, sent: Decimal | None) -> Decimal:
        """Home units for one unit: the one that was sent, or the day's."""
        code = currency["value"]
        if code == self.books.home:
            if sent not in (None, 0, 1):
                raise business("The exchange rate of the home currency is 1")
            return Decimal(1)
        daily = self.books.rate_of(code, day)
        return daily if not sent or self.switches.exchange_rate == "daily" else sent

    def _marks(self) -> Doc:
        hidden = {"_hidden_until": time.time() + self.wish.hidden_s} if self.wish.hidden_s else {}
        return hidden | ({"_person": True} if self.wish.by_person else {})


def title(record: Doc) -> str:
    """What a reference's `name` shows."""
    names = ("FullyQualifiedName", "DisplayName", "Name", "Code")
    return str(next((record[name] for name in names if record.get(name)), ""))
