"""What the process that opens a file says to the one that asked: a row of frames, each with its length before it."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

import msgspec

from documents import Message

MOMENT, UNCOMPUTED, ERROR = 1, 2, 3
"""Cells that JSON-like values do not hold: a date, a formula without a saved value, an error like #REF!."""


class Sheet(msgspec.Struct, tag=True, frozen=True):
    """A sheet, and its first rows; `trouble` where it cannot be read further. `rows` is how high it is."""

    name: str
    rows: int
    first: list[list[Any]]
    is_hidden: bool = False
    has_hidden: bool = False
    trouble: Message | None = None


class Opened(msgspec.Struct, tag=True, frozen=True):
    """The file can be read; `notes` are warnings about the whole of it."""

    sheets: list[Sheet]
    is_1904: bool = False
    notes: list[Message] = []


class Rows(msgspec.Struct, tag=True, frozen=True):
    """Some rows of the sheet that was asked for, each still packed; `number` is Excel's number of the first."""

    number: int
    rows: list[msgspec.Raw]


class Told(msgspec.Struct, tag="Rows", frozen=True):
    """The same as it is sent."""

    number: int
    rows: list[list[Any]]


class End(msgspec.Struct, tag=True, frozen=True):
    """There are no further rows."""


class Refusal(msgspec.Struct, tag=True, frozen=True):
    """The file cannot be read."""

    message: Message


class Uncomputed:
    """A formula whose value was never saved: nobody knows what it says."""

    def __repr__(self) -> str:
        return "=…"


class Failed:
    """A cell that holds an error, like #REF!."""

    def __repr__(self) -> str:
        return "#…!"


Frame = Opened | Rows | End | Refusal
Cell = None | bool | int | float | str | dt.datetime | Uncomputed | Failed
PLAIN = frozenset({type(None), bool, int, float, str})
NO_VALUE, NO_RESULT = Uncomputed(), Failed()


def moment(value: dt.datetime) -> msgspec.msgpack.Ext:
    """A date for the way."""
    return msgspec.msgpack.Ext(MOMENT, value.isoformat().encode())


def read_special(code: int, data: memoryview) -> Cell:
    if code == MOMENT:
        return dt.datetime.fromisoformat(bytes(data).decode())
    return NO_VALUE if code == UNCOMPUTED else NO_RESULT


def packed(cells: Iterable[Cell]) -> bytes:
    """A row, as small as on the way; `CELLS` unpacks it."""
    return ENCODER.encode([each if type(each) in PLAIN else _special(each) for each in cells])


def _special(cell: Cell) -> Cell | msgspec.msgpack.Ext:
    if isinstance(cell, dt.datetime):
        return moment(cell)
    return msgspec.msgpack.Ext(UNCOMPUTED if isinstance(cell, Uncomputed) else ERROR, b"")


ENCODER = msgspec.msgpack.Encoder()
DECODER: msgspec.msgpack.Decoder[Frame] = msgspec.msgpack.Decoder(Frame, ext_hook=read_special)
CELLS: msgspec.msgpack.Decoder[list[Any]] = msgspec.msgpack.Decoder(list[Any], ext_hook=read_special)
"""Unpacks one row."""
