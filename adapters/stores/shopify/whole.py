"""Whole orders by id: with every line, payment and refund, however many there are; never a silently cut one."""

from collections.abc import Iterator, Sequence

from adapters.errors import OutcomeUnknown
from adapters.stores.shopify import contract, queries
from adapters.stores.shopify.asking import Admin, connection
from adapters.stores.shopify.contract import CostsTooMuch, Record
from documents import N_, say

SHORT = ("shippingLines", "transactions", "refunds", "fulfillments", "refundShippingLines", "orderAdjustments")
"""Lists of which only the first few are asked for."""


TOO_LONG = N_("The order has more shipping lines, payments or refunds than can be read.")
NOT_GIVEN = N_("Shopify names a part of this order, but does not give its details.")


class Incomplete(Exception):
    """An order of which not everything can be had: told with the reason, never cut in silence."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.message = say(sentence)


class Whole:
    """Fetches orders with all that belongs to them, as many at once as Shopify lets a query cost."""

    def __init__(self, admin: Admin) -> None:
        """Asks this shop."""
        self._admin, self._at_once = admin, contract.ORDERS_AT_ONCE

    def orders(self, numbers: Sequence[str]) -> dict[str, Record | Incomplete]:
        """By number, in their order; those that the shop does not have are left out."""
        found: dict[str, Record | Incomplete] = {}
        for row in self._nodes(queries.ORDERS, "Order", numbers):
            number = contract.number_of(row.get("id"))
            try:
                found[number] = self._completed(row, number)
            except Incomplete as error:
                found[number] = error
        return found

    def _completed(self, row: Record, number: str) -> Record:
        if _is_cut(row, contract.FEW):
            row = self._alone(queries.ORDERS, "Order", number)
        row["lineItems"] = self._all_lines(row, "lineItems", queries.MORE_LINES, "order")
        row["refunds"] = self._refunds([contract.number_of(each.get("id")) for each in row.get("refunds") or ()])
        return row

    def _refunds(self, numbers: Sequence[str]) -> list[Record]:
        rows = list(self._nodes(queries.REFUNDS, "Refund", numbers))
        if len(rows) != len(numbers):
            raise Incomplete(NOT_GIVEN)
        return [self._whole_refund(row) for row in rows]

    def _whole_refund(self, row: Record) -> Record:
        number = contract.number_of(row.get("id"))
        if _is_cut(row, contract.FEW):
            row = self._alone(queries.REFUNDS, "Refund", number)
        row["refundLineItems"] = self._all_lines(row, "refundLineItems", queries.MORE_REFUND_LINES, "refund")
        return row

    def _alone(self, document: str, kind: str, number: str) -> Record:
        """One by itself, with as many of everything as can be."""
        rows = self._ask(document, kind, [number], contract.ALL)
        if not rows or _is_cut(rows[0], contract.ALL):
            raise Incomplete(TOO_LONG if rows else NOT_GIVEN)
        return rows[0]

    def _all_lines(self, row: Record, name: str, document: str, root: str) -> Record:
        """The connection with the lines of every page."""
        lines, after = connection(row, name)
        while after is not None:
            variables = {"id": row["id"], "first": contract.MORE_LINES, "after": after}
            more, after = connection(self._admin.ask(document, variables).get(root) or {}, name)
            if not more:
                raise OutcomeUnknown(say(N_("Shopify says that a list goes on, but not where.")), cause=name)
            lines = [*lines, *more]
        return {"nodes": lines}

    def _nodes(self, document: str, kind: str, numbers: Sequence[str]) -> Iterator[Record]:
        start = 0
        while start < len(numbers):
            some = numbers[start : start + self._at_once]
            try:
                rows = self._ask(document, kind, some, contract.FEW)
            except CostsTooMuch:
                if self._at_once == 1:
                    raise
                self._at_once //= 2
                continue
            start += len(some)
            yield from rows

    def _ask(self, document: str, kind: str, numbers: Sequence[str], few: int) -> list[Record]:
        lines = contract.LINES if few == contract.FEW else 1
        ids = [contract.gid(kind, number) for number in numbers]
        rows = self._admin.ask(document, {"ids": ids, "lines": lines, "few": few}).get("nodes")
        if not isinstance(rows, list) or len(rows) != len(ids):
            raise OutcomeUnknown(say(N_("Shopify gave an answer without the list that was asked for.")), cause="nodes")
        return [row for row in rows if row]


def _is_cut(row: Record, few: int) -> bool:
    """Whether a short list in it may have been cut: a plain one is as long as was asked, a paged one goes on."""
    for name in SHORT:
        told = row.get(name)
        if (isinstance(told, list) and len(told) >= few) or (isinstance(told, dict) and connection(row, name)[1]):
            return True
    return False
