"""The posting ledger: the only place where an operation changes its state, each time with its audit row.

States, edges and the rules L1-L11 are those of `docs/architecture.md`; every function here runs inside `writing()`."""

import hashlib
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any, cast

import msgspec
from sqlalchemy import Table, Update, bindparam, exists, insert, select, update
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


GIVEN_UP = (READY, REJECTED)
"""Nothing of these stands in the books; an operation that is sending or unknown is never given up (L10)."""


OPERATIONS, BOOKS = cast(Table, Operation.__table__), cast(Table, BooksConnection.__table__)
ADD_AUDIT = insert(cast(Table, AuditRow.__table__))
"""What a drain says for every document is made once, over the tables, and said to the connection itself: a statement
made anew, through the session, costs ten times as much as the database needs for it."""


Fence = tuple[tuple[str, object], ...]
"""Columns of an operation, and what each must still be when it moves."""


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
    asked = {"token": token, "now": now.at, "set_lease_token": token, "set_claimed": now}
    asked |= {"set_payload": payload, "set_payload_sha256": digest}
    note = {"payload_sha256": digest, "lease": token}
    return _moved(
        session, _claiming(), asked, operation_id, document_id, (READY, SENDING), Actor("drain", now.at), note
    )


@cache
def _claiming() -> Update:
    """While the operation is due, and the lease on its books is ours."""
    books, operations = BOOKS.c, OPERATIONS.c
    ours = exists(select(books.id).where(books.id == operations.books_id, books.lease_token == bindparam("token")))
    here = _moving(("lease_token", "claimed", "payload", "payload_sha256"), ())
    return here.where(operations.not_before <= bindparam("now"), ours).values(attempts=operations.attempts + 1)


def move(
    session: Session,
    operation_id: int,
    document_id: int,
    edge: tuple[OperationState, OperationState],
    actor: Actor,
    note: Mapping[str, object],
    where: Fence = (),
    **values: Any,
) -> bool:
    """One compare-and-set along an allowed edge, with its audit row; False when it was elsewhere already, or when a
    column is not as `where` says."""
    if edge not in EDGES:
        raise ForbiddenEdge(f"{edge[0]} to {edge[1]}")
    here = _moving(tuple(values), tuple(name for name, _ in where))
    asked = {f"set_{name}": value for name, value in values.items()} | {f"is_{name}": value for name, value in where}
    return _moved(session, here, asked, operation_id, document_id, edge, actor, note)


@cache
def _moving(columns: tuple[str, ...], fence: tuple[str, ...]) -> Update:
    """The compare-and-set that writes these columns while those of the fence are as the caller says."""
    table = OPERATIONS.c
    here = update(OPERATIONS).where(
        table.id == bindparam("operation_id"), table.state == bindparam("was"), table.is_open.is_(True)
    )
    here = here.where(*(table[name] == bindparam(f"is_{name}") for name in fence))
    return here.values(state=bindparam("became"), **{name: bindparam(f"set_{name}") for name in columns})


def _moved(
    session: Session,
    statement: Update,
    asked: dict[str, Any],
    operation_id: int,
    document_id: int,
    edge: tuple[OperationState, OperationState],
    actor: Actor,
    note: Mapping[str, object],
) -> bool:
    asked |= {"operation_id": operation_id, "was": edge[0], "became": edge[1]}
    if session.connection().execute(statement, asked).rowcount != 1:
        return False
    known = session.identity_map.get(Operation.__mapper__.identity_key_from_primary_key((operation_id,)))
    if known is not None:
        session.refresh(known)
    record(session, operation_id, document_id, edge[0], edge[1], actor, note)
    return True


def give_up(session: Session, operation: Operation, actor: Actor, why: str = "given up by a person") -> bool:
    """Close an operation of which nothing stands in the books; False when it went on meanwhile (L10)."""
    here = update(Operation).where(
        Operation.id == operation.id, Operation.is_open.is_(True), Operation.state.in_(GIVEN_UP)
    )
    if session.execute(here.values(is_open=False)).rowcount != 1:  # type: ignore[attr-defined]
        return False
    record(session, operation.id, operation.document_id, operation.state, operation.state, actor, {"why": why})
    return True


def still_claimed_by(token: str) -> Fence:
    """The condition that fences a confirm: the claim is still ours (L3)."""
    return (("lease_token", token),)


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
    row = {
        "at": actor.at,
        "actor": actor.name,
        "operation_id": operation_id,
        "document_id": document_id,
        "was": was,
        "became": became,
        "note": dict(note),
        "is_alarm": is_alarm,
    }
    session.connection().execute(ADD_AUDIT, row)


def as_json(message: Message | None) -> dict[str, object] | None:
    """A Message as the database keeps it: template and values, translated where it is shown."""
    if message is None:
        return None
    plain: dict[str, object] = msgspec.to_builtins(message)
    return plain


def sha256(payload: bytes) -> str:
    """The hash by which two payloads are the same."""
    return hashlib.sha256(payload).hexdigest()
