"""A sale as Shopify's GraphQL tells it (other-stores.md 2.3, 2.4). Lists that are paged are `Paged`."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from practice.catalogue import PRODUCTS, ZERO, Product, cents
from practice.sales import Line, Refund, Sale, rate_of, tax_of
from practice.web import Doc

ORDER, VARIANT, PRODUCT, CUSTOMER = 5_001_000_000_000, 44_001_000_000, 8_001_000_000, 7_001_000_000
COUNTRIES = {"MY": "Malaysia", "SG": "Singapore", "US": "United States"}
GATEWAYS = {"Card": "shopify_payments", "Bank transfer": "Bank Deposit"}


class Paged(list[Doc]):
    """A list that is given page by page."""


def gid(kind: str, number: int | str) -> str:
    """A global id."""
    return f"gid://shopify/{kind}/{number}"


def order_number(sale: Sale) -> int:
    """The numeric id of a sale's order."""
    return ORDER + sale.n


def refund_number(sale: Sale, place: int) -> int:
    """The numeric id of a refund; it says of which sale."""
    return ORDER + sale.n * 1000 + place


def bag(amount: Decimal, currency: str) -> Doc:
    """A MoneyBag; the buyer saw another currency only where the sale's `extra` says so."""
    told = {"amount": f"{amount:.2f}", "currencyCode": currency}
    return {"shopMoney": told, "presentmentMoney": told}


def instant(moment: datetime | None) -> str | None:
    """An instant as text."""
    return None if moment is None else f"{moment:%Y-%m-%dT%H:%M:%SZ}"


