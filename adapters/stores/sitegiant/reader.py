"""Reads one order of SiteGiant: a pure function of its JSON (sitegiant.md 1.1 and 4.2)."""

import datetime as dt
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.stores.figures import Unreadable, figure, flag, text
from adapters.stores.gathering import readable
from adapters.stores.sitegiant import contract
from adapters.stores.sitegiant.contract import Record
from adapters.stores.sitegiant.times import instant
from documents import (
    N_,
    ZERO,
    BundlePart,
    Buyer,
    Channel,
    Charge,
    ChargeKind,
    Order,
    OrderDates,
    OrderLine,
    StoreItem,
    Tax,
    say,
)

CHARGES = frozenset(
    {ChargeKind.SHIPPING, ChargeKind.SHIPPING_DISCOUNT, ChargeKind.SELLER_DISCOUNT, ChargeKind.PLATFORM_DISCOUNT}
)
"""The amounts that SiteGiant's orders tell: no field of them holds any other."""


def read_order(raw: Record, shop_id: str, channel: Channel) -> Order:
    """An order in our words; raises Unreadable where a figure or a date cannot be read, never guesses one."""
    order_id = id_of(raw)
    if not order_id:
        raise Unreadable(say(N_("The order has no order_id.")))
    lines = tuple(_line(place, each) for place, each in enumerate(_lines_of(raw), start=1))
    total = figure(raw, "total")
    if total is None:
        raise Unreadable(say(N_("The order has no total.")))
    return Order(
        store="sitegiant",
        shop_id=shop_id,
        channel=channel,
        order_id=order_id,
        number=order_id,
        marketplace_number=text(raw, "marketplace_order_id") or None,
        currency=_currency(raw, channel),
        prices_include_tax=flag(raw, "prices_include_tax"),
        dates=_dates(raw),
        status=contract.status_of(raw.get("order_status") or raw.get("status")),
        payment_status=contract.payment_status_of(raw.get("payment_status"), raw.get("order_status")),
        lines=lines,
        charges=_charges(raw),
        tax_total=_tax_total(raw, lines),
        total=total,
        is_sample=flag(raw, "is_sample") or (channel.kind == "tiktok" and total == 0),
        customer=_buyer(raw),
    )


def id_of(raw: object) -> str:
    """An order's id as text: marketplaces have up to 18 digits."""
    return text(raw, "order_id") if isinstance(raw, dict) else ""


def ordered_at(raw: Record) -> dt.datetime | None:
    """When an order of a list was made, where the list tells it well."""
    try:
        return instant(raw, contract.ORDERED_AT)
    except Unreadable:
        return None


def read_item(raw: Record) -> StoreItem | None:
    """A product of the inventory; its iSKU is unique and names it, so one without cannot be matched."""
    isku = text(raw, "isku")
    if not isku:
        return None
    return StoreItem(isku, isku, full_name(raw) or isku, readable(figure, raw, "price"))


def full_name(raw: Mapping[str, Any]) -> str:
    """The name with its variation: Mug - Blue."""
    return " - ".join(part for part in (text(raw, *contract.LINE_NAME), text(raw, "variation")) if part)


# --- the head ---------------------------------------------------------------------------------------------------


def _currency(raw: Record, channel: Channel) -> str:
    currency = text(raw, "currency").upper() or channel.currency or ""
    if not currency:
        raise Unreadable(say(N_("The order names no currency.")))
    return currency


def _dates(raw: Record) -> OrderDates:
    return OrderDates(
        ordered=instant(raw, contract.ORDERED_AT),
        paid=instant(raw, contract.PAID_AT),
        shipped=instant(raw, contract.SHIPPED_AT),
        completed=instant(raw, contract.COMPLETED_AT),
    )


def _buyer(raw: Record) -> Buyer:
    """Marketplaces hide names and addresses behind asterisks; what is hidden is no name and no address."""
    told = raw.get("customer")
    customer = (
        told if isinstance(told, dict) else {"name": raw.get("customer_name"), "email": raw.get("customer_email")}
    )
    name, email = text(customer, "name"), text(customer, "email")
    company = text(customer, "billing_company", "company") or text(raw, "billing_company")
    return Buyer(
        name=name,
        email="" if "*" in email else email,
        company="" if "*" in company else company,
        masked="*" in name or (not name and "*" in text(customer, "phone") + email),
    )


