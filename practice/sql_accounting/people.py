"""What the bookkeeper does in SQL Account behind our back, through the control API."""

from __future__ import annotations

from collections.abc import Callable

from practice.routes import Routes
from practice.sql_accounting import SqlAccounting
from practice.sql_accounting.answers import Conflict, Refused
from practice.sql_accounting.books import Books, Work, public
from practice.sql_accounting.credit_notes import CreditNotes
from practice.sql_accounting.fields import blank
from practice.sql_accounting.ledger import KINDS
from practice.sql_accounting.masters import Masters
from practice.sql_accounting.mirrors import MIRRORS, mirror_of
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.sales import Sales
from practice.web import Answer, Doc, Request, write_json

NAMES = {
    **KINDS,
    **{"customers": "customer", "items": "stockitem", "taxes": "tax", "accounts": "account", "currencies": "currency"},
    **{"agents": "agent", "areas": "area", "projects": "project", "locations": "location", "methods": "pmmethod"},
}
"""Words for resources in the control API; the resource's own name does as well."""


class Bookkeeper:
    """People in the books of one company."""

    def __init__(self, system: SqlAccounting) -> None:
        """Act in these books."""
        self.system = system

    @property
    def books(self) -> Books:
        """The books."""
        return self.system.books

    def add_to(self, routes: Routes) -> None:
        """Hang the calls into the control API's table, before the general ones."""
        base = "/sql_accounting/{kind}"
        routes.add("POST", base, self._add)
        routes.add("PATCH", f"{base}/{{id}}", self._change)
        routes.add("DELETE", f"{base}/{{id}}", self._delete)
        routes.add("POST", f"{base}/{{id}}/{{what}}", self._act)

    def _add(self, request: Request, kind: str) -> Answer:
        """A record of a person, as strict as the API; of a list that the API does not write, as it is."""
        name = NAMES.get(kind, kind)
        writer = self.system.writers.get(name)
        if writer is not None and not isinstance(writer, CreditNotes):
            return self._as_person(request, writer.create)
        fields = RESOURCES[name]
        start = blank(fields.fields) | {table: [] for table in fields.nested}
        return self._save(request, name, start | request.json())

    def _change(self, request: Request, kind: str, key: str) -> Answer:
        """A person's edit of a document, of one that is knocked off too; other records are merged as they are."""
        name = NAMES.get(kind, kind)
        old, writer = self.books.get(name, key), self.system.writers.get(name)
        if writer is None or isinstance(writer, Masters):
            return self._save(request, name, old | request.json())
        request.body = write_json({"updatecount": old["updatecount"] + 1} | request.json())
        return self._as_person(request, writer.update, key)

    def _act(self, request: Request, kind: str, key: str, what: str) -> Answer:
        """`void`, `unvoid`, or `validate` as MyInvois does it."""
        if what == "validate":
            return self._as_person(request, Sales(self.books, NAMES.get(kind, kind)).validate, key)
        request.body = write_json({"cancelled": {"void": True, "unvoid": False}[what]})
        return self._change(request, kind, key)

    def _delete(self, request: Request, kind: str, key: str) -> Answer:
        """Take a record away, hard, with its mirror."""
        name = NAMES.get(kind, kind)
        record = self.books.get(name, key)
        with self.books.writing(request) as work:
            work.delete(name, record)
            mirror = mirror_of(self.books, name, record) if name in MIRRORS else None
            if mirror is not None:
                work.delete(MIRRORS[name], mirror)
        return Answer({})

    def _save(self, request: Request, name: str, record: Doc) -> Answer:
        with self.books.writing(request) as work:
            _stamp(work, record)
            work.put(name, record)
        return Answer(public(record))

    def _as_person(self, request: Request, call: Callable[..., Doc], *key: str) -> Answer:
        request.by_person = True
        try:
            return Answer(public(call(request, *key)))
        except Conflict as error:
            raise ValueError("changed in between") from error
        except Refused as error:
            raise ValueError(str(error)) from error


def _stamp(work: Work, record: Doc) -> None:
    """`lastmodified`, where the list has it."""
    if "lastmodified" in record:
        record["lastmodified"] = int(work.books.now())
