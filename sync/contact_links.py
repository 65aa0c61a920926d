"""The contacts and companies that were linked at imports: looked through, linked anew, forgotten (M9)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, or_, select
from sqlalchemy.orm import Session

from documents import N_, say
from models import ContactMatch, Document, Profile, db
from sync.at_import_saving import check_customer
from sync.drafting.people import source_of
from sync.match_rows.row import Values
from sync.matching import MatchRefused


@dataclass(frozen=True, slots=True)
class Link:
    """A row of the page; `made` is the code of the customer that was made of it, "" while none stands in the books."""

    match: ContactMatch
    made: str = ""

    @property
    def key(self) -> str:
        """Its id."""
        return str(self.match.id)

    @property
    def name(self) -> str:
        """As the store named it when it was linked."""
        return self.match.name

    @property
    def values(self) -> dict[str, str]:
        """What is kept."""
        return {"customer": self.match.code or ""}


def page(profile: Profile, after_id: int, typed: str, most: int) -> list[Link]:
    """Behind one of them, in the order in which they were linked; `typed` is a part of name, e-mail or company."""
    query = select(ContactMatch).where(ContactMatch.profile_id == profile.id, ContactMatch.id > after_id)
    for word in typed.casefold().split():
        columns = (ContactMatch.name, ContactMatch.email, ContactMatch.company)
        query = query.where(or_(*(func.lower(column).contains(word, autoescape=True) for column in columns)))
    return _links(profile, db.session.scalars(query.order_by(ContactMatch.id).limit(most)).all())


def one(profile: Profile, row_id: int) -> Link | None:
    """As it is now; None where it is not the profile's."""
    query = select(ContactMatch).where(ContactMatch.profile_id == profile.id, ContactMatch.id == row_id)
    found = _links(profile, db.session.scalars(query.execution_options(populate_existing=True)).all())
    return found[0] if found else None


def _links(profile: Profile, rows: Sequence[ContactMatch]) -> list[Link]:
    sources = {source_of(row.key): row.key for row in rows if row.code is None}
    made = select(Document.source, Document.remote_number).where(
        Document.books_id == profile.books_id,
        Document.source.in_(sources),
        Document.is_live.is_(True),
        Document.remote_number.is_not(None),
    )
    codes = {sources[row.source]: row.remote_number or "" for row in db.session.execute(made)} if sources else {}
    return [Link(row, codes.get(row.key, "")) for row in rows]


def keep(session: Session, profile: Profile, link: Link, values: Values, now: datetime) -> None:
    """Another customer of the books; refused where they have none of this code, or where nothing is chosen."""
    if not values["customer"] and link.match.code is None:
        return  # to be made, as before
    if not values["customer"]:
        raise MatchRefused(say(N_("Choose a customer, or forget the link.")))
    check_customer(session, profile, values["customer"])
    row = session.get_one(ContactMatch, link.match.id, populate_existing=True)
    row.code, row.matched_at = values["customer"], now
    session.flush()


def forget(session: Session, link: Link) -> None:
    """It is asked for again at the next import."""
    session.delete(session.get_one(ContactMatch, link.match.id, populate_existing=True))
    session.flush()
