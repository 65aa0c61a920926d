"""How records are shown: header fields in lists, everything in a single record (6.1, 6.2)."""

from __future__ import annotations

from decimal import Decimal

import msgspec

from practice.sql_accounting import query
from practice.sql_accounting.answers import Missing, one, page
from practice.sql_accounting.books import Books
from practice.sql_accounting.knock_offs import open_amount
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import wire
from practice.web import Answer, Doc, Request


class Reader:
    """The reads of one resource."""

    def __init__(self, books: Books, name: str) -> None:
        """Read from these books."""
        self.books, self.name = books, name

    def listed(self, request: Request) -> Answer:
        """A page of header rows; by the switch `short_pages` a full page lacks its last row."""
        found = query.select(self.books, self.name, request.query)
        rows = found.rows[:-1] if len(found.rows) == found.limit and self._is_short() else found.rows
        shown = [shown_as(self.books, self.name, row, whole=False) for row in rows]
        return page(shown, found.offset, found.limit, found.total)

    def found(self, request: Request) -> Answer:
        """`/*?field=value`: one record with its details."""
        record = query.first(self.books, self.name, request.query)
        if record is None:
            raise Missing(f"{RESOURCES[self.name].title} not found")
        return self._answer(record)

    def read(self, request: Request, key: str) -> Answer:
        """One record with its details, by its path key."""
        return self._answer(self.books.get(self.name, key))

    def only(self, request: Request) -> Answer:
        """The one record of a resource that has no list (profile)."""
        return self._answer(self.books.rows(self.name)[0])

    def _answer(self, record: Doc) -> Answer:
        return one(shown_as(self.books, self.name, record, whole=True), self.books.switches.read_as)

    def _is_short(self) -> bool:
        left = self.books.switches.short_pages
        if left > 0:
            self.books.switches = msgspec.structs.replace(self.books.switches, short_pages=left - 1)
        return left != 0


def shown_as(books: Books, name: str, record: Doc, whole: bool) -> Doc:
    """The record as a list shows it, or with its details."""
    resource = RESOURCES[name]
    shown = {field: record.get(field) for field in resource.header(whole)}
    shown |= {field: value for field, value in record.items() if field.startswith("udf_")}
    if name == "customer":
        shown["outstanding"] = wire(_owed(books, record["code"]))
    if whole:
        shown |= {table: record[table] for table in resource.nested}
        shown |= _derived(name, record)
    return shown


def _derived(name: str, record: Doc) -> Doc:
    """What only the single record shows and other fields give."""
    if name == "customerinvoice":
        return {"outstanding": wire(open_amount("IV", record))}
    if name == "stockitem":
        base = next(unit for unit in record["sdsuom"] if unit["isbase"])
        return {"uom": base["uom"], "refcost": base["refcost"], "refprice": base["refprice"]}
    return {}


def _owed(books: Books, customer: str) -> Decimal:
    """What a customer's invoices have open, in their own currencies."""
    return sum((open_amount("IV", each) for each in books.where("customerinvoice", "code", customer)), Decimal("0.00"))
