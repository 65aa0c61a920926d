"""Document numbers: the company's own, or given by the caller (quickbooks-online.md 3.6)."""

from __future__ import annotations

from practice.quickbooks.faults import number_taken
from practice.quickbooks.write import Write
from practice.web import Doc

COUNTER, FIRST = "DocNumber", 1000
ALLOW = "allowduplicatedocnum"


def number_of(write: Write, name: str, sent: Doc, old: Doc | None) -> str | None:
    """The DocNumber to save. An empty one stands for none at all; absent, the company's way decides."""
    by_caller = bool(write.books.preference("SalesFormsPrefs", "CustomTxnNumbers"))
    if "DocNumber" not in sent:
        if by_caller:
            return None
        return old["DocNumber"] if old else _next(write)
    number = str(sent["DocNumber"])
    if number and by_caller and (old is None or old["DocNumber"] != number):
        _refuse_taken(write, name, number)
    _remember(write, number)
    return number or None


def _refuse_taken(write: Write, name: str, number: str) -> None:
    """Only where the company is warned of duplicates, and the caller does not insist."""
    if not _is_warned(write) or ALLOW in write.wish.include:
        return
    for other in write.books.where(name, "DocNumber", number):
        raise number_taken(number, name, other["Id"])


def _is_warned(write: Write) -> bool:
    others = write.books.preference("OtherPrefs", "NameValue")
    rows = others if isinstance(others, list) else []
    return any(row == {"Name": "WarnDuplicateCheckNumber", "Value": "true"} for row in rows)


def _next(write: Write) -> str:
    """The last number and 1."""
    last = (write.find("counters", COUNTER) or {"last": FIRST})["last"] + 1
    write.put("counters", {"Id": COUNTER, "last": last})
    return str(last)


def _remember(write: Write, number: str) -> None:
    """A plain number that the caller gave is the last one now."""
    if number.isdecimal() and len(number) < 10:
        write.put("counters", {"Id": COUNTER, "last": int(number)})
