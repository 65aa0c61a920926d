"""Exchange rates by day (quickbooks-online.md 3.5)."""

from __future__ import annotations

from typing import Any

from practice.quickbooks.books import Books, public
from practice.quickbooks.clock import Clock
from practice.quickbooks.faults import Refused, missing
from practice.quickbooks.lists import ExchangeRate
from practice.quickbooks.shapes import day, read
from practice.quickbooks.write import Write
from practice.web import Doc


def read_rate(books: Books, clock: Clock, query: dict[str, str]) -> Doc:
    """The rate of a currency on a day: the last one that was set by then."""
    code = query.get("sourcecurrencycode", "")
    if not code:
        raise missing("sourcecurrencycode")
    wanted = day(query.get("asofdate") or clock.today(), "asofdate")
    if code != books.home and not books.where("CompanyCurrency", "Code", code):
        raise Refused("2220", f"Currency {code} is not in the company's list")
    return _shown(rate(code, wanted, books.rate_of(code, wanted), books.home), clock)


def set_rate(write: Write, body: Any) -> Doc:
    """Keep a rate for a day; it has no Id of its own."""
    sent = read(ExchangeRate.shape, body)
    for name in ("SourceCurrencyCode", "AsOfDate", "Rate"):
        if name not in sent:
            raise missing(name)
    if sent["Rate"] <= 0:
        raise Refused("2090", f"Rate must be above 0. Supplied value:{sent['Rate']}", "Rate")
    made = rate(sent["SourceCurrencyCode"], day(sent["AsOfDate"], "AsOfDate"), sent["Rate"], write.books.home)
    write.put("ExchangeRate", made)
    return _shown(made, write.clock)


def rate(code: str, on: str, value: Any, home: str) -> Doc:
    """One day's rate, as it is kept."""
    named = {"SourceCurrencyCode": code, "TargetCurrencyCode": home, "AsOfDate": on, "Rate": value}
    return named | {"Id": f"{code} {on}"}


def _shown(record: Doc, clock: Clock) -> Doc:
    plain = {name: value for name, value in public(record).items() if name != "Id"}
    return {"ExchangeRate": plain | {"MetaData": {"LastUpdatedTime": clock.stamp()}, "domain": "QBO", "sparse": False}}
