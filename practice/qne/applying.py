"""What receipts and credit notes have in common: they are applied to invoices (qne.md sections 4 and 6.4)."""

from __future__ import annotations

import uuid
from abc import ABC, abstractmethod
from typing import ClassVar

from practice.qne import checks, query
from practice.qne.amounts import ZERO
from practice.qne.company import Company, marks, public, visible
from practice.qne.envelope import DUPLICATE, Refused, done, missing, page
from practice.qne.knockoff import knock_off, read_rows, released
from practice.storage import Unit
from practice.web import Answer, Doc, Request


class Applying(ABC):
    """The calls of one kind of document that pays invoices."""

    kind: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]
    total: ClassVar[str]
    plain: ClassVar[dict[str, str]]
    list_message: ClassVar[str]

    def __init__(self, company: Company) -> None:
        """Work on this company."""
        self.company = company

    @abstractmethod
    def new(self, request: Request) -> Answer:
        """A template with the company's defaults."""

    @abstractmethod
    def read_body(self, body: Doc, old: Doc | None) -> Doc:
        """Everything of the document that the caller decides, checked; `old` is the document that is changed."""

    @abstractmethod
    def may_change(self, request: Request, record: Doc, rows: list[Doc] | None) -> None:
        """Refuse to change a document that is settled elsewhere; `rows` are its new knock-offs, None to cancel it."""

    def listed(self, request: Request) -> Answer:
        """The list shows neither knock-offs nor state: those are in the detail (qne.md 6.4)."""
        chosen, count = query.select(visible(self.company.asked(self.kind, request.query)), request.query, self.plain)
        return page([self.row(record) for record in chosen], count, self.list_message)

    def read(self, request: Request, key: str) -> Answer:
        """One document with all that hangs on it."""
        return done(self.detail(self.find(key)), f"Get {self.title.lower()} success")

    def create(self, request: Request) -> Answer:
        """Save a document and knock off what its rows name; a repeated reference is not refused."""
        body = checks.body_of(request)
        if checks.guid(body, "id") is not None:
            raise Refused("A new document has no id")
        made = self.read_body(body, None)
        with self.company.storage.writing(request.still_in_time) as unit:
            rows = read_rows(self.company, made, checks.rows(body, "knockoff"))
            record = {"id": str(uuid.uuid4()), "docCode": self._code(unit, body, made), **made, **marks(request)}
            record = knock_off(self.company, unit, self.kind, record, rows)
        return done(self._answered(record), "OK")

    def update(self, request: Request) -> Answer:
        """Replace a document by the whole one that was sent, its knock-offs too; number and line ids stay."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            old = self._alive(checks.guid(body, "id"))
            made = self.read_body(body, old)
            self.company.open_day(old["docDate"])
            rows = read_rows(self.company, made, checks.rows(body, "knockoff"), freed=old["knockoff"])
            self.may_change(request, old, rows)
            record = knock_off(self.company, unit, self.kind, old | made, rows)
        return done(self._answered(record), "OK")

    def void(self, request: Request) -> Answer:
        """Cancel a document; what it knocked off is open again."""
        body = checks.body_of(request)
        checks.words(body, "reason", 200, required=True)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._alive(checks.guid(body, "id"))
            self.may_change(request, record, None)
            self.company.open_day(record["docDate"])
            released(self.company, unit, record)
            record = record | {"isCancelled": True, "status": "Cancelled", "outstandingAmount": ZERO, "knockoff": []}
            self.company.put(unit, self.kind, record)
        return done(self._answered(record), "OK")

    def devoid(self, request: Request) -> Answer:
        """Make a cancelled document count again, unapplied."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self.find(checks.guid(body, "id"))
            if not record["isCancelled"]:
                raise Refused("The document is not cancelled")
            self.company.open_day(record["docDate"])
            record = knock_off(self.company, unit, self.kind, record | {"isCancelled": False}, [])
        return done(self._answered(record), "OK")

    def row(self, record: Doc) -> Doc:
        """One row of the list: its plain fields, and some that come from other tables."""
        customer = self.company.find("customers", record["customerId"]) or {}
        currency = self.company.find("currencies", record["currencyId"]) or {}
        derived = {"customerCode": customer.get("code"), "customerName": customer.get("name")}
        return {name: record[name] for name in self.plain} | derived | {"currencyCode": currency.get("code")}

    def detail(self, record: Doc) -> Doc:
        """The whole document."""
        return self.row(record) | public(record)

    def find(self, key: object) -> Doc:
        """The document of this id, or a refusal."""
        record = self.company.find(self.kind, key)
        if record is None:
            raise missing(self.title)
        return record

    def _alive(self, key: object) -> Doc:
        record = self.find(key)
        if record["isCancelled"]:
            raise Refused("The document is cancelled")
        return record

    def _code(self, unit: Unit, body: Doc, made: Doc) -> str:
        """The number that was sent, if nobody has it; else the next one of the document's month."""
        code = checks.words(body, "docCode", 20)
        if code and self.company.storage.where(f"qne.{self.kind}", "docCode", code):
            raise Refused(f"Document number {code} already exists", DUPLICATE, 409)
        if not code:
            code, counter = self.company.next_code(self.kind, self.prefix, made["docDate"])
            self.company.put(unit, "counters", counter)
        return code

    def _answered(self, record: Doc) -> Doc:
        names = ("id", "docCode", "customerId", "referenceNo", self.total, "outstandingAmount", "isCancelled", "status")
        return {name: record[name] for name in names}
