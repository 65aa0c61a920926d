"""One press of Sync: a task with its orders, drafted in small steps, each complete draft written into the ledger."""

import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

import msgspec
from sqlalchemy import func, insert, select, update
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Action, Draft, Invoice, Message, NewCustomer, Order, Problem, Role, say
from models import (
    Document,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    StoreChannel,
    StoreConnection,
    StoredOrder,
    Task,
    TaskOrder,
    TaskOrderState,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import ledger, offers, outcomes
from sync.connections import Tools
from sync.drafting import draft, fingerprint
from sync.drafting.edits import NO_EDITS, Edits
from sync.drafting.rules import Rules
from sync.due import STANDS
from sync.ledger import Actor
from sync.loading import Batch, rules_for
from sync.yellow import key_of

STEP = 100
SENDABLE = (Tick.NONE, Tick.YELLOW, Tick.RED)
"""Green is never posted again, and what is on its way is left alone (I7)."""


def press_sync(
    profile_id: int, order_ids: Iterable[int], by: str, now: datetime, seen: Mapping[int, str] | None = None
) -> int:
    """Make a task of these rows of the profile's orders; `seen` are the fingerprints of the drafts that were shown."""
    seen = seen or {}
    wanted = list(dict.fromkeys(order_ids))
    with writing() as session:
        task = Task(profile_id=profile_id, created_at=now, created_by=by)
        session.add(task)
        session.flush()
        for start in range(0, len(wanted), 500):
            _add(session, task, profile_id, wanted[start : start + 500], seen)
        return task.id


def _add(session: Session, task: Task, profile_id: int, ids: Sequence[int], seen: Mapping[int, str]) -> None:
    query = select(ProfileOrder.id).where(ProfileOrder.profile_id == profile_id, ProfileOrder.id.in_(ids))
    found = set(session.scalars(query.where(ProfileOrder.tick.in_(SENDABLE))))
    rows: list[dict[str, object]] = [
        {"task_id": task.id, "profile_order_id": each, "fingerprint": seen.get(each), "reasons": []}
        for each in ids
        if each in found
    ]
    if rows:
        session.execute(insert(TaskOrder), [{**row, "state": TaskOrderState.WAITING} for row in rows])
    task.total += len(rows)
    task.waiting += len(rows)


# --- drafting a task --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Drafted:
    """An order of a task with its draft, as it was read; applied in a transaction of its own."""

    task_order_id: int
    profile_order_id: int
    seen: str | None
    draft: Draft
    content_key: str | None


def draft_task(task_id: int, tools: Tools, ring: Callable[[int], object], must_stop: Callable[[], bool]) -> None:
    """Draft what waits, step by step; rings for the books after each. Harmless to run twice or at once."""
    task = db.session.get_one(Task, task_id, populate_existing=True)
    profile = db.session.get_one(Profile, task.profile_id, populate_existing=True)
    while profile.is_enabled and not must_stop() and (step := _waiting(task_id)):
        drafted = draft_rows(profile, step, tools.clock.now())
        end_reading()
        with writing() as session:
            _one_at_a_time(session, profile.id)
            for each in drafted:
                _apply(session, profile.id, task_id, each, Actor(task.created_by, tools.clock.now()))
        ring(profile.books_id)
    with writing() as session:
        done = update(Task).where(Task.id == task_id, Task.waiting == 0)
        session.execute(done.values(is_drafted=True))


def _one_at_a_time(session: Session, profile_id: int) -> None:
    """Running numbers are counted and documents made by one drafting of a profile at a time (PostgreSQL; SQLite has
    one writer anyway)."""
    session.execute(select(Profile.id).where(Profile.id == profile_id).with_for_update())


def _waiting(task_id: int) -> Sequence[TaskOrder]:
    query = select(TaskOrder).where(TaskOrder.task_id == task_id, TaskOrder.state == TaskOrderState.WAITING)
    return db.session.scalars(query.order_by(TaskOrder.id).limit(STEP).execution_options(populate_existing=True)).all()


def draft_rows(profile: Profile, step: Sequence[TaskOrder], now: datetime) -> list[Drafted]:
    """The drafts of some orders of a task, by the profile's rules of this moment."""
    seen = {row.profile_order_id: row for row in step}
    made = drafts_of(profile, list(seen), now)
    return [Drafted(seen[row.id].id, row.id, seen[row.id].fingerprint, each, key) for row, each, key in made]


def drafts_of(
    profile: Profile, profile_order_ids: Sequence[int], now: datetime
) -> list[tuple[ProfileOrder, Draft, str | None]]:
    """Each order with its draft and the hash of what of it reaches the document. Reads only."""
    query = (
        select(ProfileOrder, StoredOrder, StoreChannel.store_id, offers.is_taken(profile).label("is_taken"))
        .join(StoredOrder, StoredOrder.id == ProfileOrder.order_id)
        .join(StoreChannel, StoreChannel.id == StoredOrder.channel_id)
        .where(ProfileOrder.profile_id == profile.id, ProfileOrder.id.in_(profile_order_ids))
        .order_by(ProfileOrder.ordered_at, ProfileOrder.id)
    )
    rows = db.session.execute(query.execution_options(populate_existing=True)).all()
    made: list[tuple[ProfileOrder, Draft, str | None]] = []
    for store_id in sorted({row.store_id for row in rows}):
        mine = [(row.ProfileOrder, row.StoredOrder) for row in rows if row.store_id == store_id]
        made += _drafts_of_store(profile, store_id, mine, now)
    left_out = {row.ProfileOrder.id for row in rows if not row.is_taken and row.ProfileOrder.tick is not Tick.YELLOW}
    return [(row, _not_taken(row) if row.id in left_out else each, key) for row, each, key in made]


def _not_taken(row: ProfileOrder) -> Draft:
    """Its channel was unticked, or its day lies before the start date (P1, P8)."""
    said = say(
        N_("The profile does not take this order: its channel is not ticked, or it is from before the start date.")
    )
    return Draft(None, problems=(Problem("profile", "profile", said, str(row.order_id)),))


def _drafts_of_store(
    profile: Profile, store_id: int, rows: Sequence[tuple[ProfileOrder, StoredOrder]], now: datetime
) -> list[tuple[ProfileOrder, Draft, str | None]]:
    bad = [(row, _unreadable(stored), None) for row, stored in rows if stored.trouble or stored.document is None]
    good = [(row, stored) for row, stored in rows if not stored.trouble and stored.document]
    orders = [msgspec.json.decode(stored.document or "", type=Order) for _, stored in good]
    edits = [read_edits(row) for row, _ in good]
    rules = rules_for(profile, Batch(db.session.get_one(StoreConnection, store_id), orders, edits), now)
    return [
        *bad,
        *(
            _draft_one(row, order, rules, edit, profile)
            for (row, _), order, edit in zip(good, orders, edits, strict=True)
        ),
    ]


def _draft_one(
    row: ProfileOrder, order: Order, rules: Rules, edits: Edits, profile: Profile
) -> tuple[ProfileOrder, Draft, str | None]:
    return row, draft(order, rules, edits), key_of(order, profile)


def read_edits(row: ProfileOrder) -> Edits:
    """What a person changed on this order's draft."""
    return msgspec.convert(row.edits, Edits, strict=False) if row.edits else NO_EDITS


def _unreadable(stored: StoredOrder) -> Draft:
    said = msgspec.json.decode(stored.trouble, type=Message) if stored.trouble else say(N_("The order is empty."))
    return Draft(None, problems=(Problem("lines", "orders", said, stored.number),))


# --- into the ledger --------------------------------------------------------------------------------------------


def _apply(session: Session, profile_id: int, task_id: int, drafted: Drafted, actor: Actor) -> None:
    """Write a draft into the ledger, once: whoever moves the task's row out of 'waiting' does it."""
    mine = update(TaskOrder).where(TaskOrder.id == drafted.task_order_id, TaskOrder.state == TaskOrderState.WAITING)
    if session.execute(mine.values(state=TaskOrderState.QUEUED)).rowcount != 1:  # type: ignore[attr-defined]
        return
    outcomes.count_moved(session, task_id, TaskOrderState.WAITING, TaskOrderState.QUEUED)
    invoice = drafted.draft.invoice
    if not drafted.draft.is_postable or invoice is None:
        _leave(session, task_id, drafted, drafted.draft.problems)
    elif drafted.seen is not None and drafted.seen != fingerprint(drafted.draft):
        _leave(session, task_id, drafted, (_changed(invoice),))
    else:
        _into_ledger(session, profile_id, task_id, drafted, invoice, actor)


def _leave(session: Session, task_id: int, drafted: Drafted, problems: Sequence[Problem]) -> None:
    """It stays Pending and says why (I5)."""
    reasons = [msgspec.to_builtins(problem) for problem in problems]
    here = update(TaskOrder).where(TaskOrder.id == drafted.task_order_id)
    session.execute(here.values(state=TaskOrderState.LEFT, reasons=reasons))
    outcomes.count_moved(session, task_id, TaskOrderState.QUEUED, TaskOrderState.LEFT)
    session.execute(update(ProfileOrder).where(ProfileOrder.id == drafted.profile_order_id).values(reasons=reasons))


def _changed(invoice: Invoice) -> Problem:
    message = say(N_("The draft changed after you looked at it. Look at it again, then press Sync."))
    return Problem("draft", "orders", message, invoice.reference)


def _into_ledger(
    session: Session, profile_id: int, task_id: int, drafted: Drafted, invoice: Invoice, actor: Actor
) -> None:
    profile = session.get_one(Profile, profile_id, populate_existing=True)
    document = _live(session, profile.books_id, Role.SALE, invoice.reference)
    refusal = _why_not(session, document)
    if refusal is not None:
        _leave(session, task_id, drafted, (Problem("posting", "tasks", refusal, invoice.reference),))
        return
    if problem := _number_is_too_long(profile, drafted):
        _leave(session, task_id, drafted, (problem,))
        return
    invoice = _numbered(profile, drafted, invoice, document)
    if document is None:
        document = _new_sale(session, profile, drafted, invoice)
    document_id = _write_sale(session, profile, document, drafted, invoice, actor)
    session.execute(
        update(TaskOrder).where(TaskOrder.id == drafted.task_order_id).values(document_id=document_id, reasons=[])
    )
    session.execute(
        update(ProfileOrder).where(ProfileOrder.id == drafted.profile_order_id).values(tick=Tick.QUEUED, reasons=[])
    )


def _live(session: Session, books_id: int, role: Role, source: str) -> Document | None:
    query = select(Document).where(
        Document.books_id == books_id, Document.role == role, Document.source == source, Document.is_live.is_(True)
    )
    return session.scalar(query.execution_options(populate_existing=True))


def open_operation_of(session: Session, document_id: int) -> Operation | None:
    """The operation of a document that has not come to its end."""
    query = select(Operation).where(Operation.document_id == document_id, Operation.is_open.is_(True))
    return session.scalar(query.execution_options(populate_existing=True))


def _why_not(session: Session, document: Document | None) -> Message | None:
    """Why this document may not be written now; None where it may."""
    if document is None:
        return None
    operation = open_operation_of(session, document.id)
    if operation is None:
        row = session.get_one(ProfileOrder, document.profile_order_id, populate_existing=True)
        is_changed = row.tick in (Tick.YELLOW, Tick.RED)
        return None if is_changed else say(N_("The order is in the books already."))
    if operation.state is OperationState.REJECTED or _is_behind_a_refusal(session, operation):
        return None
    if operation.state is OperationState.NEEDS_PERSON:
        return say(N_("A person must decide first what became of the earlier attempt."))
    return say(N_("The order is being posted already."))


def _is_behind_a_refusal(session: Session, operation: Operation) -> bool:
    """It was never sent, for the customer that it needs was refused."""
    if operation.state is not OperationState.READY or operation.after_document_id is None or operation.attempts:
        return False
    first = open_operation_of(session, operation.after_document_id)
    return first is not None and first.state is OperationState.REJECTED


def _running_number(profile: Profile) -> str:
    return f"{profile.settings.get('number_prefix', '')}{profile.number_next}"


def _number_is_too_long(profile: Profile, drafted: Drafted) -> Problem | None:
    """A draft shows the number that was next then; what is taken now may have grown by a digit (S17)."""
    number, most = _running_number(profile), BOOKS[profile.books.kind].limits.number
    if not drafted.draft.has_running_number or len(number) <= most:
        return None
    told = say(
        N_("{number} has {count} characters, the books take {most}."), number=number, count=len(number), most=most
    )
    return Problem("number", "settings", told, number)


def _numbered(profile: Profile, drafted: Drafted, invoice: Invoice, document: Document | None) -> Invoice:
    """A running number is taken when the document is written down, and kept by it for ever."""
    if not drafted.draft.has_running_number:
        return invoice
    if document is not None and (document.number or document.state in STANDS):
        return replace(invoice, number=document.number)
    number = _running_number(profile)
    profile.number_next += 1
    return replace(invoice, number=number)


def _new_sale(session: Session, profile: Profile, drafted: Drafted, invoice: Invoice) -> Document:
    document = Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        profile_order_id=drafted.profile_order_id,
        role=Role.SALE,
        source=invoice.reference,
        generation=_next_generation(session, profile.books_id, Role.SALE, invoice.reference),
        content="",
    )
    session.add(document)
    return document


