"""How far each object of a store was pulled: kept as JSON in the place of its channel."""

import datetime as dt
from collections.abc import Sequence

import msgspec

from adapters.replies import Json

OVERLAP = dt.timedelta(minutes=5)
"""So much before the last change that was seen the next pull begins: late commits, and clocks that differ."""


class Mark(msgspec.Struct, frozen=True, omit_defaults=True):
    """Of one object. `since` is the first day asked for; `seen` the latest change that was kept. While a pull is under
    way, `cursor` is its next page after asking for changes since `asked`."""

    since: dt.date | None = None
    seen: dt.datetime | None = None
    asked: dt.datetime | None = None
    cursor: str | None = None

    def begun(self, since: dt.date | None) -> "Mark":
        """Where a pull begins: where the last one stopped, else a little before what it saw last; anew where an
        earlier first day is asked for now."""
        if self.since != since and (since is None or self.since is None or since < self.since):
            return Mark(since, asked=None if since is None else dt.datetime.combine(since, dt.time(), dt.UTC))
        if self.cursor is not None:
            return self
        return Mark(self.since, self.seen, self.seen - OVERLAP if self.seen else self._first())

    def _first(self) -> dt.datetime | None:
        return None if self.since is None else dt.datetime.combine(self.since, dt.time(), dt.UTC)

    def without_cursor(self) -> "Mark":
        """The bridge knows the page no more: changes come oldest first, so it goes on by what was seen."""
        return Mark(self.since, self.seen).begun(self.since)

    def after(self, records: Sequence[Json], next_cursor: str | None, now: dt.datetime) -> "Mark":
        """After a page was kept. A change that is dated after `now` counts as of now: others may come before it."""
        told = [each.get("updated_at") for each in records if isinstance(each, dict)]
        moments = [min(moment, now) for moment in map(_moment, told) if moment is not None]
        seen = max([*moments, *([self.seen] if self.seen else [])], default=None)
        return Mark(self.since, seen, self.asked if next_cursor else None, next_cursor)


def _moment(told: object) -> dt.datetime | None:
    try:
        read = dt.datetime.fromisoformat(str(told))
    except ValueError:
        return None
    return read.astimezone(dt.UTC) if read.tzinfo else None


def read(position: str | None) -> dict[str, Mark]:
    """The marks of all objects; none where nothing was pulled, or where they cannot be read."""
    try:
        return msgspec.json.decode(position or "{}", type=dict[str, Mark])
    except msgspec.DecodeError:
        return {}


def written(marks: dict[str, Mark]) -> str:
    """As they are kept."""
    return msgspec.json.encode(marks).decode()
