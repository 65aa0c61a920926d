"""Every night each store is asked which orders it has; those that are not here are told, and can be fetched (Z9).

What is here and may be otherwise in the store is asked for again by the same run (sync/asked_again.py)."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from sqlalchemy import delete, func, or_, select
from sqlalchemy.orm import Session

from adapters.stores.base import Listed, Store
from documents import Channel
from models import MissingOrder, OrderCount, Run, StoreChannel, db, end_reading
from sync import missing
from sync.asked_again import AskedAgain
from sync.connections import store_of
from sync.kept_orders import keep_page
from sync.pulling import ASK_AGAIN, first_day
from sync.runs import Reading

DAYS = 60
"""So far back the stores are asked; what was found before that stays written down."""
STEP_DAYS = 7
LATE = timedelta(minutes=15)
"""So long a store may take to show a new order in its lists."""
SLACK = timedelta(days=1)
"""Stores cut days in zones of their own: within a day of its border, a day says nothing of a moment."""


@dataclass(frozen=True, slots=True)
class Window:
    """The days to ask for, both counted, and the moment before which every order was surely read."""

    first: date
    last: date
    before: datetime

    def moments(self, first: date, last: date) -> tuple[datetime, datetime]:
        """Those of orders here that these days surely decide, with the list of the days before; the end is left out."""
        begin, end = (datetime.combine(day, time(), UTC) for day in (first, last + timedelta(days=1)))
        is_first, is_last = first == self.first, last == self.last
        return begin + SLACK if is_first else begin - SLACK, self.before if is_last else end - SLACK

    def steps(self, first: date) -> Iterator[tuple[date, date]]:
        """Some days at a time, from `first` on."""
        while first <= self.last:
            last = min(first + timedelta(days=STEP_DAYS - 1), self.last)
            yield first, last
            first = last + timedelta(days=1)

    def holds(self, each: Listed, last: date) -> bool:
        """False for what may be newer than the last pull; an order without a moment has at least its days."""
        if each.ordered_at is None:
            return last < (self.before - SLACK).date()
        return each.ordered_at < self.before


def count_orders(reading: Reading, channel_id: int) -> None:
    """Ask a store for the list of a channel's orders and write down what is not here; a count that was stopped goes on.

    A list that fails raises: nothing is ever 'no gaps' because it could not be asked."""
    channel = db.session.get_one(StoreChannel, channel_id, populate_existing=True)
    window = window_of(channel) if missing.is_counted(channel) else None
    if window is None:
        end_reading()
        return
    store = store_of(channel.store, reading.tools)
    asked = _as_channel(channel)
    again = AskedAgain(reading, store, asked, channel_id, _begun(reading.run_id), window.before)
    counting = _Counting(reading, store, asked, channel_id, window, again)
    for first, last in window.steps(_goes_on(reading.run_id) or window.first):
        counting.count(first, last)
    with reading.writing() as session:
        _let_go(session, channel_id, reading.run_id, window.first)
        reading.complete(session)


def window_of(channel: StoreChannel) -> Window | None:
    """What can be asked for: not before the first start date, and not before or after what was pulled."""
    since, before = first_day(channel.id), channel.pulled_before
    if since is None or before is None or channel.pulled_since is None:
        return None
    before -= LATE
    last = (before + SLACK).date()
    first = max(since, channel.pulled_since, before.date() - timedelta(days=DAYS))
    return Window(first, last, before) if first <= last else None


@dataclass(frozen=True, slots=True)
class _Counting:
    """One count at work."""

    reading: Reading
    store: Store
    channel: Channel
    channel_id: int
    window: Window
    again: AskedAgain

    def count(self, first: date, last: date) -> None:
        """Some days: what the store lists, what of it is here, what is not. They are done when what is here and may be
        otherwise was asked for again."""
        listed, named = self._listed(first, last)
        self._note(listed)
        self.again.look(*self.window.moments(first, last), named)
        with self.reading.writing() as session:
            here = missing.here(session, self.channel_id, list(listed))
            session.add(
                OrderCount(
                    channel_id=self.channel_id,
                    run_id=self.reading.run_id,
                    first_day=first,
                    last_day=last,
                    in_store=len(listed),
                    here=len(here),
                )
            )

    def _note(self, listed: Mapping[str, Listed]) -> None:
        with self.reading.writing() as session:
            here = missing.here(session, self.channel_id, list(listed))
            gone = [each for order_id, each in listed.items() if order_id not in here]
            missing.note(session, self.channel_id, gone, self.reading.run_id, self.reading.tools.clock.now())

    def _listed(self, first: date, last: date) -> tuple[dict[str, Listed], set[str]]:
        """By id, each once, and the ids of what is too new to be counted, too; progress with every page, so that the
        run is seen to live."""
        found: dict[str, Listed] = {}
        named: set[str] = set()
        for page in self.store.listed(self.channel, first, last):
            named |= {each.order_id for each in page}
            found |= {each.order_id: each for each in page if self.window.holds(each, last)}
            done, days = (first - self.window.first).days, (self.window.last - self.window.first).days + 1
            self.reading.progress("gaps", done, days, len(found))
        return found, named


def _begun(run_id: int) -> datetime:
    """When the count was asked for."""
    asked_at = db.session.get_one(Run, run_id).created_at
    end_reading()
    return asked_at


def _goes_on(run_id: int) -> date | None:
    last = db.session.scalar(select(func.max(OrderCount.last_day)).where(OrderCount.run_id == run_id))
    end_reading()
    return last + timedelta(days=1) if last else None


def _let_go(session: Session, channel_id: int, run_id: int, first: date) -> None:
    """Of the days that were asked for, what the store lists no more is no gap; counts before this one are old."""
    without_check = {"synchronize_session": False}
    begins = datetime.combine(first, time(), UTC) + SLACK
    unseen = (MissingOrder.channel_id == channel_id, MissingOrder.run_id != run_id)
    asked = or_(MissingOrder.ordered_at.is_(None), MissingOrder.ordered_at >= begins)
    session.execute(delete(MissingOrder).where(*unseen, asked), execution_options=without_check)
    old = delete(OrderCount).where(OrderCount.channel_id == channel_id, OrderCount.run_id != run_id)
    session.execute(old, execution_options=without_check)


# --- fetch now ---------------------------------------------------------------------------------------------------


def fetch_missing(reading: Reading, channel_id: int) -> None:
    """Read exactly the orders that are missing; one that the store then says is gone is no gap."""
    if first_day(channel_id) is None:
        return  # no enabled profile takes this channel
    channel = db.session.get_one(StoreChannel, channel_id, populate_existing=True)
    store, asked = store_of(channel.store, reading.tools), _as_channel(channel)
    total, done, after_id = len(_missing(channel_id, 0, None)), 0, 0
    while some := _missing(channel_id, after_id, ASK_AGAIN):
        page = store.orders_by_id(asked, [order_id for _, order_id in some])
        with reading.writing() as session:
            keep_page(session, channel_id, page, reading.tools.clock.now())
            missing.forget(session, channel_id, page.gone)
        done, after_id = done + len(some), some[-1][0]
        reading.progress("missing", done, total, done)


def _missing(channel_id: int, after_id: int, most: int | None) -> list[tuple[int, str]]:
    query = select(MissingOrder.id, MissingOrder.external_id)
    query = query.where(MissingOrder.channel_id == channel_id, MissingOrder.id > after_id)
    found = [(row.id, row.external_id) for row in db.session.execute(query.order_by(MissingOrder.id).limit(most))]
    end_reading()
    return found


def _as_channel(row: StoreChannel) -> Channel:
    return Channel(row.external_id, row.name, row.kind, row.currency)
