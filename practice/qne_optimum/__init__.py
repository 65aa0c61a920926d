"""The Optimum API of QNE, imitated (qne.md Part B). The table of its calls."""

from __future__ import annotations

import hmac
from collections.abc import Callable

import msgspec

from practice.gate import Settings
from practice.pace import Pace
from practice.qne.company import public
from practice.qne.envelope import NOT_FOUND, Refused
from practice.qne_optimum import query
from practice.qne_optimum.company import Company, Switches
from practice.qne_optimum.customers import Customers
from practice.qne_optimum.invoices import Invoices
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.storage import Storage
from practice.web import Answer, Doc, Malformed, Request, text

Handler = Callable[..., Answer]


class QneOptimum:
    """One company behind one DbCode."""

    name = "qne_optimum"

    def __init__(self, storage: Storage, settings: Settings, db_code: str) -> None:
        """Serve the company in `storage` to whoever knows `db_code`."""
        self.db_code = db_code
        self.pace = Pace()
        self.company = Company(storage, Switches(**msgspec.structs.asdict(settings)))
        self.routes = Routes(any_case=True)
        self._route()

    @property
    def settings(self) -> Switches:
        """The switches in force."""
        return self.company.switches

    @settings.setter
    def settings(self, switches: Switches) -> None:
        self.company.switches = switches

    def answer(self, request: Request) -> Answer:
        """Do what is asked; a refusal is an object, where an array was expected too."""
        try:
            if not hmac.compare_digest(request.headers.get("dbcode", "").encode(), self.db_code.encode()):
                return _trouble(401, "DbCode is not valid")
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except Refused as error:
            return _trouble(404 if error.code == NOT_FOUND else error.status or 400, str(error))
        except Malformed:
            return _trouble(400, "The body is not valid JSON")
        except NoSuchPath:
            return text("", 404)
        except WrongMethod:
            return text("", 405)

    def say(self, what: str, message: str) -> Answer:
        """Optimum's words for what the gate or the fault plan asks."""
        status, usual = SAID.get(what, (400, "Refused"))
        return _trouble(status, message or usual)

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """There is neither an envelope to leave out nor a message to change."""
        return answer

    def _route(self) -> None:
        add = self.routes.add
        invoices, customers = Invoices(self.company), Customers(self.company)
        add("GET", "/api/System/Version", lambda request: Answer({"version": "2023.1-practice"}))
        for path, name in LISTS.items():
            add("GET", f"/api/{path}", self._lister(name))
        for path, name in (("Customers", "customers"), ("Stocks", "stocks"), ("Terms", "terms")):
            add("GET", f"/api/{path}/{{id}}", self._reader(name))
        add("GET", "/api/StockLocation", lambda request: Answer(self._shown("locations")))
        add("GET", "/api/TaxCodes/OutputTaxCodes", self._lister("taxcodes", lambda row: bool(row["_output"])))
        add("GET", "/api/TaxCodes/InputTaxCodes", self._lister("taxcodes", lambda row: not row["_output"]))
        add("GET", "/api/Stocks/{id}/UOMS", self._units)
        add("POST", "/api/Customers", customers.create)
        add("PUT", "/api/Customers", customers.update)
        add("GET", "/api/SalesInvoices", invoices.listed)
        add("GET", "/api/SalesInvoices/{id}", invoices.read)
        add("POST", "/api/SalesInvoices", invoices.create)
        add("PUT", "/api/SalesInvoices", invoices.update)

    def _lister(self, name: str, keep: Callable[[Doc], bool] = lambda row: True) -> Handler:
        return lambda request: Answer(query.select(self._shown(name, keep), request.query))

    def _reader(self, name: str) -> Handler:
        return lambda request, key: Answer(public(self.company.find(name, key)))

    def _units(self, request: Request, key: str) -> Answer:
        return Answer(self.company.find("stocks", key)["_uoms"])

    def _shown(self, name: str, keep: Callable[[Doc], bool] = lambda row: True) -> list[Doc]:
        return [public(record) for record in self.company.rows(name) if keep(record)]


LISTS = {
    "Customers": "customers",
    "Stocks": "stocks",
    "UOMs": "uoms",
    "Terms": "terms",
    "Agents": "agents",
    "TaxCodes": "taxcodes",
}
SAID = {
    "too_fast": (429, "Too many requests"),
    "token_expired": (401, "Unauthorized"),
    "forbidden_403": (403, "No permission"),
    "duplicate": (409, "The document exists"),
}


def _trouble(status: int, message: str) -> Answer:
    return Answer({"message": message}, status)
