"""Whether a code that somebody typed stands in the books' list it is picked from."""

from collections.abc import Mapping

from sqlalchemy import and_, or_, select

from documents import N_, Message, ReferenceKind, say
from models import BooksRow, db


def unknown(books_id: int, typed: Mapping[str, tuple[ReferenceKind, str]]) -> dict[str, Message]:
    """A sentence for each field whose code the books do not have; an empty code is none."""
    wanted = {pair for pair in typed.values() if pair[1]}
    if not wanted:
        return {}
    which = or_(*(and_(BooksRow.kind == kind, BooksRow.code == code) for kind, code in sorted(wanted)))
    query = select(BooksRow.kind, BooksRow.code).where(
        BooksRow.books_id == books_id, BooksRow.is_active.is_(True), which
    )
    known = {(row.kind, row.code) for row in db.session.execute(query)}
    sentence = N_("The books have no such code: {code}. Press Find to choose one of theirs.")
    return {name: say(sentence, code=pair[1]) for name, pair in typed.items() if pair[1] and pair not in known}
