"""The money that came with an order: a payment per successful sale or capture (other-stores.md 2.4)."""

import datetime as dt
from collections.abc import Collection
from dataclasses import replace
from decimal import Decimal

from adapters.stores.figures import text
from adapters.stores.shopify import contract
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.money import amount, instant, needed
from documents import ZERO, OrderPayment


def read_payments(raw: Record) -> tuple[OrderPayment, ...]:
    """Each payment; what was given back as change at the till is taken off the cash that paid too much."""
    paid = [_payment(each) for each in _successful(raw, contract.PAID_BY)]
    for change in _successful(raw, frozenset({contract.CHANGE})):
        too_much = sum((each.amount for each in paid), ZERO) - amount(raw, "totalPriceSet")
        paid = _less(paid, _method(change), min(abs(amount(change, "amountSet")), too_much))
    return tuple(each for each in paid if each.amount)


def paid_at(raw: Record) -> dt.datetime | None:
    """When the last of it came."""
    moments = [instant(each, "processedAt") for each in _successful(raw, contract.PAID_BY)]
    return max((each for each in moments if each), default=None)


def _successful(raw: Record, kinds: Collection[object]) -> list[Record]:
    rows = [each for each in raw.get("transactions") or () if isinstance(each, dict)]
    return [each for each in rows if each.get("kind") in kinds and each.get("status") == "SUCCESS"]


def _payment(raw: Record) -> OrderPayment:
    return OrderPayment(
        id=contract.number_of(raw.get("id")) or None,
        method=_method(raw),
        amount=needed(raw, "amountSet"),
        paid_at=instant(raw, "processedAt"),
        reference=text(raw, "authorizationCode", "paymentId"),
    )


def _method(raw: Record) -> str:
    gateway = text(raw, "gateway")
    return contract.METHODS.get(gateway, gateway) or "manual"


def _less(paid: list[OrderPayment], method: str, change: Decimal) -> list[OrderPayment]:
    place = next((at for at, each in enumerate(paid) if each.method == method and each.amount >= change), None)
    if place is None or change <= 0:
        return paid
    return [*paid[:place], replace(paid[place], amount=paid[place].amount - change), *paid[place + 1 :]]
