"""What is taken as a sales document: its header, checked, with its lines and totals (8.1 to 8.4)."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal

from practice.sql_accounting.amounts import ZERO, cents, total
from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work
from practice.sql_accounting.fields import NONE, blank
from practice.sql_accounting.lines import Context, leaf, read_lines
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import read, rows_of, wire
from practice.web import Doc

SIDES = {"salesinvoice": "sales", "cashsales": "cashsales", "salescreditnote": "salesreturned"}
"""The field of a stock group that holds the account of a document's lines."""


def new_document(books: Books, resource: str, body: Doc) -> Doc:
    """An empty document of this customer, with his defaults."""
    customer = books.need("customer", body.get("code"))
    defaults = {
        "companyname": customer["companyname"],
        "terms": customer["creditterm"],
        "agent": customer["agent"],
        "area": customer["area"],
        "sdsdocdetail": [],
    }
    return blank(RESOURCES[resource].fields) | defaults


def read_document(work: Work, resource: str, body: Doc, old: Doc) -> Doc:
    """The document that `body` makes of `old`, which has its `dockey`. Lines that are sent replace the old ones in
    whole; without any they stay. Totals are worked out anew, whatever was sent."""
    fields = RESOURCES[resource]
    made = read(fields.fields, body, old, nested=("sdsdocdetail",))
    made |= _header(work.books, made)
    rate = Decimal(made["currencyrate"])
    context = Context(work, fields.nested["sdsdocdetail"], SIDES[resource], old["dockey"], rate)
    sent = rows_of(body, "sdsdocdetail") if "sdsdocdetail" in body else old["sdsdocdetail"]
    made["sdsdocdetail"] = read_lines(context, sent, old["sdsdocdetail"])
    amount = total(made["sdsdocdetail"])
    if amount < 0:
        raise Refused("The document's amount must not be negative")
    made |= {"docamt": wire(amount), "localdocamt": wire(cents(amount * rate))}
    return made | (_payment(work.books, made) if resource == "cashsales" else {})


def dates(books: Books, made: Doc) -> Doc:
    """The document's day is today where none is sent, the others follow it."""
    day = made["docdate"] or books.today()
    found = {"docdate": day, "postdate": made["postdate"] or day, "taxdate": made["taxdate"] or day}
    books.open_day(found["postdate"])
    return found


def currency(books: Books, made: Doc) -> Doc:
    """`----` or empty is the base currency, at the rate 1; any other needs its rate."""
    code = made["currencycode"] or NONE
    books.need("currency", code)
    rate = Decimal(made["currencyrate"])
    if code == NONE and rate == 0:
        rate = Decimal(1)
    if rate <= 0 or (code == NONE and rate != 1):
        raise Refused(f"Currency rate {rate:f} is not possible for {code}")
    return {"currencycode": code, "currencyrate": wire(rate)}


def due_day(books: Books, made: Doc) -> str:
    """When an invoice must be paid, by its terms."""
    terms = books.by_code("terms", made["terms"])
    return (date.fromisoformat(made["docdate"]) + timedelta(days=terms["termday"] if terms else 0)).isoformat()


def _header(books: Books, made: Doc) -> Doc:
    customer = books.need("customer", made["code"])
    if made["shipper"] not in ("", NONE):
        raise Refused(f"Shipper {made['shipper']} does not exist")
    codes = {name: books.known_or_none(name, made[name]) for name in ("agent", "area", "project")}
    terms = books.known("terms", made["terms"] or customer["creditterm"])
    return codes | {"terms": terms, "shipper": NONE} | dates(books, made) | currency(books, made)


def _payment(books: Books, made: Doc) -> Doc:
    """What a cash sale was paid with; it may be left open (8.4)."""
    paid = Decimal(made["p_amount"])
    if paid and not made["p_paymentmethod"]:
        raise Refused("Payment method is required")
    if not ZERO <= paid <= Decimal(made["docamt"]):
        raise Refused("p_amount must not be more than the document's amount")
    if Decimal(made["p_bankcharge"]):
        leaf(books, made["p_bankchargeaccount"])
    books.known("pmmethod", made["p_paymentmethod"])
    books.known_or_none("project", made["p_paymentproject"])
    return {"p_paidamount": made["p_amount"]}
