"""Keeping records: each accepted, unchanged or rejected, and what they reach marked to be made anew."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

import msgspec
from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from adapters.replies import Json, decode, encode
from adapters.stores.exchange.checking import LONGEST_ID, Fault, cleaned
from adapters.stores.exchange.fields import DELETED, UPDATED, ExchangeObject, Makes, Record
from documents import N_, Message, say
from models import ExchangeLink, ExchangeRecord, Via
from sync.exchange.around import chunks
from sync.held import hold_store

ACCEPTED, UNCHANGED, REJECTED = "accepted", "unchanged", "rejected"


@dataclass(frozen=True, slots=True)
class Kept:
    """What became of one record; `record_id` is empty where nothing names it."""

    record_id: str
    status: str
    faults: tuple[Fault, ...] = ()


@dataclass(frozen=True, slots=True)
class Incoming:
    """Where records come from: of which store, which way, when."""

    store_id: int
    via: Via
    now: datetime


def keep(
    session: Session, source: Incoming, objects: Sequence[ExchangeObject], what: ExchangeObject, records: Sequence[Json]
) -> list[Kept]:
    """Keep these records of one object, inside `writing()`. One that is not as the contract says is rejected; of a
    pull it is remembered with its reason, for there is nobody else to tell."""
    hold_store(session, source.store_id)
    read = list(_read(what, records))
    known = kept(session, source.store_id, what, [record_id for record_id, _, _ in read if _is_id(record_id)])
    results, changed = [], list[ExchangeRecord]()
    for record_id, record, faults in read:
        row = known.get(record_id)
        if faults:
            if source.via is Via.PULL and _is_id(record_id):
                known[record_id] = _note_trouble(session, source, what, row, record_id, faults)
                changed.append(known[record_id])
            results.append(Kept(record_id, REJECTED, faults))
            continue
        row, is_changed = _written(session, source, what, row, record)
        changed += [row] if is_changed and row else []
        results.append(Kept(record_id, ACCEPTED if is_changed else UNCHANGED))
    session.flush()
    left = _wholes(session, source.store_id, what, changed)
    _link(session, source.store_id, what, changed)
    mark(session, source.store_id, objects, what, changed, left)
    return results


def _is_id(record_id: str) -> bool:
    """Whether a row can have it; no database takes a NUL in a text."""
    return 0 < len(record_id) <= LONGEST_ID and "\0" not in record_id


def _read(what: ExchangeObject, records: Sequence[Json]) -> Iterator[tuple[str, Record, tuple[Fault, ...]]]:
    """Id, cleaned record and faults of each; of those with one id none is taken, for nobody can say which is right."""
    often = Counter(what.id_of(raw) for raw in records)
    for raw in records:
        record_id = what.id_of(raw)
        record, faults = cleaned(what, raw)
        if record_id and often[record_id] > 1:
            twice = say(N_("{id} stands here more than once: send each record once."), id=record_id)
            faults = (*faults, Fault(what.key, "duplicate", twice))
        yield record_id, record, faults


def kept(session: Session, store_id: int, what: ExchangeObject, ids: Sequence[str]) -> dict[str, ExchangeRecord]:
    """The records of one object that are here, by id."""
    found: dict[str, ExchangeRecord] = {}
    for some in chunks(ids):
        query = select(ExchangeRecord).where(
            ExchangeRecord.store_id == store_id,
            ExchangeRecord.object == what.name,
            ExchangeRecord.external_id.in_(some),
        )
        rows = session.scalars(query.execution_options(populate_existing=True))
        found |= {row.external_id: row for row in rows}
    return found


def _written(
    session: Session, source: Incoming, what: ExchangeObject, row: ExchangeRecord | None, record: Record
) -> tuple[ExchangeRecord | None, bool]:
    """The row, and whether it says something else now. What is older than what is kept is left aside; a record that is
    there no more keeps what it said last, or why it could never be read."""
    updated_at = datetime.fromisoformat(record[UPDATED]) if UPDATED in record else None
    is_gone = bool(record.get(DELETED))
    if row and row.updated_at and updated_at and updated_at < row.updated_at:
        return row, False
    if is_gone:
        if row is None:
            return None, False
        if not row.payload:
            return row, _gone(row)
        since = (updated_at or source.now).isoformat()
        record = {**decode(row.payload.encode()), DELETED: True, UPDATED: since}
    payload = encode(record).decode()
    digest = hashlib.sha256(encode({name: record[name] for name in record if name != UPDATED})).hexdigest()
    is_changed = row is None or row.sha256 != digest or row.trouble is not None
    if what.makes is Makes.PART and updated_at and row:  # its whole tells it too, and the newest word counts
        is_changed |= updated_at != row.updated_at
    row = row or _new(session, source, what, what.id_of(record))
    row.updated_at = updated_at or row.updated_at
    if is_changed:
        row.payload, row.sha256, row.trouble, row.is_gone = payload, digest, None, is_gone
        row.received_at, row.via = source.now, source.via
    return row, is_changed


def _gone(row: ExchangeRecord) -> bool:
    """Note that a record which says nothing is there no more; whether that is news."""
    was_gone, row.is_gone = row.is_gone, True
    return not was_gone


def _new(session: Session, source: Incoming, what: ExchangeObject, record_id: str) -> ExchangeRecord:
    row = ExchangeRecord(
        store_id=source.store_id,
        object=what.name,
        external_id=record_id,
        payload="",
        sha256="",
        received_at=source.now,
        via=source.via,
        is_gone=False,
        is_stale=False,
    )
    session.add(row)
    return row


def _note_trouble(
    session: Session,
    source: Incoming,
    what: ExchangeObject,
    row: ExchangeRecord | None,
    record_id: str,
    faults: Sequence[Fault],
) -> ExchangeRecord:
    row = row or _new(session, source, what, record_id)
    row.trouble, row.is_gone = msgspec.json.encode(sentence(faults)).decode(), False
    row.received_at, row.via = source.now, source.via
    return row


def sentence(faults: Sequence[Fault]) -> Message:
    """Why a record is not taken, by its first fault."""
    first = faults[0]
    more = N_("{field}: {reason}") if len(faults) == 1 else N_("{field}: {reason} ({count} more)")
    return say(more, field=first.field, reason=first.message, count=len(faults) - 1)


def _link(session: Session, store_id: int, what: ExchangeObject, rows: Iterable[ExchangeRecord]) -> None:
    """Write down what these records name, so that whoever they name finds them."""
    rows = [row for row in rows if row.payload] if what.links else []
    for some in chunks([row.id for row in rows]):
        session.execute(delete(ExchangeLink).where(ExchangeLink.record_id.in_(some)))
    named = {
        (row.id, link.object, external_id[:64])
        for row in rows
        for link in what.links
        for external_id in link.ids(decode(row.payload.encode()))
    }
    columns = ("record_id", "object", "external_id")
    values = [{"store_id": store_id, **dict(zip(columns, each, strict=True))} for each in sorted(named)]
    if values:
        session.execute(insert(ExchangeLink), values)


def mark(
    session: Session,
    store_id: int,
    objects: Sequence[ExchangeObject],
    what: ExchangeObject,
    changed: Sequence[ExchangeRecord],
    left: Sequence[int] = (),
) -> None:
    """Whatever is made of these records, of those that name them (a company's contacts, their orders), or of those
    that they are a part of, is to be made anew; `left` are the records that they were a part of until now."""
    by_name = {each.name: each for each in objects}
    stale = [row.id for row in changed] if what.makes is not Makes.PART else []
    stale += [*left, *_wholes(session, store_id, what, changed)]
    reached = [(what.name, row.external_id) for row in changed] if what.makes is not Makes.ORDER else []
    while reached:
        found = [each for each in _naming(session, store_id, reached) if by_name[each[1]].makes is not Makes.PART]
        stale += [row_id for row_id, _, _ in found]
        reached = [(name, record_id) for _, name, record_id in found if by_name[name].makes is not Makes.ORDER]
    for some in chunks(sorted(set(stale))):
        session.execute(update(ExchangeRecord).where(ExchangeRecord.id.in_(some)).values(is_stale=True))


def _wholes(session: Session, store_id: int, what: ExchangeObject, parts: Sequence[ExchangeRecord]) -> list[int]:
    """The records that these are a part of, as far as they are known."""
    objects = [link.object for link in what.links if link.is_parent]
    found: list[int] = []
    for some in chunks([row.id for row in parts] if objects else []):
        query = select(ExchangeRecord.id).join(
            ExchangeLink,
            (ExchangeLink.object == ExchangeRecord.object) & (ExchangeLink.external_id == ExchangeRecord.external_id),
        )
        query = query.where(ExchangeRecord.store_id == store_id, ExchangeRecord.object.in_(objects))
        found += session.scalars(query.where(ExchangeLink.store_id == store_id, ExchangeLink.record_id.in_(some)))
    return found


def _naming(session: Session, store_id: int, reached: list[tuple[str, str]]) -> list[tuple[int, str, str]]:
    """The records that name any of these: id, object, external id."""
    found: list[tuple[int, str, str]] = []
    for name in {each for each, _ in reached}:
        for some in chunks([record_id for each, record_id in reached if each == name]):
            query = select(ExchangeRecord.id, ExchangeRecord.object, ExchangeRecord.external_id)
            query = query.join(ExchangeLink, ExchangeLink.record_id == ExchangeRecord.id)
            query = query.where(ExchangeLink.store_id == store_id, ExchangeLink.object == name)
            rows = session.execute(query.where(ExchangeLink.external_id.in_(some)))
            found += [(row.id, row.object, row.external_id) for row in rows]
    return found
