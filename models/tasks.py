"""Tasks: one press of Sync, and the orders that it sends."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, String, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base, Instant, words


class TaskOrderState(StrEnum):
    """How far an order of a task came."""

    WAITING = "waiting"  # not drafted yet
    LEFT = "left"  # not complete, or changed since it was seen: stays Pending, with its reasons
    QUEUED = "queued"
    POSTED = "posted"
    FAILED = "failed"
    TAKEN_OUT = "taken_out"


class Task(Base):
    """One press of Sync; the counts are kept, so that a list of tasks never counts.

    `is_voiding`, `trashed_by` and `trashed_at` are what a person asked for who trashed it, written down before it is
    done; `is_trashed` becomes true last."""

    __tablename__ = "tasks"
    __table_args__ = (Index(None, "profile_id", "id"), Index(None, "is_drafted"))
    id: Mapped[int] = mapped_column(primary_key=True)
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    created_at: Mapped[datetime] = mapped_column(Instant)
    created_by: Mapped[str] = mapped_column(String(200))
    is_drafted: Mapped[bool] = mapped_column(default=False)
    is_trashed: Mapped[bool] = mapped_column(default=False)
    is_voiding: Mapped[bool | None]
    trashed_by: Mapped[str | None] = mapped_column(String(200))
    trashed_at: Mapped[datetime | None] = mapped_column(Instant)
    trash_after: Mapped[int | None] = mapped_column(index=True)  # the last order that was decided; None: not under way
    total: Mapped[int] = mapped_column(default=0)
    waiting: Mapped[int] = mapped_column(default=0)
    left: Mapped[int] = mapped_column(default=0)
    queued: Mapped[int] = mapped_column(default=0)
    posted: Mapped[int] = mapped_column(default=0)
    failed: Mapped[int] = mapped_column(default=0)
    taken_out: Mapped[int] = mapped_column(default=0)

    @property
    def is_active(self) -> bool:
        """True while something of it is still to be done without a person."""
        return bool(self.waiting or self.queued or self.is_being_trashed)

    @property
    def is_being_trashed(self) -> bool:
        """From the moment that a person asked for it until the last of its orders is decided."""
        return self.trash_after is not None


class TaskOrder(Base):
    """One order in a task: the fingerprint of what was seen, and what became of it."""

    __tablename__ = "task_orders"
    __table_args__ = (
        UniqueConstraint("task_id", "profile_order_id"),
        Index(None, "task_id", "id"),
        Index(None, "task_id", "state", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    task_id: Mapped[int] = mapped_column(ForeignKey("tasks.id"))
    profile_order_id: Mapped[int] = mapped_column(ForeignKey("profile_orders.id"), index=True)
    fingerprint: Mapped[str | None] = mapped_column(String(64))
    state: Mapped[TaskOrderState] = mapped_column(words(TaskOrderState), default=TaskOrderState.WAITING)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)
    reasons: Mapped[list[dict[str, object]]] = mapped_column(JSON, default=list)
