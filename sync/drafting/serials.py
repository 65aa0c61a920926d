"""Serial numbers (S12): an item that is tracked by number needs as many as its quantity; other items need none."""

from decimal import Decimal

from documents import N_, say
from sync.drafting.exact import plain
from sync.drafting.work import Work

Serials = tuple[str, ...]


def take_serials(
    work: Work, item: str | None, quantity: Decimal, serials: Serials, *, may_leave: bool = False
) -> tuple[Serials, Serials]:
    """The numbers for this line, and those that are left. Too few is a problem; too many is one unless a later part of
    the same bundle may take them."""
    found = work.rules.books.items.get(item) if item else None
    if not work.rules.settings.serial_numbers or not found or not found.is_serial:
        return (), serials
    count = abs(quantity)
    if len(serials) < count or count != int(count) or (len(serials) > count and not may_leave):
        sentence = N_("{item} needs {needed} serial numbers, the order has {given}.")
        work.tell("serial", "orders", say(sentence, item=item, needed=plain(count), given=len(serials)), str(item))
    return serials[: int(count)], serials[int(count) :]
