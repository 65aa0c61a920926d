"""Search by the beginning of words, the same in both databases: a table of words of our own."""

import re
import unicodedata
from collections.abc import Iterable, Mapping

from sqlalchemy import ColumnElement, Select, and_, delete, insert, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import SearchToken

LONGEST = 60
MOST_WORDS = 40
WORD = re.compile(r"\w+", re.UNICODE)
AFTER_ALL = "\U0010ffff"


def words_of(text: str) -> set[str]:
    """The words by which a text is found: folded, without accents; Chinese also by each of its characters."""
    folded = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    found = {word[:LONGEST] for word in WORD.findall(plain)}
    return found | {each for word in found for each in word if ord(each) >= 0x2E80}


def index(session: Session, scope: str, texts: Mapping[int, str]) -> None:
    """Make rows of one list findable by the words of their texts; earlier words of the same rows go."""
    ids = list(texts)
    session.execute(delete(SearchToken).where(SearchToken.scope == scope, SearchToken.row_id.in_(ids)))
    rows = [
        {"scope": scope, "token": word, "row_id": row_id}
        for row_id, text in texts.items()
        for word in sorted(words_of(text))[:MOST_WORDS]
    ]
    if rows:
        session.execute(insert(SearchToken), rows)


def matches(column: InstrumentedAttribute[int], scope: str, query: str) -> ColumnElement[bool]:
    """A condition: the row has, for every word typed, a word that begins with it."""
    return and_(*(column.in_(_rows_with(scope, word)) for word in _typed(query)))


def _typed(query: str) -> Iterable[str]:
    folded = unicodedata.normalize("NFKD", query.casefold())
    plain = "".join(each for each in folded if not unicodedata.combining(each))
    return [word[:LONGEST] for word in WORD.findall(plain)]


def _rows_with(scope: str, beginning: str) -> Select[int]:
    token = SearchToken.token
    return select(SearchToken.row_id).where(
        SearchToken.scope == scope, token >= beginning, token < beginning + AFTER_ALL
    )
