"""Optimum's sales invoices (qne.md 8.2, 8.4): by codes, PUT on the collection, no way to void one."""

from __future__ import annotations

import re
import uuid
from datetime import datetime
from decimal import Decimal, InvalidOperation

from practice.qne import checks
from practice.qne.amounts import line_amounts
from practice.qne.company import marks, public, visible
from practice.qne.envelope import DUPLICATE, Refused
from practice.qne_optimum import query
from practice.qne_optimum.company import Company
from practice.web import Answer, Doc, Request

KIND = "invoices"
MOST_LINES = 1000
TEXTS = {"title": 200, "title2": 200, "attention": 100, "invoiceTo": 100, "remark1": 200, "project": 20}


class Invoices:
    """The calls under /api/SalesInvoices."""

    def __init__(self, company: Company) -> None:
        """Work on this company."""
        self.company = company

    def listed(self, request: Request) -> Answer:
        """A bare array of the heads."""
        switches, asked = self.company.switches, request.query
        rows = [self._head(record) for record in visible(self.company.rows(KIND))]
        if "referenceNo" in asked.get("$filter", "") and not switches.references_found:
            rows = []
        chosen = query.select(rows, asked)
        if not switches.references_listed:
            chosen = [{name: value for name, value in row.items() if name != "referenceNo"} for row in chosen]
        return Answer(chosen)

    def read(self, request: Request, key: str) -> Answer:
        """One invoice with its lines."""
        return Answer(public(self.company.find(KIND, key)))

    def create(self, request: Request) -> Answer:
        """Save a new invoice; a reference that is there already is not refused."""
        body = checks.body_of(request)
        if checks.guid(body, "id") is not None:
            raise Refused("A new document has no id")
        made = self._read_body(body, frozenset())
        with self.company.storage.writing(request.still_in_time) as unit:
            record = {"id": str(uuid.uuid4()), "invoiceCode": self._code(body), **made, **marks(request)}
            self.company.put(unit, KIND, record)
        return self._answered(record)

    def update(self, request: Request) -> Answer:
        """Replace an invoice by the whole one that was sent; its id is in the body."""
        body = checks.body_of(request)
        with self.company.storage.writing(request.still_in_time) as unit:
            old = self.company.find(KIND, checks.guid(body, "id"))
            if old["isCancelled"]:
                raise Refused("The document is cancelled")
            record = old | self._read_body(body, frozenset(line["id"] for line in old["details"]))
            self.company.put(unit, KIND, record)
        return self._answered(record)

    def _answered(self, record: Doc) -> Answer:
        shapes = {"document": public(record), "id": {"id": record["id"]}, "nothing": b""}
        return Answer(shapes[self.company.switches.create_answers])

    def _head(self, record: Doc) -> Doc:
        return {name: value for name, value in public(record).items() if name != "details"}

    def _code(self, body: Doc) -> str:
        """The number that was sent, if nobody has it; else the next one."""
        taken = {record["invoiceCode"] for record in self.company.rows(KIND)}
        code = checks.words(body, "invoiceCode", 20)
        if code in taken:
            raise Refused(f"Invoice code {code} already exists", DUPLICATE, 409)
        number = len(taken) + 1
        while f"SI{number:05}" in taken:
            number += 1
        return code or f"SI{number:05}"

    def _read_body(self, body: Doc, known_ids: frozenset[str]) -> Doc:
        """The fields of the reference; all others are ignored, as an unknown `currency` or `term` is."""
        customer = self.company.need("customers", "companyCode", checks.words(body, "customer", 20, required=True))
        location = _code_of(body, "stockLocation")
        if location:
            self.company.need("locations", "locationCode", location)
        rows = checks.rows(body, "details")
        if not rows or len(rows) > MOST_LINES:
            raise Refused(f"From 1 to {MOST_LINES} details are needed")
        return {
            "invoiceDate": _moment(body, "invoiceDate"),
            "customer": customer["companyCode"],
            "referenceNo": checks.words(body, "referenceNo", 50),
            "stockLocation": location,
            **{name: checks.words(body, name, limit) for name, limit in TEXTS.items()},
            "isCancelled": False,
            "details": [self._line(row, place, known_ids) for place, row in enumerate(rows, 1)],
        }

    def _line(self, row: Doc, place: int, known_ids: frozenset[str]) -> Doc:
        stock = self.company.need("stocks", "stockCode", _code_of(row, "stock"))
        line_id = checks.guid(row, "id")
        if line_id is not None and line_id not in known_ids:
            raise Refused(f"Detail {line_id} does not belong to this document")
        qty, price, rate = _amount(row, "qty"), _amount(row, "unitPrice"), self._rate(row)
        if qty < 0 or price < 0:
            raise Refused("qty and unitPrice must not be negative")
        sums = line_amounts(qty, price, Decimal(0), rate, inclusive=False)
        return {
            "id": line_id or str(uuid.uuid4()),
            "numbering": checks.words(row, "numbering", 10) or str(place),
            "stock": stock["stockCode"],
            "description": checks.words(row, "description", 200) or stock["stockName"],
            "qty": qty,
            "uom": self._unit(stock, _code_of(row, "uom")),
            "unitPrice": price,
            "stockLocation": _code_of(row, "stockLocation"),
            "taxCode": _code_of(row, "taxCode"),
            "amount": sums["subAmount"],
            "taxAmount": sums["taxAmount"],
            "netAmount": sums["netAmount"],
        }

    def _rate(self, row: Doc) -> Decimal:
        code = _code_of(row, "taxCode")
        if not code:
            return Decimal(0)
        tax = self.company.need("taxcodes", "taxCode", code)
        if not tax["_output"]:
            raise Refused(f"taxCode {code} is not for sales")
        return Decimal(tax["rate"]) / 100

    def _unit(self, stock: Doc, code: str) -> str:
        units = [unit["uomCode"] for unit in stock["_uoms"]]
        if code and code not in units:
            raise Refused(f"uom {code} does not belong to {stock['stockCode']}")
        return code or str(stock["baseUOM"])


def _code_of(body: Doc, name: str) -> str:
    return checks.words(body, name, 30)


def _amount(row: Doc, name: str) -> Decimal:
    """A number, or a number as text (OP9)."""
    value = row.get(name)
    try:
        if not isinstance(value, bool) and isinstance(value, int | Decimal | str):
            return Decimal(value)
    except InvalidOperation:
        pass
    raise Refused(f"{name} must be a number")


def _moment(body: Doc, name: str) -> str:
    """An ISO date-time."""
    value = body.get(name)
    if not isinstance(value, str) or not re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z?", value):
        raise Refused(f"{name} is required as YYYY-MM-DDThh:mm:ss")
    try:
        datetime.fromisoformat(value)
    except ValueError as error:
        raise Refused(f"{name} is no date") from error
    return value
