"""Whether an order may become a document at all; the first answer is the only one, and no document is shown."""

from documents import N_, Charge, Order, OrderLine, Problem, say
from sync.drafting.exact import is_sane
from sync.drafting.rules import Rules

UNDONE = frozenset({"cancelled", "refunded", "returned"})
STATUSES = UNDONE | {
    *("pending", "processing", "ready_to_ship", "shipped", "partially_shipped", "completed"),
    *("failed", "on_hold", "unpaid"),
}
PAYMENT_STATUSES = frozenset({"paid", "unpaid", "partially_paid", "refunded"})


def why_no_document(order: Order, rules: Rules) -> Problem | None:
    """The reason why nothing is made of this order, or None."""
    return _undone(order) or _not_taken(order, rules) or _nothing_to_post(order, rules)


def undone(order: Order) -> str | None:
    """How the order was taken back (cancelled, refunded, returned), or None; S21 cannot ask for such orders."""
    if order.status in UNDONE:
        return order.status
    return "refunded" if order.payment_status == "refunded" else None


def _undone(order: Order) -> Problem | None:
    state = undone(order)
    if state is None:
        return None
    return Problem("status", "orders", say(N_("The order is {state}: no invoice is made of it."), state=state))


def _not_taken(order: Order, rules: Rules) -> Problem | None:
    wanted = rules.settings.which_orders
    unknown = {order.status} - STATUSES - wanted.statuses
    unknown |= {order.payment_status} - PAYMENT_STATUSES - wanted.payment_statuses
    if unknown:
        return _unknown(min(unknown))
    if order.status not in wanted.statuses:
        return _left_out(N_("Orders with the status '{state}' are not taken (Which orders)."), order.status)
    if order.payment_status not in wanted.payment_statuses:
        return _left_out(
            N_("Orders with the payment status '{state}' are not taken (Which orders)."), order.payment_status
        )
    if wanted.tags and not wanted.tags & {tag.casefold() for tag in order.tags}:
        sentence = N_("Only orders with one of these tags are taken (Which orders): {state}.")
        return _left_out(sentence, ", ".join(sorted(wanted.tags)))
    return None


def _unknown(state: str) -> Problem:
    sentence = N_(
        "The store gives the order the state '{state}', a word of its own: such orders are posted only where it is "
        "ticked (Which orders)."
    )
    return Problem("status", "settings/which-orders", say(sentence, state=state), state)


def _left_out(sentence: str, state: str) -> Problem:
    return Problem("status", "settings/which-orders", say(sentence, state=state.replace("_", " ")), state)


def _nothing_to_post(order: Order, rules: Rules) -> Problem | None:
    if order.is_sample and rules.settings.exclude_tiktok_samples:
        return Problem("sample", "settings", say(N_("Sample orders are left out by the settings.")))
    if not order.lines:
        return Problem("lines", "orders", say(N_("The store sent no lines for this order.")))
    if not _is_readable(order):
        return Problem("store_figures", "orders", say(N_("The store sent a figure that is no amount of money.")))
    return None


def _is_readable(order: Order) -> bool:
    return (
        is_sane(order.total)
        and is_sane(order.tax_total)
        and all(map(_is_line_readable, order.lines))
        and all(map(_is_charge_readable, order.charges))
        and all(is_sane(payment.amount) for payment in order.payments)
    )


def _is_line_readable(line: OrderLine) -> bool:
    figures = (line.quantity, line.price, line.discount, line.amount, line.tax_amount)
    parts = (figure for part in line.bundle for figure in (part.quantity, part.price))
    return all(map(is_sane, figures)) and all(map(is_sane, parts)) and (line.tax is None or is_sane(line.tax.rate))


def _is_charge_readable(charge: Charge) -> bool:
    return is_sane(charge.amount) and is_sane(charge.tax_amount) and (charge.tax is None or is_sane(charge.tax.rate))
