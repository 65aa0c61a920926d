"""The customer's account: each sales document appears there under the same number (section 5, 8.6, 8.7)."""

from __future__ import annotations

from decimal import Decimal

from practice.sql_accounting.amounts import ZERO
from practice.sql_accounting.books import Books, Work
from practice.sql_accounting.fields import blank
from practice.sql_accounting.knock_offs import applied_in
from practice.sql_accounting.resources import AR_LINE, RESOURCES
from practice.sql_accounting.sales_form import due_day
from practice.sql_accounting.values import wire
from practice.web import Doc

MIRRORS = {"salesinvoice": "customerinvoice", "cashsales": "customerinvoice", "salescreditnote": "customercreditnote"}
COPIED = (
    *("docno", "docnoex", "code", "docdate", "postdate", "taxdate", "description", "area", "agent", "project"),
    *("currencycode", "currencyrate", "docamt", "localdocamt", "cancelled", "lastmodified"),
)


def mirror_of(books: Books, resource: str, document: Doc) -> Doc | None:
    """The mirror of a sales document that is in the books; a person may have deleted it."""
    return books.find(MIRRORS[resource], document["_mirror"])


def put_mirror(work: Work, resource: str, document: Doc) -> None:
    """Save the mirror of a document, new or as it is after a change."""
    name = MIRRORS[resource]
    old = mirror_of(work.books, resource, document) or _new(work, resource, document)
    made = old | {field: document[field] for field in COPIED}
    made["sdsdocdetail"] = [_line(document["_mirror"], line) for line in document["sdsdocdetail"]]
    if name == "customerinvoice":
        made |= {"terms": document["terms"], "duedate": due_day(work.books, document)}
        made["paymentamt"] = wire(knocked_off(resource, old) + Decimal(document.get("p_amount", ZERO)))
        made["_own"] = document.get("p_amount", wire(ZERO))
    else:
        made["unappliedamt"] = wire(Decimal(document["docamt"]) - applied_in(old["sdsknockoff"]))
    work.put(name, made)


def knocked_off(resource: str, mirror: Doc | None) -> Decimal:
    """By how much other documents have settled this one, in its own currency."""
    if mirror is None:
        return ZERO
    if MIRRORS[resource] == "customerinvoice":
        return Decimal(mirror["paymentamt"]) - Decimal(mirror["_own"])
    return applied_in(mirror["sdsknockoff"]) + Decimal(mirror["_taken"])


def _new(work: Work, resource: str, document: Doc) -> Doc:
    fields = RESOURCES[MIRRORS[resource]]
    start = blank(fields.fields) | {table: [] for table in fields.nested}
    marks = {name: value for name, value in document.items() if name in ("_person", "_hidden_until")}
    own = {"dockey": document["_mirror"], "journal": "SALES", "companycurrencyrate": "1.00", "fromdoctype": "SL"}
    return start | own | marks | {"_own": wire(ZERO), "_taken": wire(ZERO)}


def _line(dockey: int, line: Doc) -> Doc:
    row = {name: line.get(name, value) for name, value in blank(AR_LINE).items()}
    return row | {"dockey": dockey, "fromdtlkey": line["dtlkey"]}
