"""What a document does to the general ledger: GLPosting, the proof in tests (qne.md 6.5)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from practice.qne.amounts import ZERO, cents
from practice.qne.company import Company
from practice.qne.envelope import Refused, done, missing
from practice.web import Answer, Doc, Request, write_json

DEBTORS, SALES, SHIPPING, TAX = "300-0000", "500-0000", "510-0000", "400-5000"


def gl_posting(company: Company, kind: str) -> Callable[[Request], Answer]:
    """Rows of a document, as an array, as {value: []} or as JSON text by the switch `gl_posting_as`."""

    def answer(request: Request) -> Answer:
        key = request.query.get("key")
        if not key:
            raise Refused("key is required", status=400)
        record = company.find(kind, key)
        if record is None:
            raise missing("Document")
        entries = [] if record["isCancelled"] else _ENTRIES[kind](company, record)
        rows = [_row(company, code, amount) for code, amount in entries if amount]
        shapes = {"array": rows, "value": {"value": rows}, "text": write_json(rows).decode()}
        return done(shapes[company.switches.gl_posting_as], "OK")

    return answer


def _invoice(company: Company, record: Doc) -> list[tuple[str, Decimal]]:
    """Debit the debtors, credit sales by account and the tax; debits equal credits to the cent."""
    whole = cents(record["netTotalAmount"] * record["currencyRate"])
    tax = cents(record["taxTotalAmount"] * record["currencyRate"])
    shipping = ZERO
    for line in record["itemDetails"]:
        stock = company.find("stocks", line["stockId"]) or {}
        if stock.get("code") == "SHIP":
            shipping += line["subAmount"]
    shipping = cents(shipping * record["currencyRate"])
    return [(DEBTORS, whole), (SALES, shipping + tax - whole), (SHIPPING, -shipping), (TAX, -tax)]


def _receipt(company: Company, record: Doc) -> list[tuple[str, Decimal]]:
    account = company.find("accounts", record["accountId"]) or {}
    amount = cents(record["totalAmount"] * record["currencyRate"])
    return [(account["code"], amount), (DEBTORS, -amount)]


def _credit_note(company: Company, record: Doc) -> list[tuple[str, Decimal]]:
    """Debit the accounts of its lines and the tax, credit the debtors; the first account bears the rounding."""
    whole = cents(record["netTotalAmount"] * record["currencyRate"])
    tax = cents(record["taxTotalAmount"] * record["currencyRate"])
    sums: dict[str, Decimal] = {}
    for line in record["details"]:
        code = (company.find("accounts", line["accountId"]) or {})["code"]
        sums[code] = sums.get(code, ZERO) + line["subAmount"]
    entries = [(code, cents(amount * record["currencyRate"])) for code, amount in sums.items()]
    left = whole - tax - sum((amount for _, amount in entries[1:]), ZERO)
    return [(entries[0][0], left), *entries[1:], (TAX, tax), (DEBTORS, -whole)]


_ENTRIES = {"invoices": _invoice, "receipts": _receipt, "credit_notes": _credit_note}


def _row(company: Company, code: str, amount: Decimal) -> Doc:
    name = (company.by_code("accounts", code) or {}).get("name", "")
    debit, credit = max(amount, ZERO), max(-amount, ZERO)
    return {"accountCode": code, "accountName": name, "debitLocal": debit, "creditLocal": credit}
