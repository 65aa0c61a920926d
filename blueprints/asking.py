"""What views ask with: what the app made for sync, who asks and when; and a reading, written down and rung for."""

from collections.abc import Iterable

from flask import current_app, g

from blueprints import ringing
from models import RunKind
from sync import runs
from sync.connections import Tools
from sync.ledger import Actor


def tools() -> Tools:
    """What the app made for sync."""
    made: Tools = current_app.extensions["tillbridge"]
    return made


def actor() -> Actor:
    """Who is signed in, at this moment."""
    return Actor(g.user.name, tools().clock.now())


def ask(wanted: Iterable[tuple[RunKind, int]]) -> list[int]:
    """Ask for readings; what is under way already is not asked for twice. Returns their ids."""
    ids = [runs.request(kind, target_id, tools().clock.now()) for kind, target_id in wanted]
    for run_id in ids:
        ringing.ring_run(run_id)
    return ids
