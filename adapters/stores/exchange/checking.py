"""One record against the contract: cleaned, or refused with the field, a code and a sentence for each fault."""

import datetime as dt
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from adapters.stores.exchange.fields import DELETED, UPDATED, ExchangeObject, Field, Kind, Record
from documents import N_, Message, say

LONGEST_ID = 50
"""Of what names a record."""
FIGURE = re.compile(r"-?\d{1,20}(\.\d{1,20})?", re.ASCII)
DIGITS = {Kind.AMOUNT: (12, 4), Kind.PRICE: (9, 8), Kind.QUANTITY: (9, 8), Kind.PERCENT: (3, 6)}
"""The most digits before and after the point."""
FLAGS = {"true": True, "false": False, "1": True, "0": False, "yes": True, "no": False}
MOST_PARTS = 5000


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a field: "lines.2.quantity" is that of the second line."""

    field: str
    code: str
    message: Message


class _Wrong(Exception):
    """A value that is not what its field holds."""

    def __init__(self, code: str, message: Message) -> None:
        super().__init__(str(message))
        self.code, self.message = code, message


def cleaned(what: ExchangeObject, record: object) -> tuple[Record, tuple[Fault, ...]]:
    """The record with the contract's fields alone, each in one way of writing, so that equal ones have equal bytes;
    and every fault of it. A field that holds nothing is left out."""
    if not isinstance(record, Mapping):
        return {}, (Fault("", "not_object", say(N_("A record must be a JSON object."))),)
    faults: list[Fault] = []
    made = _fields(_asked(what, record), record, "", faults)
    if len(what.id_of(made)) > LONGEST_ID:
        faults.append(Fault(what.key, "too_long", _too_long(LONGEST_ID)))
    return made, tuple(faults)


def _asked(what: ExchangeObject, record: Mapping[str, Any]) -> Sequence[Field]:
    """All fields; of a record that is there no more only its name, and when that was."""
    if str(record.get(DELETED)).lower() not in {"true", "1", "yes"}:
        return what.fields
    wanted = {what.key, DELETED, UPDATED}
    return [replace(each, is_required=each.name == what.key) for each in what.fields if each.name in wanted]


def _fields(fields: Sequence[Field], record: Mapping[str, Any], place: str, faults: list[Fault]) -> dict[str, Any]:
    made: dict[str, Any] = {}
    for each in fields:
        value = record.get(each.name)
        if _is_nothing(value):
            if each.is_required:
                faults.append(Fault(place + each.name, "required", say(N_("{field} is missing."), field=each.name)))
            continue
        try:
            made[each.name] = _value(each, value, place, faults)
        except _Wrong as error:
            faults.append(Fault(place + each.name, error.code, error.message))
    return made


def _is_nothing(value: object) -> bool:
    return value is None or (isinstance(value, str) and not value.strip())


def _value(field: Field, value: Any, place: str, faults: list[Fault]) -> Any:
    if field.kind is Kind.RECORD:
        return _record(field, value, f"{place}{field.name}.", faults)
    if field.kind is Kind.RECORDS:
        return list(_records(field, value, f"{place}{field.name}.", faults))
    if isinstance(value, bool) and field.kind is not Kind.FLAG:
        raise _Wrong("not_text", say(N_("{field} must be text."), field=field.name))
    if not isinstance(value, str | int | Decimal):
        raise _Wrong("not_text", say(N_("{field} must be text."), field=field.name))
    text = f"{value:f}" if isinstance(value, Decimal) else str(value).strip()
    return _READ[field.kind](field, text)


def _record(field: Field, value: object, place: str, faults: list[Fault]) -> dict[str, Any]:
    if not isinstance(value, Mapping):
        raise _Wrong("not_object", say(N_("{field} must be a JSON object."), field=field.name))
    return _fields(field.parts, value, place, faults)


def _records(field: Field, value: object, place: str, faults: list[Fault]) -> Iterator[dict[str, Any]]:
    if not isinstance(value, list) or not all(isinstance(each, Mapping) for each in value):
        raise _Wrong("not_list", say(N_("{field} must be a list of JSON objects."), field=field.name))
    if len(value) > MOST_PARTS:
        raise _Wrong("too_many", say(N_("{field} has more than {most} entries."), field=field.name, most=MOST_PARTS))
    seen: set[str] = set()
    for number, each in enumerate(value, 1):
        made = _fields(field.parts, each, f"{place}{number}.", faults)
        if (record_id := made.get("id", "")) and record_id in seen:
            twice = say(N_("{id} stands here more than once: send each record once."), id=record_id)
            faults.append(Fault(f"{place}{number}.id", "duplicate", twice))
        seen.add(record_id)
        yield made


# --- one value --------------------------------------------------------------------------------------------------


def _text(field: Field, text: str) -> str:
    if "\0" in text:
        raise _Wrong("not_text", say(N_("{field} holds a character that no text has."), field=field.name))
    if len(text) > field.longest:
        raise _Wrong("too_long", _too_long(field.longest))
    return text


def _too_long(longest: int) -> Message:
    return say(N_("That is longer than {most} characters."), most=longest)


def _figure(field: Field, text: str) -> str:
    """As text with a point, without needless zeros at the end beyond two."""
    before, after = DIGITS[field.kind]
    whole, _, rest = text.lstrip("-").partition(".")
    if not FIGURE.fullmatch(text):
        sentence = N_("{told} is no {kind}: write digits and a point, as in 1234.50.")
        raise _Wrong("not_amount", say(sentence, told=text[:40], kind=field.kind.value))
    if len(whole.lstrip("0")) > before or len(rest.rstrip("0")) > after:
        sentence = N_("{told} is too long: at most {before} digits, and {after} behind the point.")
        raise _Wrong("not_amount", say(sentence, told=text[:40], before=before, after=after))
    digits = max(len(rest.rstrip("0")), 2 if field.kind is Kind.AMOUNT else 0)
    figure = Decimal(text)
    return f"{figure if figure else abs(figure):.{digits}f}"


def _whole(field: Field, text: str) -> int:
    if not re.fullmatch(r"\d{1,15}", text, re.ASCII):
        raise _Wrong("not_number", say(N_("{told} is no whole number."), told=text[:40]))
    return int(text)


def _flag(field: Field, text: str) -> bool:
    if text.lower() not in FLAGS:
        raise _Wrong("not_flag", say(N_("{told} is neither true nor false."), told=text[:40]))
    return FLAGS[text.lower()]


def _letters(count: int, code: str, sentence: str, text: str) -> str:
    if not re.fullmatch(rf"[A-Za-z]{{{count}}}", text):
        raise _Wrong(code, say(sentence, told=text[:40]))
    return text.upper()


def _currency(field: Field, text: str) -> str:
    return _letters(3, "not_currency", N_("{told} is no currency: write its three letters, as in GBP."), text)


def _country(field: Field, text: str) -> str:
    return _letters(2, "not_country", N_("{told} is no country: write its two letters, as in GB."), text)


def _day(field: Field, text: str) -> str:
    """A day, or a moment that keeps its offset: by it one knows on which day it was."""
    try:
        if len(text) == 10:
            return dt.date.fromisoformat(text).isoformat()
        _instant(field, text)
        return dt.datetime.fromisoformat(text).isoformat()
    except (ValueError, _Wrong):
        sentence = N_("{told} is no date: write it as in 2026-01-05.")
        raise _Wrong("not_date", say(sentence, told=text[:40])) from None


def _instant(field: Field, text: str) -> str:
    try:
        read = dt.datetime.fromisoformat(text)
        if read.tzinfo is None:
            raise ValueError(text)
        return read.astimezone(dt.UTC).isoformat()
    except (ValueError, OverflowError):
        sentence = N_("{told} is no time with its offset: write it as in 2026-01-05T10:15:00+00:00.")
        raise _Wrong("not_time", say(sentence, told=text[:40])) from None


_READ = {
    Kind.TEXT: _text,
    Kind.AMOUNT: _figure,
    Kind.PRICE: _figure,
    Kind.QUANTITY: _figure,
    Kind.PERCENT: _figure,
    Kind.WHOLE: _whole,
    Kind.FLAG: _flag,
    Kind.CURRENCY: _currency,
    Kind.COUNTRY: _country,
    Kind.DAY: _day,
    Kind.INSTANT: _instant,
}
