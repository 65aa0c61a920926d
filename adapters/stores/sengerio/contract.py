"""The records of Sengerio, and its words (edge-commerce-and-sengerio.md 1.2 and 4; all of it OURS)."""

from adapters.stores.exchange.fields import ADDRESS, CHANGED, ExchangeObject, Field, Kind, Link, Makes, needed

LINE = (
    Field("line_no", Kind.WHOLE),
    Field("description", longest=4000),
    needed("quantity", Kind.QUANTITY),
    needed("unit_price", Kind.PRICE),
    needed("net_amount", Kind.AMOUNT),
    Field("vat_rate_name", longest=64),
    Field("vat_amount", Kind.AMOUNT),
    Field("job_ref", longest=60),
)
HEAD = (
    needed("business_partner_code", longest=50),
    needed("date", Kind.DAY),
    Field("due_date", Kind.DAY),
    Field("deferment_days", Kind.WHOLE),
    needed("currency", Kind.CURRENCY),
    Field("vat_inclusive", Kind.FLAG),
    needed("lines", Kind.RECORDS, parts=LINE),
    Field("net_total", Kind.AMOUNT),
    Field("vat_total", Kind.AMOUNT),
    needed("total", Kind.AMOUNT),
    Field("status", longest=40),
    *CHANGED,
)
LINKS = (
    Link("business_partner_code", "business-partners", is_needed=True),
    Link("lines.vat_rate_name", "vat-rates"),
)
COMPANY = ExchangeObject(
    "company",
    "name",
    Makes.FACTS,
    (needed("name"), Field("country", Kind.COUNTRY), needed("currency", Kind.CURRENCY), *CHANGED),
    examples=(
        {"name": "Fenwick & Son", "country": "GB", "currency": "GBP", "updated_at": "2025-06-01T09:00:00+00:00"},
        {"name": "Fenwick Haulage", "country": "GB", "currency": "GBP", "updated_at": "2026-01-04T09:00:00+00:00"},
    ),
)
VAT_RATES = ExchangeObject(
    "vat-rates",
    "name",
    Makes.FACTS,
    (needed("name", longest=64), needed("rate", Kind.PERCENT), *CHANGED),
    examples=({"name": "20.0% S", "rate": "20"}, {"name": "0.0% Z", "rate": "0"}),
)
PAYMENT_METHODS = ExchangeObject(
    "payment-methods",
    "name",
    Makes.FACTS,
    (needed("name", longest=80), *CHANGED),
    examples=({"name": "Bank transfer"}, {"name": "Cheque"}),
)
PARTNERS = ExchangeObject(
    "business-partners",
    "code",
    Makes.CUSTOMER,
    (
        needed("code"),
        Field("id", longest=50),
        Field("name"),
        Field("company_name"),
        Field("email", longest=254),
        Field("phone", longest=60),
        Field("billing_address", Kind.RECORD, parts=ADDRESS),
        Field("vat_number", longest=60),
        Field("payment_method", longest=80),
        Field("deferment_days", Kind.WHOLE),
        Field("currency", Kind.CURRENCY),
        Field("active", Kind.FLAG),
        *CHANGED,
    ),
    examples=(
        {
            "code": "ACME01",
            "name": "Jo Acme",
            "company_name": "Acme Pallets Ltd",
            "email": "accounts@acme.example",
            "phone": "+44 1904 555 010",
            "billing_address": {"line1": "4 Dock Road", "city": "Hull", "postcode": "HU1 2AB", "country": "GB"},
            "vat_number": "GB123456789",
            "payment_method": "Bank transfer",
            "deferment_days": 30,
            "currency": "GBP",
            "active": True,
            "updated_at": "2026-01-04T09:00:00+00:00",
        },
        {"code": "ORRIN01", "company_name": "Orrin & Sons Ltd", "deferment_days": 7, "currency": "GBP"},
    ),
)
_EXAMPLE = {
    "business_partner_code": "ACME01",
    "date": "2026-01-05",
    "deferment_days": 30,
    "currency": "GBP",
    "vat_inclusive": False,
    "lines": [
        {
            "line_no": 1,
            "description": "London – Leeds, 12 pallets",
            "quantity": "1",
            "unit_price": "450.00",
            "net_amount": "450.00",
            "vat_rate_name": "20.0% S",
            "vat_amount": "90.00",
            "job_ref": "TRP-881",
        }
    ],
    "net_total": "450.00",
    "vat_total": "90.00",
    "total": "540.00",
    "updated_at": "2026-01-05T09:00:00+00:00",
}
_SMALL = {
    **_EXAMPLE,
    "business_partner_code": "ORRIN01",
    "deferment_days": 7,
    "lines": [
        {
            "line_no": 1,
            "description": "Waiting time",
            "quantity": "2",
            "unit_price": "25.00",
            "net_amount": "50.00",
            "vat_rate_name": "20.0% S",
            "vat_amount": "10.00",
        }
    ],
    "net_total": "50.00",
    "vat_total": "10.00",
    "total": "60.00",
}
INVOICES = ExchangeObject(
    "invoices",
    "number",
    Makes.ORDER,
    (needed("number"), *HEAD),
    LINKS,
    lines_sheet="invoice_lines",
    lines_parent="invoice_number",
    lines_by="number",
    examples=({"number": "INV-2026-0007", **_EXAMPLE}, {"number": "INV-2026-0008", **_SMALL}),
)
CREDIT_NOTES = ExchangeObject(
    "credit-notes",
    "credit_note_number",
    Makes.ORDER,
    (needed("credit_note_number"), Field("invoice_number", longest=50), *HEAD),
    LINKS,
    lines_sheet="credit_note_lines",
    lines_parent="credit_note_number",
    lines_by="credit_note_number",
    examples=(
        {"credit_note_number": "CN-2026-0001", "invoice_number": "INV-2026-0008", **_SMALL},
        {"credit_note_number": "CN-2026-0002", **_SMALL},
    ),
)
OBJECTS = (COMPANY, VAT_RATES, PAYMENT_METHODS, PARTNERS, INVOICES, CREDIT_NOTES)
"""Each after those that it needs."""

CREDIT = "credit:"
"""Before the number of a credit note, in its id: an invoice may have the same number."""
CANCELLED = frozenset({"void", "voided", "cancelled", "canceled", "deleted"})
DRAFTS = frozenset({"draft", "proforma"})
ISSUED = frozenset({"", "issued", "sent", "open", "final", "approved", "posted", "overdue", "closed", "completed"})
PAID = {"paid": "paid", "unpaid": "unpaid", "partiallypaid": "partially_paid"}
"""Statuses are unconfirmed (section 3); a word that is not here stays as it is, and is never postable."""
