"""What a person changed on a draft; an edit beats every rule."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class LineEdit:
    """Changes of one line; None = as the rules have it."""

    item: str | None = None
    uom: str | None = None
    project: str | None = None
    location: str | None = None


NO_LINE_EDIT = LineEdit()


@dataclass(frozen=True, slots=True)
class Edits:
    """Changes of one draft; None = as the rules have it. `lines` is keyed by InvoiceLine.source_line; a bundle's parts
    ("7/2") follow the edit of their bundle ("7") in project and location where they have none of their own."""

    agent: str | None = None
    terms: str | None = None
    project: str | None = None
    location: str | None = None
    area: str | None = None
    account: str | None = None
    description: str | None = None
    date: dt.date | None = None
    number: str | None = None
    customer: str | None = None
    lines: Mapping[str, LineEdit] = field(default_factory=dict)

    def line(self, source: str | None) -> LineEdit:
        """The changes of one line."""
        return self.lines.get(source or "", NO_LINE_EDIT)


NO_EDITS = Edits()
