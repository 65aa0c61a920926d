"""Gathers the rows of each order, wherever they stand in the file; each is kept small until its order is read."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

import msgspec

from adapters.spreadsheets.codes import Trouble
from adapters.spreadsheets.frames import CELLS, Cell, packed
from adapters.spreadsheets.headers import EMPTY_ROWS, is_repeated, says_total
from adapters.spreadsheets.limits import LONGEST_KEPT, MOST_KEPT_BYTES, FileRefused
from adapters.spreadsheets.oddities import letters_of
from adapters.spreadsheets.order_cells import LONGEST_FOUND, trouble_of
from adapters.spreadsheets.order_fields import ORDER_FIELDS, PRODUCT, WORTH
from adapters.spreadsheets.reading import Row
from adapters.spreadsheets.targets import Holds
from adapters.spreadsheets.values import Unread, is_empty, order_number, shown
from documents import N_, say
from sync.uploads.evidence import Evidence
from sync.uploads.plans import Plan

MOMENTS = ("ordered", "paid", "shipped", "completed")
COUNTED = tuple(each.name for each in ORDER_FIELDS if each.holds in (Holds.MONEY, Holds.FIGURE, Holds.MOMENT))
"""A row that holds none of these is no row of an order, where it stands below the end of the list."""
AMOUNTS = tuple(each.name for each in ORDER_FIELDS if each.holds in (Holds.MONEY, Holds.FIGURE))
MOST_WORDS, LONGEST_WORD = 50, 80
FIRST_SHOWN, TOLD_EVERY = 50, 10_000
MOST_TOLD, MOST_STRAY = 5_000, 1_000
"""So many messages are kept, and so many of their rows; all are counted."""
SKIPPED = {
    "header": N_("{count} rows repeat the names of the columns and are not read, the first is row {row}."),
    "total": N_("{count} rows of totals are not read, the first is row {row}."),
    "below": N_("{count} rows below the list have no amount and no date and are not read, the first is row {row}."),
}
Packed = tuple[int, bytes]
"""Excel's number of a row, and those of its cells that are used, packed."""


