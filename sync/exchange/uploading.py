"""Files of records: read and checked, shown, and kept when a person says so (4.2). The same file twice does nothing."""

import datetime as dt
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec
from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from adapters.replies import decode, encode
from adapters.spreadsheets.limits import FileRefused
from adapters.stores.exchange import crossing, sheets
from adapters.stores.exchange.crossing import Known, Rules
from adapters.stores.exchange.fields import ExchangeObject, Makes
from adapters.stores.exchange.files import tables_of
from adapters.stores.exchange.sheets import Read, Table, Trouble
from adapters.stores.exchange.store import ExchangeStore
from documents import ReferenceKind
from models import (
    BooksRow,
    ExchangeRecord,
    ExchangeUpload,
    Profile,
    ProfileChannel,
    StoreChannel,
    StoreConnection,
    Via,
    db,
    end_reading,
    writing,
)
from sync.connections import store_of
from sync.exchange.around import chunks, record_of
from sync.exchange.assembling import facts_of
from sync.exchange.keeping import Incoming, keep
from sync.exchange.pushing import make
from sync.tools import Tools

AT_ONCE = 200
KEPT = dt.timedelta(days=7)
"""So long files wait for a person's word."""
MOST_TROUBLES = 500
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An upload as its page shows it; `records` counts those without a fault, by object."""

    row: ExchangeUpload
    records: Mapping[str, int]
    troubles: Sequence[Trouble]
    results: Mapping[str, int]

    @property
    def errors(self) -> int:
        """How many rows or columns are left out, or keep everything out."""
        return sum(not each.is_warning for each in self.troubles)


def upload(store_row: StoreConnection, files: Files, tools: Tools) -> int:
    """Read files together and keep what they hold aside; returns the upload's id. Nothing of it is kept yet."""
    store = store_of(store_row, tools)
    assert isinstance(store, ExchangeStore)
    tables, refused = _tables(files)
    read = sheets.read(store.objects, tables)
    rules = Rules(store.summed, store.named_in_books)
    checked = crossing.check(read, known_to(store_row.id, store, read), rules)
    end_reading()
    with writing() as session:
        old = delete(ExchangeUpload).where(ExchangeUpload.store_id == store_row.id)
        session.execute(old.where(ExchangeUpload.uploaded_at < tools.clock.now() - KEPT))
        row = ExchangeUpload(
            store_id=store_row.id,
            names=", ".join(name for name, _ in files)[:1000],
            records=encode([[each.what.name, each.record] for each in checked.placed]).decode(),
            troubles=msgspec.json.encode([*refused, *checked.troubles][:MOST_TROUBLES]).decode(),
            uploaded_at=tools.clock.now(),
            results="",
        )
        session.add(row)
        session.flush()
        return row.id


def _tables(files: Files) -> tuple[list[Table], list[Trouble]]:
    tables: list[Table] = []
    refused: list[Trouble] = []
    for name, content in files:
        try:
            tables += tables_of(name, content)
        except FileRefused as error:
            refused.append(Trouble(name[:200], 0, "", error.message))
    return tables, refused


def show(row: ExchangeUpload) -> Shown:
    """For its page."""
    records = Counter(str(name) for name, _ in decode(row.records.encode()))
    troubles = msgspec.json.decode(row.troubles, type=list[Trouble])
    return Shown(row, records, troubles, json.loads(row.results or "{}"))


def proceed(row: ExchangeUpload, tools: Tools) -> None:
    """Keep the records that have no fault, and make orders of them; pressing twice, or later again, does it once."""
    if db.session.get_one(ExchangeUpload, row.id, populate_existing=True).kept_at is not None:
        return
    store = store_of(db.session.get_one(StoreConnection, row.store_id), tools)
    assert isinstance(store, ExchangeStore)
    by_name: dict[str, list[Any]] = {}
    for name, record in decode(row.records.encode()):
        by_name.setdefault(name, []).append(record)
    results: Counter[str] = Counter()
    for what in (each for each in store.objects if each.name in by_name):
        for some in _steps(by_name[what.name]):
            with writing() as session:
                source = Incoming(row.store_id, Via.FILE, tools.clock.now())
                results.update(each.status for each in keep(session, source, store.objects, what, some))
    make(row.store_id, store, tools)
    with writing() as session:
        kept = session.get_one(ExchangeUpload, row.id, populate_existing=True)
        if kept.kept_at is None:
            kept.kept_at, kept.results = tools.clock.now(), json.dumps(results)


def _steps(records: list[Any]) -> list[list[Any]]:
    return [records[start : start + AT_ONCE] for start in range(0, len(records), AT_ONCE)]


# --- what is there beside the files -----------------------------------------------------------------------------


def known_to(store_id: int, store: ExchangeStore, read: Read) -> Known:
    """What these records must fit to."""
    session, named = db.session(), crossing.named(read)
    kept = {each.name: _kept(session, store_id, each, sorted(named.get(each.name, ()))) for each in store.objects}
    orders = {each.name for each in store.objects if each.makes is Makes.ORDER}
    return Known(
        ids={name: frozenset(rows) for name, rows in kept.items()},
        totals={
            record_id: Decimal(record["total"])
            for name in orders
            for record_id, record in kept[name].items()
            if "total" in record
        },
        currency=facts_of(session, store_id, store).currency if store.has_one_currency else None,
        books=_books(session, store_id, [kind for _, kind in store.named_in_books]),
    )


def _kept(session: Session, store_id: int, what: ExchangeObject, ids: Sequence[str]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for some in chunks(ids):
        query = select(ExchangeRecord).where(
            ExchangeRecord.store_id == store_id,
            ExchangeRecord.object == what.name,
            ExchangeRecord.external_id.in_(some),
        )
        found |= {row.external_id: record_of(row) for row in session.scalars(query) if row.payload}
    return found


def _books(session: Session, store_id: int, kinds: Sequence[ReferenceKind]) -> dict[ReferenceKind, frozenset[str]]:
    """The books' names of each of these lists, of all books that the store's orders go to; none, no check."""
    query = select(Profile.books_id).join(ProfileChannel, ProfileChannel.profile_id == Profile.id)
    query = query.join(StoreChannel, StoreChannel.id == ProfileChannel.channel_id)
    books = session.scalars(query.where(StoreChannel.store_id == store_id).distinct()).all()
    found: dict[ReferenceKind, frozenset[str]] = {}
    for kind in kinds if books else ():
        mine = select(BooksRow.code, BooksRow.name).where(BooksRow.books_id.in_(books), BooksRow.kind == kind)
        rows = session.execute(mine.where(BooksRow.is_active.is_(True))).all()
        found[kind] = frozenset(text.strip().casefold() for row in rows for text in (row.code, row.name) if text)
    return found
