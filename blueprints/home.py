"""The first page: what waits, what failed, and what to do next."""

from flask import Blueprint, g, render_template

from blueprints.asking import tools
from sync import accounts, deciding_by_person, glance, setup_steps, standing
from sync.lists import MOST_COUNTED

bp = Blueprint("home", __name__)


@bp.get("/")
def home() -> str:
    """How every profile of the person stands."""
    profiles = glance.profiles_with_books([each.id for each in accounts.profiles_of(g.user)])
    undecided = deciding_by_person.undecided([each.id for each in profiles])
    return render_template(
        "home.html",
        standings=standing.standings(profiles, undecided, tools().clock.now()),
        profiles={each.id: each for each in profiles},
        undecided=undecided,
        counted=counted,
        left=setup_steps.progress(g.user).next if g.user.is_owner and profiles else None,
    )


def counted(count: int) -> str:
    """A count that stops at 1,000."""
    return f"{MOST_COUNTED:,}+" if count > MOST_COUNTED else str(count)
