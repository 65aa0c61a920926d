"""Asking for a reading from a page: written down, then rung for; the page that follows shows its progress."""

from collections.abc import Iterable

from flask import current_app

from blueprints import ringing
from models import RunKind
from sync import runs
from sync.tools import Tools


def tools() -> Tools:
    """What the app made for sync."""
    made: Tools = current_app.extensions["tillbridge"]
    return made


def ask(wanted: Iterable[tuple[RunKind, int]]) -> list[int]:
    """Ask for readings; what is under way already is not asked for twice. Returns their ids."""
    ids = [runs.request(kind, target_id, tools().clock.now()) for kind, target_id in wanted]
    for run_id in ids:
        ringing.ring_run(run_id)
    return ids
