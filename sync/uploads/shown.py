"""What pages show of uploads: the list, messages page by page, and the preview with what is wrong in its rows."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import exists, select
from sqlalchemy.orm import contains_eager

from adapters.spreadsheets.oddities import letters_of
from models import (
    ProfileChannel,
    Run,
    RunKind,
    StoreChannel,
    StoreConnection,
    Upload,
    UploadRow,
    UploadState,
    UploadTrouble,
    db,
)
from sync import runs
from sync.uploads.plans import Look, Plan

PAGE = 50
ACTIVE = (UploadState.READING, UploadState.APPLYING)


def uploads(before_id: int | None) -> Sequence[Upload]:
    """The newest first, one page and one more."""
    query = select(Upload).join(Upload.channel).join(StoreChannel.store)
    query = query.options(contains_eager(Upload.channel).contains_eager(StoreChannel.store))
    if before_id:
        query = query.where(Upload.id < before_id)
    return db.session.scalars(query.order_by(Upload.id.desc()).limit(PAGE + 1)).all()


def run_of(upload: Upload) -> Run | None:
    """What is at work on it, or was last."""
    wanted = [(RunKind.FILE, upload.id), (RunKind.APPLY, upload.id)]
    found = runs.latest(wanted)
    last: RunKind = RunKind.APPLY if upload.state in (UploadState.APPLYING, UploadState.DONE) else RunKind.FILE
    return found.get((last, upload.id))


def is_taken(channel_id: int) -> bool:
    """Whether a company profile takes the channel: else its orders wait for one."""
    return bool(db.session.scalar(select(exists().where(ProfileChannel.channel_id == channel_id))))


def channels() -> Sequence[StoreChannel]:
    """Every channel that a file can be handed in for, by store and name."""
    query = select(StoreChannel).join(StoreChannel.store).options(contains_eager(StoreChannel.store))
    query = query.where(StoreConnection.is_enabled.is_(True))
    return db.session.scalars(query.order_by(StoreConnection.name, StoreChannel.name, StoreChannel.id)).all()


# --- messages and preview ---------------------------------------------------------------------------------------


def troubles(upload_id: int, is_error: bool, after_id: int) -> Sequence[UploadTrouble]:
    """Errors or warnings, one page and one more."""
    query = select(UploadTrouble).where(UploadTrouble.upload_id == upload_id, UploadTrouble.is_error.is_(is_error))
    return db.session.scalars(query.where(UploadTrouble.id > after_id).order_by(UploadTrouble.id).limit(PAGE + 1)).all()


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the preview, and the field it stands for, by name; empty where it is not used."""

    place: int
    letters: str
    name: str
    field: str


@dataclass(frozen=True, slots=True)
class Preview:
    """Rows of the file: each its number, its cells in the columns shown, and what is wrong, by column."""

    columns: Sequence[Column]
    rows: Sequence[tuple[int, Sequence[str], dict[int, UploadTrouble], Sequence[UploadTrouble]]]
    next_row: int | None


def preview(upload_id: int, plan: Plan, look: Look, from_row: int) -> Preview:
    """The rows from this one on: the first fifty of the file, and each that has a message."""
    query = select(UploadRow).where(UploadRow.upload_id == upload_id, UploadRow.row >= from_row)
    found = db.session.scalars(query.order_by(UploadRow.row).limit(PAGE + 1)).all()
    rows = found[:PAGE]
    marks = _marks(upload_id, [each.row for each in rows])
    columns = [Column(place, letters_of(place), look.names[place], field) for field, place in _by_place(plan)]
    shown = [(each.row, [_at(each.cells, column.place) for column in columns], *_of_row(marks, each)) for each in rows]
    return Preview(columns, shown, found[PAGE].row if len(found) > PAGE else None)


def _by_place(plan: Plan) -> list[tuple[str, int]]:
    return sorted(plan.columns.items(), key=lambda each: each[1])


def _marks(upload_id: int, rows: list[int]) -> dict[int, list[UploadTrouble]]:
    """Warnings first. Sorted here: SQLite would take the index of that order, and go through all messages."""
    query = select(UploadTrouble).where(UploadTrouble.upload_id == upload_id, UploadTrouble.row.in_(rows))
    found: dict[int, list[UploadTrouble]] = {}
    for each in sorted(db.session.scalars(query), key=lambda each: (each.is_error, each.id)):
        found.setdefault(each.row or 0, []).append(each)
    return found


def _of_row(
    marks: dict[int, list[UploadTrouble]], row: UploadRow
) -> tuple[dict[int, UploadTrouble], Sequence[UploadTrouble]]:
    mine = marks.get(row.row, [])
    return {each.col: each for each in mine if each.col is not None}, mine


def _at(cells: list[str], place: int) -> str:
    return cells[place] if place < len(cells) else ""