class Shape:
    """One sale with what its `extra` adds: `_tip`, `_removed` {line: pieces}, `_paid` [[gateway, amount], ...]."""

    def __init__(self, sale: Sale) -> None:
        """Of this sale."""
        self.sale, extra = sale, sale.extra
        self.native: Doc = {name: value for name, value in extra.items() if not name.startswith("_")}
        self.tip = Decimal(str(extra.get("_tip", 0)))
        self.removed = {int(line): int(count) for line, count in dict(extra.get("_removed", {})).items()}  # type: ignore[call-overload]
        self.paid: Any = extra.get("_paid")
        self.total = sale.total + self.tip

    def money(self, amount: Decimal) -> Doc:
        """In the shop's currency."""
        return bag(amount, self.sale.currency)

    def order(self) -> Doc:
        """The whole order."""
        sale = self.sale
        gone, gone_tax = self._taken_out()
        back, back_tax = self._given_back()
        place = self._address()
        made: Doc = {
            "__typename": "Order",
            "id": gid("Order", order_number(sale)),
            "name": f"#{sale.n}",
            "createdAt": instant(sale.when),
            "processedAt": instant(sale.when),
            "updatedAt": instant(sale.updated),
            "cancelledAt": instant(sale.updated) if sale.state == "cancelled" else None,
            "closedAt": instant(sale.updated) if sale.state == "completed" else None,
            "test": False,
            "edited": bool(self.removed),
            "taxesIncluded": sale.inclusive,
            "currencyCode": sale.currency,
            "presentmentCurrencyCode": sale.currency,
            "displayFinancialStatus": financial(sale),
            "displayFulfillmentStatus": fulfillment(sale),
            "email": sale.email or None,
            "phone": sale.phone or None,
            "note": sale.remark or None,
            "tags": [],
            "totalPriceSet": self.money(self.total),
            "currentTotalPriceSet": self.money(self.total - back - gone),
            "totalTaxSet": self.money(sale.tax_total),
            "currentTotalTaxSet": self.money(sale.tax_total - gone_tax - back_tax),
            "totalTipReceivedSet": self.money(self.tip),
            "originalTotalDutiesSet": None,
            "additionalFees": [],
            "billingAddress": place,
            "shippingAddress": place,
            "lineItems": Paged([*map(self.line, sale.lines), *self._tip_line()]),
            "shippingLines": Paged(self._shipping()),
            "transactions": self.transactions(),
            "refunds": [*map(self.refund, sale.refunds), *self._edits()],
            "fulfillments": self._fulfillments(),
        }
        lists = {name for name, value in made.items() if isinstance(value, Paged)}
        return made | {name: Paged(value) if name in lists else value for name, value in self.native.items()}

    # --- lines --------------------------------------------------------------------------------------------------

    def line(self, line: Line) -> Doc:
        """A product that was ordered."""
        product = next((each for each in PRODUCTS if each.isku == line.isku), None)
        back = sum(count for refund in self.sale.refunds for at, count in refund.lines if at == line.id)
        off = [each for each in (line.discount, line.voucher) if each]
        return {
            "id": gid("LineItem", order_number(self.sale) * 1000 + line.id),
            "sku": line.isku or None,
            "name": line.name or "Something",
            "quantity": line.quantity,
            "currentQuantity": line.quantity - self.removed.get(line.id, 0) - back,
            "isGiftCard": False,
            "originalUnitPriceSet": self.money(line.price),
            "discountAllocations": [{"allocatedAmountSet": self.money(each)} for each in off],
            "taxLines": self._taxes(line.tax, line.tax_amount),
            "variant": {"id": gid("ProductVariant", variant_number(product))} if product else None,
            "product": {"id": gid("Product", product_number(product))} if product else None,
        }

    def _tip_line(self) -> Iterable[Doc]:
        """A tip is a line of no product that nobody can send."""
        if self.tip:
            usual = self.line(Line(id=999, isku="", name="Tip", quantity=1, price=self.tip))
            yield usual | {"taxLines": []}

    def _shipping(self) -> Iterable[Doc]:
        sale = self.sale
        if sale.shipping:
            yield {
                "id": gid("ShippingLine", order_number(sale) * 1000),
                "title": "Standard",
                "isRemoved": False,
                "originalPriceSet": self.money(sale.shipping),
                "discountedPriceSet": self.money(sale.shipping),
                "discountAllocations": [],
                "taxLines": self._taxes(sale.shipping_tax, sale.shipping_tax_amount),
            }

    def _taxes(self, tax_id: str, amount: Decimal) -> list[Doc]:
        tax = tax_of(tax_id)
        if tax is None:
            return []
        return [{"title": tax.name, "rate": rate_of(tax_id) / 100, "priceSet": self.money(amount)}]

    def _address(self) -> Doc:
        told, country = self.sale.address, self.sale.address.get("country", "MY")
        return {
            "name": self.sale.name,
            "company": self.sale.company or None,
            "address1": told.get("address1", ""),
            "address2": None,
            "city": told.get("city", ""),
            "province": told.get("state", ""),
            "zip": told.get("postcode", ""),
            "country": COUNTRIES.get(country, country),
            "phone": self.sale.phone or None,
        }

    def _fulfillments(self) -> list[Doc]:
        if self.sale.state not in ("shipped", "completed"):
            return []
        return [{"createdAt": instant(self.sale.when + timedelta(days=1)), "status": "SUCCESS"}]

    # --- money --------------------------------------------------------------------------------------------------

    def transactions(self) -> list[Doc]:
        """An authorization and its captures where the sale was paid in parts, else one sale."""
        sale = self.sale
        if self.paid is None:
            return [self._transaction(1, "SALE", "", self.total)] if sale.is_paid else []
        made = [self._transaction(at, "CAPTURE", *each) for at, each in enumerate(self.paid, 2)]
        return [self._transaction(1, "AUTHORIZATION", "", self.total), *made]

    def _transaction(self, at: int, kind: str, gateway: str, amount: object, when: datetime | None = None) -> Doc:
        sale = self.sale
        number = order_number(sale) * 100 + at
        return {
            "id": gid("OrderTransaction", number),
            "kind": kind,
            "status": "SUCCESS",
            "test": False,
            "gateway": gateway or GATEWAYS.get(sale.method, sale.method),
            "authorizationCode": f"ch_demo_{number}",
            "paymentId": f"c{number}.1",
            "processedAt": instant(when or sale.paid_at or sale.when),
            "amountSet": self.money(Decimal(str(amount))),
        }

    # --- what went back -----------------------------------------------------------------------------------------

    def refund(self, refund: Refund) -> Doc:
        """Goods with their tax, and an adjustment for what the money differs from them."""
        rows = [self._back(line, count) for at, count in refund.lines for line in self.sale.lines if line.id == at]
        goods = sum((self._whole(each) for each in rows), ZERO)
        made = self._refund(refund.id % 10, refund.when, refund.reason, refund.amount, rows)
        money = self._transaction(50 + refund.id % 10, "REFUND", "", refund.amount, refund.when)
        other = refund.amount - goods
        adjusted = {"reason": "REFUND_DISCREPANCY", "amountSet": self.money(-other), "taxAmountSet": self.money(ZERO)}
        return made | {"transactions": Paged([money]), "orderAdjustments": Paged([adjusted] if other else [])}

    def _edits(self) -> Iterable[Doc]:
        """What was taken out of an order is a refund without money."""
        for at, line in ((line.id, line) for line in self.sale.lines if line.id in self.removed):
            rows = [self._back(line, self.removed[at])]
            yield self._refund(100 + at, self.sale.updated, "", ZERO, rows)

    def _refund(self, place: int, when: datetime, note: str, amount: Decimal, rows: list[Doc]) -> Doc:
        return {
            "__typename": "Refund",
            "id": gid("Refund", refund_number(self.sale, place)),
            "createdAt": instant(when),
            "note": note or None,
            "totalRefundedSet": self.money(amount),
            "refundLineItems": Paged(rows),
            "refundShippingLines": Paged(),
            "orderAdjustments": Paged(),
            "transactions": Paged(),
        }

    def _back(self, line: Line, count: int) -> Doc:
        return {
            "lineItem": {"id": gid("LineItem", order_number(self.sale) * 1000 + line.id)},
            "quantity": count,
            "subtotalSet": self.money(cents((line.amount - line.voucher) * count / line.quantity)),
            "totalTaxSet": self.money(cents(line.tax_amount * count / line.quantity)),
        }

    def _whole(self, row: Doc) -> Decimal:
        goods, tax = (Decimal(row[name]["shopMoney"]["amount"]) for name in ("subtotalSet", "totalTaxSet"))
        return goods if self.sale.inclusive else goods + tax

    def _taken_out(self) -> tuple[Decimal, Decimal]:
        """What edits made the order less, and the tax in it."""
        return self._worth(
            [self._back(line, self.removed[line.id]) for line in self.sale.lines if line.id in self.removed]
        )

    def _given_back(self) -> tuple[Decimal, Decimal]:
        """The goods that went back, and the tax in them; an amount alone makes an order not less."""
        return self._worth([row for refund in map(self.refund, self.sale.refunds) for row in refund["refundLineItems"]])

    def _worth(self, rows: list[Doc]) -> tuple[Decimal, Decimal]:
        tax = sum((Decimal(row["totalTaxSet"]["shopMoney"]["amount"]) for row in rows), ZERO)
        return sum((self._whole(row) for row in rows), ZERO), tax