def _next_generation(session: Session, books_id: int, role: Role, source: str) -> int:
    query = select(func.max(Document.generation)).where(
        Document.books_id == books_id, Document.role == role, Document.source == source
    )
    return (session.scalar(query) or 0) + 1


def _write_sale(
    session: Session, profile: Profile, document: Document, drafted: Drafted, invoice: Invoice, actor: Actor
) -> int:
    content = msgspec.json.encode(invoice).decode()
    document.profile_order_id = drafted.profile_order_id
    document.content, document.content_key = content, drafted.content_key
    document.causes = [[cause.cause, str(cause.amount)] for cause in drafted.draft.causes]
    document.day, document.number = invoice.date, invoice.number
    document.since = _first_day(session, drafted.profile_order_id, invoice)
    document.currency, document.expected = invoice.currency, invoice.total
    session.flush()
    operation = open_operation_of(session, document.id)
    after = _customer_first(session, profile, invoice, actor)
    if operation is not None and operation.state is OperationState.READY:
        _rewrite(session, operation, content, actor, after)
    elif operation is not None and operation.action is not Action.VOID:
        reopen(session, operation, content, actor, after)
    else:
        if operation is not None:  # a void that was refused: the document stays, and is changed
            ledger.give_up(session, operation, actor)
        action = Action.UPDATE if document.state in STANDS else Action.CREATE
        ledger.open_operation(session, document.id, profile.books_id, action, content, actor, after)
    return document.id