def _charges(raw: Record) -> tuple[Charge, ...]:
    """Amounts beside the products. A discount is told without its sign; a charge of nothing is none."""
    voucher_tax = figure(raw, "seller_discount_tax") or ZERO
    found = (
        Charge(ChargeKind.SHIPPING, figure(raw, "shipping_fee") or ZERO),
        Charge(ChargeKind.SHIPPING_DISCOUNT, _off(raw, "shipping_discount")),
        Charge(ChargeKind.SELLER_DISCOUNT, _off(raw, "seller_discount"), tax_amount=-abs(voucher_tax)),
        Charge(ChargeKind.PLATFORM_DISCOUNT, _off(raw, "platform_discount")),
    )
    return tuple(charge for charge in found if charge.amount)


def _off(raw: Record, name: str) -> Decimal:
    return -abs(figure(raw, name) or ZERO)


def _tax_total(raw: Record, lines: tuple[OrderLine, ...]) -> Decimal:
    told = figure(raw, "tax_total")
    return sum((line.tax_amount or ZERO for line in lines), ZERO) if told is None else told


# --- lines ------------------------------------------------------------------------------------------------------


def _lines_of(raw: Record) -> list[Record]:
    found: list[Record] = next((raw[name] for name in contract.LINES if isinstance(raw.get(name), list)), [])
    if not all(isinstance(line, dict) for line in found):
        raise Unreadable(say(N_("A line of the order cannot be read.")))
    return found


def _line(place: int, raw: Record) -> OrderLine:
    """Lines without a SKU and lines without a name occur (1.1)."""
    quantity = figure(raw, *contract.LINE_QUANTITY)
    price = figure(raw, "price")
    if quantity is None or price is None:
        raise Unreadable(say(N_("Line {place} of the order has no quantity or no price."), place=place))
    discount, amount = _line_amount(raw, quantity, price)
    sku, tax_amount = text(raw, *contract.LINE_SKU) or None, figure(raw, "tax")
    return OrderLine(
        id=text(raw, "line_id", "id") or str(place),
        sku=sku,
        item_id=text(raw, "isku") or None,
        name=full_name(raw) or sku or "",
        quantity=quantity,
        price=price,
        discount=discount,
        amount=amount,
        tax_amount=tax_amount,
        tax=_tax(raw, tax_amount),
        bundle=_bundle(raw),
        serials=_serials(raw.get("serial_numbers")),
    )


def _line_amount(raw: Record, quantity: Decimal, price: Decimal) -> tuple[Decimal, Decimal]:
    """Discount of the whole line, and the line's amount; one that only fits when taken per piece is per piece."""
    discount = figure(raw, "discount") or ZERO
    amount = figure(raw, "subtotal")
    if amount is None:
        return discount, quantity * price - discount
    if quantity * price - discount != amount == quantity * (price - discount):
        discount *= quantity
    return discount, amount


def _tax(raw: Record, tax_amount: Decimal | None) -> Tax | None:
    """The tax that a line names; OURS, the public fields only know the amount. Without a rate only a tax of nothing
    is known well enough."""
    name, tax_id, rate = text(raw, "tax_name"), text(raw, "tax_id"), figure(raw, "tax_rate")
    if rate is None and tax_amount == 0 and (name or tax_id):
        rate = ZERO
    return None if rate is None else Tax(tax_id or None, name, rate)


def _bundle(raw: Record) -> tuple[BundlePart, ...]:
    parts = raw.get("bundle_items")
    if not flag(raw, "is_bundle") or not isinstance(parts, list):
        return ()
    return tuple(_part(part) for part in parts if isinstance(part, dict))


def _part(raw: Record) -> BundlePart:
    isku = text(raw, "isku") or None
    quantity = figure(raw, *contract.LINE_QUANTITY)
    if quantity is None:
        raise Unreadable(say(N_("A part of a bundle has no quantity.")))
    sku = text(raw, *contract.LINE_SKU) or None
    return BundlePart(isku, sku, full_name(raw) or sku or "", quantity, figure(raw, "price"))


def _serials(told: object) -> tuple[str, ...]:
    if isinstance(told, list):
        return tuple(str(each).strip() for each in told if str(each).strip())
    return tuple(part.strip() for part in str(told or "").replace(";", ",").split(",") if part.strip())
