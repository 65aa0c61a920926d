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
WHOLE = re.compile(r"-?\d+", re.ASCII)
DECIMALS = re.compile(r"-?\d+([.,])\d+", re.ASCII)
GROUPED = re.compile(r"-?[1-9]\d{0,2}(?:(?:(?:,\d{3})+\.|(?:\.\d{3})+,)\d*|(?:,\d{3}){2,}|(?:\.\d{3}){2,})", re.ASCII)
OPEN = re.compile(r"-?[1-9]\d{0,2}[.,]\d{3}", re.ASCII)
"""1,250 and 1.250 may be twelve hundred and fifty, or one and a quarter; what begins with 0 has no thousands."""
EITHER, NEITHER = "?", ""
MARKS = {True: ",", False: ".", None: NEITHER}
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
def figure(cell: Cell, decimal_comma: bool | None = None) -> tuple[Decimal | None, str]:
    """A figure with all its decimals, and a note where its comma had to be guessed; None where the cell is empty.

    `decimal_comma` is how its file writes amounts, None where nothing shows it: then 1,250 and 1.250 are no figures."""
    if type(cell) is float:
        return _of_number(cell), ""
    if is_empty(cell):
        return None, ""
    _refuse_uncomputed(cell)
    if isinstance(cell, bool) or not isinstance(cell, int | str):
        raise Unread("ROW02")
    if isinstance(cell, int):
        return _within(Decimal(cell)), ""
    return _of_text(cell, decimal_comma)


@lru_cache(MOST_REMEMBERED, typed=True)
def money(cell: Cell, digits: int, decimal_comma: bool | None = None) -> tuple[Decimal | None, str]:
    """An amount in the currency's digits, and a note where it was rounded or guessed."""
    value, note = figure(cell, decimal_comma)
    if value is None:
        return None, note
    rounded = value.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP)
    return rounded, note or (ROUNDED if rounded != value else "")


def _of_number(value: float) -> Decimal:
    """Of its 15 digits, as a spreadsheet keeps and shows them: what 0.1 + 0.2 leaves behind is no cent."""
    if not math.isfinite(value):
        raise Unread("ROW02")
    return _within(Decimal(f"{value:.15g}"))


def _of_text(told: str, decimal_comma: bool | None) -> tuple[Decimal, str]:
    bare, wanted = _bare(told), MARKS[decimal_comma]
    mark = _mark(bare)
    if mark == EITHER:
        mark = wanted
        if not wanted:
            raise Unread("ROW02")
    elif wanted and mark not in (NEITHER, wanted):
        raise Unread("ROW02")
    plain = bare.replace("." if mark == "," else ",", "").replace(",", ".")
    is_guess = mark == "," and not wanted and bool(DECIMALS.fullmatch(bare))
    return _within(Decimal(plain)), AMBIGUOUS if is_guess else ""


def _bare(told: str) -> str:
    """Digits, their marks, and a minus in front."""
    bare = BLANKS.sub("", CURRENCY_SIGN.sub("", told)).replace("\u2212", "-")
    if bare.startswith("(") and bare.endswith(")"):
        bare = f"-{bare[1:-1]}"
    elif bare.endswith("-"):
        bare = f"-{bare[:-1]}"
    return bare.removeprefix("+")


def _mark(bare: str) -> str:
    """The decimal mark of the file, as far as this amount shows it by itself: EITHER where its one mark may be both."""
    if WHOLE.fullmatch(bare):
        return NEITHER
    if OPEN.fullmatch(bare):
        return EITHER
    if found := DECIMALS.fullmatch(bare):
        return found[1]
    if not GROUPED.fullmatch(bare):
        raise Unread("ROW02")
    last = max(".,", key=bare.rfind)
    return last if bare.count(last) == 1 else {".": ",", ",": "."}[last]


@lru_cache(MOST_REMEMBERED)
def mark_shown_by(cell: str) -> str:
    """What a text tells of how its file writes amounts: "." or ",", EITHER, or NEITHER."""
    if "," not in cell and "." not in cell:
        return NEITHER
    try:
        return _mark(_bare(cell))
    except Unread:
        return NEITHER


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
