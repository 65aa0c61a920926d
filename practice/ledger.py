"""What the books and the shop hold now, for a checker (reliability.md 7.3)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from typing import TYPE_CHECKING

from practice.qne.company import Company, public
from practice.quickbooks.companies import COMPANIES
from practice.quickbooks.ledger import books_ledger as quickbooks_books
from practice.sql_accounting.ledger import books_ledger as sql_books
from practice.web import Doc

if TYPE_CHECKING:
    from practice.world import World

COMMON = ("id", "docCode", "docDate", "referenceNo", "description", "currencyRate", "isCancelled", "outstandingAmount")
APPLYING = ("receipts", "credit_notes")
CREATES = {
    "invoices": "qne POST /api/salesinvoices/create",
    "receipts": "qne POST /api/arreceipts/create",
    "credit_notes": "qne POST /api/arcns/create",
}


def company_ledger(world: World, query: dict[str, str]) -> Doc:
    """All invoices, receipts and credit notes, voided ones too; live invoices per reference; creates asked for."""
    company, counts, with_lines = world.qne.company, world.seen.counts(), "lines" in query
    invoices = [_document(company, record, "netTotalAmount") for record in company.rows("invoices")]
    if with_lines:
        for shown, record in zip(invoices, company.rows("invoices"), strict=True):
            shown["lines"] = [_line(company, line) for line in record["itemDetails"]]
    applied = {kind: [_applied(company, record) for record in company.rows(kind)] for kind in APPLYING}
    live = [document for document in invoices if not document["isCancelled"]]
    return {
        "invoices": invoices,
        **applied,
        "live_invoices_by_reference": dict(Counter(document["referenceNo"] for document in live)),
        "creates_seen": {name: counts.get(call, 0) for name, call in CREATES.items()},
    }


def optimum_ledger(world: World, query: dict[str, str]) -> Doc:
    """All invoices of the Optimum company, with the total that their lines come to."""
    invoices = [public(record) for record in world.qne_optimum.company.rows("invoices")]
    return {
        "invoices": [each | {"total": sum(line["netAmount"] for line in each["details"])} for each in invoices],
        "creates_seen": world.seen.counts().get("qne_optimum POST /api/salesinvoices", 0),
    }


def shop_ledger(world: World, query: dict[str, str]) -> Doc:
    """All orders, with the invoice numbers written into them."""
    orders = [public(order) for order in world.sitegiant.shop.rows("orders")]
    return {"orders": orders, "invoice_numbers": {o["order_id"]: o["invoice_no"] for o in orders if o["invoice_no"]}}


def quickbooks_ledger(world: World, query: dict[str, str]) -> Doc:
    """The documents of one company: of `realm`, else of the default one."""
    realm = query.get("realm") or COMPANIES[0].realm
    return quickbooks_books(world.quickbooks.books(realm), world.seen.counts())


def _applied(company: Company, record: Doc) -> Doc:
    """A receipt or credit note with what it knocks off; `totalAmount` of both holds tax."""
    return _document(company, record, "totalAmount") | {name: record[name] for name in ("knockoff", "status")}


def _document(company: Company, record: Doc, total: str) -> Doc:
    customer = company.find("customers", record["customerId"]) or {}
    currency = company.find("currencies", record["currencyId"]) or {}
    shown = {name: record[name] for name in COMMON}
    return shown | {
        "total": record[total],
        "tax": record.get("taxTotalAmount", 0),
        "customerCode": customer.get("code"),
        "currencyCode": currency.get("code"),
        "by_person": record.get("_person", False),
    }


def _line(company: Company, line: Doc) -> Doc:
    """The line with the codes that its ids stand for."""
    stock = company.find("stocks", line["stockId"]) or {}
    tax = company.find("taxcodes", line["taxCodeId"]) or {}
    unit = next((unit["code"] for unit in stock.get("uoms", []) if unit["id"] == line["uomId"]), None)
    return line | {"stockCode": stock.get("code"), "taxCode": tax.get("code"), "uomCode": unit}


def sql_ledger(world: World, query: dict[str, str]) -> Doc:
    """All documents of SQL Account's books."""
    return sql_books(world.sql_accounting.books, world.seen.counts(), "lines" in query)


LEDGERS: dict[str, Callable[[World, dict[str, str]], Doc]] = {
    "qne": company_ledger,
    "qne_optimum": optimum_ledger,
    "sitegiant": shop_ledger,
    "quickbooks": quickbooks_ledger,
    "sql_accounting": sql_ledger,
}
"""By system: what it holds, for a query."""
