"""From rows of sheets to records: columns, cells and lines put together, every fault with its sheet, row and column."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from adapters.spreadsheets.values import SCIENTIFIC
from adapters.stores.exchange.checking import Fault, cleaned
from adapters.stores.exchange.fields import ExchangeObject, Field, Kind, Record
from documents import N_, Message, say

BILLING = "billing_"
ADDRESSES = ("billing_address", "addresses")
"""The fields whose address stands in the flat columns `billing_line1` and so on."""
Cells = Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Table:
    """One sheet, or one CSV file: its name, its header, and its rows that hold something, by Excel's numbers.

    `wrong` says what is wrong with cells whose value nobody knows, by row and by column from 0."""

    name: str
    header: Sequence[str]
    rows: Sequence[tuple[int, Sequence[str]]]
    wrong: Mapping[tuple[int, int], Message] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Trouble:
    """What is wrong, and where; a warning stops nothing. A row of 0 is the sheet as a whole."""

    sheet: str
    row: int
    column: str
    message: Message
    is_warning: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """A record of a file, where its row is, and where its lines are."""

    what: ExchangeObject
    record: Record
    sheet: str
    row: int
    lines: Sequence[int] = ()

    @property
    def id(self) -> str:
        """What names it."""
        return self.what.id_of(self.record)

    def trouble(self, path: str, message: Message) -> Trouble:
        """A trouble of one of its fields: "lines.2.quantity" stands in the row of the second line."""
        head, _, rest = path.partition(".")
        if head == "lines" and rest:
            place, _, name = rest.partition(".")
            return Trouble(self.what.lines_sheet, self.lines[int(place) - 1], name, message)
        if head in ADDRESSES and rest:
            return Trouble(self.sheet, self.row, BILLING + rest.rpartition(".")[2], message)
        return Trouble(self.sheet, self.row, head, message)


@dataclass(frozen=True, slots=True)
class Read:
    """What files hold: the records without any fault, and all troubles."""

    placed: Sequence[Placed] = ()
    troubles: Sequence[Trouble] = field(default=())

    @property
    def errors(self) -> Sequence[Trouble]:
        """What keeps its row out."""
        return [each for each in self.troubles if not each.is_warning]


def columns_of(what: ExchangeObject) -> list[str]:
    """The columns of an object's sheet, in their order (4.2)."""
    return [name for each in what.fields for name in _flat(each)]


def line_columns_of(what: ExchangeObject) -> list[str]:
    """The columns of its lines' sheet; the first names the record that a line belongs to."""
    return [what.lines_parent, *(each.name for each in _lines_field(what).parts)]


def _flat(each: Field) -> list[str]:
    if each.name in ADDRESSES:
        return [BILLING + part.name for part in each.parts if part.name != "type"]
    return [] if each.kind in (Kind.RECORD, Kind.RECORDS) else [each.name]


def _lines_field(what: ExchangeObject) -> Field:
    return next(each for each in what.fields if each.name == "lines")


def read(objects: Sequence[ExchangeObject], tables: Sequence[Table]) -> Read:
    """Everything in these tables, each record against the contract."""
    by_name = {table.name.strip().lower(): table for table in tables}
    known = {name for each in objects for name in (each.sheet, each.lines_sheet) if name}
    troubles = [
        _unknown(table, known, is_warning=bool(known & by_name.keys()))
        for table in tables
        if table.name.strip().lower() not in known
    ]
    placed: list[Placed] = []
    for what in objects:
        found, wrong = _read_object(what, by_name.get(what.sheet), by_name.get(what.lines_sheet))
        placed += found
        troubles += wrong
    return Read(placed, troubles)


def _unknown(table: Table, known: set[str], is_warning: bool) -> Trouble:
    sentence = N_("This sheet is not read: its name is none of {known}.")
    return Trouble(table.name, 0, "", say(sentence, known=", ".join(sorted(known))), is_warning)


def _read_object(what: ExchangeObject, table: Table | None, lines: Table | None) -> tuple[list[Placed], list[Trouble]]:
    troubles = list(_header(what.sheet, table, columns_of(what), _required(what.fields))) if table else []
    if lines:
        wanted = {what.lines_parent, *_required(_lines_field(what).parts)}
        troubles += _header(what.lines_sheet, lines, line_columns_of(what), wanted)
    if table and what.lines_sheet and lines is None and table.rows:
        sentence = N_("The sheet {sheet} is missing: it holds the lines. Upload both together.")
        troubles.append(Trouble(what.sheet, 0, "", say(sentence, sheet=what.lines_sheet)))
    if any(not each.is_warning for each in troubles):
        return [], troubles
    by_parent = _lines_by_parent(what, lines)
    made = [_placed(what, number, cells, by_parent) for number, cells in _rows(table)]
    parents = {str(each.record.get(what.lines_by, "")) for each in made}
    for parent in (each for each in by_parent if each not in parents):
        sentence = N_("There is no {parent} in the sheet {sheet}.") if parent else N_("The line names no record.")
        message = say(sentence, parent=parent, sheet=what.sheet)
        troubles += [Trouble(what.lines_sheet, number, what.lines_parent, message) for number, _ in by_parent[parent]]
    good, wrong = _checked(what, made, _unknown_values(what, table), _unknown_values(what, lines))
    return good, [*troubles, *wrong]


