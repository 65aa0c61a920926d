"""Two hundred files that are wrong in some way, made from a seed: each must give a sentence, never a traceback."""

import io
import random
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

import openpyxl

from tests.sheets import HEADER, as_csv, as_ods, as_xls, as_xlsx, line, parts_of, saved, zipped

COUNT = 200
SHEET = "xl/worksheets/sheet1.xml"
ODD = [
    "abc",
    "#REF!",
    True,
    -1e308,
    "1e400",
    "",
    "=1+1",
    "31/02/2026",
    "\u0000?",
    "💥" * 50,
    "x" * 32_767,
    "1,2,3",
    1e300,
]
Make = Callable[[random.Random], bytes]


class Comes(StrEnum):
    """What a person is told of a file."""

    REFUSED = "a sentence says why it cannot be read"
    ASKED = "a sentence asks which column is what"
    ERRORS = "at least one error in its rows"
    CLEAN = "every order, and nothing to say"


@dataclass(frozen=True, slots=True)
class Damaged:
    """A file, what it is called, how it was damaged, what may come of it, and how many orders it was made with."""

    how: str
    name: str
    content: bytes
    comes: tuple[Comes, ...]
    orders: int


def good_rows(chance: random.Random) -> list[list[object]]:
    return [list(HEADER), *(line(f"A-{number}") for number in range(chance.randint(1, 30)))]


def good(chance: random.Random) -> bytes:
    return as_xlsx(good_rows(chance))


def wrong_types(chance: random.Random) -> bytes:
    rows = good_rows(chance)
    for _ in range(chance.randint(1, 20)):
        row = chance.randint(1, len(rows) - 1)
        rows[row][chance.randrange(len(HEADER))] = chance.choice([each for each in ODD if "\0" not in str(each)])
    return as_xlsx(rows)


def merged_everywhere(chance: random.Random) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(good(chance)))
    sheet = book.worksheets[0]
    price = HEADER.index("unit_price") + 1
    sheet.merge_cells(start_row=2, start_column=price - 1, end_row=2, end_column=price)
    for _ in range(chance.randint(1, 5)):
        top, left = chance.randint(1, 10), chance.randint(1, 10)
        sheet.merge_cells(start_row=top, start_column=left, end_row=top + 3, end_column=left + 2)
    return saved(book)