def financial(sale: Sale) -> str:
    """displayFinancialStatus."""
    if sale.state in ("refunded", "partly_refunded"):
        return "REFUNDED" if sale.state == "refunded" else "PARTIALLY_REFUNDED"
    if sale.is_paid:
        return "PAID"
    return "VOIDED" if sale.state == "cancelled" else "PENDING"


def fulfillment(sale: Sale) -> str:
    """displayFulfillmentStatus."""
    if sale.state == "on_hold":
        return "ON_HOLD"
    return "FULFILLED" if sale.state in ("shipped", "completed") else "UNFULFILLED"


# --- the catalogue ----------------------------------------------------------------------------------------------


def variant_number(product: Product) -> int:
    """The numeric id of a variant."""
    return VARIANT + PRODUCTS.index(product)


def product_number(product: Product) -> int:
    """The numeric id of the product that it is a variant of."""
    return PRODUCT + next(
        at for at, each in enumerate(PRODUCTS) if (each.parent, each.name) == (product.parent, product.name)
    )


def variant(product: Product, price: Decimal) -> Doc:
    """A variant of the catalogue."""
    return {
        "id": gid("ProductVariant", variant_number(product)),
        "sku": product.isku,
        "title": product.variation or "Default Title",
        "price": f"{price:.2f}",
        "product": {"id": gid("Product", product_number(product)), "title": product.name},
    }


def customer(at: int, name: str, email: str, company: str) -> Doc:
    """A customer of the shop's list."""
    place = dict.fromkeys(("address1", "address2", "city", "province", "zip", "country", "phone"))
    return {
        "id": gid("Customer", CUSTOMER + at),
        "displayName": name,
        "defaultEmailAddress": {"emailAddress": email} if email else None,
        "defaultPhoneNumber": None,
        "defaultAddress": place | {"name": name, "company": company or None},
    }
