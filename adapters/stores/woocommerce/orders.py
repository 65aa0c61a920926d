"""One shop's orders: by the moment of the last change, by id, and as listed (other-stores.md 1.3, 1.4, 1.7)."""

import datetime as dt
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial

import msgspec

from adapters.stores.base import Listed, OrderPage
from adapters.stores.figures import text
from adapters.stores.gathering import Gathered
from adapters.stores.walking import DELAY, Step, Walk
from adapters.stores.woocommerce import contract, positions
from adapters.stores.woocommerce.client import Client
from adapters.stores.woocommerce.contract import Record
from adapters.stores.woocommerce.positions import Position
from adapters.stores.woocommerce.reader import is_told, ordered_at, read_order
from adapters.stores.woocommerce.taxes import Rates, needs_table
from documents import Channel

KINDS = ("any", contract.TRASH)
"""The two lists of each window: `any` leaves the trash out (1.3)."""


class Orders:
    """Asks for orders and reads them; one that cannot be read is told, a page that cannot be read raises."""

    def __init__(self, client: Client, shop_id: str, table: Callable[[], Rates]) -> None:
        """`table` gives the shop's tax rates; it is asked for only where an order does not tell them."""
        self._client, self._shop_id, self._table = client, shop_id, table

    def pages(self, channel: Channel, since: dt.date, position: str | None, now: dt.datetime) -> Iterator[OrderPage]:
        """What changed, window by window, with what was put in the trash; then, once a day, all young orders again."""
        kept = positions.read(position, now.date())
        walk = Walk(kept.changes, since, now, contract.WINDOW)
        step = walk.first
        while step is not None:
            page, mark = self._changes(channel, step)
            following = walk.after(step, mark)
            kept = msgspec.structs.replace(kept, changes=walk.position(following))
            done, total = walk.progress(following)
            yield OrderPage(page.orders, page.unreadable, kept.text(), done, total, page.gone)
            step = following
        yield from self._second_look(channel, since, kept, now, walk.progress(None))

    def _changes(self, channel: Channel, step: Step) -> tuple[OrderPage, str | None]:
        """One page of a window; its mark begins with the list that we are in."""
        kind, _, mark = step.mark.partition(" ")
        kind = kind or KINDS[0]
        window = {"modified_after": contract.since(step.begin), "modified_before": contract.gmt(step.end)}
        rows, following = self._client.page(contract.ORDERS, _ordered(window, kind), mark)
        page = self._read(channel, rows)
        if following is not None:
            return page, f"{kind} {following}"
        return page, f"{contract.TRASH} " if kind == KINDS[0] else None

    def _second_look(
        self, channel: Channel, since: dt.date, kept: Position, now: dt.datetime, progress: tuple[int, int]
    ) -> Iterator[OrderPage]:
        """Orders of the last 90 days, for refunds that changed no order's date (1.4)."""
        mark: str | None = kept.look if kept.looked < now.date() else None
        begin = max(dt.datetime.combine(since, dt.time(), dt.UTC), now - contract.LOOK_BACK)
        window = {"after": contract.since(begin), "before": contract.gmt(now)}
        while mark is not None:
            rows, mark = self._client.page(contract.ORDERS, _ordered(window, KINDS[0]), mark)
            page, looked = self._read(channel, rows), now.date() if mark is None else kept.looked
            kept = Position(looked, kept.changes, mark or "")
            yield OrderPage(page.orders, page.unreadable, kept.text(), *progress, page.gone)

    def by_id(self, channel: Channel, order_ids: Sequence[str]) -> OrderPage:
        """These orders as they are now; one that no list shows is asked for by itself before it counts as gone."""
        asked = [each for each in order_ids if each.isascii() and each.isdecimal()]
        rows: list[Record] = []
        gone: list[str] = []
        for start in range(0, len(asked), contract.PAGE):
            ids = asked[start : start + contract.PAGE]
            params = {"include": ",".join(ids), "per_page": str(contract.PAGE)}
            found = contract.rows_of(self._client.get(contract.ORDERS, params), contract.ORDERS)
            rows += found
            listed = {str(row["id"]) for row in found}
            for order_id in (each for each in ids if each not in listed):
                one = self._one(order_id)
                rows += [one] if one else []
                gone += [] if one else [order_id]
        page = self._read(channel, rows)
        return OrderPage(page.orders, page.unreadable, "", len(asked), len(asked), (*gone, *page.gone))

    def _one(self, order_id: str) -> Record | None:
        reply = self._client.ask(f"{contract.ORDERS}/{order_id}")
        if contract.is_no_such_order(reply):
            return None
        return contract.rows_of([contract.body_of(reply)], contract.ORDERS)[0]

    def listed(self, since: dt.date, until: dt.date, now: dt.datetime) -> Iterator[tuple[Listed, ...]]:
        """By the moment they were made, days of UTC; what is made meanwhile is left for the next time."""
        begin = dt.datetime.combine(since, dt.time(), dt.UTC)
        end = dt.datetime.combine(until, dt.time(), dt.UTC) + dt.timedelta(days=1)
        window = {"after": contract.since(begin), "before": contract.gmt(min(end, now - DELAY))}
        mark: str | None = ""
        while mark is not None:
            rows, mark = self._client.page(contract.ORDERS, _ordered(window, KINDS[0]), mark)
            told = [row for row in rows if is_told(row)]
            yield tuple(Listed(text(row, "id"), text(row, "number"), ordered_at(row)) for row in told)

    def _read(self, channel: Channel, rows: list[Record]) -> OrderPage:
        """The orders of some rows, with their refunds whole; those in the trash are gone."""
        found = Gathered()
        kept = [row for row in rows if text(row, "status") != contract.TRASH]
        table = self._table() if any(map(needs_table, kept)) else {}
        for row in filter(is_told, kept):
            whole = self._with_refunds(row)
            found.add(text(row, "id"), whole, partial(read_order, whole, self._shop_id, channel, table))
        gone = tuple(text(row, "id") for row in rows if text(row, "status") == contract.TRASH)
        return found.page("", 0, 0, gone)

    def _with_refunds(self, row: Record) -> Record:
        """An order names its refunds by id and amount only (1.3)."""
        if not row.get("refunds"):
            return row
        path = f"{contract.ORDERS}/{row['id']}/refunds"
        return row | {"refunds": [refund for rows in self._client.rows(path) for refund in rows]}


def _ordered(window: Mapping[str, str], status: str) -> dict[str, str]:
    """By id, which is never the same twice: orders of one second would change places between pages."""
    return {**window, "dates_are_gmt": "true", "status": status, "orderby": "id", "order": "asc"}
