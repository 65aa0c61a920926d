"""Records of stores that come in by the exchange, as they were pulled, pushed or uploaded."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, words


class Via(StrEnum):
    """The way a record came in."""

    PULL = "pull"
    PUSH = "push"
    FILE = "file"


class ExchangeRecord(Base):
    """One record as it came last; `payload` is its JSON, empty where only one came that cannot be read, and `trouble`
    says why. `is_stale`: what is made of it (an order, a customer) is to be made anew."""

    __tablename__ = "exchange_records"
    __table_args__ = (UniqueConstraint("store_id", "object", "external_id"), Index(None, "store_id", "is_stale"))
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    object: Mapped[str] = mapped_column(String(40))
    external_id: Mapped[str] = mapped_column(String(64))
    payload: Mapped[str] = mapped_column(Text, default="")
    sha256: Mapped[str] = mapped_column(String(64), default="")
    trouble: Mapped[str | None] = mapped_column(Text)
    updated_at: Mapped[datetime | None] = mapped_column(Instant)
    received_at: Mapped[datetime] = mapped_column(Instant)
    via: Mapped[Via] = mapped_column(words(Via))
    is_gone: Mapped[bool] = mapped_column(default=False)
    is_stale: Mapped[bool] = mapped_column(default=False)


class ExchangeLink(Base):
    """A record names another one, whether or not that has come in yet."""

    __tablename__ = "exchange_links"
    __table_args__ = (Index(None, "store_id", "object", "external_id"),)
    record_id: Mapped[int] = mapped_column(ForeignKey("exchange_records.id"), primary_key=True)
    object: Mapped[str] = mapped_column(String(40), primary_key=True)
    external_id: Mapped[str] = mapped_column(String(64), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))


class ExchangePush(Base):
    """The answer to a push, so that the same push sent again is answered alike and has no second effect."""

    __tablename__ = "exchange_pushes"
    __table_args__ = (Index(None, "store_id", "pushed_at"),)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    body_sha256: Mapped[str] = mapped_column(String(64))
    answer: Mapped[str] = mapped_column(Text)
    pushed_at: Mapped[datetime] = mapped_column(Instant)


class FilesState(StrEnum):
    """How files of records stand."""

    READING = "reading"
    CHECKED = "checked"  # a person says Proceed
    KEEPING = "keeping"
    KEPT = "kept"


class ExchangeUpload(Base):
    """Files that were uploaded together: read, then kept when a person says so.

    `records` are [object, record] pairs without any fault until they are kept, `troubles` what else was found, both as
    JSON; `counts` of records are by object. `kept_to` of the records are kept, with `results` by status. An id is never
    used again: who still reads files that are forgotten must not write into others."""

    __tablename__ = "exchange_uploads"
    __table_args__ = (Index(None, "store_id", "uploaded_at"), {"sqlite_autoincrement": True})
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    names: Mapped[str] = mapped_column(Text)
    state: Mapped[FilesState] = mapped_column(words(FilesState), default=FilesState.READING)
    counts: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    records: Mapped[str] = mapped_column(Text, default="[]", deferred=True)
    troubles: Mapped[str] = mapped_column(Text, default="[]", deferred=True)
    kept_to: Mapped[int] = mapped_column(default=0)
    results: Mapped[dict[str, int]] = mapped_column(JSON, default=dict)
    uploaded_at: Mapped[datetime] = mapped_column(Instant)
    kept_at: Mapped[datetime | None] = mapped_column(Instant)


class ExchangeFile(Base):
    """One of these files as it came, until it is read."""

    __tablename__ = "exchange_files"
    upload_id: Mapped[int] = mapped_column(ForeignKey("exchange_uploads.id"), primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    name: Mapped[str] = mapped_column(String(200))
    content: Mapped[bytes] = mapped_column(LargeBinary)
