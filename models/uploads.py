"""Files that people uploaded: what was made of them, what is wrong with them, and their orders until Proceed."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant, words
from models.stores import StoreChannel


class UploadState(StrEnum):
    """How an upload stands."""

    READING = "reading"
    MAPPING = "mapping"  # a person says which column is what
    CHECKED = "checked"  # everything is read; a person says Proceed
    APPLYING = "applying"
    DONE = "done"
    REFUSED = "refused"  # the file cannot be read


class Upload(Base):
    """One file for one channel. `plan` is how it is read (sync/uploads/plans.py), `look` what was seen of it at first.

    `trouble` is why the file was refused, or what a person is asked; `applied_to` is the last pack whose orders are
    among the orders; the counts of orders are those of the file, then what became of them. An id is never used again:
    who still reads a file that was thrown away must not write into another."""

    __tablename__ = "uploads"
    __table_args__ = (Index(None, "channel_id", "sha256"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    file_name: Mapped[str] = mapped_column(String(200))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    state: Mapped[UploadState] = mapped_column(words(UploadState), default=UploadState.READING)
    plan: Mapped[dict[str, object] | None] = mapped_column(JSON)
    look: Mapped[dict[str, object] | None] = mapped_column(JSON, deferred=True)
    trouble: Mapped[dict[str, object] | None] = mapped_column(JSON)
    row_count: Mapped[int] = mapped_column(default=0)
    order_count: Mapped[int] = mapped_column(default=0)
    bad_orders: Mapped[int] = mapped_column(default=0)
    errors: Mapped[int] = mapped_column(default=0)
    warnings: Mapped[int] = mapped_column(default=0)
    new_orders: Mapped[int] = mapped_column(default=0)
    changed_orders: Mapped[int] = mapped_column(default=0)
    same_orders: Mapped[int] = mapped_column(default=0)
    applied_to: Mapped[int] = mapped_column(default=0)
    uploaded_by: Mapped[str] = mapped_column(String(80))
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    applied_by: Mapped[str] = mapped_column(String(80), default="")
    applied_at: Mapped[datetime | None] = mapped_column(Instant)
    channel: Mapped[StoreChannel] = relationship()


class UploadFile(Base):
    """The file of an upload as it came; by itself, for SQLite writes a whole row anew with each change of it."""

    __tablename__ = "upload_files"
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"), primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary)


class UploadTrouble(Base):
    """One thing that is wrong with a file; `row` is Excel's, `col` counts from 0."""

    __tablename__ = "upload_troubles"
    __table_args__ = (Index(None, "upload_id", "is_error", "id"), Index(None, "upload_id", "row"))
    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    is_error: Mapped[bool]
    code: Mapped[str] = mapped_column(String(10))
    row: Mapped[int | None]
    col: Mapped[int | None]
    found: Mapped[str] = mapped_column(String(200), default="")
    message: Mapped[dict[str, object]] = mapped_column(JSON)


class UploadRow(Base):
    """A row of the file for the preview: the first ones, and each with a message."""

    __tablename__ = "upload_rows"
    __table_args__ = (UniqueConstraint("upload_id", "row"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    row: Mapped[int]
    cells: Mapped[list[str]] = mapped_column(JSON)


class UploadPack(Base):
    """Some orders of a file that wait for Proceed, packed (sync/uploads/packs.py): they come in tens of thousands."""

    __tablename__ = "upload_packs"
    __table_args__ = (Index(None, "upload_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    upload_id: Mapped[int] = mapped_column(ForeignKey("uploads.id"))
    orders: Mapped[bytes] = mapped_column(LargeBinary)


class FileLayout(Base):
    """A mapping that was chosen for files of a store with these headers; `plan` as that of an upload, by header."""

    __tablename__ = "file_layouts"
    __table_args__ = (UniqueConstraint("store_id", "header_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    header_key: Mapped[str] = mapped_column(String(64))
    plan: Mapped[dict[str, object]] = mapped_column(JSON)
    used_at: Mapped[datetime] = mapped_column(Instant)