def _required(fields: Sequence[Field]) -> set[str]:
    return {each.name for each in fields if each.is_required and each.kind not in (Kind.RECORD, Kind.RECORDS)}


def _header(sheet: str, table: Table, columns: Sequence[str], required: set[str]) -> Iterator[Trouble]:
    """Exact after trimming and lower case: missing, unknown, twice."""
    names = [each.strip().lower() for each in table.header]
    for name in sorted(required - set(names)):
        yield Trouble(sheet, 1, name, say(N_("The column {name} is missing."), name=name))
    for name in dict.fromkeys(each for each in names if each and each not in columns):
        yield Trouble(sheet, 1, name, say(N_("The column {name} is not known, and not read."), name=name), True)
    for name in dict.fromkeys(each for each in names if each and names.count(each) > 1):
        yield Trouble(sheet, 1, name, say(N_("The column {name} stands there twice."), name=name))


def _rows(table: Table | None) -> Iterator[tuple[int, Cells]]:
    """Each row as the columns that hold something."""
    names = [each.strip().lower() for each in table.header] if table else []
    for number, cells in table.rows if table else ():
        found = {name: cell.strip() for name, cell in zip(names, cells, strict=False) if name and cell.strip()}
        if found:
            yield number, found


def lost_digits(found: str) -> Message:
    """Of a number that a spreadsheet has rounded: it keeps 15 digits."""
    sentence = N_("The number lost digits ({found}). Format the column as text in the export, and export again.")
    return say(sentence, found=found)


def _unknown_values(what: ExchangeObject, table: Table | None) -> dict[int, list[Fault]]:
    """The cells whose value nobody knows, by row: of what names a record also such as 5.76E+17."""
    found: dict[int, list[Fault]] = {}
    if table is None:
        return found
    names = [each.strip().lower() for each in table.header]
    keys = [at for at, name in enumerate(names) if name in (what.key, what.lines_by, what.lines_parent)]
    wrong = dict(table.wrong)
    for number, cells in table.rows:
        told = [(at, cells[at].strip()) for at in keys if at < len(cells) and "+" in cells[at]]
        wrong |= {(number, at): lost_digits(cell) for at, cell in told if SCIENTIFIC.fullmatch(cell)}
    known = {*columns_of(what), *(line_columns_of(what) if what.lines_sheet else ())}
    for (number, at), message in wrong.items():
        if at < len(names) and names[at] in known:
            found.setdefault(number, []).append(Fault(names[at], "unknown", message))
    return found


def _lines_by_parent(what: ExchangeObject, lines: Table | None) -> dict[str, list[tuple[int, Cells]]]:
    found: dict[str, list[tuple[int, Cells]]] = {}
    for number, cells in _rows(lines):
        found.setdefault(cells.get(what.lines_parent, ""), []).append((number, cells))
    return found


def _placed(
    what: ExchangeObject, number: int, cells: Cells, by_parent: Mapping[str, list[tuple[int, Cells]]]
) -> Placed:
    record: dict[str, Any] = {each.name: cells[each.name] for each in what.fields if each.name in cells}
    for each in what.fields:
        address = {part.name: cells[BILLING + part.name] for part in each.parts if BILLING + part.name in cells}
        if each.name in ADDRESSES and address:
            record[each.name] = address if each.kind is Kind.RECORD else [address]
    if not what.lines_sheet:
        return Placed(what, record, what.sheet, number)
    lines = sorted(by_parent.get(cells.get(what.lines_by, ""), ()), key=_line_no)
    record["lines"] = [{name: line[name] for name in line if name != what.lines_parent} for _, line in lines]
    return Placed(what, record, what.sheet, number, [row for row, _ in lines])


def _line_no(line: tuple[int, Cells]) -> tuple[int, int]:
    told = line[1].get("line_no", "")
    return (int(told) if told.isdecimal() else 0), line[0]


def _checked(
    what: ExchangeObject,
    made: Sequence[Placed],
    unknown: Mapping[int, Sequence[Fault]],
    unknown_in_lines: Mapping[int, Sequence[Fault]],
) -> tuple[list[Placed], list[Trouble]]:
    first: dict[str, int] = {}
    good: list[Placed] = []
    troubles: list[Trouble] = []
    for each in made:
        record, faults = cleaned(what, each.record)
        lost = [*unknown.get(each.row, ()), *_of_lines(each, unknown_in_lines)]
        faults = (*lost, *(fault for fault in faults if fault.field not in {one.field for one in lost}))
        if each.id in first:
            sentence = N_("{id} stands in row {row} already.")
            faults = (*faults, Fault(what.key, "duplicate", say(sentence, id=each.id, row=first[each.id])))
        if each.id:
            first.setdefault(each.id, each.row)
        if what.lines_sheet and not each.lines and not record.get("deleted"):
            sentence = N_("{id} has no lines in the sheet {sheet}.")
            faults = (*faults, Fault(what.key, "no_lines", say(sentence, id=each.id, sheet=what.lines_sheet)))
        troubles += [each.trouble(fault.field, fault.message) for fault in faults]
        if not faults:
            good.append(replace(each, record=record))
    return good, troubles


def _of_lines(placed: Placed, unknown: Mapping[int, Sequence[Fault]]) -> Iterator[Fault]:
    for place, row in enumerate(placed.lines, 1):
        for each in unknown.get(row, ()):
            yield replace(each, field=f"lines.{place}.{each.field}")
