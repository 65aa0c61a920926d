"""The brakes on guessing: a try is counted before it is checked, so that tries at one moment count as well."""

import hashlib
import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import bindparam, delete, func, select, text
from sqlalchemy.orm import Session

from clock import seconds
from models import WrongTries, db, end_reading, writing
from models.base import Instant

FORGOTTEN_AFTER = timedelta(days=1)
"""So long after the last one wrong tries count no more."""
MOST_SWEPT = 500
OWN_TRIES = 3
"""So many tries of one address are not held up by what others got wrong: nobody can shut the owner out."""


@dataclass(frozen=True, slots=True)
class Brake:
    """After `free` wrong tries in a row each further one doubles the wait, up to `most_s`; nobody is locked out."""

    free: int
    most_s: int

    def wait_s(self, count: int) -> int:
        """How long to wait after so many wrong tries."""
        return 0 if count < self.free else int(min(2.0 ** min(count - self.free, 20), self.most_s))


PAIR, ADDRESS, NAME = "pair", "address", "name"
BRAKES = {PAIR: Brake(5, 900), ADDRESS: Brake(20, 900), NAME: Brake(50, 30)}
"""By name and address together, by address, and by name, whatever the address."""
Keys = Mapping[str, str]
"""The rows in which a try is counted, by their brakes."""


class TooManyTries(Exception):
    """Wait so many seconds before the next try."""

    def __init__(self, wait_s: int) -> None:
        super().__init__(str(wait_s))
        self.wait_s = wait_s


def keys_of(folded_name: str, address: str) -> Keys:
    """Where a try to log in is counted; the same for a name that nobody has."""
    who, where = hashlib.sha256(folded_name.encode()).hexdigest()[:32], _network(address)
    return {PAIR: f"pair/{who}/{where}", ADDRESS: f"address/{where}", NAME: f"name/{who}"}


def keys_of_setup(address: str) -> Keys:
    """Where a try at the set-up code is counted."""
    return {ADDRESS: f"setup/{_network(address)}"}


def keys_of_push(address: str) -> Keys:
    """Where a wrong key of a push is counted."""
    return {ADDRESS: f"push/{_network(address)}"}


def keys_of_hook(store_id: int, address: str) -> Keys:
    """Where a store's message with a wrong signature is counted."""
    return {ADDRESS: f"{_of_hooks(store_id)}{_network(address)}"}


def _of_hooks(store_id: int) -> str:
    return f"hook/{store_id}/"


def _network(address: str) -> str:
    """Who has one IPv6 address has 2^64 of them."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address[:64]
    if isinstance(found, ipaddress.IPv4Address):
        return str(found)
    return str(found.ipv4_mapped or ipaddress.ip_network((int(found) >> 64 << 64, 64)))


# --- counting ---------------------------------------------------------------------------------------------------

_HOLD = text(
    "INSERT INTO wrong_tries (key, count, not_before) VALUES (:key, 0, :now) ON CONFLICT (key) DO UPDATE SET key = :key"
).bindparams(bindparam("now", type_=Instant()))


def take(keys: Keys, now: datetime) -> None:
    """Take the right to one try; it counts as wrong until it is forgiven. Raises TooManyTries, and then counts nothing.

    Of tries at the same moment each waits for the one before it to be counted."""
    with writing() as session:
        rows = {kind: _held(session, key, now) for kind, key in sorted(keys.items())}
        waits = [row.not_before for kind, row in rows.items() if row.not_before > now and not _is_spared(kind, rows)]
        if waits:
            raise TooManyTries(int((max(waits) - now).total_seconds()) + 1)
        for kind, row in rows.items():
            row.count = row.count + 1
            row.not_before = now + seconds(BRAKES[kind].wait_s(row.count))


def _held(session: Session, key: str, now: datetime) -> WrongTries:
    """The row, made where it is not there, and ours until the end of the transaction."""
    session.execute(_HOLD, {"key": key, "now": now})
    row = session.get_one(WrongTries, key, populate_existing=True)
    if now - row.not_before > FORGOTTEN_AFTER:
        row.count, row.not_before = 0, now
    return row


def _is_spared(kind: str, rows: Mapping[str, WrongTries]) -> bool:
    return kind == NAME and rows[PAIR].count < OWN_TRIES


def forgive(keys: Keys) -> None:
    """The try was right: these wrong tries are forgotten."""
    with writing() as session:
        for _kind, key in sorted(keys.items()):
            session.execute(delete(WrongTries).where(WrongTries.key == key))


def wrong_hooks(store_id: int) -> int:
    """How many messages to a store had a wrong signature, until they are forgotten."""
    query = select(func.sum(WrongTries.count)).where(WrongTries.key.startswith(_of_hooks(store_id), autoescape=True))
    return db.session.scalar(query) or 0


def forget_old(now: datetime) -> None:
    """Remove what counts no more, some at a time."""
    old = select(WrongTries.key).where(WrongTries.not_before < now - FORGOTTEN_AFTER).limit(MOST_SWEPT)
    found = db.session.scalar(old)
    end_reading()
    if found is None:
        return
    with writing() as session:
        keys = session.scalars(old.with_for_update(skip_locked=True)).all()
        session.execute(delete(WrongTries).where(WrongTries.key.in_(keys)))
