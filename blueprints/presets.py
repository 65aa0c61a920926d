"""Manage Settings, Presets: which extra amounts are posted, and as which item (S19)."""

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field, StringField
from wtforms.validators import Length

from blueprints import words
from blueprints.forms import PickField, as_text
from blueprints.guard import profile_of, say_done
from blueprints.pick_forms import are_known, take_choices
from blueprints.settings import show_problems
from blueprints.shared_forms import SharedForm
from documents import ChargeKind, ReferenceKind
from models import Profile
from sync import glance, presets
from sync.books_words import has_units, lists_units
from sync.meanwhile import ChangedMeanwhile, Fields
from sync.presets import name_of

bp = Blueprint("presets", __name__, url_prefix="/profiles/<int:profile_id>/settings/presets")
PARTS = {"item": ReferenceKind.ITEM, "uom": ReferenceKind.UOM, "tax_code": ReferenceKind.TAX_CODE}
LABELS = {"item": _l("Item code"), "uom": _l("UOM"), "tax_code": _l("Tax code")}


@bp.route("", methods=["GET", "POST"])
def show(profile_id: int) -> Response | str | tuple[str, int]:
    """A row for each kind of amount."""
    profile = profile_of(profile_id)
    form, found, others = _form(presets.shown(profile_id), profile.books.kind), None, list[str]()
    if form.is_submitted():
        found = take_choices(form, profile.books_id)
        if found is None and all((form.validate(), are_known(form, profile.books_id, form.was))):
            others = _save(profile, form)
            if not form.errors and not others:
                say_done(_("Saved."))
                return redirect(url_for(".show", profile_id=profile_id), 303)
    channels = glance.channels_by_profile([profile_id])[profile_id]
    page = render_template(
        "settings/presets.html",
        profile=profile,
        form=form,
        found=found,
        problems=others,
        kinds=list(ChargeKind),
        labels={part: label for part, label in LABELS.items() if _has(part, profile.books.kind)},
        suppliers=glance.suppliers(channels),
    )
    return (page, 422) if form.is_submitted() and found is None else page


def _has(part: str, kind: str) -> bool:
    """Books without units have no column for them."""
    return part != "uom" or has_units(kind)


def _form(now: Fields, kind_of_books: str) -> SharedForm:
    fields: dict[str, Field] = {}
    for kind, charge in words.CHARGES.items():
        switch = name_of(kind, "on")
        fields[switch] = BooleanField(_l("%(charge)s: on the invoice", charge=charge), default=now[switch] == "true")
        for part, pick in PARTS.items():
            name, label = name_of(kind, part), f"{charge}: {LABELS[part]}"
            if part == "uom" and not lists_units(kind_of_books):
                fields[name] = StringField(label, [Length(max=40)], default=now[name])
            else:
                fields[name] = PickField(label, [Length(max=200)], kind=pick, default=now[name])
    return type("PresetsForm", (SharedForm,), fields)().over(now)


def _save(profile: Profile, form: SharedForm) -> list[str]:
    """Keep the rows that were changed; problems are shown at their rows, the sentences of all others are returned."""
    try:
        problems = presets.save(profile.id, {name: as_text(form[name].data) for name in form.was}, form.was)
    except ChangedMeanwhile as error:
        form.tell(error)
        return []
    return show_problems(form, {str(kind): name_of(kind, "on") for kind in ChargeKind}, problems)