@dataclass(slots=True)
class Groups:
    """The rows of a sheet by order, in the order of their first rows; what belongs to no order is told.

    `width` is how many cells a row has; `bad` are orders that something is wrong with beside what their cells say;
    `notes` are about the whole, `troubles` about single rows;
    `words` are what the channel's column says, by order; `by_number` are the ids of orders by the
    number that people see; `shown` are the first rows for the preview; `untold` counts the errors that are not in
    `troubles`, for there are too many."""

    plan: Plan
    names: list[str]
    width: int
    orders: dict[str, list[Packed]] = field(default_factory=dict)
    bad: set[str] = field(default_factory=set)
    words: dict[str, str] = field(default_factory=dict)
    by_number: dict[str, str] = field(default_factory=dict)
    notes: list[Trouble] = field(default_factory=list)
    troubles: list[Trouble] = field(default_factory=list)
    untold: int = 0
    stray: dict[int, list[Cell]] = field(default_factory=dict)
    shown: dict[int, list[Cell]] = field(default_factory=dict)
    row_count: int = 0
    evidence: Evidence = field(default_factory=Evidence)
    _used: list[int] = field(default_factory=list)
    _moments: list[int] = field(default_factory=list)
    _amounts: list[int] = field(default_factory=list)
    _above: tuple[str, int] | None = None
    _is_below: bool = False
    _skipped: dict[str, tuple[int, int]] = field(default_factory=dict)
    _bytes: int = 0
    _cut: int = 0

    def gather(self, rows: Iterable[tuple[int, msgspec.Raw]]) -> Iterator[int]:
        """Go through the rows below the header; yields how many, now and then."""
        self._used = sorted(set(self.plan.columns.values()))
        self._moments, self._amounts = self._places(MOMENTS), self._places(AMOUNTS)
        empty = 0
        for number, told in rows:
            if number <= self.plan.header_row:
                continue
            cells = CELLS.decode(told)
            if cells.count(None) == len(cells):
                empty += 1
                if empty == EMPTY_ROWS:
                    self._end_list()
                continue
            empty = 0
            if why := self._why_skipped(cells):
                self._skip(why, number)
                continue
            self.row_count += 1
            self._add(number, cells)
            if self.row_count % TOLD_EVERY == 0:
                yield self.row_count
        self._tell_the_whole()

    def _places(self, names: Iterable[str]) -> list[int]:
        return [self.plan.columns[each] for each in names if each in self.plan.columns]

    # --- rows that are none -----------------------------------------------------------------------------------------

    def _why_skipped(self, cells: list[Cell]) -> str:
        """A row that repeats the header, sums up, or is a note below the list; '' for all others."""
        place = self.plan.columns["order_id"]
        if place < len(cells) and cells[place] == self.names[place] and is_repeated(cells, self.names, self._used):
            return "header"
        if self._is_total(cells, place):
            return "total"
        if self._is_below and not _holds(cells, self._places(COUNTED)):
            return "below"
        return ""

    def _is_total(self, cells: list[Cell], place: int) -> bool:
        """By its first word; but a row with an order's number, or a product of this name with its price, is none."""
        first = next((column for column, cell in enumerate(cells) if not is_empty(cell)), None)
        if first is None or not says_total(cells[first]):
            return False
        if first != place and place < len(cells) and not (is_empty(cells[place]) or says_total(cells[place])):
            return False
        is_product = first in self._places(PRODUCT) and _holds(cells, self._places(WORTH))
        return not (is_product and _holds(cells, self._places(("quantity",))))

    def _skip(self, why: str, number: int) -> None:
        count, first = self._skipped.get(why, (0, number))
        self._skipped[why] = count + 1, first
        if why == "total":
            self._end_list()

    def _end_list(self) -> None:
        """Below a totals row or five empty ones are mostly notes; another row of an order begins the list again."""
        self._is_below, self._above = True, None

    # --- rows of orders ---------------------------------------------------------------------------------------------

    def _add(self, number: int, cells: list[Cell]) -> None:
        used = self._short(cells)
        row = number, self._wide(used)
        self._is_below = False
        if len(self.shown) < FIRST_SHOWN:
            self.shown[number] = row[1]
        try:
            order_id = self._order_id(row[1])
        except Unread as error:
            self._tell_stray(error.code, row)
            return
        if order_id == self.names[self.plan.columns["order_id"]]:
            self._tell_name(row)
            return
        self._see(row[1])
        self._above = order_id, number
        self._keep(order_id, number, used)
        self._see_channel(order_id, row)
        if len(cells) > len(self.names):
            self._check_width(order_id, row, cells)

    def _order_id(self, cells: list[Cell]) -> str:
        """Where only the first row of an order tells it, as in Shopify's export, the others name it by its number."""
        own, named = cells[self.plan.columns["order_id"]], self.plan.columns.get("number")
        number = "" if named is None else shown(cells[named]).strip()
        if number in self.by_number and is_empty(own):
            return self.by_number[number]
        order_id, _note = order_number(own)
        if number:
            self.by_number[number] = order_id
        return order_id

    def _see(self, cells: list[Cell]) -> None:
        for column in self._moments:
            self.evidence.see_day(column, cells[column])
        for column in self._amounts:
            self.evidence.see_amount(cells[column])

    def _keep(self, order_id: str, number: int, used: list[Cell]) -> None:
        kept = packed(used)
        self._bytes += len(kept)
        if self._bytes > MOST_KEPT_BYTES:
            sentence = N_("The rows of the file hold more than {most} MB of text. Export a shorter period.")
            raise FileRefused(say(sentence, most=MOST_KEPT_BYTES // 1_000_000))
        self.orders.setdefault(order_id, []).append((number, kept))

    def _short(self, cells: list[Cell]) -> list[Cell]:
        """The cells that are used, none of them longer than an order needs."""
        width = len(cells)
        used = [cells[place] if place < width else None for place in self._used]
        for place, cell in enumerate(used):
            if type(cell) is str and len(cell) > LONGEST_KEPT:
                used[place] = cell[:LONGEST_KEPT]
                self._cut += 1
        return used

    def _see_channel(self, order_id: str, row: Row) -> None:
        """The first row that names its channel tells it; another channel in a later row is another order's."""
        column = self.plan.columns.get("channel")
        if column is None:
            return
        word, known = shown(row[1][column]).strip()[:LONGEST_WORD], self.words.get(order_id)
        if known and word and word != known:
            self.bad.add(order_id)
            self._tell(trouble_of("ROW13", row, column, self.names), row)
        if not known:
            self.words[order_id] = word

    def _check_width(self, order_id: str, row: Row, cells: list[Cell]) -> None:
        """A comma inside an amount makes two cells of it, and moves all that follow."""
        column = next((place for place in range(len(self.names), len(cells)) if not is_empty(cells[place])), None)
        if column is None and len(cells) <= self.width:
            return
        sentence = N_('Row {row}: column {letters} has no name, and holds "{found}": perhaps an amount is split there.')
        if column is None:
            sentence = N_("Row {row} goes up to column {letters}, further than the others: perhaps an amount is split.")
        place = len(cells) - 1 if column is None else column
        found = shown(cells[place])[:LONGEST_FOUND]
        message = say(sentence, row=row[0], letters=letters_of(place), found=found)
        self.bad.add(order_id)
        self._tell(Trouble("ROW20", message, row[0], place, found), row)

    def _tell_stray(self, code: str, row: Row) -> None:
        """A row without a number that can be read; the order above it may go on in it, so that it is not whole."""
        trouble = trouble_of(code, row, self.plan.columns["order_id"], self.names)
        if self._above:
            order_id, above = self._above
            self.bad.add(order_id)
            sentence = N_(
                'Row {row}, "{column}": no order number that can be read. The row may belong to order {order} above,'
                " from row {above}, so that order stays out, too."
            )
            told = {**trouble.message.values, "order": order_id[:LONGEST_FOUND], "above": above}
            trouble = replace(trouble, message=say(sentence, **told))
        self._tell(trouble, row)

    def _tell_name(self, row: Row) -> None:
        """Where a header is merged down the sheet, each row would be of one and the same order."""
        column = self.plan.columns["order_id"]
        sentence = N_(
            'Row {row}: "{found}" is the name of the column and no order number: perhaps its cells are merged.'
        )
        found = self.names[column]
        self._tell(Trouble("ROW01", say(sentence, row=row[0], found=found), row[0], column, found), row)

    def _tell(self, trouble: Trouble, row: Row) -> None:
        if len(self.troubles) >= MOST_TOLD:
            self.untold += 1
            return
        self.troubles.append(trouble)
        if len(self.stray) < MOST_STRAY:
            self.stray[row[0]] = row[1]

    def _tell_the_whole(self) -> None:
        """What was skipped or cut, each reason once."""
        for why, (count, first) in self._skipped.items():
            self.notes.append(Trouble("W04", say(SKIPPED[why], count=count, row=first), first))
        if self._cut:
            sentence = N_("{count} cells hold more than {most} characters; the rest of each is cut.")
            self.notes.append(Trouble("W12", say(sentence, count=self._cut, most=f"{LONGEST_KEPT:,}")))

    # --- what was gathered ------------------------------------------------------------------------------------------

    def rows_of(self, order_id: str) -> list[Row]:
        """The rows of one order, unpacked, each as wide as the header; cells that are not used are empty."""
        return [(number, self._wide(CELLS.decode(kept))) for number, kept in self.orders[order_id]]

    def size_of(self, order_id: str) -> int:
        """In bytes, packed."""
        return sum(len(kept) for _, kept in self.orders[order_id])

    def _wide(self, used: Sequence[Cell]) -> list[Cell]:
        cells: list[Cell] = [None] * len(self.names)
        for column, cell in zip(self._used, used, strict=True):
            cells[column] = cell
        return cells

    def used_names(self) -> list[str]:
        """Of the columns that are used."""
        return [self.names[column] for column in self._used]

    def used_cells(self, rows: Iterable[Row]) -> list[Row]:
        """The cells that are used."""
        return [(number, [cells[column] for column in self._used]) for number, cells in rows]


def _holds(cells: Sequence[Cell], places: Iterable[int]) -> bool:
    return any(place < len(cells) and not is_empty(cells[place]) for place in places)
