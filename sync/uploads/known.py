"""Orders that are here already, beside those of a file: in a store that we ask, none may be there twice."""

from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import Order
from models import StoreChannel, StoredOrder
from sync.uploads.staging import FROM_FILE


class Lines(msgspec.Struct):
    """Of an order's document: its lines, unread."""

    lines: list[msgspec.Raw]


LINES = msgspec.json.Decoder(Lines)


@dataclass(frozen=True, slots=True)
class Known:
    """`elsewhere` are the channels' names of orders that stand in another channel of the store than the file's, by id;
    `told` are ids that the store itself told into this one; `by_number` are ids by the number that people see."""

    elsewhere: dict[str, str]
    told: frozenset[str]
    by_number: dict[str, str]

    @classmethod
    def of(cls, session: Session, channel: StoreChannel, orders: Sequence[Order]) -> "Known":
        """What is known of these."""
        here = (StoreChannel.id == StoredOrder.channel_id, StoreChannel.store_id == channel.store_id)
        is_file = StoredOrder.raw.like(FROM_FILE + "%")
        query = select(StoredOrder.external_id, StoredOrder.channel_id, StoreChannel.name, is_file).where(*here)
        rows = session.execute(query.where(StoredOrder.external_id.in_([each.order_id for each in orders]))).all()
        numbers = select(StoredOrder.number, StoredOrder.external_id).where(*here)
        numbers = numbers.where(StoredOrder.number.in_({each.number for each in orders}))
        return cls(
            {own: name for own, where, name, _ in rows if where != channel.id},
            frozenset(own for own, where, _, is_file in rows if where == channel.id and not is_file),
            {row.number: row.external_id for row in session.execute(numbers)},
        )

    @staticmethod
    def lines(session: Session, channel_id: int, orders: Sequence[Order]) -> dict[str, int]:
        """How many lines those have that came in an earlier file, by id."""
        query = select(StoredOrder.external_id, StoredOrder.document).where(
            StoredOrder.channel_id == channel_id,
            StoredOrder.external_id.in_([each.order_id for each in orders]),
            StoredOrder.raw.like(FROM_FILE + "%"),
            StoredOrder.document.is_not(None),
        )
        return {own: len(LINES.decode(document or "").lines) for own, document in session.execute(query)}

    def is_another(self, order: Order) -> bool:
        """Whether its number is here with another id, or its id in another channel: it would be there twice."""
        return order.order_id in self.elsewhere or self.by_number.get(order.number, order.order_id) != order.order_id
