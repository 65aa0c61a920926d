"""What a look-up means for an operation whose answer was lost."""

from sqlalchemy import update
from sqlalchemy.orm import Session

from clock import elapsed_s, seconds
from documents import N_, Action, CreditNote, CustomerChoice, Invoice, Receipt, Remote, Role, say
from models import Operation
from sync import linking, outcomes
from sync.outcomes import Work
from sync.turns import Turn


def decide(session: Session, work: Work, found: list[Remote], turn: Turn) -> None:
    """One that is ours is adopted; none is believed late enough; anything else needs a person.

    An update shows in no figure for sure; it replaces the whole document, so it is simply sent again, late enough."""
    if work.action is Action.CREATE:
        _decide_create(session, work, found, turn)
    elif not found and work.action is Action.VOID and work.remote is not None:  # books that void by deleting
        outcomes.posted(session, work, work.remote, turn.actor, (), "looked up")
    elif not found:
        outcomes.needs_person(session, work, say(N_("The document is no longer in the books.")), turn.actor)
    elif work.action is not Action.UPDATE and found[0].is_void == (work.action is Action.VOID):
        outcomes.posted(session, work, found[0], turn.actor, (), "looked up")
    else:
        _not_there(session, work, turn)


def _decide_create(session: Session, work: Work, found: list[Remote], turn: Turn) -> None:
    alive = [remote for remote in found if not remote.is_void]
    if not found:
        _not_there(session, work, turn)
    elif len(alive) == 1:
        _decide_one(session, work, alive[0], turn)
    else:
        several = N_("The books hold more than one document for this order: {numbers}.")
        voided = N_("The books hold only a voided document for this order, and we did not void it: {numbers}.")
        numbers = ", ".join(remote.number for remote in alive or found)
        outcomes.needs_person(session, work, say(several if alive else voided, numbers=numbers), turn.actor)


def _decide_one(session: Session, work: Work, remote: Remote, turn: Turn) -> None:
    if is_same(remote, work):
        outcomes.posted(session, work, remote, turn.actor, (), "looked up")
    elif old := linking.forgotten(session, work, remote):
        outcomes.posted(session, linking.take_over(session, work, old), remote, turn.actor, (), "linked")
    else:
        differs = N_("The books hold {number} for this order, but with another total, currency, customer or date.")
        outcomes.needs_person(session, work, say(differs, number=remote.number), turn.actor)


def is_same(remote: Remote, work: Work) -> bool:
    """The document in the books is the one we meant: equal total, currency, customer and day, and not void (L7)."""
    if remote.is_void:
        return False
    if work.role in (Role.CUSTOMER, Role.PRODUCT):
        return True
    customer = _customer_of(work)
    pairs = (
        (remote.total, work.expected),
        (remote.currency, work.currency),
        (remote.customer, customer.code if customer else None),
        (remote.date, work.day),
    )
    return all(theirs is None or ours is None or theirs == ours for theirs, ours in pairs)


def _customer_of(work: Work) -> CustomerChoice | None:
    if isinstance(work.content, CreditNote):
        return work.content.document.customer
    return work.content.customer if isinstance(work.content, Invoice | Receipt) else None


def _not_there(session: Session, work: Work, turn: Turn) -> None:
    """Believed when no earlier request can still be at work: once where a key guards us, twice where none does."""
    absences = work.absences + is_late_enough(work, turn)
    if absences >= (1 if turn.books.has_idempotency_key or work.action is not Action.CREATE else 2):
        outcomes.absent(session, work, turn.actor)
    elif work.look_ups + 1 >= len(turn.timing.look_ups_s):
        message = say(N_("We could not find out whether the books hold this document."))
        outcomes.needs_person(session, work, message, turn.actor)
    else:
        _look_again(session, work, turn, absences)


def _look_again(session: Session, work: Work, turn: Turn, absences: int) -> None:
    """By the schedule; a first absence that is believed is confirmed soon."""
    waits = turn.timing.look_ups_s
    later = turn.clock.now() + seconds(waits[0] if absences else waits[work.look_ups + 1])
    again = update(Operation).where(Operation.id == work.id)
    session.execute(again.values(look_ups=work.look_ups + 1, absences=absences, not_before=later))


def is_late_enough(work: Work, turn: Turn) -> bool:
    """True when the server cannot be at work any more on what may have been sent (L6)."""
    if work.claimed is None:
        return True
    timing = turn.timing
    longest = timing.send_within_s + timing.still_s + turn.longest_s + timing.margin_s
    return elapsed_s(work.claimed, turn.clock.stamp()) > longest
