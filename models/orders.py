"""Orders as the stores reported them."""

from datetime import datetime
from decimal import Decimal

from sqlalchemy import ForeignKey, Index, String, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Instant, Money
from models.stores import StoreChannel


class StoredOrder(Base):
    """One order as its store reported it last; a store never changes or repeats an order's own id.

    `document` is our Order as JSON, `raw` the store's own words; an order that could not be read has no document and
    says why in `trouble`. `is_open`: asked for again by its id when it is too old for the pull's overlap."""

    __tablename__ = "orders"
    __table_args__ = (
        UniqueConstraint("channel_id", "external_id"),
        Index(None, "channel_id", "ordered_at", "id"),
        Index(None, "channel_id", "is_open", "ordered_at"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    external_id: Mapped[str] = mapped_column(String(64))
    number: Mapped[str] = mapped_column(String(64))  # what people see; may repeat
    status: Mapped[str] = mapped_column(String(40))
    payment_status: Mapped[str] = mapped_column(String(40))
    currency: Mapped[str] = mapped_column(String(8))
    total: Mapped[Decimal] = mapped_column(Money)
    ordered_at: Mapped[datetime | None] = mapped_column(Instant)
    is_open: Mapped[bool]
    document: Mapped[str | None] = mapped_column(Text)
    trouble: Mapped[str | None] = mapped_column(Text)
    raw: Mapped[str] = mapped_column(Text)
    raw_sha256: Mapped[str] = mapped_column(String(64))
    pulled_at: Mapped[datetime] = mapped_column(Instant)
    channel: Mapped[StoreChannel] = relationship()
