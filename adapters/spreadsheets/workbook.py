"""Reads xlsx, xlsm, xls and ods with calamine, cell by cell at its true address."""

import datetime as dt
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

import msgspec
import python_calamine as calamine

from adapters.spreadsheets import frames
from adapters.spreadsheets.frames import Sheet
from adapters.spreadsheets.kinds import damaged, locked
from adapters.spreadsheets.limits import (
    HEADER_WITHIN,
    LONGEST_CELL,
    MOST_CELLS,
    MOST_COLUMNS,
    MOST_ROWS,
    FileRefused,
)
from adapters.spreadsheets.oddities import Oddities, Place, SheetScan, letters_of
from documents import N_, Message, say

FIRST_ROWS = HEADER_WITHIN + 20
PLAIN = frozenset({float, int, bool})
MOST_MERGED = 200_000
"""Cells that merged ranges may cover."""
UNCOMPUTED, FAILED = (msgspec.msgpack.Ext(code, b"") for code in (frames.UNCOMPUTED, frames.ERROR))
Row = list[Any]


class Workbook:
    """An open workbook; a sheet that was looked at is kept, for it is the one that is asked for next."""

    notes: tuple[Message, ...] = ()

    def __init__(self, content: bytes, oddities: Oddities) -> None:
        try:
            self._book = calamine.CalamineWorkbook.from_filelike(BytesIO(content))
        except calamine.PasswordError:
            raise locked() from None
        except Exception:
            raise damaged() from None
        self._oddities = oddities
        self._kept: tuple[int, Any] = (-1, None)
        self.is_1904 = oddities.is_1904

    def sheets(self) -> list[Sheet]:
        """Every sheet of cells, with its first rows."""
        return [self._described(place, each) for place, each in enumerate(self._book.sheets_metadata)]

    def _described(self, place: int, about: Any) -> Sheet:
        if about.typ != calamine.SheetTypeEnum.WorkSheet:
            return Sheet(about.name, 0, [], is_hidden=True)
        sheet = self._sheet(place)
        trouble = _trouble(sheet)
        first = [] if trouble else [row for row, _ in zip(self.rows(place), range(FIRST_ROWS), strict=False)]
        is_hidden = about.visible != calamine.SheetVisibleEnum.Visible
        return Sheet(about.name, _size(sheet)[0], first, is_hidden, self._scan(place).has_hidden, trouble)

    def _sheet(self, place: int) -> Any:
        if self._kept[0] != place:
            self._kept = (-1, None)
            try:
                self._kept = (place, self._book.get_sheet_by_index(place))
            except Exception:
                raise damaged() from None
        return self._kept[1]

    def _scan(self, place: int) -> SheetScan:
        return self._oddities.sheets.get(place) or SheetScan()

    def rows(self, place: int) -> Iterator[Row]:
        """Each row from Excel's first on, as long as it has cells. A merged cell holds its value in each row."""
        sheet, scan = self._sheet(place), self._scan(place)
        if trouble := _trouble(sheet):
            raise FileRefused(trouble)
        before = [None] * (sheet.start[1] if sheet.start else 0)
        odd = {**dict.fromkeys(scan.uncomputed, UNCOMPUTED), **dict.fromkeys(scan.errors, FAILED)}
        odd_rows = _by_row(odd)
        merged = _merged(sheet.merged_cell_ranges or (), _size(sheet)[0])
        above: dict[int, Any] = {}
        for number, cells in enumerate(sheet.iter_rows()):
            row: Row = [*before, *[each if type(each) is float else _cell(each, number) for each in cells]]
            for column in odd_rows.get(number, ()):
                _put(row, column, odd[number, column])
            for column in merged.get(number, ()):
                _put(row, column, above.get(column))
            if number + 1 in merged:
                above = dict(enumerate(row))
            yield row


def _trouble(sheet: Any) -> Message | None:
    """A sheet may be larger than anything we read: it is told, and the others are read."""
    height, width = _size(sheet)
    if width > MOST_COLUMNS:
        sentence = N_("The sheet {sheet} is {columns} columns wide, up to column {letters}; {most} is the most.")
        return say(sentence, sheet=sheet.name, columns=width, letters=letters_of(width - 1), most=MOST_COLUMNS)
    if height > MOST_ROWS + HEADER_WITHIN or height * width > 2 * MOST_CELLS:
        return too_many_rows(sheet.name)
    return None


def _size(sheet: Any) -> tuple[int, int]:
    """Rows and columns up to the last cell (`total_height` and `total_width` of calamine 0.9.1 are one less)."""
    return (sheet.end[0] + 1, sheet.end[1] + 1) if sheet.end else (0, 0)


def too_many_rows(name: str) -> Message:
    """Told of a sheet, or of a text file by its kind."""
    sentence = N_("{sheet} has more than {most} rows. Export a shorter period, or split it between two orders.")
    return say(sentence, sheet=name, most=f"{MOST_ROWS:,}")


def _cell(value: Any, row: int) -> Any:
    kind = type(value)
    if kind is str:
        if len(value) > LONGEST_CELL:
            raise too_long(row + 1)
        return value.replace("\0", "") or None  # old workbooks may hold one, PostgreSQL takes none
    if kind in PLAIN:
        return value
    if kind is dt.datetime:
        return frames.moment(value)
    if kind is dt.date:
        return frames.moment(dt.datetime.combine(value, dt.time()))
    return str(value)


def too_long(row: int) -> FileRefused:
    """A cell longer than any cell."""
    sentence = N_("Row {row} has a cell of more than {most} characters: perhaps a quotation mark is never closed.")
    return FileRefused(say(sentence, row=row, most=f"{LONGEST_CELL:,}"))


def _put(row: Row, column: int, value: Any) -> None:
    row.extend([None] * (column + 1 - len(row)))
    row[column] = value


def _by_row(places: dict[Place, Any]) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for row, column in places:
        found.setdefault(row, []).append(column)
    return found


def _merged(ranges: Sequence[tuple[Place, Place]], height: int) -> dict[int, list[int]]:
    """By row: the columns whose cell is the one above it."""
    found: dict[int, list[int]] = {}
    covered = 0
    for (top, left), (below, _right) in ranges:
        bottom = min(below, height - 1)
        covered += max(bottom - top, 0)
        if covered > MOST_MERGED:
            raise damaged()
        for row in range(top + 1, bottom + 1):
            found.setdefault(row, []).append(left)
    return found
