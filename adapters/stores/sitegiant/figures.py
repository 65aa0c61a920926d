"""Figures, words and times as SiteGiant tells them (sitegiant.md 1.1); what cannot be read is never guessed."""

import datetime as dt
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from adapters.stores.sitegiant import contract
from documents import N_, Message, say

MILLISECONDS_FROM = 100_000_000_000
EARLIEST = 946_684_800
"""Unix seconds of the year 2000: a smaller number is no instant of an order."""
NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?(E[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""Commas only between thousands: elsewhere they might be decimals, so they are not guessed at."""
NO_DATE = ("", "0", "0000-00-00", "0000-00-00 00:00:00", "null", "-")


class Unreadable(Exception):
    """An order that cannot be read, with the reason."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def text(raw: Mapping[str, Any], *names: str) -> str:
    """The first of these that holds something, as text; empty where none does."""
    found = (raw.get(name) for name in names)
    return next(
        (str(value).strip() for value in found if value not in (None, "") and not isinstance(value, list | dict)), ""
    )


def flag(raw: Mapping[str, Any], name: str) -> bool:
    """A yes, told as such, as a number or as a word; anything else is a no."""
    return str(raw.get(name)).lower() in {"true", "1", "yes"}


def figure(raw: Mapping[str, Any], *names: str) -> Decimal | None:
    """A figure, told as text or number; None where it is absent or empty."""
    name = next((each for each in names if raw.get(each) not in (None, "")), None)
    if name is None:
        return None
    told = str(raw[name]).strip()
    if not NUMBER.fullmatch(told):
        raise Unreadable(say(N_("{field} is no number: {told}"), field=name, told=told[:40]))
    return Decimal(told.replace(",", ""))


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
