"""Terms: one whose name is the number of days stands for that many days; name and days must agree (SEN5)."""

from collections.abc import Iterator

from documents import N_, ReferenceKind, say
from sync.readiness.sides import Line, Pair, Topic, blocks, fine, know

ABOUT = "terms"


def terms(pair: Pair) -> Iterator[Line]:
    """Of the days that the store's orders and customers name, and of the profile's own term (S3)."""
    bad = {days: line for days in pair.store.terms if (line := _blocked(pair, days))}
    yield from bad.values()
    if good := tuple(str(days) for days in pair.store.terms if days not in bad):
        yield fine(Topic.TERMS, say(N_("The books have the terms that the store uses, name and days agree.")), good)
    yield from _chosen(pair)
    used = {str(days) for days in pair.store.terms} | {pair.chosen.settings.terms}
    if pair.store.terms and (rest := tuple(sorted(set(pair.books.terms) - used))):
        yield know(Topic.TERMS, say(N_("The books have terms that the store does not use.")), listed=rest)


def _blocked(pair: Pair, days: int) -> Line | None:
    name, about = str(days), pair.store.demands.same_names.get(ReferenceKind.TERM, ABOUT)
    if name not in pair.books.terms:
        sentence = N_("The store uses a term of {days} days, and the books have none named {days}: create it there.")
        return blocks(Topic.TERMS, say(sentence, days=days), "", about, name)
    found = pair.books.terms[name]
    if found is None:
        sentence = N_("The term {days} of the books has no fixed number of days: give it {days} days.")
        return blocks(Topic.TERMS, say(sentence, days=days), "", about, name)
    if found != days:
        sentence = N_("The term named {days} stands for {found} days in the books: name and days must agree.")
        return blocks(Topic.TERMS, say(sentence, days=days, found=found), "", about, name)
    return None


def _chosen(pair: Pair) -> Iterator[Line]:
    chosen = pair.chosen.settings.terms
    if chosen and chosen not in pair.books.terms:
        sentence = N_("The books have no term named {name}, which is chosen in the settings.")
        yield blocks(Topic.TERMS, say(sentence, name=chosen), "settings", ABOUT, chosen)
