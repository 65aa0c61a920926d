"""What one accounting system has, and what it calls it: for pages, which know no adapter."""

from adapters.registry import BOOKS
from documents import N_, ReferenceKind

USUAL = {ReferenceKind.PROJECT: N_("Project"), ReferenceKind.LOCATION: N_("Stock Location")}


def word_of(kind: str, row_of: ReferenceKind) -> str:
    """What these books call the rows of a list, as a template to translate."""
    return BOOKS[kind].words.get(row_of, USUAL[row_of])


def has_units(kind: str) -> bool:
    """Items of these books are sold in units (UOM), which invoices name."""
    return lists_units(kind) or any(each.name == "default_uom" for each in BOOKS[kind].profile_settings)


def lists_units(kind: str) -> bool:
    """They have a list of units to pick from."""
    return ReferenceKind.UOM in BOOKS[kind].reference_kinds
