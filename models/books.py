"""The companies that documents are posted into, and their lists."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clock import Stamp
from documents import ReferenceKind, Role
from models.base import Base, Instant, StampColumn, words
from models.tokens import BooksTokens


class ConnectionStatus(StrEnum):
    """How a connection does (P5)."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    TIMEOUT = "timeout"


class BooksConnection(Base):
    """One company in an accounting system. It remembers which company it is, and who drains it just now.

    `facts` are what its adapter told of the company at the last check. `changes_until` is the moment up to which its
    changes were read, `known_from` the first day whose documents were looked through for ours (sync/watching.py);
    `look_asked_at` is when a page asked for its changes last, `looked_at` when they were read."""

    __tablename__ = "books"
    __table_args__ = (UniqueConstraint("kind", "company_key"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    company_key: Mapped[str] = mapped_column(String(100))
    company_name: Mapped[str] = mapped_column(String(200))
    home_currency: Mapped[str] = mapped_column(String(3))
    country: Mapped[str] = mapped_column(String(2))
    facts: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    per_second: Mapped[str] = mapped_column(String(12))
    in_flight: Mapped[int]
    longest_s: Mapped[str | None] = mapped_column(String(12))
    status: Mapped[ConnectionStatus] = mapped_column(words(ConnectionStatus), default=ConnectionStatus.ACTIVE)
    status_text: Mapped[dict[str, object] | None] = mapped_column(JSON)
    is_enabled: Mapped[bool] = mapped_column(default=True)
    checked_at: Mapped[datetime | None] = mapped_column(Instant)
    refreshed_at: Mapped[datetime | None] = mapped_column(Instant)
    changes_until: Mapped[datetime | None] = mapped_column(Instant)
    known_from: Mapped[date | None]
    look_asked_at: Mapped[datetime | None] = mapped_column(Instant)
    looked_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[str | None] = mapped_column(String(36))
    lease_stamp: Mapped[Stamp | None] = mapped_column(StampColumn)
    not_before: Mapped[datetime | None] = mapped_column(Instant)
    failures: Mapped[int] = mapped_column(default=0)
    tokens: Mapped["BooksTokens | None"] = relationship(viewonly=True)


class BooksRow(Base):
    """One row of a list of the books: a customer, an item, a tax code, ... `is_complete`: its details were read, where
    the list itself does not tell them (sync/completing.py)."""

    __tablename__ = "books_rows"
    __table_args__ = (
        UniqueConstraint("books_id", "kind", "code"),
        Index(None, "books_id", "kind", "is_active", "code"),
        Index(None, "books_id", "kind", "folded_name"),
        Index(None, "books_id", "kind", "folded_email"),
        Index(None, "books_id", "kind", "sku"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    books_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    kind: Mapped[ReferenceKind] = mapped_column(words(ReferenceKind))
    code: Mapped[str] = mapped_column(String(200))
    name: Mapped[str] = mapped_column(Text)
    folded_name: Mapped[str] = mapped_column(String(200), default="")
    folded_email: Mapped[str] = mapped_column(String(200), default="")
    sku: Mapped[str] = mapped_column(String(100), default="")
    remote_id: Mapped[str] = mapped_column(String(100))
    is_active: Mapped[bool] = mapped_column(default=True)
    is_complete: Mapped[bool] = mapped_column(default=True)
    details: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    seen_at: Mapped[datetime] = mapped_column(Instant)


class Known(Base):
    """A document in the books that carries our reference and that we did not know: an earlier installation made it, or
    this one before an older backup was put back. It is recognised before anything is sent for the same source."""

    __tablename__ = "known_documents"
    __table_args__ = (UniqueConstraint("books_id", "role", "remote_id"), Index(None, "books_id", "role", "source"))
    id: Mapped[int] = mapped_column(primary_key=True)
    books_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    role: Mapped[Role] = mapped_column(words(Role))
    source: Mapped[str] = mapped_column(String(100))
    remote_id: Mapped[str] = mapped_column(String(100))
    remote: Mapped[dict[str, object]] = mapped_column(JSON)
