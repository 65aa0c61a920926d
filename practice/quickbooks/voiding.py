"""What is left of a transaction that counts no more (quickbooks-online.md 2.1)."""

from __future__ import annotations

from decimal import Decimal

from practice.quickbooks.rounding import ZERO
from practice.web import Doc

VOIDED = "Voided"


def emptied(record: Doc) -> Doc:
    """The sums and the note of a document that counts no more."""
    note = record.get("PrivateNote") or ""
    if not note.startswith(VOIDED):
        note = f"{VOIDED} - {note}" if note else VOIDED
    zeros = {name: ZERO for name in ("TotalAmt", "HomeTotalAmt", "Balance", "HomeBalance", "Deposit") if name in record}
    tax = {"TxnTaxDetail": {"TotalTax": ZERO}} if record.get("TxnTaxDetail") else {}
    return zeros | tax | {"PrivateNote": note, "_void": True}


def empty_line(line: Doc) -> Doc:
    """The line without amount and quantity."""
    detail = line["DetailType"]
    zeros = {name: Decimal(0) for name in ("Qty", "TaxInclusiveAmt") if name in line.get(detail, {})}
    return line | {"Amount": ZERO} | ({detail: line[detail] | zeros} if detail in line else {})
