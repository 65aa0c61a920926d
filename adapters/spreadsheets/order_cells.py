"""Takes typed values out of the rows of one order, and writes down what is wrong with each cell."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import Calendar, moment
from adapters.spreadsheets.frames import Cell
from adapters.spreadsheets.reading import Row
from adapters.spreadsheets.values import Unread, figure, is_empty, money, order_number, shown, text
from documents import N_, Channel, say

Value = TypeVar("Value")
Parse = Callable[..., tuple[Value | None, str]]
LONGEST_FOUND = 80
WRONG = {
    "ROW01": N_('Row {row}, "{column}": the order number is empty.'),
    "ROW02": N_('Row {row}, "{column}": "{found}" is not an amount.'),
    "ROW03": N_('Row {row}, "{column}": "{found}" is not a date.'),
    "ROW04": N_('Row {row}, "{column}": "{found}" is not a currency.'),
    "ROW06": N_('Row {row}, "{column}": the order number lost digits ({found}).'),
    "ROW09": N_('Row {row}, "{column}": a formula without a saved value.'),
    "ROW17": N_('Row {row}, "{column}": the cell holds an error.'),
    "ROW12": N_('Row {row}, "{column}": {found} lies in the future, or before the year 2000.'),
    "ROW13": N_('Row {row}, "{column}": "{found}" differs from another row of the same order.'),
    "ROW15": N_('Row {row}, "{column}": empty.'),
    "ROW16": N_('Row {row}, "{column}": "{found}" is too long.'),
    "W03": N_('Row {row}, "{column}": more decimals than the currency has; {found} was rounded.'),
    "W07": N_('Row {row}, "{column}": the comma of {found} is read as the decimal point.'),
    "W10": N_('Row {row}, "{column}": {found} is read as a whole number.'),
    "W13": N_('Row {row}, "{column}": "{found}" differs from the first row of the order, which counts.'),
    "W11": N_('Row {row}, "{column}": the status "{found}" is not known.'),
}


@dataclass(frozen=True, slots=True)
class Terms:
    """What holds for a whole file: its columns by field, its channel, how it writes days and taxes.

    `digits_of` tells the decimals of a currency; `is_own`: its store has no catalogue but what its files name;
    `decimal_comma` is as in `values.figure`."""

    columns: Mapping[str, int]
    names: Sequence[str]
    store: str
    shop_id: str
    channel: Channel
    calendar: Calendar
    digits_of: Callable[[str], int]
    prices_include_tax: bool = False
    is_own: bool = True
    decimal_comma: bool | None = None


@dataclass(slots=True)
class OrderCells:
    """The rows of one order, each as wide as the header."""

    rows: Sequence[Row]
    terms: Terms
    troubles: list[Trouble] = field(default_factory=list)
    digits: int = 2

    def cell(self, row: Row, name: str) -> Cell:
        """What stands in a field's column; None where there is no such column."""
        column = self.terms.columns.get(name)
        return None if column is None else row[1][column]

    def read(self, row: Row, name: str, parse: Parse[Value], *how: object) -> Value | None:
        """A value; None where the cell is empty or wrong, and then it is told."""
        column = self.terms.columns.get(name)
        cell = None if column is None else row[1][column]
        return None if cell is None else self._parsed(row, name, cell, parse, how)

    def _parsed(self, row: Row, name: str, cell: Cell, parse: Parse[Value], how: tuple[object, ...]) -> Value | None:
        try:
            value, note = parse(cell, *how)
        except Unread as error:
            self.tell(error.code, row, name)
            return None
        if note:
            self.tell(note, row, name)
        return value

    def once(self, name: str, differs: str, parse: Parse[Value], *how: object) -> Value | None:
        """A value that an order has once: in the first row that tells it; another one in a later row is told."""
        column = self.terms.columns.get(name)
        if column is None:
            return None
        value, first = None, None
        for row in self.rows:
            cell = row[1][column]
            if cell is None or cell == first or is_empty(cell):
                continue
            if first is None:
                value, first = self._parsed(row, name, cell, parse, how), cell
            elif self._parsed(row, name, cell, parse, how) != value:
                self.tell(differs, row, name)
        return value

    def money(self, row: Row, name: str) -> Decimal | None:
        """An amount in the order's currency."""
        return self.read(row, name, money, self.digits, self.terms.decimal_comma)

    def money_once(self, name: str) -> Decimal | None:
        """An amount of the whole order, however often its rows repeat it."""
        return self.once(name, "ROW13", money, self.digits, self.terms.decimal_comma)

    def figure(self, row: Row, name: str) -> Decimal | None:
        """A price or a quantity, with all its decimals."""
        return self.read(row, name, figure, self.terms.decimal_comma)

    def text(self, row: Row, name: str, most: int = 0) -> str:
        """Words; longer ones than `most` are told."""
        cell = self.cell(row, name)
        if cell is None:
            return ""
        told = text(cell) if type(cell) is str else self.read(row, name, _text) or ""
        if most and len(told) > most:
            self.tell("ROW16", row, name)
        return told

    def text_once(self, name: str, differs: str = "") -> str:
        """Words of the whole order."""
        if differs:
            return self.once(name, differs, _text) or ""
        return next((told for row in self.rows if (told := self.text(row, name))), "")

    def number_once(self, name: str) -> str:
        """Another number of the order."""
        return self.once(name, "ROW13", order_number) or ""

    def moment_once(self, name: str) -> dt.datetime | None:
        """A moment of the whole order."""
        return self.once(name, "ROW13", _moment, self.terms.calendar)

    def tell(self, code: str, row: Row, name: str) -> None:
        """Write down what is wrong with a cell."""
        self.troubles.append(trouble_of(code, row, self.terms.columns.get(name), self.terms.names))


def trouble_of(code: str, row: Row, column: int | None, names: Sequence[str]) -> Trouble:
    """What is wrong with one cell, in a sentence that says where."""
    number, cells = row
    name = names[column] if column is not None and column < len(names) else ""
    found = shown(cells[column])[:LONGEST_FOUND] if column is not None and column < len(cells) else ""
    return Trouble(code, say(WRONG[code], row=number, column=name, found=found), number, column, found)


def _text(cell: Cell) -> tuple[str, str]:
    return text(cell), ""


def _moment(cell: Cell, calendar: Calendar) -> tuple[dt.datetime | None, str]:
    return moment(cell, calendar), ""
