"""Which way a store is read: most tell their orders, some only records that orders are made of."""

from models import StoreChannel, StoreConnection, db
from sync import gaps, pulling
from sync.exchange import run
from sync.runs import Reading


def read_orders(reading: Reading, channel_id: int) -> None:
    """The orders of a channel."""
    (run.read_orders if _is_exchange(channel_id) else pulling.pull_orders)(reading, channel_id)


def fetch_missing(reading: Reading, channel_id: int) -> None:
    """The orders of a channel that were found to be missing."""
    (run.read_again if _is_exchange(channel_id) else gaps.fetch_missing)(reading, channel_id)


def read_items(reading: Reading, store_id: int) -> None:
    """Products, customers and set-up of a store."""
    is_exchange = run.is_exchange(db.session.get_one(StoreConnection, store_id).kind)
    (run.read_items if is_exchange else pulling.pull_items)(reading, store_id)


def _is_exchange(channel_id: int) -> bool:
    return run.is_exchange(db.session.get_one(StoreChannel, channel_id).store.kind)
