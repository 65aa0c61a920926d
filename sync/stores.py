"""What somebody says about a store: its name and the prefix of its orders' numbers (S17)."""

import re
from hashlib import sha256

from sqlalchemy import select, update

from documents import N_, Message, say
from models import StoreChannel, StoreConnection, writing

LONGEST_NAME, LONGEST_PREFIX = 200, 20
PLAIN = re.compile(r"[A-Z0-9-]{1,20}")
CURRENCY = re.compile(r"[A-Z]{3}")


class StoreRefused(Exception):
    """The store cannot be kept like this; `field` is where it was typed."""

    def __init__(self, field: str, message: Message) -> None:
        super().__init__(str(message))
        self.field, self.message = field, message


def change_store(store_id: int, name: str, prefix: str) -> None:
    """Another name or prefix; a prefix is part of the order's number everywhere from now on."""
    name, prefix = name.strip(), prefix.strip()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise StoreRefused("name", say(N_("Give the store a name of 1 to {most} characters."), most=LONGEST_NAME))
    if len(prefix) > LONGEST_PREFIX:
        sentence = N_("A prefix has at most {most} characters.")
        raise StoreRefused("order_number_prefix", say(sentence, most=LONGEST_PREFIX))
    with writing() as session:
        row = update(StoreConnection).where(StoreConnection.id == store_id)
        session.execute(row.values(name=name, order_number_prefix=prefix))


# --- channels of a store that only takes files --------------------------------------------------------------------


def make_channel(store_id: int, name: str, kind: str, currency: str) -> StoreChannel:
    """A channel of the owner's own; its id is made of its name, so that another install gives it the same."""
    name, currency = name.strip(), currency.strip().upper()
    if not 1 <= len(name) <= LONGEST_NAME:
        raise StoreRefused("name", say(N_("Give the channel a name of 1 to {most} characters."), most=LONGEST_NAME))
    if not CURRENCY.fullmatch(currency):
        raise StoreRefused("currency", say(N_("Type a currency code of three letters, like MYR.")))
    own = channel_id(name)
    with writing() as session:
        known = select(StoreChannel).where(StoreChannel.store_id == store_id, StoreChannel.external_id == own)
        if session.scalar(known) is not None:
            raise StoreRefused("name", say(N_("There is a channel of this name already.")))
        made = StoreChannel(store_id=store_id, external_id=own, name=name, kind=kind, currency=currency)
        session.add(made)
        session.flush()
        return made


def channel_id(name: str) -> str:
    """'Web shop' is WEB-SHOP; a name that cannot be written so is told by 12 hex of its SHA-256."""
    plain = "-".join(name.upper().split())
    return plain if PLAIN.fullmatch(plain) else sha256(name.encode()).hexdigest()[:12].upper()
