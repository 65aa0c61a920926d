"""The small lists: names that are unique, parents, what is inactive (quickbooks-online.md 3.5)."""

from __future__ import annotations

from practice.quickbooks.entity import SEARCHABLE, Entity
from practice.quickbooks.faults import NAME_TAKEN, Refused, business, missing
from practice.quickbooks.shapes import (
    ENTITY,
    Shape,
    flag,
    ignored,
    name_text,
    number,
    one_of,
    percent,
    reference,
    text,
    whole,
)
from practice.quickbooks.write import Write
from practice.web import Doc

DELETED = " (deleted)"
DEEPEST = 4
LISTED = SEARCHABLE | {"Name": "text", "Active": "flag"}
NESTED = LISTED | {"FullyQualifiedName": "text"}


class Listed(Entity):
    """A record with a name of its own in one or more lists."""

    title = "Name"
    unique_in: tuple[str, ...] = ()
    refers: dict[str, str] = {}
    nested_by = ""

    def make(self, write: Write, sent: Doc, old: Doc | None) -> Doc:
        """Fill in what follows from the rest, then insist on the name."""
        active = sent.get("Active", (old or {}).get("Active", True))
        record = self.fit(write, sent | {"Active": active}, old)
        record |= {name: write.refer(other, record.get(name), name) for name, other in self.refers.items()}
        record = self._placed(write, self._suffixed(record))
        self._refuse_taken(write, record, old)
        return record

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """The entity's own rules."""
        return record

    def _suffixed(self, record: Doc) -> Doc:
        """What is inactive says so in its name (2.1)."""
        if not record.get(self.title):
            raise missing(self.title)
        plain = str(record[self.title]).removesuffix(DELETED)
        return record | {self.title: plain if record["Active"] else plain + DELETED}

    def _placed(self, write: Write, record: Doc) -> Doc:
        """The full name, through the parents."""
        if not self.nested_by:
            return record | {"_name": str(record[self.title]).casefold()}
        parent = write.find(self.name, record["ParentRef"]["value"]) if record.get("ParentRef") else None
        if record.get(self.nested_by) and parent is None:
            raise Refused("6150", "ParentRef is required for a sub element", "ParentRef")
        level = 0 if parent is None else int(parent["Level"]) + 1
        if level > DEEPEST:
            raise Refused("6180", f"{self.name} can have {DEEPEST + 1} levels at most")
        own = str(record[self.title])
        full = own if parent is None else f"{parent['FullyQualifiedName']}:{own}"
        placed = {"FullyQualifiedName": full, "Level": level, self.nested_by: parent is not None}
        return record | placed | {"_name": self._unique_name(own, full).casefold()}

    def _unique_name(self, own: str, full: str) -> str:
        return full

    def _refuse_taken(self, write: Write, record: Doc, old: Doc | None) -> None:
        for name in self.unique_in or (self.name,):
            for other in write.books.where(name, "_name", record["_name"]):
                if old is None or name != self.name or other["Id"] != old["Id"]:
                    raise Refused("6240", NAME_TAKEN)


class Term(Listed):
    """When a sale is due."""

    name = "Term"
    searchable = LISTED
    shape: Shape = ENTITY | {
        "Name": text(31),
        "Active": flag,
        "Type": ignored,
        "DueDays": whole(0, 999),
        "DayOfMonthDue": whole(1, 31),
        "DueNextMonthDays": whole(0, 999),
        "DiscountPercent": percent,
        "DiscountDays": whole(0, 999),
        "DiscountDayOfMonth": whole(1, 31),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """So many days after the sale, or a day of the month."""
        if "DueDays" not in record and "DayOfMonthDue" not in record:
            raise missing("DueDays")
        return record | {"Type": "STANDARD" if "DueDays" in record else "DATE_DRIVEN"}


class Class(Listed):
    """A part of the business that income is told apart by."""

    name, nested_by = "Class", "SubClass"
    searchable = NESTED
    refers = {"ParentRef": "Class"}
    shape: Shape = ENTITY | {
        "Name": name_text(100),
        "Active": flag,
        "ParentRef": reference,
        "SubClass": flag,
        **dict.fromkeys(("FullyQualifiedName", "Level"), ignored),
    }


class Department(Listed):
    """A location."""

    name, nested_by = "Department", "SubDepartment"
    searchable = NESTED
    refers = {"ParentRef": "Department"}
    shape: Shape = ENTITY | {
        "Name": name_text(100),
        "Active": flag,
        "ParentRef": reference,
        "SubDepartment": flag,
        "Address": ignored,
        **dict.fromkeys(("FullyQualifiedName", "Level"), ignored),
    }


class PaymentMethod(Listed):
    """How a customer pays."""

    name = "PaymentMethod"
    searchable = LISTED | {"Type": "text"}
    shape: Shape = ENTITY | {
        "Name": text(31),
        "Active": flag,
        "Type": one_of("CREDIT_CARD", "NON_CREDIT_CARD"),
    }

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """A card, if nothing else is said, it is not."""
        return {"Type": "NON_CREDIT_CARD"} | record


class CompanyCurrency(Listed):
    """A foreign currency that the company uses."""

    name, title = "CompanyCurrency", "Code"
    searchable = LISTED | {"Code": "text"}
    shape: Shape = ENTITY | {"Code": text(3), "Name": text(100), "Active": flag, "CustomField": ignored}

    def fit(self, write: Write, record: Doc, old: Doc | None) -> Doc:
        """Three letters, and multicurrency on."""
        code = record.get("Code", "")
        if not (len(code) == 3 and code.isalpha() and code.isupper()):
            raise Refused("2220", f"Currency code {code} is not valid", "Code")
        if not write.books.has_currencies:
            raise business("Multicurrency is not enabled")
        return {"Name": code} | record

    def _suffixed(self, record: Doc) -> Doc:
        """A code stays a code."""
        return record


class ExchangeRate(Entity):
    """What a currency was worth on a day; has no Id of its own (3.5)."""

    name = "ExchangeRate"
    searchable = {"SourceCurrencyCode": "text", "TargetCurrencyCode": "text", "AsOfDate": "date"}
    is_captured = False
    shape: Shape = ENTITY | {
        "SourceCurrencyCode": text(3),
        "TargetCurrencyCode": text(3),
        "AsOfDate": text(10),
        "Rate": number,
        "CustomField": ignored,
    }
