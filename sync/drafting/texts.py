"""Texts of a document: uppercase (S11) first, then cut to what the books take, and told where it was cut."""

from dataclasses import replace

from documents import N_, InvoiceLine, Message, say
from sync.drafting.graphemes import cut
from sync.drafting.rules import DescriptionFrom
from sync.drafting.work import Work

CUT = N_("The text was cut to {limit} characters, which is what the books take.")


def shown(work: Work, text: str) -> str:
    """The text in capitals where the settings ask for it."""
    return text.upper() if work.rules.settings.uppercase else text


def with_texts(work: Work, line: InvoiceLine) -> InvoiceLine:
    """The line with its description as the books take it."""
    text, notes = _fitted(shown(work, line.description), work.rules.limits.line_text)
    return line if text == line.description else replace(line, description=text, notes=line.notes + notes)


def description(work: Work) -> str:
    """The document's text: the edit, else S10."""
    text, notes = _fitted(shown(work, _chosen(work)), work.rules.limits.description)
    work.notes.extend(notes)
    return text


def _chosen(work: Work) -> str:
    settings = work.rules.settings
    if work.edits.description is not None:
        return work.edits.description
    if settings.description_from == DescriptionFrom.NOTES:
        return work.order.notes
    is_own = settings.description_from == DescriptionFrom.TEXT
    return settings.description_prefill if is_own else work.rules.books.default_message


def _fitted(text: str, limit: int) -> tuple[str, tuple[Message, ...]]:
    if len(text) <= limit:
        return text, ()
    return cut(text, limit), (say(CUT, limit=limit),)
