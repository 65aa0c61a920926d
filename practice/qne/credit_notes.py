"""QNE's AR credit notes (N10): by analogy with its invoices and receipts; README.md has the choices."""

from __future__ import annotations

import time

from practice.qne import checks
from practice.qne.amounts import document_amounts
from practice.qne.applying import Applying
from practice.qne.checks import ZERO_GUID
from practice.qne.company import currency_of, refuse_validated
from practice.qne.envelope import Refused, done
from practice.qne.lines import Context, read_account_lines
from practice.qne.masters import is_leaf
from practice.qne.seed import HOME
from practice.web import Answer, Doc, Request

BLANK_LINE: Doc = {
    "id": ZERO_GUID,
    "pos": 1,
    "accountId": None,
    "projectId": None,
    "taxCodeId": None,
    "description": "",
    "qty": 1,
    "unitPrice": 0,
    "discount": "0",
    "isTaxInclusive": False,
    "taxRate": 0,
}


class CreditNotes(Applying):
    """The calls under /api/ARCNs."""

    kind, title, prefix, total = "credit_notes", "AR credit note", "CN", "netTotalAmount"
    list_message = "Get AR credit note list success"
    plain = {
        "id": "text",
        "docCode": "text",
        "docDate": "date",
        "customerId": "number",
        "currencyId": "number",
        "netTotalAmount": "number",
        "referenceNo": "text",
        "description": "text",
    }

    def new(self, request: Request) -> Answer:
        """A template with the company's defaults, and one blank line that shows the names."""
        blank: Doc = {
            "id": ZERO_GUID,
            "docType": "ARCN",
            "docCode": "",
            "docDate": time.strftime("%Y-%m-%d"),
            "customerId": None,
            "projectId": None,
            "agentId": None,
            "currencyId": 1,
            "currencyCode": HOME,
            "currencyRate": 1,
            "referenceNo": "",
            "description": "",
            "isTaxInclusive": False,
            "details": [BLANK_LINE],
            "knockoff": [],
        }
        hidden = self.company.switches.template_without
        return done({name: value for name, value in blank.items() if name not in hidden}, "New AR credit note success")

    def may_change(self, request: Request, record: Doc, rows: list[Doc] | None) -> None:
        """Not after the tax office has validated it."""
        refuse_validated(record)

    def read_body(self, body: Doc, old: Doc | None) -> Doc:
        """The fields of a credit note, checked; its amounts are positive and reduce what the customer owes."""
        company = self.company
        if body.get("docType") != "ARCN":
            raise Refused("docType must be ARCN")
        day = checks.day(body, "docDate") or ""
        company.open_day(day)
        customer = company.need("customers", checks.whole_id(body, "customerId"), "Customer")
        rate = checks.number(body, "currencyRate")
        checks.whole_id(body, "currencyId")
        inclusive = checks.flag(body, "isTaxInclusive", False)
        known = frozenset(line["id"] for line in old["details"]) if old else frozenset[str]()
        lines = read_account_lines(Context(company, inclusive, known), body)
        self._refuse_parents(lines)
        amounts = document_amounts(lines, rate)
        if amounts["netTotalAmount"] < 0:
            raise Refused("The total must not be negative")
        project = company.wish("projects", checks.whole_id(body, "projectId"), "Project")
        agent = company.wish("agents", checks.whole_id(body, "agentId"), "Agent")
        return {
            "docType": "ARCN",
            "docDate": day,
            "customerId": customer["id"],
            "projectId": project and project["id"],
            "agentId": agent and agent["id"],
            "currencyId": currency_of(company, body, rate)["id"],
            "currencyRate": rate,
            "referenceNo": checks.words(body, "referenceNo", 50),
            "description": checks.words(body, "description", 200),
            "isTaxInclusive": inclusive,
            "details": lines,
            **amounts,
            "isCancelled": False,
            "eInvoiceStatus": "",
        }

    def _refuse_parents(self, lines: list[Doc]) -> None:
        """Money is booked to accounts that have none under them."""
        for line in lines:
            account = self.company.find("accounts", line["accountId"]) or {}
            if not is_leaf(account):
                raise Refused(f"Account {account['code']} has accounts under it")
