"""Customers that are made, or made active again, before the documents that name them (S22); inside `writing()`."""

import msgspec
from sqlalchemy import select
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import Action, CustomerChoice, NewCustomer, ReferenceKind, Remote, Role
from models import BooksRow, Document, DocumentState, OperationState, Profile
from sync import ledger
from sync.documents_kept import live, next_generation, open_operation_of, reopen
from sync.due import STANDS
from sync.ledger import Actor


def customer_first(session: Session, profile: Profile, choice: CustomerChoice | None, actor: Actor) -> int | None:
    """Write down the customer that is to be made, or made active again, before the document that names it: once for all
    of them. Returns the document to wait for."""
    if choice is None:
        return None
    if choice.create is None:
        return _active_first(session, profile, choice.code or "", actor)
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


# --- a customer that was made inactive in the books (I8) --------------------------------------------------------


def _active_first(session: Session, profile: Profile, code: str, actor: Actor) -> int | None:
    """Make an inactive customer active again, its company first; None where it is active, or not in our list."""
    row = session.scalar(
        select(BooksRow).where(
            BooksRow.books_id == profile.books_id,
            BooksRow.kind == ReferenceKind.CUSTOMER,
            BooksRow.code == code,
            BooksRow.is_active.is_(False),
        )
    )
    if row is None or not BOOKS[profile.books.kind].restores_customers:
        return None
    company = _active_first(session, profile, str(row.details.get("parent") or ""), actor)
    document = _of_row(session, profile, row)
    if open_operation_of(session, document.id) is None:
        ledger.open_operation(session, document.id, profile.books_id, Action.RESTORE, document.content, actor, company)
    return document.id


def _of_row(session: Session, profile: Profile, row: BooksRow) -> Document:
    """Our document of this customer: the one by which we made it, or one that takes it as it is."""
    ours = select(Document).where(
        Document.books_id == profile.books_id,
        Document.role == Role.CUSTOMER,
        Document.remote_id == row.remote_id,
        Document.is_live.is_(True),
    )
    if (document := session.scalar(ours)) is not None:
        return document
    told = NewCustomer(row.name, str(row.details.get("email") or ""))
    document = _new(session, profile, f"customer/{row.remote_id}"[:100], msgspec.json.encode(told).decode())
    remote = Remote(row.remote_id, document.source, row.code)
    document.state, document.remote_id, document.remote_number = DocumentState.POSTED, row.remote_id, row.code
    document.remote = msgspec.to_builtins(remote, str_keys=True)
    session.flush()
    return document


def _try_customer_again(session: Session, known: Document, content: str, actor: Actor, parent: int | None) -> None:
    """A customer that the books refused is sent once more, as the draft has it now."""
    operation = open_operation_of(session, known.id)
    if operation is not None and operation.state is OperationState.REJECTED:
        known.content = content
        reopen(session, operation, content, actor, parent)


def customer_source(customer: NewCustomer) -> str:
    """Our reference of a customer that we make: the same buyer, the same reference, on every install."""
    parent = customer.parent.create if customer.parent else None
    parts = [customer.email.casefold() or customer.name.casefold(), parent.name.casefold() if parent else ""]
    told = "|".join([*parts, customer.currency] if customer.currency else parts)
    return f"customer-{ledger.sha256(told.encode())[:16]}"
