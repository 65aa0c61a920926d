"""The reading of the books' lists as a run with progress."""

from models import BooksConnection, db
from sync import realigning, reference
from sync.completing import complete_used
from sync.connections import books_of
from sync.runs import Reading


def pull_reference(reading: Reading, books_id: int) -> None:
    """Read every list of one company's books; the run counts the rows of all of them."""
    books = books_of(db.session.get_one(BooksConnection, books_id), reading.tools)
    kinds = [kind.value for kind in books.reference_kinds]
    read: dict[str, int] = {}

    def progress(step: str, rows: int, _total: int | None) -> None:
        read[step] = rows
        reading.progress(step, kinds.index(step), len(kinds), sum(read.values()))

    reference.pull(books_id, books, reading.tools.clock, progress, reading.writing)
    realigning.clear(books_id)
    complete_used(reading, books_id, books)
