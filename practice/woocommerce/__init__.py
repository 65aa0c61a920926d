"""WooCommerce's REST API v3, imitated (other-stores.md 1.1 to 1.6): who may ask, the table of its calls, its errors."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Sequence
from typing import Any, ClassVar

import msgspec

from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.sales import Sale
from practice.shelf import Shelf
from practice.web import Answer, Doc, Malformed, Request, text
from practice.woocommerce import catalogue, customers, filters, lists, orders
from practice.woocommerce.auth import check_key
from practice.woocommerce.lists import Refused

API = "/wp-json/wc/v3"
NO_ROUTE = "No route was found matching the URL and request method."
HTML_404 = "<!DOCTYPE html><html><head><title>Page not found</title></head><body>Page not found</body></html>"
HTML_429 = "<html><head><title>429 Too Many Requests</title></head><body>Too Many Requests</body></html>"


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Its own switches beside the common ones; README.md says what each does."""

    names_refunded_lines: bool = False
    tells_rate_percent: bool = False
    longest_page: int = lists.LARGEST_PAGE


class WooCommerce:
    """One shop behind one key; a path outside its API is a page of its website."""

    name = "woocommerce"
    prefix: ClassVar[str] = "/woocommerce"
    currency: ClassVar[str] = "MYR"

    def __init__(self, shelf: Shelf, settings: Settings, keys: Doc) -> None:
        """Serve the shelf to whoever knows the keys."""
        self.shelf, self.keys, self.pace = shelf, keys, Pace()
        self.settings = own_settings(Switches, settings)
        self.routes = Routes(any_case=False)
        self._route()

    @staticmethod
    def make_keys() -> Doc:
        """A consumer key and secret, and the secret that messages are signed with."""
        return {
            "consumer_key": f"ck_{secrets.token_hex(20)}",
            "consumer_secret": f"cs_{secrets.token_hex(20)}",
            "webhook_secret": secrets.token_urlsafe(24),
        }

    def told(self, base_url: str) -> Doc:
        """The shop's address and its keys."""
        return {"base_url": base_url, **self.keys}

    def ids(self, sale: Sale) -> tuple[str, str]:
        """A plug-in numbers the orders: number and id differ."""
        return str(filters.id_of(sale)), str(sale.extra.get("number", sale.n))

    def answer(self, request: Request) -> Answer:
        """Do what is asked; errors are WordPress's own bodies."""
        if not request.path.startswith(API):
            return text(HTML_404, 404, "text/html")
        try:
            check_key(request, self.keys, self.prefix)
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except Refused as error:
            return error.answer
        except Malformed:
            return lists.failure("rest_invalid_json", "Invalid JSON body passed.", 400)
        except (NoSuchPath, WrongMethod):
            return lists.failure("rest_no_route", NO_ROUTE, 404)

    def say(self, what: str, message: str) -> Answer:
        """Words of the shop, or of the host in front of it, for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                return text(HTML_429, 429, "text/html")
            case "token_expired":
                return lists.failure("woocommerce_rest_authentication_error", "Consumer key is invalid.", 401)
            case "forbidden_403":
                words = message or "Sorry, you are not allowed to do that."
                return lists.failure("rest_forbidden", words, 403)
            case _:
                return lists.failure("woocommerce_rest_refused", message or "The request was refused.", 400)

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """Another message; there is no envelope to leave out."""
        if not isinstance(answer.payload, dict) or fault == "envelope_off":
            return answer
        return Answer(answer.payload | {"message": message or "Invalid request"}, answer.status)

    def _paged(self, request: Request, rows: Sequence[Any], shown: Callable[[Any], Any] = lambda row: row) -> Answer:
        return lists.paged(request, rows, shown, self.settings.longest_page)

    def _route(self) -> None:
        for path, handler in (
            ("/system_status", self._status),
            ("/settings/general/woocommerce_currency", self._currency),
            ("/taxes", lambda request: self._paged(request, catalogue.tax_rows())),
            ("/customers", lambda request: self._paged(request, customers.rows())),
            ("/products", lambda request: self._paged(request, catalogue.products(self.shelf))),
            ("/products/{id}/variations", self._variations),
            ("/orders", self._orders),
            ("/orders/{id}", self._order),
            ("/orders/{id}/refunds", self._refunds),
        ):
            self.routes.add("GET", API + path, handler)
        self.routes.add("PUT", API + "/orders/{id}", self._write)

    def _status(self, request: Request) -> Answer:
        return Answer({"environment": {"version": "9.4.2"}, "settings": {"currency": self.currency}})

    def _currency(self, request: Request) -> Answer:
        told = {"id": "woocommerce_currency", "label": "Currency", "type": "select", "value": self.currency}
        return Answer(told)

    def _variations(self, request: Request, product_id: str) -> Answer:
        if all(str(product["id"]) != product_id for product in catalogue.products(self.shelf)):
            raise Refused("woocommerce_rest_product_invalid_id", "Invalid ID.", 404)
        return self._paged(request, catalogue.variations(self.shelf, int(product_id)))

    def _orders(self, request: Request) -> Answer:
        chosen = filters.chosen(self.shelf.rows(), request.query)
        return self._paged(request, chosen, self._shown)

    def _order(self, request: Request, order_id: str) -> Answer:
        return Answer(self._shown(self._find(order_id)))

    def _refunds(self, request: Request, order_id: str) -> Answer:
        sale = self._find(order_id)
        rows = [orders.refund(sale, each, self.settings.names_refunded_lines) for each in reversed(sale.refunds)]
        return self._paged(request, rows)

    def _write(self, request: Request, order_id: str) -> Answer:
        """Only `meta_data` is taken: by its id or key a field is changed, else added."""
        sale, body = self._find(order_id), request.json()
        if not isinstance(body, dict) or not isinstance(body.get("meta_data", []), list):
            raise Refused("rest_invalid_param", "Invalid parameter(s): meta_data", 400)
        extra = sale.extra | {"meta_data": orders.merged_meta(sale, body.get("meta_data", []))}
        sums = {"total": sale.total, "tax_total": sale.tax_total}
        changed = self.shelf.change(str(sale.n), {"extra": msgspec.to_builtins(extra), **sums})
        return Answer(self._shown(changed))

    def _shown(self, sale: Sale) -> Doc:
        gone = orders.SKUS - {product.isku for product in self.shelf.products()}
        return orders.shown(sale, gone, tells_rate_percent=self.settings.tells_rate_percent)

    def _find(self, order_id: str) -> Sale:
        found = self.shelf.find(int(order_id) - filters.FIRST_ID) if order_id.isdecimal() else None
        if found is None:
            raise Refused("woocommerce_rest_shop_order_invalid_id", "Invalid ID.", 404)
        return found