def _rewrite(session: Session, operation: Operation, content: str, actor: Actor, after: int | None) -> None:
    """What was never sent is written anew."""
    here = update(Operation).where(
        Operation.id == operation.id, Operation.state == OperationState.READY, Operation.attempts == 0
    )
    session.execute(here.values(content=content, payload=None, payload_sha256=None, after_document_id=after))
    note = {"why": "changed by a person"}
    ledger.record(session, operation.id, operation.document_id, operation.state, operation.state, actor, note)


def _first_day(session: Session, profile_order_id: int, invoice: Invoice) -> date | None:
    """The earliest day that a document of this order may carry, under whatever settings it was made."""
    ordered_at = session.get_one(ProfileOrder, profile_order_id).ordered_at
    day_before = (ordered_at - timedelta(days=1)).date()
    return min(day_before, invoice.date or day_before)


def reopen(
    session: Session, operation: Operation, content: str | None, actor: Actor, after_document_id: int | None = None
) -> None:
    """A person changed what was refused: new bytes, new key, same document (L9)."""
    ledger.move(
        session,
        operation.id,
        operation.document_id,
        (operation.state, OperationState.READY),
        actor,
        {"why": "changed by a person"},
        after_document_id=after_document_id,
        content=content,
        payload=None,
        payload_sha256=None,
        key=str(uuid.uuid4()),
        problem=None,
        not_before=actor.at,
    )


