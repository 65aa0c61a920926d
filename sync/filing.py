"""A draft of a task, written into the ledger or left Pending with its reasons (I5); inside `writing()`."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import msgspec
from sqlalchemy import update
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Action, CreditNote, Draft, Invoice, Message, Problem, Role, say
from models import (
    Document,
    Operation,
    OperationState,
    Profile,
    ProfileOrder,
    TaskOrder,
    TaskOrderState,
    Tick,
)
from sync import ledger, outcomes
from sync.documents_kept import live, next_generation, open_operation_of, reopen, rewrite
from sync.drafting import fingerprint
from sync.due import STANDS
from sync.filing_payments import file_payments, is_undecided
from sync.ledger import Actor
from sync.new_customers import customer_first
from sync.outcomes import read_remote


@dataclass(frozen=True, slots=True)
class Drafted:
    """An order of a task with its draft, as it was read; applied in a transaction of its own."""

    task_order_id: int
    profile_order_id: int
    seen: str | None
    draft: Draft
    content_key: str | None


def file(session: Session, profile_id: int, task_id: int, drafted: Drafted, actor: Actor) -> None:
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
    document = live(session, profile.books_id, drafted.draft.role, invoice.reference)
    refusal = _not_taken(profile, drafted.draft.role) or _why_not(session, document)
    if refusal is not None:
        _leave(session, task_id, drafted, (Problem("posting", "tasks", refusal, invoice.reference),))
        return
    if problem := _number_is_too_long(profile, drafted):
        _leave(session, task_id, drafted, (problem,))
        return
    invoice = _numbered(profile, drafted, invoice, document)
    if document is None:
        document = _new(session, profile, drafted, invoice)
    document_id = _write(session, profile, document, drafted, invoice, actor)
    session.execute(
        update(TaskOrder).where(TaskOrder.id == drafted.task_order_id).values(document_id=document_id, reasons=[])
    )
    session.execute(
        update(ProfileOrder).where(ProfileOrder.id == drafted.profile_order_id).values(tick=Tick.QUEUED, reasons=[])
    )


def _not_taken(profile: Profile, role: Role) -> Message | None:
    adapter = BOOKS[profile.books.kind]
    return None if role in adapter.roles else say(N_("{system} takes no credit notes from us."), system=adapter.label)


def _why_not(session: Session, document: Document | None) -> Message | None:
    """Why this document may not be written now; None where it may."""
    if document is None:
        return None
    if is_undecided(session, document.profile_order_id):
        return say(N_("A payment of the order is still being posted, or waits for a person to decide."))
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


def _new(session: Session, profile: Profile, drafted: Drafted, invoice: Invoice) -> Document:
    document = Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        profile_order_id=drafted.profile_order_id,
        is_main=True,
        role=drafted.draft.role,
        source=invoice.reference,
        generation=next_generation(session, profile.books_id, drafted.draft.role, invoice.reference),
        content="",
    )
    session.add(document)
    return document


def _write(
    session: Session, profile: Profile, document: Document, drafted: Drafted, invoice: Invoice, actor: Actor
) -> int:
    sale = _sale_behind(session, profile, drafted.draft)
    content = msgspec.json.encode(_content(drafted.draft, invoice, sale)).decode()
    document.profile_order_id = drafted.profile_order_id
    document.content, document.content_key = content, drafted.content_key
    document.causes = [[cause.cause, str(cause.amount)] for cause in drafted.draft.causes]
    document.day, document.number = invoice.date, invoice.number
    document.since = _first_day(session, drafted.profile_order_id, invoice)
    document.currency, document.expected = invoice.currency, invoice.total
    session.flush()
    operation = open_operation_of(session, document.id)
    after = customer_first(session, profile, invoice.customer, actor)
    after = sale.id if sale is not None and sale.state not in STANDS else after
    if operation is not None and operation.state is OperationState.READY:
        rewrite(session, operation, content, actor, after)
    elif operation is not None and operation.action is not Action.VOID:
        reopen(session, operation, content, actor, after)
    else:
        if operation is not None:  # a void that was refused: the document stays, and is changed
            ledger.give_up(session, operation, actor)
        _open(session, profile, document, content, actor, after)
    if document.role is Role.SALE:
        file_payments(session, profile, document, invoice, drafted.draft, actor)
    return document.id


def _sale_behind(session: Session, profile: Profile, drafted: Draft) -> Document | None:
    """The sale of ours that a credit note takes back, where it is one."""
    if drafted.credits is None or not drafted.credits.sale:
        return None
    return live(session, profile.books_id, Role.SALE, drafted.credits.sale)


def _content(drafted: Draft, invoice: Invoice, sale: Document | None) -> Invoice | CreditNote:
    """What is sent; the customer of a credit note whose sale we did not post keeps a credit."""
    if drafted.credits is None:
        return invoice
    return CreditNote(invoice, drafted.credits if sale is not None else None)


def _open(
    session: Session, profile: Profile, document: Document, content: str, actor: Actor, after: int | None
) -> None:
    """A new document; a change of one that stands; or first bring back what was voided in the books, where writing it
    anew does not (its change follows then: `outcomes`)."""
    action = Action.UPDATE if document.state in STANDS else Action.CREATE
    remote = read_remote(document.remote)
    if action is Action.UPDATE and remote and remote.is_void and not BOOKS[profile.books.kind].update_restores:
        ledger.open_operation(session, document.id, profile.books_id, Action.RESTORE, None, actor, after)
    else:
        ledger.open_operation(session, document.id, profile.books_id, action, content, actor, after)


def _first_day(session: Session, profile_order_id: int, invoice: Invoice) -> date | None:
    """The earliest day that a document of this order may carry, under whatever settings it was made."""
    ordered_at = session.get_one(ProfileOrder, profile_order_id).ordered_at
    day_before = (ordered_at - timedelta(days=1)).date()
    return min(day_before, invoice.date or day_before)
