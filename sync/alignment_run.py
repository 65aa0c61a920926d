"""The reading of both sides' numbers, and the linking of what the owner confirmed; a run with progress."""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import chain
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, delete, func, insert, select, update
from sqlalchemy.orm import Session

from documents import N_, ReferenceKind, Remote, Role, StoreCustomer, say
from models import (
    Aligned,
    Alignment,
    AlignmentRow,
    BooksRow,
    Document,
    DocumentState,
    Profile,
    ProfileChannel,
    ProfileOrder,
    Side,
    StoreChannel,
    StoreConnection,
    StoredCustomer,
    StoredOrder,
    Tick,
    db,
    end_reading,
)
from sync import already, ledger
from sync.alignment import aligning, confirmed, note_linked
from sync.connections import books_of
from sync.held import one_at_a_time
from sync.order_numbers import shown_number
from sync.runs import Reading
from sync.yellow import ABOUT_BOOKS

KINDS = {Role.SALE: Aligned.INVOICES, Role.REFUND: Aligned.CREDIT_NOTES}
AT_ONCE = 500
OTHERWISE = say(N_("The books hold its number with another total: Sync writes it as the store has it."))
LINKED = say(N_("The books have its number already: it is linked, and Sync writes it as the store has it."))
Row = dict[str, Any]


def align(reading: Reading, profile_id: int) -> None:
    """Link what stands on both sides and is confirmed; where nothing is, read both sides anew."""
    profile = db.session.get_one(Profile, profile_id, populate_existing=True)
    is_linking = bool(confirmed(profile_id))
    end_reading()
    if is_linking:
        _link_all(reading, profile)
    else:
        _read(reading, profile)


def _read(reading: Reading, profile: Profile) -> None:
    """Until both sides are read whole, nothing can be confirmed; anew where other channels were ticked meanwhile."""
    while not _is_read(reading, profile):
        pass


def _is_read(reading: Reading, profile: Profile) -> bool:
    channels = _channels(db.session(), profile.id)
    end_reading()
    with reading.writing() as session:
        session.execute(delete(AlignmentRow).where(AlignmentRow.profile_id == profile.id))
        _note_read(session, profile.id, None)
    _read_books(reading, profile)
    _read_store(reading, profile)
    with reading.writing() as session:
        one_at_a_time(session, profile.id)
        if _channels(session, profile.id) != channels:
            return False
        _name_several(session, profile.id)
        _note_read(session, profile.id, reading.tools.clock.now())
        return True


def _channels(session: Session, profile_id: int) -> set[int]:
    return set(session.scalars(select(ProfileChannel.channel_id).where(ProfileChannel.profile_id == profile_id)))


def key_of(number: str) -> str:
    """Numbers are compared without regard to case and blanks around them."""
    return number.strip().casefold()[:200]


# --- the books --------------------------------------------------------------------------------------------------


def _read_books(reading: Reading, profile: Profile) -> None:
    found = 0
    for rows in chain([_customers(profile.books_id)], _documents(reading, profile)):
        with reading.writing() as session:
            _add(session, profile.id, rows)
        found += len(rows)
        reading.progress("numbers of the books", found, None, found)


def _customers(books_id: int) -> list[Row]:
    """From our copy of the books' list."""
    query = select(BooksRow.name, BooksRow.remote_id).where(
        BooksRow.books_id == books_id, BooksRow.kind == ReferenceKind.CUSTOMER, BooksRow.is_active.is_(True)
    )
    rows = [
        {"kind": Aligned.CUSTOMERS, "number": row.name[:200], "books_name": row.name[:500], "remote_id": row.remote_id}
        for row in db.session.execute(query)
    ]
    end_reading()
    return rows


def _documents(reading: Reading, profile: Profile) -> Iterator[list[Row]]:
    books, since = books_of(profile.books, reading.tools), profile.start_date
    end_reading()
    for page in books.everything(since):
        yield [_document(KINDS[role], remote) for role, remote in page if not remote.is_void]


