"""Files of records: handed in, shown once they are read, and kept when a person says so (4.2)."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import msgspec
from sqlalchemy import Select, delete, select
from sqlalchemy.orm import Session

from adapters.stores.exchange.sheets import Trouble
from models import ExchangeFile, ExchangeUpload, FilesState, db, writing

KEPT = dt.timedelta(days=7)
"""So long files wait for a person's word."""
LATELY = 10
Files = Sequence[tuple[str, bytes]]


@dataclass(frozen=True, slots=True)
class Shown:
    """An upload as its page shows it."""

    row: ExchangeUpload
    troubles: Sequence[Trouble]

    @property
    def errors(self) -> int:
        """How many rows or columns are left out, or keep everything out."""
        return sum(not each.is_warning for each in self.troubles)


def hand_in(store_id: int, files: Files, now: dt.datetime) -> int:
    """Keep files that are to be read together; returns the upload's id. Those that nobody decided about for long go."""
    with writing() as session:
        _forget(session, store_id, now - KEPT)
        row = ExchangeUpload(store_id=store_id, names=", ".join(name for name, _ in files)[:1000], uploaded_at=now)
        session.add(row)
        session.flush()
        for place, (name, content) in enumerate(files):
            session.add(ExchangeFile(upload_id=row.id, place=place, name=name[-200:], content=content))
        return row.id


def _forget(session: Session, store_id: int, before: dt.datetime) -> None:
    old = select(ExchangeUpload.id).where(
        ExchangeUpload.store_id == store_id,
        ExchangeUpload.uploaded_at < before,
        ExchangeUpload.state != FilesState.KEEPING,
    )
    for model, column in ((ExchangeFile, ExchangeFile.upload_id), (ExchangeUpload, ExchangeUpload.id)):
        without_check = {"synchronize_session": False}
        session.execute(delete(model).where(column.in_(old)), execution_options=without_check)


def show(row: ExchangeUpload) -> Shown:
    """For its page."""
    return Shown(row, msgspec.json.decode(row.troubles, type=list[Trouble]))


def lately(store_id: int) -> Sequence[ExchangeUpload]:
    """The last uploads of a store, the newest first."""
    query = select(ExchangeUpload).where(ExchangeUpload.store_id == store_id)
    return db.session.scalars(query.order_by(ExchangeUpload.id.desc()).limit(LATELY)).all()


def proceed(upload_id: int) -> bool:
    """A person says that the records without a fault are to be kept; False where that was said already."""
    with writing() as session:
        row = session.get_one(ExchangeUpload, upload_id, populate_existing=True)
        if row.state is not FilesState.CHECKED:
            return False
        row.state = FilesState.KEEPING
        return True


def at_work() -> Select[int]:
    """The uploads that wait for no person."""
    busy = (FilesState.READING, FilesState.KEEPING)
    return select(ExchangeUpload.id).where(ExchangeUpload.state.in_(busy)).order_by(ExchangeUpload.id)
