"""What a cell says of a moment: Excel's days, ISO, day and month by name or by an order that the file shows."""

import datetime as dt
import re
from collections.abc import Iterable
from dataclasses import dataclass

from adapters.spreadsheets.frames import Cell
from adapters.spreadsheets.values import Unread, is_empty, text

BASE, BASE_1904 = dt.datetime(1899, 12, 30), dt.datetime(1904, 1, 1)  # noqa: DTZ001 (files tell no zone)
FIRST, LAST = 1990, 2100
"""Years in which shops sell: a smaller number is no day."""
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
    """How a file writes its days: `day_first` None where no row tells; `zone` holds for moments without one."""

    zone: dt.tzinfo
    day_first: bool | None = None
    is_1904: bool = False


def moment(cell: Cell, calendar: Calendar) -> dt.datetime | None:
    """An aware moment, a day's midnight where there is no time; None where the cell is empty."""
    if is_empty(cell):
        return None
    found = _naive(cell, calendar)
    if not FIRST <= found.year < LAST:
        raise Unread("ROW03")
    return found if found.tzinfo else found.replace(tzinfo=calendar.zone)


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
    return (exact + dt.timedelta(microseconds=500_000)).replace(microsecond=0)


def _of_text(told: str, calendar: Calendar) -> dt.datetime:
    if found := YEAR_FIRST.fullmatch(told):
        return _made(found, int(found["y"]), int(found["m"]), int(found["d"]))
    if found := BY_NAME.fullmatch(told) or NAME_FIRST.fullmatch(told):
        return _made(found, int(found["y"]), MONTHS[found["name"].lower()[:3]], int(found["d"]))
    if found := BY_ORDER.fullmatch(told):
        first, second = int(found["a"]), int(found["b"])
        day, month = (first, second) if _is_day_first(first, second, calendar) else (second, first)
        return _made(found, int(found["y"]), month, day)
    return dt.datetime.fromisoformat(told)


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


# --- the order of day and month -----------------------------------------------------------------------------------


def order_shown_by(cells: Iterable[Cell]) -> tuple[bool, bool, bool]:
    """Whether there are dates like 3/4/2026 at all; and whether one can only be day first, or month first."""
    any_such = day_first = month_first = False
    for cell in cells:
        if isinstance(cell, str) and (found := BY_ORDER.fullmatch(text(cell))):
            first, second = int(found["a"]), int(found["b"])
            any_such |= first != second
            day_first |= first > 12
            month_first |= second > 12
    return any_such, day_first, month_first
