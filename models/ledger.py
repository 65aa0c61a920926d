"""The posting ledger: what stands in the books because of us, and every operation that brought it there."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from sqlalchemy import JSON, ForeignKey, Index, LargeBinary, String, Text, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from clock import Stamp
from documents import Action, Role
from models.base import Base, Instant, Money, StampColumn, words


class DocumentState(StrEnum):
    """How a document of ours stands in the books."""

    WAITING = "waiting"  # not there yet
    POSTED = "posted"
    DIFFERS = "differs"  # there, with another total than expected
    VOIDED = "voided"  # voided by us
    FORGOTTEN = "forgotten"  # there, and no longer ours until it is recognised again
    DROPPED = "dropped"  # given up before anything was sent


class OperationState(StrEnum):
    """Where an operation stands; which way it may go on is said in sync/ledger.py."""

    READY = "ready"
    SENDING = "sending"
    POSTED = "posted"
    REJECTED = "rejected"
    UNKNOWN = "unknown"
    NEEDS_PERSON = "needs_person"


class Document(Base):
    """A document in one company's books for one source: at most one that lives, whatever the settings say.

    `source` is our reference, made from the store's kind, the shop's id and the order's id; `content` is the
    content as JSON, `content_key` the hash of what the order said then; `remote_*` and `customer` are what the books
    answered. `is_main`: it is what its order became, not one that goes with it, as a payment does."""

    __tablename__ = "documents"
    __table_args__ = (
        UniqueConstraint("books_id", "role", "source", "generation"),
        Index(
            "uq_documents_live",
            "books_id",
            "role",
            "source",
            unique=True,
            sqlite_where=text("is_live"),
            postgresql_where=text("is_live"),
        ),
        Index(None, "profile_id", "state", "id"),
        Index(None, "books_id", "remote_id"),
        Index(None, "books_id", "customer"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    books_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    profile_id: Mapped[int] = mapped_column(ForeignKey("profiles.id"))
    profile_order_id: Mapped[int | None] = mapped_column(ForeignKey("profile_orders.id"), index=True)
    role: Mapped[Role] = mapped_column(words(Role))
    source: Mapped[str] = mapped_column(String(100))
    generation: Mapped[int] = mapped_column(default=1)
    is_live: Mapped[bool] = mapped_column(default=True)
    is_main: Mapped[bool] = mapped_column(default=False)
    state: Mapped[DocumentState] = mapped_column(words(DocumentState), default=DocumentState.WAITING)
    content: Mapped[str] = mapped_column(Text)
    content_key: Mapped[str | None] = mapped_column(String(64))
    causes: Mapped[list[list[str]]] = mapped_column(JSON, default=list)
    day: Mapped[date | None]
    since: Mapped[date | None]
    number: Mapped[str | None] = mapped_column(String(60))
    customer: Mapped[str | None] = mapped_column(String(200))
    currency: Mapped[str | None] = mapped_column(String(8))
    expected: Mapped[Decimal | None] = mapped_column(Money)
    remote_id: Mapped[str | None] = mapped_column(String(100))
    remote_number: Mapped[str | None] = mapped_column(String(200))
    posted_total: Mapped[Decimal | None] = mapped_column(Money)
    remote: Mapped[dict[str, object] | None] = mapped_column(JSON)


class Operation(Base):
    """One change of one document in the books: what is to be sent, and how far that came.

    `claimed` is when the right to send was taken, the latest moment before bytes may have left; `absences` counts
    look-ups late enough to be believed that found nothing."""

    __tablename__ = "operations"
    __table_args__ = (
        Index(
            "uq_operations_open",
            "document_id",
            unique=True,
            sqlite_where=text("is_open"),
            postgresql_where=text("is_open"),
        ),
        Index(None, "books_id", "is_open", "state", "not_before", "id"),
    )
    id: Mapped[int] = mapped_column(primary_key=True)
    books_id: Mapped[int] = mapped_column(ForeignKey("books.id"))
    document_id: Mapped[int] = mapped_column(ForeignKey("documents.id"), index=True)
    after_document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"))
    action: Mapped[Action] = mapped_column(words(Action))
    state: Mapped[OperationState] = mapped_column(words(OperationState), default=OperationState.READY)
    is_open: Mapped[bool] = mapped_column(default=True)
    key: Mapped[str] = mapped_column(String(36), unique=True)
    content: Mapped[str | None] = mapped_column(Text)
    payload: Mapped[bytes | None] = mapped_column(LargeBinary)
    payload_sha256: Mapped[str | None] = mapped_column(String(64))
    lease_token: Mapped[str | None] = mapped_column(String(36))
    claimed: Mapped[Stamp | None] = mapped_column(StampColumn)
    attempts: Mapped[int] = mapped_column(default=0)
    look_ups: Mapped[int] = mapped_column(default=0)
    absences: Mapped[int] = mapped_column(default=0)
    not_before: Mapped[datetime] = mapped_column(Instant)
    problem: Mapped[dict[str, object] | None] = mapped_column(JSON)
    document: Mapped[Document] = relationship(foreign_keys=[document_id])


class AuditRow(Base):
    """What happened to an operation, or what a person did: only ever added."""

    __tablename__ = "audit"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime] = mapped_column(Instant)
    actor: Mapped[str] = mapped_column(String(200))
    operation_id: Mapped[int | None] = mapped_column(ForeignKey("operations.id"), index=True)
    document_id: Mapped[int | None] = mapped_column(ForeignKey("documents.id"), index=True)
    was: Mapped[str | None] = mapped_column(String(20))
    became: Mapped[str | None] = mapped_column(String(20))
    note: Mapped[dict[str, object]] = mapped_column(JSON, default=dict)
    is_alarm: Mapped[bool] = mapped_column(default=False)
