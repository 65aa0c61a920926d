"""Orders that wait for Proceed, small: a file of a hundred thousand rows waits in a few megabytes."""

import zlib
from collections.abc import Sequence

import msgspec

from adapters.stores.base import PulledOrder

QUICK = 1
"""zlib's level: ten times smaller at little cost."""
ORDERS = msgspec.msgpack.Decoder(list[PulledOrder])


def packed(orders: Sequence[PulledOrder]) -> bytes:
    """Orders with the words they were read from."""
    return zlib.compress(msgspec.msgpack.encode(orders), QUICK)


def unpacked(pack: bytes) -> list[PulledOrder]:
    """The same orders."""
    return ORDERS.decode(zlib.decompress(pack))
