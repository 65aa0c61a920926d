"""Customers and numbers: whose sales they are, and whether a document's number can be there already."""

from collections.abc import Collection, Iterator

from documents import N_, say
from sync.drafting.settings import AssignedTo, NumberSource
from sync.readiness.sides import Line, Pair, State, Topic, blocks, fine, know


def customers(pair: Pair) -> Iterator[Line]:
    """By S22: each channel's customer; a customer that does not exist is made once, or not at all."""
    assigned = pair.chosen.settings.sale_assigned_to
    if assigned == AssignedTo.GENERIC:
        yield fine(Topic.NUMBERS, say(N_("All sales go to one customer.")))
        return
    if assigned in (AssignedTo.ORIGINAL, AssignedTo.ORGANISATION):
        yield _buyers(pair.chosen.settings.create_customers)
    yield from _of_channels(pair, is_needed=assigned == AssignedTo.CHANNEL)


def _buyers(are_made: bool) -> Line:
    if are_made:
        sentence = N_(
            "Buyers are found among the customers of the books by e-mail, then by name; others are made, once."
        )
        return know(Topic.NUMBERS, say(sentence), "settings")
    sentence = N_("Buyers are found among the customers of the books; for others the channel's customer is taken.")
    return know(Topic.NUMBERS, say(sentence), "settings")


def _of_channels(pair: Pair, is_needed: bool) -> Iterator[Line]:
    """A channel without a customer blocks where sales go to it, else is only needed for buyers who are hidden."""
    with_own = {channel_id for channel_id, _ in pair.chosen.matching.customers}
    if pair.chosen.settings.default_customer:
        lacking = []
    else:
        lacking = [each for each in pair.store.channels if each.id not in with_own]
    state = State.BLOCKS if is_needed else State.KNOW
    for each in lacking:
        sentence = N_("No customer is matched to the channel {channel}, and there is no default customer.")
        message = say(sentence, channel=each.name)
        yield Line(Topic.NUMBERS, state, message, "matching/customers", "customer", each.name)
    if is_needed and not lacking and pair.store.channels:
        names = tuple(each.name for each in pair.store.channels)
        yield fine(Topic.NUMBERS, say(N_("Each channel has its customer.")), names)


def numbers(pair: Pair, repeated: Collection[str]) -> Iterator[Line]:
    """`repeated` are numbers that several orders have; that only matters where the document's number is the order's."""
    source = pair.chosen.settings.number_source
    if source == NumberSource.BOOKS:
        yield fine(Topic.NUMBERS, say(N_("The books number the documents themselves.")))
    for number in repeated if source == NumberSource.ORDER_NUMBER else ():
        sentence = N_("Several orders have the number {number}, which is to be the number of their document.")
        yield blocks(Topic.NUMBERS, say(sentence, number=number), "settings", "number", number)
    sentence = N_(
        "Sales that are in the books already, typed by hand or by another connector, are found by their number."
    )
    yield know(Topic.NUMBERS, say(sentence), "already")
