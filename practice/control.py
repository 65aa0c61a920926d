"""The control API: faults, switches, what was seen and saved, and what people do. README.md has its table."""

from __future__ import annotations

import hmac
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import msgspec

from practice.faults import Fault
from practice.ledger import LEDGERS
from practice.people import People
from practice.quickbooks.people import BooksPeople
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.shops import Salespeople, ledger
from practice.sql_accounting.people import Bookkeeper
from practice.web import Answer, Doc, Malformed, Request, text

if TYPE_CHECKING:
    from practice.world import Options, World


class Control:
    """Answers under /_practice/ to whoever knows the key (header X-Practice-Key)."""

    def __init__(self, world: World, key: str) -> None:
        """Steer this world."""
        self.world, self.key = world, key
        self.routes = Routes(any_case=False)
        self._route_faults()
        self._route_records()
        Bookkeeper(world.sql_accounting).add_to(self.routes)
        BooksPeople(world.quickbooks).add_to(self.routes)
        Salespeople(world.shops).add_to(self.routes)
        People(world).add_to(self.routes)

    def answer(self, request: Request) -> Answer:
        """Do what is asked; a mistake of the caller is told with 400."""
        if not hmac.compare_digest(request.headers.get("x-practice-key", "").encode(), self.key.encode()):
            return text("X-Practice-Key is missing or wrong", 403)
        try:
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except (msgspec.ValidationError, Malformed, ValueError, KeyError) as error:
            return Answer({"error": f"{type(error).__name__}: {error}"}, 400)
        except NoSuchPath:
            return Answer({"error": "no such path"}, 404)
        except WrongMethod as error:
            return Answer({"error": f"use {error}"}, 405)

    def _route_faults(self) -> None:
        add, plan = self.routes.add, self.world.plan
        add("GET", "/faults", lambda request: Answer([msgspec.to_builtins(fault) for fault in plan.listed()]))
        add("POST", "/faults", self._add_faults)
        add("DELETE", "/faults", self._clear_faults)
        add("GET", "/holds", lambda request: Answer(plan.held()))
        add("POST", "/release", self._release)

    def _route_records(self) -> None:
        add, world = self.routes.add, self.world
        add("GET", "/", lambda request: Answer({"systems": list(world.gate.systems)}))
        add("GET", "/settings/{system}", lambda request, name: Answer(self._settings(name)))
        add("PATCH", "/settings/{system}", self._change_settings)
        add("GET", "/measures", lambda request: Answer(self._measures()))
        add("DELETE", "/measures", self._forget_measures)
        add("GET", "/requests", self._requests)
        add("DELETE", "/requests", self._forget_requests)
        add("GET", "/ledger/{system}", self._ledger)
        add("POST", "/reset", self._reset)

    def _add_faults(self, request: Request) -> Answer:
        """One fault, or a list of them."""
        sent = _plain(request.json())
        faults = msgspec.convert(sent if isinstance(sent, list) else [sent], list[Fault])
        for fault in faults:
            if fault.system not in self.world.gate.systems:
                raise ValueError(f"unknown system {fault.system}")
        return Answer({"ids": [self.world.plan.add(fault) for fault in faults]})

    def _clear_faults(self, request: Request) -> Answer:
        self.world.plan.clear(request.query.get("system"))
        return Answer({})

    def _release(self, request: Request) -> Answer:
        body = request.json() if request.body else {}
        return Answer({"released": self.world.plan.release(body.get("id"), body.get("system"))})

    def _settings(self, name: str) -> Any:
        return msgspec.to_builtins(self.world.gate.systems[name].settings)

    def _change_settings(self, request: Request, name: str) -> Answer:
        """Only the switches sent are changed; an unknown one is refused."""
        system = self.world.gate.systems[name]
        system.settings = msgspec.convert(self._settings(name) | _plain(request.json()), type(system.settings))
        return Answer(self._settings(name))

    def _ledger(self, request: Request, name: str) -> Answer:
        shop = self.world.shops.get(name)
        return Answer(ledger(shop) if shop else LEDGERS[name](self.world, request.query))

    def _measures(self) -> Doc:
        return {name: system.pace.measures() for name, system in self.world.gate.systems.items()}

    def _forget_measures(self, request: Request) -> Answer:
        for system in self.world.gate.systems.values():
            system.pace.forget()
        return Answer({})

    def _requests(self, request: Request) -> Answer:
        seen = self.world.seen
        listed = [msgspec.to_builtins(entry) for entry in seen.listed(request.query.get("system"))]
        return Answer({"requests": listed, "counts": seen.counts()})

    def _forget_requests(self, request: Request) -> Answer:
        self.world.seen.forget()
        return Answer({})

    def _reset(self, request: Request) -> Answer:
        """Orders, seed, days, today may be given; else as on the command line."""
        body = request.json() if request.body else {}
        if "today" in body:
            body["today"] = date.fromisoformat(body["today"])
        self.world.reset(_changed(self.world.options, body))
        return Answer({})


def _changed(options: Options, changes: Doc) -> Options:
    try:
        return replace(options, **changes)
    except TypeError as error:
        raise ValueError(str(error)) from error


def _plain(value: Any) -> Any:
    """Decimals of the JSON as floats: seconds and chances need no exactness."""
    if isinstance(value, Decimal):
        return float(value)
    if isinstance(value, dict):
        return {name: _plain(part) for name, part in value.items()}
    return [_plain(part) for part in value] if isinstance(value, list) else value
