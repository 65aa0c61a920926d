"""A page for each problem: what happened, why, and what to do (T5)."""

from flask import Blueprint, abort, render_template
from flask_babel import lazy_gettext as _l

from sync import explained

bp = Blueprint("help", __name__, url_prefix="/help/problems")
SECTIONS = (
    (_l("On a draft"), explained.DRAFTS),
    (_l("While it is posted and proven"), explained.POSTING),
    (_l("Orders that do not come"), explained.ARRIVING),
    (_l("Between the systems"), explained.REMOTE),
)


@bp.get("")
def index() -> str:
    """All of them."""
    return render_template("help/index.html", sections=SECTIONS)


@bp.get("/<about>")
def problem(about: str) -> str:
    """One of them."""
    if about not in explained.EXPLAINED:
        abort(404)
    return render_template("help/problem.html", explained=explained.EXPLAINED[about])