def _customer_first(session: Session, profile: Profile, invoice: Invoice, actor: Actor) -> int | None:
    """Write down the customer that is to be made before the invoice, once for all its invoices."""
    choice = invoice.customer
    if choice is None or choice.create is None:
        return None
    source = customer_source(choice.create)
    known = _live(session, profile.books_id, Role.CUSTOMER, source)
    content = msgspec.json.encode(choice.create).decode()
    parent = None
    if known is None or known.state not in STANDS:
        parent = _customer_first(session, profile, replace(invoice, customer=choice.create.parent), actor)
    if known is not None:
        _try_customer_again(session, known, content, actor, parent)
        return known.id
    document = Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        role=Role.CUSTOMER,
        source=source,
        generation=_next_generation(session, profile.books_id, Role.CUSTOMER, source),
        content=content,
    )
    session.add(document)
    session.flush()
    ledger.open_operation(session, document.id, profile.books_id, Action.CREATE, content, actor, parent)
    return document.id


def _try_customer_again(session: Session, known: Document, content: str, actor: Actor, parent: int | None) -> None:
    """A customer that the books refused is sent once more, as the draft has it now."""
    operation = open_operation_of(session, known.id)
    if operation is not None and operation.state is OperationState.REJECTED:
        known.content = content
        reopen(session, operation, content, actor, parent)


def customer_source(customer: NewCustomer) -> str:
    """Our reference of a customer that we make: the same buyer, the same reference, on every install."""
    parent = customer.parent.create if customer.parent else None
    told = "|".join((customer.email.casefold() or customer.name.casefold(), parent.name.casefold() if parent else ""))
    return f"customer-{ledger.sha256(told.encode())[:16]}"
