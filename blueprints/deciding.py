"""What only a person can decide: why, what the books hold, and the choice: link, send again, or refuse."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.errors import RemoteError
from blueprints import ringing
from blueprints.asking import tools
from blueprints.guard import profile_of, say_done
from blueprints.rendering import told
from models import Profile
from sync import deciding_by_person, tasks
from sync.deciding_by_person import CannotLink, Undecided
from sync.ledger import Actor

bp = Blueprint("deciding", __name__, url_prefix="/profiles/<int:profile_id>/decide/<int:operation_id>")


@bp.get("")
def show(profile_id: int, operation_id: int) -> str | Response:
    """Why a person is needed; with ?look=1 what the books hold just now."""
    profile, waits = profile_of(profile_id), deciding_by_person.one(profile_id, operation_id)
    if waits is None:
        say_done(_("This is decided already."))
        return redirect(url_for("tasks.index", profile_id=profile_id), 303)
    return _page(profile, waits, is_looking="look" in request.args)


def _page(profile: Profile, waits: Undecided, is_looking: bool, problem: str = "") -> str:
    candidates = None
    if is_looking:
        try:
            candidates = deciding_by_person.candidates(waits, tools())
        except RemoteError as error:
            problem = told(error.message)
    context = {"profile": profile, "waits": waits, "candidates": candidates, "problem": problem}
    return render_template("tasks/decide.html", **context)


@bp.post("")
def decide(profile_id: int, operation_id: int) -> Response | tuple[str, int]:
    """Link one of the documents, send it again, or refuse it."""
    profile, waits = profile_of(profile_id), deciding_by_person.one(profile_id, operation_id)
    if waits is None:
        say_done(_("Somebody decided it meanwhile."))
        return redirect(url_for("tasks.index", profile_id=profile_id), 303)
    deed, actor = request.form.get("do", ""), Actor(g.user.name, tools().clock.now())
    if deed == "link":
        return _link(profile, waits, actor)
    if deed not in ("again", "refuse"):
        abort(400)
    tasks.decide_by_person(operation_id, deed == "again", actor)
    ringing.ring_drain(profile.books_id)
    say_done(_("It is sent again.") if deed == "again" else _("It is given up. The order can be synced again."))
    return _back(profile, waits)


def _link(profile: Profile, waits: Undecided, actor: Actor) -> Response | tuple[str, int]:
    try:
        remote = deciding_by_person.link(waits, request.form.get("remote_id", ""), actor, tools())
    except CannotLink as error:
        return _page(profile, waits, is_looking=True, problem=told(error.message)), 422
    except RemoteError as error:
        return _page(profile, waits, is_looking=False, problem=told(error.message)), 422
    say_done(_("The order is linked to %(number)s.", number=remote.number))
    return _back(profile, waits)


def _back(profile: Profile, waits: Undecided) -> Response:
    order_id = waits.document.profile_order_id
    if order_id is None:
        return redirect(url_for("tasks.index", profile_id=profile.id), 303)
    return redirect(url_for("tasks.order", profile_id=profile.id, profile_order_id=order_id), 303)
