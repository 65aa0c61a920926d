"""The mapping screen of an upload: one select for each field, a guess shown as a guess, sample values (P6)."""

from dataclasses import dataclass, field
from zoneinfo import available_timezones

from flask import render_template, request
from flask_babel import gettext as _

from adapters.spreadsheets.mapping import closest
from adapters.spreadsheets.oddities import letters_of
from adapters.spreadsheets.order_fields import ORDERS, PRODUCT, WORTH, missing
from adapters.spreadsheets.targets import Target
from blueprints import profile_form
from blueprints.rendering import told
from models import Upload, is_row_id, row_id
from sync.uploads import plans
from sync.uploads.plans import Look, Plan

DAY_FIRST = {"day": True, "month": False}
DECIMAL_COMMA = {"comma": True, "point": False}


@dataclass(slots=True)
class Chosen:
    """What was sent: the plan, and what is wrong with it by field; '' is about the whole."""

    plan: Plan
    problems: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Choice:
    """A field of the screen with the column that is chosen; `why` tells where the choice comes from."""

    target: Target
    column: int | None
    why: str
    is_needed: bool
    problem: str
    likeliest: str


def read(upload: Upload) -> Chosen:
    """The form as it was sent, checked."""
    kept, look = plans.plan_of(upload), plans.look_of(upload)
    columns, first = {}, request.form.get("day_first", "")
    for target in ORDERS.targets:
        told_place = request.form.get(f"c:{target.name}", "")
        if is_row_id(told_place) and row_id(told_place) < len(look.names):
            columns[target.name] = row_id(told_place)
    chosen = Chosen(
        Plan(
            sheet=kept.sheet,
            header_row=kept.header_row,
            columns=columns,
            why={name: kept.why.get(name, "") for name in columns if kept.columns.get(name) == columns[name]},
            zone=request.form.get("zone", "").strip(),
            day_first=DAY_FIRST.get(first),
            year_first=(first == "year") if first and look.asks_year_first else None,
            decimal_comma=DECIMAL_COMMA.get(request.form.get("decimal_comma", "")),
            prices_include_tax=bool(request.form.get("prices_include_tax")),
            words=request.form.getlist("words") if look.words and "channel" in columns else None,
        )
    )
    _check(chosen, look)
    return chosen


def _check(chosen: Chosen, look: Look) -> None:
    plan, labels = chosen.plan, {each.name: told(each.label) for each in ORDERS.targets}
    for name in missing(plan.columns):
        chosen.problems[name] = _("Choose a column.")
    taken: dict[int, str] = {}
    for name, place in plan.columns.items():
        if place in taken:
            chosen.problems[name] = _("%(other)s has this column already.", other=labels[taken[place]])
        taken.setdefault(place, name)
    if plan.zone not in available_timezones():
        chosen.problems["zone"] = _("Choose a time zone of the list.")
    if look.asks_year_first and plan.year_first is None:
        chosen.problems["day_first"] = _("Say which comes first.")
    if look.asks_day_first and not look.asks_year_first and plan.day_first is None:
        chosen.problems["day_first"] = _("Say which comes first.")
    if look.asks_decimal_comma and plan.decimal_comma is None:
        chosen.problems["decimal_comma"] = _("Say how the file writes amounts.")
    if look.words and plan.words == []:
        chosen.problems["words"] = _("Tick at least one.")


def page(upload: Upload, chosen: Chosen | None = None, refusal: str = "") -> str:
    """The screen, as it is kept or as it was sent."""
    plan = chosen.plan if chosen else plans.plan_of(upload)
    problems, look = chosen.problems if chosen else {}, plans.look_of(upload)
    choices = [_choice(target, plan, problems, look.names) for target in ORDERS.targets]
    first = [each for each in choices if each.is_needed or each.column is not None or each.problem]
    return render_template(
        "uploads/mapping.html",
        upload=upload,
        plan=plan,
        look=look,
        seen=plans.seen(upload),
        problems=problems,
        refusal=refusal,
        first=first,
        others=[each for each in choices if each not in first],
        unused=[
            f"{letters_of(place)} {name}" for place, name in enumerate(look.names) if _is_unused(place, plan, look)
        ],
        options=[(place, letters_of(place), name) for place, name in enumerate(look.names) if name],
        zones=profile_form.zones(),
    )


def _is_unused(place: int, plan: Plan, look: Look) -> bool:
    return bool(look.names[place] and look.samples[place]) and place not in plan.columns.values()


def _choice(target: Target, plan: Plan, problems: dict[str, str], names: list[str]) -> Choice:
    column = plan.columns.get(target.name)
    is_needed = target.required or any(
        target.name == pair[0] and not any(each in plan.columns for each in pair[1:]) for pair in (PRODUCT, WORTH)
    )
    likeliest = closest(target, names) if is_needed and column is None else ""
    return Choice(target, column, plan.why.get(target.name, ""), is_needed, problems.get(target.name, ""), likeliest)
