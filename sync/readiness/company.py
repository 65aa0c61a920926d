"""Whether a store may be carried to a company's books at all: the company's country, and the currency of both accounts.

Which store demands what, its adapter declares (SEN1, SEN2)."""

from collections.abc import Iterator

from documents import N_, say
from sync.readiness.sides import Demands, Line, State, Topic, fine, know

ABOUT = "pair"


def company(store: str, currency: str | None, demands: Demands, country: str, home: str) -> Iterator[Line]:
    """`currency` is that of the store's accounts, None where it is not told; `country` and `home` are the books'."""
    if demands.countries:
        yield _country(store, demands.countries, country)
    yield _currency(store, currency, home, demands.same_currency)


def refusals(store: str, currency: str | None, demands: Demands, country: str, home: str) -> list[Line]:
    """Of these lines those as long as which nothing is synced."""
    return [line for line in company(store, currency, demands, country, home) if line.is_whole]


def _country(store: str, allowed: frozenset[str], country: str) -> Line:
    words = {"store": store, "allowed": ", ".join(sorted(allowed)), "country": country}
    if country in allowed:
        return fine(Topic.COMPANY, say(N_("The books are those of a company in {country}, as {store} asks."), **words))
    if not country:
        unknown = N_("{store} can only be carried to companies in {allowed}, and these books do not say their country.")
        return _whole(unknown, words)
    other = N_("{store} can only be carried to companies in {allowed}; the company of these books is in {country}.")
    return _whole(other, words)


def _currency(store: str, currency: str | None, home: str, must_be_same: bool) -> Line:
    words = {"store": store, "currency": currency or "", "home": home}
    if currency is None:
        unknown = N_("{store} does not tell the currency of its accounts; the books keep theirs in {home}.")
        return know(Topic.COMPANY, say(unknown, **words))
    if currency == home:
        return fine(Topic.COMPANY, say(N_("Both sides keep their accounts in {home}."), **words))
    if must_be_same:
        differs = N_(
            "{store} keeps its accounts in {currency}, the books in {home}. They must be the same: nothing is synced."
        )
        return _whole(differs, words)
    rates = N_("{store} keeps its accounts in {currency}, the books in {home}: each order needs an exchange rate.")
    return know(Topic.COMPANY, say(rates, **words), "matching/currency")


def _whole(sentence: str, words: dict[str, str]) -> Line:
    return Line(Topic.COMPANY, State.BLOCKS, say(sentence, **words), "", ABOUT, is_whole=True)
