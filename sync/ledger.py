"""The posting ledger: the only place where an operation changes its state, each time with its audit row.

States, edges and the rules L1-L11 are those of `docs/architecture.md`; every function here runs inside `writing()`."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import exists, insert, select, update
from sqlalchemy.orm import Session

from clock import Stamp
from documents import Action, Message
from models import AuditRow, BooksConnection, Operation, OperationState

READY, SENDING, POSTED = OperationState.READY, OperationState.SENDING, OperationState.POSTED
REJECTED, UNKNOWN, NEEDS_PERSON = OperationState.REJECTED, OperationState.UNKNOWN, OperationState.NEEDS_PERSON

EDGES = frozenset(
    {
        (READY, SENDING),  # by a claim only
        (SENDING, POSTED),
        (SENDING, READY),  # surely nothing was created
        (SENDING, REJECTED),
        (SENDING, UNKNOWN),
        (UNKNOWN, POSTED),  # found
        (UNKNOWN, READY),  # surely absent
        (UNKNOWN, NEEDS_PERSON),
        (REJECTED, READY),  # after a change by a person
        (NEEDS_PERSON, POSTED),  # a person linked it
        (NEEDS_PERSON, READY),
        (NEEDS_PERSON, REJECTED),
    }
)


class ForbiddenEdge(Exception):
    """A bug: the ledger does not know this way."""


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does it, and when: 'drain', 'sweep' or a person's name."""

    name: str
    at: datetime


def open_operation(
    session: Session,
    document_id: int,
    books_id: int,
    action: Action,
    content: str | None,
    actor: Actor,
    after_document_id: int | None = None,
) -> int:
    """Write down what is to be sent; at most one operation of a document is open at a time."""
    operation = Operation(
        books_id=books_id,
        document_id=document_id,
        after_document_id=after_document_id,
        action=action,
        content=content,
        key=str(uuid.uuid4()),
        not_before=actor.at,
    )
    session.add(operation)
    session.flush()
    record(session, operation.id, document_id, None, READY, actor, {})
    return operation.id


def claim(session: Session, operation_id: int, document_id: int, token: str, payload: bytes, now: Stamp) -> bool:
    """Take the right to send, with the very bytes, while our lease on the books holds (L1, L2)."""
    digest = sha256(payload)
    ours = exists(select(BooksConnection.id).where(BooksConnection.id == Operation.books_id, BooksConnection.lease_token == token))
    due = (Operation.not_before <= now.at, ours)
    values = {"lease_token": token, "claimed": now, "payload": payload, "payload_sha256": digest}
    return move(
        session,
        operation_id,
        document_id,
        (READY, SENDING),
        Actor("drain", now.at),
        {"payload_sha256": digest, "lease": token},
        where=due,
        attempts=Operation.attempts + 1,
        **values,
    )


def move(
    session: Session,
    operation_id: int,
    document_id: int,
    edge: tuple[OperationState, OperationState],
    actor: Actor,
    note: Mapping[str, object],
    where: tuple[Any, ...] = (),
    **values: Any,
) -> bool:
    """One compare-and-set along an allowed edge, with its audit row; False when it was elsewhere already."""
    if edge not in EDGES:
        raise ForbiddenEdge(f"{edge[0]} to {edge[1]}")
    here = update(Operation).where(
        Operation.id == operation_id, Operation.state == edge[0], Operation.is_open.is_(True), *where
    )
    if session.execute(here.values(state=edge[1], **values)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, operation_id, document_id, edge[0], edge[1], actor, note)
    return True


def still_claimed_by(token: str) -> tuple[Any, ...]:
    """The condition that fences a confirm: the claim is still ours (L3)."""
    return (Operation.lease_token == token,)


def record(
    session: Session,
    operation_id: int | None,
    document_id: int | None,
    was: OperationState | None,
    became: OperationState | None,
    actor: Actor,
    note: Mapping[str, object],
    is_alarm: bool = False,
) -> None:
    """Add an audit row (L11)."""
    session.execute(
        insert(AuditRow).values(
            at=actor.at,
            actor=actor.name,
            operation_id=operation_id,
            document_id=document_id,
            was=was,
            became=became,
            note=dict(note),
            is_alarm=is_alarm,
        )
    )


def as_json(message: Message | None) -> dict[str, object] | None:
    """A Message as the database keeps it: template and values, translated where it is shown."""
    if message is None:
        return None
    plain: dict[str, object] = msgspec.to_builtins(message)
    return plain


def sha256(payload: bytes) -> str:
    """The hash by which two payloads are the same."""
    return hashlib.sha256(payload).hexdigest()
