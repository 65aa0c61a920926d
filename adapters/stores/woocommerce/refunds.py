"""Reads the refunds of an order, with lines or of an amount only (other-stores.md 1.4)."""

from decimal import Decimal

from adapters.stores.figures import Unreadable, figure, text
from adapters.stores.woocommerce import contract
from adapters.stores.woocommerce.contract import Record
from adapters.stores.woocommerce.taxes import lists
from adapters.stores.woocommerce.words import moment
from documents import N_, ZERO, Refund, RefundLine, say

PARTS = ("line_items", "shipping_lines", "fee_lines")


def read_refunds(order: Record, *, is_gross: bool) -> tuple[Refund, ...]:
    """The whole refunds that were read for this order, oldest first; with their tax inside where the order's is."""
    found = (_refund(raw, order, is_gross) for raw in lists(order, "refunds"))
    return tuple(sorted(found, key=lambda refund: (int(refund.id) if refund.id.isdecimal() else 0, refund.id)))


def _refund(raw: Record, order: Record, is_gross: bool) -> Refund:
    """One whose parts do not make up its amount, or whose lines the order has not, is looked at by a person."""
    amount = figure(raw, "amount", "total")
    if amount is None:
        raise Unreadable(say(N_("A refund of the order has no amount.")))
    parts = [row for name in PARTS for row in lists(raw, name) if _worth(row)]
    goods = [row for row in lists(raw, "line_items") if _worth(row)]
    lines = [_line(row, order, is_gross) for row in goods]
    known = tuple(line for line in lines if line is not None)
    is_whole = len(known) == len(lines)
    return Refund(
        id=text(raw, "id"),
        amount=abs(amount),
        made_at=moment(raw, "date_created_gmt"),
        reason=text(raw, "reason"),
        lines=known if is_whole else (),
        shipping=sum((_told(row, is_gross) for row in lists(raw, "shipping_lines")), ZERO),
        tax_amount=sum((_back(row, "total_tax") for row in parts), ZERO) if parts else None,
        is_paid_back=raw.get("refunded_payment") is not False,
        needs_look=bool(parts) and (not is_whole or sum(map(_worth, parts), ZERO) != abs(amount)),
    )


def _back(row: Record, name: str) -> Decimal:
    """What was given back, told below zero."""
    return -(figure(row, name) or ZERO)


def _worth(row: Record) -> Decimal:
    return _back(row, "total") + _back(row, "total_tax")


def _told(row: Record, is_gross: bool) -> Decimal:
    """In the order's own mode."""
    return _worth(row) if is_gross else _back(row, "total")


def _line(row: Record, order: Record, is_gross: bool) -> RefundLine | None:
    line_id = _refunded(row, order)
    if line_id is None:
        return None
    quantity = abs(figure(row, "quantity") or ZERO)
    return RefundLine(line_id, quantity, _told(row, is_gross), _back(row, "total_tax"))


def _refunded(row: Record, order: Record) -> str | None:
    """The order's line that came back: as it is told, else the only one of this product (and of this name)."""
    bought = lists(order, "line_items")
    told = next(
        (text(each, "value") for each in lists(row, "meta_data") if each.get("key") == contract.REFUNDED_LINE), ""
    )
    if told in {text(line, "id") for line in bought}:
        return told
    same = [line for line in bought if _product(line) == _product(row)]
    same = same if len(same) == 1 else [line for line in same if text(line, "name") == text(row, "name")]
    return text(same[0], "id") if len(same) == 1 else None


def _product(row: Record) -> tuple[str, str]:
    return text(row, "product_id"), text(row, "variation_id")
