"""How a connection does, as pages tell it: its status, what went wrong last, and what to do next (P5)."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from documents import N_, Message, say
from models import BooksConnection, ConnectionStatus, Profile, StoreConnection
from sync import connections


@dataclass(frozen=True, slots=True)
class Health:
    """`trouble` is the last failure as the database keeps it; `next_step` is None where nothing is to be done."""

    status: ConnectionStatus
    next_step: Message | None
    trouble: Mapping[str, object] | None
    checked_at: datetime | None


def health_of(row: BooksConnection | StoreConnection) -> Health:
    """How one connection does."""
    if not row.is_enabled:
        return Health(ConnectionStatus.INACTIVE, _activate(), None, row.checked_at)
    status = connections.status_of(row)
    return Health(status, connections.next_step(status, row.kind), row.status_text, row.checked_at)


def health_of_profile(profile: Profile) -> Health:
    """A profile does as its books do, unless it was disabled."""
    if not profile.is_enabled:
        return Health(ConnectionStatus.INACTIVE, _activate(), None, profile.books.checked_at)
    return health_of(profile.books)


def _activate() -> Message:
    return say(N_("It was disabled by hand. Activate it again to go on; nothing was lost."))
