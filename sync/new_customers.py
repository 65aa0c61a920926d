"""Customers that are to be made in the books before the invoices that name them (S22); inside `writing()`."""

from dataclasses import replace

import msgspec
from sqlalchemy.orm import Session

from documents import Action, Invoice, NewCustomer, Role
from models import Document, OperationState, Profile
from sync import ledger
from sync.documents_kept import live, next_generation, open_operation_of, reopen
from sync.due import STANDS
from sync.ledger import Actor


def customer_first(session: Session, profile: Profile, invoice: Invoice, actor: Actor) -> int | None:
    """Write down the customer that is to be made before the invoice, once for all its invoices."""
    choice = invoice.customer
    if choice is None or choice.create is None:
        return None
    source = customer_source(choice.create)
    known = live(session, profile.books_id, Role.CUSTOMER, source)
    content = msgspec.json.encode(choice.create).decode()
    parent = None
    if known is None or known.state not in STANDS:
        parent = customer_first(session, profile, replace(invoice, customer=choice.create.parent), actor)
    if known is not None:
        _try_customer_again(session, known, content, actor, parent)
        return known.id
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
