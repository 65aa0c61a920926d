"""S21: the statuses to choose from are ours, and those that the stores of a profile made up for themselves."""

from collections.abc import Iterable
from dataclasses import replace
from urllib.parse import quote, unquote

from adapters.settings import Setting
from models import Profile, WordKind
from sync import store_words

WORDS = {"statuses": WordKind.ORDER_STATUS, "payment_statuses": WordKind.PAYMENT_STATUS}


def with_store_words(profile: Profile, declared: Iterable[Setting]) -> list[Setting]:
    """The declared settings; a choice of statuses has the stores' own words behind ours, as the stores write them."""
    return [_with_words(each, profile) if each.name in WORDS else each for each in declared]


def _with_words(setting: Setting, profile: Profile) -> Setting:
    ours = [key for key, _ in setting.choices]
    told = [key_of(word.name) for word in store_words.read(profile.id, WORDS[setting.name])]
    chosen = profile.settings.get(setting.name, "").split()
    theirs = [key for key in dict.fromkeys((*told, *chosen)) if key not in ours]
    return replace(setting, choices=(*setting.choices, *((key, unquote(key)) for key in theirs)))


def key_of(word: str) -> str:
    """How a word is kept among others with blanks between; ours stay as they are."""
    return quote(word, safe="")


def words_of(text: str) -> frozenset[str]:
    """The words in a kept choice."""
    return frozenset(unquote(key) for key in text.split())
