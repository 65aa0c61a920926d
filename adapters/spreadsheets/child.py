"""The process that opens a file: bounded in memory and time, it says what it reads by frames, and knows no secret.

Started as `python -m adapters.spreadsheets.child`; the number of the file's descriptor is its argument, and a
line `n` on the standard input asks for the rows of the n-th sheet."""

import os
import resource
import sys
from itertools import islice

from adapters.spreadsheets import frames, guard
from adapters.spreadsheets.kinds import Kind, damaged, kind_of
from adapters.spreadsheets.limits import CPU_S, MEMORY_BYTES, FileRefused
from adapters.spreadsheets.oddities import Oddities
from adapters.spreadsheets.shared import shortened
from adapters.spreadsheets.text_table import TextTable
from adapters.spreadsheets.workbook import Workbook

AT_ONCE = 400


def main() -> None:
    """Open, tell, and answer until nobody asks any more."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S + 5))
    try:
        with os.fdopen(int(sys.argv[1]), "rb") as file:
            book = open_book(file.read())
        say(frames.Opened(book.sheets(), book.is_1904, list(book.notes)))
        for line in sys.stdin:
            _tell_rows(book, int(line))
    except FileRefused as error:
        say(frames.Refusal(error.message))
    except BaseException:  # calamine's panics too
        say(frames.Refusal(damaged().message))


def open_book(content: bytes) -> Workbook | TextTable:
    """The reader for what the file is."""
    kind = kind_of(content)
    if kind is Kind.TEXT:
        return TextTable(content)
    if kind is Kind.OLD:
        return Workbook(content, Oddities())
    oddities = guard.look_through(content)
    return Workbook(shortened(content), oddities)


def _tell_rows(book: Workbook | TextTable, place: int) -> None:
    rows, number = book.rows(place), 1
    while several := list(islice(rows, AT_ONCE)):
        say(frames.Told(number, several))
        number += len(several)
    say(frames.End())


def say(frame: frames.Opened | frames.Told | frames.End | frames.Refusal) -> None:
    """Write one frame."""
    text = frames.ENCODER.encode(frame)
    sys.stdout.buffer.write(len(text).to_bytes(4, "big") + text)
    sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
