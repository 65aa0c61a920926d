"""Long reading work: pulling orders, catalogues and the books' lists, with progress that survives a restart."""

from datetime import datetime
from enum import StrEnum

from sqlalchemy import JSON, Index, String, text
from sqlalchemy.orm import Mapped, mapped_column

from clock import Stamp
from models.base import Base, Instant, StampColumn, words


class RunKind(StrEnum):
    """What is read; target_id is the row it is read for."""

    ORDERS = "orders"  # of a channel
    ITEMS = "items"  # of a store
    REFERENCE = "reference"  # of books
    PROOF = "proof"  # of a profile
    DETAILS = "details"  # of books: of the items that are used
    ALIGNMENT = "alignment"  # of a profile: both sides' numbers, and what was confirmed is linked
    GAPS = "gaps"  # of a channel: which orders its store has and we have not
    MISSING = "missing"  # of a channel: the orders that were found to be missing
    FILE = "file"  # of an upload: what is in it
    APPLY = "apply"  # of an upload: its orders, after Proceed
    RECORDS = "records"  # of files of records: what is in them; after Proceed, their records


class RunState(StrEnum):
    """How a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


class Run(Base):
    """One reading; at most one per kind and target is queued or running."""

    __tablename__ = "runs"
    __table_args__ = (
        Index(None, "kind", "target_id", "id"),
        Index(None, "state", "not_before"),
        Index(
            "uq_runs_active",
            "kind",
            "target_id",
            unique=True,
            sqlite_where=text("state IN ('queued', 'running')"),
            postgresql_where=text("state IN ('queued', 'running')"),
        ),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[RunKind] = mapped_column(words(RunKind))
    target_id: Mapped[int]
    state: Mapped[RunState] = mapped_column(words(RunState), default=RunState.QUEUED)
    step: Mapped[str] = mapped_column(String(60), default="")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int | None]
    rows: Mapped[int] = mapped_column(default=0)
    trouble: Mapped[dict[str, object] | None] = mapped_column(JSON)
    attempts: Mapped[int] = mapped_column(default=0)
    lease_token: Mapped[str | None] = mapped_column(String(36))
    lease_stamp: Mapped[Stamp | None] = mapped_column(StampColumn)
    not_before: Mapped[datetime] = mapped_column(Instant)
    created_at: Mapped[datetime] = mapped_column(Instant)
    ended_at: Mapped[datetime | None] = mapped_column(Instant)

    @property
    def is_active(self) -> bool:
        """True until it came to its end."""
        return self.state in (RunState.QUEUED, RunState.RUNNING)
