"""Shopify's Admin API, imitated: GraphQL, and REST as far as old clients need it (other-stores.md part 2)."""

from __future__ import annotations

import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import ClassVar

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.sales import Sale
from practice.shelf import Shelf
from practice.shopify import rest
from practice.shopify.graphql import GraphQL
from practice.shopify.shapes import ORDER, order_number
from practice.web import Answer, Doc, Request

BAD_TOKEN = "[API] Invalid API key or access token (unrecognized login or wrong password)"  # noqa: S105 - its words
NO_SCOPE = "[API] This action requires merchant approval for read_orders scope."
TOO_FAST = "Exceeded 2 calls per second for api client. Reduce request rates to resume uninterrupted service."
SCOPES = ("read_orders", "read_all_orders", "read_products", "read_customers")
VERSIONED = re.compile(r"/admin/api/(\d{4}-(?:01|04|07|10))(/.*)")
DAYS_WITHOUT_ALL = 60


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Shopify's own switches beside the common ones; README.md says what each does."""

    scopes: tuple[str, ...] = SCOPES
    maximum_available: float = 1_000_000.0
    restore_rate: float = 20_000.0
    throttle_next: int = 0
    forget_cursors: int = 0


class Shopify:
    """One shop behind one access token."""

    name = "shopify"
    prefix: ClassVar[str] = "/shopify"
    currency: ClassVar[str] = "MYR"
    domain, title = "kedai-mawar.myshopify.com", "Kedai Mawar"

    def __init__(self, shelf: Shelf, settings: Settings, keys: Doc) -> None:
        """Serve the shelf to whoever knows the token."""
        self.shelf, self.keys = shelf, keys
        self.settings = own_settings(Switches, settings)
        self.pace = Pace()
        self.graphql = GraphQL(self)
        self.routes = Routes(any_case=False)
        self._route()

    @staticmethod
    def make_keys() -> Doc:
        """A token, and the secret that messages are signed with."""
        return {"access_token": f"shpat_{secrets.token_hex(16)}", "client_secret": f"shpss_{secrets.token_hex(16)}"}

    def told(self, base_url: str) -> Doc:
        """As the owner enters it."""
        return {"base_url": base_url, "shop": self.domain, **self.keys}

    def ids(self, sale: Sale) -> tuple[str, str]:
        """The numeric part of the order's id, and its name."""
        return str(order_number(sale)), f"#{sale.n}"

    def visible(self, n: int | None = None) -> Sequence[Sale]:
        """The sales that the token may see, or the one of this number; older ones need read_all_orders."""
        found = None if n is None else self.shelf.find(n)
        rows = self.shelf.rows() if n is None else [found] if found else []
        if "read_all_orders" in self.settings.scopes:
            return rows
        first = datetime.now(UTC) - timedelta(days=DAYS_WITHOUT_ALL)
        return [sale for sale in rows if sale.when >= first]

    def base_url(self, request: Request) -> str:
        """The address that this request came to, up to the version."""
        return f"http://{request.headers.get('host', '')}{request.target.partition('/orders')[0]}"

    # --- answering ----------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """By version and path; the token is asked for first."""
        if request.headers.get("x-shopify-access-token") != self.keys["access_token"]:
            return Answer({"errors": BAD_TOKEN}, 401)
        match = VERSIONED.fullmatch(request.path)
        if not match:
            return Answer({"errors": "Not Found"}, 404)
        request.path = match[2]
        answer = self._routed(request)
        answer.headers["X-Shopify-API-Version"] = match[1]
        if request.path != "/graphql.json":
            answer.headers["X-Shopify-Shop-Api-Call-Limit"] = "1/40"
        return answer

    def say(self, what: str, message: str) -> Answer:
        """Shopify's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                return Answer({"errors": message or TOO_FAST}, 429)
            case "token_expired":
                return Answer({"errors": message or BAD_TOKEN}, 401)
            case "forbidden_403":
                return Answer({"errors": message or NO_SCOPE}, 403)
            case _:
                return Answer({"errors": [{"message": message or "The request was refused"}]})

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """A status in Shopify's words, where no proxy says it; data without its envelope; another message."""
        if fault == "status" and answer.content_type.startswith("text/plain"):
            return Answer({"errors": str(answer.payload)}, answer.status, headers=answer.headers)
        if fault == "envelope_off" and isinstance(answer.payload, dict):
            return Answer(answer.payload.get("data"), answer.status)
        return answer if fault != "misleading_message" else self.say("refuse", message)

    def _routed(self, request: Request) -> Answer:
        try:
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except rest.Refused as error:
            return Answer({"errors": error.errors}, error.status)
        except NoSuchPath:
            return Answer({"errors": "Not Found"}, 404)
        except WrongMethod:
            return Answer("", 406)

    def _route(self) -> None:
        add = self.routes.add
        add("POST", "/graphql.json", self.graphql.answer)
        add("GET", "/shop.json", lambda request: Answer({"shop": self._shop()}))
        add("GET", "/orders.json", lambda request: self._allowed(rest.listed(self, request)))
        add(
            "GET", "/orders/{order}", lambda request, order: self._one(order.removesuffix(".json"), "order", rest.order)
        )
        for name, shape in (("transactions", rest.transactions), ("refunds", rest.refunds)):
            add("GET", f"/orders/{{order}}/{name}.json", self._part(name, shape))

    def _part(self, name: str, shape: rest.Shaped) -> rest.Handler:
        return lambda request, order: self._one(order, name, shape)

    def _one(self, number: str, name: str, shape: rest.Shaped) -> Answer:
        found = self.visible(int(number) - ORDER) if number.isdigit() else ()
        return self._allowed(Answer({name: shape(found[0])}) if found else Answer({"errors": "Not Found"}, 404))

    def _allowed(self, answer: Answer) -> Answer:
        return answer if "read_orders" in self.settings.scopes else Answer({"errors": NO_SCOPE}, 403)

    def _shop(self) -> Doc:
        return {"id": 1, "name": self.title, "myshopify_domain": self.domain, "currency": self.currency}