def merged_without_end(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    ranges = (
        '<mergeCells count="2"><mergeCell ref="A1:A1048576"/><mergeCell ref="B1:XFD1048576"/></mergeCells></worksheet>'
    )
    parts[SHEET] = parts[SHEET].replace(b"</worksheet>", ranges.encode())
    return zipped(parts)


def bomb(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    row = b'<row r="%d"><c r="A%d" t="inlineStr"><is><t>x</t></is></c></row>'
    parts[SHEET] = parts[SHEET].replace(
        b"</sheetData>", row * chance.randint(3, 4) + b" " * 210_000_000 + b"</sheetData>"
    )
    return zipped(parts, 9)


def many_cells(chance: random.Random) -> bytes:
    cells = "".join(f'<row r="{row}"><c r="A{row}"><v>1</v></c></row>' for row in range(1, 110_000))
    parts = parts_of(good(chance))
    parts[SHEET] = parts[SHEET].split(b"<sheetData>")[0] + f"<sheetData>{cells}</sheetData></worksheet>".encode()
    return zipped(parts)


def stray_cell(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    stray = b'<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    parts[SHEET] = parts[SHEET].replace(b"</sheetData>", stray)
    return zipped(parts)


def too_wide(chance: random.Random) -> bytes:
    rows = good_rows(chance)
    rows[0] = [*rows[0], *(f"more {place}" for place in range(16_384 - len(rows[0])))]
    return as_xlsx(rows)


def wide_text(chance: random.Random) -> bytes:
    return as_csv([[f"c{place}" for place in range(16_384)], ["1"] * 16_384])


def lying_sizes(chance: random.Random) -> bytes:
    content = bytearray(good(chance))
    place = content.rfind(b"PK\x01\x02")
    content[place + 24 : place + 28] = chance.randint(1, 5000).to_bytes(4, "little")
    return bytes(content)


def encrypted_flag(chance: random.Random) -> bytes:
    content = bytearray(good(chance))
    place = content.find(b"PK\x01\x02")
    content[place + 8] |= 1
    return bytes(content)


def cut(chance: random.Random) -> bytes:
    content = chance.choice([good, old, open_document])(chance)
    return content[: chance.randint(1, len(content) - 1)]


def flipped(chance: random.Random) -> bytes:
    content = bytearray(chance.choice([good, old, open_document])(chance))
    for _ in range(chance.randint(1, 30)):
        content[chance.randrange(len(content))] = chance.randrange(256)
    return bytes(content)


def wrong_zip(chance: random.Random) -> bytes:
    return zipped({chance.choice(["a.txt", "orders.xlsx", "word/document.xml"]): b"hello"})


def nested_zip(chance: random.Random) -> bytes:
    return zipped({**parts_of(good(chance)), "xl/media/more.zip": zipped({"a": b"b"})})


def path_out(chance: random.Random) -> bytes:
    return zipped({**parts_of(good(chance)), chance.choice(["../../etc/passwd", "/etc/passwd", "xl\\..\\..\\a"]): b"x"})


def twice_the_same_part(chance: random.Random) -> bytes:
    file = io.BytesIO(good(chance))
    with zipfile.ZipFile(file, "a") as archive:
        archive.writestr(SHEET, b"<worksheet/>")
    return file.getvalue()


def entities(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    doctype = b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    part = chance.choice([SHEET, "xl/workbook.xml", "[Content_Types].xml", "xl/_rels/workbook.xml.rels"])
    head, _, rest = parts[part].rpartition(b"?>")
    parts[part] = head + (b"?>" if head else b"") + doctype + rest
    return zipped(parts)


def broken_xml(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    part = chance.choice([SHEET, "xl/workbook.xml", "xl/styles.xml"])
    parts[part] = parts[part][: len(parts[part]) // 2]
    return zipped(parts)


def no_sheets(chance: random.Random) -> bytes:
    parts = parts_of(good(chance))
    del parts[SHEET]
    return zipped(parts)


def macros(chance: random.Random) -> bytes:
    return zipped({**parts_of(good(chance)), "xl/vbaProject.bin": chance.randbytes(5000)})


def formulas(chance: random.Random) -> bytes:
    rows = good_rows(chance)
    for row in rows[1:]:
        row[chance.randrange(len(HEADER))] = "=SUM(A1:A9)"
    return as_xlsx(rows)


def locked(chance: random.Random) -> bytes:
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(600)
        + "EncryptedPackage".encode("utf-16-le")
        + chance.randbytes(2000)
    )


def old(chance: random.Random) -> bytes:
    return as_xls(good_rows(chance))


def open_document(chance: random.Random) -> bytes:
    return as_ods(good_rows(chance))


def repeated_rows(chance: random.Random) -> bytes:
    parts = parts_of(open_document(chance))
    repeated = (
        b'<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384"'
    )
    parts["content.xml"] = parts["content.xml"].replace(b"<table:table-row><table:table-cell", repeated, 1)
    return zipped(parts)


def no_header(chance: random.Random) -> bytes:
    return as_xlsx([[chance.random() for _ in range(5)] for _ in range(9)])


def open_quote(chance: random.Random) -> bytes:
    return as_csv(good_rows(chance)) + b'A-99,"never closed\r\n' + b"A-1,x\r\n" * chance.randint(1, 9000)


def long_cell(chance: random.Random) -> bytes:
    return as_csv([*good_rows(chance), ["A-9", "x" * 40_000]])


def text(chance: random.Random) -> bytes:
    return as_csv(good_rows(chance))


def page(chance: random.Random) -> bytes:
    return chance.choice(
        [b"<html><body><table><tr><td>A-1</td></tr></table></body></html>", b"  <!DOCTYPE html><p>Log in"]
    )


def other_kind(chance: random.Random) -> bytes:
    return chance.choice(
        [b"%PDF-1.7\n", b"\x1f\x8b\x08", b"\x89PNG\r\n", b'{"orders": []}', b"<?xml version='1.0'?><a/>"]
    )


def noise(chance: random.Random) -> bytes:
    return chance.randbytes(chance.randint(1, 5000))


def text_of_nothing(chance: random.Random) -> bytes:
    return chance.choice([b"", b"\n\n\n", b" ", b",,,\r\n", b"\xff\xfe", b"\xef\xbb\xbf", b"a" * 9])


def half_utf16(chance: random.Random) -> bytes:
    return as_csv(good_rows(chance), encoding="utf-16")[:-1]


HOWS: tuple[tuple[Make, str, *tuple[Comes, ...]], ...] = (
    (wrong_types, "orders.xlsx", Comes.ERRORS),
    (merged_everywhere, "orders.xlsx", Comes.ERRORS),
    (merged_without_end, "orders.xlsx", Comes.ERRORS),
    (many_cells, "orders.xlsx", Comes.REFUSED),
    (stray_cell, "orders.xlsx", Comes.REFUSED),
    (too_wide, "orders.xlsx", Comes.REFUSED),
    (wide_text, "orders.csv", Comes.REFUSED),
    (lying_sizes, "orders.xlsx", Comes.REFUSED),
    (encrypted_flag, "orders.xlsx", Comes.REFUSED),
    (cut, "orders.xlsx", Comes.REFUSED),
    (flipped, "orders.xlsx", Comes.REFUSED, Comes.ERRORS, Comes.CLEAN),
    (wrong_zip, "orders.xlsx", Comes.REFUSED),
    (nested_zip, "orders.xlsx", Comes.REFUSED),
    (path_out, "orders.xlsx", Comes.REFUSED),
    (twice_the_same_part, "orders.xlsx", Comes.REFUSED),
    (entities, "orders.xlsx", Comes.REFUSED),
    (broken_xml, "orders.xlsx", Comes.REFUSED),
    (no_sheets, "orders.xlsx", Comes.REFUSED),
    (macros, "orders.xlsm", Comes.CLEAN),
    (formulas, "orders.xlsx", Comes.ERRORS),
    (locked, "orders.xlsx", Comes.REFUSED),
    (repeated_rows, "orders.ods", Comes.REFUSED),
    (no_header, "orders.xlsx", Comes.ASKED),
    (open_quote, "orders.csv", Comes.REFUSED),
    (long_cell, "orders.csv", Comes.REFUSED),
    (page, "orders.xls", Comes.REFUSED),
    (other_kind, "orders.xlsx", Comes.REFUSED),
    (noise, "orders.xls", Comes.REFUSED),
    (text_of_nothing, "orders.csv", Comes.REFUSED, Comes.ASKED),
    (half_utf16, "orders.csv", Comes.REFUSED),
    (text, "orders.xlsx", Comes.CLEAN),
    (good, "orders.xls", Comes.CLEAN),
    (old, "orders.xlsx", Comes.CLEAN),
    (bomb, "orders.xlsx", Comes.REFUSED),
)
"""The bomb stands last: it takes a second to make, so fewer of the two hundred are bombs. Bits that are flipped may be
those of a time stamp, so that all else is as it was."""


def damaged_files(count: int = COUNT) -> Iterator[Damaged]:
    """The same files each time; every way to damage one comes in turn."""
    for number in range(count):
        make, name, *comes = HOWS[number % len(HOWS)]
        how, orders = f"{make.__name__} as {name}", len(good_rows(random.Random(number))) - 1
        yield Damaged(how, name, make(random.Random(number)), tuple(comes), orders)
