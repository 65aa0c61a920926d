"""Company profiles: one set of books, the channels that post into it, and how its orders stand."""

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, ForeignKeyConstraint, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant, words
from models.books import BooksConnection

NUMBER = String(64).with_variant(String(64, collation="C"), "postgresql")
"""Numbers are compared by their characters, whatever language the database sorts by."""


class Tick(StrEnum):
    """How an order stands with a profile (I7)."""

    NONE = "none"
    QUEUED = "queued"
    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


class Profile(Base):
    """One set of books with the settings and the matching by which orders become its documents."""

    __tablename__ = "profiles"
    __table_args__ = (UniqueConstraint("id", "books_id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    books_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    name: Mapped[str] = mapped_column(String(200), unique=True)
    time_zone: Mapped[str] = mapped_column(String(60))
    start_date: Mapped[date]
    is_enabled: Mapped[bool] = mapped_column(default=True)
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    number_next: Mapped[int] = mapped_column(default=1)
    books: Mapped[BooksConnection] = relationship()


class ProfileChannel(Base):
    """A channel that posts into a profile; one company never gets a channel twice, whatever the profiles."""

    __tablename__ = "profile_channels"
    __table_args__ = (
        ForeignKeyConstraint(["profile_id", "books_id"], ["profiles.id", "profiles.books_id"]),
        UniqueConstraint("books_id", "channel_id"),
    )
    profile_id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"), primary_key=True)
    books_id: Mapped[int]


class ProfileOrder(Base):
    """One order as one profile sees it: its tick, and why it is not in the books.

    `reasons` are Problems as JSON, as the last Sync or posting left them; `status` and `number` (folded) are the
    order's own, kept here so that the lists find them."""

    __tablename__ = "profile_orders"
    __table_args__ = (
        UniqueConstraint("profile_id", "order_id"),
        Index(None, "profile_id", "ordered_at", "id"),
        Index(None, "profile_id", "tick", "ordered_at", "id"),
        Index(None, "profile_id", "channel_id", "tick", "ordered_at", "id"),
        Index(None, "profile_id", "tick", "status", "ordered_at", "id"),
        Index(None, "profile_id", "tick", "number", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"))
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    ordered_at: Mapped[datetime] = mapped_column(Instant)
    status: Mapped[str] = mapped_column(String(40), default="")
    number: Mapped[str] = mapped_column(NUMBER, default="")
    tick: Mapped[Tick] = mapped_column(words(Tick), default=Tick.NONE)
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
    edits: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
