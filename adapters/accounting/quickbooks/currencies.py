"""The currencies that the company uses, with QuickBooks' own exchange rates of the last weeks."""

import datetime as dt
from collections.abc import Iterator

from adapters.accounting.quickbooks import company, contract
from adapters.accounting.quickbooks.client import Client
from adapters.accounting.quickbooks.contract import Record, day, flag, number, plain, text
from adapters.errors import Refused
from adapters.http import BACK_OFF
from documents import ReferenceKind, ReferenceRow


def rows(client: Client, today: dt.date) -> Iterator[ReferenceRow]:
    """The home currency, and where the company uses several, the others (section 3.5)."""
    preferences = client.single("Preferences", patience=BACK_OFF)
    home = company.home_currency(preferences)
    if home:
        yield _row(home, home, True, {"home": True, "rates": [{"from": None, "rate": "1"}]})
    if not company.is_multi_currency(preferences):
        return
    for row in client.rows("CompanyCurrency", contract.EVEN_INACTIVE, BACK_OFF):
        code, is_active = text(row, "Code"), flag(row, "Active", default=True)
        if code and code != home:
            rates = list(_rates(client, code, today)) if is_active else []
            yield _row(code, text(row, "Name"), is_active, {"home": False, "rates": rates})


def _row(code: str, name: str, is_active: bool, details: Record) -> ReferenceRow:
    """Documents name a currency by its code."""
    return ReferenceRow(ReferenceKind.CURRENCY, code, name or code, code, is_active, details)


def _rates(client: Client, code: str, today: dt.date) -> Iterator[Record]:
    """Home units for one foreign unit: today's, then the one before the day that it began on, and so on back."""
    asked = today
    while asked >= today - dt.timedelta(days=contract.RATE_DAYS):
        told = _rate_on(client, code, asked)
        rate = number(told, "Rate")
        if not rate:
            return
        since = min(day(told, "AsOfDate") or asked, asked)
        yield {"from": since.isoformat(), "rate": plain(rate)}
        asked = since - dt.timedelta(days=1)


def _rate_on(client: Client, code: str, on: dt.date) -> Record:
    """{} where QuickBooks has no rate for that day."""
    try:
        return client.single("ExchangeRate", {"sourcecurrencycode": code, "asofdate": on.isoformat()}, BACK_OFF)
    except Refused:
        return {}
