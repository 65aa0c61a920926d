"""The words of everything that can be searched by the beginning of a word, in both databases."""

from sqlalchemy import Index, String
from sqlalchemy.orm import Mapped, mapped_column

from models.base import Base

WORD = String(60).with_variant(String(60, collation="C"), "postgresql")
"""Words are compared by their characters' numbers, whatever language the database sorts by."""


class SearchToken(Base):
    """One word of one row; `scope` names the list ("books:7:item", "store:3"), row_id the row in it."""

    __tablename__ = "search_tokens"
    __table_args__ = (Index(None, "scope", "row_id", "token"),)
    scope: Mapped[str] = mapped_column(String(60), primary_key=True)
    token: Mapped[str] = mapped_column(WORD, primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True)
