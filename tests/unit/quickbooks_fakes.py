"""A scripted HTTP client in QuickBooks' words, and rows of its lists for documents to name."""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from adapters.accounting.quickbooks import QuickBooks
from adapters.errors import UnknownCode
from adapters.http import Reply
from documents import ReferenceKind, ReferenceRow

REALM = "4620816365"
COMPANY = f"/v3/company/{REALM}/"
K = ReferenceKind
NOW = dt.datetime(2026, 10, 3, 12, tzinfo=dt.UTC)
TIME = "2026-10-03T09:14:05.118-07:00"


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    body: Any


@dataclass
class FakeHttp:
    """Answers by (method, path) from lists; a query by its entity; remembers what was asked."""

    label: str = "QuickBooks Online"
    answers: dict[tuple[str, str], list[Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    hidden: set[str] = field(default_factory=set)

    def on(self, method: str, path: str, *answers: Any) -> None:
        """Each is JSON to encode (200), bytes, (status, either), (status, either, headers), or an error; the last one
        stays. The path is that of the company, or a whole one."""
        self.answers[method, path] = list(answers)

    def on_query(self, entity: str, *pages: list[dict[str, Any]]) -> None:
        """The pages of a query; after the last there is nothing more."""
        told = [{"QueryResponse": {entity: page, "startPosition": 1, "maxResults": len(page)}} for page in pages]
        self.on("QUERY", entity, *told, {"QueryResponse": {}, "time": TIME})

    def hide(self, secret: str) -> None:
        self.hidden.add(secret)

    def request(self, method: str, url: str, *, headers: Any = None, params: Any = None, **rest: Any) -> Reply:
        path = urlsplit(url).path.removeprefix(COMPANY)
        body = rest.get("body")
        self.asked.append(Asked(method, path, params or {}, headers or {}, body))
        known = self.answers[self._key(method, path, params or {})]
        return self._reply(known.pop(0) if len(known) > 1 else known[0])

    @staticmethod
    def _key(method: str, path: str, params: Mapping[str, str]) -> tuple[str, str]:
        return ("QUERY", params["query"].split()[3]) if path == "query" else (method, path)

    def _reply(self, told: Any) -> Reply:
        if isinstance(told, Exception):
            raise told
        status, body, headers = (*told, {})[:3] if isinstance(told, tuple) else (200, told, {})
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        return Reply(self.label, status, headers, content, lambda text: text.replace("tok-1", "***"))

    @property
    def queries(self) -> list[str]:
        return [each.params["query"] for each in self.asked if each.path == "query"]

    @property
    def paths(self) -> list[str]:
        return [f"{each.method} {each.path}" for each in self.asked]


def books_of(http: FakeHttp, **settings: str) -> QuickBooks:
    """The adapter over a scripted client; the clock stands at 3 October 2026."""
    given = {"realm_id": REALM, "base_url": "http://127.0.0.1:1", **settings}
    return QuickBooks(given, {"access_token": "tok-1"}, http, lambda: NOW)  # type: ignore[arg-type]


def fault(code: str, message: str = "A message", detail: str = "The detail", kind: str = "ValidationFault") -> dict:
    """Section 4.1."""
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return {"Fault": {"Error": [error], "type": kind}, "time": TIME}


def small_fault(code: str, message: str, detail: str | None = None) -> dict:
    """Section 4.2: small letters, the time in milliseconds."""
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return {"warnings": None, "fault": {"error": [error], "type": "AUTHENTICATION"}, "time": 1790000000000}


ROWS = [
    ReferenceRow(K.CUSTOMER, "58", "Demo Mugs", "58"),
    ReferenceRow(K.CUSTOMER, "71", "Ockel Retail", "71"),
    ReferenceRow(K.ITEM, "Mug", "Mug", "4"),
    ReferenceRow(K.ITEM, "Delivery", "Delivery", "5"),
    ReferenceRow(K.TERM, "30", "30", "3", details={"days": 30}),
    ReferenceRow(K.PROJECT, "Online", "Online", "21", details={"per": "line"}),
    ReferenceRow(K.PROJECT, "Fair", "Fair", "22", details={"per": "line"}),
    ReferenceRow(K.PROJECT, "Whole", "Whole", "23", details={"per": "document"}),
    ReferenceRow(K.PROJECT, "Other", "Other", "24", details={"per": "document"}),
    ReferenceRow(K.LOCATION, "Leeds", "Leeds", "31"),
    ReferenceRow(K.LOCATION, "York", "York", "32"),
    ReferenceRow(K.CURRENCY, "USD", "Dollar", "USD", details={"home": True}),
    ReferenceRow(K.CURRENCY, "EUR", "Euro", "EUR", details={"home": False}),
    ReferenceRow(K.DEPOSIT_ACCOUNT, "Wallet", "Wallet", "35"),
    ReferenceRow(K.ACCOUNT, "Sales", "Sales", "79"),
    ReferenceRow(K.ACCOUNT, "Cost of goods", "Cost of goods", "80"),
    ReferenceRow(K.ACCOUNT, "Inventory Asset", "Inventory Asset", "81"),
    ReferenceRow(K.PAYMENT_METHOD, "Card", "Card", "2"),
    ReferenceRow(
        K.TAX_CODE, "2", "Shop 8 %", "2", details={"rate": "8", "us": True, "rates": [{"id": "3", "rate": "8"}]}
    ),
    ReferenceRow(
        K.TAX_CODE,
        "State and city",
        "State and city",
        "9",
        details={"rate": "8.875", "us": True, "rates": [{"id": "11", "rate": "4.5"}, {"id": "12", "rate": "4.375"}]},
    ),
    ReferenceRow(K.TAX_CODE, "20.0% S", "Standard", "6", details={"rate": "20", "us": False, "rates": []}),
    ReferenceRow(K.TAX_CODE, "No VAT", "No VAT", "8", details={"rate": "0", "us": False, "rates": []}),
]


def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
    for row in ROWS:
        if (row.kind, row.code) == (kind, code):
            return row
    raise UnknownCode(kind, code)
