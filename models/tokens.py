"""The tokens by which books let us in after a person's consent, and consents that are on their way."""

from datetime import datetime

from sqlalchemy import JSON, ForeignKey, LargeBinary, String
from sqlalchemy.orm import Mapped, mapped_column

from clock import Stamp
from models.base import Base, Instant, StampColumn


class BooksTokens(Base):
    """When the tokens of one connection end; the tokens themselves are secrets of the books. One process at a time
    renews them, by the lease. `ends_at`: a person must consent anew by then; None where the system does not say."""

    __tablename__ = "books_tokens"
    id: Mapped[int] = mapped_column(ForeignKey("books.id"), primary_key=True)
    renew_at: Mapped[datetime] = mapped_column(Instant)
    renewed_at: Mapped[datetime] = mapped_column(Instant)
    refresh_ends_at: Mapped[datetime] = mapped_column(Instant)
    ends_at: Mapped[datetime | None] = mapped_column(Instant)
    lease_token: Mapped[str | None] = mapped_column(String(36))
    lease_stamp: Mapped[Stamp | None] = mapped_column(StampColumn)

    @property
    def must_consent_by(self) -> datetime:
        """The last moment at which we are still let in, if nothing is renewed meanwhile."""
        return min(self.refresh_ends_at, self.ends_at or self.refresh_ends_at)


class Consent(Base):
    """Somebody was sent to another system to let us in: good once, for the browser that began it, for ten minutes.

    `books_id` is the connection that is renewed, None for a new one; the keys of the app are kept as its secrets."""

    __tablename__ = "consents"
    id: Mapped[int] = mapped_column(primary_key=True)
    state_sha256: Mapped[bytes] = mapped_column(LargeBinary(32), unique=True)
    sign_in_id: Mapped[int] = mapped_column(ForeignKey("sign_ins.id", ondelete="CASCADE"), index=True)
    kind: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(200))
    settings: Mapped[dict[str, str]] = mapped_column(JSON, default=dict)
    books_id: Mapped[int | None] = mapped_column(ForeignKey("books.id"), index=True)
    redirect_uri: Mapped[str] = mapped_column(String(500))
    created_at: Mapped[datetime] = mapped_column(Instant)
