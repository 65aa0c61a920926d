"""What the stores have and we have not, as their own lists told it last (Z9)."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant


class MissingOrder(Base):
    """An order that a store's list names and that was never read; forgotten once it is there, or gone in the store.

    `run_id` is the count that saw it last."""

    __tablename__ = "missing_orders"
    __table_args__ = (UniqueConstraint("channel_id", "external_id"), Index(None, "channel_id", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))  # what people see
    ordered_at: Mapped[datetime | None] = mapped_column(Instant)
    found_at: Mapped[datetime] = mapped_column(Instant)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))


class OrderCount(Base):
    """How many orders of a channel its store listed for some days, and how many of these were here; both days count.

    `run_id` is the count that they belong to: one that was stopped goes on behind its last days."""

    __tablename__ = "order_counts"
    __table_args__ = (UniqueConstraint("run_id", "first_day"), Index(None, "channel_id", "first_day"))
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    first_day: Mapped[date]
    last_day: Mapped[date]
    in_store: Mapped[int]
    here: Mapped[int]
