"""Forms that several people may fill in at once: each sends along what it showed, as `was:` and the field's name."""

from collections.abc import Mapping, Sequence

from flask import request
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import Field, SelectField, SelectMultipleField

from sync.meanwhile import ChangedMeanwhile, Fields, ticks

PREFIX = "was:"


def was_shown(now: Fields) -> dict[str, str]:
    """What the page showed of these fields: as the form that was sent says it, else as they are now."""
    if request.method != "POST":
        return dict(now)
    return {name: request.form.get(f"{PREFIX}{name}", "").strip() for name in now}


class SharedForm(FlaskForm):
    """A form whose page holds `was_fields` (`_ui.html`)."""

    was: Mapping[str, str] = {}

    def over(self, now: Fields) -> "SharedForm":
        """With what it showed when it was drawn; `now` is what it would show now."""
        self.was = was_shown(now)
        return self

    def tell(self, error: ChangedMeanwhile) -> None:
        """Drawn again over what is kept now: beside what both changed stands what the other one saved."""
        for name in error.fields:
            self[name].errors = [saved_by_another(_value_of(self[name], error.now[name]))]
        for field in [self[name] for name in error.shown if name in self and name not in error.fields]:
            _put(field, self._again(field, error))
        self.was = error.now

    def _again(self, field: Field, error: ChangedMeanwhile) -> list[str]:
        """What was typed into a field where something was, else what is kept now."""
        if not isinstance(field, SelectMultipleField):
            return [error.shown[field.name]]
        now, was = error.now[field.name].split(), self.was.get(field.name, "").split()
        return sorted(ticks(map(str, field.data or ()), was, now))


def saved_by_another(value: str) -> str:
    """What to tell at a field, or in a row, that two people changed."""
    if not value:
        return _("Somebody else has emptied this meanwhile. Yours is not lost: press Save again to keep it.")
    return _(
        "Somebody else has saved %(value)s here meanwhile. Yours is not lost: press Save again to keep it.",
        value=value,
    )


def _value_of(field: Field, text: str) -> str:
    """As the field shows it to people."""
    if isinstance(field, SelectField):
        labels = dict(field.choices or ())
        chosen = text.split() if isinstance(field, SelectMultipleField) else [text]
        return ", ".join(str(labels.get(each, each)) for each in chosen)
    return text


def _put(field: Field, texts: Sequence[str]) -> None:
    """As if it had been typed."""
    field.process(MultiDict([(field.name, text) for text in texts]))
