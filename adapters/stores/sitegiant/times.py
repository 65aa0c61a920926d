"""Times as SiteGiant tells them (sitegiant.md 1.1); what cannot be read is never guessed."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from adapters.stores.figures import Unreadable
from adapters.stores.sitegiant import contract
from documents import N_, say

MILLISECONDS_FROM = 100_000_000_000
EARLIEST = 946_684_800
"""Unix seconds of the year 2000: a smaller number is no instant of an order."""
NO_DATE = ("", "0", "0000-00-00", "0000-00-00 00:00:00", "null", "-")


def instant(raw: Mapping[str, Any], names: tuple[str, ...]) -> dt.datetime | None:
    """The first of these times that is told; None where there is none yet."""
    name = next((each for each in names if str(raw.get(each) or "").strip() not in NO_DATE), None)
    if name is None:
        return None
    told = str(raw[name]).strip()
    try:
        return read_time(told)
    except (ValueError, OverflowError, OSError):
        raise Unreadable(say(N_("{field} is no date: {told}"), field=name, told=told[:40])) from None


def read_time(told: str) -> dt.datetime:
    """Unix seconds (or milliseconds), or a date with or without time and zone, with - or / (1.1); naive is UTC+8."""
    if told.isdigit():
        if int(told) < EARLIEST:
            raise ValueError(told)
        seconds = int(told) / 1000 if int(told) >= MILLISECONDS_FROM else int(told)
        return dt.datetime.fromtimestamp(seconds, dt.UTC).astimezone(contract.STORE_TIME)
    read = dt.datetime.fromisoformat(_padded(told))
    return read if read.tzinfo else read.replace(tzinfo=contract.STORE_TIME)


def _padded(told: str) -> str:
    """2026/1/5 9:30 as 2026-01-05 09:30."""
    day, separator, time = told.replace("/", "-").replace("T", " ").partition(" ")
    day = "-".join(part.zfill(2) for part in day.split("-"))
    return f"{day} {time.strip().zfill(len(time) + (time.find(':') == 1))}" if separator else day
