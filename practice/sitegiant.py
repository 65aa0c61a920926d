"""The Open API of SiteGiant, imitated (sitegiant.md 1 and 4.1). Its envelope and the table of its calls."""

from __future__ import annotations

from typing import Any, Literal

import msgspec

from practice import sitegiant_orders as orders
from practice import sitegiant_stock as stock
from practice.gate import Settings, own_settings
from practice.pace import Pace
from practice.routes import NoSuchPath, Routes, WrongMethod
from practice.sitegiant_store import Refused, Shop
from practice.storage import Storage
from practice.web import Answer, Doc, Malformed, Request, text

BAD_TOKEN = "Access denied due to invalid token"  # noqa: S105 - the words of sitegiant.md 1
UNLIMITED = 1000


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """SiteGiant's own switches beside the common ones; README.md says what each does."""

    code_as: Literal["number", "text"] = "number"
    list_form: Literal["by_channel", "list", "object"] = "by_channel"
    most_rows: int | None = None
    big_batch_failures: int = 0
    refuse_invoice_no: bool = False


class SiteGiant:
    """One shop behind one access token."""

    name = "sitegiant"

    def __init__(self, storage: Storage, settings: Settings, access_token: str) -> None:
        """Serve the shop in `storage` to whoever knows `access_token`."""
        self.access_token = access_token
        self.settings = own_settings(Switches, settings)
        self.pace = Pace()
        self.shop = Shop(storage)
        self.routes = Routes(any_case=False)
        self._route()

    def answer(self, request: Request) -> Answer:
        """Do what is asked; a refused request is HTTP 200 with another code (sitegiant.md 1)."""
        answer = self._answer(request)
        limit = int(self.settings.per_second or UNLIMITED)
        answer.headers["X-RateLimit-Limit"] = str(limit)
        answer.headers["X-RateLimit-Remaining"] = str(max(limit - self.pace.used(), 0))
        return answer

    def say(self, what: str, message: str) -> Answer:
        """SiteGiant's words for what the gate or the fault plan asks."""
        match what:
            case "too_fast":
                answer = text(message or "Too Many Attempts.", 429)
                limit = str(int(self.settings.per_second or UNLIMITED))
                answer.headers |= {"X-RateLimit-Limit": limit, "X-RateLimit-Remaining": "0"}
                return answer
            case "token_expired" | "forbidden_403":
                return text(message or BAD_TOKEN, 403)
            case _:
                return self._refusal(message or "The request was refused")

    def reworded(self, answer: Answer, fault: str, message: str) -> Answer:
        """Another message, or the bare content."""
        if not isinstance(answer.payload, dict):
            return answer
        if fault == "envelope_off":
            return Answer(answer.payload.get("response"), answer.status)
        return Answer(answer.payload | {"message": message or "Invalid request"}, answer.status)

    def _answer(self, request: Request) -> Answer:
        if request.headers.get("access-token") != self.access_token:
            return text(BAD_TOKEN, 403)
        try:
            handler, parts = self.routes.find(request)
            return handler(request, *parts)
        except (Refused, Malformed) as error:
            return self._refusal(str(error))
        except NoSuchPath:
            return text("Not Found", 404)
        except WrongMethod as error:
            return self._wrong_method(request, error.allowed)

    def _wrong_method(self, request: Request, allowed: list[str]) -> Answer:
        """405 names the methods that would work: useful for probing (sitegiant.md 1)."""
        named = ", ".join(allowed)
        words = f"The {request.method} method is not supported for this route. Supported methods: {named}."
        return Answer({"message": words}, 405, headers={"Allow": named})

    def _code(self, code: int) -> int | str:
        return str(code) if self.settings.code_as == "text" else code

    def _refusal(self, message: str) -> Answer:
        return Answer({"code": self._code(400), "message": message, "response": None})

    def _done(self, response: Any) -> Answer:
        return Answer({"code": self._code(200), "message": "OK", "response": response})

    def _fails(self, request: Request) -> bool:
        """A batch of more than 20 fails now and then, and succeeds when split (sitegiant.md 1)."""
        failing = self.settings.big_batch_failures != 0 and len(orders.ids_of(request)) > orders.BIG_BATCH
        if failing and self.settings.big_batch_failures > 0:
            self.settings = msgspec.structs.replace(
                self.settings, big_batch_failures=self.settings.big_batch_failures - 1
            )
        return failing

    def _channels(self, request: Request) -> Answer:
        return self._done({"channel_list": self.shop.rows("channels")})

    def _orders(self, request: Request) -> Answer:
        """A list for a channel of type OpenApi, an object with `total` for the others (sitegiant.md 1.1)."""
        channel, page, total = orders.listed(self.shop, request, self.settings.most_rows)
        form = self.settings.list_form
        as_list = form == "list" or (form == "by_channel" and channel["type"] == "OpenApi")
        return self._done(page if as_list else {"order_list": page, "total": total})

    def _details(self, request: Request) -> Answer:
        if self._fails(request):
            return text("Server Error", 500)
        return self._done({"order_list": orders.details(self.shop, request)})

    def _write_number(self, request: Request, order_id: str) -> Answer:
        if self.settings.refuse_invoice_no:
            raise Refused("The invoice number cannot be updated")
        return self._done(orders.write_invoice_no(self.shop, request, order_id))

    def _route(self) -> None:
        add, shop = self.routes.add, self.shop
        add("GET", "/channels", self._channels)
        add("GET", "/orders", self._orders)
        add("POST", "/order/multipleOrder", self._details)
        add("PUT", "/orders/{order_id}", self._write_number)
        for path, kind, key in (
            ("items", "items", "item_list"),
            ("customers", "customers", "customer_list"),
            ("vendors", "vendors", "vendor_list"),
            ("warehouses", "warehouses", "warehouse_list"),
            ("purchase-orders", "purchase_orders", "purchase_order_list"),
        ):
            add("GET", f"/{path}", self._pages(kind, key))
        add("POST", "/stock-adjustments", lambda request: self._done(stock.adjust(shop, request)))
        add("POST", "/purchase-orders", lambda request: self._done(stock.order_goods(shop, request)))
        add(
            "PUT",
            "/purchase-orders/{po_id}",
            lambda request, po_id: self._done(stock.change_goods(shop, request, po_id)),
        )

    def _pages(self, kind: str, key: str) -> Any:
        def answer(request: Request) -> Answer:
            chosen: list[Doc] = self.shop.filtered(kind, request.query)
            return self._done({key: self.shop.page(chosen, request.query), "total": len(chosen)})

        return answer
