"""Gathers the rows of each order, wherever they stand in the file; each is kept small until its order is read."""

import datetime as dt
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import DaysSeen
from adapters.spreadsheets.frames import CELLS, Cell
from adapters.spreadsheets.headers import EMPTY_ROWS, is_end
from adapters.spreadsheets.order_cells import trouble_of
from adapters.spreadsheets.order_fields import ORDER_FIELDS
from adapters.spreadsheets.reading import Row
from adapters.spreadsheets.targets import Holds
from adapters.spreadsheets.values import EITHER, Unread, is_empty, mark_shown_by, order_number, shown
from documents import N_, say
from sync.uploads.plans import Plan

MOMENTS = ("ordered", "paid", "shipped", "completed")
AMOUNTS = tuple(each.name for each in ORDER_FIELDS if each.holds in (Holds.MONEY, Holds.FIGURE))
MOST_WORDS, LONGEST_WORD = 50, 80
FIRST_SHOWN, TOLD_EVERY = 50, 10_000
Packed = tuple[int, msgspec.Raw]
"""Excel's number of a row, and its cells, packed."""


@dataclass(slots=True)
class Groups:
    """The rows of a sheet by order, in the order of their first rows; what belongs to no order is told.

    `words` are what the channel's column says, by order; `shown` are the first rows for the preview;
    `by_number` are the ids of orders by the number that people see."""

    plan: Plan
    names: list[str]
    orders: dict[str, list[Packed]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    stray: dict[int, list[Cell]] = field(default_factory=dict)
    shown: dict[int, list[Cell]] = field(default_factory=dict)
    row_count: int = 0
    days: DaysSeen = field(default_factory=DaysSeen)
    kinds: dict[int, set[type]] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def gather(self, rows: Iterable[Packed]) -> Iterator[int]:
        """Go through the rows below the header; yields how many, now and then."""
        columns = self.plan.columns
        place, first = columns["order_id"], min(columns.values(), default=0)
        moments = [columns[each] for each in MOMENTS if each in columns]
        amounts = [columns[each] for each in AMOUNTS if each in columns]
        empty = 0
        for number, packed in rows:
            if number <= self.plan.header_row:
                continue
            cells = CELLS.decode(packed)
            if empty >= EMPTY_ROWS or is_end(cells, first):
                self._told_end((number, cells), rows)
                return
            if cells.count(None) == len(cells):
                empty += 1
                continue
            empty = 0
            self.row_count += 1
            self._add((number, cells), packed, place, moments)
            self.marks.update(mark_shown_by(cell) for each in amounts if type(cell := _at(cells, each)) is str)
            if self.row_count % TOLD_EVERY == 0:
                yield self.row_count

    def _add(self, row: Row, packed: msgspec.Raw, place: int, moments: list[int]) -> None:
        number, cells = row
        if len(self.shown) < FIRST_SHOWN:
            self.shown[number] = cells
        try:
            order_id = self._order_id(cells, place)
        except Unread as error:
            self.troubles.append(trouble_of(error.code, row, place, self.names))
            self.stray[number] = cells
            return
        for column in moments:
            self._see_day(column, _at(cells, column))
        self.orders.setdefault(order_id, []).append((number, packed))
        channel = self.plan.columns.get("channel")
        if channel is not None and not self.words.get(order_id):
            self.words[order_id] = shown(cells[channel]).strip()[:LONGEST_WORD] if channel < len(cells) else ""

    def _order_id(self, cells: list[Cell], place: int) -> str:
        """Where only the first row of an order tells it, as in Shopify's export, the others name it by its number."""
        named = self.plan.columns.get("number")
        number = "" if named is None else shown(_at(cells, named)).strip()
        if number in self.by_number and is_empty(_at(cells, place)):
            return self.by_number[number]
        order_id, _note = order_number(_at(cells, place))
        if number:
            self.by_number[number] = order_id
        return order_id

    def _see_day(self, column: int, cell: Cell) -> None:
        if is_empty(cell):
            return
        if isinstance(cell, str):
            self.days.see(cell)
        self.kinds.setdefault(column, set()).add(str if isinstance(cell, str) else dt.datetime)

    def mixed_dates(self) -> Iterator[Trouble]:
        """Columns in which some dates are text: a spreadsheet makes dates of those alone that it takes for some."""
        for column in (each for each, kinds in self.kinds.items() if len(kinds) > 1):
            sentence = N_(
                'Column "{column}": some dates are text and others are not. Day and month of the latter may be swapped.'
            )
            yield Trouble("W07", say(sentence, column=self.names[column]), None, column)

    def _told_end(self, row: Row, rest: Iterable[Packed]) -> None:
        """What stands below a totals row, or below five empty ones, is no order."""
        below = sum(any(not is_empty(cell) for cell in CELLS.decode(packed)) for _, packed in rest)
        number, cells = row
        below += any(not is_empty(cell) for cell in cells)
        if below:
            message = say(
                N_("From row {row} on, {count} rows are not read: the list ends above."), row=number, count=below
            )
            self.troubles.append(Trouble("W04", message, number))

    def rows_of(self, order_id: str) -> list[Row]:
        """The rows of one order, unpacked, each as wide as the header."""
        return [(number, self._wide(CELLS.decode(packed))) for number, packed in self.orders[order_id]]

    def _wide(self, cells: list[Cell]) -> list[Cell]:
        missing = len(self.names) - len(cells)
        return cells + [None] * missing if missing > 0 else cells

    def year_first(self) -> bool | None:
        """Of dates like 26-01-05: as a person said, else as a date of the file shows; None where none does."""
        return self.days.year_first() if self.plan.year_first is None else self.plan.year_first

    def day_first(self) -> bool | None:
        """How the file writes 3/4/2026: as a person said, else as a row of it shows; None where none does."""
        return self.days.day_first(self.year_first()) if self.plan.day_first is None else self.plan.day_first

    def decimal_comma(self) -> bool | None:
        """How the file writes amounts: as a person said, else as one of them shows; None where none does."""
        if self.plan.decimal_comma is not None:
            return self.plan.decimal_comma
        return None if ("," in self.marks) == ("." in self.marks) else "," in self.marks

    def asks_decimal_comma(self) -> bool:
        """True where only a person knows what 1,250 or 1.250 is."""
        return EITHER in self.marks and self.decimal_comma() is None

    def asks_day_first(self) -> bool:
        """True where only a person knows it."""
        return self.days.has_days(self.year_first()) and self.day_first() is None

    def may_begin_with_year(self) -> bool:
        """True where only a person knows it."""
        return self.days.has_short and self.days.year_first() is None


def _at(cells: list[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else None
