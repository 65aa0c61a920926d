"""A document that was only forgotten is recognised: it is linked as it was posted then (T2); inside `writing()`."""

from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from documents import Remote
from models import Document, DocumentState
from sync.outcomes import Work, read_content


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
