"""Linking a document that the books hold: whose it is already, and what was only forgotten (T2); inside `writing()`."""

from collections.abc import Collection
from dataclasses import replace

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from documents import N_, Remote, Role, say
from models import Document, DocumentState
from sync.outcomes import Work, read_content

TAKEN = say(N_("It belongs to another order."))


def taken(
    session: Session, books_id: int, role: Role, remotes: Collection[Remote], mine: int | None = None
) -> set[str]:
    """The ids of those that another document of ours (not `mine`) is already, or is being made as by its reference.

    Two people at once: sure only for who holds the profiles of these books (`hold_profiles`)."""
    ids, references = {each.remote_id for each in remotes}, {each.reference for each in remotes if each.reference}
    query = select(Document.remote_id, Document.source).where(
        Document.books_id == books_id,
        Document.role == role,
        Document.is_live.is_(True),
        or_(Document.remote_id.in_(ids), Document.source.in_(references)),
    )
    rows = session.execute(query if mine is None else query.where(Document.id != mine)).all()
    known, sources = {row.remote_id for row in rows}, {row.source for row in rows}
    return {each.remote_id for each in remotes if each.remote_id in known or each.reference in sources}


def forgotten(session: Session, work: Work, remote: Remote) -> Document | None:
    """The document of ours that this one in the books is, where it was forgotten and nobody changed its total since."""
    ours = session.get_one(Document, work.document_id)
    query = select(Document).where(
        Document.books_id == ours.books_id,
        Document.role == work.role,
        Document.source == work.source,
        Document.state == DocumentState.FORGOTTEN,
        Document.remote_id == remote.remote_id,
        Document.posted_total == remote.total,
    )
    return None if remote.is_void else session.scalars(query.order_by(Document.generation.desc())).first()


def take_over(session: Session, work: Work, old: Document) -> Work:
    """What was posted then is what stands there; an order that changed since turns yellow and can be synced again."""
    document = session.get_one(Document, work.document_id)
    document.content, document.content_key, document.causes = old.content, old.content_key, old.causes
    document.day, document.number = old.day, old.number
    document.currency, document.expected = old.currency, old.expected
    session.flush()
    content = read_content(work.role, old.content)
    return replace(work, content=content, expected=old.expected, currency=old.currency, day=old.day)
