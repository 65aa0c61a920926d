"""One row of the matching is saved or removed by one person; what another saved meanwhile is not overwritten unseen."""

from collections.abc import Callable
from typing import Any

from sqlalchemy.orm import Session

from models import Profile, writing
from sync.held import hold_profile
from sync.match_rows.row import Values
from sync.meanwhile import ChangedMeanwhile, changes

Find = Callable[[Profile], Any]
"""The row as it is now."""
Keep = Callable[[Session, Profile, Any, Values], None]
Drop = Callable[[Session, Profile, Any], None]
Add = Callable[[Session, Profile, Values], str]


def add(profile_id: int, make: Add, typed: Values) -> str:
    """Add a row; returns its name, or raises MatchRefused as `make` does."""
    with writing() as session:
        return make(session, hold_profile(session, profile_id), typed)


def save(profile_id: int, find: Find, keep: Keep, typed: Values, was: Values) -> None:
    """Keep what was typed over what the row showed; raises ChangedMeanwhile, and MatchRefused as `keep` does."""
    with writing() as session:
        profile = hold_profile(session, profile_id)
        row = find(profile)
        mine = changes(typed, was, row.values)
        if not mine:
            _refuse_unseen(row.values, was)
        keep(session, profile, row, {**row.values, **mine})


def remove(profile_id: int, find: Find, drop: Drop, was: Values) -> None:
    """Remove the row that was shown; raises ChangedMeanwhile where it is another by now."""
    with writing() as session:
        profile = hold_profile(session, profile_id)
        row = find(profile)
        _refuse_unseen(row.values, was)
        drop(session, profile, row)


def _refuse_unseen(now: Values, was: Values) -> None:
    """The row is another than the person sees: it is shown first."""
    if others := [name for name, text in now.items() if text != was.get(name, "")]:
        raise ChangedMeanwhile(others, now, {})
