"""Customers and numbers of a store whose codes and numbers are the books' (SEN7, SEN9 to SEN11)."""

from collections.abc import Collection, Iterator

from documents import N_, Message, say
from models import Aligned
from sync.drafting.settings import AssignedTo, NumberSource, Settings
from sync.readiness.sides import Line, Topic, blocks, fine

WAITS = {
    Aligned.CUSTOMERS: N_("The customers of both sides are not aligned yet: nothing is sent before you confirm it."),
    Aligned.INVOICES: N_("The invoice numbers of both sides are not aligned yet: no invoice is sent before that."),
    Aligned.CREDIT_NOTES: N_("The credit note numbers of both sides are not aligned yet: none is sent before that."),
}
DONE = {
    Aligned.CUSTOMERS: N_("The customers of both sides are aligned."),
    Aligned.INVOICES: N_("The invoice numbers of both sides are aligned."),
    Aligned.CREDIT_NOTES: N_("The credit note numbers of both sides are aligned."),
}


def aligned(settings: Settings, waiting: Collection[Aligned]) -> Iterator[Line]:
    """`waiting` are the kinds that nobody has confirmed yet."""
    for kind in Aligned:
        if kind in waiting:
            yield blocks(Topic.NUMBERS, say(WAITS[kind]), "alignment", "alignment")
        else:
            yield fine(Topic.NUMBERS, say(DONE[kind]))
    for about, message in unfit(settings):
        yield blocks(Topic.NUMBERS, message, "settings", about)


def unfit(settings: Settings) -> Iterator[tuple[str, Message]]:
    """Settings under which documents would carry other numbers, or other customers, than those that were aligned; what
    each is about, and why nothing is sent."""
    if settings.number_source != NumberSource.ORDER_NUMBER:
        sentence = N_("Documents must carry the store's own numbers: choose the order number as the invoice number.")
        yield "number", say(sentence)
    if settings.sale_assigned_to != AssignedTo.ORIGINAL:
        yield "customer", say(N_("Sales must go to the store's own customers: choose the original customer."))
