"""Manage Settings, General: every setting that the accounting system declares, drawn from its declaration (S1-S23)."""

from collections.abc import Sequence

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import IntegerField
from wtforms.validators import InputRequired, NumberRange

from adapters.settings import Setting
from blueprints.forms import form_of, typed
from blueprints.guard import profile_of, say_done
from blueprints.pick_forms import are_known, take_choices
from blueprints.rendering import told
from blueprints.shared_forms import SharedForm
from documents import Problem
from models import Profile
from sync import glance, profiles
from sync.meanwhile import ChangedMeanwhile
from sync.offered import not_chosen, offered
from sync.profiles import NEXT

bp = Blueprint("settings", __name__, url_prefix="/profiles/<int:profile_id>/settings")
HIGHEST_NUMBER = 999_999_999
PREFIX = "number_prefix"
"""The setting that the next running number stands behind."""


@bp.route("", methods=["GET", "POST"])
def general(profile_id: int) -> Response | str | tuple[str, int]:
    """The general settings of a profile."""
    profile = profile_of(profile_id)
    channels = glance.channels_by_profile([profile_id])[profile_id]
    declared, told_instead = offered(profile, glance.stores_of(channels)), not_chosen(profile.books)
    asked = [each for each in declared if each.name not in told_instead]
    form, found, others = _form(profile, asked), None, list[str]()
    if form.is_submitted():
        found = take_choices(form, profile.books_id)
        if found is None and all((form.validate(), are_known(form, profile.books_id, form.was))):
            others = _save(profile, form, asked)
            if not form.errors and not others:
                say_done(_("Saved."))
                return redirect(url_for(".general", profile_id=profile_id), 303)
    page = render_template(
        "settings/general.html",
        profile=profile,
        form=form,
        declared=declared,
        instead=told_instead,
        found=found,
        problems=others,
        prefix=PREFIX,
    )
    return (page, 422) if form.is_submitted() and found is None else page


def _form(profile: Profile, declared: Sequence[Setting]) -> SharedForm:
    """The declared fields, and the next running number where the books may take one of ours (S17)."""
    now = profiles.settings_shown(profile)
    if not any(each.name == PREFIX for each in declared):
        return form_of(declared, now).over(now)
    next_number = IntegerField(
        _l("Next running number"),
        [InputRequired(), NumberRange(1, HIGHEST_NUMBER)],
        default=profile.number_next,
        description=_l("For a prefix and a running number: the next invoice takes this one."),
    )
    return form_of(declared, now, number_next=next_number).over(now)


def _save(profile: Profile, form: SharedForm, declared: Sequence[Setting]) -> list[str]:
    """Keep what was typed; problems are shown at their fields, the sentences of all others are returned."""
    fields = typed(form, declared)
    if NEXT.name in form:
        fields[NEXT.name] = str(form[NEXT.name].data)
    try:
        problems = profiles.save_settings(profile.id, fields, was=form.was)
    except ChangedMeanwhile as error:
        form.tell(error)
        return []
    return show_problems(form, {each.subject: each.subject for each in problems}, problems)


def show_problems(form: FlaskForm, places: dict[str, str], problems: Sequence[Problem]) -> list[str]:
    """Tell each problem at the field of its subject; returns the sentences of those that have none here."""
    others = []
    for problem in problems:
        field = form._fields.get(places.get(problem.subject, ""))
        if field is None:
            others.append(told(problem.message))
        else:
            field.errors = [*field.errors, told(problem.message)]
    return others
