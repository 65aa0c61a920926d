"""A sale as an order of WooCommerce, and which of them a list shows (other-stores.md 1.3, 1.4)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from practice.catalogue import PRODUCTS, ZERO, cents
from practice.sales import Line, Refund, Sale, rate_of, tax_in, tax_of
from practice.web import Doc
from practice.woocommerce import catalogue, customers
from practice.woocommerce.filters import id_of, status_of

STORE_TIME = timedelta(hours=8)
SKUS = {product.isku for product in PRODUCTS}
METHODS = {"Card": ("stripe", "Card"), "Bank transfer": ("bacs", "Direct bank transfer")}


def shown(sale: Sale, gone: set[str], *, tells_rate_percent: bool) -> Doc:
    """The order as its resource; `gone` are products that are deleted. Amounts are net, whatever the prices are."""
    lines = [_line(sale, line, gone) for line in sale.lines]
    shipping = _shipping(sale)
    method, title = METHODS.get(sale.method, (sale.method.lower().replace(" ", "_"), sale.method))
    coupon = _sum(lines, "subtotal") - _sum(lines, "total")
    coupon_tax = _sum(lines, "subtotal_tax") - _sum(lines, "total_tax")
    is_done = sale.state in ("completed", "shipped")
    order = {
        "id": id_of(sale),
        "parent_id": 0,
        "number": str(sale.n),
        "status": status_of(sale),
        "currency": sale.currency,
        "prices_include_tax": sale.inclusive,
        **_dates("created", sale.when),
        **_dates("modified", sale.updated),
        **_dates("paid", sale.paid_at),
        **_dates("completed", sale.updated if is_done else None),
        "discount_total": _money(coupon),
        "discount_tax": _money(coupon_tax),
        "shipping_total": shipping["total"],
        "shipping_tax": shipping["total_tax"],
        "cart_tax": _money(sale.tax_total - sale.shipping_tax_amount),
        "total_tax": _money(sale.tax_total),
        "total": _money(sale.total),
        "customer_id": customers.id_of(sale.email),
        "customer_note": sale.remark,
        "billing": customers.billing(sale),
        "payment_method": method,
        "payment_method_title": title,
        "transaction_id": f"ch_{sale.n}" if sale.is_paid and method == "stripe" else "",
        "meta_data": [],
        "line_items": lines,
        "shipping_lines": [shipping],
        "fee_lines": [],
        "tax_lines": _tax_lines(sale, tells_rate_percent),
        "coupon_lines": [{"id": 1, "code": "sale", "discount": _money(coupon), "discount_tax": _money(coupon_tax)}]
        if coupon
        else [],
        "refunds": [{"id": r.id, "reason": r.reason, "total": _money(-r.amount)} for r in reversed(sale.refunds)],
    }
    return order | sale.extra


def refund(sale: Sale, made: Refund, names_lines: bool) -> Doc:
    """A refund with negative lines, or of an amount only; `names_lines` adds which line of the order came back."""
    by_id = {line.id: line for line in sale.lines}
    lines = [_refund_line(sale, made, by_id[line], quantity, names_lines) for line, quantity in made.lines]
    return {
        "id": made.id,
        "date_created": _local(made.when),
        "date_created_gmt": _gmt(made.when),
        "amount": _money(made.amount),
        "reason": made.reason,
        "refunded_by": 1,
        "refunded_payment": True,
        "line_items": lines,
    }


def merged_meta(sale: Sale, told: list[Any]) -> list[Doc]:
    """The order's own fields, after those that are told."""
    kept: list[Any] = list(sale.extra.get("meta_data") or [])  # type: ignore[call-overload]
    for each in told:
        known = next((row for row in kept if each.get("id") == row["id"] or each.get("key") == row["key"]), None)
        number = known["id"] if known else max((row["id"] for row in kept), default=0) + 1
        made = {"id": number, "key": each.get("key"), "value": each.get("value")}
        kept = [made if row is known else row for row in kept] + ([] if known else [made])
    return kept


# --- parts ------------------------------------------------------------------------------------------------------


