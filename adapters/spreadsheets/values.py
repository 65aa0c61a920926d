"""What a cell says: money, dates, order numbers, words; pure functions (statements 0, value parsing)."""

import datetime as dt
import math
import re
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache

from adapters.spreadsheets.frames import Cell, Failed, Uncomputed

EMPTY = frozenset({"-", "–", "/", "n/a", "null", "--"})
LONGEST_EMPTY = 4
CURRENCY_SIGN = re.compile(r"(RM|MYR|US\$|S\$|SGD|USD|EUR|\$|€|£)", re.IGNORECASE)
BLANKS = re.compile(r"[\s\u00a0\u202f'’]+")
PLAIN = re.compile(r"-?\d+(\.\d+)?", re.ASCII)
GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d*)?|-?\d{1,3}(\.\d{3})+,\d*|-?\d{1,3}(\.\d{3}){2,}", re.ASCII)
DECIMAL_COMMA = re.compile(r"-?\d+,\d+", re.ASCII)
SCIENTIFIC = re.compile(r"[+-]?\d+([.,]\d+)?e[+-]?\d+", re.IGNORECASE | re.ASCII)
MOST = Decimal(100_000_000_000)
LOST_FROM = 1e15
"""Numbers keep 15 digits in a spreadsheet: a longer order number has lost its last ones."""
MOST_REMEMBERED = 10_000
"""Prices and fees repeat: a file's cells are read a few times each."""
ROUNDED, AMBIGUOUS, POINT_ZERO = "W03", "W07", "W10"


class Unread(Exception):
    """A cell that does not hold what its column is for; `code` says how."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def is_empty(cell: Cell) -> bool:
    """True for nothing, and for the words by which exports say nothing."""
    if type(cell) is str:
        bare = cell.strip()
        return not bare or (len(bare) <= LONGEST_EMPTY and bare.lower() in EMPTY)
    return cell is None


def shown(cell: Cell) -> str:
    """A cell as people know it: 71 and not 71.0, a date without its midnight."""
    if type(cell) is str:
        return cell
    if isinstance(cell, bool):
        return str(cell).upper()
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < LOST_FROM else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.isoformat(" ", "seconds").removesuffix(" 00:00:00")
    return "" if cell is None else str(cell)


def text(cell: Cell) -> str:
    """Words, without blanks around them and without the apostrophe that marks text."""
    if type(cell) is str:
        bare = cell.strip()
        return "" if len(bare) <= LONGEST_EMPTY and bare.lower() in EMPTY else bare.removeprefix("'")
    if is_empty(cell):
        return ""
    _refuse_uncomputed(cell)
    return shown(cell)


def _refuse_uncomputed(cell: Cell) -> None:
    if isinstance(cell, Uncomputed | Failed):
        raise Unread("ROW09" if isinstance(cell, Uncomputed) else "ROW17")


# --- money ------------------------------------------------------------------------------------------------------


@lru_cache(MOST_REMEMBERED, typed=True)
def figure(cell: Cell) -> tuple[Decimal | None, str]:
    """A figure with all its decimals, and a note where its commas had to be guessed; None where the cell is empty."""
    if type(cell) is float:
        return _of_number(cell), ""
    if is_empty(cell):
        return None, ""
    _refuse_uncomputed(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str):
        raise Unread("ROW02")
    if isinstance(cell, int):
        return _within(Decimal(cell)), ""
    return _of_text(cell)


@lru_cache(MOST_REMEMBERED, typed=True)
def money(cell: Cell, digits: int) -> tuple[Decimal | None, str]:
    """An amount in the currency's digits, and a note where it was rounded or guessed."""
    value, note = figure(cell)
    if value is None:
        return None, note
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded, note or (ROUNDED if rounded != value else "")


def _of_number(value: float) -> Decimal:
    """Of its 15 digits, as a spreadsheet keeps and shows them: what 0.1 + 0.2 leaves behind is no cent."""
    if not math.isfinite(value):
        raise Unread("ROW02")
    return _within(Decimal(f"{value:.15g}"))


def _of_text(told: str) -> tuple[Decimal, str]:
    bare = BLANKS.sub("", CURRENCY_SIGN.sub("", told)).replace("\u2212", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    elif bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    bare = bare.removeprefix("+")
    if PLAIN.fullmatch(bare):
        return _within(Decimal(bare)), ""
    if GROUPED.fullmatch(bare):
        mark = max(".,", key=bare.rfind)
        is_decimal = bare.count(mark) == 1 and (len({".", ","} & set(bare)) == 2)
        whole, _, part = bare.rpartition(mark) if is_decimal else (bare, "", "")
        return _within(Decimal(f"{whole.replace(',', '').replace('.', '')}.{part or 0}")), ""
    if DECIMAL_COMMA.fullmatch(bare):
        return _within(Decimal(bare.replace(",", "."))), AMBIGUOUS
    raise Unread("ROW02")


def _within(value: Decimal) -> Decimal:
    if abs(value) >= MOST:
        raise Unread("ROW02")
    return value


# --- order numbers ----------------------------------------------------------------------------------------------


def order_number(cell: Cell) -> tuple[str, str]:
    """Text with all its digits, and a note where a '.0' was taken off; raises where digits were lost."""
    if is_empty(cell):
        raise Unread("ROW01")
    _refuse_uncomputed(cell)
    if isinstance(cell, float | int) and not isinstance(cell, bool):
        if abs(cell) >= LOST_FROM or (isinstance(cell, float) and not cell.is_integer()):
            raise Unread("ROW06")
        return str(int(cell)), ""
    if not isinstance(cell, str):
        raise Unread("ROW01")
    told = text(cell)
    if "e" in told.lower() and SCIENTIFIC.fullmatch(told):
        raise Unread("ROW06")
    bare = told.removesuffix(".0")
    return (bare, POINT_ZERO) if bare != told and bare.isdigit() else (told, "")
