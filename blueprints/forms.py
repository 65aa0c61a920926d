"""Fields of our forms, beside those of WTForms."""

from collections.abc import Sequence
from typing import Any

from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import BooleanField, Field, PasswordField, SelectField, SelectMultipleField, StringField
from wtforms.validators import InputRequired, Length
from wtforms.widgets import CheckboxInput, ListWidget

from adapters.settings import Setting
from blueprints.shared_forms import SharedForm
from documents import ReferenceKind

LONGEST = 2000


class PickField(StringField):
    """A code of one of the books' lists; beside it a button that finds it by its name (`_ui.html`, pick)."""

    def __init__(self, label: str = "", validators: Any = None, kind: ReferenceKind | None = None, **rest: Any) -> None:
        super().__init__(label, validators, **rest)
        self.kind = kind


class Ticks(SelectMultipleField):
    """Several of a fixed list, as boxes to tick."""

    widget, option_widget = ListWidget(prefix_label=False), CheckboxInput()


def field_of(setting: Setting, value: str, is_kept: bool = False) -> Field:
    """The field that a declared setting is typed into; of a secret that is kept nothing is shown."""
    words: dict[str, Any] = {"label": _l(setting.label), "description": _l(setting.hint) if setting.hint else ""}
    if setting.secret:
        needed = [InputRequired()] if setting.required and not is_kept else []
        return PasswordField(validators=[*needed, Length(max=LONGEST)], render_kw={"autocomplete": "off"}, **words)
    if setting.is_switch:
        return BooleanField(default=(value or setting.default) == "true", **words)
    if setting.choices:
        choices = [(key, _l(label)) for key, label in setting.choices]
        if setting.is_many:
            return Ticks(choices=choices, default=(value or setting.default).split(), **words)
        return SelectField(choices=choices, default=value or setting.default, **words)
    checks: Sequence[Any] = [Length(max=LONGEST), *([InputRequired()] if setting.required else [])]
    if setting.pick is not None:
        return PickField(validators=checks, default=value, kind=setting.pick, **words)
    return StringField(validators=checks, default=value or setting.default, **words)


def form_of(settings: Sequence[Setting], values: dict[str, str], is_kept: bool = False, **more: Field) -> SharedForm:
    """A form with a field for each declared setting, after those of `more`."""
    fields = {**more, **{each.name: field_of(each, values.get(each.name, ""), is_kept) for each in settings}}
    return type("DeclaredForm", (SharedForm,), fields)()


def typed(form: FlaskForm, settings: Sequence[Setting]) -> dict[str, str]:
    """What was typed, by the settings' names, as text."""
    found = {each.name: form[each.name].data for each in settings}
    return {name: as_text(value) for name, value in found.items()}


def as_text(value: Any) -> str:
    """What a field holds, as it is kept."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return " ".join(value)
    return str(value or "").strip()
