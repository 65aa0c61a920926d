"""Orders of WooCommerce as the reference shows them (other-stores.md 1.3), for tests of the reader."""

from typing import Any

from adapters.stores.woocommerce.reader import read_order
from adapters.stores.woocommerce.taxes import table_of
from documents import Channel, Order

CHANNEL = Channel("shop", "SHOP.EXAMPLE", "woocommerce", "MYR")
TABLE = [
    {"id": 1, "rate": "6.0000", "name": "SST", "compound": False},
    {"id": 2, "rate": "5.0000", "name": "GST", "compound": False},
    {"id": 3, "rate": "7.0000", "name": "PST", "compound": False},
    {"id": 4, "rate": "9.9750", "name": "QST", "compound": True},
    {"id": 9, "rate": "0.0000", "name": "Zero", "compound": False},
]


def tax_line(rate_id: int, label: str, **more: Any) -> dict[str, Any]:
    return {"rate_id": rate_id, "rate_code": f"MY-{label}-1", "label": label, "compound": False, **more}


SST = tax_line(1, "SST")


def taxed(total: str, rate_id: int = 1) -> list[dict[str, Any]]:
    return [{"id": rate_id, "total": total, "subtotal": total}]


def line(**fields: Any) -> dict[str, Any]:
    usual = {
        "id": 11,
        "name": "T-shirt - M",
        "product_id": 501,
        "variation_id": 502,
        "quantity": 2,
        "subtotal": "100.00",
        "subtotal_tax": "6.00",
        "total": "90.00",
        "total_tax": "5.40",
        "taxes": [{"id": 1, "total": "5.40", "subtotal": "6.00"}],
        "sku": "TSHIRT-M",
        "price": 45,
        "meta_data": [],
    }
    return usual | fields


def shipping(total: str = "8.00", tax: str = "0.48") -> dict[str, Any]:
    return {"id": 12, "method_title": "Flat rate", "total": total, "total_tax": tax, "taxes": taxed(tax)}


def fee(name: str, total: str, tax: str = "0.00", taxes: Any = ()) -> dict[str, Any]:
    return {"id": 13, "name": name, "tax_status": "taxable", "total": total, "total_tax": tax, "taxes": list(taxes)}


def order(**fields: Any) -> dict[str, Any]:
    """The reference's sample."""
    usual = {
        "id": 727,
        "number": "WC-0727",
        "status": "processing",
        "currency": "MYR",
        "prices_include_tax": False,
        "date_created_gmt": "2026-01-05T03:12:44",
        "date_modified_gmt": "2026-01-05T03:20:01",
        "date_paid_gmt": "2026-01-05T03:13:10",
        "date_completed_gmt": None,
        "discount_total": "10.00",
        "discount_tax": "0.60",
        "total_tax": "6.00",
        "total": "106.00",
        "customer_id": 0,
        "customer_note": "",
        "billing": {
            "first_name": "Mei",
            "last_name": "Tan",
            "company": "",
            "address_1": "12 Jalan Mawar",
            "address_2": "",
            "city": "Ipoh",
            "state": "PRK",
            "postcode": "30000",
            "country": "MY",
            "email": "Mei@Example.com",
            "phone": "",
        },
        "payment_method": "stripe",
        "payment_method_title": "Card",
        "transaction_id": "ch_demo_1",
        "line_items": [line()],
        "shipping_lines": [shipping()],
        "fee_lines": [fee("Gift wrap", "2.00", "0.12", taxed("0.12"))],
        "tax_lines": [SST],
        "coupon_lines": [{"id": 15, "code": "hello10", "discount": "10.00", "discount_tax": "0.60"}],
        "refunds": [],
    }
    return usual | fields


def refund(**fields: Any) -> dict[str, Any]:
    """The reference's refund of one shirt."""
    back = {
        "id": 31,
        "name": "T-shirt - M",
        "product_id": 501,
        "variation_id": 502,
        "quantity": -1,
        "subtotal": "-45.00",
        "subtotal_tax": "-2.70",
        "total": "-45.00",
        "total_tax": "-2.70",
        "taxes": [{"id": 1, "total": "-2.70", "subtotal": "-2.70"}],
    }
    usual = {
        "id": 815,
        "date_created_gmt": "2026-01-09T02:00:00",
        "amount": "47.70",
        "reason": "Wrong size",
        "refunded_by": 1,
        "refunded_payment": True,
        "line_items": [back],
    }
    return usual | fields


def read(**fields: Any) -> Order:
    return read_order(order(**fields), "SHOP.EXAMPLE", CHANNEL, table_of(TABLE))
