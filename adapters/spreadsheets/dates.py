"""What a cell says of a moment: Excel's days, ISO, day and month by name or by an order that the file shows."""

import datetime as dt
import re
from dataclasses import dataclass, field

from adapters.spreadsheets.frames import Cell
from adapters.spreadsheets.values import Unread, is_empty, text

BASE, BASE_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 (files tell no zone)
FIRST_NUMBER, FIRST = 1990, 2000
"""Years: a number that stands for an earlier day is no day, and no order is older than this."""
A_YEAR = dt.timedelta(days=366)
"""A day of the next year may be a slip of the pen, or a plan; one that lies later is told in another order."""
MONTHS = {
    name: number
    for number, names in enumerate(
        ("jan", "feb", "mar mac", "apr", "may mei", "jun", "jul", "aug ogo ogos", "sep", "oct okt", "nov", "dec dis"), 1
    )
    for name in names.split()
}
TIME = (
    r"(?:[T ,]+(?P<time>\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)\s*(?P<half>[AaPp]\.?[Mm]\.?)?"
    r"\s*(?P<zone>Z|UTC|GMT|[+-]\d{2}:?\d{2})?)?"
)
YEAR_FIRST = re.compile(r"(?P<y>\d{4})[-/.](?P<m>\d{1,2})[-/.](?P<d>\d{1,2})" + TIME, re.ASCII)
BY_NAME = re.compile(r"(?P<d>\d{1,2})[-/. ]+(?P<name>[A-Za-z]{3,9})[-/., ]+(?P<y>\d{4}|\d{2})" + TIME, re.ASCII)
NAME_FIRST = re.compile(r"(?P<name>[A-Za-z]{3,9})[-/. ]+(?P<d>\d{1,2})[-/., ]+(?P<y>\d{4}|\d{2})" + TIME, re.ASCII)
BY_ORDER = re.compile(r"(?P<a>\d{1,2})[-/.](?P<b>\d{1,2})[-/.](?P<y>\d{4}|\d{2})" + TIME, re.ASCII)
SERIAL = re.compile(r"\d{5}(\.\d+)?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Calendar:
    """How a file writes its days: `day_first` None where no row tells; `zone` holds for moments without one.

    `year_first` is that of dates like 26-01-05; nothing that a file tells has happened after `latest`."""

    zone: dt.tzinfo
    day_first: bool | None = None
    is_1904: bool = False
    year_first: bool | None = None
    latest: dt.datetime | None = None


def moment(cell: Cell, calendar: Calendar) -> dt.datetime | None:
    """An aware moment, a day's midnight where there is no time; None where the cell is empty."""
    if is_empty(cell):
        return None
    found = _naive(cell, calendar)
    found = found if found.tzinfo else found.replace(tzinfo=calendar.zone)
    if found.year < FIRST or (calendar.latest is not None and found > calendar.latest):
        raise Unread("ROW12")
    return found


def _naive(cell: Cell, calendar: Calendar) -> dt.datetime:
    if isinstance(cell, dt.datetime):
        return cell
    if isinstance(cell, bool):
        raise Unread("ROW03")
    if isinstance(cell, float | int):
        return _of_days(float(cell), calendar)
    told = text(cell)
    if SERIAL.fullmatch(told):
        return _of_days(float(told), calendar)
    try:
        return _of_text(told, calendar)
    except (ValueError, KeyError, OverflowError):
        raise Unread("ROW03") from None


def _of_days(days: float, calendar: Calendar) -> dt.datetime:
    try:
        exact = (BASE_1904 if calendar.is_1904 else BASE) + dt.timedelta(days=days)
    except (OverflowError, ValueError):
        raise Unread("ROW03") from None
    if exact.year < FIRST_NUMBER:
        raise Unread("ROW03")
    return (exact + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _of_text(told: str, calendar: Calendar) -> dt.datetime:
    if found := YEAR_FIRST.fullmatch(told):
        return _made(found, int(found["y"]), int(found["m"]), int(found["d"]))
    if found := BY_NAME.fullmatch(told) or NAME_FIRST.fullmatch(told):
        return _made(found, int(found["y"]), MONTHS[found["name"].lower()[:3]], int(found["d"]))
    if found := BY_ORDER.fullmatch(told):
        first, second = int(found["a"]), int(found["b"])
        if len(found["y"]) == 2 and _is_year_first(found, calendar):
            return _made(found, first, second, int(found["y"]))
        day, month = (first, second) if _is_day_first(first, second, calendar) else (second, first)
        return _made(found, int(found["y"]), month, day)
    return dt.datetime.fromisoformat(told)


def _is_year_first(found: re.Match[str], calendar: Calendar) -> bool:
    """As the file does it; where it shows nothing, a date whose first part may be the year is none."""
    latest = calendar.latest.date() if calendar.latest else None
    if calendar.year_first is None and _may_be(latest, found["a"], found["b"], found["y"]):
        raise Unread("ROW03")
    return bool(calendar.year_first)


def _may_be(latest: dt.date | None, year: str, month: str, day: str) -> bool:
    """Whether there is such a day of this century, and it has come."""
    try:
        return dt.date(2000 + int(year), int(month), int(day)) <= (latest or dt.date.max)
    except ValueError:
        return False


def _is_day_first(first: int, second: int, calendar: Calendar) -> bool:
    """By the number that can be no month, else as the file does it elsewhere; never by a guess."""
    if first == second:
        return True
    shown = calendar.day_first if max(first, second) <= 12 else first > 12
    if shown is None or calendar.day_first not in (None, shown):
        raise Unread("ROW03")
    return shown


def _made(found: re.Match[str], year: int, month: int, day: int) -> dt.datetime:
    clock = found["time"] or "0:00"
    hours, minute, second = (*clock.split(":"), "0")[:3]
    hour = _hour(int(hours), found["half"])
    year += 2000 if year < 100 else 0
    made = dt.datetime(year, month, day, hour, int(minute), int(float(second)))  # noqa: DTZ001 (its zone is next)
    zone = found["zone"]
    if not zone:
        return made
    return made.replace(tzinfo=dt.UTC if zone in ("Z", "UTC", "GMT") else dt.datetime.strptime(zone, "%z").tzinfo)


def _hour(hour: int, half: str | None) -> int:
    return hour if not half else hour % 12 + (12 if half.lower().startswith("p") else 0)


# --- the order of day, month and year ---------------------------------------------------------------------------


@dataclass(slots=True)
class Shown:
    """Whether there are dates like 3/4/2026 at all; and whether one can only be day first, or month first."""

    is_any: bool = False
    is_day_first: bool = False
    is_month_first: bool = False

    def see(self, first: int, second: int) -> None:
        """One more."""
        self.is_any |= first != second
        self.is_day_first |= first > 12
        self.is_month_first |= second > 12


@dataclass(slots=True)
class DaysSeen:
    """What the dates of a file show of how it writes them; none lies after `latest`.

    `short` are those of two figures each whose first may be the year as well as the last."""

    latest: dt.date | None = None
    long: Shown = field(default_factory=Shown)
    short: Shown = field(default_factory=Shown)
    has_short: bool = False
    is_year_first: bool = False
    is_year_last: bool = False

    def see(self, cell: str) -> None:
        """One more cell."""
        found = BY_ORDER.fullmatch(text(cell))
        if not found:
            return
        first, second, last = found["a"], found["b"], found["y"]
        may_be_first = len(last) == 2 and _may_be(self.latest, first, second, last)
        ever = self.latest and self.latest + A_YEAR
        may_be_last = _may_be(ever, last, second, first) or _may_be(ever, last, first, second)
        if may_be_first and not may_be_last:
            self.is_year_first = True
            return
        self.has_short |= may_be_first
        self.is_year_last |= len(last) == 2 and not may_be_first
        (self.short if may_be_first else self.long).see(int(first), int(second))

    def year_first(self) -> bool | None:
        """Of dates like 26-01-05; None where none of them shows it."""
        return None if self.is_year_first == self.is_year_last else self.is_year_first

    def day_first(self, year_first: bool | None) -> bool | None:
        """None where no date shows it."""
        told = self._told(year_first)
        day, month = any(each.is_day_first for each in told), any(each.is_month_first for each in told)
        return None if day == month else day

    def has_days(self, year_first: bool | None) -> bool:
        """Whether there is a date of which that matters."""
        return any(each.is_any for each in self._told(year_first))

    def _told(self, year_first: bool | None) -> list[Shown]:
        return [self.long, self.short] if year_first is False else [self.long]
