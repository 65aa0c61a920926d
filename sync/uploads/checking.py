"""What only the orders that are here already can tell of those of a file."""

import re
from dataclasses import dataclass

from adapters.registry import STORES
from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.reading import Row
from documents import N_, Message, Order, say
from models import StoreChannel, db, end_reading
from sync.uploads.known import Known

Read = tuple[list[Row], Order | None, list[Trouble]]
"""The rows of an order in the file, the order where it can be read, and what is said of it."""


@dataclass(frozen=True, slots=True)
class Checker:
    """What only the orders that are here already can tell."""

    channel: StoreChannel
    is_own: bool

    def checked(self, found: list[Read]) -> list[Read]:
        """In a store that we ask, an order must come by its own id: else it would be there twice. In each, one that
        lost lines since an earlier file is told: a file may be cut in the middle of it."""
        orders = [order for _, order, _ in found if order]
        lines = Known.lines(db.session(), self.channel.id, orders)
        found = [_shorter(each, lines) for each in found]
        if not self.is_own:
            known = Known.of(db.session(), self.channel, orders)
            found = [self._told(each, known) for each in found]
        end_reading()
        return found

    def _told(self, read: Read, known: Known) -> Read:
        rows, order, troubles = read
        message = self._wrong(rows[0][0], order, known) if order else None
        if order is None or message is None:
            return read
        return rows, None, [*troubles, Trouble("ROW14", message, rows[0][0], None, order.order_id)]

    def _wrong(self, row: int, order: Order, known: Known) -> Message | None:
        store = STORES[self.channel.store.kind]
        if store.order_ids and not re.fullmatch(store.order_ids, order.order_id, re.ASCII):
            return say(
                N_("Row {row}: {id} is no id that {store} gives an order."),
                row=row,
                id=order.order_id,
                store=store.label,
            )
        if order.order_id in known.elsewhere:
            sentence = N_("Row {row}: order {number} is here already, in the channel {channel} of this store.")
            return say(sentence, row=row, number=order.number, channel=known.elsewhere[order.order_id])
        if not known.is_another(order):
            return None
        sentence = N_("Row {row}: order {number} is here already, with the id {own} that its store gave it.")
        return say(sentence, row=row, number=order.number, own=known.by_number[order.number])


def _shorter(read: Read, lines: dict[str, int]) -> Read:
    rows, order, troubles = read
    if order is None or len(order.lines) >= lines.get(order.order_id, 0):
        return read
    sentence = N_("Row {row}: order {number} has {count} lines in this file; an earlier file told {before}.")
    counts = {"count": len(order.lines), "before": lines[order.order_id]}
    message = say(sentence, row=rows[0][0], number=order.number, **counts)
    return rows, order, [*troubles, Trouble("W14", message, rows[0][0], None, order.order_id)]
