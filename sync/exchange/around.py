"""What stands around a record: what it leads to, and its parts; read for many records at once."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import TypeVar

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.replies import decode
from adapters.stores.exchange.fields import ExchangeObject, Record
from adapters.stores.exchange.store import Around
from documents import N_, Message, say
from models import ExchangeLink, ExchangeRecord

AT_ONCE = 500
Each = TypeVar("Each")
Name = tuple[str, str]
"""Object and id of a record."""


def chunks(values: Sequence[Each]) -> Iterator[Sequence[Each]]:
    """As many at a time as one statement takes well."""
    for start in range(0, len(values), AT_ONCE):
        yield values[start : start + AT_ONCE]


class Surroundings:
    """The records around some of one store; `objects` are all that it has."""

    def __init__(
        self, session: Session, store_id: int, objects: Sequence[ExchangeObject], rows: Sequence[ExchangeRecord]
    ) -> None:
        self._session, self._store_id = session, store_id
        self._objects = {each.name: each for each in objects}
        self._known: dict[Name, Record] = {}
        self._troubles: dict[Name, str] = {}
        self._find({name for row in rows if row.payload for name in self._named(row.object, record_of(row))})
        self._parts = self._find_parts(rows)

    def of(self, row: ExchangeRecord, record: Record) -> tuple[Around, Message | None]:
        """What is around one record, and why it must wait, if it must."""
        linked: dict[Name, Record] = {}
        missing = self._walk(row.object, record, linked)
        return Around(linked, self._parts.get((row.object, row.external_id), {})), missing

    def _walk(self, name: str, record: Record, linked: dict[Name, Record]) -> Message | None:
        """Follow the links; the first record that is needed and not there."""
        missing: Message | None = None
        for link in self._objects[name].links:
            for record_id in () if link.is_parent else link.ids(record):
                found = self._known.get((link.object, record_id))
                if found is None:
                    missing = missing or (self._why(link.object, record_id) if link.is_needed else None)
                elif (link.object, record_id) not in linked:
                    linked[link.object, record_id] = found
                    missing = missing or self._walk(link.object, found, linked)
        return missing

    def _why(self, name: str, record_id: str) -> Message:
        trouble = self._troubles.get((name, record_id))
        if trouble:
            reason = msgspec.json.decode(trouble, type=Message)
            return say(
                N_("It waits: {id} of {object} cannot be read. {reason}"), id=record_id, object=name, reason=reason
            )
        return say(N_("It waits for {id} of {object}, which has not come in yet."), id=record_id, object=name)

    def _named(self, name: str, record: Record) -> set[Name]:
        links = (link for link in self._objects[name].links if not link.is_parent)
        return {(link.object, record_id) for link in links for record_id in link.ids(record)}

    def _find(self, wanted: set[Name]) -> None:
        while wanted:
            found = dict(self._read(wanted))
            self._known |= found
            wanted = {each for name, record in found.items() for each in self._named(name[0], record)}
            wanted -= self._known.keys() | self._troubles.keys()

    def _read(self, wanted: Iterable[Name]) -> Iterator[tuple[Name, Record]]:
        wanted = list(wanted)
        for name in {each for each, _ in wanted}:
            for some in chunks([record_id for each, record_id in wanted if each == name]):
                query = select(ExchangeRecord).where(
                    ExchangeRecord.store_id == self._store_id,
                    ExchangeRecord.object == name,
                    ExchangeRecord.external_id.in_(some),
                )
                for row in self._session.scalars(query):
                    if row.trouble:
                        self._troubles[name, row.external_id] = row.trouble
                    if row.payload:
                        yield (name, row.external_id), record_of(row)

    def _find_parts(self, rows: Sequence[ExchangeRecord]) -> Mapping[Name, dict[str, list[Record]]]:
        """Records that name one of these as the whole that they are a part of."""
        found: dict[Name, dict[str, list[Record]]] = {}
        for part, link in ((each, link) for each in self._objects.values() for link in each.links if link.is_parent):
            ids = [row.external_id for row in rows if row.object == link.object]
            for some in chunks(ids):
                query = select(ExchangeRecord, ExchangeLink.external_id).join(
                    ExchangeLink, ExchangeLink.record_id == ExchangeRecord.id
                )
                query = query.where(ExchangeLink.store_id == self._store_id, ExchangeLink.object == link.object)
                query = query.where(ExchangeLink.external_id.in_(some), ExchangeRecord.object == part.name)
                for row, whole in self._session.execute(query.order_by(ExchangeRecord.external_id)):
                    found.setdefault((link.object, whole), {}).setdefault(part.name, []).append(record_of(row))
        return found


def record_of(row: ExchangeRecord) -> Record:
    """A kept record."""
    read: Record = decode(row.payload.encode())
    return read
