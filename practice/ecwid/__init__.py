"""Ecwid's REST API v3, imitated over a shelf (ecwid.md)."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any, ClassVar

from practice.ecwid import catalogue
from practice.ecwid.lists import Refused, chosen, dated, moment, page, within, wrong
from practice.ecwid.orders import INCOMPLETE, STATUSES, id_of, n_of, number_of, order, statuses
from practice.gate import Settings, own_settings
from practice.pace import MINUTE, Limit, Pace, window
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.sales import Sale
from practice.shelf import Shelf
from practice.web import Answer, Doc, Malformed, Request

SCOPES = ("read_store_profile", "read_orders", "update_orders", "read_catalog", "read_customers")
PAYMENT = {payment for payment, _ in STATUSES.values()} | {
    INCOMPLETE,
    *(f"CUSTOM_PAYMENT_STATUS_{place}" for place in (1, 2, 3)),
}
FULFILMENT = {fulfilment for _, fulfilment in STATUSES.values()} | {
    *("PROCESSING", "READY_FOR_PICKUP", "OUT_FOR_DELIVERY"),
    *(f"CUSTOM_FULFILLMENT_STATUS_{place}" for place in (1, 2, 3)),
}
WRITABLE = {"privateAdminNotes", "paymentStatus", "fulfillmentStatus", "trackingNumber"}


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Ecwid's own limit, and what its token may do."""

    per_minute: float | None = 600.0
    scopes: tuple[str, ...] = SCOPES

    def limits(self, request: Request) -> list[Limit]:
        """600 a minute and token (3)."""
        return [*super().limits(request), Limit("per_minute", self.per_minute, window(MINUTE, self.scale))]


