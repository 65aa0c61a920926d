"""SQL Account's API for its Cloud mode, imitated (sql-accounting.md sections 2 to 11). The table of its calls."""

from __future__ import annotations

import fnmatch
from collections.abc import Callable
from email.utils import formatdate
from typing import Any

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.sql_accounting import answers
from practice.sql_accounting.answers import FORBIDDEN, LOCKED, one, refusal
from practice.sql_accounting.books import Books, Switches, public
from practice.sql_accounting.credit_notes import CreditNotes
from practice.sql_accounting.masters import WRITABLE, Masters
from practice.sql_accounting.payments import Payments
from practice.sql_accounting.reading import Reader, shown_as
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.sales import Sales
from practice.sql_accounting.seed import seed
from practice.sql_accounting.signature import SCOPES, is_genuine
from practice.storage import Storage
from practice.web import Answer, Doc, Request, text

VERSION = "5.2026.1092.905"
Writer = Masters | Sales | Payments | CreditNotes


class SqlAccounting:
    """One company behind one access key."""

    name = "sql_accounting"

    def __init__(self, storage: Storage, settings: Settings, access_key: str, secret_key: str) -> None:
        """Serve the company in `storage` to whoever signs with these keys."""
        self.access_key, self.secret_key = access_key, secret_key
        self.pace = Pace()
        self.books = Books(storage, own_settings(Switches, settings))
        self.writers = _writers(self.books)
        self.routes = Routes(any_case=False)
        self._route()

    @property
    def settings(self) -> Switches:
        """The switches in force."""
        return self.books.switches

    @settings.setter
    def settings(self, switches: Switches) -> None:
        self.books.switches = switches

    def answer(self, request: Request) -> Answer:
        """Do what is asked; every answer carries the server's time."""
        return self._dated(self._answer(request))

    def say(self, what: str, message: str) -> Answer:
        """SQL Account's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                answer = refusal(message or "Too Many Requests", 429)
            case "token_expired" | "forbidden_403":
                answer = refusal(message or FORBIDDEN, 403)
            case "lock_conflict":
                answer = self._refused(message or LOCKED, self.settings.conflict_status)
            case "duplicate":
                answer = self._refused(message or "Document number already exists")
            case _:
                answer = self._refused(message or "The record was refused")
        return self._dated(answer)

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """The same answer with a message beside it, or without `data` around its content."""
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            inner = answer.payload.get("data", answer.payload)
            is_list = "pagination" in answer.payload or not isinstance(inner, list) or len(inner) != 1
            return Answer(inner if is_list else inner[0], answer.status, headers=answer.headers)
        said = {"message": message or "Record not found"}
        return Answer(answer.payload | said, answer.status, headers=answer.headers)

    def _answer(self, request: Request) -> Answer:
        try:
            return self._admitted(request)
        except answers.Refused as error:
            return self._refusal_of(request, error)
        except answers.Crashed:
            return text("", 500)
        except NoSuchPath:
            return refusal("Not Found", 404)
        except WrongMethod as error:
            answer = refusal("Method Not Allowed", 405)
            answer.headers["Allow"] = str(error)
            return answer

    def _admitted(self, request: Request) -> Answer:
        if _fits(request.headers.get("user-agent", ""), self.settings.blocked_agents):
            return text(answers.CLOUDFLARE, 403, "text/html")  # section 3, point 9
        if not self._is_signed(request) or _fits(request.path, self.settings.denied):
            return refusal(FORBIDDEN, 403)
        handler, parts = self.routes.find(request)
        return handler(request, *parts)

    def _is_signed(self, request: Request) -> bool:
        services = (self.settings.only_service,) if self.settings.only_service else tuple(SCOPES)
        return is_genuine(request, self.access_key, self.secret_key, services, self.books.now())

    def _refused(self, message: str, status: int | None = None) -> Answer:
        return refusal(message, status or self.settings.refusal_status, self.settings.error_as)

    def _refusal_of(self, request: Request, error: answers.Refused) -> Answer:
        """A conflict; not found, which by switch is an empty `data` where one reads; any other refusal (section 11)."""
        if isinstance(error, answers.Conflict):
            return self._refused(LOCKED, self.settings.conflict_status)
        if not isinstance(error, answers.Missing):
            return self._refused(str(error))
        if request.method == "GET" and self.settings.missing_as == "empty":
            return Answer({"data": []})
        return self._refused(str(error), 404)

    def _dated(self, answer: Answer) -> Answer:
        answer.headers["Date"] = formatdate(self.books.now(), usegmt=True)
        return answer

    def _route(self) -> None:
        add = self.routes.add
        add("GET", "/version", lambda request: one({"version": VERSION}, self.settings.read_as))
        add("GET", "/healthcheck", lambda request: Answer({"status": "ok"}))
        for name in RESOURCES:
            reader = Reader(self.books, name)
            add("GET", f"/{name}", reader.only if name == "profile" else reader.listed)
            add("GET", f"/{name}/*", reader.found)
            add("GET", f"/{name}/{{key}}", reader.read)
        for name, writer in self.writers.items():
            add("PUT", f"/{name}/{{key}}", self._written(name, writer.update))
            if not isinstance(writer, CreditNotes):
                add("POST", f"/{name}", self._written(name, writer.create))
                add("DELETE", f"/{name}/{{key}}", _deleted(writer.delete))

    def _written(self, name: str, write: Callable[..., Doc]) -> Callable[..., Answer]:
        """The whole record answers a write, in the shape that the switch says (D5)."""

        def answer(request: Request, *parts: str) -> Answer:
            record = write(request, *parts)
            return one(shown_as(self.books, name, public(record), whole=True), self.settings.write_as)

        return answer


def seed_books(storage: Storage) -> None:
    """Fill an empty storage with the company's lists."""
    with storage.writing() as unit:
        for name, key, record in seed():
            unit.put(f"sql_accounting.{name}", key, record)


def _writers(books: Books) -> dict[str, Writer]:
    found: dict[str, Writer] = {name: Masters(books, name) for name in WRITABLE}
    found |= {name: Sales(books, name) for name in ("salesinvoice", "cashsales", "salescreditnote")}
    found |= {name: Payments(books, name) for name in ("customerpayment", "customerrefund")}
    return found | {"customercreditnote": CreditNotes(books)}


def _fits(word: str, patterns: list[str]) -> bool:
    return any(fnmatch.fnmatch(word, pattern) for pattern in patterns)


def _deleted(delete: Callable[[Request, str], Any]) -> Callable[..., Answer]:
    def answer(request: Request, key: str) -> Answer:
        delete(request, key)
        return Answer({})

    return answer
