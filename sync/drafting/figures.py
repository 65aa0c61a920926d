"""Which total the document must have (rules.md section 1): the store's own check, and every named cause."""

from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, Cause, Charge, Order, Payer, say
from sync.drafting.exact import half_up
from sync.drafting.switches import switch_of
from sync.drafting.work import Work


class Expected(NamedTuple):
    """The total that the document must equal, why it differs, and the store's tax of what is posted."""

    total: Decimal
    causes: tuple[Cause, ...]
    tax: Decimal


def store_figures(order: Order) -> Decimal:
    """What the store's own figures sum to: lines, the buyer's charges, and the order's tax where prices hold none."""
    lines = sum((line.amount for line in order.lines), ZERO)
    charges = sum((charge.amount for charge in order.charges if charge.paid_by == Payer.BUYER), ZERO)
    return lines + charges + (ZERO if order.prices_include_tax else order.tax_total)


def check_store_figures(work: Work) -> None:
    """Tell when the store's figures do not add up; a difference within the cap is left to the rounding line."""
    order, summed = work.order, store_figures(work.order)
    if order.total != half_up(order.total, work.unit_digits) and not work.is_total_open:
        work.is_total_open = True
        sentence = N_("The order's total {total} has more decimals than {currency} has.")
        work.tell("store_figures", "orders", say(sentence, total=f"{order.total:f}", currency=work.currency))
    if abs(order.total - summed) > work.rules.settings.rounding_cap:
        work.is_total_open = True
        sentence = N_(
            "The store's figures do not add up: lines, charges and tax make {summed}, the order says {total}."
        )
        message = say(sentence, summed=work.money(summed), total=work.money(order.total))
        work.tell("store_figures", "orders", message)


def expected(work: Work) -> Expected:
    """The order's total and tax, less what is left out, plus what is added that the buyer did not pay.

    A cause is rounded to the currency's smallest unit, so that the document can equal the expected total."""
    causes, tax = [], work.order.tax_total
    for charge in work.order.charges:
        sign = _sign(work, charge)
        if sign:
            causes.append(Cause(charge.kind, half_up(sign * effect(work.order, charge), work.unit_digits)))
            tax += sign * (charge.tax_amount or ZERO)
    total = work.order.total + sum((cause.amount for cause in causes), ZERO)
    return Expected(total, tuple(causes), half_up(tax, work.digits))


def effect(order: Order, charge: Charge) -> Decimal:
    """What the charge adds to the order's total, its own tax included."""
    return charge.amount if order.prices_include_tax else charge.amount + (charge.tax_amount or ZERO)


def _sign(work: Work, charge: Charge) -> int:
    """-1 for the buyer's charge that is left out, 1 for another's that is posted, 0 where nothing changes."""
    is_on = switch_of(work.rules, work.order.channel.id, charge.kind).preset.on
    is_buyers = charge.paid_by == Payer.BUYER
    if not charge.amount or is_on == is_buyers:
        return 0
    return 1 if is_on else -1
