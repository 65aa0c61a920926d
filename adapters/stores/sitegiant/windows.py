"""Where a pull of orders is: windows of at most 30 days, pages within them, and how a later pull goes on."""

import datetime as dt
from dataclasses import dataclass

import msgspec

from adapters.stores.sitegiant import contract


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """What is kept between pulls. `since` is the first day ever asked for; either a pull is under way (`window` to
    `window_end`, next `page` behind `seen` rows, begun at `begun`) or everything is read up to `read_to`."""

    since: dt.date
    read_to: dt.date | None = None
    begun: dt.date | None = None
    window: dt.date | None = None
    window_end: dt.date | None = None
    page: int = 1
    seen: int = 0

    def text(self) -> str:
        """The opaque text that sync keeps."""
        return msgspec.json.encode(self).decode()


@dataclass(frozen=True, slots=True)
class Step:
    """One page to ask for; `seen` rows of its window came before."""

    begin: dt.date
    end: dt.date
    page: int = 1
    seen: int = 0


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
    """One pull: which page comes next, and what to remember after it.

    Was the one before read up to a day that is still to come? Then the clock was set, and all is read again."""

    def __init__(self, kept: Position, since: dt.date, today: dt.date) -> None:
        self.since, self.today = kept.since, today
        if kept.window and kept.window_end and kept.begun:
            self.begun, self.first = kept.begun, _kept_step(kept.window, kept.window_end, kept)
        else:
            read_to = kept.read_to if kept.read_to and kept.read_to <= today else None
            begin = read_to - dt.timedelta(days=contract.OVERLAP_DAYS) if read_to else since
            self.begun = min(max(begin, since), today)
            self.first = self._window(self.begun)

    def _window(self, begin: dt.date) -> Step:
        """Both ends count, so 30 days end 29 days after they begin."""
        return Step(begin, min(begin + dt.timedelta(days=contract.WINDOW_DAYS - 1), self.today))

    def after(self, step: Step, rows: int, *, is_last: bool) -> Step | None:
        """The page behind one of so many rows, None at the end of everything."""
        if not is_last:
            return Step(step.begin, step.end, step.page + 1, step.seen + rows)
        return None if step.end >= self.today else self._window(step.end + dt.timedelta(days=1))

    def position(self, following: Step | None) -> str:
        """Where a later pull goes on when this one stops now."""
        if following is None:
            return Position(self.since, read_to=self.today).text()
        return Position(
            self.since,
            begun=self.begun,
            window=following.begin,
            window_end=following.end,
            page=following.page,
            seen=following.seen,
        ).text()

    def progress(self, following: Step | None) -> tuple[int, int]:
        """Days done, and days in all."""
        total = (self.today - self.begun).days + 1
        return (total if following is None else (following.begin - self.begun).days), total


def _kept_step(begin: dt.date, end: dt.date, kept: Position) -> Step:
    """Where a pull was stopped; who does not know how many rows came before begins the window anew."""
    return Step(begin, end, kept.page, kept.seen) if kept.seen else Step(begin, end)
