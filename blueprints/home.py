"""The first page: what waits, what failed, what did not come, and what to do next."""

from collections.abc import Sequence

from flask import Blueprint, g, render_template

from blueprints import runs
from blueprints.asking import tools
from models import Profile, StoreChannel
from sync import accounts, deciding_by_person, glance, missing, quiet, realigning, standing

bp = Blueprint("home", __name__)


@bp.get("/")
def home() -> str:
    """How every profile of the person stands."""
    profiles = glance.profiles_with_books([each.id for each in accounts.profiles_of(g.user)])
    undecided = deciding_by_person.undecided([each.id for each in profiles])
    channels = _channels([each for each in profiles if each.is_enabled])
    gaps = missing.gaps(channels)
    return render_template(
        "home.html",
        gaps=gaps,
        titles=runs.titles([run for gap in gaps for run in gap.runs]),
        quiet=quiet.quiet_channels(channels, tools().clock.now()),
        standings=standing.standings(profiles, undecided, tools().clock.now()),
        profiles={each.id: each for each in profiles},
        undecided=undecided,
        to_rename=realigning.counts(list({each.id for each in profiles if each.is_enabled})),
    )


def _channels(profiles: Sequence[Profile]) -> list[StoreChannel]:
    """The channels that post into these profiles, each once."""
    found = glance.channels_by_profile([each.id for each in profiles])
    return list({channel.id: channel for channels in found.values() for channel in channels}.values())
