"""The wizard's steps from the first company profile to its lists."""

from datetime import timedelta

from flask import g, redirect, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField

from blueprints import profile_form, ringing
from blueprints.asking import tools
from blueprints.guard import owners
from blueprints.profile_form import ProfileForm
from blueprints.wizard import Answer, bp, made_so_far, on_from, show_step
from models import BooksConnection
from sync import glance, profiles, setup_steps
from sync.setup_steps import Step

SHOWN_AT_FIRST = timedelta(days=60)


class FlowsForm(FlaskForm):
    """What is carried from the store into the books."""

    orders = BooleanField(_l("Orders become sales invoices"))
    numbers = BooleanField(_l("The books' invoice number is written back into the store's order"))


# --- the profile ------------------------------------------------------------------------------------------------


@bp.route("/profile", methods=["GET", "POST"])
@owners
def profile() -> Answer:
    """Name, zone, start date and channels of the first company profile."""
    made = made_so_far(Step.STORE, Step.BOOKS)
    if made is None or made.books is None or made.profile is not None:
        return redirect(url_for(".wizard"), 303)
    form = ProfileForm(data=_guesses(made.books)).offer()
    shown = {"form": form, "zones": profile_form.zones()}
    if not form.is_submitted():
        return show_step(Step.PROFILE, **shown)
    if not form.validate():
        return show_step(Step.PROFILE, status=422, **shown)
    try:
        given = (form.name.data, form.time_zone.data, form.start_date.data, form.channels.data)
        profiles.make_profile(made.books.id, *given)
    except profiles.ProfileRefused as error:
        form.refuse(error)
        return show_step(Step.PROFILE, status=422, **shown)
    _read_lists()
    return redirect(url_for(".wizard"), 303)


def _guesses(books: BooksConnection) -> dict[str, object]:
    first_day = (tools().clock.now() - SHOWN_AT_FIRST).date()
    ids = [each.id for each in glance.all_channels()]
    return {"name": books.company_name, "time_zone": profile_form.USUAL_ZONE, "start_date": first_day, "channels": ids}


def _read_lists() -> None:
    for run_id in setup_steps.ask_for_lists(setup_steps.progress(g.user), tools().clock.now()):
        ringing.ring_run(run_id)


@bp.route("/flows", methods=["GET", "POST"])
@owners
def flows() -> Answer:
    """What is carried; each by itself, and changed later on the profile's pages."""
    made = made_so_far(Step.PROFILE)
    if made is None or made.profile is None:
        return redirect(url_for(".wizard"), 303)
    is_written = made.profile.settings.get("write_back_number") == "true"
    form = FlowsForm(data={"orders": made.profile.is_enabled, "numbers": is_written})
    if not form.validate_on_submit():
        return show_step(Step.FLOWS, form=form)
    profiles.enable(made.profile.id, form.orders.data)
    profiles.save_settings(made.profile.id, {"write_back_number": "true" if form.numbers.data else "false"})
    return on_from(Step.FLOWS)


@bp.get("/lists")
@owners
def lists() -> Answer:
    """How far the reading of all lists is; it goes on by itself."""
    made = made_so_far(Step.PROFILE)
    if made is None:
        return redirect(url_for(".wizard"), 303)
    found = setup_steps.readings(made)
    return show_step(Step.LISTS, "readings", readings=found, is_done=all(each.is_done for each in found))


@bp.post("/lists")
@owners
def read_lists() -> Response:
    """Go on when all is read; read again what failed or was never asked for."""
    found = setup_steps.readings(setup_steps.progress(g.user))
    if found and all(each.is_done for each in found):
        return on_from(Step.LISTS)
    _read_lists()
    return redirect(url_for(".lists"), 303)
