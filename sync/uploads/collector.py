"""Python's collector of garbage during long work on very many small things."""

import gc
from collections.abc import Iterator
from contextlib import contextmanager

RARELY = (50_000, 20, 100)
"""With the usual thresholds a quarter of the time goes into looking through orders that are all still needed."""


@contextmanager
def rarely_collecting() -> Iterator[None]:
    """It looks less often meanwhile."""
    usual = gc.get_threshold()
    gc.set_threshold(*RARELY)
    try:
        yield
    finally:
        gc.set_threshold(*usual)
