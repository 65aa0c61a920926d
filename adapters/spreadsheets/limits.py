"""How large a file may be, and the refusal that names what is wrong with it (security.md 7; statements 8)."""

from documents import Message

MOST_BYTES = 20_000_000
MOST_UNPACKED = 200_000_000
MOST_PARTS = 2_000
MOST_ROWS, MOST_COLUMNS, MOST_CELLS = 100_000, 500, 8_000_000
HEADER_WITHIN = 40
"""The header stands in one of the first so many rows."""
LONGEST_CELL = 32_767
"""Excel's own limit, in characters."""
LONGEST_KEPT, MOST_KEPT_BYTES = 2_000, 100_000_000
"""So many characters of a cell are kept, and so much of all rows of a file: no order needs more."""
MOST_ODD = 1_000
"""Formulas without a saved value, and cells with an error, that are told one by one."""
MEMORY_BYTES, CPU_S, SILENT_S = 1_200_000_000, 90, 120.0
"""Of the process that opens a file: address space, processor time; and how long it may say nothing."""


class FileRefused(Exception):
    """The file cannot be read at all, with the reason and what to do about it."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message
