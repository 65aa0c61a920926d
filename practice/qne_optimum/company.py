"""One Optimum company: its records, its switches, and the look-ups that every document needs."""

from __future__ import annotations

from typing import Any, Literal

from practice.gate import Settings
from practice.qne.envelope import Refused, missing
from practice.storage import Storage, Unit
from practice.web import Doc


class Switches(Settings, forbid_unknown_fields=True, kw_only=True):
    """Optimum's own switches beside the common ones; README.md says what each does."""

    create_answers: Literal["document", "id", "nothing"] = "document"
    references_found: bool = True
    references_listed: bool = True


class Company:
    """Records of one company in the storage, under kinds 'qne_optimum.<list>'."""

    def __init__(self, storage: Storage, switches: Switches) -> None:
        """Work on this storage."""
        self.storage, self.switches = storage, switches

    def rows(self, name: str) -> list[Doc]:
        """All records of a list."""
        return self.storage.rows(f"qne_optimum.{name}")

    def find(self, name: str, key: Any) -> Doc:
        """One record by its id, or a refusal."""
        record = self.storage.find(f"qne_optimum.{name}", str(key).lower())
        if record is None:
            raise missing("Record")
        return record

    def need(self, name: str, field: str, code: Any) -> Doc:
        """An existing, active record by its code, or a refusal: codes are checked on every write (checklist 6)."""
        record = next((row for row in self.rows(name) if row[field] == code), None)
        if record is None:
            raise Refused(f"{field} {code} does not exist")
        if not record.get("isActive", True) or record.get("status", "ACTIVE") != "ACTIVE":
            raise Refused(f"{field} {code} is inactive")
        return record

    def put(self, unit: Unit, name: str, record: Doc) -> None:
        """Save a record under its id."""
        unit.put(f"qne_optimum.{name}", record["id"], record)
