"""The books' lists in our words, and the units of an item, which only its own record tells."""

import dataclasses
import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal

from adapters.accounting.base import ReferencePage
from adapters.accounting.sql_accounting import contract
from adapters.accounting.sql_accounting.client import Client
from adapters.accounting.sql_accounting.contract import LISTS, NONE, UNITS, Record, flag, named, number, text
from adapters.http import BACK_OFF
from documents import ZERO, ReferenceKind, ReferenceRow

K = ReferenceKind


def pages(client: Client, kind: ReferenceKind, home: str) -> Iterator[ReferencePage]:
    """All rows of one list, page by page."""
    for rows in _RAW.get(kind, _as_listed)(client, kind):
        read = (_row(client, kind, row, home) for row in rows)
        yield ReferencePage(tuple(row for row in read if row is not None))


def _as_listed(client: Client, kind: ReferenceKind) -> Iterator[list[Record]]:
    return client.pages(LISTS[kind])


def _accounts(client: Client, _kind: ReferenceKind) -> Iterator[list[Record]]:
    """Those that can be posted to: no account has them as its parent."""
    rows = client.rows(LISTS[K.ACCOUNT], patience=BACK_OFF)
    parents = {text(row, "parent") for row in rows} - {""}
    yield [row for row in rows if text(row, "dockey") not in parents]


def _payment_methods(client: Client, _kind: ReferenceKind) -> Iterator[list[Record]]:
    """A method has no name in its list: it is that of the account with the same code (section 8.11)."""
    accounts = client.rows(LISTS[K.ACCOUNT], patience=BACK_OFF)
    names = {text(row, "code"): text(row, "description") for row in accounts}
    for rows in client.pages(LISTS[K.DEPOSIT_ACCOUNT]):
        yield [{**row, "description": names.get(text(row, "code")) or text(row, "description")} for row in rows]


_RAW: dict[ReferenceKind, Callable[[Client, ReferenceKind], Iterator[list[Record]]]] = {
    K.ACCOUNT: _accounts,
    K.DEPOSIT_ACCOUNT: _payment_methods,
}


def _row(client: Client, kind: ReferenceKind, row: Record, home: str) -> ReferenceRow | None:
    """A row without a code cannot be named; an input tax is none of ours."""
    if kind is K.CURRENCY:
        return _currency(client, row, home)
    code = named(row, "code")
    if not code or (kind is K.TAX_CODE and not flag(row, "outputtax", default=True)):
        return None
    name = text(row, "companyname") or text(row, "description") or code
    remote_id = text(row, _IDS[kind]) if kind in _IDS else code
    details = _DETAILS[kind](row, home) if kind in _DETAILS else {}
    return ReferenceRow(kind, code, name, remote_id, _is_active(row), details)


_IDS = {K.ITEM: "dockey", K.TAX_CODE: "autokey"}
"""What a path is made of, where that is not the code (section 5)."""


def _is_active(row: Record) -> bool:
    return flag(row, "isactive", default=True) and text(row, "status") in {"", contract.ACTIVE}


def _customer(row: Record, home: str) -> Record:
    """No e-mail: it is in a branch, which the list leaves out (section 8.9)."""
    return {"currency": named(row, "currencycode") or home, "terms": named(row, "creditterm") or None}


def _item(row: Record, _home: str) -> Record:
    """Its units are in its own record alone (section 8.10), see `complete`."""
    return {"base_uom": None, "uoms": [], "tax_code": named(row, "sltax") or None, "serial": _has_serials(row)}


def _has_serials(row: Record) -> bool:
    return flag(row, "serialnumber", default=False)


def _term(row: Record, _home: str) -> Record:
    """Only one kind of term is a number of days; the others are days of a month (section 8.11)."""
    days = number(row, "termday") if text(row, "termtype") in {"", contract.DUE_IN_DAYS} else None
    return {"days": None if days is None or number(row, "termmonth") else int(days)}


def _tax_code(row: Record, _home: str) -> Record:
    rate = number(row, "taxrate") or ZERO
    return {"rate": f"{rate.normalize():f}"}


def _method(row: Record, home: str) -> Record:
    return {"currency": named(row, "currencycode") or home}


_DETAILS: dict[ReferenceKind, Callable[[Record, str], Record]] = {
    K.CUSTOMER: _customer,
    K.ITEM: _item,
    K.TERM: _term,
    K.TAX_CODE: _tax_code,
    K.DEPOSIT_ACCOUNT: _method,
}


# --- units of items ---------------------------------------------------------------------------------------------


def complete(client: Client, rows: Sequence[ReferenceRow]) -> Iterable[ReferenceRow]:
    """Items with their units, a call for each; one that is gone is not active."""
    for row in rows:
        try:
            record = client.record(f"{LISTS[K.ITEM]}/{row.remote_id}")
        except contract.Missing:
            yield dataclasses.replace(row, is_active=False)
        else:
            yield dataclasses.replace(row, is_active=_is_active(record), details=item_details(record))


def item_details(record: Record) -> Record:
    """What the rules read of an item, from its own record."""
    units = [_unit(unit) for unit in contract.nested(record, UNITS) if text(unit, "uom")]
    base = next((unit["code"] for unit in units if unit["is_base"]), text(record, "uom") or None)
    return {**_item(record, ""), "base_uom": base, "uoms": units or ([{"code": base}] if base else [])}


def _unit(row: Record) -> Record:
    rate = number(row, "rate") or Decimal(1)
    is_base = flag(row, "isbase", default=rate == 1)
    return {"code": text(row, "uom"), "rate": f"{rate.normalize():f}", "is_base": is_base}


# --- currencies -------------------------------------------------------------------------------------------------


def _currency(client: Client, row: Record, home: str) -> ReferenceRow | None:
    """The base currency's code is `----`; a second row with its name would be the same currency twice."""
    code = text(row, "code")
    if not code or code == home:
        return None
    if code == NONE:
        rates = [{"from": None, "rate": "1"}]
    else:
        rates = dated_rates(client.record(f"currency/{code}") if contract.SAFE_IN_A_PATH.fullmatch(code) else row)
    name = text(row, "description") or code
    return ReferenceRow(K.CURRENCY, home if code == NONE else code, name, code, _is_active(row), {"rates": rates})


def dated_rates(record: Record) -> list[Record]:
    """Sales take the selling rate (SQL Accounting's help on Maintain Currency): that of the period which holds the
    day, else the currency's own. Told as 'from this day on', with None as the beginning of time."""
    periods = [_period(row) for row in contract.nested(record, "sdscurrencyrate")]
    own = number(record, "sellingrate")
    days = sorted({first for first, _, _ in periods} | {_next(last) for _, last, _ in periods if last < dt.date.max})
    told = [(None, own), *((day.isoformat(), _rate_on(day, periods, own)) for day in days)]
    return [{"from": day, "rate": str(rate)} for day, rate in told if rate]


Period = tuple[dt.date, dt.date, Decimal | None]


def _period(row: Record) -> Period:
    first, last = contract.day(row, "datefrom"), contract.day(row, "dateto")
    return first or dt.date.min, last or dt.date.max, number(row, "sellingrate")


def _next(day: dt.date) -> dt.date:
    return day + dt.timedelta(days=1)


def _rate_on(day: dt.date, periods: Sequence[Period], own: Decimal | None) -> Decimal | None:
    """Of periods that overlap, the one that began last."""
    here = [(first, rate) for first, last, rate in periods if first <= day <= last and rate]
    return max(here, key=lambda each: each[0])[1] if here else own
