"""Reads Shopify's JSON into our words; pure: same JSON, same order (other-stores.md 2.3, 2.4)."""

from decimal import Decimal

from adapters.stores.figures import Unreadable, figure, text
from adapters.stores.gathering import readable
from adapters.stores.shopify import contract
from adapters.stores.shopify.contract import Record
from adapters.stores.shopify.lines import is_edited, read_charges, read_lines
from adapters.stores.shopify.money import amount, instant, needed
from adapters.stores.shopify.payments import paid_at, read_payments
from adapters.stores.shopify.refunds import read_refunds, with_money
from documents import N_, ZERO, Buyer, Channel, ChargeKind, Order, OrderDates, StoreCustomer, StoreItem, say

CHARGES = frozenset({ChargeKind.SHIPPING, ChargeKind.TIP, ChargeKind.HANDLING})
"""Shipping after its discounts; tips; duties and additional fees, that are told as handling. Discounts of the order
stand in its lines, gift cards among its payments."""


def read_order(raw: Record, shop_id: str, channel: Channel) -> Order:
    """An order in our words, in the shop's currency; raises Unreadable where it cannot be read, never guesses.

    Without edits its figures are those of the sale, and what went back since are its refunds. An edited order is what
    is left of it and what went back for money; what was taken out of it was never sold (2.4)."""
    number = contract.number_of(raw.get("id"))
    if not number.isdigit():
        raise Unreadable(say(N_("The order has no id.")))
    lines = read_lines(raw)
    return Order(
        store="shopify",
        shop_id=shop_id,
        channel=channel,
        order_id=number,
        number=text(raw, "name") or number,
        currency=_currency(raw),
        prices_include_tax=bool(raw.get("taxesIncluded")),
        dates=_dates(raw),
        status=status_of(raw),
        payment_status=payment_status_of(raw),
        lines=lines,
        charges=read_charges(raw),
        tax_total=_tax_total(raw),
        total=_total(raw),
        customer=_buyer(raw),
        payments=read_payments(raw),
        notes=text(raw, "note"),
        tags=tuple(str(tag) for tag in raw.get("tags") or ()),
        refunds=read_refunds(raw, is_edited=is_edited(raw)),
    )


def _currency(raw: Record) -> str:
    currency = text(raw, "currencyCode").upper()
    if not currency:
        raise Unreadable(say(N_("The order names no currency.")))
    return currency


# --- status and dates -------------------------------------------------------------------------------------------


def status_of(raw: Record) -> str:
    """Our word; one of Shopify's that we do not know stays as it is, and is never postable."""
    if raw.get("cancelledAt") or text(raw, "displayFinancialStatus") in contract.NOT_TO_BE:
        return "cancelled"
    told = text(raw, "displayFulfillmentStatus")
    known = contract.FULFILLMENT.get(told)
    if raw.get("closedAt") and known in ("shipped", "processing"):
        return "completed"
    return known or told or "unknown"


def payment_status_of(raw: Record) -> str:
    """Our word; unknown ones stay."""
    told = text(raw, "displayFinancialStatus")
    return contract.FINANCIAL.get(told) or told or "unknown"


def _dates(raw: Record) -> OrderDates:
    """Ordered is when it was processed: what was imported into Shopify later, was sold then."""
    sent = [instant(each, "createdAt") for each in raw.get("fulfillments") or () if each.get("status") == "SUCCESS"]
    known = [each for each in sent if each]
    is_sent = text(raw, "displayFulfillmentStatus") == "FULFILLED"
    return OrderDates(
        ordered=instant(raw, "processedAt") or instant(raw, "createdAt"),
        paid=paid_at(raw) if payment_status_of(raw) in ("paid", "refunded") else None,
        shipped=max(known) if known and is_sent else None,
        completed=instant(raw, "closedAt"),
    )


# --- totals -----------------------------------------------------------------------------------------------------


def _tax_total(raw: Record) -> Decimal:
    if not is_edited(raw):
        return amount(raw, "totalTaxSet")
    return amount(raw, "currentTotalTaxSet") + sum((_tax_back(each) for each in with_money(raw)), ZERO)


def _total(raw: Record) -> Decimal:
    """`totalPriceSet` is before refunds; that of an edited order is put together from what it is now and what went
    back with goods or shipping (unconfirmed for amounts that went back without any)."""
    if not is_edited(raw):
        return needed(raw, "totalPriceSet")
    return needed(raw, "currentTotalPriceSet") + sum((_worth(raw, each) for each in with_money(raw)), ZERO)


def _rows(raw: Record, name: str) -> list[Record]:
    return list((raw.get(name) or {}).get("nodes") or ())


def _tax_back(refund: Record) -> Decimal:
    lines = sum((amount(each, "totalTaxSet") for each in _rows(refund, "refundLineItems")), ZERO)
    return lines + sum((amount(each, "taxAmountSet") for each in _rows(refund, "refundShippingLines")), ZERO)


def _worth(raw: Record, refund: Record) -> Decimal:
    lines = sum((amount(each, "subtotalSet") for each in _rows(refund, "refundLineItems")), ZERO)
    goods = lines + sum((amount(each, "subtotalAmountSet") for each in _rows(refund, "refundShippingLines")), ZERO)
    return goods if raw.get("taxesIncluded") else goods + _tax_back(refund)


# --- people and products ----------------------------------------------------------------------------------------


def _buyer(raw: Record) -> Buyer:
    """By the billing address, else by that of the delivery; a sale at the till often has neither."""
    place = raw.get("billingAddress") or raw.get("shippingAddress") or {}
    return Buyer(
        name=text(place, "name"),
        email=text(raw, "email"),
        company=text(place, "company"),
        phone=text(raw, "phone") or text(place, "phone"),
        address=_address(place),
    )


def _address(place: Record) -> tuple[str, ...]:
    town = " ".join(part for part in (text(place, "zip"), text(place, "city")) if part)
    lines = (text(place, "address1"), text(place, "address2"), town, text(place, "province"), text(place, "country"))
    return tuple(line for line in lines if line)


def read_customer(raw: Record) -> StoreCustomer:
    """A customer of the shop's list."""
    place = raw.get("defaultAddress") or {}
    return StoreCustomer(
        customer_id=contract.number_of(raw.get("id")),
        name=text(raw, "displayName"),
        email=text(raw.get("defaultEmailAddress") or {}, "emailAddress"),
        company=text(place, "company"),
        phone=text(raw.get("defaultPhoneNumber") or {}, "phoneNumber") or text(place, "phone"),
        address=_address(place),
    )


def read_item(raw: Record) -> StoreItem:
    """A variant of the catalogue, by its own id; its SKU may be empty, or another's too."""
    product, variant = text(raw.get("product") or {}, "title"), text(raw, "title")
    parts = [part for part in (product, variant if variant != contract.DEFAULT_VARIANT else "") if part]
    sku = text(raw, "sku") or None
    return StoreItem(
        contract.number_of(raw.get("id")), sku, " - ".join(parts) or sku or "", readable(figure, raw, "price")
    )
