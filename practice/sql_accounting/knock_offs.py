"""Knocking documents off against each other: the rules of `sdsknockoff` (8.5, 8.6, 8.8).

Payments and credit notes settle invoices; refunds settle credit notes and payments."""

from __future__ import annotations

from decimal import Decimal
from typing import NamedTuple

from practice.sql_accounting.amounts import ZERO, cents
from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work
from practice.sql_accounting.fields import blank
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import read, rows_of, wire
from practice.web import Doc


class Target(NamedTuple):
    """A document that can be settled: where it lies, what may be settled, and the field of what is."""

    resource: str
    whole: str
    taken: str


TARGETS = {
    "IV": Target("customerinvoice", "docamt", "paymentamt"),
    "CN": Target("customercreditnote", "unappliedamt", "_taken"),
    "PM": Target("customerpayment", "unappliedamt", "_taken"),
}
SETTLES = {"customerpayment": ("IV", "DN"), "customercreditnote": ("IV", "DN"), "customerrefund": ("CN", "PM")}
COPIED = ("docdate", "postdate", "agent", "area", "docamt", "currencycode", "currencyrate", "docnoex", "description")


def open_amount(doctype: str, record: Doc) -> Decimal:
    """What of a document can still be settled, in its own currency."""
    target = TARGETS[doctype]
    return ZERO if record["cancelled"] else Decimal(record[target.whole]) - Decimal(record[target.taken])


def applied_in(rows: list[Doc]) -> Decimal:
    """The sum that the rows settle."""
    return sum((Decimal(row["koamt"]) for row in rows), ZERO)


def read_rows(books: Books, resource: str, made: Doc, body: Doc, old: list[Doc]) -> list[Doc]:
    """The rows that the body sends, which replace the `old` ones, each checked; those that are not ticked fall away."""
    table = RESOURCES[resource].nested["sdsknockoff"]
    sent = [read(table, row, blank(table)) for row in rows_of(body, "sdsknockoff")]
    ticked = [row for row in sent if row["knockoff"]]
    names = [(row["doctype"], row["docno"]) for row in ticked]
    if len(set(names)) != len(names):
        raise Refused("A document is knocked off twice")
    freed = {(row["doctype"], row["refdockey"]): Decimal(row["koamt"]) for row in old}
    return [_row(books, resource, made, row, freed) for row in ticked]


def check_sum(made: Doc, rows: list[Doc]) -> None:
    """Knock-offs and `unappliedamt` must make up the whole (8.5)."""
    whole, unapplied, applied = Decimal(made["docamt"]), Decimal(made["unappliedamt"]), applied_in(rows)
    if whole and not unapplied and not rows:
        raise Refused("Please specify unapplied amount or knock off documents")
    if unapplied < 0 or applied + unapplied != whole:
        raise Refused(f"Knock off amount {applied} and unapplied amount {unapplied} are not the amount {whole}")
    if unapplied < Decimal(made["_taken"]):
        raise Refused(f"{made['_taken']} of the unapplied amount are knocked off already")


def settle(work: Work, old: list[Doc], new: list[Doc]) -> None:
    """Let `new` rows count instead of `old` ones: save their documents with what is settled now."""
    change: dict[tuple[str, int], Decimal] = {}
    for rows, sign in ((old, -1), (new, 1)):
        for row in rows:
            key = (row["doctype"], row["refdockey"])
            change[key] = change.get(key, ZERO) + sign * Decimal(row["koamt"])
    for (doctype, dockey), amount in change.items():
        target = TARGETS[doctype]
        record = work.books.find(target.resource, dockey)
        if record is not None and amount:
            taken = wire(Decimal(record[target.taken]) + amount)
            work.put(target.resource, record | {target.taken: taken, "lastmodified": int(work.books.now())})


def _row(books: Books, resource: str, made: Doc, row: Doc, freed: dict[tuple[str, int], Decimal]) -> Doc:
    record = _target(books, resource, made, row)
    before, amount = freed.get((row["doctype"], record["dockey"]), ZERO), Decimal(row["koamt"])
    left = open_amount(row["doctype"], record) + before
    if not ZERO < amount <= left:
        raise Refused(f"{amount} cannot be knocked off {row['docno']}: {left} is outstanding")
    local = wire(cents(amount * Decimal(made["currencyrate"])))
    return (
        row
        | {name: record.get(name, "") for name in COPIED if name in row}
        | {"refdockey": record["dockey"], "dockey": made["dockey"], "knockoffdockey": made["dockey"]}
        | {"originaloutstanding": wire(left), "outstanding": wire(left - amount), "kotaxdate": made["docdate"]}
        | {"localkoamt": local, "actuallocalkoamt": local, "gainlosspostdate": made["postdate"]}
    )


def _target(books: Books, resource: str, made: Doc, row: Doc) -> Doc:
    """The document that the row names by doctype and docno; it must exist and fit."""
    doctype, number = row["doctype"], row["docno"]
    if doctype not in SETTLES[resource]:
        raise Refused(f"{doctype or 'No doctype'} cannot be knocked off here")
    record = books.by_number(TARGETS[doctype].resource, number) if doctype in TARGETS else None  # there are no DN here
    if record is None:
        raise Refused(f"Document {doctype} {number} does not exist")
    if record["cancelled"]:
        raise Refused(f"Document {number} is cancelled")
    for name, what in (("code", "customer"), ("currencycode", "currency")):
        if record[name] != made[name]:
            raise Refused(f"Document {number} has another {what}")
    return record
