"""The wizard's page of defaults: the settings without which hardly an order is complete."""

from flask import redirect, url_for
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm

from adapters.settings import Setting
from blueprints import picks
from blueprints.forms import PickField, form_of, typed
from blueprints.guard import owners
from blueprints.pick_forms import are_known, pick_fields
from blueprints.shared_forms import SharedForm
from blueprints.wizard import Answer, bp, made_so_far, on_from, show_step
from documents import ChargeKind, ReferenceKind
from sync import setup_steps
from sync.meanwhile import ChangedMeanwhile, Fields
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
    declared = [each for each in setup_steps.asked_settings(made.profile.books) if each.name != "write_back_number"]
    form = _defaults_form(declared, setup_steps.defaults_shown(made.profile, EXTRAS))
    _take_chosen(form)
    shown = {"form": form, "declared": [each.name for each in declared], "extras": list(EXTRAS), "problems": []}
    found = picks.found_for(made.profile.books_id, pick_fields(form))
    if not form.is_submitted() or found:
        return show_step(Step.DEFAULTS, found=found, **shown)
    before = {each.name: each.object_data for each in pick_fields(form)}
    if not all((form.validate(), are_known(form, made.profile.books_id, before))):
        return show_step(Step.DEFAULTS, status=422, **shown)
    items = {kind.value: form[kind.value].data or "" for kind in EXTRAS}
    try:
        problems = setup_steps.save_defaults(made.profile.id, {**typed(form, declared), **items}, EXTRAS, form.was)
    except ChangedMeanwhile as error:
        form.tell(error)
        return show_step(Step.DEFAULTS, status=422, **shown)
    if problems:
        return show_step(Step.DEFAULTS, status=422, **{**shown, "problems": [each.message for each in problems]})
    return on_from(Step.DEFAULTS)


def _defaults_form(declared: list[Setting], now: Fields) -> SharedForm:
    extras = {
        kind.value: PickField(label, default=now[kind.value], kind=ReferenceKind.ITEM, description=hint)
        for kind, (label, hint) in EXTRAS.items()
    }
    return form_of(declared, now, **extras).over(now)


def _take_chosen(form: FlaskForm) -> None:
    """What was ticked after Find, without JavaScript."""
    for field in form:
        if isinstance(field, PickField) and form.is_submitted():
            field.data = picks.chosen(field.name)
