"""Edit Fields: what of a draft can be changed on the review, and how what was typed is checked and kept (I3)."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Invoice, InvoiceLine, Message, ReferenceKind, say
from models import BooksConnection, db, is_row_id, row_id
from sync.books_words import USUAL, has_units, lists_units, word_of
from sync.drafting.edits import NO_LINE_EDIT, Edits
from sync.ledger import Actor
from sync.matching import row_of
from sync.offered import not_chosen
from sync.tasks import change_edits

K = ReferenceKind
LONGEST = {"number": 60, "description": 2000, "line_uom": 40}
EARLIEST, LATEST = date(2000, 1, 1), date(2100, 1, 1)


@dataclass(frozen=True, slots=True)
class Column:
    """A field of drafts, or of their lines, that somebody may show and edit; `kind` is the list it picks from.

    `setting` is the one that it stands in place of: without that one there is no such column."""

    name: str
    label: str
    kind: ReferenceKind | None = None
    is_line: bool = False
    setting: str = ""

    @property
    def field(self) -> str:
        """Its name in Edits and on the invoice."""
        return self.name.removeprefix("line_")


COLUMNS = (
    Column("number", N_("Invoice number"), setting="number_source"),
    Column("date", N_("Date")),
    Column("customer", N_("Customer"), K.CUSTOMER),
    Column("agent", N_("Agent"), K.AGENT),
    Column("terms", N_("Terms"), K.TERM),
    Column("project", USUAL[K.PROJECT], K.PROJECT, setting="project"),
    Column("location", USUAL[K.LOCATION], K.LOCATION, setting="location"),
    Column("area", N_("Area"), K.AREA, setting="area"),
    Column("account", N_("Account"), K.ACCOUNT, setting="account"),
    Column("description", N_("Description")),
    Column("line_item", N_("Item"), K.ITEM, True),
    Column("line_uom", N_("UOM"), K.UOM, True),
    Column("line_project", USUAL[K.PROJECT], K.PROJECT, True, setting="project"),
    Column("line_location", USUAL[K.LOCATION], K.LOCATION, True, setting="location"),
)


def columns_of(books: BooksConnection) -> list[Column]:
    """The columns that these books can fill, in their words."""
    adapter, closed = BOOKS[books.kind], not_chosen(books)
    offered = {each.name for each in adapter.profile_settings if each.name not in closed}
    one_for_all = adapter.per_document(books.facts)
    return [
        _in_words(each, books.kind)
        for each in COLUMNS
        if _has_list(each, books.kind)
        and (not each.setting or each.setting in offered)
        and not (each.is_line and each.kind in one_for_all)
    ]


def _has_list(column: Column, kind: str) -> bool:
    """Units are typed where the books have them and no list of them."""
    has_it = column.kind is None or column.kind in BOOKS[kind].reference_kinds
    return has_it or (column.kind is K.UOM and has_units(kind))


def _in_words(column: Column, kind: str) -> Column:
    if column.kind in USUAL:
        return replace(column, label=word_of(kind, column.kind))
    return replace(column, kind=None) if column.kind is K.UOM and not lists_units(kind) else column


def input_name(column: Column, order_id: int, source_line: str | None = None) -> str:
    """The name of one input of the review."""
    return f"{column.name}:{order_id}" + (f":{source_line}" if column.is_line else "")


def shown(column: Column, invoice: Invoice, line: InvoiceLine | None = None) -> str:
    """What the draft has in this column, as text."""
    value = getattr(line or invoice, column.field)
    if column.name == "customer":
        return (invoice.customer.code if invoice.customer else None) or ""
    return value.isoformat() if isinstance(value, date) else value or ""


# --- what was typed ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Change:
    """One field that a person typed something else into; an empty text: as the rules have it."""

    column: Column
    order_id: int
    source_line: str
    text: str

    @property
    def name(self) -> str:
        """The name of its input."""
        return input_name(self.column, self.order_id, self.source_line)


def typed_changes(fields: Mapping[str, str], books: BooksConnection) -> list[Change]:
    """The fields of a form that differ from what the page showed (`was:` and the name)."""
    columns = {each.name: each for each in columns_of(books)}
    found = []
    for name, text in fields.items():
        column_name, _, place = name.partition(":")
        order_id, _, source_line = place.partition(":")
        column = columns.get(column_name)
        if column is None or not is_row_id(order_id) or text.strip() == fields.get(f"was:{name}", "").strip():
            continue
        found.append(Change(column, row_id(order_id), source_line if column.is_line else "", text.strip()))
    return found


def keep(profile_id: int, changes: list[Change], actor: Actor) -> dict[str, Message]:
    """Keep what can be kept of changes of this profile's orders, each field by itself; returns why the others cannot,
    by the names of their inputs."""
    refused = {change.name: why for change in changes if (why := _why_not(db.session(), profile_id, change))}
    good = [change for change in changes if change.name not in refused]
    for order_id in dict.fromkeys(change.order_id for change in good):
        mine = [change for change in good if change.order_id == order_id]
        change_edits(order_id, partial(_changed, changes=mine), actor)
    return refused


def _why_not(session: Session, profile_id: int, change: Change) -> Message | None:
    column, text = change.column, change.text
    if not text:
        return None
    if column.kind is not None:
        row = row_of(session, profile_id, column.kind, text)
        missing = N_("The books have no {code} in this list.")
        return None if row is not None and row.is_active else say(missing, code=text)
    if column.name == "date":
        return None if _day(text) else say(N_("{text} is no day. Write it as 2026-11-30."), text=text)
    most = LONGEST[column.name]
    return None if len(text) <= most else say(N_("This takes {most} characters at most."), most=most)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if EARLIEST <= day < LATEST else None


def _changed(edits: Edits, changes: list[Change]) -> Edits:
    lines = dict(edits.lines)
    heads: dict[str, Any] = {}
    for change in changes:
        if change.column.is_line:
            line = lines.get(change.source_line, NO_LINE_EDIT)
            lines[change.source_line] = replace(line, **{change.column.field: change.text or None})
        else:
            heads[change.column.field] = _day(change.text) if change.column.name == "date" else change.text or None
    kept = {source: line for source, line in lines.items() if line != NO_LINE_EDIT}
    return replace(edits, **heads, lines=kept)
