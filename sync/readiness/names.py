"""Lists whose rows must have the same names on both sides: where a store's adapter declares so (SEN4, SEN6)."""

from collections.abc import Collection, Iterator

from documents import N_, say
from sync.drafting.books import folded
from sync.readiness.sides import Line, Topic, blocks, fine


def same_names(topic: Topic, in_store: Collection[str], in_books: Collection[str], about: str) -> Iterator[Line]:
    """Each name that one side lacks blocks; case and outer blanks do not count."""
    ours, theirs = ({folded(each): each for each in side} for side in (in_store, in_books))
    for name in sorted(set(ours) - set(theirs)):
        sentence = N_("The books have nothing named {name}, which the store uses: create it there, or rename one.")
        yield blocks(topic, say(sentence, name=ours[name]), "", about, ours[name])
    for name in sorted(set(theirs) - set(ours)):
        sentence = N_("The store has nothing named {name}, which the books have: create it there, or rename one.")
        yield blocks(topic, say(sentence, name=theirs[name]), "", about, theirs[name])
    if both := sorted(set(ours) & set(theirs)):
        listed = tuple(ours[each] for each in both)
        yield fine(topic, say(N_("These have the same name on both sides.")), listed)
