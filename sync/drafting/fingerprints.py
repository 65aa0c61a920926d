"""What a draft would post, as one short hash: a draft that changed since it was seen is shown again (rules.md 7)."""

from dataclasses import fields, is_dataclass, replace
from decimal import Decimal
from hashlib import sha256

from documents import CustomerChoice, Draft
from sync.drafting.books import folded

_ONLY_FOR_PEOPLE = frozenset({"notes", "is_default_item", "source_line"})


def fingerprint(draft: Draft) -> str:
    """32 hex digits that stay the same as long as the document, its customer and its payments do.

    Notes, causes and problems are not posted, so they do not count; nor does a running number, which is a preview. A
    customer that was to be made, and stands there by now, is still the same.
    """
    skipped = _ONLY_FOR_PEOPLE | {"number"} if draft.has_running_number else _ONLY_FOR_PEOPLE
    invoice = replace(draft.invoice, customer=None) if draft.invoice else None
    who = _who(draft.invoice.customer) if draft.invoice and draft.invoice.customer else None
    against = [written(draft.credits)] if draft.credits else []
    return digest([written(invoice, skipped), who, written(draft.payments, skipped), *against])


def _who(choice: CustomerChoice) -> tuple[str, str]:
    """By a name that nobody else has, else by the code."""
    name = choice.create.name if choice.create else choice.name
    return ("name", folded(name)) if name else ("code", choice.code or "")


def digest(value: object) -> str:
    """The hash of a value that `written` made."""
    return sha256(repr(value).encode()).hexdigest()[:32]


def written(value: object, skipped: frozenset[str] = frozenset()) -> object:
    """A value as tuples and texts in which equal figures look equal (5 and 5.00), field by field."""
    if isinstance(value, Decimal):
        return figure(value)
    if isinstance(value, tuple):
        return tuple(written(each, skipped) for each in value)
    if is_dataclass(value) and not isinstance(value, type):
        names = (each.name for each in fields(value) if each.name not in skipped)
        return tuple((name, written(getattr(value, name), skipped)) for name in names)
    return None if value is None else str(value)


def figure(value: Decimal) -> str:
    """One text for all ways to write a figure."""
    return f"{value.normalize():f}" if value else "0"
