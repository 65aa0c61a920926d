"""Rows of figures: what was measured, its floor, the bar, and whether it was held."""

import statistics
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

UNITS = {"s": (1.0, "s"), "ms": (1000.0, "ms"), "MB": (1.0, "MB")}


@dataclass(frozen=True, slots=True)
class Row:
    """One figure. `floor` is what the same work costs at least; `most_ratio` and `most` are the bars, None for no bar.

    `measured`, `floor` and `most` are seconds (shown in `unit`), or megabytes."""

    what: str
    measured: float
    floor: float
    unit: str
    ratio: float
    most_ratio: float | None = None
    most: float | None = None
    note: str = ""
    missed: str = ""

    @property
    def is_held(self) -> bool:
        """True when no bar is missed; `missed` tells of one beside these."""
        is_near = self.most_ratio is None or self.ratio <= self.most_ratio
        return is_near and not self.missed and (self.most is None or self.measured <= self.most)

    @property
    def bar(self) -> str:
        """The bars in words."""
        bars = [f"{self.most_ratio:.2f} x"] if self.most_ratio is not None else []
        return ", ".join([*bars, *([self.shown(self.most)] if self.most is not None else [])]) or "-"

    def shown(self, value: float) -> str:
        """A value in the row's unit."""
        factor, name = UNITS[self.unit]
        return f"{value * factor:.2f} {name}"


def compare(floor: Callable[[], float], measured: Callable[[], float], times: int) -> tuple[float, float, float]:
    """Floor, measured, floor, measured, ...: the medians of both in seconds, and the median of the pairs' ratios.

    Both functions return the seconds that they took, so that what they prepare is not counted."""
    pairs = [(floor(), measured()) for _ in range(times)]
    floors, found = [low for low, _ in pairs], [high for _, high in pairs]
    ratios = [high / low for low, high in pairs]
    return statistics.median(floors), statistics.median(found), statistics.median(ratios)


def taken_s(work: Callable[[], object]) -> float:
    """How long it takes, in seconds."""
    begun = time.perf_counter()
    work()
    return time.perf_counter() - begun


HEADS = ("what", "measured", "floor", "ratio", "bar", "")


def print_rows(rows: Iterable[Row]) -> bool:
    """Print each row as soon as it is there; True when every bar is held."""
    good = True
    _print_line(HEADS)
    for row in rows:
        good &= row.is_held
        end = "ok" if row.is_held else "NOT OK"
        _print_line((row.what, row.shown(row.measured), row.shown(row.floor), f"{row.ratio:.2f}", row.bar, end))
        for text in filter(None, (row.note, row.missed)):
            print(f"    {text}", flush=True)
    return good


def _print_line(cells: Sequence[str]) -> None:
    what, measured, floor, ratio, bar, end = cells
    print(f"{what:<70}{measured:>11}{floor:>11}{ratio:>7}  {bar:<15}{end}", flush=True)
