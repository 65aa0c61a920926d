"""Products, credit notes and payments that are written into the ledger by themselves; inside `writing()`.

The pages that ask for them come with their flows; each is posted once by its source, like a sale."""

from datetime import date

import msgspec
from sqlalchemy.orm import Session

from adapters.registry import BOOKS
from documents import N_, Action, Content, CreditNote, Message, NewProduct, Receipt, Role, say
from models import Document, OperationState, Profile
from sync import ledger
from sync.documents_kept import live, next_generation, open_operation_of, reopen, rewrite
from sync.due import STANDS
from sync.ledger import Actor
from sync.new_customers import customer_first


class CannotPost(Exception):
    """These books take no such document, or an earlier attempt is still open."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def file_product(session: Session, profile: Profile, source: str, product: NewProduct, actor: Actor) -> Document:
    """A product that the books lack (X2); what is refused can be filed again."""
    document = _document(session, profile, Role.PRODUCT, source)
    document.number = product.sku[:60] or None
    _write(session, profile, document, product, actor, None)
    return document


def file_credit_note(session: Session, profile: Profile, note: CreditNote, actor: Actor) -> Document:
    """A refund (X1), behind the sale that it takes back and the customer that it names."""
    told = note.document
    document = _document(session, profile, Role.REFUND, told.reference)
    sale = live(session, profile.books_id, Role.SALE, note.sale.sale) if note.sale else None
    after = customer_first(session, profile, told.customer, actor) or (sale.id if sale else None)
    _write(session, profile, document, note, actor, after)
    _figures(document, told.currency, told.date)
    document.expected, document.number = told.total, told.number
    session.flush()
    return document


def file_receipt(
    session: Session, profile: Profile, receipt: Receipt, actor: Actor, of_order: int | None = None
) -> Document:
    """Money received, behind the first of the sales that it pays; `of_order` is the order that it came with."""
    document = _document(session, profile, Role.PAYMENT, receipt.reference)
    sales = [live(session, profile.books_id, Role.SALE, each.sale) for each in receipt.knock_offs]
    after = next((sale.id for sale in sales if sale is not None), None)
    _write(session, profile, document, receipt, actor, after)
    _figures(document, receipt.currency, receipt.date)
    document.expected, document.profile_order_id = receipt.total, of_order
    session.flush()
    return document


def _document(session: Session, profile: Profile, role: Role, source: str) -> Document:
    """The living one of this source, or a new one."""
    adapter = BOOKS[profile.books.kind]
    if role not in adapter.roles:
        raise CannotPost(say(N_("{system} takes no {kind} from us."), system=adapter.label, kind=role.value))
    known = live(session, profile.books_id, role, source)
    if known is not None:
        return known
    document = Document(
        books_id=profile.books_id,
        profile_id=profile.id,
        role=role,
        source=source,
        generation=next_generation(session, profile.books_id, role, source),
        content="",
    )
    session.add(document)
    return document


def _figures(document: Document, currency: str, day: date | None) -> None:
    document.currency, document.day, document.since = currency, day, day


def _write(
    session: Session, profile: Profile, document: Document, content: Content, actor: Actor, after: int | None
) -> None:
    """As for a sale: nothing that is being sent, or that a person must decide, is touched (L9); then nothing of the
    document is changed. A void that did not come about is given up: the document is to stand after all."""
    text = msgspec.json.encode(content).decode()
    session.flush()
    operation = open_operation_of(session, document.id)
    if operation is not None and operation.action is Action.VOID:
        _done_or_refuse(ledger.give_up(session, operation, actor))
        operation = None
    if operation is None:
        action = Action.UPDATE if document.state in STANDS else Action.CREATE
        ledger.open_operation(session, document.id, profile.books_id, action, text, actor, after)
    elif operation.state is OperationState.REJECTED:
        reopen(session, operation, text, actor, after)
    else:
        _done_or_refuse(operation.state is OperationState.READY and rewrite(session, operation, text, actor, after))
    document.content = text


def _done_or_refuse(is_done: bool) -> None:
    if not is_done:
        raise CannotPost(say(N_("An earlier attempt is still open.")))