def _document(kind: Aligned, remote: Remote) -> Row:
    return {
        "kind": kind,
        "number": remote.number[:200],
        "remote_id": remote.remote_id,
        "books_total": remote.total,
        "currency": remote.currency or "",
        "day": remote.date,
    }


def _add(session: Session, profile_id: int, rows: Sequence[Row]) -> None:
    usual = {"profile_id": profile_id, "side": Side.BOOKS, "remote_id": "", "books_name": "", "store_name": ""}
    usual |= {"books_total": None, "store_total": None, "currency": "", "day": None, "profile_order_id": None}
    made = [{**usual, **row, "key": key_of(row["number"])} for row in rows]
    if made:
        session.execute(insert(AlignmentRow), made)


# --- the store --------------------------------------------------------------------------------------------------


def _read_store(reading: Reading, profile: Profile) -> None:
    found = 0
    for kind, rows in chain(_partners(profile.id), _orders(profile.id)):
        with reading.writing() as session:
            _set_beside(session, profile.id, kind, rows)
        found += len(rows)
        reading.progress("numbers of the store", found, None, found)


def _partners(profile_id: int) -> Iterator[tuple[Aligned, list[Row]]]:
    stores = select(StoreChannel.store_id).join(ProfileChannel, ProfileChannel.channel_id == StoreChannel.id)
    stores = stores.join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
    stores = stores.where(ProfileChannel.profile_id == profile_id, StoreConnection.kind.in_(aligning()))
    after = 0
    while True:
        query = select(StoredCustomer).where(StoredCustomer.store_id.in_(stores), StoredCustomer.is_gone.is_(False))
        page = db.session.scalars(
            query.where(StoredCustomer.id > after).order_by(StoredCustomer.id).limit(AT_ONCE)
        ).all()
        rows = [{"number": row.code or row.name, "store_name": _called(row)} for row in page]
        end_reading()
        if not page:
            return
        after = page[-1].id
        yield Aligned.CUSTOMERS, rows


def _called(row: StoredCustomer) -> str:
    told = msgspec.json.decode(row.document, type=StoreCustomer)
    return (told.company or told.name)[:500]


def _orders(profile_id: int) -> Iterator[tuple[Aligned, list[Row]]]:
    after = 0
    while True:
        query = select(ProfileOrder.id, StoredOrder.total, StoredOrder.currency, StoredOrder.document, shown_number())
        query = query.join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        query = query.join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        query = query.join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        query = query.where(StoreConnection.kind.in_(aligning()), StoredOrder.document.is_not(None))
        query = query.where(ProfileOrder.profile_id == profile_id, ProfileOrder.id > after)
        page = db.session.execute(query.order_by(ProfileOrder.id).limit(AT_ONCE)).all()
        end_reading()
        if not page:
            return
        after = page[-1].id
        yield Aligned.INVOICES, [_order(row) for row in page if row.total >= 0]
        yield Aligned.CREDIT_NOTES, [_order(row) for row in page if row.total < 0]


def _order(row: Any) -> Row:
    return {
        "number": row.number,
        "profile_order_id": row.id,
        "store_total": abs(row.total),
        "currency": row.currency,
    }


def _set_beside(session: Session, profile_id: int, kind: Aligned, rows: Sequence[Row]) -> None:
    """Each beside what the books have of its number; alone where they have none."""
    mine = (AlignmentRow.profile_id == profile_id, AlignmentRow.kind == kind)
    keys = {key_of(row["number"]) for row in rows}
    found = session.execute(select(AlignmentRow.key, AlignmentRow.number).where(*mine, AlignmentRow.key.in_(keys)))
    known = {row.key: row.number for row in found}
    alone = [row for row in rows if key_of(row["number"]) not in known]
    _add(session, profile_id, [{**row, "kind": kind, "side": Side.STORE} for row in alone])
    for row in rows:
        if (key := key_of(row["number"])) in known:
            is_same = kind is Aligned.CUSTOMERS or known[key] == row["number"]
            values = {name: value for name, value in row.items() if name not in ("number", "currency")}
            values["side"] = Side.BOTH if is_same else Side.SEVERAL  # written otherwise: no look-up would find it
            session.execute(update(AlignmentRow).where(*mine, AlignmentRow.key == key).values(values))


