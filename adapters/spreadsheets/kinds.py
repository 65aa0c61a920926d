"""What a file is, by its content: its name is only what somebody called it."""

from enum import StrEnum

from adapters.spreadsheets.limits import FileRefused
from documents import N_, say

ENDINGS = ("xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt")
OLE, ZIP = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"PK"
UTF16 = (b"\xff\xfe", b"\xfe\xff")
OTHERS = (
    (b"%PDF", "PDF"),
    (b"\x1f\x8b", "gzip"),
    (b"7z\xbc\xaf", "7z"),
    (b"Rar!", "RAR"),
    (b"\x89PNG", "PNG"),
    (b"\xff\xd8\xff", "JPEG"),
    (b"GIF8", "GIF"),
    (b"{\\rtf", "RTF"),
    (b"\x7fELF", "ELF"),
    (b"MZ", "EXE"),
    (b"SQLite format 3", "SQLite"),
)
LOOKED_AT = 4096


class Kind(StrEnum):
    """How a file is read."""

    WORKBOOK = "workbook"  # xlsx, xlsm, ods: a zip of XML
    OLD = "old"  # xls
    TEXT = "text"  # csv and its like


def kind_of(content: bytes) -> Kind:
    """Decides which reader opens a file; refuses what is no spreadsheet, by its name."""
    if not content:
        raise FileRefused(say(N_("The file is empty. Export it again.")))
    if content.startswith(OLE):
        if "EncryptedPackage".encode("utf-16-le") in content:
            raise locked()
        return Kind.OLD
    if content.startswith(ZIP):
        return Kind.WORKBOOK
    other = next((name for start, name in OTHERS if content.startswith(start)), None)
    if other:
        raise FileRefused(
            say(N_("This is a {kind} file, not a spreadsheet. Upload an xlsx, xls, ods or csv file."), kind=other)
        )
    _refuse_markup(content)
    if b"\0" in content[:LOOKED_AT] and not content.startswith(UTF16):
        raise FileRefused(say(N_("This is not a spreadsheet, or it is damaged. Export it again as xlsx or csv.")))
    return Kind.TEXT


def _refuse_markup(content: bytes) -> None:
    beginning = content[:LOOKED_AT].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if beginning.startswith((b"<html", b"<!doctype", b"<table", b"<head", b"<body", b"<meta", b"<div", b"<style")):
        raise FileRefused(
            say(N_("This is a web page with another name, not a spreadsheet. Open it in Excel and save it as xlsx."))
        )
    if beginning.startswith(b"<"):
        raise FileRefused(say(N_("This is an XML file, not a spreadsheet. Open it in Excel and save it as xlsx.")))
    if beginning.startswith((b"{", b'[{"')):
        raise FileRefused(say(N_("This is a JSON file, not a spreadsheet. Upload an xlsx, xls, ods or csv file.")))


def locked() -> FileRefused:
    """The file wants a password."""
    return FileRefused(
        say(N_("The file is protected by a password. Save it without one in Excel, then upload it again."))
    )


def damaged() -> FileRefused:
    """The file is a spreadsheet by its beginning, and cannot be read."""
    return FileRefused(say(N_("The file is damaged and cannot be opened. Export it again, or save it anew in Excel.")))


def ending_of(name: str) -> str:
    """The ending of a file's name, in lower case; empty where it has none."""
    return name.rsplit(".", 1)[-1].lower() if "." in name else ""
