"""Where in a list of Ecwid we are: an offset, and the total that was told before (ecwid.md 4: there is no cursor)."""

from typing import NamedTuple

from adapters.errors import OutcomeUnknown
from adapters.http import Json
from adapters.stores.ecwid.contract import DELETED, PAGE, Record
from documents import N_, say


class Page(NamedTuple):
    """One answer of a list; `total` counts the whole list."""

    rows: list[Record]
    total: int


class Mark(NamedTuple):
    """Where the next page begins; `total` as the page before told it, 0 at first."""

    offset: int = 0
    total: int = 0

    def text(self) -> str:
        """As a walk keeps it."""
        return f"{self.offset}/{self.total}"


def mark_of(text: str) -> Mark:
    """The mark that a walk kept; the beginning where it kept none."""
    offset, separator, total = text.partition("/")
    return Mark(int(offset), int(total)) if separator and offset.isdigit() and total.isdigit() else Mark()


def page_of(answer: Json, path: str, offset: int = 0) -> Page:
    """The rows of an answer; raises OutcomeUnknown where it is no list: that is not an empty one.

    Whether the list of what was deleted tells its total, nobody says (7.1): without it, a full page has another."""
    rows = answer.get("items") if isinstance(answer, dict) else None
    total = answer.get("total") if isinstance(answer, dict) else None
    if total is None and isinstance(rows, list) and path == DELETED:
        total = offset + len(rows) + (len(rows) == PAGE)
    if not isinstance(rows, list) or not isinstance(total, int) or isinstance(total, bool):
        raise OutcomeUnknown(say(N_("Ecwid gave an answer without the list that was asked for.")), cause=path)
    return Page(rows, total)


def after(mark: Mark, page: Page, path: str) -> Mark | None:
    """The next page; None at the end.

    A row that leaves the list while it is read lets those behind it move up, past the place where we are. So we go back
    by as many rows as the list has lost: some are read twice, none is missed."""
    if page.total < mark.total and mark.offset:
        return Mark(max(mark.offset - (mark.total - page.total), 0), page.total)
    end = mark.offset + len(page.rows)
    if end >= page.total:
        return None
    if not page.rows:
        raise OutcomeUnknown(say(N_("Ecwid's list ends before its total.")), cause=f"{path} at {mark.text()}")
    return Mark(end, page.total)
