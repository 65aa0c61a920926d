"""The payments that go with an order (S27), and the accounts that receive them (M6)."""

import datetime as dt
from decimal import Decimal
from typing import NamedTuple

from documents import N_, ZERO, ChargeKind, DraftPayment, Order, Payer, say
from sync.drafting.figures import effect
from sync.drafting.rules import OrderTo
from sync.drafting.switches import switch_of
from sync.drafting.work import Work

GIFT_CARD = "gift card"


def draft_payments(work: Work) -> tuple[DraftPayment, ...]:
    """Every payment of the order, then each gift card that is not posted as a line. None where S27 is off, where they
    come by the channel's statement, or where the document itself says that it was paid (S20)."""
    settings = work.rules.settings
    is_by_statement = work.order.channel.id in work.rules.matching.by_statement
    if not settings.send_payments or is_by_statement or settings.order_to == OrderTo.RECEIPT:
        return ()
    _check_paid(work)
    return _payments(work)


def unaccounted(order: Order) -> Decimal:
    """What the store says was paid, less what the order's payments make: until it is nothing, the books would show the
    sale as paid too little or too much (R6)."""
    told = sum((each.amount for each in order.payments), ZERO)
    return ZERO if order.amount_paid is None else order.amount_paid - told


def _check_paid(work: Work) -> None:
    if rest := unaccounted(work.order):
        paid = work.order.amount_paid or ZERO
        sentence = N_(
            "The store says that {paid} of this order was paid, and its payments make {told}: get its payments, or "
            "send none (settings)."
        )
        work.tell("paid", "settings", say(sentence, paid=work.money(paid), told=work.money(paid - rest)))


def _payments(work: Work) -> tuple[DraftPayment, ...]:
    prefix = work.rules.store.payment_prefix or work.rules.settings.payment_prefix
    made = [
        _payment(work, payment.method, payment.amount, prefix + payment.id if payment.id else None, payment.paid_at)
        for payment in work.order.payments
        if payment.amount
    ]
    return (*made, *(_payment(work, GIFT_CARD, amount, None) for amount in _gift_cards(work)))


def _gift_cards(work: Work) -> list[Decimal]:
    if switch_of(work.rules, work.order.channel.id, ChargeKind.GIFT_CARD).preset.on:
        return []
    cards = (charge for charge in work.order.charges if charge.kind == ChargeKind.GIFT_CARD)
    return [-effect(work.order, card) for card in cards if card.amount and card.paid_by == Payer.BUYER]


def _payment(
    work: Work, method: str, amount: Decimal, reference: str | None, paid_at: dt.datetime | None = None
) -> DraftPayment:
    """The account of channel and method, then of the channel, then S27's; else a problem."""
    channel, matches = work.order.channel, work.rules.matching.payments
    account = matches.get((channel.id, method)) or matches.get((channel.id, None))
    account = account or work.rules.settings.payment_account
    if not account:
        sentence = N_("No account is chosen to receive payments by {method} of the channel {channel}.")
        work.tell("payment", "matching/payment", say(sentence, method=method, channel=channel.name), method)
    return DraftPayment(method, amount, account or None, reference, _day(work, paid_at or work.order.dates.paid))


def _day(work: Work, paid: dt.datetime | None) -> dt.date | None:
    """The day it was paid, unless that is closed in the books; None = the document's own."""
    closed_until = work.rules.books.closed_until
    day = paid.astimezone(work.rules.time_zone).date() if paid else None
    return None if day and closed_until and day <= closed_until else day


# --- a sale that was paid at once (S20) -------------------------------------------------------------------------


class PaidInto(NamedTuple):
    """The account and the method of a receipt; None where the books choose."""

    account: str | None = None
    method: str | None = None


def paid_into(work: Work) -> PaidInto | None:
    """Where the money of a receipt went; None where the sale is an invoice. A receipt says that it was paid, so an
    order that was not is a problem; so are two accounts, since a receipt has one."""
    if work.rules.settings.order_to != OrderTo.RECEIPT:
        return None
    if work.order.payment_status != "paid":
        sentence = N_("A sales receipt says that it was paid, and this order is {state}: post it as an invoice.")
        work.tell("payment", "settings", say(sentence, state=work.order.payment_status.replace("_", " ")))
    if not work.rules.settings.send_payments:
        return PaidInto()
    accounts = {payment.account: payment.method for payment in _payments(work)}
    if len(accounts) > 1:
        sentence = N_("The order was paid into {count} accounts, and a sales receipt has one: post it as an invoice.")
        work.tell("payment", "settings", say(sentence, count=len(accounts)))
    return PaidInto(*next(iter(accounts.items()), (None, None)))
