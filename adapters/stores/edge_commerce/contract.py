"""The records of Edge Commerce, and its words (edge-commerce-and-sengerio.md 2.1 and 4; all of it OURS)."""

from adapters.stores.exchange.fields import ADDRESS, CHANGED, ExchangeObject, Field, Kind, Link, Makes, needed

LINE = (
    Field("line_no", Kind.WHOLE),
    Field("product_id", longest=50),
    Field("sku", longest=100),
    Field("name"),
    needed("quantity", Kind.QUANTITY),
    needed("unit_price", Kind.PRICE),
    Field("discount", Kind.AMOUNT),
    Field("tax_rate_name", longest=64),
    Field("tax", Kind.AMOUNT),
    Field("total", Kind.AMOUNT),
)
PAID = (
    needed("id", longest=50),
    needed("date", Kind.DAY),
    needed("amount", Kind.AMOUNT),
    Field("method", longest=80),
    Field("reference", longest=100),
)
COMPANIES = ExchangeObject(
    "companies",
    "id",
    Makes.CUSTOMER,
    (
        needed("id"),
        needed("name"),
        Field("tax_number", longest=60),
        Field("billing_address", Kind.RECORD, parts=ADDRESS),
        Field("terms", longest=60),
        *CHANGED,
    ),
    examples=(
        {
            "id": "K-3",
            "name": "Ockel Retail",
            "tax_number": "84-1234567",
            "billing_address": {
                "line1": "12 Main Street",
                "city": "Boise",
                "state": "ID",
                "postcode": "83702",
                "country": "US",
            },
            "terms": "30",
            "updated_at": "2026-01-04T09:00:00+00:00",
        },
        {"id": "K-4", "name": "Pine Deli", "updated_at": "2026-01-04T09:05:00+00:00"},
    ),
)
CONTACTS = ExchangeObject(
    "contacts",
    "id",
    Makes.CUSTOMER,
    (
        needed("id"),
        Field("first_name", longest=100),
        Field("last_name", longest=100),
        Field("email", longest=254),
        Field("phone", longest=60),
        Field("company_id", longest=50),
        Field("addresses", Kind.RECORDS, parts=(Field("type", longest=40), *ADDRESS)),
        *CHANGED,
    ),
    (Link("company_id", "companies", is_needed=True),),
    examples=(
        {
            "id": "C-7",
            "first_name": "Tamsin",
            "last_name": "Ockel",
            "email": "t@ockel.example",
            "phone": "+1 208 555 0142",
            "company_id": "K-3",
            "updated_at": "2026-01-04T09:10:00+00:00",
        },
        {
            "id": "C-8",
            "first_name": "Ana",
            "last_name": "Ruiz",
            "company_id": "K-4",
            "updated_at": "2026-01-04T09:12:00+00:00",
        },
    ),
)
PRODUCTS = ExchangeObject(
    "products",
    "id",
    Makes.ITEM,
    (
        needed("id"),
        Field("sku", longest=100),
        needed("name"),
        Field("price", Kind.PRICE),
        Field("taxable", Kind.FLAG),
        *CHANGED,
    ),
    examples=(
        {"id": "P-1", "sku": "MUG-01", "name": "Mug", "price": "12.00", "taxable": True},
        {"id": "P-2", "sku": "TEA-10", "name": "Tea, 10 bags", "price": "8.50", "taxable": False},
    ),
)
PAYMENTS = ExchangeObject(
    "payments",
    "id",
    Makes.PART,
    (PAID[0], needed("order_id", longest=50), *PAID[1:], *CHANGED),
    (Link("order_id", "orders", is_parent=True),),
    examples=(
        {
            "id": "394",
            "order_id": "O-1042",
            "date": "2026-01-06",
            "amount": "50.00",
            "method": "Cheque",
            "reference": "chq 221",
        },
        {"id": "395", "order_id": "O-1043", "date": "2026-01-06", "amount": "17.00", "method": "Card"},
    ),
)
ORDERS = ExchangeObject(
    "orders",
    "id",
    Makes.ORDER,
    (
        needed("id"),
        needed("number", longest=50),
        needed("date", Kind.DAY),
        Field("due_date", Kind.DAY),
        needed("contact_id", longest=50),
        Field("company_id", longest=50),
        Field("currency", Kind.CURRENCY),
        Field("status", longest=40),
        needed("lines", Kind.RECORDS, parts=LINE),
        Field("delivery_fee", Kind.AMOUNT),
        Field("delivery_tax", Kind.AMOUNT),
        Field("discount", Kind.AMOUNT),
        Field("tax_total", Kind.AMOUNT),
        needed("total", Kind.AMOUNT),
        Field("amount_paid", Kind.AMOUNT),
        Field("notes", longest=4000),
        Field("payments", Kind.RECORDS, parts=PAID),
        needed("updated_at", Kind.INSTANT),
        CHANGED[1],
    ),
    (
        Link("contact_id", "contacts", is_needed=True),
        Link("company_id", "companies", is_needed=True),
    ),
    lines_sheet="order_lines",
    lines_parent="order_number",
    lines_by="number",
    examples=(
        {
            "id": "O-1042",
            "number": "1042",
            "date": "2026-01-05",
            "contact_id": "C-7",
            "company_id": "K-3",
            "currency": "USD",
            "status": "Partially Paid",
            "lines": [
                {
                    "line_no": 1,
                    "product_id": "P-1",
                    "sku": "MUG-01",
                    "name": "Mug",
                    "quantity": "10",
                    "unit_price": "12.00",
                    "discount": "0.00",
                    "tax_rate_name": "Sales Tax",
                    "tax": "9.60",
                    "total": "120.00",
                }
            ],
            "delivery_fee": "15.00",
            "delivery_tax": "0.00",
            "discount": "5.00",
            "tax_total": "9.60",
            "total": "139.60",
            "amount_paid": "50.00",
            "updated_at": "2026-01-05T10:15:00+00:00",
        },
        {
            "id": "O-1043",
            "number": "1043",
            "date": "2026-01-06",
            "contact_id": "C-8",
            "currency": "USD",
            "status": "Paid",
            "lines": [
                {
                    "line_no": 1,
                    "product_id": "P-2",
                    "sku": "TEA-10",
                    "name": "Tea, 10 bags",
                    "quantity": "2",
                    "unit_price": "8.50",
                    "total": "17.00",
                }
            ],
            "tax_total": "0.00",
            "total": "17.00",
            "amount_paid": "17.00",
            "updated_at": "2026-01-06T08:00:00+00:00",
        },
    ),
)
OBJECTS = (COMPANIES, CONTACTS, PRODUCTS, PAYMENTS, ORDERS)
"""Each after those that it needs; payments before their orders, so that an order is made once, with them."""

PAYMENT_STATUSES = {"paid": "paid", "unpaid": "unpaid", "partiallypaid": "partially_paid"}
CANCELLED = frozenset({"voided", "void", "cancelled", "canceled"})


def folded(word: str | None) -> str:
    """A word without case, blanks and hyphens."""
    return "".join(letter for letter in (word or "").lower() if letter.isalnum())
