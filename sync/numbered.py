"""Documents whose numbers are the store's own, on both sides: a number that the books hold already is linked and
updated, never made a second time (SEN9, SEN10); only after the owner has confirmed that both sides are aligned."""

import uuid
from collections.abc import Sequence

import msgspec
from sqlalchemy import and_, or_, select, update
from sqlalchemy.orm import Session

from documents import N_, Action, Remote, Role, say
from models import (
    Aligned,
    Alignment,
    Document,
    DocumentState,
    Operation,
    OperationState,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    db,
    end_reading,
    writing,
)
from sync import ledger, linking
from sync.alignment import NOT_YET, aligning
from sync.order_numbers import shown_number
from sync.outcomes import Work
from sync.settling import refuse_unsent
from sync.turns import Turn

SEVERAL = N_("The books hold {count} documents with the number {number}. Rename them there until one is left.")
TAKEN = N_("The number {number} stands in the books already, and belongs to another order.")


def without(turn: Turn, works: Sequence[Work]) -> list[Work]:
    """The works that may go on; the others were linked to what the books hold, or say why they cannot be sent."""
    mine, waiting = _aligned(works)
    for work in waiting:
        refuse_unsent(turn, work, NOT_YET)
    settled = {work.id for work in waiting}
    for role in sorted({work.role for work in mine}):
        found = turn.books.find_by_number(role, {work.number or "" for work in mine if work.role is role})
        for work in mine:
            alive = [remote for remote in found.get(work.number or "", ()) if not remote.is_void]
            if work.role is role and alive:
                _settle(turn, work, alive)
                settled.add(work.id)
    return [work for work in works if work.id not in settled]


def _aligned(works: Sequence[Work]) -> tuple[list[Work], list[Work]]:
    """Those that are to be made under their store's own number, of a store whose numbers are aligned; and those whose
    alignment was taken back since they were drafted."""
    new = {work.document_id: work for work in works if work.action is Action.CREATE and work.is_main and work.number}
    is_kind = or_(
        and_(Document.role == Role.SALE, Alignment.kind == Aligned.INVOICES),
        and_(Document.role == Role.REFUND, Alignment.kind == Aligned.CREDIT_NOTES),
    )
    query = (
        select(Document.id, shown_number(), Alignment.linked_at)
        .join(Alignment, and_(Alignment.profile_id == Document.profile_id, is_kind))
        .join(ProfileOrder, ProfileOrder.id == Document.profile_order_id)
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .join(StoreConnection, StoreConnection.id == StoreChannel.store_id)
        .where(Document.id.in_(new), StoreConnection.kind.in_(aligning()))
    )
    rows = db.session.execute(query).all() if new else []
    end_reading()
    mine = [row for row in rows if new[row.id].number == row.number]
    is_linked = {row.id: row.linked_at is not None for row in rows}
    waiting = [work for each, work in new.items() if not is_linked.get(each, True)]
    return [new[row.id] for row in mine if is_linked[row.id]], waiting


def _settle(turn: Turn, work: Work, remotes: Sequence[Remote]) -> None:
    if len(remotes) > 1:
        refuse_unsent(turn, work, say(SEVERAL, count=len(remotes), number=work.number))
        return
    with writing() as session:
        is_free = not linking.taken(session, turn.lease.row_id, work.role, remotes, work.document_id)
        if is_free:
            _link(session, turn, work, remotes[0])
    if not is_free:
        refuse_unsent(turn, work, say(TAKEN, number=work.number))


def _link(session: Session, turn: Turn, work: Work, remote: Remote) -> None:
    """It stands there from now on, and what was to be made becomes its change."""
    here = update(Operation).where(Operation.id == work.id, Operation.state == OperationState.READY)
    new = {"action": Action.UPDATE, "payload": None, "payload_sha256": None, "key": str(uuid.uuid4())}
    if session.execute(here.values(**new)).rowcount != 1:  # type: ignore[attr-defined]
        return
    document = session.get_one(Document, work.document_id, populate_existing=True)
    document.state, document.remote_id, document.remote_number = DocumentState.DIFFERS, remote.remote_id, remote.number
    document.posted_total, document.remote = remote.total, msgspec.to_builtins(remote, str_keys=True)
    document.customer = remote.customer
    ledger.record(session, work.id, work.document_id, None, None, turn.actor, {"why": "linked by its number"})
