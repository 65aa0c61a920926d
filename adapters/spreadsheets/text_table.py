"""Reads csv and its like: which encoding, which delimiter, then row by row. Nothing is ever computed."""

import csv
import io
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from typing import Any

from adapters.spreadsheets.frames import Sheet
from adapters.spreadsheets.kinds import UTF16
from adapters.spreadsheets.limits import HEADER_WITHIN, LONGEST_CELL, MOST_COLUMNS, MOST_ROWS, FileRefused
from adapters.spreadsheets.workbook import FIRST_ROWS, Row, too_long, too_many_rows
from documents import N_, Message, say

DELIMITERS = ",;\t|"
TRIED_LINES, TRIED_CHARACTERS = 40, 200_000
NAME = "CSV"


class TextTable:
    """A text file as a workbook of one sheet."""

    is_1904 = False

    def __init__(self, content: bytes) -> None:
        self._text, self.notes = decoded(content)
        if "\0" in self._text:
            raise FileRefused(say(N_("This is not a spreadsheet, or it is damaged. Export it again as xlsx or csv.")))
        self._delimiter, self._skipped = delimiter_of(self._text)
        csv.field_size_limit(LONGEST_CELL)

    def sheets(self) -> list[Sheet]:
        """The one sheet; every row is looked at, so that a file that breaks off is told at once."""
        rows = self.rows(0)
        first = list(islice(rows, FIRST_ROWS))
        return [Sheet(NAME, len(first) + sum(1 for _ in rows), first)]

    def rows(self, _place: int) -> Iterator[Row]:
        """Each record; a record of several lines counts as one row, as in Excel."""
        reader = csv.reader(io.StringIO(self._text, newline=""), delimiter=self._delimiter, strict=True)
        number = 0
        try:
            for number, cells in enumerate(reader, start=1):
                if number <= self._skipped:
                    yield []
                    continue
                if number > MOST_ROWS + HEADER_WITHIN:
                    raise FileRefused(too_many_rows(NAME))
                if len(cells) > MOST_COLUMNS:
                    raise _too_wide(number)
                yield [cell or None for cell in cells]
        except csv.Error as error:
            if "field larger" in str(error):
                raise too_long(number + 1) from None
            sentence = N_("Row {row} cannot be read: a quotation mark is not closed, or stands inside a cell alone.")
            raise FileRefused(say(sentence, row=number + 1)) from None


def _too_wide(row: int) -> FileRefused:
    return FileRefused(say(N_("Row {row} has more than {most} columns."), row=row, most=MOST_COLUMNS))


def decoded(content: bytes) -> tuple[str, tuple[Message, ...]]:
    """The text, with a note where its encoding had to be guessed."""
    if content.startswith(UTF16):
        return _strictly(content, "utf-16"), ()
    try:
        return content.decode("utf-8-sig"), ()
    except UnicodeDecodeError:
        sentence = N_("The letters are read as Windows-1252. Where they look wrong, save the file as 'CSV UTF-8'.")
        return content.decode("cp1252", errors="replace"), (say(sentence),)


def _strictly(content: bytes, encoding: str) -> str:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        raise FileRefused(say(N_("The text of the file is damaged. Export it again, or save it as xlsx."))) from None


def delimiter_of(text: str) -> tuple[str, int]:
    """The delimiter under which the first rows are widest and most alike; and how many rows only say which it is."""
    first = text[:20].splitlines()[:1]
    if first and first[0].lower().startswith("sep=") and len(first[0]) == 5:
        return first[0][4], 1
    return max(DELIMITERS, key=lambda each: _fitness(text[:TRIED_CHARACTERS], each)), 0


def _fitness(text: str, delimiter: str) -> tuple[int, int]:
    widths: Counter[int] = Counter()
    reader: Iterator[list[Any]] = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    try:
        for cells in islice(reader, TRIED_LINES):
            widths[len(cells)] += len(cells) > 1
    except csv.Error:
        return 0, 0
    width, rows = max(widths.items(), key=lambda each: (each[1] * (each[0] - 1), each[0]), default=(1, 0))
    return rows * (width - 1), width
