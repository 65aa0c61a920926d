"""What the practice servers mean by a request and an answer: exact JSON, no framework."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import msgspec

Doc = dict[str, Any]

_encoder = msgspec.json.Encoder(decimal_format="number")
_decoder: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)


class Dropped(Exception):
    """The server gave the request up before it could commit; the connection is closed without an answer."""


class Malformed(Exception):
    """The body is not the JSON that was asked for."""


@dataclass
class Request:
    """One request as it arrived; `path` is inside the system's base URL, `target` path and query as they were sent."""

    system: str
    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    arrived: float = field(default_factory=time.monotonic)
    longest_s: float | None = None
    hidden_s: float = 0.0
    by_person: bool = False
    target: str = ""

    def json(self) -> Any:
        """The body, its fractions as exact Decimals; raises Malformed."""
        try:
            return read_json(self.body)
        except ValueError as error:
            raise Malformed(str(error)) from error

    def still_in_time(self) -> None:
        """Raise Dropped when the request is older than the longest the server works on one (architecture.md)."""
        if self.longest_s is not None and time.monotonic() - self.arrived > self.longest_s:
            raise Dropped


@dataclass
class Answer:
    """What goes back: `payload` is bytes, text or anything JSON."""

    payload: Any = None
    status: int = 200
    content_type: str = "application/json"
    headers: dict[str, str] = field(default_factory=dict)

    def body(self) -> bytes:
        """The bytes on the wire."""
        if isinstance(self.payload, bytes):
            return self.payload
        if isinstance(self.payload, str):
            return self.payload.encode()
        return write_json(self.payload)


def text(words: str, status: int, content_type: str = "text/plain") -> Answer:
    """An answer of plain text or HTML."""
    return Answer(words, status, f"{content_type}; charset=utf-8")


def read_json(body: bytes) -> Any:
    """Parse JSON exactly; raises ValueError."""
    return _decoder.decode(body)


def write_json(value: Any) -> bytes:
    """Encode JSON; Decimals become JSON numbers, digit for digit."""
    return _encoder.encode(value)
