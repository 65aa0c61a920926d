"""What only a person can answer of a file: how its days and amounts are written, and which of its orders are meant."""

from collections.abc import Sequence

from sqlalchemy import select

from adapters.registry import asked
from adapters.spreadsheets.order_words import is_marketplace, means
from documents import N_, Message, say
from models import StoreChannel, Upload, db, end_reading
from sync.uploads.grouping import MOST_WORDS, Groups
from sync.uploads.plans import Found


class Asks(Exception):
    """A person must say something first; what was seen is in `found`."""

    def __init__(self, found: Found, question: Message) -> None:
        super().__init__()
        self.found, self.question = found, question


def ask_what_is_open(upload: Upload, found: Found, groups: Groups) -> None:
    """Which of several channels this one is, and how days are written, where the file does not show it."""
    words, evidence, plan = sorted(set(groups.words.values())), groups.evidence, found.plan
    found.look.words = words[:MOST_WORDS] if len(words) > 1 else []
    found.look.asks_day_first = evidence.asks_day_first(plan)
    found.look.asks_year_first = evidence.may_begin_with_year()
    found.look.asks_decimal_comma = evidence.asks_decimal_comma(plan)
    if evidence.may_begin_with_year() and plan.year_first is None:
        sentence = N_("Dates like 03/04/05 may begin with the day, the month, or the year. Say which, below.")
        raise Asks(found, say(sentence))
    if evidence.asks_day_first(plan):
        sentence = N_("Dates like 03/04/2026 may be 3 April or March 4. Say which, below.")
        raise Asks(found, say(sentence))
    if evidence.asks_decimal_comma(plan):
        sentence = N_("Amounts like 1,250 or 1.250 may be 1250 or one and a quarter. Say which, below.")
        raise Asks(found, say(sentence))
    if not plan.is_zone_known:
        sentence = N_(
            "No company profile takes this channel yet. Say below in which time zone the dates of the file are."
        )
        raise Asks(found, say(sentence))
    if words and not (plan.words is not None and set(words) <= set(plan.asked)):
        _find_words(upload.channel, found, words)


def _find_words(channel: StoreChannel, found: Found, words: list[str]) -> None:
    """Which words mean this channel, where they say so; one that may or may not mean it is asked about."""
    plan, others = found.plan, _others(channel)
    meant = {word: _is_meant(word, channel, others) for word in words}
    mine = [word for word in words if meant[word]]
    is_alone = len(words) == 1 and channel.store.kind not in asked() and not _names_any(words[0], others)
    if words == [""] or is_alone or (mine and None not in meant.values()):
        plan.words, plan.asked = mine or words, words
        return
    if len(words) > MOST_WORDS:
        found.look.words, plan.words = [], None
        sentence = N_("The column of the channel holds more than {most} different words. Choose another one, or none.")
        raise Asks(found, say(sentence, most=MOST_WORDS))
    found.look.words, plan.words = words, plan.words or mine or None
    sentence = N_("The file names other channels than {channel}. Say below which of them it is.")
    raise Asks(found, say(sentence, channel=channel.name))


def _is_meant(word: str, channel: StoreChannel, others: Sequence[StoreChannel]) -> bool | None:
    """By its name, else as the store's only channel of a marketplace; None where nobody can say."""
    if means(word, channel.name, ""):
        return True
    is_theirs = any(means(word, each.name, "") for each in others)
    if not is_theirs and means(word, "", channel.kind):
        return None if _names_any(word, others) else True
    is_own_sale = not word and channel.store.kind in asked()  # in an export, a sale of no marketplace
    return False if _names_any(word, others) or is_marketplace(word) or is_own_sale else None


def _names_any(word: str, channels: Sequence[StoreChannel]) -> bool:
    return any(means(word, each.name, each.kind) for each in channels)


def _others(channel: StoreChannel) -> Sequence[StoreChannel]:
    query = select(StoreChannel).where(StoreChannel.store_id == channel.store_id, StoreChannel.id != channel.id)
    found = db.session.scalars(query).all()
    end_reading()
    return found
