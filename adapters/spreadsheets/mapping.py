"""Which column stands for which target field: known, remembered, or guessed and told so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

from adapters.spreadsheets.headers import folded
from adapters.spreadsheets.targets import Layout, Purpose, Target

LIKE = 0.86


class Why(StrEnum):
    """Why a column is taken for a field."""

    KNOWN = "known"  # a layout that is known
    REMEMBERED = "remembered"
    NAME = "name"  # a name by which the field often goes
    LIKENESS = "likeness"


@dataclass(frozen=True, slots=True)
class Guess:
    """The column of each field, by the field's name, with the reason."""

    columns: dict[str, int]
    why: dict[str, Why]
    is_sure: bool = False
    """True: it need not be shown to anybody before the file is read."""


def by_layout(purpose: Purpose, names: Sequence[str]) -> Guess | None:
    """The mapping of a layout that is known, where all that it needs is there, once."""
    found = [guess for layout in purpose.layouts if (guess := _fits(layout, names))]
    return found[0] if found else None


def _fits(layout: Layout, names: Sequence[str]) -> Guess | None:
    places = _places(names)
    if any(len(places.get(layout.columns[each], ())) != 1 for each in layout.needed):
        return None
    columns = {field: places[name][0] for field, name in layout.columns.items() if len(places.get(name, ())) == 1}
    return Guess(columns, dict.fromkeys(columns, Why.KNOWN), is_sure=True)


def remembered(columns: Mapping[str, str], names: Sequence[str]) -> Guess | None:
    """A mapping that was chosen before, by folded header; None where a column is gone or stands there twice."""
    places = _places(names)
    if any(len(places.get(name, ())) != 1 for name in columns.values()):
        return None
    found = {field: places[name][0] for field, name in columns.items()}
    return Guess(found, dict.fromkeys(found, Why.REMEMBERED), is_sure=True)


def widened(purpose: Purpose, kept: Guess, names: Sequence[str]) -> Guess:
    """A mapping that was chosen for fewer headers: never sure where a header by whose name a field goes is unused."""
    used, known = set(kept.columns.values()), purpose.aliases()
    if not any(folded(name) in known for place, name in enumerate(names) if place not in used):
        return kept
    return guessed(purpose, names, kept)


def guessed(purpose: Purpose, names: Sequence[str], kept: Guess | None = None) -> Guess:
    """The likeliest column of each field, first by names that are known, then by likeness; each column once.

    What is in `kept` stays."""
    columns: dict[str, int] = dict(kept.columns) if kept else {}
    why: dict[str, Why] = dict(kept.why) if kept else {}
    for reason, finder in ((Why.NAME, _named), (Why.LIKENESS, _like)):
        for target in purpose.targets:
            if target.name in columns:
                continue
            place = finder(target, names, set(columns.values()))
            if place is not None:
                columns[target.name], why[target.name] = place, reason
    return Guess(columns, why)


def _named(target: Target, names: Sequence[str], taken: set[int]) -> int | None:
    places = _places(names)
    found = (place for alias in target.aliases for place in places.get(alias, ()) if place not in taken)
    return next(found, None)


def _like(target: Target, names: Sequence[str], taken: set[int]) -> int | None:
    free = [(place, folded(name)) for place, name in enumerate(names) if name and place not in taken]
    scored = [
        (SequenceMatcher(None, alias, name).ratio(), -place)
        for place, name in free
        for alias in target.aliases
        if len(alias) > 4
    ]
    ratio, place = max(scored, default=(0.0, 0))
    return -place if ratio >= LIKE else None


def _places(names: Sequence[str]) -> dict[str, list[int]]:
    found: dict[str, list[int]] = {}
    for place, name in enumerate(names):
        if name:
            found.setdefault(folded(name), []).append(place)
    return found


def closest(target: Target, names: Sequence[str]) -> str:
    """The header that is most like a field's names; empty where none is at all."""
    scored = [
        (SequenceMatcher(None, alias, folded(name)).ratio(), name) for name in names if name for alias in target.aliases
    ]
    ratio, name = max(scored, default=(0.0, ""))
    return name if ratio > 0.5 else ""
