"""The lines and charges of an order, with their discounts and taxes (other-stores.md 2.3)."""

from collections import Counter
from decimal import Decimal

from adapters.stores.figures import Unreadable, text
from adapters.stores.shopify import contract
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.money import allocated, amount, count, money, needed, part
from adapters.stores.shopify.refunds import with_money
from adapters.stores.shopify.taxes import tax_of
from documents import N_, Charge, ChargeKind, OrderLine, say


def read_lines(raw: Record) -> tuple[OrderLine, ...]:
    """Every product that was sold, gift cards among them; not what was taken out of the order, and not the tip."""
    back, is_less = _back_for_money(raw), is_edited(raw)
    rows = (each for each in _rows(raw, "lineItems") if not _is_tip(each))
    lines = (_line(each, _kept(each, back) if is_less else count(each, "quantity"), raw) for each in rows)
    return tuple(line for line in lines if line.quantity)


def read_charges(raw: Record) -> tuple[Charge, ...]:
    """Shipping, the tip, duties and fees; a charge of nothing is none."""
    is_inside = bool(raw.get("taxesIncluded"))
    made = [_shipping(each, is_inside) for each in _rows(raw, "shippingLines") if not each.get("isRemoved")]
    made += [*_tips(raw), Charge(ChargeKind.HANDLING, amount(raw, "originalTotalDutiesSet"))]
    made += [_fee(each, is_inside) for each in raw.get("additionalFees") or ()]
    return tuple(charge for charge in made if charge.amount)


def _rows(raw: Record, name: str) -> list[Record]:
    rows = (raw.get(name) or {}).get("nodes") or []
    if not all(isinstance(row, dict) for row in rows):
        raise Unreadable(say(N_("A line of the order cannot be read.")))
    return list(rows)


# --- products ---------------------------------------------------------------------------------------------------


def _back_for_money(raw: Record) -> Counter[str]:
    """By line: how many pieces went back for money; they were sold, though they do not count as current any more."""
    back: Counter[str] = Counter()
    for refund in with_money(raw):
        for row in _rows(refund, "refundLineItems"):
            back[str((row.get("lineItem") or {}).get("id"))] += count(row, "quantity")
    return back


def is_edited(raw: Record) -> bool:
    """Whether the sale is not what was ordered any more: Shopify says so, or pieces left it without money back (2.4).

    Of a cancelled order all pieces leave it; its figures stay those of the sale."""
    if raw.get("edited") or raw.get("cancelledAt"):
        return bool(raw.get("edited"))
    back = _back_for_money(raw)
    rows = (each for each in _rows(raw, "lineItems") if each.get("currentQuantity") is not None and not _is_tip(each))
    return any(_kept(each, back) < count(each, "quantity") for each in rows)


def _kept(line: Record, back: Counter[str]) -> int:
    """What is left of a line and what went back for money, which was sold."""
    return min(count(line, "quantity"), count(line, "currentQuantity") + back[str(line.get("id"))])


def _line(raw: Record, sold: int, order: Record) -> OrderLine:
    ordered, price, sku = count(raw, "quantity"), needed(raw, "originalUnitPriceSet"), text(raw, "sku") or None
    charged, tax = tax_of(raw, price * ordered - allocated(raw), is_inside=bool(order.get("taxesIncluded")))
    discount = part(allocated(raw), sold, ordered)
    return OrderLine(
        id=contract.number_of(raw.get("id")),
        sku=sku,
        item_id=contract.number_of((raw.get("variant") or {}).get("id")) or None,
        name=text(raw, "name") or sku or "",
        quantity=Decimal(sold),
        price=price,
        discount=discount,
        amount=price * sold - discount,
        tax_amount=part(charged, sold, ordered),
        tax=tax,
    )


# --- beside the products ----------------------------------------------------------------------------------------


def _shipping(raw: Record, is_inside: bool) -> Charge:
    """What the buyer paid for it, after the discounts that fall on it."""
    told = money(raw, "discountedPriceSet") if raw.get("discountAllocations") is None else None
    price = needed(raw, "originalPriceSet") - allocated(raw) if told is None else told
    charged, tax = tax_of(raw, price, is_inside=is_inside)
    return Charge(ChargeKind.SHIPPING, price, charged, tax)


def _fee(raw: Record, is_inside: bool) -> Charge:
    charged, tax = tax_of(raw, amount(raw, "price"), is_inside=is_inside)
    return Charge(ChargeKind.HANDLING, amount(raw, "price"), charged, tax)


def _is_tip(line: Record) -> bool:
    """A tip stands among the lines, of no product and no variant."""
    return text(line, "name") == contract.TIP and not line.get("variant") and not line.get("product")


def _tips(raw: Record) -> list[Charge]:
    """The lines that are tips; where there is none, the sum that the order tells (unconfirmed that both occur)."""
    lines = [
        needed(each, "originalUnitPriceSet") * count(each, "quantity")
        for each in _rows(raw, "lineItems")
        if _is_tip(each)
    ]
    return [Charge(ChargeKind.TIP, each) for each in lines or [amount(raw, "totalTipReceivedSet")]]
