"""Customers, items and the other small lists: create, change, delete (8.9 to 8.11)."""

from __future__ import annotations

from decimal import Decimal

from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work, marks
from practice.sql_accounting.fields import NONE, blank
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.values import body_of, read, rows_of
from practice.web import Doc, Request

WRITABLE = ("customer", "agent", "area", "project", "stockitem", "stockgroup", "location", "terms", "currency")
DEFAULTS: dict[str, Doc] = {
    "customer": {
        **{"controlaccount": "300-000", "creditterm": "30", "currencycode": NONE, "agent": NONE, "area": NONE},
        **{"status": "A", "statementtype": "O", "agingon": "I", "companycategory": NONE},
    },
    "stockitem": {"stockgroup": "DEFAULT", "stockcontrol": True},
    "terms": {"termtype": "A"},
}
LINKS = {
    "customer": {
        **{"controlaccount": "account", "agent": "agent", "area": "area", "creditterm": "terms"},
        **{"currencycode": "currency", "tax": "tax"},
    },
    "stockitem": {"stockgroup": "stockgroup", "sltax": "tax", "phtax": "tax"},
    "stockgroup": {"sales": "account", "salesreturned": "account", "cashsales": "account"},
    "location": {"project": "project"},
}
"""By resource: the fields that hold a code of another resource."""
ABSENT = ("companycategory", "pricetag")
"""Codes of resources that the practice company has not."""
USES = {
    "customer": ("code", ""),
    "agent": ("agent", ""),
    "area": ("area", ""),
    "project": ("project", "project"),
    "stockitem": ("", "itemcode"),
    "location": ("", "location"),
    "terms": ("terms", ""),
    "currency": ("currencycode", ""),
}
"""By resource: the field of a document, and that of its lines, which holds its code."""
DOCUMENTS = ("salesinvoice", "cashsales", "salescreditnote", "customerpayment", "customerrefund")


class Masters:
    """The writes of one list."""

    def __init__(self, books: Books, name: str) -> None:
        """Write into these books."""
        self.books, self.name, self.resource = books, name, RESOURCES[name]

    def create(self, request: Request) -> Doc:
        """Save a new record; its code is needed and must be new."""
        body = body_of(request)
        with self.books.writing(request) as work:
            code = body.get("code")
            if not isinstance(code, str) or not code.strip():
                raise Refused("code is required")
            if self.books.by_code(self.name, code):
                raise Refused(f"{self.resource.title} {code} already exists")
            record = self._made(work, body, self._start(work, request))
            work.put(self.name, record)
        return record

    def update(self, request: Request, key: str) -> Doc:
        """Change what is sent; masters have no `updatecount` (section 13)."""
        body = body_of(request)
        with self.books.writing(request) as work:
            old = self.books.get(self.name, key)
            record = self._made(work, body, old)
            if record["code"] != old["code"]:
                raise Refused("code cannot be changed")
            work.put(self.name, record)
        return record

    def delete(self, request: Request, key: str) -> None:
        """Take a record away that no document uses."""
        with self.books.writing(request) as work:
            old = self.books.get(self.name, key)
            self._refuse_used(old["code"])
            work.delete(self.name, old)

    def _start(self, work: Work, request: Request) -> Doc:
        fields = self.resource.fields
        start = blank(fields) | DEFAULTS.get(self.name, {}) | {table: [] for table in self.resource.nested}
        start |= {"isactive": True} if "isactive" in fields else {}
        start |= {"creationdate": self.books.today()} if "creationdate" in fields else {}
        return start | ({"dockey": work.key("dockey")} if "dockey" in fields else {}) | marks(request, self.books.now())

    def _made(self, work: Work, body: Doc, old: Doc) -> Doc:
        made = read(self.resource.fields, body, old, nested=tuple(self.resource.nested))
        for table in self.resource.nested:
            if table in body:
                made[table] = self._rows(work, table, body, old, made["code"])
        self._check(made)
        return made | ({"lastmodified": int(self.books.now())} if "lastmodified" in made else {})

    def _rows(self, work: Work, table: str, body: Doc, old: Doc, code: str) -> list[Doc]:
        """The detail table that is sent replaces the old one in whole; rows that it knows by key keep their key."""
        fields = self.resource.nested[table]
        key = next((name for name in ("dtlkey", "autokey") if name in fields), None)
        known = {row[key]: row for row in old[table]} if key else {}
        made = []
        for sent in rows_of(body, table):
            before = known.pop(sent.get(key), None) if key and isinstance(sent.get(key), int) else None
            row = read(fields, sent, before or blank(fields)) | {"code": code}
            made.append(row | ({key: before[key] if before else work.key(key)} if key else {}))
        return made

    def _check(self, made: Doc) -> None:
        for name, where in LINKS.get(self.name, {}).items():
            has_none = name in ("agent", "area", "project", "currencycode")
            known = self.books.known_or_none if has_none else self.books.known
            made[name] = known(where, made[name])
        for name in ABSENT:
            if made.get(name, NONE) not in ("", NONE):
                raise Refused(f"{name} {made[name]} does not exist")
        if self.name == "customer" and not made["companyname"].strip():
            raise Refused("Please enter company name")
        if self.name == "stockitem":
            _check_units(made)

    def _refuse_used(self, code: str) -> None:
        header, line = USES.get(self.name, ("", ""))
        for resource in DOCUMENTS:
            for document in self.books.rows(resource):
                lines = document.get("sdsdocdetail", [])
                if (header and document.get(header) == code) or (line and any(row[line] == code for row in lines)):
                    raise Refused(f"{self.resource.title} {code} is used in document {document['docno']}")


def _check_units(made: Doc) -> None:
    """An item has one base unit, of the rate 1; a new item without units gets one."""
    if not made["sdsuom"]:
        unit = blank(RESOURCES["stockitem"].nested["sdsuom"])
        made["sdsuom"] = [unit | {"code": made["code"], "uom": "UNIT", "rate": "1.00", "isbase": True}]
    base = [unit for unit in made["sdsuom"] if unit["isbase"]]
    names = [unit["uom"] for unit in made["sdsuom"]]
    if len(base) != 1 or Decimal(base[0]["rate"]) != 1 or len(set(names)) != len(names) or "" in names:
        raise Refused("An item needs different units, and one base unit with the rate 1")
