"""QNE's customer receipts and their knock-offs (qne.md 6.4, N11 to N15)."""

from __future__ import annotations

import time
import uuid
from decimal import Decimal
from typing import Any

from practice.qne import checks, query
from practice.qne.amounts import ZERO, cents
from practice.qne.checks import ZERO_GUID
from practice.qne.company import Company, currency_of, marks, public, visible
from practice.qne.envelope import Refused, done, missing, page
from practice.qne.knockoff import applied_in, merged, put_applied, read_rows, released
from practice.qne.masters import is_deposit
from practice.qne.seed import BANK, HOME
from practice.storage import Unit
from practice.web import Answer, Doc, Request

KIND = "receipts"
MISLEADING = "Get AR credit note list success"
"""A list that speaks of another document, as seen live: never decide on `message` (qne.md 3)."""
PLAIN = {
    "id": "text",
    "docCode": "text",
    "docDate": "date",
    "customerId": "number",
    "currencyId": "number",
    "totalAmount": "number",
    "referenceNo": "text",
    "description": "text",
}
ANSWERED = ("id", "docCode", "customerId", "referenceNo", "totalAmount", "outstandingAmount", "isCancelled", "status")


class Receipts:
    """The calls under /api/ARReceipts."""

    def __init__(self, company: Company) -> None:
        """Work on this company."""
        self.company = company

    def new(self, request: Request) -> Answer:
        """A template with the company's defaults, the deposit account among them."""
        account = self.company.find("accounts", BANK) or {}
        blank: Doc = {
            "id": ZERO_GUID,
            "docType": "AROR",
            "docCode": "",
            "docDate": time.strftime("%Y-%m-%d"),
            "customerId": None,
            "currencyId": 1,
            "currencyCode": HOME,
            "currencyRate": 1,
            "accountId": account.get("id"),
            "accountCode": account.get("code"),
            "accountName": account.get("name"),
            "totalAmount": 0,
            "isMultiPayment": False,
            "multiPayments": [],
            "referenceNo": "",
            "description": "",
            "knockoff": [],
        }
        hidden = self.company.switches.template_without
        return done({name: value for name, value in blank.items() if name not in hidden}, "New receipt success")

    def listed(self, request: Request) -> Answer:
        """The list shows neither knock-offs nor account nor state: those are in the detail (qne.md 6.4)."""
        chosen, count = query.select(visible(self.company.asked(KIND, request.query)), request.query, PLAIN)
        return page([self._row(record) for record in chosen], count, MISLEADING)

    def read(self, request: Request, key: str) -> Answer:
        """One receipt with its account and knock-offs."""
        record = self._find(key)
        account = self.company.find("accounts", record["accountId"]) or {}
        shown = {name: account.get(name) for name in ("id", "code", "name", "specialCode", "isActive")}
        shown["type"] = account.get("accountType", {}).get("typeCode")
        return done(self._row(record) | public(record) | {"account": shown}, "Get receipt success")

    def create(self, request: Request) -> Answer:
        """Save a receipt and knock off what its rows name; a repeated reference is not refused."""
        body = checks.body_of(request)
        if checks.guid(body, "id") is not None:
            raise Refused("A new document has no id")
        made = self._read_body(body)
        with self.company.storage.writing(request.still_in_time) as unit:
            rows = read_rows(self.company, made, checks.rows(body, "knockoff"))
            code, counter = self.company.next_code(KIND, "OR", made["docDate"])
            self.company.put(unit, "counters", counter)
            record = {"id": str(uuid.uuid4()), "docCode": code, **made, **marks(request)}
            record = self._knock_off(unit, record, rows)
        return done({name: record[name] for name in ANSWERED}, "OK")

    def void(self, request: Request) -> Answer:
        """Cancel a receipt; what it knocked off is open again."""
        body = checks.body_of(request)
        checks.words(body, "reason", 200, required=True)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._find(checks.guid(body, "id"))
            if record["isCancelled"]:
                raise Refused("The document is cancelled")
            self.company.open_day(record["docDate"])
            released(self.company, unit, record)
            record = record | {"isCancelled": True, "status": "Cancelled", "outstandingAmount": ZERO, "knockoff": []}
            self.company.put(unit, KIND, record)
        return done({name: record[name] for name in ANSWERED}, "OK")

    def devoid(self, request: Request) -> Answer:
        """Make a cancelled receipt count again, unapplied."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._find(checks.guid(body, "id"))
            if not record["isCancelled"]:
                raise Refused("The document is not cancelled")
            self.company.open_day(record["docDate"])
            record = self._knock_off(unit, record | {"isCancelled": False}, [])
        return done({name: record[name] for name in ANSWERED}, "OK")

    def allocate(self, request: Request) -> Answer:
        """UpdateCustomerKnockoff: the rows of each receipt named REPLACE what it had applied (N13)."""
        try:
            sent: Any = request.json()
        except ValueError as error:
            raise Refused("The body is not valid JSON", status=400) from error
        rows = checks.rows({"rows": sent}, "rows")
        receipts = {checks.guid(row, "receiptDocId") for row in rows}
        if len(receipts) != 1 or any(row.get("receiptDocType") != "OR" for row in rows):
            raise Refused("Rows of exactly one receipt, receiptDocType OR, are expected")
        with self.company.storage.writing(request.still_in_time) as unit:
            record = self._find(receipts.pop())
            if record["isCancelled"]:
                raise Refused("The document is cancelled")
            if any(checks.whole_id(row, "customerId") != record["customerId"] for row in rows):
                raise Refused("The receipt belongs to another customer")
            self._knock_off(unit, record, read_rows(self.company, record, rows, freed=record["knockoff"]))
        return done(1, "OK")

    def _read_body(self, body: Doc) -> Doc:
        company = self.company
        if body.get("docType") != "AROR":
            raise Refused("docType must be AROR")
        day = checks.day(body, "docDate") or ""
        company.open_day(day)
        customer = company.need("customers", checks.whole_id(body, "customerId"), "Customer")
        rate = checks.number(body, "currencyRate")
        checks.whole_id(body, "currencyId")
        if body.get("currencyId") is None:
            raise Refused("currencyId is required")
        account = company.need("accounts", checks.guid(body, "accountId"), "Account")
        if not is_deposit(account):
            raise Refused(f"Account {account['code']} is neither bank nor cash")
        if checks.flag(body, "isMultiPayment", False):
            raise Refused("Several payments in one receipt are not taken here")
        total = self._total(body)
        return {
            "docType": "AROR",
            "docDate": day,
            "customerId": customer["id"],
            "currencyId": currency_of(company, body, rate)["id"],
            "currencyRate": rate,
            "accountId": account["id"],
            "totalAmount": total,
            "totalLocalAmount": cents(total * rate),
            "isMultiPayment": False,
            "referenceNo": checks.words(body, "referenceNo", 50),
            "description": checks.words(body, "description", 200),
            "isCancelled": False,
        }

    def _total(self, body: Doc) -> Decimal:
        """From the header, or from the one-row `details` form where the switch says so; else 0 (N11)."""
        if self.company.switches.receipt_total_from == "details":
            return sum((checks.number(row, "paymentAmount") for row in checks.rows(body, "details")), ZERO)
        total = checks.number(body, "totalAmount", ZERO)
        if total < 0 or total != cents(total):
            raise Refused("totalAmount must be an amount with 2 places, not below zero")
        return total

    def _knock_off(self, unit: Unit, record: Doc, rows: list[Doc]) -> Doc:
        """Let the receipt apply exactly `rows`; invoices and receipt are saved together."""
        put_applied(self.company, unit, merged(record.get("knockoff", []), rows))
        applied = applied_in(rows)
        status = "Unapplied" if not applied else "Applied" if applied == record["totalAmount"] else "Partially Applied"
        record = record | {
            "knockoff": rows,
            "outstandingAmount": record["totalAmount"] - applied,
            "status": status,
            "updatedAt": int(time.time() * 1000),
        }
        self.company.put(unit, KIND, record)
        return record

    def _find(self, key: object) -> Doc:
        record = self.company.find(KIND, key)
        if record is None:
            raise missing("Receipt")
        return record

    def _row(self, record: Doc) -> Doc:
        customer = self.company.find("customers", record["customerId"]) or {}
        currency = self.company.find("currencies", record["currencyId"]) or {}
        derived = {"customerCode": customer.get("code"), "customerName": customer.get("name")}
        return {name: record[name] for name in PLAIN} | derived | {"currencyCode": currency.get("code")}
