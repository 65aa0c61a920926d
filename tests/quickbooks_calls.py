"""Calls one company of the practice's QuickBooks Online, and makes bodies for it. Imports nothing of the app."""

from typing import Any

import requests

MY, US, AST, GB = (f"934145000000000{number}" for number in range(1, 5))
WALK_IN = "58"
CURRENCIES = {MY: "MYR", US: "USD", AST: "USD", GB: "GBP"}
CODES = {MY: "2", US: "TAX", AST: "TAX", GB: "2"}
"""A taxed line's code: SV-6, TAX, TAX, 20.0% S."""


class Caller:
    """One company, with a good token: `call("POST", "/invoice", body)` gives the reply."""

    def __init__(self, server: Any, realm: str = MY) -> None:
        """Ask the control API for a token."""
        self.server, self.realm = server, realm
        self.tokens = server.control("POST", f"/quickbooks/{realm}/grant")
        self.base = f"{server.quickbooks['base_url']}/v3/company/{realm}"
        self.http = requests.Session()
        self.http.trust_env = False
        headers = {"Authorization": f"Bearer {self.tokens['access_token']}", "Accept": "application/json"}
        self.http.headers.update(headers)

    def call(self, method: str, path: str, json: Any = None, **more: Any) -> requests.Response:
        """One request below the company."""
        return self.http.request(method, self.base + path, json=json, timeout=10, **more)

    def post(self, entity: str, body: Any, **query: str) -> requests.Response:
        """Create, update, delete or void."""
        return self.call("POST", f"/{entity.lower()}", body, params=query)

    def create(self, entity: str, body: Any, **query: str) -> dict[str, Any]:
        """The record that was saved; a refusal fails the test."""
        reply = self.post(entity, body, **query)
        assert reply.status_code == 200, reply.text
        made: dict[str, Any] = reply.json()[entity]
        return made

    def read(self, entity: str, key: str) -> dict[str, Any]:
        """One record."""
        reply = self.call("GET", f"/{entity.lower()}/{key}")
        assert reply.status_code == 200, reply.text
        made: dict[str, Any] = reply.json()[entity]
        return made

    def query(self, words: str) -> dict[str, Any]:
        """The QueryResponse of a statement."""
        reply = self.call("GET", "/query", params={"query": words})
        assert reply.status_code == 200, reply.text
        made: dict[str, Any] = reply.json()["QueryResponse"]
        return made

    def rows(self, words: str) -> list[dict[str, Any]]:
        """The rows of a statement's one entity."""
        found = [value for value in self.query(words).values() if isinstance(value, list)]
        return found[0] if found else []

    def one(self, entity: str, name: str) -> str:
        """The Id of the record of that name."""
        title = {"Customer": "DisplayName", "Vendor": "DisplayName"}.get(entity, "Name")
        rows = self.rows(f"SELECT * FROM {entity} WHERE {title} = '{name}'")
        assert len(rows) == 1, (entity, name, rows)
        return str(rows[0]["Id"])

    def prefer(self, **sections: Any) -> None:
        """Change the company's settings."""
        self.server.control("PATCH", f"/quickbooks/{self.realm}/preferences", sections)

    def line(self, item: str = "MUG-01", **changes: Any) -> dict[str, Any]:
        """A line of 2 at 10.00, taxed; `Amount`, `Description`, `Id` are the line's, other changes the detail's."""
        detail = {"ItemRef": {"value": self.item(item)}, "Qty": 2, "UnitPrice": 10}
        detail |= {"TaxCodeRef": {"value": CODES[self.realm]}} | changes
        own = {name: detail.pop(name) for name in ("Amount", "Description", "Id") if name in detail}
        if "Amount" not in own:
            own["Amount"] = detail["Qty"] * detail["UnitPrice"]
        return drop({"DetailType": "SalesItemLineDetail", "SalesItemLineDetail": drop(detail)} | own)

    def item(self, name: str) -> str:
        """An item's Id; what looks like one already stays."""
        return name if name.isdecimal() or name.endswith("_ID") else self.one("Item", name)

    def sale(self, *lines: Any, **changes: Any) -> dict[str, Any]:
        """A sales form for the walk-in customer."""
        body = {
            "CustomerRef": {"value": WALK_IN},
            "CurrencyRef": {"value": CURRENCIES[self.realm]},
            "TxnDate": "2026-01-15",
            "Line": list(lines) or [self.line()],
        }
        return drop(body | changes)

    def invoice(self, *lines: Any, **changes: Any) -> dict[str, Any]:
        """A saved invoice."""
        return self.create("Invoice", self.sale(*lines, **changes))

    def payment(self, total: Any, *applied: tuple[str, str, Any], **changes: Any) -> dict[str, Any]:
        """A payment's body; `applied` are (TxnType, TxnId, Amount)."""
        lines = [{"Amount": amount, "LinkedTxn": [{"TxnId": key, "TxnType": kind}]} for kind, key, amount in applied]
        who = {"CustomerRef": {"value": WALK_IN}, "CurrencyRef": {"value": CURRENCIES[self.realm]}}
        return drop(who | {"TxnDate": "2026-01-16", "TotalAmt": total, "Line": lines} | changes)


def drop(body: dict[str, Any]) -> dict[str, Any]:
    """Without what a test leaves out."""
    return {name: value for name, value in body.items() if value != "LEAVE OUT"}


def code(reply: requests.Response) -> str:
    """The code of a refusal; the whole answer where it is none."""
    try:
        answer = reply.json()
        fault = answer.get("Fault") or answer["fault"]
        error = (fault.get("Error") or fault["error"])[0]
    except (ValueError, KeyError):
        return f"{reply.status_code} {reply.text}"
    return str(error["code"])


def detail(reply: requests.Response) -> str:
    """The real reason of a refusal."""
    return str(reply.json()["Fault"]["Error"][0]["Detail"])
