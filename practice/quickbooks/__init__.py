"""QuickBooks Online, imitated (quickbooks-online.md): several companies behind one app."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.quickbooks.books import Books
from practice.quickbooks.calls import CALLS, JSON
from practice.quickbooks.clock import Clock
from practice.quickbooks.companies import COMPANIES
from practice.quickbooks.desk import Desk
from practice.quickbooks.faults import (
    LAPSED,
    Refused,
    broken,
    number_taken,
    refusal,
    stale,
    throttled,
    unauthenticated,
    unauthorized,
    with_tid,
)
from practice.quickbooks.grants import ACCOUNTING, BadToken, Disconnected, Grants
from practice.quickbooks.idtoken import Signer
from practice.quickbooks.oauth import OAuth, invalid_grant
from practice.quickbooks.seed import seed_books
from practice.quickbooks.switches import API, Switches, company_of
from practice.quickbooks.xml import as_xml
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.storage import Storage
from practice.web import Answer, Doc, Request, text

SEEDED = "quickbooks", "seeded"
"""The mark that all companies were filled to the end."""


class QuickBooks:
    """Several companies behind one app."""

    name = "quickbooks"

    def __init__(self, storage: Storage, settings: Settings, keys: Doc) -> None:
        """Serve the companies in `storage` to the app that knows `keys`."""
        self.storage, self.settings, self.pace = storage, own_settings(Switches, settings), Pace()
        self.clock = Clock(lambda: self.settings.ahead_s)
        self.grants = Grants(storage, self.clock, lambda: self.settings)
        self.refresh_token: str = keys["refresh_token"]
        self.routes = Routes(any_case=False)
        oauth = OAuth(self.grants, keys, Signer(storage), self.clock, lambda: self.settings)
        oauth.add_to(self.routes, self.companies)
        self._route()
        self._lock, self._is_ready = threading.Lock(), False
        if not self.grants.knows(self.refresh_token):
            self.forget()

    def forget(self) -> None:
        """The storage was emptied; the token that is printed at the start is good (again)."""
        self._is_ready = False
        self.grants.begin(COMPANIES[0].realm, self.refresh_token)

    def companies(self) -> list[Doc]:
        """Every company: its realm id, name and country."""
        return [{"realm_id": each.realm, "name": each.name, "country": each.country} for each in COMPANIES]

    def told(self) -> list[Doc]:
        """The same for the process's line, with its home currency and a refresh token of its own."""
        more = [{"currency": each.currency, "refresh_token": self._token_of(each.realm)} for each in COMPANIES]
        return [{**company, **also} for company, also in zip(self.companies(), more, strict=True)]

    def _token_of(self, realm: str) -> str:
        """The same at every start; begun at the first."""
        if realm == COMPANIES[0].realm:
            return self.refresh_token
        token = f"RT1-{hashlib.sha256(f'{self.refresh_token} {realm}'.encode()).hexdigest()}"
        if not self.grants.knows(token):
            self.grants.begin(realm, token)
        return token

    def books(self, realm: str) -> Books:
        """The books of one company."""
        self._make_ready()
        return Books(self.storage, realm)

    def desk(self, realm: str) -> Desk:
        """Where one company's operations are carried out."""
        return Desk(self.books(realm), self.settings, self.clock)

    def answer(self, request: Request) -> Answer:
        """Do what is asked; every answer has its intuit_tid."""
        self._make_ready()
        answer = self._answer(request)
        if isinstance(answer.payload, dict) and request.path.startswith(API) and not _wants_json(request):
            answer = as_xml(answer)
        return with_tid(answer)

    def say(self, what: str, message: str) -> Answer:
        """Intuit's words for what the gate or the fault plan asks (4.1 to 4.3)."""
        match what:
            case "too_fast":
                answer = throttled(self.settings.too_fast_as, self.clock.fine_stamp())
            case "token_expired":
                answer = unauthenticated(message or "Token expired: 0f3c9a")
            case "forbidden_403":
                answer = unauthorized(message or None)
            case "invalid_grant":
                answer = invalid_grant(message or "Token invalid")
            case "duplicate":
                answer = self._refusal(number_taken(message or "1001", "Invoice", "17984"))
            case "stale":
                answer = self._refusal(stale())
            case _:
                answer = self._refusal(Refused("6000", message or "Business Validation Error: Unexpected error"))
        return with_tid(answer)

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """A server error in Intuit's words; another time beside an answer; or the bare record."""
        if answer.status == 500 and not answer.content_type.startswith("text/html"):
            return with_tid(self._refusal(broken(message)))
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            return Answer(next(iter(answer.payload.values())), answer.status, headers=answer.headers)
        if fault == "misleading_message":
            return Answer(answer.payload | {"warnings": message or "Duplicate"}, answer.status, headers=answer.headers)
        return answer

    def _answer(self, request: Request) -> Answer:
        try:
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except NoSuchPath:
            return text("Not Found", 404)
        except WrongMethod as error:
            return Answer("", 405, "text/plain; charset=utf-8", {"Allow": ", ".join(error.allowed)})

    def _make_ready(self) -> None:
        """Fill the companies when they are first needed: most who reset the practice never ask for them."""
        with self._lock:
            if not self._is_ready and self.storage.find(*SEEDED) is None:
                self.storage.clear(keep=lambda kind: not kind.startswith("quickbooks."))
                seed_books(self.storage, self.clock)
                with self.storage.writing() as unit:
                    unit.put(*SEEDED, {})
            self._is_ready = True

    def _refusal(self, error: Refused) -> Answer:
        return refusal(error, self.clock.fine_stamp())

    def _call(self, call: Callable[..., Doc]) -> Callable[..., Answer]:
        """A call of the API, behind the token and the company's state."""

        def answer(request: Request, *parts: str) -> Answer:
            try:
                desk_ = self._admitted(request)
                payload = call(request, desk_, *parts[1:])
                return Answer(payload | {"time": self.clock.fine_stamp()})
            except BadToken as error:
                return unauthenticated(error.detail, error.code)
            except Disconnected:
                return unauthorized()
            except Refused as error:
                return self._refusal(error)

        return answer

    def _admitted(self, request: Request) -> Desk:
        realm, _ = company_of(request.path)
        grant = self.grants.admit(request.headers.get("authorization", ""))
        if grant["realm"] != realm or ACCOUNTING not in grant["scope"].split():
            raise Disconnected
        if realm in self.settings.failing:
            raise broken()
        if realm in self.settings.lapsed:
            raise Refused("6190", LAPSED)
        return self.desk(realm)

    def _route(self) -> None:
        for method, path, call in CALLS:
            self.routes.add(method, f"{API}{{realm}}{path}", self._call(call))


def _wants_json(request: Request) -> bool:
    return JSON in request.headers.get("accept", "")
