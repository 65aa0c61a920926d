"""Applying a receipt or a credit note to invoices: the rules of `knockoff[]` (qne.md 6.4)."""

from __future__ import annotations

import time
from decimal import Decimal

from practice.qne import checks
from practice.qne.amounts import ZERO, cents
from practice.qne.company import Company
from practice.qne.envelope import Refused
from practice.storage import Unit
from practice.web import Doc


def read_rows(company: Company, document: Doc, sent: list[Doc], freed: list[Doc] | None = None) -> list[Doc]:
    """The rows, checked: known invoice of the same customer and currency, not more than is open, and in sum not more
    than the document. `freed` are the document's own earlier rows, which the new ones replace."""
    before = {row["docId"]: row["paymentAmount"] for row in freed or []}
    rows = [_row(company, document, row, before) for row in sent]
    if len({row["docId"] for row in rows}) != len(rows):
        raise Refused("A document is knocked off twice")
    if applied_in(rows) > document["totalAmount"]:
        raise Refused("The applied total exceeds the document's total")
    return rows


def knock_off(company: Company, unit: Unit, kind: str, record: Doc, rows: list[Doc]) -> Doc:
    """Let a receipt or credit note apply exactly `rows`; it and the invoices are saved together."""
    _put_applied(company, unit, _merged(record.get("knockoff", []), rows))
    applied = applied_in(rows)
    status = "Unapplied" if not applied else "Applied" if applied == record["totalAmount"] else "Partially Applied"
    record = record | {
        "knockoff": rows,
        "outstandingAmount": record["totalAmount"] - applied,
        "status": status,
        "updatedAt": int(time.time() * 1000),
    }
    company.put(unit, kind, record)
    return record


def released(company: Company, unit: Unit, record: Doc) -> None:
    """Take back everything that a receipt or credit note applied."""
    _put_applied(company, unit, _merged(record["knockoff"], []))


def applied_in(rows: list[Doc]) -> Decimal:
    """The sum that the rows apply."""
    return sum((Decimal(row["paymentAmount"]) for row in rows), ZERO)


def _merged(old: list[Doc], new: list[Doc]) -> dict[str, Decimal]:
    """By how much each invoice's open amount falls when `new` rows replace `old` ones."""
    change: dict[str, Decimal] = {}
    for rows, sign in ((old, -1), (new, 1)):
        for row in rows:
            change[row["docId"]] = change.get(row["docId"], ZERO) + sign * Decimal(row["paymentAmount"])
    return change


def _put_applied(company: Company, unit: Unit, change: dict[str, Decimal]) -> None:
    """Save the invoices with their new open amounts."""
    for key, amount in change.items():
        invoice = company.find("invoices", key)
        if invoice is not None and amount:
            left = invoice["outstandingAmount"] - amount
            company.put(unit, "invoices", invoice | {"outstandingAmount": left, "status": _status(invoice, left)})


def _row(company: Company, document: Doc, row: Doc, before: dict[str, Decimal]) -> Doc:
    kind = row.get("docType")
    if kind not in ("INV", "DN"):
        raise Refused(f"docType {kind} cannot be knocked off")
    key = checks.guid(row, "docId")
    invoice = company.find("invoices", key) if kind == "INV" else None  # no debit notes in the practice company
    if key is None or invoice is None:
        raise Refused(f"Document {row.get('docId')} does not exist")
    _fits(document, invoice)
    if "amount" in row and checks.number(row, "amount") != invoice["netTotalAmount"]:
        raise Refused(f"amount is not the total of {invoice['docCode']}")
    payment = checks.number(row, "paymentAmount")
    if payment <= 0 or payment != cents(payment) or payment > invoice["outstandingAmount"] + before.get(key, ZERO):
        raise Refused(f"{payment} cannot be applied to {invoice['docCode']}")
    return {
        "docType": kind,
        "docId": key,
        "docCode": invoice["docCode"],
        "amount": invoice["netTotalAmount"],
        "paymentAmount": payment,
    }


def _fits(document: Doc, invoice: Doc) -> None:
    if invoice["isCancelled"]:
        raise Refused(f"Document {invoice['docCode']} is cancelled")
    if invoice["customerId"] != document["customerId"]:
        raise Refused(f"Document {invoice['docCode']} belongs to another customer")
    if invoice["currencyId"] != document["currencyId"]:
        raise Refused(f"Document {invoice['docCode']} has another currency")


def _status(invoice: Doc, left: Decimal) -> str:
    if left == 0:
        return "Paid"
    return "Open" if left == invoice["netTotalAmount"] else "Partially Paid"
