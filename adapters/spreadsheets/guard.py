"""The guard before any parser: looks through a zip of XML, every byte of it, within bounds (security.md 7.2)."""

import struct
import zipfile
import zlib
from collections.abc import Iterator
from io import BytesIO

from adapters.spreadsheets.kinds import damaged, locked
from adapters.spreadsheets.limits import MOST_CELLS, MOST_PARTS, MOST_UNPACKED, FileRefused
from adapters.spreadsheets.oddities import Oddities, SheetScan
from documents import N_, say

PIECE = 1 << 20
ARCHIVES = (".zip", ".7z", ".rar", ".gz", ".tar", ".jar", ".bz2", ".xz")
XML = (".xml", ".rels", ".vml")
SHEETS = "xl/worksheets/"
MOST_RATIO, RATIO_FROM = 400, 5_000_000
HEADER = struct.Struct("<4s5H3I2H")
"""Of a part in a zip (APPNOTE.TXT 4.3.7)."""
KNOWN = ("[Content_Types].xml", "mimetype")
KEPT = ("xl/workbook.xml", "xl/_rels/workbook.xml.rels", "mimetype")
MARKS = (b"<!DOCTYPE", b"<!ENTITY")
LONGEST_MARK = 10


def look_through(content: bytes) -> Oddities:
    """Refuses what is dangerous or no workbook; returns what calamine does not tell of the sheets."""
    try:
        directory = zipfile.ZipFile(BytesIO(content))
        parts = directory.infolist()
    except (zipfile.BadZipFile, ValueError, NotImplementedError, struct.error, OSError):
        raise damaged() from None
    _check_directory(parts)
    kept: dict[str, bytes] = {}
    scans: dict[str, SheetScan] = {}
    seen = 0
    for part in parts:
        scan, before = SheetScan() if part.filename.startswith(SHEETS) else None, b""
        for piece in _pieces(content, part):
            seen += len(piece)
            if seen > MOST_UNPACKED:
                raise _too_large()
            _check_xml(part, before, piece)
            before = piece[-LONGEST_MARK:]
            if scan:
                scan.feed(piece)
            if part.filename in KEPT:
                kept[part.filename] = kept.get(part.filename, b"") + piece
        if scan:
            scan.end()
            scans[part.filename] = scan
        if scan and scan.cells > MOST_CELLS:
            raise _too_large()
    return Oddities.of(kept, scans)


def _check_directory(parts: list[zipfile.ZipInfo]) -> None:
    names = [part.filename for part in parts]
    if not set(KNOWN) & set(names):
        raise FileRefused(say(N_("This is a zip file. Unpack it, and upload the spreadsheet that is inside.")))
    if "xl/workbook.bin" in names:
        raise FileRefused(say(N_("This is a binary workbook (xlsb). Save it as xlsx in Excel, then upload it again.")))
    if len(set(names)) != len(names) or any(_leads_out(name) for name in names):
        raise damaged()
    if any(part.flag_bits & 1 for part in parts):
        raise locked()
    if any(name.lower().endswith(ARCHIVES) for name in names):
        raise FileRefused(say(N_("The workbook holds another archive inside. Save it anew in Excel without it.")))
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts) > MOST_UNPACKED:
        raise _too_large()
    if any(part.file_size > max(RATIO_FROM, MOST_RATIO * part.compress_size) for part in parts):
        raise _too_large()


def _leads_out(name: str) -> bool:
    return name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/") or ":" in name


def _check_xml(part: zipfile.ZipInfo, before: bytes, piece: bytes) -> None:
    """A document type can name entities, and so other files; no workbook needs one, nor UTF-16, which would hide it."""
    if not part.filename.lower().endswith(XML):
        return
    is_wide = not before and piece.startswith((b"\xff\xfe", b"\xfe\xff", b"<\0", b"\0<"))
    text = before + piece
    if is_wide or any(mark in text for mark in MARKS):
        raise FileRefused(
            say(N_("The workbook holds a document type inside, which no spreadsheet needs. Save it anew."))
        )


def _pieces(content: bytes, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """What a part really unpacks to, whatever size it declares; each piece begins with the end of the one before."""
    begin = part.header_offset
    try:
        header = HEADER.unpack_from(content, begin)
    except struct.error:
        raise damaged() from None
    begin += HEADER.size + header[-2] + header[-1]
    packed = memoryview(content)[begin : begin + part.compress_size]
    if part.compress_type == zipfile.ZIP_STORED:
        yield from (bytes(packed[at : at + PIECE]) for at in range(0, len(packed), PIECE))
    elif part.compress_type == zipfile.ZIP_DEFLATED:
        yield from _inflated(packed, part)
    else:
        raise damaged()


def _inflated(packed: memoryview, part: zipfile.ZipInfo) -> Iterator[bytes]:
    stream, left, size, checked = zlib.decompressobj(-15), bytes(packed), 0, 0
    try:
        while left and not stream.eof:
            piece = stream.decompress(left, PIECE)
            left = stream.unconsumed_tail
            size, checked = size + len(piece), zlib.crc32(piece, checked)
            yield piece
            if not piece and not left:
                break
    except zlib.error:
        raise damaged() from None
    if not stream.eof or size != part.file_size or checked != part.CRC:
        raise damaged()


def _too_large() -> FileRefused:
    return FileRefused(say(N_("The workbook unpacks to far more than orders need. Export a shorter period, as xlsx.")))
