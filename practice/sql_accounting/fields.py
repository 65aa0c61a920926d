"""How the fields of a resource are described: their kind, their length, and who writes them.

A table is written in words: `name`, `name=20` (characters), `name:kind`, `name:dec=4` (places), `address1-4` for four
fields; `!` for what the server owns: what is sent there is ignored; `^` for what only the e-invoice process writes: a
change is refused."""

from __future__ import annotations

import re
from typing import NamedTuple

from practice.web import Doc


class Field(NamedTuple):
    """`kind` is text, dec, int, flag, day, time or blob; `limit` are characters, or decimal places of a dec."""

    kind: str = "text"
    limit: int | None = None
    owner: str = ""


Table = dict[str, Field]
WORD = re.compile(
    r"(?P<name>[a-z_]+(?:\d(?=-))?|[a-z_]+\d)(?:-(?P<last>\d))?(?::(?P<kind>\w+))?(?:=(?P<limit>\d+))?(?P<owner>[!^]?)"
)
BLANKS = {"text": "", "dec": "0.00", "int": 0, "flag": False}
NONE = "----"
"""The code that means 'none' for agent, area, project and shipper, and the base currency (6.3)."""


def table(words: str) -> Table:
    """The table that the words describe."""
    made: Table = {}
    for word in words.split():
        part = WORD.fullmatch(word)
        assert part, word
        kind = part["kind"] or "text"
        limit = int(part["limit"]) if part["limit"] else 2 if kind == "dec" else None
        for name in _names(part["name"], part["last"]):
            made[name] = Field(kind, limit, part["owner"])
    return made


def blank(fields: Table) -> Doc:
    """A record in which nothing was filled in."""
    return {name: BLANKS.get(field.kind) for name, field in fields.items()}


def _names(name: str, last: str | None) -> list[str]:
    if last is None:
        return [name]
    return [f"{name[:-1]}{number}" for number in range(int(name[-1]), int(last) + 1)]
