"""How strictly a body is read: known properties, types, lengths (quickbooks-online.md 3.1 and 4.5).

An empty text counts as absent, as python-quickbooks sends it for unset fields; but not for DocNumber (3.6)."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from practice.quickbooks.clock import instant
from practice.quickbooks.faults import Refused
from practice.web import Doc

Reader = Callable[[Any, str], Any]
Shape = dict[str, Reader]
MOST = Decimal("99999999999")
LARGEST_AMOUNT = Decimal("9999999999.99999")


def read(shape: Shape, body: Any, where: str = "") -> Doc:
    """What the body says, of the properties that can be written; raises Refused."""
    if not isinstance(body, dict):
        raise unsupported(where or "body")
    found: Doc = {}
    for name, value in body.items():
        if name not in shape:
            raise unsupported(f"{where}{name}")
        if value is None or (value == "" and name != "DocNumber"):
            continue
        made = shape[name](value, f"{where}{name}")
        if made is not None:
            found[name] = made
    return found


def kept(shape: Shape, record: Doc) -> Doc:
    """What a sparse update leaves as it is: everything that could be written."""
    old = {name: record.get(name) for name, reader in shape.items() if reader is not ignored}
    return {name: value for name, value in old.items() if value is not None}


def unsupported(name: str) -> Refused:
    """Code 2010: the property is unknown, or of another kind."""
    return Refused("2010", f"Property Name:{name} specified is unsupported or invalid", name)


def ignored(value: Any, name: str) -> None:
    """A property that the server sets: taken, and not looked at."""


def text(longest: int) -> Reader:
    """A text of at most so many characters."""

    def reader(value: Any, name: str) -> str:
        if not isinstance(value, str):
            raise unsupported(name)
        if len(value) > longest:
            raise _too_long(longest, value, name)
        return value

    return reader


def name_text(longest: int, forbidden: str = ":\t\n") -> Reader:
    """A name: some characters are not allowed in it."""
    plain = text(longest)

    def reader(value: Any, name: str) -> str:
        written: str = plain(value, name)
        if any(letter in forbidden for letter in written):
            raise Refused("2040", f"{name} has a character that is not allowed", name)
        return written.strip()

    return reader


def number(value: Any, name: str) -> Decimal:
    """A number, or a text that is one."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise Refused("2090", f"{name} is not a number", name)
    try:
        made = Decimal(value)
    except InvalidOperation as error:
        raise Refused("2080", f"{name} is not a number. Supplied value:{value}", name) from error
    if not made.is_finite():
        raise Refused("2110", f"{name} is not a number. Supplied value:{value}", name)
    return made


def amount(value: Any, name: str) -> Decimal:
    """Money: at most 10 digits and 5 decimals."""
    made = number(value, name)
    if abs(made) > LARGEST_AMOUNT:
        raise Refused("2140", f"{name} is too large. Supplied value:{value}", name)
    return made


def price(value: Any, name: str) -> Decimal:
    """A price of a list, not below zero."""
    made = number(value, name)
    if not 0 <= made <= MOST:
        raise Refused("2140", f"{name} must be between 0 and {MOST}. Supplied value:{value}", name)
    return made


def percent(value: Any, name: str) -> Decimal:
    """0 to 100."""
    made = number(value, name)
    if not 0 <= made <= 100:
        raise Refused("2150", f"{name} must be between 0 and 100. Supplied value:{value}", name)
    return made


def whole(least: int, most: int) -> Reader:
    """A whole number between two bounds."""

    def reader(value: Any, name: str) -> int:
        made = number(value, name)
        if made != int(made) or not least <= made <= most:
            raise Refused("2090", f"{name} must be between {least} and {most}. Supplied value:{value}", name)
        return int(made)

    return reader


def flag(value: Any, name: str) -> bool:
    """True or false."""
    if not isinstance(value, bool):
        raise unsupported(name)
    return value


def day(value: Any, name: str) -> str:
    """A date as YYYY-MM-DD; a time behind it is cut off."""
    if not isinstance(value, str) or not re.match(r"\d{4}-\d\d-\d\d(T|$)", value):
        raise Refused("2060", f"{name} is not a date as YYYY-MM-DD. Supplied value:{value}", name)
    try:
        return date.fromisoformat(value[:10]).isoformat()
    except ValueError as error:
        raise Refused("2070", f"{name} is no date. Supplied value:{value}", name) from error


