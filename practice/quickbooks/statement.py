"""The query language: reads one statement (quickbooks-online.md 2.5).

SELECT * | COUNT(*) | fields FROM Entity
[WHERE field op value [AND ...]] [ORDERBY field [ASC|DESC], ...] [STARTPOSITION n] [MAXRESULTS n]"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from practice.quickbooks.faults import Refused

TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^'\\]|\\.)*')|(?P<number>-?\d+(?:\.\d+)?)|(?P<word>[A-Za-z_][\w.]*)|(?P<sign><=|>=|!=|[=<>(),*]))"
)
OPERATORS = ("=", "!=", "<", ">", "<=", ">=")
PAGE, LARGEST_PAGE = 100, 1000
END = "<EOF>"


@dataclass(frozen=True)
class Token:
    """One word of a statement; `column` counts from 1."""

    kind: str
    written: str
    column: int

    def says(self, *words: str) -> bool:
        """Whether it is one of these words, in any case."""
        return self.kind == "word" and self.written.upper() in words

    @property
    def value(self) -> str:
        """A text without its quotes and escapes."""
        return re.sub(r"\\(.)", r"\1", self.written[1:-1]) if self.kind == "text" else self.written


@dataclass(frozen=True)
class Condition:
    """One comparison; `quoted` tells texts from true and false."""

    field: str
    operator: str
    values: tuple[str, ...]
    quoted: bool


@dataclass
class Statement:
    """What is asked for; `fields` empty stands for all."""

    entity: str = ""
    counts: bool = False
    fields: list[str] = field(default_factory=list)
    conditions: list[Condition] = field(default_factory=list)
    order: list[tuple[str, bool]] = field(default_factory=list)
    start: int = 1
    most: int = PAGE


def parse(written: str) -> Statement:
    """The statement; raises Refused 4000 or 4001."""
    reader = _Reader(_tokens(written))
    made = Statement()
    reader.expect("SELECT")
    _read_fields(reader, made)
    reader.expect("FROM")
    made.entity = reader.take("word").written
    if reader.skip("WHERE"):
        made.conditions.append(_condition(reader))
        while reader.skip("AND"):
            made.conditions.append(_condition(reader))
    _read_order(reader, made)
    _read_page(reader, made)
    if reader.next.kind != END:
        raise reader.unexpected()
    return made


class _Reader:
    """Walks over the tokens."""

    def __init__(self, tokens: list[Token]) -> None:
        self._tokens, self._at = tokens, 0

    @property
    def next(self) -> Token:
        return self._tokens[self._at]

    def skip(self, *words: str) -> bool:
        """Take one of these words if it comes next."""
        if self.next.says(*words):
            self._at += 1
            return True
        return False

    def sign(self, *signs: str) -> str:
        """Take one of these signs if it comes next; else an empty text."""
        if self.next.kind == "sign" and self.next.written in signs:
            self._at += 1
            return self._tokens[self._at - 1].written
        return ""

    def take(self, kind: str) -> Token:
        """The next token, of that kind."""
        if self.next.kind != kind:
            raise self.unexpected()
        self._at += 1
        return self._tokens[self._at - 1]

    def expect(self, word: str) -> None:
        """The next token is that word or sign."""
        if not self.skip(word) and not self.sign(word):
            raise self.unexpected()

    def unexpected(self) -> Refused:
        """Code 4000, in the parser's own words."""
        token = self.next
        kind = {"word": "<IDENTIFIER>", "text": "<STRING>", "number": "<INTEGER>"}.get(token.kind, "")
        what = f'" {kind} "{token.written} ""' if kind else f'"{token.written}"'
        return Refused("4000", f"QueryParserError: Encountered {what} at line 1, column {token.column}.")


def _tokens(written: str) -> list[Token]:
    found, at = [], 0
    while written[at:].strip():
        match = TOKEN.match(written, at)
        if match is None:
            at += len(written[at:]) - len(written[at:].lstrip())
            raise Refused(
                "4000", f"QueryParserError: Lexical error at line 1, column {at + 1}.  Encountered: {written[at]!r}"
            )
        kind = match.lastgroup or ""
        found.append(Token(kind, match[kind], match.start(kind) + 1))
        at = match.end()
    return [*found, Token(END, END, len(written) + 1)]


def _read_fields(reader: _Reader, made: Statement) -> None:
    if reader.skip("COUNT"):
        for sign in ("(", "*", ")"):
            reader.expect(sign)
        made.counts = True
        return
    named = [_field(reader)]
    while reader.sign(","):
        named.append(_field(reader))
    made.fields = [] if "*" in named else named


def _field(reader: _Reader) -> str:
    return reader.sign("*") or reader.take("word").written


def _condition(reader: _Reader) -> Condition:
    name = reader.take("word").written
    if reader.skip("IN"):
        reader.expect("(")
        values = [_value(reader)]
        while reader.sign(","):
            values.append(_value(reader))
        reader.expect(")")
        return Condition(name, "IN", tuple(v.value for v in values), all(v.kind == "text" for v in values))
    operator = "LIKE" if reader.skip("LIKE") else reader.sign(*OPERATORS)
    if not operator:
        raise reader.unexpected()
    value = _value(reader)
    return Condition(name, operator, (value.value,), value.kind == "text")


def _value(reader: _Reader) -> Token:
    """A text, true or false; a bare number is refused, as seen live."""
    if reader.next.says("TRUE", "FALSE"):
        return reader.take("word")
    return reader.take("text")


def _read_order(reader: _Reader, made: Statement) -> None:
    if reader.skip("ORDER"):
        reader.expect("BY")
    elif not reader.skip("ORDERBY"):
        return
    made.order.append(_direction(reader))
    while reader.sign(","):
        made.order.append(_direction(reader))


def _direction(reader: _Reader) -> tuple[str, bool]:
    name = reader.take("word").written
    is_falling = reader.skip("DESC")
    if not is_falling:
        reader.skip("ASC")
    return name, is_falling


def _read_page(reader: _Reader, made: Statement) -> None:
    while True:
        if reader.skip("STARTPOSITION"):
            made.start = _bounded(reader, 2**31 - 1)
        elif reader.skip("MAXRESULTS"):
            made.most = _bounded(reader, LARGEST_PAGE)
        else:
            return


def _bounded(reader: _Reader, most: int) -> int:
    token = reader.take("number")
    if "." in token.written:
        raise reader.unexpected()
    number = int(token.written)
    if number < 1:
        raise Refused("4001", f"QueryValidationError: value {number} is too small. Min allowed value is 1.")
    if number > most:
        raise Refused("4001", f"QueryValidationError: value {number} is too large. Max allowed value is {most}.")
    return number
