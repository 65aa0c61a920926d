"""The payments of an order as documents behind its sale (S27, R5); inside `writing()`."""

from collections.abc import Mapping, Sequence
from contextlib import suppress

from sqlalchemy import Exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from adapters.registry import BOOKS
from documents import Action, Draft, DraftPayment, Invoice, KnockOff, Receipt, Role
from models import Document, DocumentState, Operation, OperationState, Profile
from sync import ledger
from sync.documents_kept import open_operation_of, reopen
from sync.drafting import payment_reference
from sync.due import STANDS
from sync.filing_others import CannotPost, file_receipt
from sync.ledger import Actor

UNDECIDED = (ledger.SENDING, ledger.UNKNOWN, ledger.NEEDS_PERSON)


def file_payments(
    session: Session, profile: Profile, sale: Document, invoice: Invoice, draft: Draft, actor: Actor
) -> None:
    """Each payment of the draft behind its sale. What stands there is written anew, over what people changed; what the
    order no longer has is voided."""
    if Role.PAYMENT not in BOOKS[profile.books.kind].roles:
        return
    wanted = receipts(profile, invoice, draft.payments)
    for receipt in wanted.values():
        with suppress(CannotPost):  # an earlier attempt is still open: its end decides
            file_receipt(session, profile, receipt, actor, sale.profile_order_id)
    for document in _live_payments(session, sale):
        if document.source not in wanted:
            _take_back(session, document, actor)


def file_refused(
    session: Session, profile: Profile, sale: Document, invoice: Invoice, draft: Draft, actor: Actor
) -> int:
    """Only the payments that the books refused, as the draft has them now; returns how many there were."""
    wanted, count = receipts(profile, invoice, draft.payments), 0
    for document in _live_payments(session, sale):
        operation = open_operation_of(session, document.id)
        if operation is None or operation.state is not OperationState.REJECTED:
            continue
        count += 1
        if document.source in wanted:
            file_receipt(session, profile, wanted[document.source], actor, sale.profile_order_id)
        else:
            _take_back(session, document, actor)
    return count


def receipts(profile: Profile, invoice: Invoice, payments: Sequence[DraftPayment]) -> Mapping[str, Receipt]:
    """The payments as the books take them, by our references."""
    most = BOOKS[profile.books.kind].limits.reference
    made = {}
    for place, payment in enumerate(payments, 1):
        source = payment_reference(invoice.reference, payment.reference or f"{payment.method}/{place}", most)
        made[source] = _receipt(source, invoice, payment)
    return made


def _receipt(source: str, invoice: Invoice, payment: DraftPayment) -> Receipt:
    day = payment.date or invoice.date
    if day is None:
        raise ValueError(f"a payment of {invoice.reference} without a day")
    return Receipt(
        reference=source,
        currency=invoice.currency,
        total=payment.amount,
        date=day,
        account=payment.account,
        method=payment.method,
        exchange_rate=invoice.exchange_rate,
        number=payment.reference or "",
        description=invoice.number or "",
        knock_offs=(KnockOff(invoice.reference, payment.amount),),
    )


def _live_payments(session: Session, sale: Document) -> Sequence[Document]:
    query = select(Document).where(
        Document.books_id == sale.books_id,
        Document.profile_order_id == sale.profile_order_id,
        Document.role == Role.PAYMENT,
        Document.is_live.is_(True),
    )
    return session.scalars(query.execution_options(populate_existing=True)).all()


# --- with their sale ----------------------------------------------------------------------------------------------


def void_payments(session: Session, sale: Document, actor: Actor) -> bool:
    """Before a sale is voided; what was never sent is given up. False while one of them may still come to stand."""
    taken = [_take_back(session, document, actor) for document in _live_payments(session, sale)]
    return all(taken)


def leave_payments(session: Session, sale: Document, actor: Actor) -> None:
    """What was to change with a change of the sale is given up with it; what stands in the books stays as it is."""
    for document in _live_payments(session, sale):
        operation = open_operation_of(session, document.id)
        if operation is not None and ledger.give_up(session, operation, actor) and document.state not in STANDS:
            document.is_live, document.state = False, DocumentState.DROPPED
    session.flush()


def forget_payments(session: Session, sale: Document, actor: Actor) -> None:
    """They stay in the books with their sale, and are recognised with it."""
    for document in _live_payments(session, sale):
        operation = open_operation_of(session, document.id)
        if operation is None or ledger.give_up(session, operation, actor):
            stands = document.state in STANDS
            document.is_live = False
            document.state = DocumentState.FORGOTTEN if stands else DocumentState.DROPPED
    session.flush()


def is_undecided(session: Session, profile_order_id: int | None) -> bool:
    """True while nobody knows whether the books hold a payment of the order, or what they hold of it."""
    return profile_order_id is not None and bool(session.scalar(select(payment_in(profile_order_id, UNDECIDED))))


def payment_in(profile_order_id: int | InstrumentedAttribute[int], states: Sequence[OperationState]) -> Exists:
    """A payment of the order whose open operation is in one of these states."""
    payment, operation = aliased(Document), aliased(Operation)
    return (
        select(operation.id)
        .join(payment, payment.id == operation.document_id)
        .where(
            payment.profile_order_id == profile_order_id,
            payment.role == Role.PAYMENT,
            operation.is_open.is_(True),
            operation.state.in_(states),
        )
        .exists()
    )


def _take_back(session: Session, document: Document, actor: Actor) -> bool:
    """False while it may still come to stand."""
    operation = open_operation_of(session, document.id)
    if operation is not None and operation.action is Action.VOID:
        if operation.state is OperationState.REJECTED:
            reopen(session, operation, None, actor)
        return True
    if operation is not None and not ledger.give_up(session, operation, actor):
        return False
    if document.state in STANDS:
        ledger.open_operation(session, document.id, document.books_id, Action.VOID, None, actor)
    else:
        document.is_live, document.state = False, DocumentState.DROPPED
        session.flush()
    return True
