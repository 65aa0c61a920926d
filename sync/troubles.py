"""A failure as the database keeps it: its sentence, and the entry of the catalogue that explains it (T5)."""

from collections.abc import Mapping

from adapters.errors import RemoteError
from documents import Message
from sync.explained import about_error
from sync.ledger import as_json

Trouble = dict[str, object]


def as_trouble(error: RemoteError) -> Trouble:
    """What pages show of it until it is over."""
    return explained_by(about_error(error), error.message)


def explained_by(about: str, message: Message) -> Trouble:
    """A sentence with the entry that explains it."""
    return {**(as_json(message) or {}), "about": about}


def sentence_of(trouble: Mapping[str, object]) -> Message:
    """The sentence alone."""
    values = trouble.get("values")
    return Message(str(trouble["template"]), dict(values) if isinstance(values, dict) else {})
