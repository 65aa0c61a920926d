"""Reads one order of WooCommerce: a pure function of its JSON (other-stores.md 1.3, 1.4).

Amounts come net whatever the shop's prices are. Of a shop whose prices include tax they are told with their tax inside,
where all taxes of the order make its tax; else the order is told as one whose prices exclude tax."""

import datetime as dt
from decimal import Decimal

from adapters.stores.figures import Unreadable, figure, flag, text
from adapters.stores.woocommerce import contract
from adapters.stores.woocommerce.contract import Record
from adapters.stores.woocommerce.refunds import read_refunds
from adapters.stores.woocommerce.taxes import Rates, lists, rates_of, tax_of
from adapters.stores.woocommerce.words import address_of, moment, name_of
from documents import (
    N_,
    ZERO,
    Buyer,
    Channel,
    Charge,
    ChargeKind,
    Order,
    OrderDates,
    OrderLine,
    OrderPayment,
    say,
)

PRICE_DIGITS = Decimal("1E-10")


def read_order(raw: Record, shop_id: str, channel: Channel, table: Rates) -> Order:
    """An order in our words; its `refunds` are whole ones. `table` are the shop's tax rates.

    Raises Unreadable where a figure or a date cannot be read, never guesses one."""
    rates, order_id = rates_of(raw, table), text(raw, "id")
    is_gross = _is_gross(raw)
    lines = tuple(_line(row, rates, is_gross) for row in lists(raw, "line_items"))
    total, status = _needed(raw, "total"), text(raw, "status")
    paid_at = moment(raw, "date_paid_gmt")
    return Order(
        store="woocommerce",
        shop_id=shop_id,
        channel=channel,
        order_id=order_id,
        number=text(raw, "number") or order_id,
        currency=text(raw, "currency").upper() or _no_currency(),
        prices_include_tax=is_gross,
        dates=OrderDates(
            ordered=moment(raw, "date_created_gmt"), paid=paid_at, completed=moment(raw, "date_completed_gmt")
        ),
        status=contract.status_of(status, is_paid=paid_at is not None),
        payment_status=_payment_status(status, paid_at),
        lines=lines,
        charges=_charges(raw, rates, is_gross),
        tax_total=_needed(raw, "total_tax"),
        total=total,
        customer=_buyer(raw),
        payments=_payments(raw, total, paid_at),
        notes=text(raw, "customer_note"),
        refunds=read_refunds(raw, is_gross=is_gross),
    )


def is_told(raw: Record) -> bool:
    """False for what is no order yet: a checkout that nobody has finished."""
    return text(raw, "status") not in contract.NO_ORDERS


def ordered_at(raw: Record) -> dt.datetime | None:
    """When an order of a list was made, where the list tells it well."""
    try:
        return moment(raw, "date_created_gmt")
    except Unreadable:
        return None


def _needed(raw: Record, name: str) -> Decimal:
    found = figure(raw, name)
    if found is None:
        raise Unreadable(say(N_("The order has no {field}."), field=name))
    return found


def _no_currency() -> str:
    raise Unreadable(say(N_("The order names no currency.")))


def _payment_status(status: str, paid_at: dt.datetime | None) -> str:
    if status == "refunded":
        return "refunded"
    return "paid" if paid_at else "unpaid"


def _payments(raw: Record, total: Decimal, paid_at: dt.datetime | None) -> tuple[OrderPayment, ...]:
    """Paid is what has a paid date: the whole, by one method (1.4); one typed by hand may have none: 'other'."""
    if not paid_at or total <= 0:
        return ()
    reference = text(raw, "transaction_id")
    method = text(raw, "payment_method", "payment_method_title") or "other"
    return (OrderPayment(reference or None, method, total, paid_at, reference),)


def _buyer(raw: Record) -> Buyer:
    """Of the billing address; a guest is known by the e-mail, in small letters."""
    told = raw.get("billing")
    billing = told if isinstance(told, dict) else {}
    return Buyer(
        name=name_of(billing),
        email=text(billing, "email").lower(),
        company=text(billing, "company"),
        phone=text(billing, "phone"),
        address=address_of(billing),
    )


def _is_gross(raw: Record) -> bool:
    """Whether the shop's prices include tax, and nothing is lost by telling them so."""
    rows = [row for name in ("line_items", "shipping_lines", "fee_lines") for row in lists(raw, name)]
    taxes = sum((figure(row, "total_tax") or ZERO for row in rows), ZERO)
    return flag(raw, "prices_include_tax") and taxes == figure(raw, "total_tax")


# --- amounts ----------------------------------------------------------------------------------------------------


def _line(raw: Record, rates: Rates, is_gross: bool) -> OrderLine:
    """What is booked is `total`; what coupons took off, `subtotal` - `total`, is its discount, told nowhere else."""
    quantity, amount = _needed(raw, "quantity"), _needed(raw, "total")
    before, tax = figure(raw, "subtotal"), figure(raw, "total_tax") or ZERO
    named, before = tax_of(raw, amount, tax, rates), amount if before is None else before
    if is_gross:
        told = figure(raw, "subtotal_tax")
        before, amount = before + (tax if told is None else told), amount + tax
    price = (before / quantity).quantize(PRICE_DIGITS).normalize() + ZERO if quantity else ZERO
    item_id = next(
        (each for each in (text(raw, "variation_id"), text(raw, "product_id")) if each not in ("", "0")), None
    )
    sku = text(raw, "sku") or None
    return OrderLine(
        id=text(raw, "id"),
        sku=sku,
        item_id=item_id,
        name=text(raw, "name") or sku or "",
        quantity=quantity,
        price=price,
        discount=before - amount,
        amount=amount,
        tax_amount=tax,
        tax=named,
    )


def _charges(raw: Record, rates: Rates, is_gross: bool) -> tuple[Charge, ...]:
    """Shipping, and fees by what their names tell; coupons are inside the lines already."""
    shipping = (_charge(row, ChargeKind.SHIPPING, rates, is_gross) for row in lists(raw, "shipping_lines"))
    fees = (_charge(row, None, rates, is_gross) for row in lists(raw, "fee_lines"))
    return tuple(charge for charge in (*shipping, *fees) if charge.amount or charge.tax_amount)


def _charge(raw: Record, kind: ChargeKind | None, rates: Rates, is_gross: bool) -> Charge:
    amount, tax = figure(raw, "total") or ZERO, figure(raw, "total_tax") or ZERO
    kind = kind or contract.fee_kind(text(raw, "name"), amount)
    named = tax_of(raw, amount, tax, rates)
    return Charge(kind, amount + tax if is_gross else amount, tax_amount=tax, tax=named)
