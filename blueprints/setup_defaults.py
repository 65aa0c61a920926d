"""The wizard's page of defaults: the settings without which hardly an order is complete."""

from collections.abc import Mapping

from flask import redirect, url_for
from flask_babel import lazy_gettext as _l

from blueprints.forms import PickField, form_of, typed
from blueprints.guard import owners
from blueprints.pick_forms import are_known, take_choices
from blueprints.wizard import Answer, bp, made_so_far, on_from, show_step
from documents import ChargeKind, ReferenceKind
from models import Profile
from sync import setup_steps
from sync.setup_steps import Step

EXTRAS = {
    ChargeKind.SELLER_DISCOUNT: (
        _l("Seller discount: stock"),
        _l("Vouchers and promotions that you give become a line with this stock code. Empty: they are left out."),
    ),
    ChargeKind.SHIPPING: (
        _l("Shipping fee: stock"),
        _l("What the buyer pays for shipping becomes a line with this stock code. Empty: it is left out."),
    ),
}


@bp.route("/defaults", methods=["GET", "POST"])
@owners
def defaults() -> Answer:
    """The settings without which hardly an order is complete."""
    made = made_so_far(Step.PROFILE)
    if made is None or made.profile is None:
        return redirect(url_for(".wizard"), 303)
    profile = made.profile
    declared = [each for each in setup_steps.asked_settings(profile.books) if each.name != "write_back_number"]
    items = {kind.value: _item(profile, kind) for kind in EXTRAS}
    form = form_of(declared, profile.settings, **_item_fields(items))
    shown = {"form": form, "names": [*(each.name for each in declared), *items], "problems": []}
    if not form.is_submitted():
        return show_step(Step.DEFAULTS, **shown)
    if found := take_choices(form, profile.books_id):
        return show_step(Step.DEFAULTS, found=found, **shown)
    if not all((form.validate(), are_known(form, profile.books_id, {**profile.settings, **items}))):
        return show_step(Step.DEFAULTS, status=422, **shown)
    chosen = {kind: form[kind.value].data or "" for kind in EXTRAS}
    problems = setup_steps.save_defaults(profile.id, typed(form, declared), chosen)
    if problems:
        return show_step(Step.DEFAULTS, status=422, **{**shown, "problems": [each.message for each in problems]})
    return on_from(Step.DEFAULTS)


def _item(profile: Profile, kind: ChargeKind) -> str:
    """The item that an extra amount is posted as; empty where it is left out."""
    row = setup_steps.preset(profile.id, kind)
    return (row.item if row and row.is_on else "") or ""


def _item_fields(items: Mapping[str, str]) -> dict[str, PickField]:
    return {
        kind.value: PickField(label, default=items[kind.value], kind=ReferenceKind.ITEM, description=hint)
        for kind, (label, hint) in EXTRAS.items()
    }
