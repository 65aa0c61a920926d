"""QNE's customer receipts (qne.md 6.4, N11 to N15)."""

from __future__ import annotations

import time
from decimal import Decimal
from typing import Any

from practice.qne import checks
from practice.qne.amounts import ZERO, cents
from practice.qne.applying import Applying
from practice.qne.checks import ZERO_GUID
from practice.qne.company import currency_of
from practice.qne.envelope import Refused, done
from practice.qne.knockoff import knock_off, read_rows
from practice.qne.masters import is_deposit
from practice.qne.seed import BANK, HOME
from practice.web import Answer, Doc, Request

MISLEADING = "Get AR credit note list success"
"""A list that speaks of another document, as seen live: never decide on `message` (qne.md 3)."""


class Receipts(Applying):
    """The calls under /api/ARReceipts."""

    kind, title, prefix, total = "receipts", "Receipt", "OR", "totalAmount"
    list_message = MISLEADING
    plain = {
        "id": "text",
        "docCode": "text",
        "docDate": "date",
        "customerId": "number",
        "currencyId": "number",
        "totalAmount": "number",
        "referenceNo": "text",
        "description": "text",
    }

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

    def detail(self, record: Doc) -> Doc:
        """One receipt with its account and knock-offs."""
        account = self.company.find("accounts", record["accountId"]) or {}
        shown = {name: account.get(name) for name in ("id", "code", "name", "specialCode", "isActive")}
        shown["type"] = account.get("accountType", {}).get("typeCode")
        return super().detail(record) | {"account": shown}

    def may_change(self, request: Request, record: Doc, rows: list[Doc] | None) -> None:
        """What the bank's statement confirmed, or what is knocked off, is changed only by who says so."""
        if record.get("isBankReconciled") and not _confirmed(request, "confirmedForBankRecon"):
            raise Refused("The receipt is reconciled with the bank")
        is_moved = rows is not None and rows != record["knockoff"]
        if record["knockoff"] and is_moved and not _confirmed(request, "confirmedForKnockOff"):
            raise Refused("The receipt is knocked off")

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
            record = self.find(receipts.pop())
            if record["isCancelled"]:
                raise Refused("The document is cancelled")
            if any(checks.whole_id(row, "customerId") != record["customerId"] for row in rows):
                raise Refused("The receipt belongs to another customer")
            freed = record["knockoff"]
            knock_off(self.company, unit, self.kind, record, read_rows(self.company, record, rows, freed))
        return done(1, "OK")

    def read_body(self, body: Doc, old: Doc | None) -> Doc:
        """The fields of a receipt, checked."""
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


def _confirmed(request: Request, name: str) -> bool:
    """A yes or no of the query; left out, it is no."""
    said = request.query.get(name, "false").lower()
    if said not in ("true", "false"):
        raise Refused(f"{name} must be true or false", status=400)
    return said == "true"
