"""What one company's books hold now, for a checker (reliability.md 7.3)."""

from __future__ import annotations

import re
from collections import Counter

from practice.quickbooks.books import Books
from practice.quickbooks.rounding import ZERO
from practice.web import Doc

KINDS = {
    "invoices": "Invoice",
    "sales_receipts": "SalesReceipt",
    "credit_memos": "CreditMemo",
    "refund_receipts": "RefundReceipt",
    "payments": "Payment",
}
NOTED = re.compile(r"\[([^\[\]]*)\]")


def books_ledger(books: Books, counts: dict[str, int]) -> Doc:
    """All documents, voided ones too; live invoices per reference; creates that were asked for."""
    shown = {title: [_document(record) for record in books.rows(name)] for title, name in KINDS.items()}
    live = [document for document in shown["invoices"] if not document["is_void"]]
    creates = {title: counts.get(f"quickbooks {books.realm} create {name}", 0) for title, name in KINDS.items()}
    return {
        "realm_id": books.realm,
        **shown,
        "live_invoices_by_reference": dict(Counter(document["reference"] for document in live)),
        "creates_seen": creates,
    }


def reference_in(note: str | None) -> str:
    """What a note says in its last square brackets; else its first line, without the word of a void."""
    words = (note or "").removeprefix("Voided").removeprefix(" - ")
    found = NOTED.findall(words)
    return found[-1] if found else words.partition("\n")[0].strip()


def _document(record: Doc) -> Doc:
    customer = record.get("CustomerRef") or {}
    return {
        "id": record["Id"],
        "number": record.get("DocNumber") or record.get("PaymentRefNum"),
        "date": record["TxnDate"],
        "reference": reference_in(record.get("PrivateNote")),
        "note": record.get("PrivateNote"),
        "total": record["TotalAmt"],
        "tax": (record.get("TxnTaxDetail") or {}).get("TotalTax", ZERO),
        "customer_id": customer.get("value"),
        "customer": customer.get("name"),
        "currency": record["CurrencyRef"]["value"],
        "balance": record.get("Balance", record.get("UnappliedAmt", ZERO)),
        "applied_to": [link for line in record["Line"] for link in line.get("LinkedTxn", [])],
        "is_void": record["_void"],
        "by_person": record.get("_person", False),
    }
