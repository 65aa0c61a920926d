"""The file that a practice shop exports tells each order whole: its rows make its total, to the cent."""

import csv
import datetime as dt
import io
from decimal import Decimal
from itertools import groupby

import pytest

from practice.order_file import exported
from practice.sales import make_sales

TODAY = dt.date(2026, 11, 20)


def figure(row: dict[str, str], name: str) -> Decimal:
    return Decimal(row[name] or 0)


@pytest.mark.feature("P11")
@pytest.mark.parametrize("currency", ["MYR", "USD"])
def test_the_rows_of_each_order_make_its_total_and_its_tax(currency: str):
    sales = list(make_sales(200, 3, 60, TODAY, currency))
    rows = csv.DictReader(io.StringIO(exported(sales)))
    found = {number: list(some) for number, some in groupby(rows, lambda row: row["Order No"])}
    assert list(found) == [str(sale.n) for sale in sales]
    for sale in sales:
        told = found[str(sale.n)]
        goods = sum(figure(row, "Qty") * figure(row, "Price") - figure(row, "Item discount") for row in told)
        tax = sum(figure(row, "Item tax") for row in told)
        assert goods + tax == sale.total
        assert tax == sale.tax_total
        assert {Decimal(row["Grand Total"]) for row in told} == {sale.total}
        assert len(told) == len(sale.lines) + bool(sale.shipping)
