"""What the values of a file show of how it writes days and amounts; what a person said of it counts first."""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.dates import DaysSeen
from adapters.spreadsheets.frames import Cell
from adapters.spreadsheets.values import EITHER, is_empty, mark_shown_by
from documents import N_, say
from sync.uploads.plans import Plan


@dataclass(slots=True)
class Evidence:
    """Gathered row by row; `kinds` are the kinds of cells in each column of dates."""

    days: DaysSeen = field(default_factory=DaysSeen)
    kinds: dict[int, set[type]] = field(default_factory=dict)
    marks: set[str] = field(default_factory=set)

    def see_day(self, column: int, cell: Cell) -> None:
        """A cell of a column of dates."""
        if is_empty(cell):
            return
        if isinstance(cell, str):
            self.days.see(cell)
        self.kinds.setdefault(column, set()).add(str if isinstance(cell, str) else dt.datetime)

    def see_amount(self, cell: Cell) -> None:
        """A cell of a column of amounts."""
        if type(cell) is str:
            self.marks.add(mark_shown_by(cell))

    def mixed_dates(self, names: Sequence[str]) -> Iterator[Trouble]:
        """Columns in which some dates are text: a spreadsheet makes dates of those alone that it takes for some."""
        for column in (each for each, kinds in self.kinds.items() if len(kinds) > 1):
            sentence = N_(
                'Column "{column}": some dates are text and others are not. Day and month of the latter may be swapped.'
            )
            yield Trouble("W07", say(sentence, column=names[column]), None, column)

    def year_first(self, plan: Plan) -> bool | None:
        """Of dates like 26-01-05: as a person said, else as a date of the file shows; None where none does."""
        return self.days.year_first() if plan.year_first is None else plan.year_first

    def day_first(self, plan: Plan) -> bool | None:
        """How the file writes 3/4/2026: as a person said, else as a row of it shows; None where none does."""
        return self.days.day_first(self.year_first(plan)) if plan.day_first is None else plan.day_first

    def decimal_comma(self, plan: Plan) -> bool | None:
        """How the file writes amounts: as a person said, else as one of them shows; None where none does."""
        if plan.decimal_comma is not None:
            return plan.decimal_comma
        return None if ("," in self.marks) == ("." in self.marks) else "," in self.marks

    def asks_decimal_comma(self, plan: Plan) -> bool:
        """True where only a person knows what 1,250 or 1.250 is."""
        return EITHER in self.marks and self.decimal_comma(plan) is None

    def asks_day_first(self, plan: Plan) -> bool:
        """True where only a person knows it."""
        return self.days.has_days(self.year_first(plan)) and self.day_first(plan) is None

    def may_begin_with_year(self) -> bool:
        """True where only a person knows it."""
        return self.days.has_short and self.days.year_first() is None
