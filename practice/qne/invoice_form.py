"""What QNE takes as a sales invoice: its template, and the checks of a body (qne.md 6.2)."""

from __future__ import annotations

import time
from datetime import date, timedelta

from practice.qne import checks
from practice.qne.amounts import document_amounts
from practice.qne.checks import ZERO_GUID
from practice.qne.company import Company, currency_of
from practice.qne.envelope import Refused
from practice.qne.lines import Context, read_lines
from practice.qne.seed import HOME
from practice.web import Doc

BLANK_LINE: Doc = {
    "id": ZERO_GUID,
    "pos": 1,
    "stockId": None,
    "uomId": None,
    "accountId": None,
    "projectId": None,
    "taxCodeId": None,
    "tariffCodeId": None,
    "stockLocationId": 1,
    "description": "",
    "qty": 1,
    "unitPrice": 0,
    "discount": "0",
    "isTaxInclusive": False,
    "taxRate": 0,
    "referenceNo": "",
}


def template(without: list[str]) -> Doc:
    """What /New shows: the company's defaults, and one blank line with its names (N6, N7)."""
    line = {name: value for name, value in BLANK_LINE.items() if name not in without}
    header = {name: value for name, value in _blank_header().items() if name not in without}
    return header | {"itemDetails": [line]}


def read_invoice(company: Company, body: Doc, known_ids: frozenset[str]) -> Doc:
    """Everything of the document that the caller decides, checked; `projectCode` is silently ignored (qne.md 5)."""
    day = checks.day(body, "docDate") or ""
    company.open_day(day)
    customer = company.need("customers", checks.whole_id(body, "customerId"), "Customer")
    rate = checks.number(body, "currencyRate")
    checks.whole_id(body, "currencyId")
    currency = currency_of(company, body, rate)
    term = _term(company, body)
    inclusive = checks.flag(body, "isTaxInclusive", False)
    lines = read_lines(Context(company, inclusive, known_ids), body)
    amounts = document_amounts(lines, rate)
    if amounts["netTotalAmount"] < 0:
        raise Refused("The total must not be negative")
    return {
        "docDate": day,
        "dueDate": checks.day(body, "dueDate", required=False) or _due(day, term),
        "customerId": customer["id"],
        "termId": term and term["id"],
        "projectId": _id(company.wish("projects", checks.whole_id(body, "projectId"), "Project")),
        "agentId": _id(company.wish("agents", checks.whole_id(body, "agentId"), "Agent")),
        "stockLocationId": _id(company.wish("locations", checks.whole_id(body, "stockLocationId"), "Stock location")),
        "currencyId": currency["id"],
        "currencyRate": rate,
        "referenceNo": checks.words(body, "referenceNo", 50),
        "description": checks.words(body, "description", 200),
        "isTaxInclusive": inclusive,
        "itemDetails": lines,
        **amounts,
        "outstandingAmount": amounts["netTotalAmount"],
        "isCancelled": False,
        "status": "Open",
        "updatedAt": now(),
    }


def _term(company: Company, body: Doc) -> Doc | None:
    """By id, or by code as in the verified invoice (qne.md 5)."""
    if body.get("termId") is None and "termCode" in body:
        term = company.by_code("terms", body["termCode"])
        if term is None:
            raise Refused(f"Term {body['termCode']} does not exist")
        return term
    return company.wish("terms", checks.whole_id(body, "termId"), "Term")


def _due(day: str, term: Doc | None) -> str:
    return (date.fromisoformat(day) + timedelta(days=int(term["value"]) if term else 0)).isoformat()


def _id(record: Doc | None) -> int | None:
    return None if record is None else int(record["id"])


def now() -> int:
    """The change stamp `updatedAt`; its unit is not confirmed (N20)."""
    return int(time.time() * 1000)


def _blank_header() -> Doc:
    return {
        "id": ZERO_GUID,
        "docCode": "",
        "docDate": f"{date.today():%Y-%m-%d}",  # noqa: DTZ011 - the company's own day
        "dueDate": None,
        "customerId": None,
        "termId": 3,
        "projectId": None,
        "agentId": None,
        "currencyId": 1,
        "currencyCode": HOME,
        "currencyRate": 1,
        "stockLocationId": 1,
        "referenceNo": "",
        "description": "",
        "isTaxInclusive": False,
    }
