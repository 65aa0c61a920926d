"""Two people at one form: each changes what they changed, and neither overwrites the other unseen."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from models import is_row_id, row_id

Each = TypeVar("Each", int, str)
Fields = Mapping[str, str]
"""What a form holds, as text by the names of its fields."""


class ChangedMeanwhile(Exception):
    """Somebody else has saved other values since the form was drawn; nothing was kept.

    `fields` are those that both changed, `now` is what stands in all of them, `shown` what the form shows when it is
    drawn again: what was typed where something was, else what stands there now."""

    def __init__(self, fields: Iterable[str], now: Fields, mine: Fields) -> None:
        self.fields, self.now, self.shown = tuple(fields), now, {**now, **mine}
        super().__init__(", ".join(self.fields))


def changes(typed: Fields, was: Fields | None, now: Fields) -> dict[str, str]:
    """The fields that a form changes, by what it showed when it was drawn; all of them where that is None.

    Raises ChangedMeanwhile where somebody else has changed one of them to something else."""
    if was is None:
        return dict(typed)
    mine = {name: text for name, text in typed.items() if text != was.get(name, "")}
    both = [name for name, text in mine.items() if now.get(name, "") not in (text, was.get(name, ""))]
    if both:
        raise ChangedMeanwhile(both, now, mine)
    return mine


def ids_in(text: str) -> set[int]:
    """The boxes that a form showed as ticked, by their ids."""
    return {row_id(each) for each in text.split() if is_row_id(each)}


def ticks(typed: Iterable[Each], was: Iterable[Each], now: Iterable[Each]) -> set[Each]:
    """What is ticked when each box that a form changed is changed, and every other is left as it is now."""
    typed, was = set(typed), set(was)
    return (set(now) | (typed - was)) - (was - typed)