def _name_several(session: Session, profile_id: int) -> None:
    """Numbers that stand more than once in the books, where the store has them too."""
    mine = (AlignmentRow.profile_id == profile_id, AlignmentRow.side == Side.BOTH)
    counted = Counter(session.execute(select(AlignmentRow.kind, AlignmentRow.key).where(*mine)).all())
    for (kind, key), count in counted.items():
        if count > 1:
            here: tuple[ColumnElement[bool], ...] = (*mine, AlignmentRow.kind == kind, AlignmentRow.key == key)
            session.execute(update(AlignmentRow).where(*here).values(side=Side.SEVERAL))


def _note_read(session: Session, profile_id: int, at: datetime | None) -> None:
    counts: dict[Aligned, dict[str, int]] = {kind: {} for kind in Aligned}
    counted = select(AlignmentRow.kind, AlignmentRow.side, func.count()).where(AlignmentRow.profile_id == profile_id)
    for kind, side, count in session.execute(counted.group_by(AlignmentRow.kind, AlignmentRow.side)):
        counts[kind][str(side)] = count
    for kind, found in counts.items():
        here = update(Alignment).where(Alignment.profile_id == profile_id, Alignment.kind == kind)
        session.execute(here.values(read_at=at, counts=found))


# --- linking ----------------------------------------------------------------------------------------------------


def _link_all(reading: Reading, profile: Profile) -> None:
    """Until nothing that is confirmed is left: whoever confirms later asks for a run of its own."""
    while kinds := confirmed(profile.id):
        end_reading()
        _link(reading, profile, kinds)
        with reading.writing() as session:
            note_linked(session, profile.id, kinds, reading.tools.clock.now())
            if not confirmed(profile.id):
                reading.complete(session)


def _link(reading: Reading, profile: Profile, kinds: Sequence[Aligned]) -> None:
    """What stands on both sides: 50 at a time, each read once more."""
    pairs = _pairs(profile.id, [kind for kind in kinds if kind is not Aligned.CUSTOMERS])
    for begin in range(0, len(pairs), already.MOST):
        step = dict(pairs[begin : begin + already.MOST])
        already.link(profile, step, _who(profile.id), reading.tools, _to_be_updated)
        reading.progress("documents that stand on both sides", begin + len(step), len(pairs), begin + len(step))


def _pairs(profile_id: int, kinds: Sequence[Aligned]) -> list[tuple[int, str]]:
    query = select(AlignmentRow.profile_order_id, AlignmentRow.remote_id).where(
        AlignmentRow.profile_id == profile_id, AlignmentRow.kind.in_(kinds), AlignmentRow.side == Side.BOTH
    )
    found = [(row.profile_order_id, row.remote_id) for row in db.session.execute(query.order_by(AlignmentRow.id))]
    end_reading()
    return found


def _who(profile_id: int) -> str:
    who = select(Alignment.confirmed_by).where(Alignment.profile_id == profile_id, Alignment.confirmed_at.is_not(None))
    found = db.session.scalar(who.limit(1)) or ""
    end_reading()
    return found


def _to_be_updated(session: Session, document: Document) -> None:
    """What was linked is written as the store has it, at the next Sync (SEN9): of equal totals nobody can say that the
    customer, the day and the lines are the same too."""
    why = OTHERWISE if document.state is DocumentState.DIFFERS else LINKED
    reason = {"about": ABOUT_BOOKS, "mend": "orders", "message": ledger.as_json(why), "subject": ""}
    here = update(ProfileOrder).where(ProfileOrder.id == document.profile_order_id)
    values = {"tick": Tick.YELLOW, "reasons": [reason]}
    session.execute(here.values(values), execution_options={"synchronize_session": False})
