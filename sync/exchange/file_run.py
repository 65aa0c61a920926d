"""The run over files of records: read and checked as a whole; after Proceed kept, step by step. Twice does nothing."""

from collections import Counter
from collections.abc import Sequence
from itertools import groupby

import msgspec
from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from adapters.replies import Json, decode, encode
from adapters.spreadsheets.limits import FileRefused
from adapters.stores.exchange import crossing, sheets
from adapters.stores.exchange.crossing import Rules
from adapters.stores.exchange.files import tables_of
from adapters.stores.exchange.sheets import Placed, Read, Table, Trouble
from adapters.stores.exchange.store import ExchangeStore
from models import ExchangeFile, ExchangeUpload, FilesState, StoreConnection, Via, db, end_reading
from sync.connections import store_of
from sync.exchange.keeping import Incoming, keep
from sync.exchange.known import known_to
from sync.exchange.run import make_all
from sync.runs import Reading

AT_ONCE = 200
MOST_TROUBLES = 500
Pair = tuple[str, Json]


def work(reading: Reading, upload_id: int) -> None:
    """What the upload waits for, if it waits for no person."""
    row = db.session.get(ExchangeUpload, upload_id, populate_existing=True)
    if row is None:
        return  # forgotten meanwhile
    state, store_id = row.state, row.store_id
    store = store_of(db.session.get_one(StoreConnection, store_id), reading.tools)
    assert isinstance(store, ExchangeStore)
    end_reading()
    if state is FilesState.READING:
        _read(reading, upload_id, store_id, store)
    elif state is FilesState.KEEPING:
        _keep(reading, upload_id, store_id, store)


# --- reading ----------------------------------------------------------------------------------------------------


def _read(reading: Reading, upload_id: int, store_id: int, store: ExchangeStore) -> None:
    tables, refused = _tables(reading, upload_id)
    checked = _checked(reading, store_id, store, tables)
    places = {each.name: place for place, each in enumerate(store.objects)}
    placed = sorted(checked.placed, key=lambda each: places[each.what.name])
    troubles = [*refused, *checked.troubles][:MOST_TROUBLES]
    with reading.writing() as session:
        session.execute(delete(ExchangeFile).where(ExchangeFile.upload_id == upload_id))
        _note(
            session,
            upload_id,
            state=FilesState.CHECKED,
            counts=Counter(each.what.name for each in placed),
            records=_as_kept(placed),
            troubles=msgspec.json.encode(troubles).decode(),
        )
        reading.complete(session)


def _tables(reading: Reading, upload_id: int) -> tuple[list[Table], list[Trouble]]:
    """The tables of all files; a file that cannot be read is a trouble of its own."""
    tables: list[Table] = []
    refused: list[Trouble] = []
    query = select(ExchangeFile).where(ExchangeFile.upload_id == upload_id).order_by(ExchangeFile.place)
    files = [(each.name, each.content) for each in db.session.scalars(query)]
    end_reading()
    for done, (name, content) in enumerate(files):
        reading.progress("files", done, len(files), done)
        try:
            tables += tables_of(name, content)
        except FileRefused as error:
            refused.append(Trouble(name, 0, "", error.message))
    return tables, refused


def _checked(reading: Reading, store_id: int, store: ExchangeStore, tables: Sequence[Table]) -> Read:
    """Each step of it tells that we are still at work: a large file takes a while."""
    rows = sum(len(table.rows) for table in tables)
    reading.progress("records", 0, rows, 0)
    read = sheets.read(store.objects, tables)
    reading.progress("records", len(read.placed), rows, len(read.placed))
    known = known_to(store_id, store, read)
    end_reading()
    reading.progress("records", len(read.placed), rows, len(read.placed))
    return crossing.check(read, known, Rules(store.summed, store.named_in_books))


def _as_kept(placed: Sequence[Placed]) -> str:
    return encode([[each.what.name, each.record] for each in placed]).decode()


def _note(session: Session, upload_id: int, **values: object) -> None:
    session.execute(update(ExchangeUpload).where(ExchangeUpload.id == upload_id).values(**values))


# --- keeping ----------------------------------------------------------------------------------------------------


def _keep(reading: Reading, upload_id: int, store_id: int, store: ExchangeStore) -> None:
    """Records, then what is made of them; who is killed goes on behind the last step that was kept."""
    row = db.session.get_one(ExchangeUpload, upload_id)
    pairs: list[Pair] = [(str(name), record) for name, record in decode(row.records.encode())]
    begin, results = row.kept_to, Counter(row.results)
    end_reading()
    for start in range(begin, len(pairs), AT_ONCE):
        some = pairs[start : start + AT_ONCE]
        with reading.writing() as session:
            results += _kept(session, Incoming(store_id, Via.FILE, reading.tools.clock.now()), store, some)
            _note(session, upload_id, kept_to=start + len(some), results=dict(results))
            reading.note(session, "records", start + len(some), len(pairs), start + len(some))
        reading.go_on()
    make_all(reading, store_id, store)
    with reading.writing() as session:
        _note(session, upload_id, state=FilesState.KEPT, kept_at=reading.tools.clock.now(), records="[]")
        reading.complete(session)


def _kept(session: Session, source: Incoming, store: ExchangeStore, pairs: Sequence[Pair]) -> Counter[str]:
    objects, results = {each.name: each for each in store.objects}, Counter[str]()
    for name, some in groupby(pairs, key=lambda pair: pair[0]):
        kept = keep(session, source, store.objects, objects[name], [record for _, record in some])
        results.update(each.status for each in kept)
    return results
