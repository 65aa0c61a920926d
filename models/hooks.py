"""What stores told us of their own accord."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant


class StoreHook(Base):
    """One message of a store: a hint which orders to read again; without orders, to read what is new.

    `event_id` is the store's own, so that a repeated message is no second one. Read from `not_before` on; `done_at` is
    when it was read."""

    __tablename__ = "hooks"
    __table_args__ = (
        UniqueConstraint("store_id", "event_id"),
        Index(None, "done_at", "not_before"),
        Index(None, "store_id", "received_at"),
        Index(None, "received_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    event_id: Mapped[str] = mapped_column(String(100))
    order_ids: Mapped[list[str]] = mapped_column(JSON, default=list)
    received_at: Mapped[datetime] = mapped_column(Instant)
    not_before: Mapped[datetime] = mapped_column(Instant)
    done_at: Mapped[datetime | None] = mapped_column(Instant)
