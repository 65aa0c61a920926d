"""How a request ended, written down: what becomes of its operation, and how the connection does."""

import logging
from datetime import datetime

from sqlalchemy.orm import Session

from adapters.errors import (
    ChangedMeanwhile,
    LoginRefused,
    NothingCreated,
    NotSent,
    Refused,
    RemoteError,
    TokenRefused,
    TooFast,
    TooLate,
)
from clock import seconds
from documents import Message, Remote
from models import BooksConnection, ConnectionStatus, writing
from sync import connections, ledger, outcomes, tokens
from sync.ledger import still_claimed_by
from sync.outcomes import Work
from sync.tools import Tools
from sync.troubles import as_trouble
from sync.turns import Turn

log = logging.getLogger(__name__)
Answer = Remote | RemoteError


NOT_YET = NotSent | TooFast | LoginRefused | TokenRefused
"""Nothing was created, and nothing of the document is to blame: it is sent again later."""
MOST_CHANGES = 5
"""A document that changed under us so often needs a person."""


def settle(session: Session, turn: Turn, work: Work, answer: Answer) -> None:
    """Write down how a request ended; an answer to a claim that is ours no more is kept as an alarm (L3)."""
    mine = still_claimed_by(turn.lease.token)
    if isinstance(answer, Remote):
        done = outcomes.posted(session, work, answer, turn.actor, mine, "answered")
        _well(session, turn)
    else:
        done = _settle_error(session, turn, work, answer)
    if not done:
        told = {"overtaken": True, "answer": _in_words(answer)}
        ledger.record(session, work.id, work.document_id, None, None, turn.actor, told, is_alarm=True)


def refuse_unsent(turn: Turn, work: Work, message: Message) -> None:
    """It cannot be sent as it is: a person mends it (L9)."""
    with writing() as session:
        if ledger.claim(session, work.id, work.document_id, turn.lease.token, b"", turn.clock.stamp()):
            outcomes.refused(session, work, message, turn.actor)


def pauses(error: RemoteError) -> bool:
    """True where the books are to be left alone for a while: they cannot be asked, or nobody knows what they did."""
    if isinstance(error, TooLate):
        return False
    return isinstance(error, NOT_YET) or not isinstance(error, NothingCreated)


def _settle_error(session: Session, turn: Turn, work: Work, error: RemoteError) -> bool:
    mine = still_claimed_by(turn.lease.token)
    if isinstance(error, NOT_YET):
        again = pause(session, turn, error) if not isinstance(error, TooLate) else turn.clock.now()
        return outcomes.back_to_ready(session, work, turn.actor, again, str(error.message), mine)
    if isinstance(error, ChangedMeanwhile) and work.attempts < MOST_CHANGES:
        return outcomes.made_anew(session, work, turn.actor, str(error.message), mine)
    if isinstance(error, NothingCreated):
        _well(session, turn)
        return outcomes.refused(session, work, error.message, turn.actor, mine)
    pause(session, turn, error)
    first = turn.clock.now() + seconds(turn.timing.look_ups_s[0])
    return outcomes.outcome_unknown(session, work, turn.actor, first, str(error.message), mine)


def slow_down(turn: Turn, error: RemoteError) -> None:
    """Leave the books alone for a while; what was to be done stays due."""
    if isinstance(error, Refused):
        log.warning("the books refused a read: %s (%s)", error.message, error.cause)
    with writing() as session:
        pause(session, turn, error)


def pause(session: Session, turn: Turn, error: RemoteError) -> datetime:
    """Nothing more is sent in this turn; returns when the books may be asked again."""
    turn.is_paused = True
    return leave_alone(session, turn.lease.row_id, turn.tools, error)


def leave_alone(session: Session, books_id: int, tools: Tools, error: RemoteError) -> datetime:
    """The whole connection slows, more with every failure in a row; returns when it may be asked again.

    A token that is only old is no failure: it is renewed, and the next turn may begin at once."""
    if isinstance(error, TokenRefused) and tokens.expire(session, books_id, tools):
        return tools.clock.now()
    row = session.get_one(BooksConnection, books_id)
    waits = tools.timing.retry_s
    wait_s = waits[min(row.failures, len(waits) - 1)]
    if isinstance(error, TooFast) and error.wait_s is not None:
        wait_s = max(error.wait_s, 0.0)
    row.failures += 1
    row.not_before = tools.clock.now() + seconds(wait_s)
    is_locked_out = isinstance(error, TokenRefused)
    row.status = ConnectionStatus.INACTIVE if is_locked_out else connections.status_after(error)
    row.status_text = as_trouble(error)
    session.flush()
    return row.not_before


def _well(session: Session, turn: Turn) -> None:
    """The books answer: forget earlier failures."""
    if turn.has_failed and not turn.is_paused:
        connections.is_well(session.get_one(BooksConnection, turn.lease.row_id))
        session.flush()
        turn.has_failed = False


def _in_words(answer: Answer) -> str:
    if isinstance(answer, Remote):
        return f"created {answer.remote_id} {answer.number}"
    return f"{type(answer).__name__}: {answer}"
