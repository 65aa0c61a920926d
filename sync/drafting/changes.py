"""What makes a posted order yellow: only fields that reach the document (rules.md section 6).

Never status progress, time stamps, numbers (our own may have been written back) or the order of the lines; payments
only where they are a part of the order and are sent with it (Edge Commerce E6).
"""

from documents import Order, OrderLine
from sync.drafting.fingerprints import digest, written
from sync.drafting.gate import undone
from sync.drafting.payments import unaccounted
from sync.drafting.rules import AssignedTo, Settings, StoreOptions

_NEVER = frozenset({"masked", "tax_number", "id", "company_id"})
_DETAILS = frozenset({"phone", "address"})
"""Of a buyer; they reach the books where the store's contacts stand below companies (E1b)."""
USUAL = StoreOptions()


def content_key(order: Order, settings: Settings, store: StoreOptions = USUAL) -> str:
    """A hash of what of an order reaches the document under these settings; the same key, nothing changed."""
    return digest(list(_content(order, settings, store).items()))


def changed_fields(before: Order, after: Order, settings: Settings, store: StoreOptions = USUAL) -> tuple[str, ...]:
    """Which of lines, charges, tax, total, currency, state, terms, customer, payments differ between two readings of an
    order.

    A buyer whom the marketplace has hidden since is no change: where two keys differ, this has the last word."""
    old, new = _content(before, settings, store), _content(after, settings, store)
    if after.customer.masked:
        del new["customer"]
    return tuple(name for name in new if old[name] != new[name])


def _content(order: Order, settings: Settings, store: StoreOptions) -> dict[str, object]:
    uses_buyer = settings.sale_assigned_to in (AssignedTo.ORIGINAL, AssignedTo.ORGANISATION)
    skipped = _NEVER if store.contact_under_company else _NEVER | _DETAILS
    payments: object = None
    if store.payment_prefix and settings.send_payments:
        rest = unaccounted(order)
        payments = written((order.payments, rest)) if rest else written(order.payments)
    found = {
        "lines": sorted(repr(_line(line, settings)) for line in order.lines),
        "charges": sorted(repr(written(charge)) for charge in order.charges if charge.amount),
        "tax": written((order.tax_total, str(order.prices_include_tax))),
        "total": written(order.total),
        "currency": order.currency,
        "state": undone(order),
        **({"credits": str(order.credits)} if order.is_credit_note else {}),
        "terms": written((order.deferment_days, order.due_date)),
        "customer": written(order.customer, skipped) if uses_buyer else None,
    }
    return found if payments is None else {**found, "payments": payments}


def _line(line: OrderLine, settings: Settings) -> object:
    skipped = {"id"} if settings.serial_numbers else {"id", "serials"}
    return written(line, frozenset(skipped if settings.bundle_components else skipped | {"bundle"}))
