"""The books' numbers on their way back into the stores' orders."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, words


class WriteBackState(StrEnum):
    """How far a number came."""

    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"  # a warning on an order that is in the books; tried again by a person


class WriteBack(Base):
    """The number of one document, to be written into the order that it was made of (S18)."""

    __tablename__ = "write_backs"
    __table_args__ = (Index(None, "store_id", "state", "not_before"),)
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), primary_key=True)
    store_id: Mapped[int] = mapped_column(ForeignKey("stores.id"))
    order_id: Mapped[int] = mapped_column(ForeignKey("orders.id"), index=True)
    number: Mapped[str] = mapped_column(String(60))
    state: Mapped[WriteBackState] = mapped_column(words(WriteBackState), default=WriteBackState.WAITING)
    attempts: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(Instant)
    problem: Mapped[dict[str, object] | None] = mapped_column(JSON)
