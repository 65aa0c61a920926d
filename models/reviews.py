"""Reviews: the orders that a person chose with + Add New, looked at draft by draft before Sync."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant


class Review(Base):
    """One press of + Add New; it can be left, come back to, and opened twice."""

    __tablename__ = "reviews"
    __table_args__ = (Index(None, "profile_id", "user_id", "id"),)
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    user_id: Mapped[int] = mapped_column(ForeignKey("users.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    total: Mapped[int] = mapped_column(default=0)


class ReviewOrder(Base):
    """One order of a review; positions count from 1."""

    __tablename__ = "review_orders"
    __table_args__ = (UniqueConstraint("review_id", "profile_order_id"),)
    review_id: Mapped[int] = mapped_column(ForeignKey("reviews.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    profile_order_id: Mapped[int] = mapped_column(ForeignKey("profile_orders.id"), index=True)
