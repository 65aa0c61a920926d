"""Customers that are made, or made active again, before the documents that name them (S22); inside `writing()`."""

from dataclasses import replace
from typing import Any

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import Action, CustomerChoice, NewCustomer, ReferenceKind, Remote, Role
from models import BooksRow, Document, DocumentState, OperationState, Profile
from sync import ledger
from sync.documents_kept import live, next_generation, open_operation_of, reopen, rewrite
from sync.drafting.people import source_of
from sync.due import STANDS
from sync.ledger import Actor


def customer_first(session: Session, profile: Profile, choice: CustomerChoice | None, actor: Actor) -> int | None:
    """Write down the customer that is to be made, or made active again, before the document that names it: once for all
    of them. Returns the document to wait for."""
    if choice is None:
        return None
    if choice.create is None:
        return _existing_first(session, profile, choice.code or "", choice.details, actor)
    source = customer_source(choice.create)
    known = live(session, profile.books_id, Role.CUSTOMER, source)
    content = msgspec.json.encode(choice.create).decode()
    parent = None
    if known is None or known.state not in STANDS:
        parent = customer_first(session, profile, choice.create.parent, actor)
    if known is not None:
        _try_customer_again(session, known, content, actor, parent)
        return known.id
    document = _new(session, profile, source, content)
    ledger.open_operation(session, document.id, profile.books_id, Action.CREATE, content, actor, parent)
    return document.id


def _new(session: Session, profile: Profile, source: str, content: str) -> Document:
    document = Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        role=Role.CUSTOMER,
        source=source,
        generation=next_generation(session, profile.books_id, Role.CUSTOMER, source),
        content=content,
    )
    session.add(document)
    session.flush()
    return document


def _try_customer_again(session: Session, known: Document, content: str, actor: Actor, parent: int | None) -> None:
    """A customer that the books refused is sent once more, as the draft has it now."""
    operation = open_operation_of(session, known.id)
    if operation is not None and operation.state is OperationState.REJECTED:
        known.content = content
        reopen(session, operation, content, actor, parent)


def customer_source(customer: NewCustomer) -> str:
    """Our reference of a customer that we make."""
    return source_of(customer.key or f"{customer.name.casefold()}|{customer.currency or ''}")


# --- a customer that is there: active again (I8), and with the order's details (E1b) ------------------------------


def _existing_first(
    session: Session, profile: Profile, code: str, details: NewCustomer | None, actor: Actor
) -> int | None:
    """Its company first; then it is made active again where it is not, and its details follow the store. None where
    nothing is to be done, or where it is not in our list."""
    company = customer_first(session, profile, details.parent, actor) if details else None
    row = session.scalar(
        select(BooksRow).where(
            BooksRow.books_id == profile.books_id, BooksRow.kind == ReferenceKind.CUSTOMER, BooksRow.code == code
        )
    )
    if row is None or not BOOKS[profile.books.kind].restores_customers:
        return company
    if not row.is_active:
        return _active_again(session, profile, row, details, actor)
    return _follow(session, profile, row, details, actor, company) if details else company


def _active_again(
    session: Session, profile: Profile, row: BooksRow, details: NewCustomer | None, actor: Actor
) -> int | None:
    """The company that it is below in the books first."""
    company = _existing_first(session, profile, str(row.details.get("parent") or ""), None, actor)
    document = _of_row(session, profile, row)
    _send(session, document, Action.RESTORE, _followed(document, row, details), actor, company)
    return document.id


def _follow(
    session: Session, profile: Profile, row: BooksRow, details: NewCustomer, actor: Actor, company: int | None
) -> int | None:
    """A change of the customer where the order says something new, or where the last one was refused."""
    document = _of_row(session, profile, row)
    content, operation = _followed(document, row, details), open_operation_of(session, document.id)
    is_refused = operation is not None and operation.state is OperationState.REJECTED
    if _told_by(content) == _told_by(document.content) and not is_refused:
        return document.id if operation is not None else company
    _send(session, document, Action.UPDATE, content, actor, company)
    return document.id


def _followed(document: Document, row: BooksRow, details: NewCustomer | None) -> str:
    """What we wrote last, under the name that it has now, and with what the store says; what it does not say stays."""
    old = msgspec.json.decode(document.content, type=NewCustomer)
    told = replace(old, name=row.name, parent=None, **(_news(old, details) if details else {}))
    return msgspec.json.encode(told).decode()


FOLLOWS = ("email", "phone", "address", "company", "tax_number", "terms", "payment_method")
"""What of a customer follows the store."""


def _news(old: NewCustomer, details: NewCustomer) -> dict[str, Any]:
    said = {name: getattr(details, name) for name in FOLLOWS}
    return {name: value for name, value in said.items() if value and value != getattr(old, name)}


def has_news(row: BooksRow, document: Document | None, details: NewCustomer) -> bool:
    """Whether the store says something else of a customer than what we wrote last, or than the books' list says."""
    old = msgspec.json.decode(document.content, type=NewCustomer) if document else _listed(row)
    return bool(_news(old, details))


def _told_by(content: str) -> tuple[object, ...]:
    told = msgspec.json.decode(content, type=NewCustomer)
    return tuple(getattr(told, name) for name in FOLLOWS)


def _send(session: Session, document: Document, action: Action, content: str, actor: Actor, after: int | None) -> None:
    """Nothing that is being sent, or that nobody knows the end of, is touched: the next order says it again (L9)."""
    operation = open_operation_of(session, document.id)
    if operation is None:
        ledger.open_operation(session, document.id, document.books_id, action, content, actor, after)
    elif operation.state is OperationState.REJECTED:
        reopen(session, operation, content, actor, after)
    elif not rewrite(session, operation, content, actor, after):
        return
    document.content = content
    session.flush()


def _of_row(session: Session, profile: Profile, row: BooksRow) -> Document:
    """Our document of this customer: the one by which we made it, or one that takes it as it is. Of several, which only
    remember who it is (`remember`), always the first."""
    ours = select(Document).where(
        Document.books_id == profile.books_id,
        Document.role == Role.CUSTOMER,
        Document.remote_id == row.remote_id,
        Document.is_live.is_(True),
    )
    if (document := session.scalars(ours.order_by(Document.id)).first()) is not None:
        return document
    return _as_it_is(session, profile, f"customer/{row.remote_id}"[:100], row)


def remember(session: Session, profile: Profile, source: str, row: BooksRow, actor: Actor) -> None:
    """This customer of the books is the one of our reference: so it stays, whatever it is named there later."""
    if live(session, profile.books_id, Role.CUSTOMER, source) is None:
        document = _as_it_is(session, profile, source, row)
        ledger.record(session, None, document.id, None, None, actor, {"why": "linked by its name"})


def _as_it_is(session: Session, profile: Profile, source: str, row: BooksRow) -> Document:
    document = _new(session, profile, source, msgspec.json.encode(_listed(row)).decode())
    remote = Remote(row.remote_id, document.source, row.code)
    document.state, document.remote_id, document.remote_number = DocumentState.POSTED, row.remote_id, row.code
    document.remote = msgspec.to_builtins(remote, str_keys=True)
    session.flush()
    return document


def _listed(row: BooksRow) -> NewCustomer:
    return NewCustomer(row.name, str(row.details.get("email") or ""))
