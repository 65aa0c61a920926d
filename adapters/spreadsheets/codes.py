"""What can be wrong with a file and its rows: each code with its level, what is expected, and what to do.

Source: marketplace-income-statements.md section 8; codes from ROW13 and W10 on are those of orders."""

from dataclasses import dataclass
from enum import StrEnum

from documents import N_, Message


class Level(StrEnum):
    """An error keeps its order out; a warning only tells."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Code:
    """`expected` and `mend` are marked with N_(); empty where the message says it all."""

    level: Level
    expected: str = ""
    mend: str = ""


SAVE_TEXT = N_("Format the column as text in the shop's export, and export again: the digits cannot be restored.")
MEND_CELL = N_("Mend the cell in the file and upload it again, or leave the row out.")
CODES: dict[str, Code] = {
    "ROW01": Code(Level.ERROR, N_("an order number in every row"), MEND_CELL),
    "ROW02": Code(Level.ERROR, N_("an amount, like 1,234.50"), MEND_CELL),
    "ROW03": Code(Level.ERROR, N_("a date, like 2026-01-31 or 31 Jan 2026"), MEND_CELL),
    "ROW04": Code(Level.ERROR, N_("a currency code, like MYR"), MEND_CELL),
    "ROW06": Code(Level.ERROR, N_("an order number with all its digits"), SAVE_TEXT),
    "ROW09": Code(
        Level.ERROR, N_("a value that is saved"), N_("Open the file in Excel, save it, and upload it again.")
    ),
    "ROW10": Code(
        Level.WARNING,
        N_("products, charges and tax that make the order's total"),
        N_("Choose the columns of shipping, discount and tax under Columns; its invoice waits until they add up."),
    ),
    "ROW12": Code(Level.ERROR, N_("a day that has come, like 2026-01-31 or 31 Jan 2026"), MEND_CELL),
    "ROW17": Code(Level.ERROR, N_("a value"), MEND_CELL),
    "ROW13": Code(Level.ERROR, N_("the same value in each row of an order"), MEND_CELL),
    "ROW14": Code(
        Level.ERROR,
        N_("the id that the store's own API gives"),
        N_("Choose the column with the store's own order id under Columns, so that no order is there twice."),
    ),
    "ROW15": Code(Level.ERROR, N_("a value"), MEND_CELL),
    "ROW16": Code(Level.ERROR, N_("an order number of at most 64 characters"), MEND_CELL),
    "ROW20": Code(
        Level.ERROR,
        N_("no more cells than columns with a name"),
        N_("Export the file as xlsx, or put amounts like 1,234.50 between quotation marks; name each column."),
    ),
    "FILE10": Code(Level.ERROR),
    "W03": Code(Level.WARNING, N_("no more decimals than the currency has")),
    "W04": Code(Level.WARNING),
    "W07": Code(
        Level.WARNING, mend=N_("If it is read wrongly, format the whole column as numbers or dates, and export again.")
    ),
    "W10": Code(Level.WARNING, mend=N_("Nothing to do.")),
    "W11": Code(
        Level.WARNING, N_("a status that Tillbridge knows"), N_("Orders of a status that is not known are not posted.")
    ),
    "W12": Code(Level.WARNING),
    "W14": Code(
        Level.WARNING,
        N_("all lines of an order in one file"),
        N_("If the file was cut in the middle of the order, throw it away, and upload one that has the order whole."),
    ),
    "W13": Code(Level.WARNING, N_("the same value in each row of an order")),
}


@dataclass(frozen=True, slots=True)
class Trouble:
    """One thing that is wrong: where, and what was found. `row` is Excel's, `column` counts from 0."""

    code: str
    message: Message
    row: int | None = None
    column: int | None = None
    found: str = ""

    @property
    def level(self) -> Level:
        """Of its code."""
        return CODES[self.code].level
