"""How a connection does, as pages tell it: its status, what went wrong last, and what to do next (P5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from documents import N_, Message, say
from models import BooksConnection, ConnectionStatus, Profile, StoreConnection
from sync import connections

WARNED = timedelta(days=14)
"""So long before a consent ends the owner is told to sign in again."""


@dataclass(frozen=True, slots=True)
class Health:
    """`trouble` is the last failure as the database keeps it; `next_step` is None where nothing is to be done.

    `sign_in_by` is when the consent ends by which we are let in, where that is soon."""

    status: ConnectionStatus
    next_step: Message | None
    trouble: Mapping[str, object] | None
    checked_at: datetime | None
    sign_in_by: datetime | None = None


def health_of(row: BooksConnection | StoreConnection, now: datetime | None = None) -> Health:
    """How one connection does; with the moment `now`, also whether its consent ends soon."""
    if not row.is_enabled:
        return Health(ConnectionStatus.INACTIVE, _activate(), None, row.checked_at)
    status = connections.status_of(row)
    step = connections.next_step(status, row.kind)
    return Health(status, step, row.status_text, row.checked_at, _ends_soon(row, now) if now else None)


def _ends_soon(row: BooksConnection | StoreConnection, now: datetime) -> datetime | None:
    ends_at = row.tokens.must_consent_by if isinstance(row, BooksConnection) and row.tokens else None
    return ends_at if ends_at and ends_at - now <= WARNED else None


def health_of_profile(profile: Profile, now: datetime | None = None) -> Health:
    """A profile does as its books do, unless it was disabled."""
    if not profile.is_enabled:
        return Health(ConnectionStatus.INACTIVE, _activate(), None, profile.books.checked_at)
    return health_of(profile.books, now)


def _activate() -> Message:
    return say(N_("It was disabled by hand. Activate it again to go on; nothing was lost."))
