"""Orders that are here, and of which no pull may tell what became of them, are asked for by their ids (I7, Z9)."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import datetime

from sqlalchemy import select

from adapters.stores.base import Store
from documents import Channel
from models import StoredOrder, db, end_reading
from sync.kept_orders import keep_page
from sync.pulling import ASK_AGAIN
from sync.runs import Reading
from sync.uploads.staging import FROM_FILE


@dataclass(slots=True)
class AskedAgain:
    """One night's work on a channel. What the store's list of some days does not name may be deleted; of a store that
    tells no changes, a closed order that the last pulls did not read may have come back.

    Whether an order is gone, the store says when it is asked for that one: never a list that does not name it."""

    reading: Reading
    store: Store
    channel: Channel
    channel_id: int
    begun: datetime
    """When the night's count was asked for: what was read since need not be read again."""
    read_from: datetime
    """What was read since then, the last pulls have read."""
    _named: Collection[str] = field(default_factory=frozenset)

    def look(self, begin: datetime, end: datetime, named: Collection[str]) -> None:
        """The orders of these moments, the end left out; `named` are all that the store lists of days around them.

        They may stand in the list that was looked at before, too: stores cut days in zones of their own."""
        known, self._named = {*self._named, *named}, named
        if not self.store.asks_by_id:
            return
        witness, ids = self._chosen(begin, end, known)
        for done, some in _parts(ids):
            page = self.store.orders_by_id(self.channel, [*witness, *some])
            with self.reading.writing() as session:
                keep_page(session, self.channel_id, page, self.reading.tools.clock.now())
            self.reading.progress("again", done, len(ids), done)

    def _chosen(self, begin: datetime, end: datetime, known: Collection[str]) -> tuple[list[str], list[str]]:
        """One that the store lists, and those to ask for. The one goes along with each call: a store that does not give
        it either is out of order, and does not say that others are gone."""
        query = select(StoredOrder.external_id, StoredOrder.is_open, StoredOrder.pulled_at).where(
            StoredOrder.channel_id == self.channel_id,
            StoredOrder.ordered_at >= begin,
            StoredOrder.ordered_at < end,
            StoredOrder.status != "cancelled",
            StoredOrder.raw.not_like(FROM_FILE + "%"),
        )
        rows = db.session.execute(query.order_by(StoredOrder.ordered_at, StoredOrder.id)).all()
        end_reading()
        listed = [row.external_id for row in rows if row.external_id in known]
        ids = [
            row.external_id
            for row in rows
            if (row.external_id not in known and row.pulled_at < self.begun)
            or (not self.store.tells_changes and not row.is_open and row.pulled_at < self.read_from)
        ]
        return listed[:1], ids


def _parts(ids: list[str]) -> Iterator[tuple[int, list[str]]]:
    """Some ids at a time, each time with how many these make."""
    most = ASK_AGAIN - 1
    for start in range(0, len(ids), most):
        some = ids[start : start + most]
        yield start + len(some), some
