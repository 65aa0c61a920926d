"""The settings that a profile offers: those its books declare, without what its stores can never tell (S14)."""

from collections.abc import Sequence
from dataclasses import replace

from adapters.registry import BOOKS, STORES
from adapters.settings import Setting
from models import Profile, StoreConnection
from sync.drafting.settings import DocumentDate

DATE = "document_date"


def offered(profile: Profile, stores: Sequence[StoreConnection]) -> list[Setting]:
    """As declared; a date that none of these stores ever tells is no choice, unless it was chosen before."""
    told = {str(each) for store in stores for each in STORES[store.kind].dates}
    kept = {*told, str(DocumentDate.SYNC), profile.settings.get(DATE, "")}
    declared = BOOKS[profile.books.kind].profile_settings
    return [_only(each, kept) if each.name == DATE and stores else each for each in declared]


def _only(setting: Setting, kept: set[str]) -> Setting:
    return replace(setting, choices=tuple(each for each in setting.choices if each[0] in kept))