def _line(sale: Sale, line: Line, gone: set[str]) -> Doc:
    before = cents(line.price * line.quantity)
    before_tax = tax_in(before, rate_of(line.tax), sale.inclusive)
    inside = before_tax if sale.inclusive else ZERO
    total = line.amount - line.voucher - (line.tax_amount if sale.inclusive else ZERO)
    product_id, variation_id = catalogue.ids_of(line.isku)
    return {
        "id": line_id(sale, line),
        "name": line.name,
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": line.quantity,
        "tax_class": catalogue.class_of(line.tax),
        "subtotal": _money(before - inside),
        "subtotal_tax": _money(before_tax),
        "total": _money(total),
        "total_tax": _money(line.tax_amount),
        "taxes": _taxes(line.tax, line.tax_amount, _money(before_tax)),
        "sku": None if line.isku in gone else line.isku,
        "price": cents(total / line.quantity) if line.quantity else ZERO,
        "meta_data": [],
    }


def line_id(sale: Sale, line: Line) -> int:
    """Lines of all orders are counted together."""
    return id_of(sale) * 100 + line.id


def _shipping(sale: Sale) -> Doc:
    tax = sale.shipping_tax_amount
    method, title = ("flat_rate", "Flat rate") if sale.shipping else ("free_shipping", "Free shipping")
    return {
        "id": id_of(sale) * 100 + 90,
        "method_title": title,
        "method_id": method,
        "total": _money(sale.shipping - (tax if sale.inclusive else ZERO)),
        "total_tax": _money(tax),
        "taxes": _taxes(sale.shipping_tax, tax, ""),
    }


def _taxes(tax: str, total: Decimal, subtotal: str) -> list[Doc]:
    return [{"id": int(tax), "total": _money(total), "subtotal": subtotal}] if tax else []


def _tax_lines(sale: Sale, tells_rate_percent: bool) -> list[Doc]:
    goods: dict[str, Decimal] = {}
    for line in sale.lines:
        if line.tax:
            goods[line.tax] = goods.get(line.tax, ZERO) + line.tax_amount
    named = dict.fromkeys([*goods, *([sale.shipping_tax] if sale.shipping_tax else [])])
    return [_tax_line(sale, tax, goods.get(tax, ZERO), tells_rate_percent) for tax in named]


def _tax_line(sale: Sale, tax_id: str, total: Decimal, tells_rate_percent: bool) -> Doc:
    tax = tax_of(tax_id)
    assert tax is not None
    shipping = sale.shipping_tax_amount if sale.shipping_tax == tax_id else ZERO
    return {
        "id": id_of(sale) * 100 + 95,
        "rate_code": f"MY-{tax.name.upper()}-1",
        "rate_id": int(tax_id),
        "label": tax.name,
        "compound": False,
        "tax_total": _money(total),
        "shipping_tax_total": _money(shipping),
        **({"rate_percent": tax.rate} if tells_rate_percent else {}),
    }


def _refund_line(sale: Sale, made: Refund, line: Line, quantity: int, names_lines: bool) -> Doc:
    gross = line.amount - line.voucher + (ZERO if sale.inclusive else line.tax_amount)
    tax = cents(line.tax_amount * quantity / line.quantity)
    net = cents(gross * quantity / line.quantity) - tax
    product_id, variation_id = catalogue.ids_of(line.isku)
    named = [{"id": 1, "key": "_refunded_item_id", "value": str(line_id(sale, line))}]
    return {
        "id": made.id * 100 + line.id,
        "name": line.name,
        "product_id": product_id,
        "variation_id": variation_id,
        "quantity": -quantity,
        "total": _money(-net),
        "total_tax": _money(-tax),
        "taxes": _taxes(line.tax, -tax, _money(-tax)),
        "sku": line.isku,
        "meta_data": named if names_lines else [],
    }


def _sum(lines: list[Doc], name: str) -> Decimal:
    return sum((Decimal(line[name]) for line in lines), ZERO)


def _money(amount: Decimal) -> str:
    return f"{cents(amount):.2f}"


def _dates(name: str, moment: datetime | None) -> Doc:
    """Store time, and its twin in UTC; both without a zone."""
    local, gmt = (_local(moment), _gmt(moment)) if moment else (None, None)
    return {f"date_{name}": local, f"date_{name}_gmt": gmt}


def _gmt(moment: datetime) -> str:
    return f"{moment.astimezone(UTC):%Y-%m-%dT%H:%M:%S}"


def _local(moment: datetime) -> str:
    return f"{moment.astimezone(UTC) + STORE_TIME:%Y-%m-%dT%H:%M:%S}"
