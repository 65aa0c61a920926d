"""Gathers the rows of each order, wherever they stand in the file; each is kept small until its order is read."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import msgspec

from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import order_shown_by
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

    `words` are what the channel's column says, by order; `shown` are the first rows for the preview."""

    plan: Plan
    names: list[str]
    orders: dict[str, list[Packed]] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    troubles: list[Trouble] = field(default_factory=list)
    stray: dict[int, list[Cell]] = field(default_factory=dict)
    shown: dict[int, list[Cell]] = field(default_factory=dict)
    row_count: int = 0
    has_slashes: bool = False
    is_day_first: bool = False
    is_month_first: bool = False
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
            order_id, _note = order_number(cells[place] if place < len(cells) else None)
        except Unread as error:
            self.troubles.append(trouble_of(error.code, row, place, self.names))
            self.stray[number] = cells
            return
        for column in moments:
            if column < len(cells) and type(cells[column]) is str:
                self._see_day(cells[column])
        self.orders.setdefault(order_id, []).append((number, packed))
        channel = self.plan.columns.get("channel")
        if channel is not None and not self.words.get(order_id):
            self.words[order_id] = shown(cells[channel]).strip()[:LONGEST_WORD] if channel < len(cells) else ""

    def _see_day(self, cell: Cell) -> None:
        has_slashes, day_first, month_first = order_shown_by([cell])
        self.has_slashes |= has_slashes
        self.is_day_first |= day_first
        self.is_month_first |= month_first

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

    def day_first(self) -> bool | None:
        """How the file writes 3/4/2026: as a person said, else as a row of it shows; None where none does."""
        if self.plan.day_first is not None:
            return self.plan.day_first
        return None if self.is_day_first == self.is_month_first else self.is_day_first

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
        return self.has_slashes and self.day_first() is None


def _at(cells: list[Cell], place: int) -> Cell:
    return cells[place] if place < len(cells) else None
