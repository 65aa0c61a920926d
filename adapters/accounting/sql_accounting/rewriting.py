"""A document that is in the books already, made ready to be written over (sql-accounting.md section 7)."""

from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.contract import KNOCK_OFFS, LINES, Record, nested, sendable


def identity(present: Record) -> Record:
    """Which document it is, and that we have read its last version."""
    count = contract.next_count(present)
    return {"dockey": present.get("dockey"), "docno": contract.text(present, "docno"), "updatecount": count}


def present_head(present: Record) -> Record:
    """All of its head that may be sent."""
    return {**sendable(present), **identity(present)}


def switched(present: Record, *, is_void: bool) -> Record:
    """The document as it was read, voided or active again (D18), with all its rows (D22)."""
    body = {**present_head(present), "cancelled": is_void}
    if KNOCK_OFFS in present:  # what a payment received was entered, and not reckoned
        rows = [{name: row.get(name) for name in _KNOCK_OFF} for row in nested(present, KNOCK_OFFS)]
        return {**body, "docamt": present.get("docamt"), KNOCK_OFFS: rows}
    lines = {LINES: [sendable(row) for row in nested(present, LINES)]} if LINES in present else {}
    return {**body, **lines}


_KNOCK_OFF = ("doctype", "docno", "koamt", "knockoff")
