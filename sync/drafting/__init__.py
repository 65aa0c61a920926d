"""Drafting: an order becomes the document that will stand in the books. Pure functions; `rules.md` in code."""

from sync.drafting.answers import AfterPosting, after_posting
from sync.drafting.changes import changed_fields, content_key
from sync.drafting.draft import draft
from sync.drafting.edits import NO_EDITS, Edits, LineEdit
from sync.drafting.fingerprints import fingerprint
from sync.drafting.references import payment_reference, reference
from sync.drafting.rules import Rules
from sync.drafting.saving import check_settings

__all__ = [
    "NO_EDITS",
    "AfterPosting",
    "Edits",
    "LineEdit",
    "Rules",
    "after_posting",
    "changed_fields",
    "check_settings",
    "content_key",
    "draft",
    "fingerprint",
    "payment_reference",
    "reference",
]
