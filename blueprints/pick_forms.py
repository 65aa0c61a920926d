"""Forms with pick lists: Find draws the page again with what it found, Save refuses a code that the books lack."""

from collections.abc import Mapping

from flask_wtf import FlaskForm

from blueprints import picks
from blueprints.forms import PickField
from blueprints.rendering import told
from documents import ReferenceKind
from sync import picking


def pick_fields(form: FlaskForm) -> list[PickField]:
    """The fields of a form whose codes come from the books' lists."""
    return [field for field in form if isinstance(field, PickField)]


def take_choices(form: FlaskForm, books_id: int) -> picks.Found | None:
    """Read what was typed or ticked into the pick fields; what Find found, None where another button was pressed."""
    for field in pick_fields(form):
        field.data = picks.chosen(field.name)
    return picks.found_for(books_id, pick_fields(form))


def are_known(form: FlaskForm, books_id: int, before: Mapping[str, str]) -> bool:
    """False where a code was typed that the books do not have, told at its field; one kept from before is not asked."""
    typed: dict[str, tuple[ReferenceKind, str]] = {
        field.name: (field.kind, field.data)
        for field in pick_fields(form)
        if field.kind is not None and field.data != before.get(field.name, "")
    }
    for name, message in (unknown := picking.unknown(books_id, typed)).items():
        form[name].errors = [told(message)]
    return not unknown
