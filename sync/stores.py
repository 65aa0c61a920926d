"""What somebody says about a store: its name and the prefix of its orders' numbers (S17)."""

from sqlalchemy import update

from documents import N_, Message, say
from models import StoreConnection, writing

LONGEST_NAME, LONGEST_PREFIX = 200, 20


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
