"""The orders of a shop as the file that its owner exports: CSV, a row for each line, postage as a row of its own."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from datetime import timedelta

from practice.catalogue import ZERO
from practice.sales import Line, Sale, tax_of

STORE_TIME = timedelta(hours=8)
HEADER = (
    *("Order No", "Order Date", "Status", "Payment Status", "Buyer", "E-mail", "SKU", "Item name", "Qty", "Price"),
    *("Item discount", "Item tax", "Tax rate", "Tax name", "Total tax", "Grand Total", "Payment method", "Notes"),
)
STATES = {"partly_refunded": "Completed", "unpaid": "Pending payment", "paid": "Processing", "on_hold": "On hold"}
PAID = {"refunded": "Refunded", "partly_refunded": "Partially refunded"}


def exported(sales: Iterable[Sale]) -> str:
    """The file. A voucher stands in the discounts of the lines that it is for; times are the shop's own."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(HEADER)
    for sale in sales:
        table.writerows(_rows(sale))
    return text.getvalue()


def _rows(sale: Sale) -> Iterator[tuple[object, ...]]:
    when = (sale.when + STORE_TIME).strftime("%Y-%m-%d %H:%M:%S")
    state = STATES.get(sale.state, sale.state.capitalize())
    paid = PAID.get(sale.state, "Paid" if sale.is_paid else "Unpaid")
    head = (sale.n, when, state, paid, sale.name, sale.email)
    foot = (sale.tax_total, sale.total, sale.method, sale.remark)
    for line in sale.lines:
        yield (*head, *_line(line), *foot)
    if sale.shipping:
        taxed = (sale.shipping_tax_amount, *_tax(sale.shipping_tax)) if sale.shipping_tax else ("", "", "")
        yield (*head, "", "Postage", 1, sale.shipping, "", *taxed, *foot)


def _line(line: Line) -> tuple[object, ...]:
    off = line.discount + line.voucher
    taxed = (line.tax_amount, *_tax(line.tax)) if line.tax else ("", "", "")
    return (line.isku, line.name, line.quantity, line.price, off if off != ZERO else "", *taxed)


def _tax(tax: str) -> tuple[object, object]:
    found = tax_of(tax)
    return (found.rate, found.name) if found else ("", "")
