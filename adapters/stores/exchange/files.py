"""Opens uploaded files as tables: CSV (UTF-8, comma or semicolon), or XLSX with one sheet per object (4.2)."""

import csv
import io
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import PurePath

from adapters.spreadsheets.frames import CELLS, Cell, Failed, Uncomputed
from adapters.spreadsheets.limits import FileRefused
from adapters.spreadsheets.reading import Book, opened
from adapters.spreadsheets.values import LOST_FROM, shown
from adapters.stores.exchange.sheets import Table, lost_digits
from documents import N_, Message, say

MOST_BYTES = 20_000_000
MOST_ROWS, MOST_COLUMNS, LONGEST_CELL = 20_000, 200, 10_000
ZIP = b"PK\x03\x04"
ESCAPED = ("'=", "'+", "'-", "'@")
"""How our own CSV files write a text that a spreadsheet would take for a formula."""


def tables_of(name: str, content: bytes) -> list[Table]:
    """The tables of one file; a CSV file's is called as the file is. Raises FileRefused."""
    if len(content) > MOST_BYTES:
        raise FileRefused(say(N_("The file is larger than {most} MB."), most=MOST_BYTES // 1_000_000))
    stem, kind = PurePath(name).stem, PurePath(name).suffix.lower()
    if kind == ".csv" and not content.startswith(ZIP):
        return [_csv(stem, content)]
    if kind == ".xlsx" and content.startswith(ZIP):
        return _xlsx(content)
    raise FileRefused(say(N_("{name} is neither a CSV nor an XLSX file."), name=name[:100]))


def _csv(name: str, content: bytes) -> Table:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise FileRefused(say(N_("The file is not UTF-8. Save it as 'CSV UTF-8'."))) from None
    first = text.partition("\n")[0]
    delimiter = ";" if first.count(";") > first.count(",") else ","
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return _table(name, ([_plain(cell) for cell in row] for row in rows))
    except csv.Error as error:
        raise FileRefused(say(N_("The file cannot be read: {reason}"), reason=str(error))) from None


def _plain(cell: str) -> str:
    return cell[1:] if cell.startswith(ESCAPED) else cell


def _xlsx(content: bytes) -> list[Table]:
    """Every sheet, read by a process of its own (adapters/spreadsheets)."""
    with opened(content) as book:
        return [_table(sheet.name, _cells(book, place)) for place, sheet in enumerate(book.sheets)]


def _cells(book: Book, place: int) -> Iterator[list[Cell]]:
    return (CELLS.decode(row) for _, row in book.rows(place))


def _table(name: str, rows: Iterator[Sequence[Cell]]) -> Table:
    header = [shown(cell) for cell in next(rows, [])]
    kept: list[tuple[int, Sequence[str]]] = []
    wrong: dict[tuple[int, int], Message] = {}
    for number, cells in enumerate(islice(rows, MOST_ROWS + 1), 2):
        row = [shown(cell) for cell in cells]
        if number > MOST_ROWS + 1:
            raise FileRefused(say(N_("{sheet} has more than {most} rows."), sheet=name, most=MOST_ROWS))
        if len(row) > MOST_COLUMNS or any(len(cell) > LONGEST_CELL for cell in row):
            raise FileRefused(say(N_("Row {row} of {sheet} is too long."), row=number, sheet=name))
        if any(cell.strip() for cell in row):
            kept.append((number, row))
            wrong |= {(number, at): message for at, cell in enumerate(cells) if (message := _wrong(cell))}
    return Table(name, header, kept, wrong)


def _wrong(cell: Cell) -> Message | None:
    """Of a cell whose value nobody knows: it is never what it looks like."""
    if isinstance(cell, Uncomputed):
        return say(
            N_("The cell holds a formula without a saved value. Open the file in Excel, save it, upload it again.")
        )
    if isinstance(cell, Failed):
        return say(N_("The cell holds an error, like #REF!."))
    if isinstance(cell, float | int) and not isinstance(cell, bool) and not abs(cell) < LOST_FROM:
        return lost_digits(shown(cell))
    return None
