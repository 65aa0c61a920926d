"""A store whose orders come in files that people upload: nothing is ever asked of it (sitegiant.md 5)."""

import datetime as dt
from collections.abc import Iterator, Sequence
from typing import NoReturn

from adapters.errors import Refused
from adapters.settings import Setting
from adapters.spreadsheets.order_fields import CHARGES
from adapters.stores.base import ItemPage, Listed, OrderPage, Store
from documents import N_, Channel, say


class Spreadsheet(Store):
    """Any shop that can export its orders. Its channels are made by the owner, who uploads a file for one of them."""

    kind, label, pace = "spreadsheet", "Spreadsheet", 1.0
    can_be_asked = False
    charges = frozenset(kind for _, kind, _ in CHARGES)
    connection_settings = (
        Setting(
            "shop_id",
            N_("Shop id"),
            hint=N_(
                "A short name of your own for this shop, like KEDAI. It becomes part of our reference in the books "
                "and must never change."
            ),
            feature="P6",
            required=True,
        ),
    )

    @property
    def shop_id(self) -> str:
        """As the owner named it."""
        return self.settings["shop_id"]

    def check(self) -> str:
        """There is nothing that could be wrong with it."""
        return f"{self.label} {self.shop_id}"

    def channels(self) -> list[Channel]:
        """None of its own: the owner makes them."""
        return []

    def order_pages(
        self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime
    ) -> Iterator[OrderPage]:
        """Never asked."""
        _refuse()

    def orders_by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """Never asked."""
        _refuse()

    def listed(self, channel: Channel, since: dt.date, until: dt.date) -> Iterator[tuple[Listed, ...]]:
        """Never asked."""
        _refuse()

    def item_pages(self) -> Iterator[ItemPage]:
        """Never asked: its products are those that its files name."""
        _refuse()


def _refuse() -> NoReturn:
    raise Refused(say(N_("A spreadsheet store cannot be asked. Upload a file of its orders.")))
