"""Finds the row that names the columns, and compares names without what exports do to them (statements 0)."""

import re
from collections.abc import Collection, Sequence

from adapters.spreadsheets.frames import Cell
from adapters.spreadsheets.limits import HEADER_WITHIN
from adapters.spreadsheets.values import shown

CURRENCY = re.compile(r"\((rm|[a-z]{3})\)")
BLANKS = re.compile(r"[\s\u00a0_]+")
ENDS = ("total", "subtotal", "grand total")
EMPTY_ROWS = 5
LONGEST = 100


def folded(header: object) -> str:
    """A name without case, outer and double blanks, underscores, and a currency in brackets."""
    bare = BLANKS.sub(" ", str(header or "")).strip().lower()
    return CURRENCY.sub("", bare).strip()[:LONGEST]


def header_names(rows: Sequence[Sequence[Cell]], place: int) -> list[str]:
    """The names in a row; where it is empty under a merged group, the text of the row above holds."""
    row, above = rows[place], rows[place - 1] if place else ()
    names = [_name(row, column) or _name(above, column) for column in range(max(len(row), len(above)))]
    while names and not names[-1]:
        names.pop()
    return names


def _name(row: Sequence[Cell], column: int) -> str:
    return " ".join(shown(row[column]).split())[:LONGEST] if column < len(row) else ""


def best_header(rows: Sequence[Sequence[Cell]], known: Collection[str]) -> tuple[int, int]:
    """Of the first rows the one that names the most known columns, the lowest of equals; its place, and how many."""
    scored = [(_known(row, known), place) for place, row in enumerate(rows[:HEADER_WITHIN])]
    hits, place = max(scored, default=(0, 0))
    if hits:
        return place, hits
    return next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if _words(row) > 1), 0), 0


def _known(row: Sequence[Cell], known: Collection[str]) -> int:
    return len({folded(cell) for cell in row if isinstance(cell, str)} & set(known))


def _words(row: Sequence[Cell]) -> int:
    return sum(isinstance(cell, str) and bool(cell.strip()) for cell in row)


def is_end(row: Sequence[Cell], first_column: int) -> bool:
    """A totals row: what stands below it are notes."""
    told = row[first_column] if first_column < len(row) else None
    if not isinstance(told, str) or "total" not in (bare := told.lower()):
        return False
    return bare.strip().rstrip(":").split(" (")[0] in ENDS
