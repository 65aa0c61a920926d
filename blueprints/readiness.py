"""Whether a store and the books fit, as a list in which each line that does not leads to what mends it (P9)."""

from flask import Blueprint, render_template

from blueprints.asking import tools
from blueprints.guard import profile_of
from sync.readiness import reading

bp = Blueprint("readiness", __name__, url_prefix="/profiles/<int:profile_id>/readiness")


@bp.get("")
def show(profile_id: int) -> str:
    """Every store of a profile beside its books; nothing is asked of them."""
    profile = profile_of(profile_id)
    checked = reading.of_profile(profile, tools().clock.now())
    return render_template("profiles/readiness.html", profile=profile, checked=checked)
