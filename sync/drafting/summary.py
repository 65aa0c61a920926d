"""Documents with more lines than the books take: equal lines become one, and tax is predicted on the sums."""

from collections.abc import Hashable
from dataclasses import replace

from documents import N_, ZERO, InvoiceLine, say
from sync.drafting.exact import half_up

Lines = list[InvoiceLine]


def summarised(lines: Lines, digits: int) -> Lines:
    """Lines of equal item, unit, price and tax code (and project and location), without discount, as one each, in the
    place of the first, with its text. Lines without an item stay as they are."""
    groups: dict[Hashable, Lines] = {}
    for place, line in enumerate(lines):
        groups.setdefault(_likeness(line) or place, []).append(line)
    return [_as_one(group, digits) if len(group) > 1 else group[0] for group in groups.values()]


def _likeness(line: InvoiceLine) -> Hashable:
    if line.item is None or line.discount:
        return None
    return line.kind, line.item, line.uom, line.price, line.tax_code, line.tax_rate, line.project, line.location


def _as_one(group: Lines, digits: int) -> InvoiceLine:
    """The amount is what the books will make of the summed quantity, not the sum of amounts that were rounded."""
    first = group[0]
    quantity = sum((line.quantity or ZERO for line in group), ZERO)
    notes = {str(note): note for line in group for note in line.notes}
    return replace(
        first,
        quantity=quantity,
        amount=half_up(quantity * (first.price or ZERO), digits),
        serials=tuple(serial for line in group for serial in line.serials),
        is_default_item=any(line.is_default_item for line in group),
        notes=(*notes.values(), say(N_("{count} equal lines are summarised here."), count=len(group))),
    )
