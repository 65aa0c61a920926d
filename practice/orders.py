"""The practice shop's orders: seeded, so that the same seed and day always give the same orders.

Convention (sitegiant.md 4.2 and README.md): prices exclude tax and `tax_total` is added:
total = product_total + shipping_fee - shipping_discount - seller_discount - platform_discount + tax_total.
A line's `tax` is that of its subtotal; the tax that the seller's voucher takes off is `seller_discount_tax`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from random import Random

from practice.buyers import address, masked, named
from practice.catalogue import (
    BUNDLES,
    BY_ISKU,
    BY_MEASURE,
    CHANNELS,
    PLAIN,
    UNKNOWN_TO_BOOKS,
    ZERO,
    Product,
    cents,
    price_in,
)
from practice.sums import money, recalculated, taxed_once
from practice.web import Doc

FIRST_ID = 200_001
PREFIXES = {11: "SHP", 12: "LZD", 13: "TTS", 14: "PF", 15: "WEB"}
CYCLE = 50
ONCE_WITHOUT_LINES = 5
SPECIALS = {
    3: "bundle",
    9: "no_sku",
    12: "by_measure",
    15: "seller_voucher",
    18: "platform_voucher",
    20: "tax_per_document",
    22: "seller_voucher",
    24: "sample",
    27: "unknown_product",
    30: "bundle",
    33: "serials",
    36: "both_vouchers",
    39: "taxed",
    42: "seller_voucher_taxed",
    45: "taxed",
    48: "many_lines",
}
STATUSES = {1: "Cancelled", 7: "Returned", 13: "Unpaid", 19: "Cancelled", 25: "Refunded", 31: "Unpaid", 37: "On Hold"}


@dataclass(frozen=True)
class Sale:
    """What the lines of one order share."""

    special: str
    chance: Random
    currency: str
    prefix: str


def make_orders(count: int, seed: int, days: int, today: date, start: int = 0) -> Iterator[Doc]:
    """`count` orders spread over `days` that end today, oldest first."""
    for number in range(start, start + count):
        chance = Random(f"{seed}:{number}")
        back = timedelta(days=days * (1 - (number - start + 1) / max(count, 1)))
        when = datetime.combine(today, time(4)) - back + timedelta(seconds=chance.randrange(-14_000, 14_000))
        yield _order(number, chance, when, (datetime.combine(today, time(4)) - when).days)


def _order(number: int, chance: Random, when: datetime, age_days: int) -> Doc:
    special = "no_lines" if number == ONCE_WITHOUT_LINES else SPECIALS.get(number % CYCLE, "")
    channel = CHANNELS[2] if special == "sample" else chance.choices(CHANNELS, (35, 20, 17, 22, 6))[0]
    is_web = channel["type"] == "Webstore"
    currency = chance.choices(("MYR", "SGD", "USD"), (5, 3, 2))[0] if is_web else "MYR"
    sale = Sale(special, chance, currency, PREFIXES[channel["id"]])
    lines = _lines(sale)
    order: Doc = {
        "order_id": f"SG-{FIRST_ID + number}",
        "marketplace_order_id": _marketplace_id(channel["type"], number, chance, when),
        "channel_id": channel["id"],
        "channel_name": channel["name"],
        "channel_type": channel["type"],
        **_progress(STATUSES.get(number % CYCLE, ""), chance, when, age_days),
        "currency": currency,
        "is_sample": special == "sample",
        "prices_include_tax": False,
        "customer": named(chance) if is_web else masked(chance),
        "shipping_address": address(chance, currency),
        "products": lines,
        **_charges(special, chance, lines),
        "invoice_no": "",
        "remark": chance.choice(("", "", "", "Please wrap as a gift", "勿折", "Hantar lepas 5 petang")),
    }
    return taxed_once(recalculated(order)) if special == "tax_per_document" else recalculated(order)


def _lines(sale: Sale) -> list[Doc]:
    special, chance = sale.special, sale.chance
    count = {"no_lines": 0, "many_lines": 24}.get(special, chance.choices((1, 2, 3, 4), (5, 3, 1, 1))[0])
    pool = [p for p in PLAIN if p.tax is not None] if "taxed" in special else _pool(chance)
    chosen = chance.sample(pool, min(count, len(pool)))
    match special:
        case "bundle":
            chosen[0] = chance.choice(BUNDLES)
        case "by_measure":
            chosen[0] = chance.choice(BY_MEASURE)
        case "unknown_product":
            chosen[0] = chance.choice(UNKNOWN_TO_BOOKS)
        case "serials":
            chosen[0] = BY_ISKU["PHONE-X"]
        case "tax_per_document":
            chosen = [BY_ISKU[isku] for isku in ("STK-1", "STK-2", "STK-3")]
    lines = [_line(position, product, sale) for position, product in enumerate(chosen, 1)]
    if special == "no_sku":
        lines[0] |= {"isku": "", "sku": ""}
    return lines


def _pool(chance: Random) -> list[Product]:
    """Two orders of three hold nothing that is taxed, as with most small sellers."""
    return PLAIN if chance.random() < 0.35 else [product for product in PLAIN if product.tax is None]


def _line(position: int, product: Product, sale: Sale) -> Doc:
    special, chance = sale.special, sale.chance
    quantity = Decimal(chance.choices((1, 2, 3, 12), (12, 4, 2, 1))[0])
    if product.uom != "PCS":
        quantity = Decimal(chance.randrange(250, 8000, 125)) / 1000
    if special in ("tax_per_document", "sample") or product.has_serials:
        quantity = Decimal(1)
    price = ZERO if special == "sample" else price_in(product, sale.currency)
    gross = cents(price * quantity)
    has_discount = special not in ("tax_per_document", "sample") and chance.random() < 0.2
    discount = cents(gross * chance.choice((5, 10, 15)) / 100) if has_discount else ZERO
    line: Doc = {
        "line_id": position,
        "isku": product.isku,
        "sku": f"{sale.prefix}-{product.isku}",
        "name": product.name,
        "variation": product.variation,
        "quantity": int(quantity) if quantity == int(quantity) else quantity.normalize(),
        "price": money(price),
        "discount": money(discount),
        "tax": "0.00",
        "subtotal": money(gross - discount),
        "serial_numbers": [f"SN{chance.randrange(10**9):09}"] if product.has_serials else [],
        "is_bundle": bool(product.parts),
    }
    if product.tax:
        line["tax"] = money(cents((gross - discount) * product.tax.rate / 100))
        line |= {"tax_id": product.tax.id, "tax_name": product.tax.name, "tax_rate": f"{product.tax.rate}"}
    if product.parts:
        line["bundle_items"] = [{"isku": isku, "quantity": count} for isku, count in product.parts]
    return line


def _charges(special: str, chance: Random, lines: list[Doc]) -> Doc:
    """Shipping and vouchers; never more voucher than goods."""
    goods = sum((Decimal(line["subtotal"]) for line in lines), ZERO)
    shipping = (
        ZERO
        if special in ("sample", "tax_per_document")
        else chance.choice((ZERO, *map(Decimal, ("4.90", "6.50", "12.00"))))
    )
    shipping_off = min(shipping, Decimal("4.00")) if chance.random() < 0.25 else ZERO
    seller = min(chance.choice((Decimal("2.00"), Decimal("5.00"), Decimal("7.77"))), cents(goods / 2))
    platform = min(chance.choice((Decimal("1.50"), Decimal("2.00"), Decimal("3.33"))), cents(goods / 4))
    return {
        "shipping_fee": money(shipping),
        "shipping_discount": money(shipping_off),
        "seller_discount": money(seller if special.startswith(("seller", "both")) else ZERO),
        "platform_discount": money(platform if special.startswith(("platform", "both")) else ZERO),
    }


def _progress(fixed: str, chance: Random, when: datetime, age_days: int) -> Doc:
    """Status and dates that fit each other and the order's age."""
    young = ("Pending Process", "Processed", "Ready To Ship")
    status = fixed or (chance.choice(young) if age_days < 2 else "Shipped" if age_days < 7 else "Completed")
    is_paid = status != "Unpaid"
    paid = when + timedelta(minutes=chance.randrange(1, 40)) if is_paid else None
    has_left = status in ("Shipped", "Completed", "Returned") and age_days >= 2
    shipped = when + timedelta(hours=chance.randrange(20, 44)) if has_left else None
    completed = when + timedelta(days=5, minutes=chance.randrange(600)) if status == "Completed" else None
    last = completed or shipped or paid or when
    return {
        "order_status": "Pending Process" if status == "Unpaid" and chance.random() < 0.5 else status,
        "payment_status": "Paid" if is_paid else "Unpaid",
        "created_at": f"{when:%Y-%m-%d %H:%M:%S}",
        "paid_at": _stamp(paid),
        "shipped_at": _stamp(shipped),
        "completed_at": _stamp(completed),
        "updated_at": _stamp(last),
    }


def _marketplace_id(kind: str, number: int, chance: Random, when: datetime) -> str:
    """Each market's own form; TikTok's and Lazada's are long numbers, so ids are text."""
    match kind:
        case "Shopee":
            return f"{when:%y%m%d}" + "".join(chance.choice("ABCDEFGHJKLMNPQRSTUVWXYZ0123456789") for _ in range(8))
        case "Lazada":
            return str(chance.randrange(10**14, 10**15))
        case "TikTok Shop":
            return str(chance.randrange(576 * 10**15, 577 * 10**15))
        case "Webstore":
            return f"WEB-{1001 + number}"
        case _:
            return f"PF-{number + 1:04}"


def _stamp(when: datetime | None) -> str | None:
    return None if when is None else f"{when:%Y-%m-%d %H:%M:%S}"
