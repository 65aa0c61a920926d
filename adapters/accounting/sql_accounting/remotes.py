"""Documents of the books in our words, and how they are looked for."""

import datetime as dt
from collections.abc import Callable, Collection
from dataclasses import dataclass, replace

from adapters.accounting.base import Wanted
from adapters.accounting.sql_accounting import contract, lists
from adapters.accounting.sql_accounting.client import Client
from adapters.accounting.sql_accounting.contract import BLOBS, DOCUMENTS, RESOURCE, Record, flag, named, text
from adapters.errors import Refused
from documents import Remote, Role


def remote_of(role: Role, row: Record, home: str) -> Remote:
    """A record of any role, as it was read, listed or answered."""
    if role is Role.CUSTOMER:
        return _customer(row)
    return _product(row) if role is Role.PRODUCT else _document(role, row, home)


def _document(role: Role, row: Record, home: str) -> Remote:
    """`docamt` holds tax, in the document's currency. Of a payment the balance is what is not applied yet (D14)."""
    return Remote(
        remote_id=text(row, "dockey"),
        reference=text(row, "docref1"),
        number=text(row, "docno"),
        total=contract.number(row, "docamt"),
        currency=named(row, "currencycode") or home,
        customer=text(row, "code") or None,
        date=contract.day(row, "docdate"),
        is_void=flag(row, "cancelled", default=False),
        balance=contract.number(row, "unappliedamt") if role is Role.PAYMENT else None,
        raw={name: value for name, value in row.items() if name not in BLOBS},
    )


def _customer(row: Record) -> Remote:
    """Its code is its id and its number; `raw` is what its list row would say."""
    code, remark = text(row, "code"), text(row, "remark")
    reference = remark.removeprefix(contract.CUSTOMER_REMARK) if remark.startswith(contract.CUSTOMER_REMARK) else ""
    return Remote(code, reference, code, raw={"terms": named(row, "creditterm") or None})


def _product(row: Record) -> Remote:
    reference = text(row, contract.ITEM_REFERENCE)
    return Remote(text(row, "dockey"), reference, text(row, "code"), raw=lists.item_details(row))


# --- looking for them -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Finder:
    """Looks for the documents of one role."""

    client: Client
    role: Role
    home: str

    def find(self, wanted: Collection[Wanted]) -> dict[str, list[Remote]]:
        """Every document with one of these references: all of their days, where that takes fewer calls than one look
        for each reference; else one by one. References are compared exactly, by us."""
        references = list(dict.fromkeys(each.reference for each in wanted))
        days = {each.reference: (each.day, each.until or each.day) for each in wanted if each.day is not None}
        found = self._in_bulk(days) if self.role in DOCUMENTS and len(days) > 1 else {}
        for reference in references:
            if reference not in found:
                found[reference] = self.one(reference)
        return {reference: found[reference] for reference in references}

    def one(self, reference: str) -> list[Remote]:
        """Every record with this reference."""
        field, value, is_ours = _TRACES.get(self.role, _by_reference)(reference)
        rows = self.client.rows(RESOURCE[self.role], {field: value})
        found = (self.whole(row) for row in rows)
        return [replace(remote, reference=reference) for remote in found if is_ours(remote)]

    def numbered(self, number: str) -> list[Remote]:
        """Every document with this number; numbers are compared exactly, by us."""
        found = (self.whole(row) for row in self.client.rows(RESOURCE[self.role], {"docno": number}))
        return [remote for remote in found if remote.number == number]

    def _in_bulk(self, days: dict[str, tuple[dt.date, dt.date]]) -> dict[str, list[Remote]]:
        """Everything of these days. {} where that would take more calls than looking one by one, where pages shifted
        under us, or where these books cannot be asked for a span of days."""
        first, last = min(day for day, _ in days.values()), max(until for _, until in days.values())
        try:
            rows = self._rows_of_days(first, last, len(days))
        except Refused:  # an older version does not know spans
            return {}
        if rows is None or (not rows and not self.client.takes_spans()):
            return {}
        found: dict[str, list[Remote]] = {reference: [] for reference in days}
        for row in rows.values():
            remote = self.whole(row)
            if remote.reference in found:
                found[remote.reference].append(remote)
        return found

    def _rows_of_days(self, first: dt.date, last: dt.date, most: int) -> dict[str, Record] | None:
        """By their keys; None where it is not worth it, or where they cannot be relied on."""
        rows: dict[str, Record] = {}
        pages = self.client.pages(RESOURCE[self.role], {"docdate": f"{first}~{last}"}, ())
        for place, page in enumerate(pages, start=2):  # and one call for the empty page at the end
            before = len(rows)
            rows |= {text(row, "dockey"): row for row in page}
            is_shifted = len(rows) < before + len(page)
            is_of_days = all(first <= (contract.day(row, "docdate") or first) <= last for row in page)
            if is_shifted or not is_of_days or place + (len(page) >= contract.PAGE) > most:
                return None
        return rows

    def whole(self, row: Record) -> Remote:
        """What a list row says, or the record itself where the row leaves out what we compare (rule L7)."""
        listed = remote_of(self.role, row, self.home)
        if _NEEDED[self.role] <= row.keys():
            return listed
        try:
            return remote_of(self.role, self.client.record(f"{RESOURCE[self.role]}/{listed.remote_id}"), self.home)
        except contract.Missing:
            return listed


_COMPARED = frozenset({"docref1", "docno", "docamt", "docdate", "code", "currencycode"})
_NEEDED = {
    **dict.fromkeys(DOCUMENTS, _COMPARED),
    Role.CUSTOMER: frozenset({"code"}),
    Role.PRODUCT: frozenset({"code", contract.UNITS}),
}
"""What a row must hold so that the record itself need not be read."""

Trace = tuple[str, str, Callable[[Remote], bool]]
"""The field that tells whose a record is, its value, and whether a record that was found is really ours."""


def _by_reference(reference: str) -> Trace:
    return "docref1", reference, lambda remote: remote.reference == reference


def _by_remark(reference: str) -> Trace:
    return contract.ITEM_REFERENCE, reference, lambda remote: remote.reference == reference


def _by_code(reference: str) -> Trace:
    """A remark that somebody changed says nothing; that of another customer of ours says that it is not this one."""
    code = contract.own_code(reference)
    return "code", code, lambda remote: remote.number == code and remote.reference in {"", reference}


_TRACES: dict[Role, Callable[[str], Trace]] = {Role.CUSTOMER: _by_code, Role.PRODUCT: _by_remark}
