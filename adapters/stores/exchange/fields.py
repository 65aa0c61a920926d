"""The contract as data: what an object is called, which fields it has, what names it, and what it leads to."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

Record = Mapping[str, Any]
"""One record as JSON: texts, whole numbers, flags, lists and objects; amounts as text once it is checked."""


class Kind(StrEnum):
    """What a field holds."""

    TEXT = "text"
    AMOUNT = "amount"
    PRICE = "price"
    QUANTITY = "quantity"
    PERCENT = "percent"
    WHOLE = "whole number"
    FLAG = "true or false"
    CURRENCY = "currency"
    COUNTRY = "country"
    DAY = "date"
    INSTANT = "time"
    RECORD = "object"
    RECORDS = "list of objects"


@dataclass(frozen=True, slots=True)
class Field:
    """One field; `longest` is in characters, `parts` are the fields of an object or of each object of a list."""

    name: str
    kind: Kind = Kind.TEXT
    is_required: bool = False
    longest: int = 500
    parts: tuple["Field", ...] = ()


def needed(name: str, kind: Kind = Kind.TEXT, longest: int = 500, parts: tuple[Field, ...] = ()) -> Field:
    """A field that every record has."""
    return Field(name, kind, True, longest, parts)


class Makes(StrEnum):
    """What a record becomes here; a part belongs to another record, facts are read all together."""

    ORDER = "order"
    CUSTOMER = "customer"
    ITEM = "item"
    FACTS = "facts"
    PART = "part"


@dataclass(frozen=True, slots=True)
class Link:
    """A field that names a record of another object, "lines.vat_rate_name" one in each line.

    `is_needed`: without that record this one cannot be read, and waits for it. `is_parent`: this is a part of it."""

    field: str
    object: str
    is_needed: bool = False
    is_parent: bool = False

    def ids(self, record: Record) -> Iterator[str]:
        """What the record names by it."""
        head, _, tail = self.field.partition(".")
        rows = record.get(head) or () if tail else (record,)
        yield from (str(row[tail or head]) for row in rows if row.get(tail or head) not in (None, ""))


@dataclass(frozen=True, slots=True)
class ExchangeObject:
    """One kind of record. `key` is the field that names it; `lines_sheet` is where files have its lines, and
    `lines_parent` the first column there, that holds what `lines_by` of the record says."""

    name: str
    key: str
    makes: Makes
    fields: tuple[Field, ...]
    links: tuple[Link, ...] = ()
    lines_sheet: str = ""
    lines_parent: str = ""
    lines_by: str = ""
    examples: tuple[Record, ...] = field(default=(), repr=False)

    @property
    def sheet(self) -> str:
        """What its sheet or CSV file is called (4.2)."""
        return self.name.replace("-", "_")

    @property
    def since_first_day(self) -> bool:
        """Whether a first pull leaves out what was changed last before the first day."""
        return self.makes is Makes.ORDER

    def id_of(self, record: Record) -> str:
        """What names the record; empty where nothing does."""
        told = record.get(self.key) if isinstance(record, Mapping) else None
        return str(told).strip() if isinstance(told, str | int) and not isinstance(told, bool) else ""


ADDRESS = (
    Field("line1", longest=200),
    Field("line2", longest=200),
    Field("city", longest=100),
    Field("state", longest=100),
    Field("postcode", longest=40),
    Field("country", Kind.COUNTRY),
)
UPDATED, DELETED = "updated_at", "deleted"
CHANGED = (Field(UPDATED, Kind.INSTANT), Field(DELETED, Kind.FLAG))
"""On every object: when it changed last, and whether the system has it no more (OURS; section 3, deletion)."""


def address_lines(address: Record) -> tuple[str, ...]:
    """An address as it stands on a letter."""
    town = " ".join(str(address[each]) for each in ("city", "state", "postcode") if address.get(each))
    lines = (address.get("line1"), address.get("line2"), town, address.get("country"))
    return tuple(str(line) for line in lines if line)
