"""Saying which code in the books stands for a thing of the store; a code that the books lack is refused."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from documents import N_, Message, ReferenceKind, say
from models import BooksRow, ItemMatch, Profile, db

NO_SUCH = {
    ReferenceKind.CUSTOMER: N_("The books have no customer {code}."),
    ReferenceKind.ITEM: N_("The books have no item {code}."),
    ReferenceKind.TAX_CODE: N_("The books have no tax code {code}."),
    ReferenceKind.CURRENCY: N_("The books have no currency {code}."),
    ReferenceKind.DEPOSIT_ACCOUNT: N_("The books have no account {code}."),
    ReferenceKind.ACCOUNT: N_("The books have no account {code}."),
    ReferenceKind.AREA: N_("The books have no area {code}."),
    ReferenceKind.PAYMENT_METHOD: N_("The books have no payment method {code}."),
}


class MatchRefused(Exception):
    """The books have no such code, or the item has no such unit."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def match_item(session: Session, profile_id: int, item_id: int, code: str, uom: str | None, now: datetime) -> None:
    """One product: an item of the books and one of its units (empty: the default); an empty code unmatches."""
    if code:
        check_item(session, profile_id, code, uom)
    here = update(ItemMatch).where(ItemMatch.profile_id == profile_id, ItemMatch.item_id == item_id)
    unit = (uom or None) if code else None
    kept = {"code": code or None, "uom": unit, "is_matched": bool(code), "matched_at": now, "document_id": None}
    session.execute(here.values(kept))


def check_item(session: Session, profile_id: int, code: str, uom: str | None) -> None:
    """Refuse an item that the books lack, or a unit that it has not."""
    row = check_code(session, profile_id, ReferenceKind.ITEM, code)
    units = units_of(row)
    if uom and uom not in units and row.is_complete:
        known = ", ".join(units)
        raise MatchRefused(say(N_("{code} has no unit {uom}; it has {known}."), code=code, uom=uom, known=known))


def units_of(row: BooksRow | None) -> list[str]:
    """The units of an item of the books."""
    uoms: Any = (row and row.details.get("uoms")) or ()
    return sorted({str(each["code"]) for each in uoms})


def check_code(session: Session, profile_id: int, kind: ReferenceKind, code: str) -> BooksRow:
    """The row of the books' list that a code names; a code that they lack is refused."""
    row = row_of(session, profile_id, kind, code)
    if row is None or not row.is_active:
        raise MatchRefused(say(NO_SUCH[kind], code=code))
    return row


def row_of(session: Session, profile_id: int, kind: ReferenceKind, code: str) -> BooksRow | None:
    """The row of the books' list that a code names."""
    books = select(Profile.books_id).where(Profile.id == profile_id).scalar_subquery()
    return session.scalar(
        select(BooksRow).where(BooksRow.books_id == books, BooksRow.kind == kind, BooksRow.code == code)
    )


def rows_of(books_id: int, kind: ReferenceKind, codes: Iterable[str], is_any: bool = False) -> dict[str, BooksRow]:
    """The rows that these codes name, by code; a code that the books lack is missing, and an inactive one unless
    `is_any`."""
    query = select(BooksRow).where(BooksRow.books_id == books_id, BooksRow.kind == kind)
    query = query if is_any else query.where(BooksRow.is_active.is_(True))
    return {row.code: row for row in db.session.scalars(query.where(BooksRow.code.in_(set(codes))))}


def save_row(session: Session, model: Any, key: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Keep one row of customer, shipping, payment, currency or tax matching; the same key again replaces it."""
    remove_row(session, model, key)
    session.add(model(**key, **values))
    session.flush()


def remove_row(session: Session, model: Any, key: Mapping[str, object]) -> None:
    """Forget a row, or all rows that this is a part of the key of. Two people at once: one after the other."""
    session.execute(select(Profile.id).where(Profile.id == key["profile_id"]).with_for_update())
    session.execute(delete(model).where(*(getattr(model, name) == value for name, value in key.items())))


def match_by_code(session: Session, profile_id: int, pairs: Iterable[tuple[int, str]], now: datetime) -> int:
    """Match products whose code is known, each with its item's own unit; returns how many the books had."""
    wanted = dict(pairs)
    books = select(Profile.books_id).where(Profile.id == profile_id).scalar_subquery()
    known = set(
        session.scalars(
            select(BooksRow.code).where(
                BooksRow.books_id == books,
                BooksRow.kind == ReferenceKind.ITEM,
                BooksRow.is_active.is_(True),
                BooksRow.code.in_(set(wanted.values())),
            )
        )
    )
    found = {item_id: code for item_id, code in wanted.items() if code in known}
    for item_id, code in found.items():
        match_item(session, profile_id, item_id, code, None, now)
    return len(found)
