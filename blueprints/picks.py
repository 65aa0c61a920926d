"""Twenty rows of one of the books' lists: for the combobox, and for Find where there is no JavaScript."""

from collections.abc import Sequence

from flask import Blueprint, abort, g, render_template, request

from adapters.registry import BOOKS
from blueprints.forms import PickField
from documents import ReferenceKind
from models import BooksConnection, BooksRow, db
from sync import accounts, reference

bp = Blueprint("picks", __name__)
Found = tuple[str, Sequence[BooksRow]]
"""The field that Find was pressed for, and what was found by what stands in it."""


@bp.get("/picks/<int:books_id>/<kind>")
def choices(books_id: int, kind: str) -> str:
    """The choices whose words begin with `q`, as options of a list box."""
    row = db.get_or_404(BooksConnection, books_id)
    kinds = {str(each): each for each in BOOKS[row.kind].reference_kinds}
    if kind not in kinds or not any(each.books_id == books_id for each in accounts.profiles_of(g.user)):
        abort(404)
    rows = reference.find(books_id, kinds[kind], request.args.get("q", ""))
    return render_template("picks.html", rows=rows)


def found_for(books_id: int, fields: Sequence[PickField]) -> Found | None:
    """What Find was pressed for; None where another button was."""
    wanted = request.form.get("find", "")
    for field in fields:
        if field.name == wanted and field.kind is not None:
            return find(books_id, field.kind, wanted, field.data or "")
    return None


def find(books_id: int, kind: ReferenceKind, name: str, typed: str) -> Found:
    """The rows for one field of a page that is drawn again."""
    return name, reference.find(books_id, kind, typed)


def chosen(name: str) -> str:
    """What was typed into a pick field, unless one of the found rows was ticked."""
    return (request.form.get(f"chosen:{name}") or request.form.get(name) or "").strip()
