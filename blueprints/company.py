"""Manage Settings, Company Profile and Accounting: what was said when the profile was made (P1, P2, P8)."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import connecting, profile_form
from blueprints.asking import ask, tools
from blueprints.guard import owners, profile_of, say_done
from blueprints.profile_form import ProfileForm
from models import RunKind
from sync import connections, health, profiles
from sync.meanwhile import ChangedMeanwhile, ids_in

bp = Blueprint("company", __name__, url_prefix="/profiles/<int:profile_id>/settings")


@bp.route("/company", methods=["GET", "POST"])
@owners
def profile(profile_id: int) -> Response | str | tuple[str, int]:
    """Name, time zone, start date, channels."""
    row = profile_of(profile_id)
    now = profiles.shown(row)
    form = ProfileForm(obj=row, data={"channels": ids_in(now["channels"])}).offer()
    form.over(now)
    if form.validate_on_submit() and _change(profile_id, form):
        say_done(_("Saved."))
        return redirect(url_for(".profile", profile_id=profile_id), 303)
    page = render_template("settings/company.html", profile=row, form=form, zones=profile_form.zones())
    return (page, 422) if form.is_submitted() else page


def _change(profile_id: int, form: ProfileForm) -> bool:
    fields = form.name.data, form.time_zone.data, form.start_date.data, form.channels.data
    try:
        new = profiles.change_profile(profile_id, *fields, was=form.was)
    except profiles.ProfileRefused as error:
        form.refuse(error)
        return False
    except ChangedMeanwhile as error:
        form.tell(error)
        return False
    _read_new(profile_id, new)
    return True


def _read_new(profile_id: int, channel_ids: set[int]) -> None:
    """The orders of channels that were ticked now are read at once."""
    if profile_of(profile_id).is_enabled:
        ask([(RunKind.ORDERS, each) for each in sorted(channel_ids)])


@bp.route("/accounting", methods=["GET", "POST"])
@owners
def accounting(profile_id: int) -> Response | str | tuple[str, int]:
    """A new key of the same company."""
    row = profile_of(profile_id)
    books = row.books
    made = connecting.new_key(BOOKS[books.kind], books, connections.change_credential)
    if made.row is None:
        context = {"profile": row, "connecting": made, "health": health.health_of(books, tools().clock.now())}
        return render_template("settings/accounting.html", **context), made.status
    say_done(_("The key works: it opens %(company)s.", company=books.company_name))
    return redirect(url_for(".accounting", profile_id=profile_id), 303)
