"""The same answer as XML, which is what a caller gets that does not ask for JSON (quickbooks-online.md 2.1)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from practice.web import Answer, Doc

NAMESPACE = "http://schema.intuit.com/finance/v3"


def as_xml(answer: Answer) -> Answer:
    """The answer's object under IntuitResponse."""
    payload: Doc = answer.payload
    body = "".join(_element(name, value) for name, value in payload.items() if name != "time")
    head = f"<IntuitResponse xmlns={quoteattr(NAMESPACE)} time={quoteattr(str(payload.get('time', '')))}>"
    words = f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{head}{body}</IntuitResponse>'
    return Answer(words, answer.status, "application/xml", answer.headers)


def _element(name: str, value: Any) -> str:
    if isinstance(value, list):
        return "".join(_element(name, each) for each in value)
    if isinstance(value, dict) and set(value) <= {"value", "name"} and "value" in value:
        return f"<{name}{_named(value)}>{_text(value['value'])}</{name}>"
    if isinstance(value, dict):
        return f"<{name}>{''.join(_children(value))}</{name}>"
    return f"<{name}>{_text(value)}</{name}>"


def _children(value: Doc) -> Iterator[str]:
    return (_element(name, each) for name, each in value.items() if each is not None)


def _named(reference: Doc) -> str:
    return f" name={quoteattr(str(reference['name']))}" if "name" in reference else ""


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return escape(f"{value:f}" if isinstance(value, Decimal) else str(value))
