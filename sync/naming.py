"""What a document names that had to be made first: its customer, its parent, the sales that a payment pays.

The codes and ids are known only once those stand in the books, so they are filled in when the request is made."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from sqlalchemy import Row, select

from documents import CreditNote, CustomerChoice, Invoice, KnockOff, NewCustomer, Receipt, Role
from models import Document, Operation, db, end_reading
from sync.outcomes import Work, read_remote


def filled(work: Work) -> Work:
    """The same work, with the codes and ids of what stands before it."""
    content = work.content
    if isinstance(content, Invoice):
        return replace(work, content=_with_customer(work, content))
    if isinstance(content, NewCustomer) and content.parent and content.parent.create:
        return replace(work, content=replace(content, parent=CustomerChoice(code=_code_behind(work))))
    if isinstance(content, Receipt):
        return replace(work, content=_receipt(work, content))
    if isinstance(content, CreditNote):
        return replace(work, content=_credit_note(work, content))
    return work


def _with_customer(work: Work, invoice: Invoice) -> Invoice:
    if invoice.customer is None or invoice.customer.create is None:
        return invoice
    return replace(invoice, customer=CustomerChoice(code=_code_behind(work)))


def _code_behind(work: Work) -> str | None:
    """The code that the books gave to what this operation waited for."""
    made = select(Document.remote_number).join(Operation, Operation.after_document_id == Document.id)
    code = db.session.scalar(made.where(Operation.id == work.id))
    end_reading()
    return code


def _receipt(work: Work, receipt: Receipt) -> Receipt:
    knock_offs, customer = _knocked_off(work, receipt.knock_offs, is_first=_is_first_payment(work))
    chosen = receipt.customer or (CustomerChoice(code=customer) if customer else None)
    return replace(receipt, knock_offs=knock_offs, customer=chosen)


def _credit_note(work: Work, note: CreditNote) -> CreditNote:
    if note.sale is None:
        return note
    (sale,), customer = _knocked_off(work, (note.sale,))
    chosen = note.document.customer or (CustomerChoice(code=customer) if customer else None)
    return replace(note, sale=sale, document=replace(note.document, customer=chosen))


def _is_first_payment(work: Work) -> bool:
    """True while nothing of ours but this one request has to do with what is open of the order's sale."""
    if work.profile_order_id is None or work.attempts:
        return False
    other = select(Operation.id).join(Document, Document.id == Operation.document_id)
    others = other.where(
        Document.profile_order_id == work.profile_order_id, Document.role == Role.PAYMENT, Operation.id != work.id
    )
    found = db.session.scalar(others.limit(1))
    end_reading()
    return found is None


def _knocked_off(
    work: Work, knock_offs: Sequence[KnockOff], is_first: bool = False
) -> tuple[tuple[KnockOff, ...], str | None]:
    """Each with the id and number that its sale has in the books, and the customer of the first. For the first payment
    also with the balance that the books told when they took the sale."""
    query = select(Document.source, Document.remote_id, Document.remote_number, Document.remote).where(
        Document.books_id == select(Operation.books_id).where(Operation.id == work.id).scalar_subquery(),
        Document.role == Role.SALE,
        Document.is_live.is_(True),
        Document.source.in_([each.sale for each in knock_offs]),
    )
    found = {row.source: row for row in db.session.execute(query)}
    end_reading()
    named = [each for each in knock_offs if each.sale in found]
    first = read_remote(found[named[0].sale].remote) if named else None
    made = tuple(_named(each, found[each.sale], is_first) if each.sale in found else each for each in knock_offs)
    return made, first.customer if first else None


def _named(each: KnockOff, row: Row[*tuple[Any, ...]], is_first: bool) -> KnockOff:
    remote = read_remote(row.remote)
    balance = remote.balance if remote and is_first else None
    return replace(each, remote_id=row.remote_id or "", number=row.remote_number or "", balance=balance)
