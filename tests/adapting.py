"""What the tests of accounting adapters share: the books' lists as their adapter tells them, and a plain line."""

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from adapters.accounting.base import Books
from adapters.errors import UnknownCode
from documents import InvoiceLine, ReferenceKind, ReferenceRow

Rows = dict[tuple[ReferenceKind, str], ReferenceRow]


def rows_of(books: Books) -> Rows:
    """Every row of every list, by kind and code."""
    pages = [page for kind in books.reference_kinds for page in books.reference_pages(kind)]
    return {(row.kind, row.code): row for page in pages for row in page.rows}


def lookup_in(rows: Rows) -> Callable[[ReferenceKind, str], ReferenceRow]:
    """Finds a code in them, as the engine does."""

    def find(kind: ReferenceKind, code: str) -> ReferenceRow:
        if (kind, code) not in rows:
            raise UnknownCode(kind, code)
        return rows[kind, code]

    return find


def make_line(**changes: Any) -> InvoiceLine:
    """Two mugs with a discount and 6 % on top."""
    usual = {
        "item": "MUG-01",
        "uom": "PCS",
        "quantity": Decimal(2),
        "price": Decimal("52.50"),
        "discount": Decimal("5.00"),
        "tax_code": "SV-6",
        "tax_rate": Decimal("6"),
        "tax": Decimal("6.00"),
        "description": "Mug - Blue",
    }
    head = {"kind": "item", "amount": Decimal("100.00")}
    return InvoiceLine(**{**head, **usual, **changes})
