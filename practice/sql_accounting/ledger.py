"""What the books hold now, for a checker (reliability.md 7.3)."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal

from practice.sql_accounting.amounts import ZERO, total
from practice.sql_accounting.books import Books
from practice.sql_accounting.knock_offs import open_amount
from practice.sql_accounting.mirrors import MIRRORS, mirror_of
from practice.web import Doc

KINDS = {
    "invoices": "salesinvoice",
    "credit_notes": "salescreditnote",
    "cash_sales": "cashsales",
    "payments": "customerpayment",
    "refunds": "customerrefund",
}
"""By the ledger's word: the resource."""
OPEN = {"customerinvoice": "IV", "customercreditnote": "CN", "customerpayment": "PM"}


def books_ledger(books: Books, counts: dict[str, int], with_lines: bool) -> Doc:
    """All documents, cancelled ones too; live invoices per reference; creates that were asked for."""
    ledger: Doc = {
        word: [_document(books, resource, record, with_lines) for record in books.rows(resource)]
        for word, resource in KINDS.items()
    }
    live = Counter(each["docref1"] for each in ledger["invoices"] if not each["cancelled"])
    creates = {word: counts.get(f"sql_accounting POST /{resource}", 0) for word, resource in KINDS.items()}
    return ledger | {"live_invoices_by_reference": dict(live), "creates_seen": creates}


def _document(books: Books, resource: str, record: Doc, with_lines: bool) -> Doc:
    currency = books.by_code("currency", record["currencycode"]) or {}
    lines = record.get("sdsdocdetail", [])
    return {
        "id": record["dockey"],
        "number": record["docno"],
        "docdate": record["docdate"],
        "docref1": record["docref1"],
        "description": record["description"],
        "total": Decimal(record["docamt"]),
        "tax": total(lines, "taxamt"),
        "customer": record["code"],
        "currency": currency.get("isocode"),
        "rate": Decimal(record["currencyrate"]),
        "cancelled": record["cancelled"],
        "outstanding": _open(books, resource, record),
        "is_validated": bool(record.get("irbm_uuid")),
        "by_person": record.get("_person", False),
        **({"lines": lines} if with_lines and lines else {}),
        **({"knock_offs": record["sdsknockoff"]} if "sdsknockoff" in record else {}),
    }


def _open(books: Books, resource: str, record: Doc) -> Decimal:
    """What is still open of it: of an invoice unpaid, of a credit note or payment unapplied."""
    name = MIRRORS.get(resource, resource)
    shown = mirror_of(books, resource, record) if resource in MIRRORS else record
    return open_amount(OPEN[name], shown) if shown and name in OPEN else ZERO
