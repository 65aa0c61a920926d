"""The two sides that must fit, and the lines that say whether they do."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from enum import StrEnum

from documents import Message, ReferenceKind, Tax
from sync.drafting.books import DatedRate
from sync.drafting.matching import Matching
from sync.drafting.settings import Settings


class Topic(StrEnum):
    """What a line is about, in the order of the page."""

    COMPANY = "company"
    CURRENCIES = "currencies"
    PAYMENTS = "payments"
    TERMS = "terms"
    TAXES = "taxes"
    NUMBERS = "numbers"


class State(StrEnum):
    """Fine; something that stops orders; something to know."""

    FINE = "fine"
    BLOCKS = "blocks"
    KNOW = "know"


@dataclass(frozen=True, slots=True)
class Line:
    """One sentence of the check. `mend` is the page that mends it (`blueprints/mending.py`), `about` its explanation,
    `listed` the names that belong to it. `is_whole`: as long as it blocks, nothing of the pair is synced."""

    topic: Topic
    state: State
    message: Message
    mend: str = ""
    about: str = ""
    subject: str = ""
    listed: tuple[str, ...] = ()
    is_whole: bool = False


def fine(topic: Topic, message: Message, listed: tuple[str, ...] = ()) -> Line:
    """A line that needs nothing."""
    return Line(topic, State.FINE, message, listed=listed)


def know(topic: Topic, message: Message, mend: str = "", listed: tuple[str, ...] = ()) -> Line:
    """A line that is good to know."""
    return Line(topic, State.KNOW, message, mend, listed=listed)


def blocks(topic: Topic, message: Message, mend: str, about: str, subject: str = "") -> Line:
    """A line that stops the orders that it concerns."""
    return Line(topic, State.BLOCKS, message, mend, about, subject)


@dataclass(frozen=True, slots=True)
class Demands:
    """What a store's adapter declares of the books that it may be carried to (adapters/stores/base.py).

    `same_names`: lists whose names must be the same on both sides, with the entry that explains what is not."""

    countries: frozenset[str] = frozenset()
    same_currency: bool = False
    same_names: Mapping[ReferenceKind, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class ShopChannel:
    """A channel that posts into the profile, with the payment methods that it uses."""

    id: str
    name: str
    methods: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoreSide:
    """What a store uses and names, in its channels that post into the profile; `currency` is that of its accounts, None
    where it is not told; `terms` are days."""

    name: str
    currency: str | None = None
    currencies: tuple[str, ...] = ()
    channels: tuple[ShopChannel, ...] = ()
    taxes: tuple[Tax, ...] = ()
    terms: tuple[int, ...] = ()
    demands: Demands = Demands()

    @property
    def methods(self) -> tuple[str, ...]:
        """Every payment method, once."""
        return tuple(sorted({method for channel in self.channels for method in channel.methods}))


@dataclass(frozen=True, slots=True)
class BooksSide:
    """What the books have: codes of their lists, active rows only. `methods` is None where they keep no such list;
    `tax_names` are the names of tax codes; `is_tax_sent`: documents carry the store's own tax."""

    home_currency: str
    country: str
    currencies: Mapping[str, tuple[DatedRate, ...]] = field(default_factory=dict)
    accounts: Mapping[str, str] = field(default_factory=dict)
    methods: tuple[str, ...] | None = None
    terms: Mapping[str, int | None] = field(default_factory=dict)
    tax_rates: Mapping[str, Decimal] = field(default_factory=dict)
    tax_names: Mapping[str, str] = field(default_factory=dict)
    is_tax_sent: bool = False


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the profile says: settings and matching, and the day that rates are asked for."""

    settings: Settings
    matching: Matching
    today: dt.date


@dataclass(frozen=True, slots=True)
class Pair:
    """A store and the books that it is carried to, by a profile."""

    store: StoreSide
    books: BooksSide
    chosen: Chosen
