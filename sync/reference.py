"""The books' lists: read with progress, refreshed, searched, and looked up for a document's codes."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import datetime

import msgspec
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from adapters.accounting.base import Books, ReferencePage
from adapters.errors import UnknownCode
from clock import Clock
from documents import (
    Content,
    CreditNote,
    Invoice,
    Lookup,
    NewCustomer,
    NewProduct,
    Receipt,
    ReferenceKind,
    ReferenceRow,
)
from models import BooksConnection, BooksRow, db, end_reading, writing
from sync import search
from sync.drafting.rules import folded
from sync.outcomes import Work

Progress = Callable[[str, int, int | None], None]
"""Told after every page: which list, how many rows so far, how many there are if known."""


Write = Callable[[], AbstractContextManager[Session]]


def scope(books_id: int, kind: ReferenceKind) -> str:
    """The name of one list in the search table."""
    return f"books:{books_id}:{kind.value}"


def pull(books_id: int, books: Books, clock: Clock, progress: Progress, write: Write = writing) -> int:
    """Read every list anew, page by page; what is no longer there becomes inactive. Returns the number of rows.

    `write` opens a transaction; a run hands in its own, which is closed to who was overtaken."""
    count = 0
    for kind in books.reference_kinds:
        begun, rows = clock.now(), 0
        for page in books.reference_pages(kind):
            with write() as session:
                _keep(session, books_id, page, begun, kind not in books.reads_on_demand)
            rows += len(page.rows)
            progress(kind.value, rows, page.total)
        with write() as session:
            _retire(session, books_id, kind, begun)
        count += rows
    with write() as session:
        session.get_one(BooksConnection, books_id).refreshed_at = clock.now()
    return count


def _keep(session: Session, books_id: int, page: ReferencePage, seen_at: datetime, is_complete: bool = True) -> None:
    if not page.rows:
        return
    kind = page.rows[0].kind
    query = select(BooksRow).where(
        BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.code.in_([row.code for row in page.rows])
    )
    known = {row.code: row for row in session.scalars(query)}
    changed: dict[int, str] = {}
    for row in page.rows:
        stored = known.get(row.code)
        if stored is None:
            stored = BooksRow(books_id=books_id, kind=kind, code=row.code, name="", is_complete=is_complete)
            known[row.code] = stored
            session.add(stored)
        is_new_text = stored.name != row.name or stored.id is None
        _copy(row, stored, seen_at, {} if is_complete else stored.details or {})
        if is_new_text:
            session.flush()
            changed[stored.id] = f"{row.code} {row.name}"
    search.index(session, scope(books_id, kind), changed)


def _copy(row: ReferenceRow, stored: BooksRow, seen_at: datetime, kept: Mapping[str, object]) -> None:
    """`kept` are details that the list does not tell."""
    stored.name, stored.remote_id, stored.is_active = row.name, row.remote_id, row.is_active
    stored.details = {**kept, **msgspec.to_builtins(row.details)}
    stored.folded_name = folded(row.name)[:200]
    stored.folded_email = folded(str(row.details.get("email") or ""))[:200]
    stored.sku = str(row.details.get("sku") or "")[:100]
    stored.seen_at = seen_at


def _retire(session: Session, books_id: int, kind: ReferenceKind, begun: datetime) -> None:
    gone = update(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.seen_at < begun)
    session.execute(gone.values(is_active=False))


def find(books_id: int, kind: ReferenceKind, typed: str, most: int = 20) -> Sequence[BooksRow]:
    """The rows of a list whose words begin with what was typed, whole words first; by code where nothing was."""
    query = select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.is_active.is_(True))
    if typed.strip():
        query = search.page(query, BooksRow.id, scope(books_id, kind), typed, 0)
    else:
        query = query.order_by(BooksRow.code)
    return db.session.scalars(query.limit(most)).all()


# --- for documents ----------------------------------------------------------------------------------------------


def lookup_for(books_id: int, works: Iterable[Work]) -> Lookup:
    """Finds the rows that these documents name, read in one go so that no transaction stays open."""
    wanted = {pair for work in works for pair in _named(work)}
    rows = {(row.kind, row.code): as_document(row) for row in _read(books_id, wanted)}
    end_reading()

    def lookup(kind: ReferenceKind, code: str) -> ReferenceRow:
        try:
            return rows[kind, code]
        except KeyError:
            raise UnknownCode(kind, code) from None

    return lookup


def _read(books_id: int, wanted: set[tuple[ReferenceKind, str]]) -> list[BooksRow]:
    found: list[BooksRow] = []
    for kind in {kind for kind, _ in wanted}:
        codes = sorted(code for each, code in wanted if each is kind)
        query = select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind, BooksRow.code.in_(codes))
        found += db.session.scalars(query.execution_options(populate_existing=True))
    return found


def _named(work: Work) -> Iterable[tuple[ReferenceKind, str]]:
    """Every code that a document names, with the list it stands in."""
    yield from ((kind, code) for kind, code in _pairs(work.content) if code)


Pairs = Iterable[tuple[ReferenceKind, str | None]]


def _pairs(content: Content | None) -> Pairs:
    if isinstance(content, Invoice):
        return _of_invoice(content)
    if isinstance(content, CreditNote):
        paid = ((ReferenceKind.DEPOSIT_ACCOUNT, content.paid_from), (ReferenceKind.ACCOUNT, content.paid_from))
        return (*_of_invoice(content.document), *paid)
    if isinstance(content, Receipt):
        return _of_receipt(content)
    if isinstance(content, NewCustomer):
        parent = content.parent.code if content.parent else None
        return (
            (ReferenceKind.CUSTOMER, parent),
            (ReferenceKind.CURRENCY, content.currency),
            (ReferenceKind.TERM, content.terms),
            (ReferenceKind.PAYMENT_METHOD, content.payment_method),
        )
    return _of_product(content) if isinstance(content, NewProduct) else ()


def _of_receipt(receipt: Receipt) -> Pairs:
    return (
        (ReferenceKind.CUSTOMER, receipt.customer.code if receipt.customer else None),
        (ReferenceKind.CURRENCY, receipt.currency),
        (ReferenceKind.DEPOSIT_ACCOUNT, receipt.account),
        (ReferenceKind.PAYMENT_METHOD, receipt.method),
    )


def _of_product(product: NewProduct) -> Pairs:
    accounts = (product.income_account, product.expense_account, product.asset_account)
    return ((ReferenceKind.TAX_CODE, product.tax_code), *((ReferenceKind.ACCOUNT, each) for each in accounts))


def _of_invoice(invoice: Invoice) -> Pairs:
    heads = (
        (ReferenceKind.CUSTOMER, invoice.customer.code if invoice.customer else None),
        (ReferenceKind.CURRENCY, invoice.currency),
        (ReferenceKind.TERM, invoice.terms),
        (ReferenceKind.AGENT, invoice.agent),
        (ReferenceKind.PROJECT, invoice.project),
        (ReferenceKind.LOCATION, invoice.location),
        (ReferenceKind.TAX_CODE, invoice.document_tax_code),
        (ReferenceKind.AREA, invoice.area),
        (ReferenceKind.ACCOUNT, invoice.account),
        (ReferenceKind.DEPOSIT_ACCOUNT, invoice.deposit_account),
        (ReferenceKind.PAYMENT_METHOD, invoice.payment_method),
    )
    lines = (
        pair
        for line in invoice.lines
        for pair in (
            (ReferenceKind.ITEM, line.item),
            (ReferenceKind.UOM, line.uom),
            (ReferenceKind.TAX_CODE, line.tax_code),
            (ReferenceKind.PROJECT, line.project),
            (ReferenceKind.LOCATION, line.location),
        )
    )
    return (*heads, *lines)


def as_document(row: BooksRow) -> ReferenceRow:
    """A row as adapters know it."""
    return ReferenceRow(row.kind, row.code, row.name, row.remote_id, row.is_active, row.details)
