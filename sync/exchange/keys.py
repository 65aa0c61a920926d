"""The key with which a store's system pushes to us: made by us, shown once, compared in constant time."""

import hmac
import secrets

from sqlalchemy import select

from documents import N_, Message, say
from models import Secret, StoreConnection, db, end_reading, writing
from sync import tries, vault
from sync.exchange.run import is_exchange
from sync.tools import Tools

OWNER, FIELD = "exchange", "key"
"""Apart from the secrets of the store itself: those are for asking its bridge."""
UNKNOWN = "-" * 43


class PushRefused(Exception):
    """Nothing of the push was taken; `code` and `field` are for the machine, the message for whoever reads its log."""

    def __init__(self, status: int, code: str, message: Message, field: str = "", wait_s: int | None = None) -> None:
        super().__init__(str(message))
        self.status, self.code, self.message, self.field, self.wait_s = status, code, message, field, wait_s


def make_key(store_id: int, tools: Tools) -> str:
    """A new key; the one before it stops at once. It is told here and never again."""
    key = secrets.token_urlsafe(32)
    with writing() as session:
        vault.keep(session, tools.vault, OWNER, store_id, {FIELD: key})
    return key


def has_key(store_id: int) -> bool:
    """Whether one was made."""
    found = db.session.scalar(select(Secret.key_id).filter_by(owner=OWNER, owner_id=store_id, field=FIELD))
    return found is not None


def let_in(store_id: int, authorization: str, address: str, tools: Tools) -> tuple[StoreConnection, str]:
    """The store that this key may push to, and the key. A wrong one, and a store that is not there, are told alike and
    count as tries; the right key is never held up by what others tried."""
    row = db.session.get(StoreConnection, store_id)
    known = vault.secrets_of(tools.vault, OWNER, row.id).get(FIELD) if row and is_exchange(row.kind) else None
    end_reading()
    is_right = hmac.compare_digest(authorization.encode(), f"Bearer {known or UNKNOWN}".encode())
    if row is None or known is None or not is_right:
        raise _wrong(address, tools)
    if not row.is_enabled:
        raise PushRefused(403, "disabled", say(N_("The store is disabled. Its owner can activate it again.")))
    return row, known


def _wrong(address: str, tools: Tools) -> PushRefused:
    try:
        tries.take(tries.keys_of_push(address), tools.clock.now())
    except tries.TooManyTries as error:
        sentence = N_("Too many wrong keys. Wait {count} seconds.")
        return PushRefused(429, "too_many_tries", say(sentence, count=error.wait_s), wait_s=error.wait_s)
    return PushRefused(401, "unauthorized", say(N_("The key is missing or not that of this store.")))
