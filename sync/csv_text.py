"""CSV that a spreadsheet opens as what it says: no text becomes a formula (security.md 7.3)."""

import csv
import io
from collections.abc import Iterable, Iterator
from decimal import Decimal

DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\0")
BYTE_ORDER_MARK = "\ufeff"
"""Without it Excel reads UTF-8 as something else."""

Cell = str | int | Decimal | None


def lines(rows: Iterable[Iterable[Cell]]) -> Iterator[str]:
    """The file, line by line."""
    yield BYTE_ORDER_MARK
    for row in rows:
        out = io.StringIO()
        csv.writer(out).writerow([safe(cell) for cell in row])
        yield out.getvalue()


def safe(cell: Cell) -> str:
    """Amounts stay numbers; a text that a spreadsheet would run gets an apostrophe before it."""
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return f"{cell:f}"
    if isinstance(cell, int):
        return str(cell)
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell
