"""Change data capture: what changed, what was deleted (quickbooks-online.md 2.6)."""

from __future__ import annotations

from practice.quickbooks.books import Books, visible
from practice.quickbooks.clock import Clock, instant
from practice.quickbooks.desk import dressed
from practice.quickbooks.entities import ENTITIES
from practice.quickbooks.faults import Refused, missing
from practice.web import Doc

LONGEST_S = 30 * 86_400
MOST = 1000


def changes(books: Books, clock: Clock, query: dict[str, str]) -> Doc:
    """Whole records of the entities named, at most 1000 in all; the deleted ones come last, as stubs."""
    since, left = _since(clock, query), MOST
    responses: list[Doc] = []
    for name in _entities(query):
        rows = [row for row in visible(books.rows(name)) if instant(row["MetaData"]["LastUpdatedTime"]) >= since]
        stubs = [s for s in books.rows("deleted") if s["entity"] == name and instant(s["LastUpdatedTime"]) >= since]
        rows.sort(key=lambda row: instant(row["MetaData"]["LastUpdatedTime"]))
        shown = [*(dressed(row) for row in rows), *(_stub(stub) for stub in stubs)][:left]
        left -= len(shown)
        found = {name: shown, "startPosition": 1, "maxResults": len(shown), "totalCount": len(shown)}
        responses.append(found if shown else {})
    return {"CDCResponse": [{"QueryResponse": responses}]}


def _stub(stub: Doc) -> Doc:
    times = {"LastUpdatedTime": stub["LastUpdatedTime"]}
    return {"status": "Deleted", "domain": "QBO", "Id": stub["Id"], "MetaData": times}


def _since(clock: Clock, query: dict[str, str]) -> float:
    written = query.get("changedSince", "")
    if not written:
        raise missing("changedSince")
    try:
        since = instant(written)
    except ValueError as error:
        raise Refused("2060", f"changedSince is no time. Supplied value:{written}") from error
    if clock.now() - since > LONGEST_S:
        raise Refused("2070", f"changedSince cannot be more than 30 days back. Supplied value:{written}")
    return since


def _entities(query: dict[str, str]) -> list[str]:
    names = [name.strip() for name in query.get("entities", "").split(",") if name.strip()]
    if not names:
        raise missing("entities")
    for name in names:
        if name not in ENTITIES or not ENTITIES[name].is_captured:
            raise Refused("2000", f"{name} is not supported by change data capture")
    return names
