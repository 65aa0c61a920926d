"""A page for each problem: what happened, why, and what to do; found by what one reads or sees as a code (T5)."""

from collections.abc import Iterator, Mapping

from flask import Blueprint, abort, render_template, request
from flask_babel import lazy_gettext as _l
from flask_babel.speaklater import LazyString

from blueprints.rendering import told
from sync import explained
from sync.explaining import Explained

bp = Blueprint("help", __name__, url_prefix="/help/problems")
LONGEST = 200
SECTIONS: tuple[tuple[LazyString, Mapping[str, Explained]], ...] = (
    (_l("On a draft"), explained.DRAFTS),
    (_l("While it is posted and proven"), explained.POSTING),
    (_l("Orders that do not come"), explained.ARRIVING),
    (_l("Between the systems"), explained.REMOTE),
    (_l("In a file that is uploaded"), explained.UPLOADS),
    (_l("Sengerio and QuickBooks"), explained.SENGERIO),
)


@bp.get("")
def index() -> str:
    """All of them, or those that hold every word of what was typed."""
    typed = request.args.get("q", "").strip()[:LONGEST]
    return render_template("help/index.html", sections=list(_found(typed)), typed=typed)


Section = tuple[LazyString, Mapping[str, Explained]]


def _found(typed: str) -> Iterator[Section]:
    """In the reader's language, whatever their case."""
    words = typed.casefold().split()
    for title, entries in SECTIONS:
        found = {about: each for about, each in entries.items() if _holds(each, words)}
        if found:
            yield title, found


def _holds(each: Explained, words: list[str]) -> bool:
    texts = (each.code, *(told(text) for text in (each.title, each.what, each.why, each.to_do)))
    text = " ".join(texts).casefold()
    return all(word in text for word in words)


@bp.get("/<about>")
def problem(about: str) -> str:
    """One of them."""
    if about not in explained.EXPLAINED:
        abort(404)
    return render_template("help/problem.html", explained=explained.EXPLAINED[about])
