"""What all steps of the wizard share: the way on, and how a step is drawn."""

from flask import Blueprint, g, redirect, url_for
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response

from blueprints.rendering import render
from sync import setup_steps
from sync.setup_steps import Progress, Step

bp = Blueprint("setup", __name__, url_prefix="/setup")
Answer = Response | str | tuple[str, int]
TITLES = {
    Step.STORE: _l("Store"),
    Step.BOOKS: _l("Accounting"),
    Step.PROFILE: _l("Company profile"),
    Step.FLOWS: _l("What to carry"),
    Step.LISTS: _l("Lists"),
    Step.DEFAULTS: _l("Defaults"),
    Step.MATCHING: _l("Matching"),
    Step.LOOK: _l("First look"),
}


def show_step(step: Step, block: str = "", status: int = 200, **context: object) -> tuple[str, int]:
    """A step's page."""
    made = setup_steps.progress(g.user)
    words = {"step": step, "titles": TITLES, "made": made, **context}
    return render(f"setup/{step.value}.html", block, **words), status


def on_from(step: Step) -> Response:
    """This step is done: on to the next."""
    setup_steps.passed(g.user, step)
    return redirect(url_for(".wizard"), 303)


def made_so_far(*needed: Step) -> Progress | None:
    """How far we are; None where an earlier step is missing."""
    made = setup_steps.progress(g.user)
    return made if all(step in made.done for step in needed) else None