def moment(value: Any, name: str) -> str:
    """A time of day."""
    try:
        instant(str(value))
    except ValueError as error:
        raise Refused("2060", f"{name} is no time. Supplied value:{value}", name) from error
    return str(value)


def one_of(*words: str, code: str = "2170") -> Reader:
    """One of a few words."""

    def reader(value: Any, name: str) -> str:
        if value not in words:
            raise Refused(code, f"{name} must be one of {', '.join(words)}. Supplied value:{value}", name)
        return str(value)

    return reader


def shaped(shape: Shape, may_be_empty: bool = False) -> Reader:
    """An object with properties of its own; an empty one counts as absent."""

    def reader(value: Any, name: str) -> Doc | None:
        made = read(shape, value, f"{name}.")
        return made if made or may_be_empty else None

    return reader


def listed(shape: Shape) -> Reader:
    """A list of such objects."""

    def reader(value: Any, name: str) -> list[Doc]:
        if not isinstance(value, list):
            raise unsupported(name)
        return [read(shape, each, f"{name}.") for each in value]

    return reader


def reference(value: Any, name: str) -> Doc | None:
    """{"value": id}: only that counts (2.8); without it the reference is absent."""
    made = read(REFERENCE, value, f"{name}.")
    return {"value": made["value"]} if "value" in made else None


def numeric(key: Any, name: str) -> str:
    """An Id is a number, written as text; code 2030 otherwise."""
    written = str(key)
    if isinstance(key, bool) or not written.isdecimal():
        raise Refused("2030", f"{name} should be a valid number. Supplied value:{written}", name)
    return written


def email(value: Any, name: str) -> Doc | None:
    """{"Address": ...}, with one @ and a dot."""
    made = read({"Address": text(100)}, value, f"{name}.")
    if made and not re.fullmatch(r"[^@\s]+@[^@\s]+\.[^@\s]+", made["Address"]):
        raise Refused("2210", f"{name}. Supplied value:{made['Address']}", name)
    return made or None


def web(value: Any, name: str) -> Doc | None:
    """{"URI": ...}."""
    made = read({"URI": text(1000)}, value, f"{name}.")
    if made and not re.fullmatch(r"(https?://)?[^\s/]+\.[^\s]+", made["URI"]):
        raise Refused("2200", f"{name}. Supplied value:{made['URI']}", name)
    return made or None


def _too_long(longest: int, value: str, name: str) -> Refused:
    words = f"Min:0 Max:{longest} supported. Supplied length:{len(value)}"
    return Refused("2050", f"String length specified does not match the supported length. {words}", name)


def _written(value: Any, name: str) -> str:
    """An id: text, or a number that Jackson would take for one."""
    if isinstance(value, bool) or not isinstance(value, str | int):
        raise unsupported(name)
    return str(value)


REFERENCE: Shape = {"value": _written, "name": ignored, "type": ignored}
ADDRESS = shaped(
    {
        **{f"Line{number}": text(500) for number in range(1, 6)},
        "City": text(255),
        "CountrySubDivisionCode": text(255),
        "Country": text(255),
        "PostalCode": text(30),
        **dict.fromkeys(("Id", "Lat", "Long", "Note", "Tag", "CountryCode", "PostalCodeSuffix"), ignored),
    }
)
PHONE = shaped({"FreeFormNumber": text(30), **dict.fromkeys(("Id", "Tag", "Default", "DeviceType"), ignored)})
MEMO = shaped({"value": text(1000), "id": ignored})
CUSTOM_FIELDS = listed(
    {
        "DefinitionId": _written,
        "Name": ignored,
        "Type": one_of("StringType", "BooleanType", "NumberType", "DateType"),
        "StringValue": text(31),
    }
)
LINKED = listed({"TxnId": _written, "TxnType": lambda value, name: str(value), "TxnLineId": _written})
ENTITY: Shape = dict.fromkeys(
    ("Id", "SyncToken", "MetaData", "domain", "sparse", "status", "AttachableRef", "NameAndId", "Overview"), ignored
)
