"""The lines of a sales document: what is taken, what is refused, what is worked out (8.2)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from practice.sql_accounting.amounts import discounted, line_amounts
from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work
from practice.sql_accounting.fields import Table, blank
from practice.sql_accounting.resources import SERIALS
from practice.sql_accounting.values import read, rows_of, wire
from practice.web import Doc

SALES_ACCOUNT = "500-000"
"""Where a line goes that names neither an item nor an account."""


@dataclass(frozen=True)
class Context:
    """What the lines of one document share; `side` is the stock group's field that holds their account."""

    work: Work
    fields: Table
    side: str
    dockey: int
    rate: Decimal

    @property
    def books(self) -> Books:
        """The books that the codes are looked up in."""
        return self.work.books


def read_lines(context: Context, sent: list[Doc], old: list[Doc]) -> list[Doc]:
    """All lines with their amounts. A line with a known `dtlkey` changes that line; any other is new (section 7)."""
    if not sent:
        raise Refused("A document needs at least one detail line")
    known = {line["dtlkey"]: line for line in old}
    return [_line(context, row, position, known.pop(_key(row), None)) for position, row in enumerate(sent, 1)]


def _key(row: Doc) -> Any:
    key = row.get("dtlkey")
    return key if isinstance(key, int) else None


def _line(context: Context, row: Doc, position: int, old: Doc | None) -> Doc:
    if old is None and not {"qty", "unitprice"} <= set(row):
        raise Refused(f"qty and unitprice are required in line {position}")
    start = old or blank(context.fields) | {"seq": 1000 * position, "printable": True, "sdsserialnumber": []}
    line = read(context.fields, row, start, nested=("sdsserialnumber",))
    if "taxrate" not in row:
        line["taxrate"] = ""
    item = context.books.need("stockitem", line["itemcode"]) if line["itemcode"] else None
    if item is None and not line["description"]:
        raise Refused(f"itemcode or description is required in line {position}")
    line |= {"dtlkey": old["dtlkey"] if old else context.work.key("dtlkey"), "dockey": context.dockey}
    line |= _codes(context, line, item) | _unit(line, item) | _tax(context.books, line)
    line["sdsserialnumber"] = _serials(row, line, item)
    return line | _amounts(context, line)


def _codes(context: Context, line: Doc, item: Doc | None) -> Doc:
    books = context.books
    for name in ("batch", "tariff"):
        if line[name]:
            raise Refused(f"{name} {line[name]} does not exist")  # the practice company has none
    return {
        "location": books.known("location", line["location"]),
        "project": books.known_or_none("project", line["project"]),
        "account": leaf(books, line["account"] or _account(context, item)),
        "description": line["description"] or (item["description"] if item else ""),
    }


def leaf(books: Books, code: str) -> str:
    """An account that money can be posted to: one without accounts under it."""
    account = books.need("account", code)
    if any(each["parent"] == account["dockey"] for each in books.rows("account")):
        raise Refused(f"Account {code} has accounts under it")
    return code


def _account(context: Context, item: Doc | None) -> str:
    group = context.books.by_code("stockgroup", item["stockgroup"]) if item else None
    return (group or {}).get(context.side) or SALES_ACCOUNT


def _unit(line: Doc, item: Doc | None) -> Doc:
    """The unit must be one of the item's own; left out, it is the base unit."""
    if item is None:
        return {"rate": wire(Decimal(1)), "sqty": line["qty"]}
    for unit in item["sdsuom"]:
        if line["uom"] == unit["uom"] or (not line["uom"] and unit["isbase"]):
            pieces = Decimal(line["qty"]) * Decimal(unit["rate"])
            return {"uom": unit["uom"], "rate": unit["rate"], "sqty": wire(pieces)}
    raise Refused(f"UOM {line['uom']} does not belong to item {item['code']}")


def _tax(books: Books, line: Doc) -> Doc:
    """`taxrate` follows the tax code; another one is refused."""
    if not line["tax"]:
        if line["taxrate"]:
            raise Refused("taxrate without a tax code")
        return {}
    tax = books.need("tax", line["tax"])
    if not tax["outputtax"]:
        raise Refused(f"Tax code {line['tax']} is not for sales")
    right = f"{Decimal(tax['taxrate']).normalize():f}%"
    written = re.fullmatch(r"(\d+(?:\.\d+)?)%", line["taxrate"] or right)
    if written is None or Decimal(written[1]) != Decimal(tax["taxrate"]):
        raise Refused(f"taxrate {line['taxrate']} is not that of tax code {line['tax']}, {right}")
    return {"taxrate": right}


def _serials(row: Doc, line: Doc, item: Doc | None) -> list[Doc]:
    """An item that is tracked by serial number needs as many as its quantity; any other takes none."""
    sent = rows_of(row, "sdsserialnumber") if "sdsserialnumber" in row else line["sdsserialnumber"]
    serials = [read(SERIALS, each, blank(SERIALS)) for each in sent]
    numbers = [each["serialnumber"] for each in serials]
    needed = Decimal(line["qty"]) if item and item["serialnumber"] else Decimal(0)
    if len(numbers) != needed or len(set(numbers)) != len(numbers) or "" in numbers:
        raise Refused(f"{needed:f} different serial numbers are needed for {line['itemcode']}, not {len(numbers)}")
    return serials


def _amounts(context: Context, line: Doc) -> Doc:
    qty, price = Decimal(line["qty"]), Decimal(line["unitprice"])
    if qty < 0:
        raise Refused("qty must not be negative")
    tax = context.books.by_code("tax", line["tax"]) if line["tax"] else None
    percent = Decimal(tax["taxrate"]) if tax else Decimal(0)
    amounts = line_amounts(discounted(qty * price, line["disc"]), percent, line["taxinclusive"], context.rate)
    taxable = {"taxableamt": amounts["amount"]} if "taxableamt" in context.fields else {}
    return amounts | taxable
