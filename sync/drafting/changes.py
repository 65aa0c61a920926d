"""What makes a posted order yellow: only fields that reach the document (rules.md section 6).

Never status progress, time stamps, numbers (our own may have been written back), payments or the order of the lines.
"""

from documents import Order, OrderLine
from sync.drafting.fingerprints import digest, written
from sync.drafting.gate import undone
from sync.drafting.rules import AssignedTo, Settings

_NOT_POSTED = frozenset({"masked", "phone", "address", "tax_number"})


def content_key(order: Order, settings: Settings) -> str:
    """A hash of what of an order reaches the document under these settings; the same key, nothing changed."""
    return digest(list(_content(order, settings).items()))


def changed_fields(before: Order, after: Order, settings: Settings) -> tuple[str, ...]:
    """Which of lines, charges, tax, total, currency, state, terms, customer differ between two readings of an order.

    A buyer whom the marketplace has hidden since is no change: where two keys differ, this has the last word."""
    old, new = _content(before, settings), _content(after, settings)
    if after.customer.masked:
        del new["customer"]
    return tuple(name for name in new if old[name] != new[name])


def _content(order: Order, settings: Settings) -> dict[str, object]:
    uses_buyer = settings.sale_assigned_to in (AssignedTo.ORIGINAL, AssignedTo.ORGANISATION)
    return {
        "lines": sorted(repr(_line(line, settings)) for line in order.lines),
        "charges": sorted(repr(written(charge)) for charge in order.charges if charge.amount),
        "tax": written((order.tax_total, str(order.prices_include_tax))),
        "total": written(order.total),
        "currency": order.currency,
        "state": undone(order),
        **({"credits": str(order.credits)} if order.is_credit_note else {}),
        "terms": written((order.deferment_days, order.due_date)),
        "customer": written(order.customer, _NOT_POSTED) if uses_buyer else None,
    }


def _line(line: OrderLine, settings: Settings) -> object:
    skipped = {"id"} if settings.serial_numbers else {"id", "serials"}
    return written(line, frozenset(skipped if settings.bundle_components else skipped | {"bundle"}))
