"""What is kept between pulls: where the changes are, and the daily second look at young orders."""

import datetime as dt

import msgspec


class Position(msgspec.Struct, frozen=True, omit_defaults=True):
    """`changes` is the walk; `looked` the day of the last second look, `look` the mark in one that goes on."""

    looked: dt.date
    changes: str = ""
    look: str = ""

    def text(self) -> str:
        """The opaque text that sync keeps."""
        return msgspec.json.encode(self).decode()


def read(text: str | None, today: dt.date) -> Position:
    """A kept position; a fresh one where there is none or it cannot be read: then all is read, and today is looked."""
    try:
        return msgspec.json.decode(text or "", type=Position)
    except msgspec.DecodeError:
        return Position(today)
