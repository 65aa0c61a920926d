"""What calamine does not tell of a workbook's cells: formulas that were never computed, errors, hidden rows, 1904."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from xml.etree import ElementTree  # parts with a document type were refused before

from adapters.spreadsheets.kinds import damaged
from adapters.spreadsheets.limits import MOST_ODD, FileRefused
from documents import N_, say

CELL = rb"<(?:\w+:)?c ([^<>]*)>"
FORMULA = re.compile(CELL + rb"<(?:\w+:)?f[^<>]*(?:/>|>[^<]*</(?:\w+:)?f>)(?:<(?:\w+:)?v[^<>]*>([^<]+))?")
ERROR = re.compile(rb'<(?:\w+:)?c ([^<>]*\bt="e"[^<>]*)>')
PLACE = re.compile(rb'\br="([A-Z]{1,3})(\d{1,7})"')
LONGEST_TAIL = 1 << 16
SHEET = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
STRICT = "{http://purl.oclc.org/ooxml/spreadsheetml/main}"
Place = tuple[int, int]
"""Row and column, counted from 0."""


@dataclass(slots=True)
class SheetScan:
    """Goes over a sheet's XML as it is unpacked; `cells` counts them."""

    cells: int = 0
    uncomputed: set[Place] = field(default_factory=set)
    errors: set[Place] = field(default_factory=set)
    has_hidden: bool = False
    _tail: bytes = b""

    def feed(self, piece: bytes) -> None:
        """The next piece of XML; what may be half a cell waits for the piece after."""
        text = self._tail + piece
        cut = max(text.rfind(b"<c "), text.rfind(b":c "), len(text) - LONGEST_TAIL, 0)
        self._look(text[:cut])
        self._tail = text[cut:]

    def end(self) -> None:
        """There is no further piece."""
        self._look(self._tail)
        self._tail = b""

    def _look(self, text: bytes) -> None:
        self.cells += text.count(b"<c ")
        self.has_hidden |= b' hidden="1"' in text
        if b"<f" in text or b":f" in text:
            for match in FORMULA.finditer(text):
                if not match[2] and b't="str"' not in match[1]:
                    _add(self.uncomputed, match[1])
        if b't="e"' in text:
            for match in ERROR.finditer(text):
                _add(self.errors, match[1])
        if len(self.uncomputed) > MOST_ODD:
            raise FileRefused(
                say(N_("The file holds formulas without saved values. Open it in Excel, save it, and upload it again."))
            )
        if len(self.errors) > MOST_ODD:
            raise FileRefused(
                say(
                    N_(
                        "More than {count} cells hold an error, like #REF!. Mend them.",
                    ),
                    count=MOST_ODD,
                )
            )


def _add(places: set[Place], attributes: bytes) -> None:
    if found := PLACE.search(attributes):
        places.add((int(found[2]) - 1, column_of(found[1].decode())))


def column_of(letters: str) -> int:
    """A is 0, Z is 25, AA is 26."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number - 1


def letters_of(column: int) -> str:
    """0 is A, 25 is Z, 26 is AA."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


@dataclass(frozen=True, slots=True)
class Oddities:
    """By the place of a sheet in the workbook; `is_1904`: days are counted from 1904."""

    sheets: Mapping[int, SheetScan] = field(default_factory=dict)
    is_1904: bool = False

    @classmethod
    def of(cls, parts: Mapping[str, bytes], scans: Mapping[str, SheetScan]) -> "Oddities":
        """From the workbook's own list of sheets and where their parts are."""
        if "xl/workbook.xml" not in parts:
            return cls()  # an OpenDocument
        try:
            book = ElementTree.fromstring(parts["xl/workbook.xml"])  # noqa: S314 (no document type, see above)
            targets = ElementTree.fromstring(parts.get("xl/_rels/workbook.xml.rels", b"<none/>"))  # noqa: S314
        except ElementTree.ParseError:
            raise damaged() from None
        where = {each.get("Id"): each.get("Target", "") for each in targets}
        named = [each for each in book.iter() if each.tag in (f"{SHEET}sheet", f"{STRICT}sheet")]
        paths = [where.get(_relation(each), "") for each in named]
        found = {place: scans.get(_in_package(path)) for place, path in enumerate(paths)}
        flags = [each.get("date1904", "0") for each in book.iter() if each.tag.endswith("}workbookPr")]
        return cls({place: scan for place, scan in found.items() if scan}, flags[:1] in (["1"], ["true"]))


def _relation(sheet: ElementTree.Element) -> str | None:
    return next((value for name, value in sheet.attrib.items() if name.endswith("}id")), None)


def _in_package(path: str) -> str:
    return path.lstrip("/") if path.startswith("/") else f"xl/{path}"
