"""GraphQL documents as far as fixed queries need it: one operation, its variables, fields, `... on Type`."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

TOKEN = re.compile(r'\s*(\.\.\.|[A-Za-z_]\w*|\$\w+|-?\d+|"[^"]*"|[{}():!,\[\]])')


class Invalid(Exception):
    """The document cannot be parsed, or asks for what is not there."""


@dataclass
class Field:
    """One field with its arguments, and what is asked for inside; of a fragment `on` names the type."""

    name: str
    args: dict[str, Any] = field(default_factory=dict)
    fields: list[Field] = field(default_factory=list)
    on: str = ""


@dataclass
class Operation:
    """A query: its name, the variables that it must be given, and its fields."""

    name: str
    required: list[str]
    declared: list[str]
    fields: list[Field]


def parse(text: str) -> Operation:
    """Read one query; raises Invalid."""
    tokens = _tokens(text)
    try:
        return _operation(tokens)
    except (IndexError, StopIteration):
        raise Invalid("syntax error, unexpected end of file") from None


def _tokens(text: str) -> list[str]:
    place, found = 0, []
    while text[place:].strip(" \n\t,"):
        match = TOKEN.match(text, place)
        if not match:
            raise Invalid(f"syntax error at {text[place : place + 10].strip()!r}")
        found.append(match[1])
        place = match.end()
    return [word for word in reversed(found) if word != ","]


def _take(tokens: list[str], wanted: str) -> None:
    got = tokens.pop()
    if got != wanted:
        raise Invalid(f"syntax error, unexpected {got!r}, expecting {wanted!r}")


def _operation(tokens: list[str]) -> Operation:
    _take(tokens, "query")
    name, required, declared = tokens.pop(), [], []
    if tokens[-1] == "(":
        tokens.pop()
        while tokens[-1] != ")":
            variable = tokens.pop().removeprefix("$")
            _take(tokens, ":")
            declared.append(variable)
            kind = [tokens.pop()]
            while not tokens[-1].startswith("$") and tokens[-1] != ")":
                kind.append(tokens.pop())
            required += [variable] if kind[-1] == "!" else []
        tokens.pop()
    return Operation(name, required, declared, list(_selection(tokens)))


def _selection(tokens: list[str]) -> Iterator[Field]:
    _take(tokens, "{")
    while tokens[-1] != "}":
        name, made = tokens.pop(), Field("")
        if name == "...":
            _take(tokens, "on")
            made.on = tokens.pop()
        else:
            made.name = name
        if tokens[-1] == "(":
            made.args = _arguments(tokens)
        if tokens[-1] == "{":
            made.fields = list(_selection(tokens))
        yield made
    tokens.pop()


def _arguments(tokens: list[str]) -> dict[str, Any]:
    tokens.pop()
    found: dict[str, Any] = {}
    while tokens[-1] != ")":
        name = tokens.pop()
        _take(tokens, ":")
        word = tokens.pop()
        found[name] = int(word) if word.lstrip("-").isdigit() else word == "true" if word in ("true", "false") else word
    tokens.pop()
    return found
