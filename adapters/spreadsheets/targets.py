"""What the columns of a file can stand for: a table of target fields, made for each purpose that files are read for."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Holds(StrEnum):
    """What the cells of a column hold."""

    NUMBER = "number"  # an order's number: text with all its digits
    TEXT = "text"
    MONEY = "money"  # in the digits of the currency
    FIGURE = "figure"  # a price or a quantity, with all its decimals
    MOMENT = "moment"


@dataclass(frozen=True, slots=True)
class Target:
    """One field that a column may stand for. `label` and `without` are marked with N_().

    `aliases` are folded header names, the likeliest first; `without` says what holds where there is no such column;
    `is_once`: told once for each order, and perhaps repeated in its rows."""

    name: str
    label: str
    holds: Holds
    aliases: tuple[str, ...] = ()
    required: bool = False
    without: str = ""
    is_once: bool = False


@dataclass(frozen=True, slots=True)
class Layout:
    """A file whose columns are known by their names: it is read without asking. `columns` is by the target's name."""

    name: str
    label: str
    columns: dict[str, str]
    needed: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Purpose:
    """What files are read for: its target fields, and the layouts that are known."""

    targets: Sequence[Target]
    layouts: Sequence[Layout] = ()

    def aliases(self) -> frozenset[str]:
        """Every name by which a column is known."""
        return frozenset(alias for target in self.targets for alias in target.aliases)
