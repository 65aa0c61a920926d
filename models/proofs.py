"""Proofs that were made: what the store sold and the books hold, per day, channel and currency, and what disagrees."""

from datetime import date
from decimal import Decimal

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column, relationship

from models.base import Base, Money
from models.stores import StoreChannel


class ProofRow(Base):
    """One day (None: all days), channel and currency of a proof; amounts in that currency.

    `not_posted` are reasons with their counts, `causes` amounts by name, as text."""

    __tablename__ = "proof_rows"
    __table_args__ = (Index(None, "run_id", "day", "id"), Index(None, "run_id", "is_proven", "day", "id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    day: Mapped[date | None]
    channel_id: Mapped[int] = mapped_column(ForeignKey("channels.id"))
    currency: Mapped[str] = mapped_column(String(8))
    is_proven: Mapped[bool]
    orders: Mapped[int]
    posted: Mapped[int]
    faults: Mapped[int]
    store_total: Mapped[Decimal] = mapped_column(Money)
    unposted: Mapped[Decimal] = mapped_column(Money)
    expected: Mapped[Decimal] = mapped_column(Money)
    documents_total: Mapped[Decimal] = mapped_column(Money)
    books_total: Mapped[Decimal] = mapped_column(Money)
    not_posted: Mapped[list[dict[str, object]]] = mapped_column(JSON)
    causes: Mapped[dict[str, str]] = mapped_column(JSON)
    channel: Mapped[StoreChannel] = relationship()

    @property
    def amounts(self) -> dict[str, Decimal]:
        """The causes with their amounts."""
        return {cause: Decimal(amount) for cause, amount in self.causes.items()}

    @property
    def difference(self) -> Decimal:
        """0.00, or something is wrong."""
        return self.books_total - self.expected


class ProofFault(Base):
    """A document that does not stand in the books once, as it was posted."""

    __tablename__ = "proof_faults"
    __table_args__ = (Index(None, "run_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    profile_order_id: Mapped[int] = mapped_column(ForeignKey("profile_orders.id"))
    day: Mapped[date]
    number: Mapped[str] = mapped_column(String(64))
    message: Mapped[dict[str, object]] = mapped_column(JSON)
