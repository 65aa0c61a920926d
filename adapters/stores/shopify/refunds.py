"""Refunds with their lines, shipping and the money that went back (other-stores.md 2.4)."""

from decimal import Decimal

from adapters.stores.figures import text
from adapters.stores.shopify import contract
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.money import amount, count, instant, needed
from documents import ZERO, Refund, RefundLine


def read_refunds(raw: Record, *, is_edited: bool) -> tuple[Refund, ...]:
    """Every refund that gave money back or will. One of an edited order that names no goods may be the money for what
    was taken out of it, which makes the order less already: a person looks at it first."""
    return tuple(_refund(each, is_edited=is_edited) for each in with_money(raw))


def with_money(raw: Record) -> list[Record]:
    """The refunds that are more than goods put back on the shelf, or taken out of an order."""
    return [each for each in raw.get("refunds") or () if _money(each)]


def _nodes(raw: Record, name: str) -> list[Record]:
    told = raw.get(name)
    return [each for each in told.get("nodes") or () if isinstance(each, dict)] if isinstance(told, dict) else []


def _sent(raw: Record, *statuses: str) -> Decimal:
    rows = [each for each in _nodes(raw, "transactions") if each.get("kind") == "REFUND"]
    return sum((amount(each, "amountSet") for each in rows if each.get("status") in statuses), ZERO)


def _money(raw: Record) -> Decimal:
    """What went back, or is on its way; else what Shopify says that the refund is worth."""
    return _sent(raw, "SUCCESS", "PENDING") or amount(raw, "totalRefundedSet")


def _refund(raw: Record, *, is_edited: bool) -> Refund:
    lines = tuple(_line(each) for each in _nodes(raw, "refundLineItems"))
    shipping = _nodes(raw, "refundShippingLines")
    taxes = [line.tax_amount or ZERO for line in lines] + [amount(each, "taxAmountSet") for each in shipping]
    taxes += [-amount(each, "taxAmountSet") for each in _nodes(raw, "orderAdjustments")]
    return Refund(
        id=contract.number_of(raw.get("id")),
        amount=_money(raw),
        made_at=instant(raw, "createdAt"),
        reason=text(raw, "note"),
        lines=lines,
        shipping=sum((amount(each, "subtotalAmountSet") for each in shipping), ZERO),
        tax_amount=sum(taxes, ZERO) if lines or shipping else None,
        is_paid_back=not _sent(raw, "PENDING"),
        needs_look=is_edited and not lines and not shipping,
    )


def _line(raw: Record) -> RefundLine:
    line = raw.get("lineItem")
    return RefundLine(
        line_id=contract.number_of(line.get("id")) if isinstance(line, dict) else "",
        quantity=Decimal(count(raw, "quantity")),
        amount=needed(raw, "subtotalSet"),
        tax_amount=needed(raw, "totalTaxSet"),
    )
