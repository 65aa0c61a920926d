"""What every entity of QuickBooks has in common."""

from __future__ import annotations

from practice.quickbooks.faults import Refused
from practice.quickbooks.shapes import Shape
from practice.quickbooks.write import Write
from practice.web import Doc

SEARCHABLE = {"Id": "id", "MetaData.CreateTime": "moment", "MetaData.LastUpdatedTime": "moment"}
Searchable = dict[str, str]


class Entity:
    """One kind of record. `searchable`: which properties a query may name, and their kind; `indexed`: those that an
    index answers for, and the field of the record, case-folded, that it is of."""

    name = ""
    shape: Shape = {}
    searchable: Searchable = SEARCHABLE
    indexed: dict[str, str] = {}
    sequence: str | None = None
    can_be_written = True
    can_be_deleted = False
    is_captured = True
    voided_by = ""

    def make(self, write: Write, sent: Doc, old: Doc | None) -> Doc:
        """The whole record from what was sent, but for Id and stamps; raises Refused."""
        raise unsupported_operation(self.name)

    def merged(self, write: Write, kept: Doc, sent: Doc) -> Doc:
        """What a sparse update makes of the old record."""
        return kept | sent

    def settle(self, write: Write, new: Doc | None, old: Doc | None) -> None:
        """What the change does to other records; None stands for a record that is not there, or counts no more."""

    def refuse_removal(self, write: Write, record: Doc) -> None:
        """Raise Refused where the record cannot be deleted."""

    def voided(self, write: Write, record: Doc) -> Doc:
        """The record when it counts no more."""
        raise unsupported_operation(f"void of {self.name}")

    def sent_by_mail(self, write: Write, record: Doc) -> Doc:
        """The record after it was mailed."""
        raise unsupported_operation(f"send of {self.name}")


def unsupported_operation(what: str) -> Refused:
    """Code 500."""
    return Refused("500", f"Operation {what} is not supported.")
