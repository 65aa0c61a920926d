"""Search by the beginning of words, the same in both databases: a table of words of our own."""

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any, TypeVarTuple

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, insert, literal, select, true, tuple_
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from models import SearchToken, db

LONGEST = 60
MOST_WORDS = 40
WORD = re.compile(r"[^\W_]+", re.UNICODE)
WITHOUT_BLANKS = re.compile(r"[\u2e80-\U0003ffff]+")
AFTER_ALL = "\U0010ffff"
Columns = TypeVarTuple("Columns")


def words_of(text: str) -> list[str]:
    """The words by which a text is found, in their order: folded, without accents.

    Chinese is written without blanks: any of its characters may begin a word, so every rest of such a word is one."""
    found = [word[:LONGEST] for word in _plain_words(text)]
    rests = (
        run[start:][:LONGEST] for word in found for run in WITHOUT_BLANKS.findall(word) for start in range(len(run))
    )
    return list(dict.fromkeys((*found, *rests)))


def _plain_words(text: str) -> list[str]:
    folded = unicodedata.normalize("NFKD", text.casefold())
    return WORD.findall("".join(each for each in folded if not unicodedata.combining(each)))


def index(session: Session, scope: str, texts: Mapping[int, str]) -> None:
    """Make rows of one list findable by the words of their texts, the first 40; earlier words of the same rows go."""
    ids = list(texts)
    session.execute(delete(SearchToken).where(SearchToken.scope == scope, SearchToken.row_id.in_(ids)))
    rows = [
        {"scope": scope, "token": word, "row_id": row_id}
        for row_id, text in texts.items()
        for word in words_of(text)[:MOST_WORDS]
    ]
    if rows:
        session.execute(insert(SearchToken), rows)


def matches(column: InstrumentedAttribute[int], scope: str, query: str) -> ColumnElement[bool]:
    """A condition: the row has, for every word typed, a word that begins with it; true where no word was typed."""
    return and_(true(), *(column.in_(_rows_with(scope, word)) for word in _typed(query)))


def page(
    rows: Select[*Columns], column: InstrumentedAttribute[int], scope: str, query: str, after_id: int
) -> Select[*Columns]:
    """Those of `rows` that have, for every word typed, a word that begins with it: whole words first, then by id.

    They come in the order of the words themselves, so that a page costs the same however many rows have the word.
    `after_id` is the last row of the page before, 0 for the first page."""
    first, *others = sorted(_typed(query), key=len, reverse=True) or [""]
    found, earlier = aliased(SearchToken), aliased(SearchToken)
    again = exists().where(*_of_row(earlier, scope, first, found.row_id), earlier.token.concat("") < found.token)
    rows = rows.join(found, found.row_id == column).where(*_begins(found, scope, first), ~again)
    for word in others:
        other = aliased(SearchToken)
        rows = rows.where(exists().where(*_of_row(other, scope, word, found.row_id)))
    if after_id and (last := db.session.scalar(_first_word(scope, first, after_id))) is not None:
        rows = rows.where(tuple_(found.token, found.row_id) > tuple_(literal(last), literal(after_id)))
    return rows.order_by(found.token, found.row_id)


def _begins(token: type[SearchToken], scope: str, beginning: str) -> tuple[ColumnElement[bool], ...]:
    return token.scope == scope, token.token >= beginning, token.token < beginning + AFTER_ALL


def _first_word(scope: str, beginning: str, row_id: int) -> Select[str]:
    """The word by which a row was found."""
    return select(func.min(SearchToken.token)).where(*_of_row(SearchToken, scope, beginning, row_id))


def _of_row(token: type[SearchToken], scope: str, beginning: str, row_id: Any) -> tuple[ColumnElement[bool], ...]:
    """The words of one row that begin so. No range of words: a database would go through it, not the row's few."""
    return token.scope == scope, token.row_id == row_id, func.substr(token.token, 1, len(beginning)) == beginning


def _typed(query: str) -> Iterable[str]:
    return [word[:LONGEST] for word in _plain_words(query)]


def _rows_with(scope: str, beginning: str) -> Select[int]:
    return select(SearchToken.row_id).where(*_begins(SearchToken, scope, beginning))
