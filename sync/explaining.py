"""The shape of an explanation: what happened, why, what to do (T5)."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Explained:
    """A problem in plain words: its name, and three short paragraphs; each is a template to translate.

    `code` is what people see beside the sentence, where the problem has a code at all."""

    title: str
    what: str
    why: str
    to_do: str
    code: str = ""