class Ecwid:
    """One store behind one secret token."""

    name = "ecwid"
    prefix: ClassVar[str] = "/ecwid/api/v3"
    currency: ClassVar[str] = "MYR"

    def __init__(self, shelf: Shelf, settings: Settings, keys: Doc) -> None:
        """Serve the shelf to whoever knows the token."""
        self.shelf, self.keys = shelf, keys
        self.settings = own_settings(Switches, settings)
        self.pace = Pace()
        self.routes = Routes(any_case=False)
        self._route()

    @staticmethod
    def make_keys() -> Doc:
        """A token of the store's own app, and the secret that it signs with."""
        return {"token": f"secret_{secrets.token_hex(16)}", "client_secret": secrets.token_hex(16)}

    def told(self, base_url: str) -> Doc:
        """What an owner types to connect."""
        return {"base_url": base_url, "store_id": str(catalogue.STORE_ID), **self.keys}

    def ids(self, sale: Sale) -> tuple[str, str]:
        """EW-K1001 and K1001."""
        return id_of(sale.n), number_of(sale.n)

    # --- answering ----------------------------------------------------------------------------------------------

    def answer(self, request: Request) -> Answer:
        """Do what is asked."""
        try:
            return self._answer(request)
        except Refused as error:
            return error_of(error.status, error.code, str(error))
        except Malformed:
            return error_of(400, "WRONG_PARAMETER", "The body is no JSON")
        except NoSuchPath:
            return error_of(422, "WRONG_URL", "Wrong URL")
        except WrongMethod:
            return error_of(405, "METHOD_NOT_ALLOWED", f"{request.method} is not allowed here")

    def say(self, what: str, message: str) -> Answer:
        """Ecwid's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                return error_of(429, "RATE_LIMITED", message or "Too many requests")
            case "token_expired":
                return error_of(403, "INVALID_API_TOKEN", message or "Invalid API token")
            case "forbidden_403":
                return error_of(403, "INSUFFICIENT_APP_SCOPE", message or "The app has no scope for this")
            case _:
                return error_of(400, "WRONG_PARAMETER", message or "Wrong parameter")

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """A failure without a body (5), the bare list, or another message."""
        if answer.status >= 500 and answer.content_type.startswith("text/plain"):
            return Answer(message.encode(), answer.status)
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            return Answer(answer.payload.get("items"), answer.status)
        return Answer(answer.payload | {"errorMessage": message or "Wrong parameter"}, answer.status)

    def _answer(self, request: Request) -> Answer:
        given = request.headers.get("authorization", "").removeprefix("Bearer ") or request.query.get("token", "")
        store, _, rest = request.path.removeprefix("/").partition("/")
        if not store.isdecimal():
            raise NoSuchPath
        if not secrets.compare_digest(given.encode(), str(self.keys["token"]).encode()):
            raise Refused(403, "INVALID_API_TOKEN", "Invalid API token")
        if int(store) != catalogue.STORE_ID:
            raise Refused(404, "STORE_NOT_FOUND", f"Store {store} not found")
        request.path = f"/{rest}"
        handler, parts = self.routes.find(request)
        return handler(request, *parts)

    def _route(self) -> None:
        for method, path, scope, handler in (
            ("GET", "/profile", "read_store_profile", lambda request: chosen(request, catalogue.profile())),
            ("GET", "/latest-stats", "read_store_profile", self._stats),
            ("GET", "/orders", "read_orders", self._orders),
            ("GET", "/orders/last", "read_orders", self._last),
            ("GET", "/orders/deleted", "read_orders", self._deleted),
            ("GET", "/orders/{id}", "read_orders", lambda request, key: chosen(request, order(self._sale(key)))),
            ("PUT", "/orders/{id}", "update_orders", self._change),
            ("GET", "/products", "read_catalog", self._products),
            ("GET", "/products/{id}", "read_catalog", self._product),
            ("GET", "/products/{id}/combinations", "read_catalog", self._variations),
            ("GET", "/customers", "read_customers", self._customers),
            ("GET", "/customers/{id}", "read_customers", self._customer),
        ):
            self.routes.add(method, path, self._guarded(scope, handler))

    def _guarded(self, scope: str, handler: Any) -> Any:
        def answer(request: Request, *parts: str) -> Answer:
            if scope not in self.settings.scopes:
                raise Refused(403, "INSUFFICIENT_APP_SCOPE", f"The app has no scope {scope}")
            return Answer(handler(request, *parts))

        return answer

    # --- orders -------------------------------------------------------------------------------------------------

    def _orders(self, request: Request) -> Doc:
        """Newest first; carts only where they are asked for (7.2)."""
        made, changed = _between(request, "created"), _between(request, "updated")
        wanted = _words(request, "paymentStatus", PAYMENT), _words(request, "fulfillmentStatus", FULFILMENT)
        named = set(request.query["ids"].split(",")) if "ids" in request.query else None
        email = request.query.get("email")
        found = [
            sale
            for sale in reversed(self.shelf.rows())
            if within(sale.when, *made)
            and within(sale.updated, *changed)
            and _fits(sale, wanted)
            and (named is None or id_of(sale.n) in named)
            and (email is None or sale.email == email)
        ]
        return page(request, found, order)

    def _last(self, request: Request) -> Doc:
        found = [sale for sale in self.shelf.rows() if statuses(sale)[0] != INCOMPLETE]
        if not found:
            raise Refused(404, "ORDER_NOT_FOUND", "There is no order")
        return chosen(request, order(found[-1]))

    def _deleted(self, request: Request) -> Doc:
        begin, end = moment(request, "from_date"), moment(request, "to_date")
        gone = [(int(doc["n"]), datetime.fromisoformat(doc["when"])) for doc in self.shelf.deleted()]
        rows = [{"id": id_of(n), **dated(when, "date")} for n, when in gone if within(when, begin, end)]
        return page(request, rows)

    def _sale(self, order_id: str) -> Sale:
        sale = self.shelf.find(n_of(order_id)) if n_of(order_id) else None
        if sale is None:
            raise Refused(404, "ORDER_NOT_FOUND", f"Order {order_id} not found")
        return sale

    def _change(self, request: Request, order_id: str) -> Doc:
        """A part of an order; only what a clerk may change."""
        body, sale = request.json(), self._sale(order_id)
        if not isinstance(body, dict) or not body.keys() <= WRITABLE:
            raise wrong("body")
        self.shelf.change(str(sale.n), {"extra": {**sale.extra, **body}})
        return {"updateCount": 1}

    def _stats(self, request: Request) -> Doc:
        newest = max((sale.updated for sale in self.shelf.rows()), default=catalogue.MADE)
        return {**dated(newest, "ordersUpdated"), **dated(catalogue.MADE, "productsUpdated")}

    # --- the rest -----------------------------------------------------------------------------------------------

    def _products(self, request: Request) -> Doc:
        sku, ids = request.query.get("sku"), request.query.get("productId")
        rows = catalogue.products(self.shelf)
        if sku is not None:
            rows = [row for row in rows if sku in {row["sku"], *(each["sku"] for each in row["combinations"])}]
        if ids is not None:
            rows = [row for row in rows if str(row["id"]) in ids.split(",")]
        return page(request, rows)

    def _found(self, product_id: str) -> Doc:
        rows = catalogue.products(self.shelf)
        found = next((row for row in rows if str(row["id"]) == product_id), None)
        if found is None:
            raise Refused(404, "PRODUCT_NOT_FOUND", f"Product {product_id} not found")
        return found

    def _product(self, request: Request, product_id: str) -> Doc:
        return chosen(request, self._found(product_id))

    def _variations(self, request: Request, product_id: str) -> list[Doc]:
        """A plain list (9)."""
        return list(self._found(product_id)["combinations"])

    def _customers(self, request: Request) -> Doc:
        email, rows = request.query.get("email"), catalogue.customers()
        return page(request, [row for row in rows if email in (None, row["email"])]) | {"allCustomerCount": len(rows)}

    def _customer(self, request: Request, customer_id: str) -> Doc:
        found = next((row for row in catalogue.customers() if str(row["id"]) == customer_id), None)
        if found is None:
            raise Refused(404, "CUSTOMER_NOT_FOUND", f"Customer {customer_id} not found")
        return chosen(request, found)


def error_of(status: int, code: str, message: str) -> Answer:
    """An error in Ecwid's words (5)."""
    return Answer({"errorMessage": message, "errorCode": code}, status)


def _between(request: Request, what: str) -> tuple[datetime | None, datetime | None]:
    return moment(request, f"{what}From"), moment(request, f"{what}To")


def _words(request: Request, name: str, known: set[str]) -> set[str] | None:
    """The statuses asked for; one that Ecwid does not know, QUEUED too, is refused (7.3)."""
    if name not in request.query:
        return None
    asked = set(request.query[name].split(","))
    if not asked <= known:
        raise wrong(name)
    return asked


def _fits(sale: Sale, wanted: tuple[set[str] | None, set[str] | None]) -> bool:
    payment, fulfilment = statuses(sale)
    by_payment = payment in wanted[0] if wanted[0] is not None else payment != INCOMPLETE
    return by_payment and (wanted[1] is None or fulfilment in wanted[1])
