"""An Edge Commerce shop in the USA: companies, contacts, products, orders, payments (2.1)."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Literal
from zlib import crc32

from practice.buyers import PEOPLE
from practice.catalogue import SERVICE, SST, ZERO, ZERO_RATED, cents
from practice.exchange.bridge import OLD, Bridge, money, stamp
from practice.gate import Settings
from practice.sales import Line, Sale
from practice.web import Doc

TAX_NAMES = {SST.id: "Sales Tax", SERVICE.id: "Service Tax", ZERO_RATED.id: "Exempt"}
VOID = ("cancelled", "refunded")
PARTLY = 4
"""Of ten orders that are paid, that one is paid in part."""


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """`payments_in`: inside their orders too, or only as records of their own."""

    payments_in: Literal["orders", "records"] = "orders"


class EdgeCommerce(Bridge):
    """Wholesale orders in dollars."""

    name, prefix, currency, shop_id = "edge_commerce", "/edge_commerce", "USD", "NORTH-1"
    switches = Switches

    def told(self, base_url: str) -> Doc:
        """With the currency that orders are in."""
        return {**super().told(base_url), "currency": self.currency}

    def ids(self, sale: Sale) -> tuple[str, str]:
        """O-1001 and 1001."""
        return f"O-{sale.n}", str(sale.n)

    def lists(self) -> dict[str, Callable[[], list[Doc]]]:
        """What makes the records of each object."""
        return {
            "companies": self._companies,
            "contacts": self._contacts,
            "products": self._products,
            "orders": self._orders,
            "payments": self._payments,
        }

    def _companies(self) -> list[Doc]:
        return list({_company_id(sale): _company(sale) for sale in self._by_change() if sale.company}.values())

    def _contacts(self) -> list[Doc]:
        return list({_contact_id(sale): _contact(sale) for sale in self._by_change()}.values())

    def _by_change(self) -> list[Sale]:
        """The last one to name somebody has the last word."""
        return sorted(self.shelf.rows(), key=lambda sale: (sale.updated, sale.n))

    def _products(self) -> list[Doc]:
        return [
            {
                "id": f"P-{product.isku}",
                "sku": product.isku,
                "name": f"{product.name} {product.variation}".strip(),
                "price": money(self.shelf.price(product)),
                "taxable": product.tax is not None,
                "updated_at": OLD,
            }
            for product in self.shelf.products()
        ]

    def _orders(self) -> list[Doc]:
        deleted = [{"id": f"O-{doc['n']}", "deleted": True, "updated_at": doc["when"]} for doc in self.shelf.deleted()]
        left_out = {"payments"} if self.settings.payments_in == "records" else set()
        orders = map(_order, self.shelf.rows())
        return [{name: order[name] for name in order if name not in left_out} for order in orders] + deleted

    def _payments(self) -> list[Doc]:
        return [
            {**payment, "order_id": order["id"], "updated_at": order["updated_at"]}
            for order in map(_order, self.shelf.rows())
            for payment in order["payments"]
        ]


# --- records ----------------------------------------------------------------------------------------------------


def _order(sale: Sale) -> Doc:
    """`extra` says otherwise; a change of `amount_paid` alone changes the payment."""
    made: Doc = {
        "id": f"O-{sale.n}",
        "number": str(sale.n),
        "date": sale.when.date().isoformat(),
        "contact_id": _contact_id(sale),
        "company_id": _company_id(sale) if sale.company else None,
        "currency": sale.currency,
        "lines": [_line(line) for line in sale.lines],
        "delivery_fee": money(sale.shipping),
        "delivery_tax": money(sale.shipping_tax_amount),
        "discount": money(sale.voucher),
        "tax_total": money(sale.tax_total),
        "total": money(sale.total),
        "amount_paid": money(_paid(sale)),
        "notes": sale.remark,
        "updated_at": stamp(sale.updated),
        **sale.extra,
    }
    paid = Decimal(str(made["amount_paid"]))
    made.setdefault("status", _status(sale, paid))
    made.setdefault("payments", [_payment(sale, paid)] if paid else [])
    return made


def _paid(sale: Sale) -> Decimal:
    if not sale.is_paid or sale.state in VOID:
        return ZERO
    return cents(sale.total / 2) if sale.n % 10 == PARTLY else sale.total


def _status(sale: Sale, paid: Decimal) -> str:
    if sale.state in VOID:
        return "Voided" if sale.state == "refunded" else "Cancelled"
    if not paid:
        return "Unpaid"
    return "Paid" if paid >= sale.total else "Partially Paid"


def _payment(sale: Sale, paid: Decimal) -> Doc:
    day = (sale.paid_at or sale.updated).date().isoformat()
    return {"id": sale.n * 10, "date": day, "amount": money(paid), "method": "Cheque", "reference": f"chq {sale.n}"}


def _line(line: Line) -> Doc:
    return {
        "line_no": line.id,
        "product_id": f"P-{line.isku}" if line.isku else None,
        "sku": line.isku,
        "name": line.name,
        "quantity": str(line.quantity),
        "unit_price": str(line.price),
        "discount": money(line.discount),
        "tax_rate_name": TAX_NAMES.get(line.tax),
        "tax": money(line.tax_amount),
        "total": money(line.amount),
    }


def _contact_id(sale: Sale) -> str:
    return f"C-{crc32((_email(sale) or sale.name).encode()) % 1_000_000}"


def _email(sale: Sale) -> str:
    """A wholesaler has no guests: whoever is known by name is known by e-mail."""
    return sale.email or next((email for name, email, _ in PEOPLE if name == sale.name), "")


def _company_id(sale: Sale) -> str:
    return f"K-{crc32(sale.company.encode()) % 1_000_000}"


def _contact(sale: Sale) -> Doc:
    first, _, last = sale.name.partition(" ")
    return {
        "id": _contact_id(sale),
        "first_name": first,
        "last_name": last,
        "email": _email(sale),
        "phone": sale.phone,
        "company_id": _company_id(sale) if sale.company else None,
        "addresses": [{"type": "billing", **_address(sale)}] if sale.address else [],
        "updated_at": stamp(sale.updated),
    }


def _company(sale: Sale) -> Doc:
    return {
        "id": _company_id(sale),
        "name": sale.company,
        "billing_address": _address(sale),
        "terms": "30",
        "updated_at": stamp(sale.updated),
    }


def _address(sale: Sale) -> Doc:
    names = {"line1": "address1", "city": "city", "state": "state", "postcode": "postcode", "country": "country"}
    return {ours: sale.address[theirs] for ours, theirs in names.items() if theirs in sale.address}
