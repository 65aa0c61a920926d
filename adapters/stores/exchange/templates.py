"""Templates to download: an object's sheet, with its lines' sheet, and two example rows (4.2)."""

import io
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell

from adapters.stores.exchange.fields import ExchangeObject, Record
from adapters.stores.exchange.sheets import ADDRESSES, BILLING, columns_of, line_columns_of

Rows = Sequence[Sequence[str]]


def sheets_of(what: ExchangeObject) -> dict[str, Rows]:
    """Each sheet with its header and its example rows, by its name."""
    columns = columns_of(what)
    made: dict[str, Rows] = {what.sheet: [columns, *(_row(columns, _flat(each)) for each in what.examples)]}
    if what.lines_sheet:
        columns = line_columns_of(what)
        lines = ({**line, what.lines_parent: each[what.lines_by]} for each in what.examples for line in each["lines"])
        made[what.lines_sheet] = [columns, *(_row(columns, each) for each in lines)]
    return made


def _flat(record: Record) -> Mapping[str, Any]:
    found: Any = next((record[name] for name in ADDRESSES if record.get(name)), {})
    address: Mapping[str, Any] = found[0] if isinstance(found, list) else found
    return {**record, **{BILLING + name: text for name, text in address.items()}}


def _row(columns: Sequence[str], record: Mapping[str, Any]) -> list[str]:
    return [_text(record.get(name)) for name in columns]


def _text(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else str(value)


def workbook(objects: Sequence[ExchangeObject]) -> bytes:
    """An XLSX file with the sheets of these objects; every cell is text, none is a formula."""
    book = Workbook(write_only=True)
    for what in objects:
        for name, rows in sheets_of(what).items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(list(_cells(sheet, row)))
    file = io.BytesIO()
    book.save(file)
    return file.getvalue()


def _cells(sheet: Any, row: Sequence[str]) -> Iterator[WriteOnlyCell]:
    for text in row:
        cell = WriteOnlyCell(sheet, text or None)
        if text:
            cell.data_type = "s"
        yield cell
