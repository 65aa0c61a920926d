"""One QNE company: its records, its switches, and the look-ups that every document needs."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any, Literal

import msgspec

from practice.gate import Settings
from practice.qne.envelope import Refused
from practice.qne.query import reference_asked
from practice.qne.seed import HOME
from practice.storage import Storage, Unit
from practice.web import Doc, Request


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """QNE's own switches beside the common ones; README.md says what each does."""

    token_s: float = 300.0
    refusal_status: int = 400
    unwrapped: list[str] = msgspec.field(default_factory=list)
    denied: list[str] = msgspec.field(default_factory=list)
    closed_until: str | None = None
    template_without: list[str] = msgspec.field(default_factory=list)
    receipt_total_from: Literal["header", "details"] = "header"
    gl_posting_as: Literal["array", "value", "text"] = "array"
    update_knocked_off: bool = False


class Company:
    """Records of one company in the storage, under kinds 'qne.<list>'."""

    def __init__(self, storage: Storage, switches: Switches) -> None:
        """Work on this storage."""
        self.storage, self.switches = storage, switches

    def rows(self, name: str) -> list[Doc]:
        """All records of a list."""
        return self.storage.rows(f"qne.{name}")

    def asked(self, name: str, query: dict[str, str]) -> list[Doc]:
        """The records that a list may have to show: those of one reference when the filter begins with it."""
        reference = reference_asked(query.get("$filter", ""))
        return self.rows(name) if reference is None else self.storage.where(f"qne.{name}", "referenceNo", reference)

    def find(self, name: str, key: Any) -> Doc | None:
        """One record by its id."""
        return None if key is None else self.storage.find(f"qne.{name}", str(key).lower())

    def by_code(self, name: str, code: Any) -> Doc | None:
        """One record by its code."""
        return next((row for row in self.rows(name) if row["code"] == code), None)

    def need(self, name: str, key: Any, what: str) -> Doc:
        """An existing, active record, or a refusal: ids are checked on every write (qne.md 5)."""
        if key is None:
            raise Refused(f"{what} is required")
        row = self.find(name, key)
        if row is None:
            raise Refused(f"{what} {key} does not exist")
        if not row.get("isActive", True):
            raise Refused(f"{what} {row['code']} is inactive")
        return row

    def wish(self, name: str, key: Any, what: str) -> Doc | None:
        """Like `need`, but it may be left out."""
        return None if key is None else self.need(name, key, what)

    def open_day(self, day: str) -> None:
        """Refuse a date in a closed period."""
        closed = self.switches.closed_until
        if closed is not None and day <= closed:
            raise Refused(f"The period up to {closed} is closed", "ERR_PERIOD_CLOSED")

    def next_code(self, name: str, prefix: str, day: str) -> tuple[str, Doc]:
        """The next free document number of the day's month, as INV2601/001, and the counter to save."""
        month = f"{prefix}{day[2:4]}{day[5:7]}"
        counter = self.find("counters", month) or {"id": month.lower(), "last": 0}
        last = counter["last"] + 1
        while self.storage.where(f"qne.{name}", "docCode", f"{month}/{last:03}"):
            last += 1  # somebody gave this number by hand
        return f"{month}/{last:03}", counter | {"last": last}

    def put(self, unit: Unit, name: str, record: Doc) -> None:
        """Save a record under its id."""
        unit.put(f"qne.{name}", str(record["id"]).lower(), record)


def currency_of(company: Company, body: Doc, rate: Decimal) -> Doc:
    """The document's currency by id, or by code (a verified invoice did so, qne.md 5); its rate must fit."""
    row = company.by_code("currencies", body["currencyCode"]) if "currencyCode" in body else None
    if body.get("currencyId") is not None or row is None:
        row = company.need("currencies", body.get("currencyId"), "Currency")
    if rate <= 0 or (row["code"] == HOME and rate != 1):
        raise Refused(f"Currency rate {rate} is not possible for {row['code']}")
    return row


def refuse_validated(record: Doc) -> None:
    """A document whose e-invoice the tax office has validated is neither changed nor cancelled."""
    if record.get("eInvoiceStatus") == "Valid":
        raise Refused("The e-invoice is validated and cannot be changed", "ERR_EINVOICE")


def visible(rows: list[Doc]) -> list[Doc]:
    """The records that a list shows by now (fault `eventually_visible`)."""
    now = time.time()
    return [row for row in rows if row.get("_hidden_until", 0) <= now]


def public(record: Doc) -> Doc:
    """The record without what the practice notes for itself."""
    return {name: value for name, value in record.items() if not name.startswith("_")}


def marks(request: Request) -> Doc:
    """What the practice notes on a new record."""
    hidden = {"_hidden_until": time.time() + request.hidden_s} if request.hidden_s else {}
    return hidden | ({"_person": True} if request.by_person else {})
