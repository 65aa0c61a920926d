"""What every row of a matching table has."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents import N_, say
from models import StoreChannel
from sync.matching import MatchRefused

Values = Mapping[str, str]
"""What a person may change in a row, as text; empty where nothing is chosen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One row: `key` names it within its table, `name` says what it is for, `is_kept` that somebody has saved it."""

    key: str
    name: str
    values: Values
    is_kept: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ChannelRow(Row):
    """A row of one channel; `part` is the currency or payment method that it is for, empty for all."""

    channel: StoreChannel
    part: str = ""


def key_of(*parts: str) -> str:
    """A short key of texts that may be long, or hold anything."""
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()[:16]


def channel_of(channels: Sequence[StoreChannel], typed: str) -> StoreChannel:
    """The channel that was chosen, one of the profile's."""
    for channel in channels:
        if str(channel.id) == typed:
            return channel
    raise MatchRefused(say(N_("Choose a channel.")))
