"""The practice shops that keep a shelf: one line each, and the control API's calls that work on all of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Protocol

import msgspec

from practice.ecwid import Ecwid
from practice.exchange.edge_commerce import EdgeCommerce
from practice.exchange.sengerio import Sengerio
from practice.gate import Settings, System
from practice.order_file import exported
from practice.routes import Routes
from practice.sales import Sale
from practice.shelf import Shelf
from practice.shopify import Shopify
from practice.web import Answer, Doc, Request
from practice.woocommerce import WooCommerce


class Shop(System, Protocol):
    """An imitated selling system over a shelf. `prefix` is where its API begins, `currency` what it sells in."""

    prefix: ClassVar[str]
    currency: ClassVar[str]
    shelf: Shelf

    def __init__(self, shelf: Shelf, settings: Settings, keys: Doc) -> None:
        """Serve the shelf to whoever knows the keys."""

    @staticmethod
    def make_keys() -> Doc:
        """New keys; they outlive restarts and resets."""

    def told(self, base_url: str) -> Doc:
        """What its part of the process's line says: address, keys, shop."""

    def ids(self, sale: Sale) -> tuple[str, str]:
        """The id that its API names a sale by, and the number that people see."""


SHOPS: tuple[type[Shop], ...] = (
    Ecwid,
    WooCommerce,
    Shopify,
    EdgeCommerce,
    Sengerio,
)


class Salespeople:
    """What people do in these shops, through the control API."""

    def __init__(self, shops: Mapping[str, Shop]) -> None:
        """Act in these shops, by their names."""
        self.shops = shops

    def add_to(self, routes: Routes) -> None:
        """Hang the calls into the control API's table."""
        routes.add("GET", "/stores/{name}/orders.csv", self._export)
        routes.add("POST", "/stores/{name}/sales", self._sell)
        routes.add("PATCH", "/stores/{name}/sales/{n}", self._change)
        routes.add("DELETE", "/stores/{name}/sales/{n}", self._remove)
        routes.add("POST", "/stores/{name}/sales/{n}/refund", self._refund)
        routes.add("DELETE", "/stores/{name}/products/{isku}", self._remove_product)

    def _export(self, _request: Request, name: str) -> Answer:
        return Answer(exported(self.shops[name].shelf.rows()), content_type="text/csv; charset=utf-8")

    def _sell(self, request: Request, name: str) -> Answer:
        """{"sales": [{...}, ...]}; answers {"sales": [{"n", "id", "number", ...}]}."""
        shop = self.shops[name]
        return Answer({"sales": [shown(shop, shop.shelf.sell(said)) for said in request.json()["sales"]]})

    def _change(self, request: Request, name: str, n: str) -> Answer:
        return Answer(shown(self.shops[name], self.shops[name].shelf.change(n, request.json())))

    def _refund(self, request: Request, name: str, n: str) -> Answer:
        said = request.json() if request.body else {}
        return Answer(shown(self.shops[name], self.shops[name].shelf.refund(n, said)))

    def _remove(self, request: Request, name: str, n: str) -> Answer:
        self.shops[name].shelf.remove(n)
        return Answer({})

    def _remove_product(self, request: Request, name: str, isku: str) -> Answer:
        self.shops[name].shelf.remove_product(isku)
        return Answer({})


def ledger(shop: Shop) -> Doc:
    """All that a shop has sold, for a checker."""
    return {"orders": [shown(shop, sale) for sale in shop.shelf.rows()]}


def shown(shop: Shop, sale: Sale) -> Doc:
    """A sale with the id and number that the shop's API gives it."""
    order_id, number = shop.ids(sale)
    return {"id": order_id, "number": number, **msgspec.to_builtins(sale)}
