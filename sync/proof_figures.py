"""The figures of a proof: what the store sold, what was posted, what the books say, and every reason and fault."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from documents import N_, ZERO, Message, say

CHANGED = "changed in the store since it was posted"
ON_ITS_WAY, PENDING = say(N_("on its way")), say(N_("pending"))
UNKNOWN = say("")


@dataclass(slots=True)
class Reason:
    """Why orders are not posted, and how many they are."""

    about: str
    message: Message
    count: int = 0


@dataclass(frozen=True, slots=True)
class Fault:
    """A document that does not stand in the books once, as it was posted."""

    profile_order_id: int
    number: str
    message: Message

    def __str__(self) -> str:
        return f"{self.number}: {self.message}"


@dataclass(slots=True)
class Row:
    """One day (None: all days), one channel and one currency of its orders; amounts in that currency.

    expected = store_total - unposted + causes; difference = books_total - expected. `faults` name every document that
    does not stand in the books once, as it was posted; `reasons` by their words."""

    channel: str
    currency: str
    channel_id: int = 0
    day: date | None = None
    orders: int = 0
    posted: int = 0
    store_total: Decimal = ZERO
    reasons: dict[str, Reason] = field(default_factory=dict)
    unposted: Decimal = ZERO
    causes: dict[str, Decimal] = field(default_factory=lambda: defaultdict(Decimal))
    documents_total: Decimal = ZERO
    books_total: Decimal = ZERO
    faults: list[Fault] = field(default_factory=list)

    @property
    def expected(self) -> Decimal:
        """What the books should hold."""
        return self.store_total - self.unposted + sum(self.causes.values(), ZERO)

    @property
    def difference(self) -> Decimal:
        """0.00, or something is wrong."""
        return self.books_total - self.expected

    @property
    def not_posted(self) -> Counter[str]:
        """How many orders are not posted, by the reason in words; '' where none is known."""
        return Counter({text: reason.count for text, reason in self.reasons.items()})

    @property
    def missing(self) -> list[str]:
        """The faults in words."""
        return [str(fault) for fault in self.faults]

    @property
    def is_proven(self) -> bool:
        """Every order has a named place, and the books say what they should."""
        placed = self.posted + sum(reason.count for reason in self.reasons.values())
        agrees = self.difference == 0 and self.documents_total == self.expected
        return agrees and placed == self.orders and not self.faults and str(UNKNOWN) not in self.reasons

    def give_reason(self, about: str, message: Message, count: int = 1) -> None:
        """So many orders more are not posted for this reason."""
        self.reasons.setdefault(str(message), Reason(about, message)).count += count

    def add(self, other: "Row") -> None:
        """Count the figures of another day in."""
        self.orders += other.orders
        self.posted += other.posted
        self.store_total += other.store_total
        self.unposted += other.unposted
        self.documents_total += other.documents_total
        self.books_total += other.books_total
        self.faults += other.faults
        for reason in other.reasons.values():
            self.give_reason(reason.about, reason.message, reason.count)
        for cause, amount in other.causes.items():
            self.causes[cause] += amount


def summed(rows: Iterable[Row]) -> list[Row]:
    """One row for each channel and currency."""
    found: dict[tuple[str, int, str], Row] = {}
    for row in rows:
        key = (row.channel, row.channel_id, row.currency)
        found.setdefault(key, Row(row.channel, row.currency, row.channel_id)).add(row)
    return [found[key] for key in sorted(found)]


def amount_text(value: Decimal) -> str:
    """An amount for a sentence: with the decimals that it has, two at least."""
    exponent = value.normalize().as_tuple().exponent
    digits = max(2, -exponent if isinstance(exponent, int) else 2)
    return f"{value:.{digits}f}"
