"""Sales as Ecwid tells orders (ecwid.md 7): tax on shipping inside the products', refunds without ids."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from practice.catalogue import ZERO, Tax
from practice.ecwid.catalogue import PREFIX, customer_id, ids_of
from practice.ecwid.lists import dated
from practice.sales import Line, Refund, Sale, shared, tax_of
from practice.web import Doc

INTERNAL = 492_510_000
STATUSES = {
    "unpaid": ("AWAITING_PAYMENT", "AWAITING_PROCESSING"),
    "paid": ("PAID", "AWAITING_PROCESSING"),
    "shipped": ("PAID", "SHIPPED"),
    "completed": ("PAID", "DELIVERED"),
    "on_hold": ("AWAITING_PAYMENT", "CUSTOM_FULFILLMENT_STATUS_1"),
    "cancelled": ("CANCELLED", "WILL_NOT_DELIVER"),
    "refunded": ("REFUNDED", "RETURNED"),
    "partly_refunded": ("PARTIALLY_REFUNDED", "DELIVERED"),
}
INCOMPLETE = "INCOMPLETE"


def number_of(n: int) -> str:
    """The order's number without its prefix."""
    return f"K{n}"


def id_of(n: int) -> str:
    """The order's id, as the API and the customer know it."""
    return PREFIX + number_of(n)


def n_of(order_id: str) -> str:
    """The sale of an id; empty where it is none."""
    return order_id.removeprefix(PREFIX + "K") if order_id.startswith(PREFIX + "K") else ""


def statuses(sale: Sale) -> tuple[str, str]:
    """Of payment and of fulfilment, in Ecwid's words."""
    payment, fulfilment = STATUSES[sale.state]
    told = sale.extra
    return str(told.get("paymentStatus", payment)), str(told.get("fulfillmentStatus", fulfilment))


def order(sale: Sale) -> Doc:
    """The whole order."""
    order_id, (payment, fulfilment) = id_of(sale.n), statuses(sale)
    buyer = customer_id(sale.email)
    return {
        "id": order_id,
        "internalId": INTERNAL + sale.n,
        "orderNumber": INTERNAL + sale.n,
        "vendorOrderNumber": order_id,
        "publicUid": number_of(sale.n),
        **dated(sale.when, "createDate", "createTimestamp"),
        **dated(sale.updated, "updateDate", "updateTimestamp"),
        **({"email": sale.email} if sale.email else {}),
        **({"customerId": buyer} if buyer else {}),
        "paymentStatus": payment,
        "fulfillmentStatus": fulfilment,
        "paymentMethod": sale.method,
        "paymentModule": "CUSTOM_PAYMENT_APP-practice",
        **({"externalTransactionId": f"pi_{sale.n}"} if sale.is_paid else {}),
        **_sums(sale),
        "items": [_item(sale, line) for line in sale.lines],
        **_shipping(sale),
        "refundedAmount": sale.refunded,
        "refunds": [_refund(refund) for refund in sale.refunds],
        **_people(sale),
        "orderComments": sale.remark,
        **sale.extra,
    }


def _sums(sale: Sale) -> Doc:
    goods = sum((line.amount + line.discount for line in sale.lines), ZERO)
    off = sum((line.discount for line in sale.lines), ZERO)
    promised = ZERO if sale.voucher else sale.shipping_off
    return {
        "pricesIncludeTax": sale.inclusive,
        "subtotal": goods,
        "discount": off + promised,
        "volumeDiscount": off,
        "membershipBasedDiscount": ZERO,
        "totalAndMembershipBasedDiscount": ZERO,
        "customDiscount": [],
        **({"discountInfo": [{"value": promised, "type": "ABS", "base": "SHIPPING"}]} if promised else {}),
        **_coupon(sale),
        "tax": sale.tax_total,
        "total": sale.total,
        "totalWithoutTax": sale.total - sale.tax_total,
        "giftCardRedemption": ZERO,
        "totalBeforeGiftCardRedemption": sale.total,
    }


