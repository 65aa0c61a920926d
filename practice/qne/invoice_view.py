"""How QNE shows a sales invoice: in the list, and by itself (qne.md 6.2, 6.3)."""

from __future__ import annotations

from practice.qne.company import Company, public
from practice.web import Doc

PLAIN = {
    "id": "text",
    "docCode": "text",
    "docDate": "date",
    "dueDate": "date",
    "customerId": "number",
    "currencyId": "number",
    "currencyRate": "number",
    "referenceNo": "text",
    "description": "text",
    "subtotalAmount": "number",
    "taxTotalAmount": "number",
    "netTotalAmount": "number",
    "outstandingAmount": "number",
    "isCancelled": "flag",
    "status": "text",
    "updatedAt": "number",
}
"""The fields of a row that can be filtered on."""
BESIDE = {
    "customer": "customers",
    "term": "terms",
    "currency": "currencies",
    "project": "projects",
    "agent": "agents",
    "stockLocation": "locations",
}


def row(company: Company, record: Doc) -> Doc:
    """One row of the list: its plain fields, and some that come from other tables."""
    customer = company.find("customers", record["customerId"]) or {}
    currency = company.find("currencies", record["currencyId"]) or {}
    derived = {
        "customerCode": customer.get("code"),
        "customerName": customer.get("name"),
        "currencyCode": currency.get("code"),
    }
    return {name: record[name] for name in PLAIN} | derived


def detail(company: Company, record: Doc) -> Doc:
    """The whole invoice, each id with its record beside it (qne.md 6.3)."""
    beside = {name: _brief(company.find(where, record[f"{name}Id"])) for name, where in BESIDE.items()}
    lines = [_line_view(company, line) for line in record["itemDetails"]]
    return row(company, record) | public(record) | beside | {"itemDetails": lines}


def _line_view(company: Company, line: Doc) -> Doc:
    stock = company.find("stocks", line["stockId"]) or {}
    unit = next((unit for unit in stock.get("uoms", []) if unit["id"] == line["uomId"]), None)
    return line | {
        "stock": _brief(stock),
        "uom": unit and {"id": unit["id"], "code": unit["code"], "rate": unit["rate"]},
        "taxCode": _brief(company.find("taxcodes", line["taxCodeId"])),
        "project": _brief(company.find("projects", line["projectId"])),
        "account": _brief(company.find("accounts", line["accountId"])),
    }


def _brief(record: Doc | None) -> Doc | None:
    if not record:
        return None
    return {"id": record["id"], "code": record["code"], "name": record.get("name", record.get("description", ""))}
