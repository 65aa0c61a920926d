"""Saying which code in the books stands for a thing of the store; a code that the books lack is refused."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from documents import N_, Message, ReferenceKind, say
from models import BooksRow, ItemMatch, Profile


class MatchRefused(Exception):
    """The books have no such code, or the item has no such unit."""

    def __init__(self, message: Message) -> None:
        super().__init__(str(message))
        self.message = message


def match_item(session: Session, profile_id: int, item_id: int, code: str, uom: str | None, now: datetime) -> None:
    """One product: an item of the books and one of its units (empty: the default); an empty code unmatches."""
    if code:
        _check_item(session, profile_id, code, uom)
    here = update(ItemMatch).where(ItemMatch.profile_id == profile_id, ItemMatch.item_id == item_id)
    session.execute(here.values(code=code or None, uom=uom or None, is_matched=bool(code), matched_at=now))


def _check_item(session: Session, profile_id: int, code: str, uom: str | None) -> None:
    row = row_of(session, profile_id, ReferenceKind.ITEM, code)
    if row is None or not row.is_active:
        raise MatchRefused(say(N_("The books have no item {code}."), code=code))
    uoms: Any = row.details.get("uoms") or ()
    units = {str(each["code"]) for each in uoms}
    if uom and uom not in units:
        known = ", ".join(sorted(units))
        raise MatchRefused(say(N_("{code} has no unit {uom}; it has {known}."), code=code, uom=uom, known=known))


def row_of(session: Session, profile_id: int, kind: ReferenceKind, code: str) -> BooksRow | None:
    """The row of the books' list that a code names."""
    books = select(Profile.books_id).where(Profile.id == profile_id).scalar_subquery()
    return session.scalar(
        select(BooksRow).where(BooksRow.books_id == books, BooksRow.kind == kind, BooksRow.code == code)
    )


def save_row(session: Session, model: Any, key: Mapping[str, object], values: Mapping[str, object]) -> None:
    """Keep one row of customer, shipping, payment, currency or tax matching; the same key again replaces it."""
    session.execute(delete(model).where(*(getattr(model, name) == value for name, value in key.items())))
    session.add(model(**key, **values))
    session.flush()


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
