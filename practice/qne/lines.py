"""One line of a sales document: what QNE takes, what it refuses, what it works out (qne.md 6.3)."""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass
from decimal import Decimal

from practice.qne import checks
from practice.qne.amounts import line_amounts
from practice.qne.company import Company
from practice.qne.envelope import Refused
from practice.qne.masters import rate_of
from practice.web import Doc

MOST_LINES = 5000


@dataclass(frozen=True)
class Context:
    """What the lines of one document share."""

    company: Company
    inclusive: bool
    known_ids: frozenset[str]


def read_lines(context: Context, body: Doc) -> list[Doc]:
    """All stock lines of the body with their amounts; raises Refused."""
    return [_stock_line(context, row, position) for position, row in enumerate(_sent(body, "itemDetails"), 1)]


def read_account_lines(context: Context, body: Doc) -> list[Doc]:
    """All lines of the body that name an account instead of a stock item; raises Refused."""
    return [_account_line(context, row, position) for position, row in enumerate(_sent(body, "details"), 1)]


def _sent(body: Doc, name: str) -> list[Doc]:
    sent = checks.rows(body, name)
    if not sent:
        raise Refused("At least one item is required")
    if len(sent) > MOST_LINES:
        raise Refused(f"Not more than {MOST_LINES} items")
    return sent


def _stock_line(context: Context, row: Doc, position: int) -> Doc:
    company = context.company
    stock = company.need("stocks", checks.whole_id(row, "stockId"), f"Stock of item {position}")
    common = _line(context, row, position)
    return common | {
        "stockId": stock["id"],
        "uomId": _unit(stock, checks.whole_id(row, "uomId"))["id"],
        "accountId": _account(company, row),
        "stockLocationId": _id(company.wish("locations", checks.whole_id(row, "stockLocationId"), "Stock location")),
        "description": common["description"] or stock["name"],
    }


def _account_line(context: Context, row: Doc, position: int) -> Doc:
    account = _account(context.company, row)
    if account is None:
        raise Refused(f"Account of item {position} is required")
    return _line(context, row, position) | {"accountId": account}


def _line(context: Context, row: Doc, position: int) -> Doc:
    """What every line has."""
    company = context.company
    tax = _tax(company, row)
    qty, price = checks.number(row, "qty"), checks.number(row, "unitPrice")
    if qty < 0:
        raise Refused("qty must not be negative")
    if checks.flag(row, "isTaxInclusive", context.inclusive) != context.inclusive:
        raise Refused("isTaxInclusive of an item contradicts the document")
    return {
        "id": _line_id(context, row),
        "pos": int(checks.number(row, "pos", Decimal(position))),
        "projectId": _id(company.wish("projects", checks.whole_id(row, "projectId"), "Project")),
        "taxCodeId": _id(tax),
        "taxRate": rate_of(tax),
        "description": checks.words(row, "description", 200),
        "referenceNo": checks.words(row, "referenceNo", 50),
        "qty": qty,
        "unitPrice": price,
        "discount": row.get("discount", "0"),
        "isTaxInclusive": context.inclusive,
        **line_amounts(qty, price, _discount(row), rate_of(tax), context.inclusive),
    }


def _tax(company: Company, row: Doc) -> Doc | None:
    tax = company.wish("taxcodes", checks.whole_id(row, "taxCodeId"), "Tax code")
    if tax is not None and not tax["isOutputTax"]:
        raise Refused(f"Tax code {tax['code']} is not for sales")
    if "taxRate" in row and checks.number(row, "taxRate") != rate_of(tax):
        raise Refused(f"taxRate {row['taxRate']} is not the rate of the tax code, {rate_of(tax)}")
    return tax


def _unit(stock: Doc, unit_id: int | None) -> Doc:
    """The unit must be one of this stock item's own; left out, it is the base unit."""
    for unit in stock["uoms"]:
        if unit["id"] == unit_id or (unit_id is None and unit["isBase"]):
            return dict(unit)
    raise Refused(f"UOM {unit_id} does not belong to stock {stock['code']}")


def _discount(row: Doc) -> Decimal:
    """A text (qne.md 6.3), an amount off the whole line."""
    written = row.get("discount", "0")
    if not isinstance(written, str) or not re.fullmatch(r"\d+(\.\d{1,2})?", written or "0"):
        raise Refused("discount must be a text with an amount")
    return Decimal(written or "0")


def _account(company: Company, row: Doc) -> str | None:
    account = company.wish("accounts", checks.guid(row, "accountId"), "Account")
    return None if account is None else str(account["id"])


def _line_id(context: Context, row: Doc) -> str:
    """A kept line carries its id; a new one none, or the zero GUID."""
    line_id = checks.guid(row, "id")
    if line_id is None:
        return str(uuid.uuid4())
    if line_id not in context.known_ids:
        raise Refused(f"Item {line_id} does not belong to this document")
    return line_id


def _id(record: Doc | None) -> int | None:
    return None if record is None else int(record["id"])
