"""The sums of an order, by the convention that `orders.py` states."""

from __future__ import annotations

from decimal import Decimal

from practice.catalogue import CENT, ZERO, cents
from practice.web import Doc


def recalculated(order: Doc) -> Doc:
    """The order with its lines kept and all sums made anew."""
    lines = order["products"]
    taxes = sum((Decimal(line["tax"]) for line in lines), ZERO)
    voucher_tax = _voucher_tax(lines, Decimal(order["seller_discount"]))
    order = order | {
        "product_total": money(sum((Decimal(line["subtotal"]) for line in lines), ZERO)),
        "seller_discount_tax": money(voucher_tax),
        "tax_total": money(taxes - voucher_tax),
    }
    return order | {"total": money(total_of(order))}


def relined(order: Doc) -> Doc:
    """The order with each line's subtotal and tax made anew from price, quantity, discount and rate."""
    lines = []
    for line in order["products"]:
        subtotal = cents(Decimal(line["price"]) * line["quantity"]) - Decimal(line["discount"])
        tax = cents(subtotal * Decimal(line.get("tax_rate", "0")) / 100)
        lines.append(line | {"subtotal": money(subtotal), "tax": money(tax)})
    return recalculated(order | {"products": lines})


def total_of(order: Doc) -> Decimal:
    """The total that the order's own figures add up to."""
    added = "product_total", "shipping_fee", *(() if order.get("prices_include_tax") else ("tax_total",))
    taken = "shipping_discount", "seller_discount", "platform_discount"
    return sum((Decimal(order[name]) for name in added), ZERO) - sum((Decimal(order[name]) for name in taken), ZERO)


def _voucher_tax(lines: list[Doc], voucher: Decimal) -> Decimal:
    """The tax that a seller's voucher takes off: its share of each rate, by largest remainder, times the rate."""
    goods: dict[tuple[str, str], Decimal] = {}
    for line in lines:
        tax = (line.get("tax_id", ""), line.get("tax_rate", "0"))
        goods[tax] = goods.get(tax, ZERO) + Decimal(line["subtotal"])
    whole = sum(goods.values(), ZERO)
    if not voucher or not whole:
        return ZERO
    exact = {tax: voucher * amount / whole for tax, amount in goods.items()}
    shares = {tax: share // CENT * CENT for tax, share in exact.items()}
    left = int((voucher - sum(shares.values())) / CENT)
    for tax in sorted(exact, key=lambda tax: shares[tax] - exact[tax])[:left]:
        shares[tax] += CENT
    return sum((cents(share * Decimal(tax[1]) / 100) for tax, share in shares.items()), ZERO)


def taxed_once(order: Doc) -> Doc:
    """The same order with its tax taken once per rate of the whole: a cent less or more than the lines' sum."""
    goods: dict[str, Decimal] = {}
    for line in order["products"]:
        rate = line.get("tax_rate", "0")
        goods[rate] = goods.get(rate, ZERO) + Decimal(line["subtotal"])
    tax = sum((cents(amount * Decimal(rate) / 100) for rate, amount in goods.items()), ZERO)
    order = order | {"tax_total": money(tax)}
    return order | {"total": money(total_of(order))}


def money(amount: Decimal) -> str:
    """Money as the store writes it: text with 2 decimals."""
    return f"{amount:.2f}"
