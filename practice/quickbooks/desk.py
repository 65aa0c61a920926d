"""Carries out one operation on one company, as one write; replays what it did before (quickbooks-online.md 2.3)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from practice.quickbooks.books import Books, public
from practice.quickbooks.clock import Clock
from practice.quickbooks.entity import Entity, unsupported_operation
from practice.quickbooks.faults import Refused, gone, missing, stale
from practice.quickbooks.shapes import kept, numeric, read, unsupported
from practice.quickbooks.switches import Switches
from practice.quickbooks.write import Wish, Write
from practice.web import Doc

REPLAYS = "replays"
Operation = Callable[[Write], Doc]


@dataclass(frozen=True)
class Desk:
    """One company, and what every write needs."""

    books: Books
    switches: Switches
    clock: Clock

    def perform(self, wish: Wish, operation: Operation) -> Doc:
        """Do it, and remember the answer under the caller's request id in the same write; errors are not remembered."""
        key = "" if self.switches.requestid == "ignore" else wish.request_key
        with self.books.storage.writing(wish.in_time) as unit:
            before = self.books.find(REPLAYS, key) if key else None
            if before is not None:
                return self._repeated(before)
            write = Write(self.books, unit, self.switches, self.clock, wish)
            answer = operation(write)
            if key:
                unit.put(self.books.kind(REPLAYS), key, {"Id": key, "answer": answer})
            return answer

    def _repeated(self, before: Doc) -> Doc:
        if self.switches.requestid == "refuse":
            raise Refused("600", f"Duplicate Request ID : {before['Id']}")
        answer: Doc = before["answer"]
        return answer


def save(entity: Entity, body: object) -> Operation:
    """Create, or update where the body has an Id."""
    if not isinstance(body, dict):
        raise unsupported("body")
    if not entity.can_be_written:
        raise unsupported_operation(f"create of {entity.name}")
    has_id = body.get("Id") not in (None, "")
    return lambda write: _update(write, entity, body) if has_id else shown(entity, create(write, entity, body))


def create(write: Write, entity: Entity, body: Doc) -> Doc:
    """A new record, with all that follows from it."""
    made = write.insert(entity.name, entity.make(write, read(entity.shape, body), None), entity.sequence)
    entity.settle(write, made, None)
    return made


def delete(entity: Entity, body: object) -> Operation:
    """Take a transaction away; lists are made inactive instead (2.1)."""
    if not entity.can_be_deleted:
        raise unsupported_operation(f"delete of {entity.name}")

    def operation(write: Write) -> Doc:
        old = current(write, entity, body)
        entity.refuse_removal(write, old)
        entity.settle(write, None, old)
        write.remove(entity.name, old)
        return {entity.name: {"status": "Deleted", "domain": "QBO", "Id": old["Id"]}}

    return operation


def void(entity: Entity, body: object, by: str) -> Operation:
    """Make a transaction count no more; every kind has its own way to ask (2.1)."""
    if entity.voided_by != by:
        raise unsupported_operation(f"void of {entity.name}")

    def operation(write: Write) -> Doc:
        old = current(write, entity, body)
        new = entity.voided(write, old)
        entity.settle(write, new, old)
        return shown(entity, write.change(entity.name, new))

    return operation


def send(entity: Entity, key: str) -> Operation:
    """Mail a form."""

    def operation(write: Write) -> Doc:
        record = found(write, entity, key)
        return shown(entity, write.change(entity.name, entity.sent_by_mail(write, record)))

    return operation


def current(write: Write, entity: Entity, body: object) -> Doc:
    """The record that the body means; code 5010 where its SyncToken is not the present one."""
    if not isinstance(body, dict):
        raise unsupported("body")
    if body.get("Id") in (None, ""):
        raise missing("Id")
    record = found(write, entity, numeric(body["Id"], "Id"))
    if body.get("SyncToken") in (None, ""):
        raise missing("SyncToken")
    if str(body["SyncToken"]) != record["SyncToken"]:
        raise stale()
    return record


def found(write: Write, entity: Entity, key: str) -> Doc:
    """A record by its Id; code 610 where there is none."""
    record = write.find(entity.name, key)
    if record is None:
        raise gone("Another user has deleted this transaction.")
    return record


def shown(entity: Entity, record: Doc) -> Doc:
    """The record under its name, as an answer has it."""
    return {entity.name: dressed(record)}


MASKED, SHOWN = "PrimaryTaxIdentifier", 5


def dressed(record: Doc) -> Doc:
    """The record with what every answer adds; of a tax number only the last characters are told (3.3)."""
    number = record.get(MASKED)
    hidden = {MASKED: "X" * (len(number) - SHOWN) + number[-SHOWN:]} if number else {}
    return public(record) | hidden | {"domain": "QBO", "sparse": False}


def _update(write: Write, entity: Entity, body: Doc) -> Doc:
    """Full: what is not sent is empty; sparse: it stays (2.8)."""
    old = current(write, entity, body)
    sent = read(entity.shape, body)
    if body.get("sparse") is True:
        sent = entity.merged(write, kept(entity.shape, old), sent)
    made = entity.make(write, sent, old)
    stays = {name: value for name, value in old.items() if name in ("Id", "SyncToken", "MetaData") or name[0] == "_"}
    new = write.change(entity.name, stays | made)
    entity.settle(write, new, old)
    return shown(entity, new)
