"""Stores whose numbers are the books' numbers: what stands on both sides before anything is sent (SEN9 to SEN11)."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, Money, words


class Aligned(StrEnum):
    """What is aligned, each by itself."""

    CUSTOMERS = "customers"
    INVOICES = "invoices"
    CREDIT_NOTES = "credit_notes"


class Start(StrEnum):
    """Which side was used before; what the owner says decides what confirming means."""

    STORE = "store"  # everything goes to the books
    BOOKS = "books"  # the books' list is for the store, to be brought in there
    BOTH = "both"  # side by side, mended by hand


class Side(StrEnum):
    """Where a number, or a customer's code, stands."""

    BOTH = "both"
    STORE = "store"
    BOOKS = "books"
    SEVERAL = "several"  # more than one in the books: nothing is linked


class Alignment(Base):
    """How one kind is aligned for one profile; nothing of it is sent before `confirmed_at`.

    `linked_at`: what stood on both sides then is linked. `counts` by side are those of the last reading."""

    __tablename__ = "alignments"
    __table_args__ = (UniqueConstraint("profile_id", "kind"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    kind: Mapped[Aligned] = mapped_column(words(Aligned))
    start: Mapped[Start] = mapped_column(words(Start))
    read_at: Mapped[datetime | None] = mapped_column(Instant)
    counts: Mapped[dict[str, int] | None] = mapped_column(JSON)
    confirmed_at: Mapped[datetime | None] = mapped_column(Instant)
    confirmed_by: Mapped[str] = mapped_column(String(200), default="")
    linked_at: Mapped[datetime | None] = mapped_column(Instant)


class AlignmentRow(Base):
    """One number, or one customer's code, as both sides had it at the last reading; `key` is what is compared."""

    __tablename__ = "alignment_rows"
    __table_args__ = (
        Index(None, "profile_id", "kind", "side", "id"),
        Index(None, "profile_id", "kind", "id"),
        Index(None, "profile_id", "kind", "key"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    kind: Mapped[Aligned] = mapped_column(words(Aligned))
    side: Mapped[Side] = mapped_column(words(Side))
    key: Mapped[str] = mapped_column(String(200))
    number: Mapped[str] = mapped_column(String(200))
    profile_order_id: Mapped[int | None] = mapped_column(ForeignKey("profile_orders.id"), index=True)
    store_name: Mapped[str] = mapped_column(String(500), default="")
    store_total: Mapped[Decimal | None] = mapped_column(Money)
    remote_id: Mapped[str] = mapped_column(String(100), default="")
    books_name: Mapped[str] = mapped_column(String(500), default="")
    books_total: Mapped[Decimal | None] = mapped_column(Money)
    currency: Mapped[str] = mapped_column(String(8), default="")
    day: Mapped[date | None]
