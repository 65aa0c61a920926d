"""The settings that a profile offers: those its books declare, without what its stores can never tell (S14), and what
stands in the place of those that nobody can choose in this company."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.registry import BOOKS, STORES
from adapters.settings import Setting
from documents import N_, Message, say
from models import BooksConnection, Profile, StoreConnection
from sync.drafting.settings import DocumentDate
from sync.which_orders import with_store_words

DATE = "document_date"


def offered(profile: Profile, stores: Sequence[StoreConnection]) -> list[Setting]:
    """As declared; a date that none of these stores ever tells is no choice, unless it was chosen before, and the
    statuses that a store made up are (S21)."""
    told = {str(each) for store in stores for each in STORES[store.kind].dates}
    kept = {*told, str(DocumentDate.SYNC), profile.settings.get(DATE, "")}
    declared = BOOKS[profile.books.kind].profile_settings
    found = [_only(each, kept) if each.name == DATE and stores else each for each in declared]
    return with_store_words(profile, found)


def not_chosen(books: BooksConnection) -> dict[str, Message]:
    """Settings without a field, each with the sentence in its place: this company lacks what it needs, or decides."""
    declared = BOOKS[books.kind].profile_settings
    given = BOOKS[books.kind].given(books.facts)
    lacks = {each.name: say(each.missing) for each in declared if each.needs and books.facts.get(each.needs) != "true"}
    decided = {each.name: _decided(each, given[each.name]) for each in declared if each.name in given}
    return {**decided, **lacks}


def _decided(setting: Setting, value: str) -> Message:
    """A label of a fixed list, else the code."""
    label = dict(setting.choices).get(value, value)
    return say(N_("The company in the books decides this: {value}"), value=label)


def _only(setting: Setting, kept: set[str]) -> Setting:
    return replace(setting, choices=tuple(each for each in setting.choices if each[0] in kept))
