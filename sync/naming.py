"""What a document names that had to be made first: its customer, its parent, the sales that a payment pays.

The codes and ids are known only once those stand in the books, so they are filled in when the requests are made, for a
batch at once."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Row, func, select

from documents import Content, CreditNote, CustomerChoice, Invoice, KnockOff, NewCustomer, Receipt, Role
from models import Document, Operation, db, end_reading
from sync.outcomes import Work, read_remote

Sale = Row[*tuple[Any, ...]]


@dataclass(frozen=True, slots=True)
class Behind:
    """What stands behind a batch: the code that each operation waited for, the sales that are paid or taken back by
    their source, and the orders whose only payment is the one that is made now."""

    codes: Mapping[int, str | None]
    sales: Mapping[str, Sale]
    first_paid: frozenset[int]


def filled(books_id: int, works: Sequence[Work]) -> list[Work]:
    """The same work, with the codes and ids of what stands before it."""
    behind = Behind(_codes_behind(works), _sales(books_id, works), _orders_with_one_payment(works))
    end_reading()
    return [replace(work, content=_content(behind, work, work.content)) for work in works]


def _content(behind: Behind, work: Work, content: Content | None) -> Content | None:
    if isinstance(content, Invoice) and content.customer and content.customer.create:
        return replace(content, customer=CustomerChoice(code=behind.codes.get(work.id)))
    if isinstance(content, NewCustomer) and content.parent and content.parent.create:
        return replace(content, parent=CustomerChoice(code=behind.codes.get(work.id)))
    if isinstance(content, Receipt):
        return _receipt(behind, work, content)
    if isinstance(content, CreditNote):
        return _credit_note(behind, work, content)
    return content


def _receipt(behind: Behind, work: Work, receipt: Receipt) -> Receipt:
    is_first = work.profile_order_id in behind.first_paid and not work.attempts
    knock_offs = tuple(_named(behind, each, is_first) for each in receipt.knock_offs)
    return replace(receipt, knock_offs=knock_offs, customer=receipt.customer or _customer(behind, receipt.knock_offs))


def _credit_note(behind: Behind, work: Work, note: CreditNote) -> CreditNote:
    """Its customer is the sale's where that one is not in the books by itself yet."""
    chosen, sales = note.document.customer, (note.sale,) if note.sale else ()
    if chosen is None or chosen.create:
        chosen = _customer(behind, sales) or CustomerChoice(code=behind.codes.get(work.id))
    document = replace(note.document, customer=chosen)
    return replace(note, sale=_named(behind, note.sale) if note.sale else None, document=document)


def _named(behind: Behind, each: KnockOff, is_first: bool = False) -> KnockOff:
    """With the id and number that its sale has in the books; for the first payment also with the balance that the
    books told when they took the sale."""
    row = behind.sales.get(each.sale)
    if row is None:
        return each
    remote = read_remote(row.remote)
    balance = remote.balance if remote and is_first else None
    return replace(each, remote_id=row.remote_id or "", number=row.remote_number or "", balance=balance)


def _customer(behind: Behind, knock_offs: Sequence[KnockOff]) -> CustomerChoice | None:
    """That of the first sale."""
    row = next((behind.sales[each.sale] for each in knock_offs if each.sale in behind.sales), None)
    remote = read_remote(row.remote) if row else None
    return CustomerChoice(code=remote.customer) if remote and remote.customer else None


# --- read for a whole batch -------------------------------------------------------------------------------------


def _codes_behind(works: Sequence[Work]) -> dict[int, str | None]:
    """The code that the books gave to what each operation waited for."""
    named = Invoice | NewCustomer | CreditNote
    ids = [work.id for work in works if isinstance(work.content, named) and work.after_document_id]
    made = select(Operation.id, Document.remote_number).join(Document, Operation.after_document_id == Document.id)
    return {row.id: row.remote_number for row in db.session.execute(made.where(Operation.id.in_(ids)))} if ids else {}


def _sales(books_id: int, works: Sequence[Work]) -> dict[str, Sale]:
    sources = {each.sale for work in works for each in _knock_offs(work.content)}
    query = select(Document.source, Document.remote_id, Document.remote_number, Document.remote).where(
        Document.books_id == books_id,
        Document.role == Role.SALE,
        Document.is_live.is_(True),
        Document.source.in_(sources),
    )
    return {row.source: row for row in db.session.execute(query)} if sources else {}


def _knock_offs(content: Content | None) -> Sequence[KnockOff]:
    if isinstance(content, Receipt):
        return content.knock_offs
    return (content.sale,) if isinstance(content, CreditNote) and content.sale else ()


def _orders_with_one_payment(works: Sequence[Work]) -> frozenset[int]:
    """Nothing of ours but one request has to do with what is open of their sales."""
    ids = {work.profile_order_id for work in works if isinstance(work.content, Receipt)} - {None}
    query = (
        select(Document.profile_order_id)
        .join(Operation, Operation.document_id == Document.id)
        .where(Document.profile_order_id.in_(ids), Document.role == Role.PAYMENT)
        .group_by(Document.profile_order_id)
        .having(func.count(Operation.id) == 1)
    )
    return frozenset(each for each in db.session.scalars(query) if each is not None) if ids else frozenset()
