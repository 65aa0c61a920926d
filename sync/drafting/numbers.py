"""The document's number (S17); one that is too long is a problem and never cut."""

from documents import N_, say
from sync.drafting.rules import NumberSource
from sync.drafting.texts import shown
from sync.drafting.work import Work


def document_number(work: Work) -> str | None:
    """The number to post, None for the books' own numbering."""
    number = work.edits.number or _by_source(work)
    if number is None:
        if work.rules.books.needs_number and work.rules.settings.number_source == NumberSource.BOOKS:
            sentence = N_("These books give no numbers of their own: choose where the number comes from.")
            work.tell("number", "settings", say(sentence))
        return None
    number = shown(work, number)
    limit = work.rules.limits.number
    if len(number) > limit:
        sentence = N_("The number {number} has {length} characters, the books take {limit}.")
        work.tell("number", "settings", say(sentence, number=number, length=len(number), limit=limit), number)
    return number


def has_running_number(work: Work) -> bool:
    """True when the number is a preview, given for good at posting."""
    return work.rules.settings.number_source == NumberSource.PREFIX_RUNNING and not work.edits.number


def _by_source(work: Work) -> str | None:
    settings = work.rules.settings
    if settings.number_source == NumberSource.ORDER_NUMBER:
        return _or_tell(work, work.order.number, work.rules.store.order_number_prefix)
    if settings.number_source == NumberSource.MARKETPLACE_NUMBER:
        return _or_tell(work, work.order.marketplace_number or "", "")
    if settings.number_source == NumberSource.PREFIX_RUNNING:
        return _or_tell(work, "" if settings.number_next is None else str(settings.number_next), settings.number_prefix)
    return None


def _or_tell(work: Work, number: str, prefix: str) -> str | None:
    if number:
        return prefix + number
    source = work.rules.settings.number_source.replace("_", " ")
    sentence = N_("The settings take the document's number from '{source}', and this order has none.")
    work.tell("number", "settings", say(sentence, source=source))
    return None
