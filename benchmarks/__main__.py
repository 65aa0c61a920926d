"""`./bench`: measure everything, or the rows that are named; exit status 1 when a bar is missed."""

import argparse
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence

from benchmarks import drafting, listing, memory, paging, posting, quickbooks, spreadsheet
from benchmarks.table import Row, print_rows
from tests import databases

ROWS: dict[str, Callable[[bool], Iterable[Row]]] = {
    "posting": posting.rows,
    "quickbooks": quickbooks.rows,
    "draft": drafting.rows,
    "memory": memory.rows,
    "lists": listing.rows,
    "pages": paging.rows,
    "spreadsheet": spreadsheet.rows,
}
"""Each takes whether it is to be quick: small sizes, that show only that it runs."""


def main(words: Sequence[str] | None = None) -> int:
    """Measure and print; 0 when every bar is held."""
    wishes = _arguments(words)
    return 0 if print_rows(_measured(wishes.rows or list(ROWS), wishes.quick)) else 1


def _measured(names: Sequence[str], is_quick: bool) -> Iterator[Row]:
    for name in names:
        yield from ROWS[name](is_quick)


def _arguments(words: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="./bench", description="Measures Tillbridge against its bars.")
    parser.add_argument("--quick", action="store_true", help="small sizes: shows that it runs, says little of speed")
    parser.add_argument("rows", nargs="*", metavar="ROW", help=f"only these: {', '.join(ROWS)}")
    wishes = parser.parse_args(words)
    for name in wishes.rows:
        if name not in ROWS:
            parser.error(f"no row is named {name}; there are {', '.join(ROWS)}")
    return wishes


if __name__ == "__main__":
    try:
        sys.exit(main())
    finally:
        databases.tidy_up()
