"""The payments that go with an order (S27), and the accounts that receive them (M6)."""

from decimal import Decimal

from documents import N_, ChargeKind, DraftPayment, Payer, say
from sync.drafting.figures import effect
from sync.drafting.switches import switch_of
from sync.drafting.work import Work

GIFT_CARD = "gift card"


def draft_payments(work: Work) -> tuple[DraftPayment, ...]:
    """Every payment of the order, then each gift card that is not posted as a line; none where S27 is off."""
    if not work.rules.settings.send_payments:
        return ()
    prefix = work.rules.store.payment_prefix
    made = [
        _payment(work, payment.method, payment.amount, prefix + payment.id if payment.id else None)
        for payment in work.order.payments
        if payment.amount
    ]
    return (*made, *(_payment(work, GIFT_CARD, amount, None) for amount in _gift_cards(work)))


def _gift_cards(work: Work) -> list[Decimal]:
    if switch_of(work.rules, work.order.channel.id, ChargeKind.GIFT_CARD).preset.on:
        return []
    cards = (charge for charge in work.order.charges if charge.kind == ChargeKind.GIFT_CARD)
    return [-effect(work.order, card) for card in cards if card.amount and card.paid_by == Payer.BUYER]


def _payment(work: Work, method: str, amount: Decimal, reference: str | None) -> DraftPayment:
    """The account of channel and method, then of the channel; else a problem."""
    channel, matches = work.order.channel, work.rules.matching.payments
    account = matches.get((channel.id, method)) or matches.get((channel.id, None))
    if not account:
        sentence = N_("No account is chosen to receive payments by {method} of the channel {channel}.")
        work.tell("payment", "matching/payment", say(sentence, method=method, channel=channel.name), method)
    return DraftPayment(method, amount, account or None, reference)
