"""Plain orders of the store, as SiteGiant tells them; figures add up by the practice's convention."""

from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

CHANNELS = {11: "Shopee", 12: "Lazada", 13: "TikTok Shop", 14: "OpenApi", 15: "Webstore"}
CHARGES = ("shipping_fee", "shipping_discount", "seller_discount", "platform_discount")


def make_line(isku: str = "MUG-01", price: str = "15.00", quantity: int = 1, **fields: Any) -> dict[str, Any]:
    """One product without tax; fields of tax may be given."""
    subtotal = f"{Decimal(price) * quantity:.2f}"
    line = {"line_id": 1, "isku": isku, "sku": f"S-{isku}", "name": isku, "quantity": quantity, "price": price}
    rest = {"variation": "", "discount": "0.00", "tax": "0.00", "subtotal": subtotal, "serial_numbers": []}
    return line | rest | {"is_bundle": False} | fields


def make_order(
    order_id: str, now: datetime, lines: list[dict[str, Any]] | None = None, channel: int = 11, **fields: Any
) -> dict[str, Any]:
    """A paid order of yesterday; `ordered_at` is an aware moment."""
    lines = [make_line()] if lines is None else lines
    lines = [line | {"line_id": place} for place, line in enumerate(lines, 1)]
    at = store_time(fields.pop("ordered_at", now - timedelta(days=1)))
    charges = {name: str(fields.pop(name, "0.00")) for name in CHARGES}
    goods, tax = sum_of(lines, "subtotal"), sum_of(lines, "tax")
    plus, *minus = (Decimal(each) for each in charges.values())
    order = {
        "order_id": order_id,
        "marketplace_order_id": f"M-{order_id}",
        "channel_id": channel,
        "channel_name": CHANNELS[channel],
        "channel_type": CHANNELS[channel],
        "order_status": "Shipped",
        "payment_status": "Paid",
        "created_at": at,
        "paid_at": at,
        "shipped_at": at,
        "completed_at": None,
        "updated_at": at,
        "currency": "MYR",
        "is_sample": False,
        "prices_include_tax": False,
        "customer": {"name": "M***i", "email": "", "phone": "****12"},
        "products": lines,
        **charges,
        "product_total": f"{goods:.2f}",
        "seller_discount_tax": "0.00",
        "tax_total": f"{tax:.2f}",
        "total": f"{goods + tax + plus - sum(minus):.2f}",
        "invoice_no": "",
        "remark": "",
    }
    return order | fields


def sum_of(lines: list[dict[str, Any]], name: str) -> Decimal:
    """The sum of one field."""
    return sum((Decimal(line[name]) for line in lines), Decimal(0))


def store_time(moment: datetime) -> str:
    """As SiteGiant writes it: UTC+8, without a zone."""
    return f"{moment.replace(tzinfo=None) + timedelta(hours=8):%Y-%m-%d %H:%M:%S}"