def _coupon(sale: Sale) -> Doc:
    """One that is for shipping too says so in its type alone: no line has its part of the shipping (7.4, 7.5)."""
    if not sale.voucher:
        return {"couponDiscount": ZERO}
    kind = "ABS_AND_SHIPPING" if sale.shipping_off else "ABS"
    coupon = {"name": "Hello", "code": "HELLO", "discountType": kind, "discount": sale.voucher}
    return {"couponDiscount": sale.voucher + sale.shipping_off, "discountCoupon": coupon}


def _item(sale: Sale, line: Line) -> Doc:
    tax, on_shipping, part = tax_of(line.tax), *_of_shipping(sale, line)
    return {
        "id": line.id,
        **ids_of(line.isku),
        **({"sku": line.isku} if line.isku else {}),
        "name": line.name,
        "quantity": line.quantity,
        "price": line.price,
        "productPrice": line.price,
        "couponApplied": bool(line.voucher),
        "couponAmount": line.voucher,
        "discounts": _discounts(line),
        "tax": line.tax_amount + on_shipping,
        "taxes": [_tax(tax, line.tax_amount, on_shipping)] if tax else [],
        "shipping": part,
        "digital": False,
        "taxable": tax is not None,
    }


def _discounts(line: Line) -> list[Doc]:
    info = {"value": line.discount, "type": "ABS", "base": "ITEM"}
    return [{"discountInfo": info, "total": line.discount}] if line.discount else []


def _of_shipping(sale: Sale, line: Line) -> tuple[Decimal, Decimal]:
    """A product's part of the tax on shipping, and of its rate: all of it on those that bear the same tax."""
    bearing = [each for each in sale.lines if each.tax == sale.shipping_tax and each.amount]
    carrying = bearing or [each for each in sale.lines if each.amount]
    if line not in carrying:
        return ZERO, ZERO
    weights, place = [each.amount for each in carrying], carrying.index(line)
    tax = shared(sale.shipping_tax_amount, weights)[place] if bearing else ZERO
    return tax, shared(sale.shipping, weights)[place]


def _tax(tax: Tax, on_goods: Decimal, on_shipping: Decimal) -> Doc:
    return {
        "name": tax.name,
        "value": tax.rate,
        "total": on_goods + on_shipping,
        "taxOnDiscountedSubtotal": on_goods,
        "taxOnShipping": on_shipping,
        "includeInPrice": False,
        "sourceTaxRateId": int(tax.id),
        "sourceTaxRateType": "MANUAL",
    }


def _shipping(sale: Sale) -> Doc:
    """`taxesOnShipping` repeats what the products carry, or is all there is where none of them can (7.6)."""
    tax = tax_of(sale.shipping_tax)
    told = [{"name": tax.name, "value": tax.rate, "total": sale.shipping_tax_amount}] if tax and sale.shipping else []
    rate = sale.shipping + sale.shipping_off
    net = rate - (sale.shipping_tax_amount if sale.inclusive else ZERO)
    return {
        "shippingOption": {
            "shippingMethodName": "J&T Express",
            "shippingRate": rate,
            "shippingRateWithoutTax": net,
            "isPickup": False,
            "fulfillmentType": "SHIPPING",
        },
        "taxesOnShipping": told,
    }


def _refund(refund: Refund) -> Doc:
    return {
        **dated(refund.when, "date"),
        "source": "CP",
        "reason": refund.reason,
        "amount": refund.amount,
    }


def _people(sale: Sale) -> Doc:
    place = sale.address
    where: dict[str, Any] = {
        "street": place.get("address1", ""),
        "city": place.get("city", ""),
        "countryCode": place.get("country", ""),
        "postalCode": place.get("postcode", ""),
        "stateOrProvinceName": place.get("state", ""),
    }
    person = {"name": sale.name, "phone": sale.phone, **{name: told for name, told in where.items() if told}}
    return {"billingPerson": person | {"companyName": sale.company}, "shippingPerson": person}
