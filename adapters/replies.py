"""An answer that came whole, and JSON with exact numbers."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import msgspec

from adapters import outcomes
from adapters.redaction import redact

Json = Any
"""What JSON decodes to: numbers are int or Decimal, never float."""

_decoder = msgspec.json.Decoder(float_hook=Decimal)
_encoder = msgspec.json.Encoder(decimal_format="number", order="deterministic")


def encode(content: object) -> bytes:
    """JSON with exact numbers and sorted keys: the same content is always the same bytes."""
    return _encoder.encode(content)


def decode(body: bytes) -> Json:
    """JSON with exact numbers; ValueError where it is none."""
    try:
        return _decoder.decode(body.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as error:
        raise ValueError(str(error)) from None


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer that came whole."""

    label: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    redact: Callable[[str], str] = redact

    @property
    def is_ok(self) -> bool:
        """True for 200-299."""
        return 200 <= self.status < 300

    @property
    def excerpt(self) -> str:
        """The beginning of the body, redacted, for the log."""
        return self.redact(self.body[:2000].decode("utf-8", "replace"))[:500]

    def json(self) -> Json:
        """The decoded body; OutcomeUnknown where it is not JSON: a write may have happened, a read told nothing."""
        try:
            return decode(self.body)
        except ValueError:
            pass
        raise outcomes.unknown(self)
