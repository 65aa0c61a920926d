"""Already in the books: find by number what was typed there by hand, look at it, then link it."""

from flask import Blueprint, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from adapters.errors import RemoteError
from blueprints.guard import profile_of, say_done
from blueprints.rendering import told
from models import Profile
from sync import already

bp = Blueprint("already", __name__, url_prefix="/profiles/<int:profile_id>/already")


@bp.get("")
def ask(profile_id: int) -> str:
    """Which order numbers."""
    return _page(profile_of(profile_id))


@bp.post("")
def look(profile_id: int) -> str | tuple[str, int]:
    """What the books hold for these orders; nothing is changed."""
    profile = profile_of(profile_id)
    ids, unknown = already.orders_numbered(profile, request.form.get("numbers", ""))
    ids += request.form.getlist("order", type=int)
    errors = [_("No order that waits has the number %(number)s.", number=number) for number in unknown]
    if len(ids) > already.MOST:
        errors.append(_("The first %(most)s are shown; look for the others after these.", most=already.MOST))
    if not ids:
        return _page(profile, errors=errors or [_("Give at least one order number.")]), 422
    try:
        found = already.look(profile, ids, current_app.extensions["tillbridge"])
    except RemoteError as error:
        return _page(profile, errors=[told(error.message)]), 502
    return _page(profile, found=found, errors=errors)


@bp.post("/link")
def link(profile_id: int) -> Response:
    """The confirmed ones are in the books from now on."""
    profile = profile_of(profile_id)
    pairs = (each.partition(":") for each in request.form.getlist("link"))
    wanted = {int(order_id): remote_id for order_id, _colon, remote_id in pairs if order_id.isdecimal()}
    count = already.link(profile, wanted, g.user.name, current_app.extensions["tillbridge"])
    say_done(ngettext("%(num)s order is linked.", "%(num)s orders are linked.", count))
    if count < len(wanted):
        say_done(_("%(count)s changed meanwhile and were left as they are.", count=len(wanted) - count))
    return redirect(url_for("invoices.completed" if count else ".ask", profile_id=profile_id), 303)


def _page(profile: Profile, **more: object) -> str:
    typed = request.form.get("numbers", "")
    context: dict[str, object] = {"found": [], "errors": [], "numbers": typed, "most": already.MOST, **more}
    return render_template("invoices/already.html", profile=profile, **context)
