"""Customer payments and refunds, with what they knock off (8.5, 8.8)."""

from __future__ import annotations

from decimal import Decimal

from practice.sql_accounting.amounts import cents
from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work, check_lock, marks
from practice.sql_accounting.fields import blank
from practice.sql_accounting.knock_offs import check_sum, read_rows, settle
from practice.sql_accounting.lines import leaf
from practice.sql_accounting.resources import RESOURCES
from practice.sql_accounting.sales_form import currency, dates
from practice.sql_accounting.values import body_of, read, wire
from practice.web import Doc, Request

PREFIXES = {"customerpayment": "OR", "customerrefund": "RF"}


class Payments:
    """The writes of payments, or of refunds."""

    def __init__(self, books: Books, resource: str) -> None:
        """Write into these books."""
        self.books, self.resource = books, resource

    def create(self, request: Request) -> Doc:
        """Save new money and knock off what its rows name; a repeated reference is not refused."""
        body = body_of(request)
        if body.get("dockey"):
            raise Refused("A new document has no dockey")
        with self.books.writing(request) as work:
            start = blank(RESOURCES[self.resource].fields) | {"sdsknockoff": [], "_taken": wire(Decimal(0))}
            start |= {"dockey": work.key("dockey"), "gltransid": work.key("gltransid")}
            start |= marks(request, self.books.now())
            record = self._made(work, body, start)
            self._put(work, record, [])
        return record

    def update(self, request: Request, key: str) -> Doc:
        """Change it; a change of `cancelled` changes nothing else but lets go, for good, what it had knocked off."""
        body = body_of(request)
        with self.books.writing(request) as work:
            old = self._changeable(key)
            count = check_lock(old, body)
            if body.get("cancelled", old["cancelled"]) != old["cancelled"]:
                record = _cancelled(old, body["cancelled"])
            elif old["cancelled"]:
                raise Refused(f"Document {old['docno']} is cancelled")
            else:
                record = self._made(work, body, old)
            record["updatecount"] = count
            self._put(work, record, old["sdsknockoff"])
        return record

    def delete(self, request: Request, key: str) -> None:
        """Take it away; what it had knocked off is open again."""
        with self.books.writing(request) as work:
            old = self._changeable(key)
            _refuse_taken(old)
            settle(work, old["sdsknockoff"], [])
            work.delete(self.resource, old)

    def _made(self, work: Work, body: Doc, old: Doc) -> Doc:
        """The document that `body` makes of `old`."""
        made = read(RESOURCES[self.resource].fields, body, old, nested=("sdsknockoff",))
        self.books.need("customer", made["code"])
        made |= dates(self.books, made) | currency(self.books, made) | self._codes(made)
        amount = Decimal(made["docamt"])
        if amount <= 0:
            raise Refused("docamt must be more than 0")
        made["localdocamt"] = wire(cents(amount * Decimal(made["currencyrate"])))
        if "sdsknockoff" in body:
            made["sdsknockoff"] = read_rows(self.books, self.resource, made, body, old["sdsknockoff"])
        elif any(made[name] != old[name] for name in ("code", "currencycode")) and old["sdsknockoff"]:
            raise Refused("Its knock offs belong to another customer or currency")
        check_sum(made, made["sdsknockoff"])
        if self.books.switches.drop_knock_offs:
            made |= {"sdsknockoff": [], "unappliedamt": made["docamt"]}
        return self._numbered(work, made, old["docno"])

    def _codes(self, made: Doc) -> Doc:
        """The codes that it names, looked up; the journal follows the method."""
        books = self.books
        method = books.need("pmmethod", made["paymentmethod"])
        names = {"agent": "agent", "area": "area", "project": "project", "paymentproject": "project"}
        codes = {name: books.known_or_none(where, made[name]) for name, where in names.items()}
        charge = Decimal(made["bankcharge"])
        account = made["bankchargeaccount"] or method["bankchargeaccount"]
        if charge < 0 or charge > Decimal(made["docamt"]):
            raise Refused("bankcharge must be between 0 and docamt")
        return codes | {"journal": method["journal"], "bankchargeaccount": leaf(books, account) if charge else account}

    def _numbered(self, work: Work, made: Doc, old: str) -> Doc:
        if old and made["docno"] in ("", old):
            return made | {"docno": old}
        return made | {"docno": work.number((self.resource,), PREFIXES[self.resource], made["docno"])}

    def _changeable(self, key: str) -> Doc:
        old = self.books.get(self.resource, key)
        self.books.open_day(old["postdate"])
        return old

    def _put(self, work: Work, record: Doc, old: list[Doc]) -> None:
        record["lastmodified"] = int(self.books.now())
        settle(work, old, record["sdsknockoff"])
        work.put(self.resource, record)


def _cancelled(old: Doc, cancelled: bool) -> Doc:
    if not isinstance(cancelled, bool):
        raise Refused("cancelled must be true or false")
    _refuse_taken(old)
    return old | {"cancelled": cancelled, "sdsknockoff": [], "unappliedamt": old["docamt"]}


def _refuse_taken(old: Doc) -> None:
    if Decimal(old["_taken"]):
        raise Refused(f"Document {old['docno']} is knocked off")
