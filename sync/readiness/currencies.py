"""Currencies: each that the store uses needs one in the books, with a rate (M7)."""

from collections.abc import Iterator

from documents import N_, say
from sync.drafting.currency import in_force
from sync.readiness.sides import Line, Pair, Topic, blocks, fine, know

MEND = "matching/currency"


def currencies(pair: Pair) -> Iterator[Line]:
    """Those that block one by one, then those that are fine, then what only the books have."""
    bad = {each: line for each in pair.store.currencies if (line := _blocked(pair, each))}
    yield from bad.values()
    if good := tuple(each for each in pair.store.currencies if each not in bad):
        yield fine(
            Topic.CURRENCIES,
            say(N_("The books have every other currency that the store uses."))
            if bad
            else say(N_("The books have every currency that the store uses.")),
            good,
        )
    used = {_code(pair, each) for each in pair.store.currencies}
    if rest := tuple(sorted(set(pair.books.currencies) - used - {pair.books.home_currency})):
        yield know(Topic.CURRENCIES, say(N_("The books have currencies that the store does not use.")), listed=rest)


def _code(pair: Pair, currency: str) -> str:
    match = pair.chosen.matching.currencies.get(currency)
    return match.code if match else currency


def _blocked(pair: Pair, currency: str) -> Line | None:
    code, home = _code(pair, currency), pair.books.home_currency
    if code == home:
        return None
    if code not in pair.books.currencies:
        return _lacking(pair, currency, code)
    match = pair.chosen.matching.currencies.get(currency)
    own = match.rate if match else None
    if own is None and in_force(pair.books.currencies[code], pair.chosen.today) is None:
        sentence = N_(
            "No exchange rate {currency} to {home} is known for today, neither in the books nor in your table."
        )
        return blocks(Topic.CURRENCIES, say(sentence, currency=code, home=home), MEND, "exchange_rate", code)
    return None


def _lacking(pair: Pair, currency: str, code: str) -> Line:
    if currency in pair.chosen.matching.currencies:
        sentence = N_("{currency} is matched to {code}, which the books do not have (any more).")
        return blocks(Topic.CURRENCIES, say(sentence, currency=currency, code=code), MEND, "currency", currency)
    sentence = N_("The books do not have the currency {currency}, and no other is matched to it.")
    return blocks(Topic.CURRENCIES, say(sentence, currency=currency), MEND, "currency", currency)
