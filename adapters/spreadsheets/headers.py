"""Finds the row that names the columns, and compares names without what exports do to them (statements 0)."""

import re
from collections import Counter
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
    """Of the first rows the one that names the most known columns; its place, and how many. Of equals the first, or the
    lowest of those that adjoin it: a header that is repeated further down does not hide the orders between."""
    scores = [_known(row, known) for row in rows[:HEADER_WITHIN]]
    hits = max(scores, default=0)
    if not hits:
        return next((place for place, row in enumerate(rows[:HEADER_WITHIN]) if _words(row) > 1), 0), 0
    place = scores.index(hits)
    while scores[place + 1 : place + 2] == [hits]:
        place += 1
    return place, hits


def _known(row: Sequence[Cell], known: Collection[str]) -> int:
    return len({folded(cell) for cell in row if isinstance(cell, str)} & set(known))


def _words(row: Sequence[Cell]) -> int:
    return sum(isinstance(cell, str) and bool(cell.strip()) for cell in row)


def usual_width(rows: Sequence[Sequence[Cell]], place: int) -> int:
    """How many cells the rows of a text file have: as most rows below the header, at least as many as itself."""
    widths = Counter(len(row) for row in rows[place + 1 :] if row)
    return max(len(rows[place]), max(widths, key=lambda each: widths[each], default=0))


def is_repeated(row: Sequence[Cell], names: Sequence[str], places: Collection[int]) -> bool:
    """Whether a row below the header says the same again, in the columns that are used."""
    told = [(row[place], names[place]) for place in places if place < len(row) and row[place] is not None]
    return bool(told) and all(isinstance(cell, str) and folded(cell) == folded(name) for cell, name in told)


def says_total(cell: Cell) -> bool:
    """The word of a totals row, and no product called 'Total (100g)'."""
    return isinstance(cell, str) and "total" in cell.lower() and folded(cell).rstrip(": ") in ENDS
