"""QNE's sales invoices (qne.md sections 4, 6.2, 7)."""

from __future__ import annotations

import uuid
from decimal import Decimal

from practice.qne import checks, query
from practice.qne.amounts import ZERO
from practice.qne.company import Company, marks, refuse_validated, visible
from practice.qne.envelope import DUPLICATE, Refused, done, missing, page
from practice.qne.invoice_form import now, read_invoice, template
from practice.qne.invoice_view import PLAIN, detail, row
from practice.web import Answer, Doc, Request

KIND = "invoices"
ANSWERED = ("id", "docCode", "customerId", "referenceNo", "netTotalAmount", "outstandingAmount", "isCancelled")


class Invoices:
    """The calls under /api/SalesInvoices."""

    kind = KIND

    def __init__(self, company: Company) -> None:
        """Work on this company."""
        self.company = company

    def new(self, request: Request) -> Answer:
        """A template with the company's defaults, and one blank line that shows the names (N6, N7)."""
        return done(template(self.company.switches.template_without), "New sales invoice success")

    def listed(self, request: Request) -> Answer:
        """The list; code and name of the customer are read from another table, so they cannot be filtered on."""
        chosen, count = query.select(visible(self.company.asked(KIND, request.query)), request.query, PLAIN)
        return page([row(self.company, record) for record in chosen], count, "Get sales invoice list success")

    def read(self, request: Request, key: str) -> Answer:
        """One invoice, each id with its record beside it."""
        return done(detail(self.company, self._find(key)), "Get sales invoice success")

    def create(self, request: Request) -> Answer:
        """Save a new invoice; a reference that is there already is NOT refused: QNE has no idempotency (qne.md 7)."""
        body = checks.body_of(request)
        if checks.guid(body, "id") is not None:
            raise Refused("A new document has no id")
        made = read_invoice(self.company, body, frozenset())
        with self.company.storage.writing(request.still_in_time) as unit:
            code = checks.words(body, "docCode", 20)
            if code:
                self._refuse_taken(code)
            else:
                code, counter = self.company.next_code(KIND, "INV", made["docDate"])
                self.company.put(unit, "counters", counter)
            record = {"id": str(uuid.uuid4()), "docCode": code, **made, "eInvoiceStatus": "", **marks(request)}
            self.company.put(unit, KIND, record)
        return done(_answered(record), "OK")

    def update(self, request: Request) -> Answer:
        """Replace an invoice by the whole document that was sent; lines keep their ids (qne.md 4)."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            old = self._find(checks.guid(body, "id"))
            self._refuse_cancelled(old)
            refuse_validated(old)
            if applied(old) and not (self.company.switches.update_knocked_off or request.by_person):
                raise Refused("The document is knocked off and cannot be changed")
            made = read_invoice(self.company, body, frozenset(line["id"] for line in old["itemDetails"]))
            self.company.open_day(old["docDate"])
            code = checks.words(body, "docCode", 20) or old["docCode"]
            if code != old["docCode"]:
                self._refuse_taken(code)
            made["outstandingAmount"] = made["netTotalAmount"] - applied(old)
            if made["outstandingAmount"] < 0:
                raise Refused("More is knocked off than the document's total")
            record = old | made | {"docCode": code}
            self.company.put(unit, KIND, record)
        return done(_answered(record), "OK")

    def void(self, request: Request) -> Answer:
        """Cancel; `id` and `reason` (N16). A knocked-off invoice is refused."""
        body = checks.body_of(request)
        checks.words(body, "reason", 200, required=True)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._find(checks.guid(body, "id"))
            self._refuse_cancelled(record)
            refuse_validated(record)
            self.company.open_day(record["docDate"])
            if applied(record):
                raise Refused("The document is knocked off and cannot be voided")
            voided = record | {
                "isCancelled": True,
                "status": "Cancelled",
                "outstandingAmount": ZERO,
                "updatedAt": now(),
            }
            self.company.put(unit, KIND, voided)
        return done(_answered(voided), "OK")

    def devoid(self, request: Request) -> Answer:
        """Make a cancelled invoice count again."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._find(checks.guid(body, "id"))
            if not record["isCancelled"]:
                raise Refused("The document is not cancelled")
            self.company.open_day(record["docDate"])
            total = record["netTotalAmount"]
            restored = record | {
                "isCancelled": False,
                "status": "Open",
                "outstandingAmount": total,
                "updatedAt": now(),
            }
            self.company.put(unit, KIND, restored)
        return done(_answered(restored), "OK")

    def is_knocked_off(self, request: Request) -> Answer:
        """True when a receipt pays a part of it; the body is {"id"} or [id] (shape unconfirmed)."""
        sent = request.json()
        key = sent[0] if isinstance(sent, list) and sent else sent
        record = self._find(key.get("id") if isinstance(key, dict) else key)
        return done(applied(record) != 0, "OK")

    def _find(self, key: object) -> Doc:
        record = self.company.find(KIND, key)
        if record is None:
            raise missing("Sales invoice")
        return record

    def _refuse_cancelled(self, record: Doc) -> None:
        if record["isCancelled"]:
            raise Refused("The document is cancelled")

    def _refuse_taken(self, code: str) -> None:
        if self.company.storage.where(f"qne.{KIND}", "docCode", code):
            raise Refused(f"Document number {code} already exists", DUPLICATE, 409)


def applied(record: Doc) -> Decimal:
    """What receipts have knocked off this invoice."""
    if record["isCancelled"]:
        return ZERO
    return Decimal(record["netTotalAmount"]) - Decimal(record["outstandingAmount"])


def _answered(record: Doc) -> Doc:
    return {name: record[name] for name in ANSWERED}
