"""Documents of the books in our words, and how they are looked for."""

import datetime as dt
from collections.abc import Collection, Iterable

from adapters.accounting.base import Wanted
from adapters.accounting.qne import contract
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record, text
from adapters.accounting.qne.invoices import customer_code
from documents import Remote, Role


def invoice_of(row: Record) -> Remote:
    """A sales invoice, read or listed or answered; netTotalAmount holds tax (section 6.3)."""
    return Remote(
        remote_id=text(row, "id"),
        reference=text(row, "referenceNo"),
        number=text(row, *contract.DOCUMENT_NUMBER),
        total=contract.number(row, *contract.TOTALS),
        currency=contract.code_of(row, "currency"),
        customer=contract.code_of(row, "customer"),
        date=contract.day(row, "docDate"),
        is_void=contract.flag(row, "isCancelled", "isVoid", default=False),
        raw=row,
    )


def customer_of(row: Record, reference: str | None = None) -> Remote:
    """A customer: its code is its number and the trace of our reference; `raw` is what its list row would say."""
    code = text(row, "code")
    email = text(row, "email")
    details = contract.id_details(row) | ({"email": email} if email else {})
    return Remote(text(row, "id"), reference or code, code, raw=details)


def remote_of(role: Role, row: Record) -> Remote:
    """A document of any role."""
    return invoice_of(row) if role is Role.SALE else customer_of(row)


def find_invoices(client: Client, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
    """Every invoice with one of these references. All pages of their days, where that takes fewer calls than one look
    for each reference (N4); else one by one. References are compared exactly, by us."""
    references = list(dict.fromkeys(each.reference for each in wanted))
    days = {each.reference: (each.day, each.until or each.day) for each in wanted if each.day is not None}
    found = _in_bulk(client, days) if len(days) > 1 else {}
    for reference in references:
        if reference not in found:
            found[reference] = _one_by_one(client, reference)
    return {reference: found[reference] for reference in references}


def _in_bulk(client: Client, days: dict[str, tuple[dt.date, dt.date]]) -> dict[str, list[Remote]]:
    """Everything of these days. {} where that would take more calls than looking one by one, where pages shifted under
    us (fewer different rows than the books say there are), or where the list does not show references."""
    first, last = min(day for day, _ in days.values()), max(until for _, until in days.values())
    where = f"docDate ge {first}T00:00:00Z and docDate le {last}T23:59:59Z"
    rows: dict[str, Record] = {}
    total = None
    for place, (page, total) in enumerate(client.pages(contract.RESOURCE[Role.SALE] + "/List", where, ()), start=1):
        rows |= {text(row, "id"): row for row in page}
        if _calls_left(len(page), total, place) + place > len(days):
            return {}
    if (total is not None and len(rows) < total) or (rows and not any("referenceNo" in row for row in rows.values())):
        return {}
    found: dict[str, list[Remote]] = {reference: [] for reference in days}
    for row in rows.values():
        if text(row, "referenceNo") in found:
            found[text(row, "referenceNo")].append(_whole(client, row))
    return found


def _calls_left(rows: int, total: int | None, pages: int) -> int:
    """How many more pages there are, as far as can be told: at least one after a full page."""
    if total is not None and total != rows:
        return max(-(-total // contract.PAGE) - pages, 0)
    return int(rows >= contract.PAGE)


def _one_by_one(client: Client, reference: str) -> list[Remote]:
    rows = _matching(client, contract.RESOURCE[Role.SALE], "referenceNo", reference)
    found = (_whole(client, row) for row in rows)
    return [remote for remote in found if remote.reference == reference]


def find_numbered(client: Client, number: str) -> list[Remote]:
    """Every invoice with this number; numbers are compared exactly, by us."""
    rows = _matching(client, contract.RESOURCE[Role.SALE], contract.DOCUMENT_NUMBER[0], number)
    return [remote for remote in (_whole(client, row) for row in rows) if remote.number == number]


def find_customers(client: Client, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
    """Customers that we made, by the code that follows from our reference."""
    return {each.reference: _customers(client, each.reference) for each in wanted}


def _customers(client: Client, reference: str) -> list[Remote]:
    code = customer_code(reference)
    rows = _matching(client, contract.RESOURCE[Role.CUSTOMER], "code", code)
    return [customer_of(row, reference) for row in rows if text(row, "code") == code]


def _matching(client: Client, resource: str, field: str, value: str) -> Iterable[Record]:
    """Inner quotes are doubled (section 3)."""
    quoted = value.replace("'", "''")
    for rows, _ in client.pages(f"{resource}/List", f"{field} eq '{quoted}'", ()):
        yield from rows


def _whole(client: Client, row: Record) -> Remote:
    """What a list row says, or the document itself where the row leaves out what we compare (rule L7)."""
    listed = invoice_of(row)
    is_whole = listed.total is not None and listed.date and listed.currency and listed.customer and listed.reference
    if is_whole:
        return listed
    try:
        return invoice_of(client.record(f"{contract.RESOURCE[Role.SALE]}/{listed.remote_id}"))
    except contract.Missing:
        return listed


LOOKED_FOR = {Role.SALE: find_invoices, Role.CUSTOMER: find_customers}
