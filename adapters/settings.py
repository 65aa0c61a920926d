"""How an adapter declares a setting, so that pages draw it and sync reads it without knowing the adapter."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from documents import ReferenceKind


@dataclass(frozen=True, slots=True)
class Setting:
    """One field: `pick` names the list of the books it is chosen from, `choices` a fixed list (`is_many`: several of
    it, kept with blanks between), `secret` is encrypted.

    `label` and `hint` are marked with N_(); `feature` is the id in the feature list ("S1"). `needs` names a fact of the
    company (documents.Company) that must be "true", else `missing` is shown in the field's place: what to switch on."""

    name: str
    label: str
    hint: str = ""
    feature: str = ""
    default: str = ""
    secret: bool = False
    required: bool = False
    is_switch: bool = False
    pick: ReferenceKind | None = None
    choices: tuple[tuple[str, str], ...] = ()
    is_many: bool = False
    needs: str = ""
    missing: str = ""


Clock = Callable[[], dt.datetime]
"""Tells an aware now; handed in, so that tests decide what time it is."""


def utc_now() -> dt.datetime:
    """The machine's own clock."""
    return dt.datetime.now(dt.UTC)
