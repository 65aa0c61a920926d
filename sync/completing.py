"""Details that some books tell only row by row, as the units of an item: read for the items that are used."""

from collections.abc import Collection, Sequence

import msgspec
from sqlalchemy import Select, select, union
from sqlalchemy.orm import Session

from adapters.accounting.base import Books
from adapters.registry import BOOKS
from documents import ReferenceKind, ReferenceRow
from models import BooksConnection, BooksRow, ItemMatch, Preset, Profile, ShippingMatch, db, end_reading
from sync.connections import books_of
from sync.reference import as_document
from sync.runs import Reading

STEP, AT_ONCE = "details", 20
SETTINGS = ("default_item", "rounding_item")


def complete_items(reading: Reading, books_id: int) -> None:
    """A run: the details of every used item that has none yet."""
    books = books_of(db.session.get_one(BooksConnection, books_id), reading.tools)
    complete_used(reading, books_id, books, is_again=False)


def complete_used(reading: Reading, books_id: int, books: Books, is_again: bool = True) -> None:
    """Read the details of the items that profiles use; `is_again`: of those, too, that have some."""
    for kind in books.reads_on_demand:
        rows = _used(books_id, kind, is_again)
        for begin in range(0, len(rows), AT_ONCE):
            found = list(books.complete(kind, rows[begin : begin + AT_ONCE]))
            with reading.writing() as session:
                _keep(session, books_id, found)
            reading.progress(STEP, begin + len(found), len(rows), begin + len(found))


def _keep(session: Session, books_id: int, rows: Sequence[ReferenceRow]) -> None:
    for row in rows:
        stored = session.scalar(
            select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == row.kind, BooksRow.code == row.code)
        )
        if stored is not None:
            stored.details, stored.is_complete = msgspec.to_builtins(row.details), True


def _used(books_id: int, kind: ReferenceKind, is_again: bool) -> list[ReferenceRow]:
    query = _rows(books_id, kind, is_again)
    found = [as_document(row) for row in db.session.scalars(query.order_by(BooksRow.code))]
    end_reading()
    return found


def _rows(books_id: int, kind: ReferenceKind, is_again: bool) -> Select[BooksRow]:
    query = select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.is_active.is_(True))
    query = query.where(BooksRow.code.in_(_codes(books_id)) | BooksRow.code.in_(_chosen(books_id)))
    return query if is_again else query.where(BooksRow.is_complete.is_(False))


def _codes(books_id: int) -> Select[str]:
    """What the matching and the presets of the books' profiles name."""
    mine = select(Profile.id).where(Profile.books_id == books_id)
    found = union(
        select(ItemMatch.code).where(ItemMatch.profile_id.in_(mine), ItemMatch.code.is_not(None)),
        select(Preset.item).where(Preset.profile_id.in_(mine), Preset.item.is_not(None)),
        select(ShippingMatch.item).where(ShippingMatch.profile_id.in_(mine), ShippingMatch.item.is_not(None)),
    ).subquery()
    return select(found.c[0])


def _chosen(books_id: int) -> Collection[str]:
    """What their settings name."""
    kept = db.session.scalars(select(Profile.settings).where(Profile.books_id == books_id))
    return {settings[name] for settings in kept for name in SETTINGS if settings.get(name)}


def due() -> list[int]:
    """Books that have a used item without its details."""
    kinds = [kind for kind, adapter in BOOKS.items() if adapter.reads_on_demand]
    query = select(BooksConnection).where(BooksConnection.kind.in_(kinds), BooksConnection.is_enabled.is_(True))
    found = []
    for row in db.session.scalars(query):
        lists = BOOKS[row.kind].reads_on_demand
        if any(db.session.scalar(_rows(row.id, kind, False).limit(1)) is not None for kind in lists):
            found.append(row.id)
    end_reading()
    return found
