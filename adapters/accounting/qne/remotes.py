"""Documents of the books in our words, and how they are looked for."""

import datetime as dt
from collections.abc import Collection, Iterable

from adapters.accounting.base import Wanted
from adapters.accounting.qne import contract
from adapters.accounting.qne.client import Client
from adapters.accounting.qne.contract import Record, text
from adapters.accounting.qne.lists import details_of
from adapters.accounting.qne.masters import made_code, product_codes
from documents import ReferenceKind, Remote, Role


def document_of(row: Record) -> Remote:
    """An invoice, receipt or credit note, read or listed or answered; its total holds tax (section 6.3)."""
    return Remote(
        remote_id=text(row, "id"),
        reference=text(row, "referenceNo"),
        number=text(row, *contract.DOCUMENT_NUMBER),
        total=contract.number(row, *contract.TOTALS),
        currency=contract.code_of(row, "currency"),
        customer=contract.code_of(row, "customer"),
        date=contract.day(row, "docDate"),
        is_void=contract.flag(row, *contract.VOID, default=False),
        balance=contract.number(row, "outstandingAmount"),
        raw=row,
    )


def customer_of(row: Record, reference: str | None = None) -> Remote:
    """A customer: its code is its number and the trace of our reference; `raw` is what its list row would say."""
    code = text(row, "code")
    email = text(row, "email")
    details = contract.id_details(row) | ({"email": email} if email else {})
    return Remote(text(row, "id"), reference or code, code, raw=details)


def product_of(row: Record, reference: str | None = None) -> Remote:
    """A stock item, likewise."""
    code = text(row, "code")
    return Remote(text(row, "id"), reference or code, code, raw=details_of(ReferenceKind.ITEM, row))


def remote_of(role: Role, row: Record) -> Remote:
    """A document of any role."""
    if role in contract.MASTERS:
        return customer_of(row) if role is Role.CUSTOMER else product_of(row)
    return document_of(row)


# --- documents --------------------------------------------------------------------------------------------------


def find_documents(client: Client, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
    """Every document with one of these references. All pages of their days, where that takes fewer calls than one look
    for each reference (N4); else one by one. References are compared exactly, by us."""
    references = list(dict.fromkeys(each.reference for each in wanted))
    days = {each.reference: (each.day, each.until or each.day) for each in wanted if each.day is not None}
    found = _in_bulk(client, role, days) if len(days) > 1 else {}
    for reference in references:
        if reference not in found:
            found[reference] = _one_by_one(client, role, reference)
    return {reference: found[reference] for reference in references}


def _in_bulk(client: Client, role: Role, days: dict[str, tuple[dt.date, dt.date]]) -> dict[str, list[Remote]]:
    """Everything of these days. {} where that would take more calls than looking one by one, where pages shifted under
    us (fewer different rows than the books say there are), or where the list does not show references."""
    first, last = min(day for day, _ in days.values()), max(until for _, until in days.values())
    where = f"docDate ge {first}T00:00:00Z and docDate le {last}T23:59:59Z"
    rows: dict[str, Record] = {}
    total = None
    for place, (page, total) in enumerate(client.pages(contract.RESOURCE[role] + "/List", where, ()), start=1):
        rows |= {text(row, "id"): row for row in page}
        if _calls_left(len(page), total, place) + place > len(days):
            return {}
    if (total is not None and len(rows) < total) or (rows and not any("referenceNo" in row for row in rows.values())):
        return {}
    found: dict[str, list[Remote]] = {reference: [] for reference in days}
    for row in rows.values():
        if text(row, "referenceNo") in found:
            found[text(row, "referenceNo")].append(_whole(client, role, row))
    return found


def _calls_left(rows: int, total: int | None, pages: int) -> int:
    """How many more pages there are, as far as can be told: at least one after a full page."""
    if total is not None and total != rows:
        return max(-(-total // contract.PAGE) - pages, 0)
    return int(rows >= contract.PAGE)


def _one_by_one(client: Client, role: Role, reference: str) -> list[Remote]:
    found = (_whole(client, role, row) for row in _matching(client, role, "referenceNo", reference))
    return [remote for remote in found if remote.reference == reference]


def find_numbered(client: Client, role: Role, number: str) -> list[Remote]:
    """Every document with this number; numbers are compared exactly, by us."""
    rows = _matching(client, role, contract.DOCUMENT_NUMBER[0], number)
    return [remote for remote in (_whole(client, role, row) for row in rows) if remote.number == number]


def _whole(client: Client, role: Role, row: Record) -> Remote:
    """What a list row says, or the document itself where the row leaves out what we compare (rule L7), or whether it
    is void: rows of receipts never say that (section 6.4)."""
    listed = document_of(row)
    is_whole = listed.total is not None and listed.date and listed.currency and listed.customer and listed.reference
    if is_whole and (role is Role.SALE or any(name in row for name in contract.VOID)):
        return listed
    try:
        return document_of(client.record(f"{contract.RESOURCE[role]}/{listed.remote_id}"))
    except contract.Missing:
        return listed


# --- customers and stock items ----------------------------------------------------------------------------------


def find_customers(client: Client, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
    """Customers that we made, by the code that follows from our reference."""
    return {
        each.reference: [customer_of(row, each.reference) for row in _coded(client, role, made_code(each.reference))]
        for each in wanted
    }


def find_products(client: Client, role: Role, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
    """Stock items by the codes that they may have been given: `Wanted.number` is the SKU."""
    return {
        each.reference: [
            product_of(row, each.reference)
            for code in product_codes(each.reference, each.number)
            for row in _coded(client, role, code)
        ]
        for each in wanted
    }


def _coded(client: Client, role: Role, code: str) -> list[Record]:
    return [row for row in _matching(client, role, "code", code) if text(row, "code") == code]


def _matching(client: Client, role: Role, field: str, value: str) -> Iterable[Record]:
    """Inner quotes are doubled (section 3)."""
    quoted = value.replace("'", "''")
    for rows, _ in client.pages(f"{contract.RESOURCE[role]}/List", f"{field} eq '{quoted}'", ()):
        yield from rows


LOOKED_FOR = {
    Role.SALE: find_documents,
    Role.PAYMENT: find_documents,
    Role.REFUND: find_documents,
    Role.CUSTOMER: find_customers,
    Role.PRODUCT: find_products,
}
