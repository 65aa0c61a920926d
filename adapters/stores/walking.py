"""Where a pull by the moment of the last change is: windows that stand still, marks in them, an overlap at the next."""

import datetime as dt
from dataclasses import dataclass

import msgspec

OVERLAP = dt.timedelta(minutes=5)
"""So much before its end the next pull begins: what was committed late, and clocks that differ."""
DELAY = dt.timedelta(minutes=1)
"""What changed this moment waits for the next pull: it may not be seen by every server of the store yet."""


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept between pulls. `since` is the first day ever asked for; either a pull is under way (`begin` to
    `end`, `mark`, of a walk from `first` to `last`) or everything is read up to `read_to`."""

    since: dt.date
    read_to: dt.datetime | None = None
    first: dt.datetime | None = None
    last: dt.datetime | None = None
    begin: dt.datetime | None = None
    end: dt.datetime | None = None
    mark: str = ""

    def text(self) -> str:
        """The opaque text that sync keeps."""
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True, slots=True)
class Step:
    """One page to ask for: changes from `begin` to `end`, going on at `mark` (the store's own; empty at first)."""

    begin: dt.datetime
    end: dt.datetime
    mark: str = ""


def read(text: str | None, since: dt.date) -> Position:
    """A kept position; a fresh one where there is none, where it cannot be read, or where `since` is earlier now."""
    fresh = Position(since)
    if not text:
        return fresh
    try:
        kept = msgspec.json.decode(text, type=Position)
    except msgspec.DecodeError:
        return fresh
    return fresh if since < kept.since else kept


class Walk:
    """One pull over changes: which page comes next, and what to remember after it.

    A pull that was stopped goes on where it stood, in the same windows; a later one begins `OVERLAP` before the end
    of the one before. Was that read up to a moment that is still to come? Then the clock was set: nobody knows what was
    really read, and all is read again. `window` is the longest that the store takes at once; None = all at once."""

    def __init__(self, text: str | None, since: dt.date, now: dt.datetime, window: dt.timedelta | None = None) -> None:
        kept = read(text, since)
        self.since, self.window = kept.since, window
        if kept.begin and kept.end and kept.first and kept.last:
            self.begun, self.until = kept.first, kept.last
            self.first: Step | None = Step(kept.begin, kept.end, kept.mark)
            return
        start = dt.datetime.combine(since, dt.time(), dt.UTC)
        read_to = kept.read_to if kept.read_to and kept.read_to <= now else None
        self.begun = max(start, read_to - OVERLAP) if read_to else start
        self.until = max(now - DELAY, self.begun)
        self.first = self._window(self.begun) if now - DELAY > self.begun else None

    def _window(self, begin: dt.datetime) -> Step:
        return Step(begin, self.until if self.window is None else min(begin + self.window, self.until))

    def after(self, step: Step, mark: str | None) -> Step | None:
        """The page behind `mark`; with None the window is read, and the next one follows. None at the end of all."""
        if mark is not None:
            return Step(step.begin, step.end, mark)
        return None if step.end >= self.until else self._window(step.end)

    def position(self, following: Step | None) -> str:
        """Where a later pull goes on when this one stops now."""
        if following is None:
            return Position(self.since, read_to=self.until).text()
        return Position(
            self.since,
            first=self.begun,
            last=self.until,
            begin=following.begin,
            end=following.end,
            mark=following.mark,
        ).text()

    def progress(self, following: Step | None) -> tuple[int, int]:
        """Days done, and days in all."""
        total = (self.until - self.begun).days + 1
        return (total if following is None else (following.begin - self.begun).days), total
