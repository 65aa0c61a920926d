"""Figures and words as stores tell them, in text or as numbers; what cannot be read is never guessed."""

import re
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from documents import N_, Message, say

NUMBER = re.compile(r"[+-]?(\d{1,3}(,\d{3})+|\d+)(\.\d+)?(E[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""Commas only between thousands: elsewhere they might be decimals, so they are not guessed at."""


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
    try:
        return Decimal(told.replace(",", ""))
    except ArithmeticError:  # more digits in its exponent than a number can have
        raise Unreadable(say(N_("{field} is no number: {told}"), field=name, told=told[:40])) from None
