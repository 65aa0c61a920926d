"""Whether a store and the books fit, in both directions, before anything is sent (P9)."""

from collections.abc import Collection, Sequence

from sync.readiness.company import company, refusals
from sync.readiness.currencies import currencies
from sync.readiness.numbers import customers, numbers
from sync.readiness.payments import payments
from sync.readiness.sides import BooksSide, Chosen, Demands, Line, Pair, ShopChannel, State, StoreSide, Topic
from sync.readiness.taxes import taxes
from sync.readiness.terms import terms

__all__ = [
    "BooksSide",
    "Chosen",
    "Demands",
    "Line",
    "Pair",
    "ShopChannel",
    "State",
    "StoreSide",
    "Topic",
    "check",
    "refusals",
]


def check(pair: Pair, repeated: Collection[str] = (), aligned: Sequence[Line] = ()) -> list[Line]:
    """Every line of a pair, by topic, what blocks first; bad data never raises.

    `repeated` are numbers that several orders of the profile have. `aligned` are lines of a store whose customers and
    numbers are aligned by a person first: they stand in place of those for every other store."""
    store, books = pair.store, pair.books
    lines = [
        *company(store.name, store.currency, store.demands, books.country, books.home_currency),
        *currencies(pair),
        *payments(pair),
        *terms(pair),
        *taxes(pair),
        *(aligned or (*customers(pair), *numbers(pair, repeated))),
    ]
    topics, states = list(Topic), [State.BLOCKS, State.KNOW, State.FINE]
    return sorted(lines, key=lambda line: (topics.index(line.topic), states.index(line.state)))
