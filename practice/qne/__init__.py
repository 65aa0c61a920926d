"""The N3 Open API of QNE, imitated (qne.md Part A). The table of its calls."""

from __future__ import annotations

import fnmatch
import time
from collections.abc import Callable

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.qne import masters
from practice.qne.auth import is_good, make_token
from practice.qne.company import Company, Switches
from practice.qne.envelope import DUPLICATE, VALIDATION, Refused, done, refusal
from practice.qne.invoices import Invoices
from practice.qne.posting import gl_posting
from practice.qne.query import ServerFailed
from practice.qne.receipts import Receipts
from practice.qne.seed import COMPANY, TENANT, seed
from practice.routes import NO_ACTION, NoSuchPath, Routes, WrongMethod
from practice.storage import Storage
from practice.web import Answer, Malformed, Request, text

OPEN_CALLS = {"/api/auth/apiver", "/api/auth/connect"}
RESOURCES = ("projects", "customers", "stocks", "salesinvoices", "arreceipts")
EMAIL = "bookkeeper@practice.example"


class Qne:
    """One company behind one API key."""

    name = "qne"

    def __init__(self, storage: Storage, settings: Settings, api_key: str, secret: str) -> None:
        """Serve the company in `storage` to whoever knows `api_key`."""
        self.api_key, self.secret = api_key, secret
        self.pace = Pace()
        self.company = Company(storage, own_settings(Switches, settings))
        self.routes = Routes(any_case=True)
        self._route_masters()
        self._route_documents()

    @property
    def settings(self) -> Switches:
        """The switches in force."""
        return self.company.switches

    @settings.setter
    def settings(self, switches: Switches) -> None:
        self.company.switches = switches

    def answer(self, request: Request) -> Answer:
        """Do what is asked; every refusal has the envelope, 404 and 405 have none."""
        try:
            return self._admitted(request)
        except Refused as error:
            return refusal(str(error), error.code, error.status or self.settings.refusal_status)
        except Malformed:
            return refusal("The body is not valid JSON", VALIDATION, 400)
        except ServerFailed:
            return text("", 500)
        except NoSuchPath:
            return text("", 404)
        except WrongMethod as error:
            answer = text("", 405)
            answer.headers["Allow"] = ", ".join(error.allowed)
            return answer

    def say(self, what: str, message: str) -> Answer:
        """QNE's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                return refusal(message or "Too many requests", "ERR_TOO_MANY_REQUESTS", 429)
            case "token_expired":
                return refusal(message or "Token expired", "ERR_UNAUTHORIZED", 401)
            case "forbidden_403":
                return refusal(message or "No permission", "ERR_FORBIDDEN", 403)
            case "duplicate":
                return refusal(message or "Document number already exists", DUPLICATE, 409)
            case _:
                return refusal(message or "Refused", VALIDATION, 200)

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """A message that says something else (qne.md 3), or the bare data."""
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            return Answer(answer.payload.get("data"), answer.status)
        return Answer(answer.payload | {"message": message or "Get AR credit note list success"}, answer.status)

    def _admitted(self, request: Request) -> Answer:
        path = request.path.lower()
        if path not in OPEN_CALLS and not self._has_token(request):
            return self.say("token_expired", "Unauthorized")
        handler, parts = self.routes.find(request)
        if any(fnmatch.fnmatch(path, pattern.lower()) for pattern in self.settings.denied):
            return self.say("forbidden_403", "")
        answer = handler(request, *parts)
        if any(fnmatch.fnmatch(path, pattern.lower()) for pattern in self.settings.unwrapped):
            return self.reworded(answer, "envelope_off", "")
        return answer

    def _has_token(self, request: Request) -> bool:
        scheme, _, token = request.headers.get("authorization", "").partition(" ")
        return scheme == "Bearer" and is_good(self.secret, token)

    def _connect(self, request: Request) -> Answer:
        """API key (in the query) to token; `exp` is near, so that renewal happens (checklist 1)."""
        if request.query.get("api-key", "").lower() != self.api_key.lower():
            return refusal("Invalid API key", "ERR_UNAUTHORIZED", 401)
        expires = int(time.time() + self.settings.token_s)
        claims = {"sub": "1", "email": EMAIL, "tenantCode": TENANT, "company": COMPANY, "exp": expires}
        moment = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(expires))
        data = {"token": make_token(self.secret, claims), "expiresAt": moment}
        return done(data | {"company": COMPANY, "tenantCode": TENANT, "email": EMAIL}, "Connect success")

    def _route_masters(self) -> None:
        add, company = self.routes.add, self.company
        add("GET", "/api/Auth/ApiVer", lambda request: done("1.0.0-practice", "OK"))
        add("GET", "/api/Auth/Connect", self._connect)
        add("GET", "/api/CompanyProfile/BasicInfo", masters.basic_info(company, COMPANY))
        add("GET", "/api/UserData", masters.user_data(EMAIL))
        lists: list[tuple[str, str, str, Callable[..., bool] | None]] = [
            ("Customers/List", "customers", "customer", None),
            ("Stocks/List", "stocks", "stock", None),
            ("UOMs/Query", "uoms", "UOM", None),
            ("Agents/Lookup", "agents", "agent", None),
            ("Terms/Query", "terms", "term", None),
            ("Projects/Query", "projects", "project", None),
            ("StockLocations/Query", "locations", "stock location", None),
            ("Currencies/Query", "currencies", "currency", None),
            ("TaxCodes/Query", "taxcodes", "tax code", None),
            ("TaxCodes/OutputTax/Query", "taxcodes", "tax code", masters.is_output_tax),
            ("TaxCodes/InputTax/Query", "taxcodes", "tax code", masters.is_input_tax),
            ("AccountCodes/Leaf/Query", "accounts", "account code", masters.is_leaf),
        ]
        for path, name, title, keep in lists:
            add("GET", f"/api/{path}", masters.lister(company, name, title, keep))
            add("GET", f"/api/{path.split('/')[0]}/{{id}}", masters.reader(company, name, title))
        add("GET", "/api/Projects/All", masters.all_projects(company))
        add("GET", "/api/Stocks/DetailedList", masters.detailed(company))
        add("GET", "/api/Customers/New", masters.new_customer(company))
        add("POST", "/api/Customers/Create", masters.create_customer(company))

    def _route_documents(self) -> None:
        add = self.routes.add
        invoices, receipts = Invoices(self.company), Receipts(self.company)
        for name, documents, kind in (("SalesInvoices", invoices, "invoices"), ("ARReceipts", receipts, "receipts")):
            base = f"/api/{name}"
            add("GET", f"{base}/New", documents.new)
            add("GET", f"{base}/List", documents.listed)
            add("GET", f"{base}/GLPosting", gl_posting(self.company, kind))
            add("GET", f"{base}/{{key}}", documents.read)
            add("POST", f"{base}/Create", documents.create)
            add("POST", f"{base}/Void", documents.void)
            add("POST", f"{base}/Devoid", documents.devoid)
        add("POST", "/api/SalesInvoices/Update", invoices.update)
        add("POST", "/api/SalesInvoices/IsKnockedoff", invoices.is_knocked_off)
        add("POST", "/api/ARReceipts/UpdateCustomerKnockoff", receipts.allocate)
        for name in RESOURCES:  # the resource is there, the action is missing: 405 (qne.md 3)
            self.routes.add(NO_ACTION, f"/api/{name}", lambda request: done(None))


def seed_company(storage: Storage) -> None:
    """Fill an empty storage with the pick lists."""
    with storage.writing() as unit:
        for name, key, record in seed():
            unit.put(f"qne.{name}", key.lower(), record)
