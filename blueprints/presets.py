"""Manage Settings, Presets: which extra amounts are posted, and as which item (S19)."""

from collections.abc import Mapping

from flask import Blueprint, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import BooleanField, Field
from wtforms.validators import Length

from blueprints import words
from blueprints.forms import PickField
from blueprints.guard import profile_of, say_done
from blueprints.pick_forms import are_known, take_choices
from blueprints.settings import show_problems
from documents import ChargeKind, ReferenceKind
from models import Preset, Profile
from sync import glance, profiles
from sync.drafting import rules as plain
from sync.drafting.switches import preset_of
from sync.loading import read_presets

bp = Blueprint("presets", __name__, url_prefix="/profiles/<int:profile_id>/settings/presets")
PARTS = {"item": ReferenceKind.ITEM, "uom": ReferenceKind.UOM, "tax_code": ReferenceKind.TAX_CODE}
LABELS = {"item": _l("Item code"), "uom": _l("UOM"), "tax_code": _l("Tax code")}


@bp.route("", methods=["GET", "POST"])
def show(profile_id: int) -> Response | str | tuple[str, int]:
    """A row for each kind of amount."""
    profile = profile_of(profile_id)
    kept = read_presets(profile_id)
    now = {kind: preset_of(kept, kind) for kind in ChargeKind}
    form, found, others = _form(now), None, list[str]()
    if form.is_submitted():
        found = take_choices(form, profile.books_id)
        if found is None and all((form.validate(), are_known(form, profile.books_id, _codes(now)))):
            others = _save(profile, form, now)
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
        labels=LABELS,
        suppliers=glance.suppliers(channels),
    )
    return (page, 422) if form.is_submitted() and found is None else page


def _form(now: Mapping[ChargeKind, plain.Preset]) -> FlaskForm:
    fields: dict[str, Field] = {}
    for kind, preset in now.items():
        name = words.CHARGES[kind]
        fields[f"{kind}_on"] = BooleanField(_l("%(charge)s: on the invoice", charge=name), default=preset.on)
        for part, pick in PARTS.items():
            label = f"{name}: {LABELS[part]}"
            value = getattr(preset, part) or ""
            fields[f"{kind}_{part}"] = PickField(label, [Length(max=200)], kind=pick, default=value)
    return type("PresetsForm", (FlaskForm,), fields)()


def _codes(now: Mapping[ChargeKind, plain.Preset]) -> dict[str, str]:
    return {f"{kind}_{part}": getattr(preset, part) or "" for kind, preset in now.items() for part in PARTS}


def _save(profile: Profile, form: FlaskForm, now: Mapping[ChargeKind, plain.Preset]) -> list[str]:
    """Keep the rows that were changed; problems are shown at their rows, the sentences of all others are returned."""
    typed = {kind: _typed(form, kind) for kind in ChargeKind}
    rows = [_row(profile.id, kind, preset) for kind, preset in typed.items() if preset != now[kind]]
    problems = profiles.save_settings(profile.id, {}, rows)
    return show_problems(form, {str(kind): f"{kind}_on" for kind in ChargeKind}, problems)


def _typed(form: FlaskForm, kind: ChargeKind) -> plain.Preset:
    item, uom, tax_code = (form[f"{kind}_{part}"].data or None for part in PARTS)
    return plain.Preset(form[f"{kind}_on"].data, item, uom, tax_code)


def _row(profile_id: int, kind: ChargeKind, preset: plain.Preset) -> Preset:
    return Preset(
        profile_id=profile_id,
        kind=kind,
        is_on=preset.on,
        item=preset.item,
        uom=preset.uom,
        tax_code=preset.tax_code,
    )
