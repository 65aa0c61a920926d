"""Rows that a transaction holds until its end: who writes at the same time waits, and then reads what was written.

For PostgreSQL; SQLite has one writer anyway. Whoever holds both, holds the profile first."""

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import BooksConnection, Profile, StoreConnection


def hold_profile(session: Session, profile_id: int) -> Profile:
    """The profile as it is now. What belongs to it is to be read anew too (`populate_existing`)."""
    return session.get_one(Profile, profile_id, populate_existing=True, with_for_update=True)


def one_at_a_time(session: Session, profile_id: int) -> None:
    """Running numbers are counted, documents made and tasks changed by one drafting, trash, re-sync or push of partners
    of a profile at a time."""
    session.execute(select(Profile.id).where(Profile.id == profile_id).with_for_update(key_share=True))


def hold_profiles(session: Session, books_id: int) -> None:
    """Every profile of these books, the first lock of who links a document: one at a time, and before any drafting."""
    mine = select(Profile.id).where(Profile.books_id == books_id).order_by(Profile.id)
    session.execute(mine.with_for_update(key_share=True))


def hold_books(session: Session, books_id: int) -> None:
    """The books; who only refers to them (a new document) does not wait."""
    session.execute(select(BooksConnection.id).where(BooksConnection.id == books_id).with_for_update(key_share=True))


def hold_store(session: Session, store_id: int) -> None:
    """The store: one at a time keeps its records, and makes orders of them."""
    session.execute(select(StoreConnection.id).where(StoreConnection.id == store_id).with_for_update(key_share=True))
