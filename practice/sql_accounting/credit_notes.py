"""The customer's credit note, mirror of a sales credit note: applied to invoices by PUT (8.6, D15)."""

from __future__ import annotations

from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, check_lock
from practice.sql_accounting.knock_offs import check_sum, read_rows, settle
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import body_of, read
from practice.web import Doc, Request

RESOURCE = "customercreditnote"


class CreditNotes:
    """The one write of the mirror: what it knocks off. All else is written through the sales credit note."""

    def __init__(self, books: Books) -> None:
        """Write into these books."""
        self.books = books

    def update(self, request: Request, key: str) -> Doc:
        """Knock off exactly the rows that are sent; with `unappliedamt` they must make up the amount."""
        body = body_of(request)
        with self.books.writing(request) as work:
            old = self.books.get(RESOURCE, key)
            count = check_lock(old, body)
            self.books.open_day(old["postdate"])
            made = read(RESOURCES[RESOURCE].fields, body, old, nested=("sdsknockoff", "sdsdocdetail"))
            if old["cancelled"] or made["cancelled"]:
                raise Refused("It is cancelled, or brought back, through its sales credit note")
            if "sdsknockoff" in body:
                made["sdsknockoff"] = read_rows(self.books, RESOURCE, made, body, old["sdsknockoff"])
            check_sum(made, made["sdsknockoff"])
            made |= {"updatecount": count, "lastmodified": int(self.books.now())}
            settle(work, old["sdsknockoff"], made["sdsknockoff"])
            work.put(RESOURCE, made)
        return made
