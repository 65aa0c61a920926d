"""Sales invoices, cash sales and sales credit notes: create, change, cancel, delete (sections 7, 9, 10)."""

from __future__ import annotations

import secrets
from decimal import Decimal

from practice.sql_accounting.answers import Refused
from practice.sql_accounting.books import Books, Work, check_lock, marks
from practice.sql_accounting.mirrors import MIRRORS, knocked_off, mirror_of, put_mirror
from practice.sql_accounting.sales_form import new_document, read_document
from practice.sql_accounting.values import body_of
from practice.web import Doc, Request

PREFIXES = {"salesinvoice": "IV", "cashsales": "CS", "salescreditnote": "CN"}


class Sales:
    """The writes of one kind of sales document."""

    def __init__(self, books: Books, resource: str) -> None:
        """Write into these books."""
        self.books, self.resource = books, resource

    def create(self, request: Request) -> Doc:
        """Save a new document; a reference that is there already is NOT refused: nothing is idempotent (section 9)."""
        body = body_of(request)
        if body.get("dockey"):
            raise Refused("A new document has no dockey")
        with self.books.writing(request) as work:
            start = new_document(self.books, self.resource, body)
            start |= {"dockey": work.key("dockey"), "_mirror": work.key("dockey")} | marks(request, self.books.now())
            record = self._numbered(work, read_document(work, self.resource, body, start), "")
            if self.books.switches.validate_at_once and not request.by_person:
                record |= validation(self.books)
            self._put(work, record)
        return record

    def update(self, request: Request, key: str) -> Doc:
        """Change a document; a change of `cancelled` changes nothing else."""
        body = body_of(request)
        with self.books.writing(request) as work:
            old = self._changeable(key, body)
            count = check_lock(old, body)
            if body.get("cancelled", old["cancelled"]) != old["cancelled"]:
                record = self._cancelled(old, body["cancelled"])
            else:
                record = self._changed(work, old, body)
            record["updatecount"] = count
            self._put(work, record)
        return record

    def delete(self, request: Request, key: str) -> None:
        """Take a document away, with its mirror; not one that is validated or knocked off (section 10)."""
        with self.books.writing(request) as work:
            old = self._changeable(key, {})
            self._refuse_knocked_off(old)
            work.delete(self.resource, old)
            mirror = mirror_of(self.books, self.resource, old)
            if mirror is not None:
                work.delete(MIRRORS[self.resource], mirror)

    def validate(self, request: Request, key: str) -> Doc:
        """What MyInvois does with an e-invoice: from now on it cannot be changed."""
        with self.books.writing(request) as work:
            old = self.books.get(self.resource, key)
            record = old | validation(self.books) | {"updatecount": old["updatecount"] + 1}
            self._put(work, record)
        return record

    def _changed(self, work: Work, old: Doc, body: Doc) -> Doc:
        if old["cancelled"]:
            raise Refused(f"Document {old['docno']} is cancelled")
        if not (self.books.switches.update_knocked_off or work.request.by_person):
            self._refuse_knocked_off(old)
        record = self._numbered(work, read_document(work, self.resource, body, old), old["docno"])
        settled = self._knocked_off(old)
        if settled and any(record[name] != old[name] for name in ("docno", "code", "currencycode")):
            self._refuse_knocked_off(old)
        if settled + Decimal(record.get("p_amount", "0")) > Decimal(record["docamt"]):
            raise Refused(f"{settled} is knocked off, more than the document's amount")
        return record

    def _cancelled(self, old: Doc, cancelled: bool) -> Doc:
        if not isinstance(cancelled, bool):
            raise Refused("cancelled must be true or false")
        if cancelled:
            self._refuse_knocked_off(old)
        return old | {"cancelled": cancelled}

    def _changeable(self, key: str, body: Doc) -> Doc:
        """The document, unless it is validated, in a closed period, or another one than the body says."""
        old = self.books.get(self.resource, key)
        if body.get("dockey") not in (None, 0, old["dockey"]):
            raise Refused("dockey is not that of this document")
        if old["irbm_uuid"]:
            raise Refused(f"Document {old['docno']} is validated by MyInvois and cannot be changed")
        self.books.open_day(old["postdate"])
        return old

    def _knocked_off(self, record: Doc) -> Decimal:
        return knocked_off(self.resource, mirror_of(self.books, self.resource, record))

    def _refuse_knocked_off(self, record: Doc) -> None:
        if self._knocked_off(record):
            raise Refused(f"Document {record['docno']} is knocked off")

    def _numbered(self, work: Work, record: Doc, old: str) -> Doc:
        """With its number; the mirror carries the same, so it must be free there too."""
        if old and record["docno"] in ("", old):
            return record | {"docno": old}
        places = self.resource, MIRRORS[self.resource]
        return record | {"docno": work.number(places, PREFIXES[self.resource], record["docno"])}

    def _put(self, work: Work, record: Doc) -> None:
        record["lastmodified"] = int(self.books.now())
        work.put(self.resource, record)
        put_mirror(work, self.resource, record)


def validation(books: Books) -> Doc:
    """What the e-invoice process writes into a validated document."""
    moment = f"{books.today()}T00:00:00Z"
    times = dict.fromkeys(("eiv_utc", "eiv_received_utc", "eiv_validated_utc"), moment)
    return times | {"irbm_status": 1, "irbm_uuid": secrets.token_hex(13).upper(), "irbm_longid": secrets.token_hex(25)}
