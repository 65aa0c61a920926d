"""Reads one order of Ecwid: a pure function of its JSON and of the shop's profile (ecwid.md 7)."""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal

from adapters.stores.ecwid import contract
from adapters.stores.ecwid.carriage import Carriage
from adapters.stores.ecwid.catalogue import Shop
from adapters.stores.ecwid.contract import Record
from adapters.stores.ecwid.discounts import Discounts
from adapters.stores.ecwid.figures import amount, moment, money, records
from adapters.stores.ecwid.lines import Product, line_of, products_of, taxed_of
from adapters.stores.ecwid.people import buyer_of
from adapters.stores.ecwid.refunds import refunds_of
from adapters.stores.ecwid.sums import Reading, Sums, TaxIs, reading_of, redeemed, sums_of
from adapters.stores.ecwid.taxes import Taxed, together
from adapters.stores.figures import Unreadable, text
from documents import N_, ZERO, Channel, Charge, ChargeKind, Order, OrderDates, OrderPayment, say

CHARGES = frozenset(
    {
        ChargeKind.SHIPPING,
        ChargeKind.SHIPPING_DISCOUNT,
        ChargeKind.SELLER_DISCOUNT,
        ChargeKind.HANDLING,
        ChargeKind.TIP,
        ChargeKind.GIFT_CARD,
    }
)
"""The amounts that Ecwid's orders tell beside the products."""


def read_order(raw: Record, shop: Shop, channel: Channel) -> Order:
    """An order in our words; raises Unreadable where a figure or a date cannot be read, never guesses one."""
    order_id = id_of(raw)
    if not order_id:
        raise Unreadable(say(N_("The order has no id.")))
    total = money(raw, "total")
    if total is None:
        raise Unreadable(say(N_("The order has no total.")))
    products = products_of(raw, shop.digits)
    sums = _sums(raw, products, total)
    reading = reading_of(sums, len(products), is_gross=raw.get("pricesIncludeTax") is True)
    is_inside = reading.tax is TaxIs.INSIDE
    known = [(each, taxed_of(each, is_inside=is_inside)) for each in products]
    lines = tuple(line_of(each, taxed, shop.digits, is_inside=is_inside) for each, taxed in known)
    payment, fulfilment = raw.get("paymentStatus"), raw.get("fulfillmentStatus")
    return Order(
        store="ecwid",
        shop_id=shop.store_id,
        channel=channel,
        order_id=order_id,
        number=number_of(raw, shop),
        currency=shop.currency,
        prices_include_tax=is_inside,
        dates=OrderDates(ordered=moment(raw, "createDate", "createTimestamp")),
        status=contract.status_of(payment, fulfilment),
        payment_status=contract.payment_status_of(payment),
        lines=lines,
        charges=tuple(_charges(raw, known, sums, reading, shop.digits)),
        tax_total=sums.tax,
        total=total,
        customer=buyer_of(raw),
        payments=_payments(raw, total),
        notes=text(raw, "orderComments"),
        refunds=refunds_of(raw, order_id, sums.wanted, sums.tax, shop.digits),
    )


def id_of(raw: object) -> str:
    """The id that the API names an order by and the customer sees: with prefix and suffix."""
    return text(raw, "id", "vendorOrderNumber") if isinstance(raw, dict) else ""


def ordered_at(raw: Record) -> dt.datetime | None:
    """When an order of a list was made, where the list tells it well."""
    try:
        return moment(raw, "createDate", "createTimestamp")
    except Unreadable:
        return None


def number_of(raw: Record, shop: Shop) -> str:
    """The order's number without the store's prefix, which is an option of the store here (S17)."""
    return text(raw, "publicUid") or id_of(raw).removeprefix(shop.prefix).removesuffix(shop.suffix) or id_of(raw)


def is_cart(raw: object) -> bool:
    """A checkout that was never finished is no order (7.2)."""
    return isinstance(raw, dict) and raw.get("paymentStatus") == contract.INCOMPLETE


def _sums(raw: Record, products: list[Product], total: Decimal) -> Sums:
    goods, own, coupons = (
        sum((getattr(each, name) for each in products), ZERO) for name in ("gross", "discount", "coupon")
    )
    return sums_of(raw, goods, own, coupons, total)


def _payments(raw: Record, total: Decimal) -> tuple[OrderPayment, ...]:
    """Ecwid has no payments: one is there once money came (8). A gift card's part is told by its charge."""
    if text(raw, "paymentStatus") not in contract.MONEY_CAME or not total:
        return ()
    method, reference = text(raw, "paymentMethod", "paymentModule"), text(raw, "externalTransactionId")
    return (OrderPayment(reference or None, method or "other", total, reference=reference),)


# --- charges ----------------------------------------------------------------------------------------------------


def _charges(
    raw: Record, known: list[tuple[Product, Taxed]], sums: Sums, reading: Reading, digits: int
) -> Iterable[Charge]:
    surcharges = [_surcharge(each) for each in records(raw, "customSurcharges")]
    on_goods = sum((taxed.goods for _, taxed in known), ZERO)
    on_surcharges = sum((each.tax_amount or ZERO for each in surcharges), ZERO)
    carriage = Carriage(
        raw=raw,
        shipping=sums.shipping_in(reading),
        handling=sums.handling,
        tax_left=sums.tax - on_goods - on_surcharges,
        digits=digits,
        is_inside=reading.tax is TaxIs.INSIDE,
        is_off_shipping=reading.tax is TaxIs.INSIDE_SHIPPING,
        known=known,
    )
    discounts = Discounts(
        raw=raw,
        known=known,
        sums=sums,
        shipping=sums.shipping_in(reading),
        digits=digits,
        holds_coupon=reading.holds_coupon,
        is_inside=reading.tax is TaxIs.INSIDE,
    )
    redemptions = [Charge(ChargeKind.GIFT_CARD, -each) for each in redeemed(raw)]
    found = (*discounts.charges(), *carriage.charges(), *surcharges, *redemptions)
    return (each for each in found if each.amount or each.tax_amount)


def _surcharge(row: Record) -> Charge:
    """A tip by its name, anything else like the handling fee."""
    taxes = records(row, "taxes")
    told = f"{text(row, 'id')} {text(row, 'description')}".casefold()
    kind = ChargeKind.TIP if "tip" in told.replace("_", " ").replace("-", " ").split() else ChargeKind.HANDLING
    return Charge(kind, amount(row, "total"), sum((amount(each, "total") for each in taxes), ZERO), together(taxes))
