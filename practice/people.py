"""What people do in the store and in the books behind our back, through the control API."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from practice.orders import FIRST_ID, make_orders
from practice.qne.applying import Applying
from practice.qne.company import public
from practice.qne.credit_notes import CreditNotes
from practice.qne.envelope import Refused
from practice.qne.invoices import Invoices
from practice.qne.receipts import Receipts
from practice.routes import Routes
from practice.sitegiant_orders import store_now
from practice.sitegiant_store import put_orders
from practice.sums import recalculated, relined
from practice.web import Answer, Doc, Request, write_json

if TYPE_CHECKING:
    from practice.world import World

SUMMED = {"shipping_fee", "shipping_discount", "seller_discount", "platform_discount", "prices_include_tax"}
DOCUMENTS: dict[str, type[Invoices] | type[Receipts] | type[CreditNotes]] = {
    each.kind: each for each in (Invoices, Receipts, CreditNotes)
}
SETTLED = {"validate": {"eInvoiceStatus": "Valid"}, "reconcile": {"isBankReconciled": True}}
DONE_TO_ORDERS = {
    "cancel": {"order_status": "Cancelled"},
    "refund": {"order_status": "Refunded"},
    "return": {"order_status": "Returned"},
}


class People:
    """The shop's staff and the bookkeeper."""

    def __init__(self, world: World) -> None:
        """Act in this world."""
        self.world = world

    def add_to(self, routes: Routes) -> None:
        """Hang the calls into the control API's table."""
        routes.add("POST", "/sitegiant/orders", self._add_orders)
        routes.add("PATCH", "/sitegiant/orders/{id}", self._change_order)
        routes.add("POST", "/sitegiant/orders/{id}/{what}", self._act_on_order)
        routes.add("POST", "/qne/{kind}", self._add_record)
        routes.add("PATCH", "/qne/{kind}/{id}", self._change_record)
        routes.add("POST", "/qne/{kind}/{id}/{what}", self._act_on_document)
        routes.add("DELETE", "/{system}/{kind}/{id}", self._delete)
        routes.add("PATCH", "/{system}/{kind}/{id}", self._change_plain)

    def _add_orders(self, request: Request) -> Answer:
        """{"count": n} makes new ones of today; {"orders": [...]} takes them as they are."""
        body, world = request.json(), self.world
        orders = body.get("orders")
        if orders is None:
            made = [row["order_id"] for row in world.sitegiant.shop.rows("orders")]
            start = max((int(i[3:]) - FIRST_ID + 1 for i in made if i[3:].isdecimal()), default=0)
            orders = list(make_orders(body["count"], world.options.seed, 0, world.today, max(start, 0)))
        put_orders(world.storage, orders)
        return Answer({"order_ids": [order["order_id"] for order in orders]})

    def _change_order(self, request: Request, order_id: str) -> Answer:
        """Merge fields; sums are made anew when lines or charges change, unless the body brings a `total`."""
        changes = request.json()
        with self.world.storage.writing() as unit:
            order = self.world.sitegiant.shop.find("orders", order_id)
            if order is None:
                raise ValueError(f"no order {order_id}")
            order = order | {"updated_at": store_now()} | changes
            if "total" not in changes and "products" in changes:
                order = relined(order)
            elif "total" not in changes and SUMMED & set(changes):
                order = recalculated(order)
            unit.put("sitegiant.orders", order_id, order)
        return Answer(order)

    def _act_on_order(self, request: Request, order_id: str, what: str) -> Answer:
        request.body = write_json(DONE_TO_ORDERS[what])
        return self._change_order(request, order_id)

    def _add_record(self, request: Request, kind: str) -> Answer:
        """A document of a person, as strict as the API; a pick-list record as it is."""
        if kind in DOCUMENTS:
            return self._as_person(request, self._documents(kind).create)
        record = request.json()
        with self.world.storage.writing() as unit:
            unit.put(f"qne.{kind}", str(record["id"]).lower(), record)
        return Answer(record)

    def _change_record(self, request: Request, kind: str, key: str) -> Answer:
        """A person's edit of an invoice (the API's Update, also of a knocked-off one); others are merged."""
        if kind != "invoices":
            return self._change_plain(request, "qne", kind, key)
        record = self._find("qne", kind, key)
        request.body = write_json(public(record) | request.json())
        return self._as_person(request, Invoices(self.world.qne.company).update)

    def _act_on_document(self, request: Request, kind: str, key: str, what: str) -> Answer:
        """`void` or `devoid`, by a person; `validate` by the tax office, `reconcile` by the bank's statement."""
        documents = self._documents(kind)
        if what in SETTLED:
            request.body = write_json(SETTLED[what])
            return self._change_plain(request, "qne", kind, key)
        request.body = write_json({"id": key, "reason": "by a person"})
        return self._as_person(request, {"void": documents.void, "devoid": documents.devoid}[what])

    def _delete(self, request: Request, system: str, kind: str, key: str) -> Answer:
        """Take a record away, hard."""
        self._find(system, kind, key)
        with self.world.storage.writing() as unit:
            unit.delete(f"{system}.{kind}", _key(system, key))
        return Answer({})

    def _change_plain(self, request: Request, system: str, kind: str, key: str) -> Answer:
        """Merge fields into any record, e.g. {"isActive": false} into a customer."""
        with self.world.storage.writing() as unit:
            record = self._find(system, kind, key) | request.json()
            unit.put(f"{system}.{kind}", _key(system, key), record)
        return Answer(public(record))

    def _as_person(self, request: Request, call: Any) -> Answer:
        request.by_person = True
        try:
            answer: Answer = call(request)
        except Refused as error:
            raise ValueError(str(error)) from error
        return Answer(answer.payload["data"])

    def _documents(self, kind: str) -> Invoices | Applying:
        if kind not in DOCUMENTS:
            raise ValueError(f"no documents of kind {kind}")
        return DOCUMENTS[kind](self.world.qne.company)

    def _find(self, system: str, kind: str, key: str) -> Doc:
        record = self.world.storage.find(f"{system}.{kind}", _key(system, key))
        if record is None:
            raise ValueError(f"no {kind} {key}")
        return record


def _key(system: str, key: str) -> str:
    return key.lower() if system == "qne" else key
