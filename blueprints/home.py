"""The first page: what waits, what failed, and what to do next."""

from flask import Blueprint, g, render_template

from blueprints.asking import tools
from sync import accounts, deciding_by_person, glance, standing

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
    )
