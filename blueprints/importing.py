"""What an import asks before Sync: contacts, companies and products that nobody has linked yet (M9, M10)."""

from collections.abc import Mapping, Sequence
from typing import Any

from flask import Blueprint, abort, g, redirect, request, url_for
from flask_babel import ngettext
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import picks, ringing
from blueprints.asking import tools
from blueprints.guard import profile_of, say_done
from blueprints.rendering import render
from documents import Message, ReferenceKind, Role
from models import BooksRow, Profile
from sync import at_import, at_import_saving, matching, order_lists, reviews
from sync.at_import import Found
from sync.at_import_saving import Choice
from sync.ledger import Actor
from sync.order_lists import Wanted
from sync.syncing import SENDABLE

bp = Blueprint("importing", __name__, url_prefix="/profiles/<int:profile_id>")
NEWEST = 1000
"""So many orders are looked through where no Sync waits for all of them to be decided."""
Answer = Response | str | tuple[str, int]


@bp.route("/matching/import", methods=["GET", "POST"])
def waiting(profile_id: int) -> Answer:
    """Of the orders that wait."""
    profile = profile_of(profile_id)
    rows = order_lists.page(profile, Wanted(ticks=SENDABLE), most=NEWEST)
    return _answer(profile, [row.id for row in rows], "")


@bp.route("/review/<int:review_id>/import", methods=["GET", "POST"])
def chosen(profile_id: int, review_id: int) -> Answer:
    """Of the orders of a review."""
    profile = profile_of(profile_id)
    review = reviews.mine(review_id, profile.id, g.user.id) or abort(404)
    back = url_for("review.show", profile_id=profile.id, review_id=review.id)
    ids = reviews.all_of(review)
    return _answer(profile, ids if at_import.asks(profile) else ids[:NEWEST], back)


def _answer(profile: Profile, order_ids: Sequence[int], back: str) -> Answer:
    """The page; or what came of Save, or of Find without JavaScript."""
    now = tools().clock.now()
    found = at_import.look(profile, order_ids, now)
    if request.method != "POST" or "find" in request.form:
        return _draw(profile, found, back)
    choices = _choices(found)
    refused = at_import_saving.save(profile.id, found, choices, Actor(g.user.name, now))
    ringing.ring_drain(profile.books_id)
    if refused:
        return _draw(profile, at_import.look(profile, order_ids, now), back, refused), 422
    kept = len(choices)
    say_done(ngettext("%(num)s decision is kept.", "%(num)s decisions are kept.", kept))
    left = at_import.look(profile, order_ids, now)
    is_over = back and not left.count and not left.being_made
    return redirect(back if is_over else request.path, 303)


# --- what was typed ---------------------------------------------------------------------------------------------


def _choices(found: Found) -> dict[str, Choice]:
    """What stands in each row of the form; a code that was typed is meant, whatever the button beside it says."""
    keys = [key for key in (*found.contacts, *found.products) if f"do:{key}" in request.form]
    return {key: _choice(key) for key in keys}


def _choice(key: str) -> Choice:
    code, was = picks.chosen(f"code:{key}"), request.form.get(f"was:{key}", "")
    is_new = request.form[f"do:{key}"] == "make" and (not code or code == was)
    return Choice(is_new, "" if is_new else code)


# --- the page ---------------------------------------------------------------------------------------------------


def _draw(profile: Profile, found: Found, back: str, refused: Mapping[str, Message] | None = None) -> str:
    typed = _choices(found)
    codes = {key: each.code for key, each in {**found.contacts, **found.products}.items()}
    shown = {key: typed[key].code if key in typed else code for key, code in codes.items()}
    return render(
        "matching/import.html",
        "making",
        profile=profile,
        found=found,
        back=back,
        refused=refused or {},
        codes=shown,
        was=codes,
        is_new={key: typed[key].is_new if key in typed else not code for key, code in codes.items()},
        picked=_found(profile, found),
        names=_names(profile, found, shown),
        can_make=Role.PRODUCT in BOOKS[profile.books.kind].roles,
    )


def _names(profile: Profile, found: Found, codes: Mapping[str, str]) -> dict[str, dict[str, BooksRow]]:
    """The books' rows of the codes that stand in the fields."""
    people = [codes[key] for key in found.contacts if codes[key]]
    items = [codes[key] for key in found.products if codes[key]]
    return {
        "customer": matching.rows_of(profile.books_id, ReferenceKind.CUSTOMER, people, is_any=True),
        "item": matching.rows_of(profile.books_id, ReferenceKind.ITEM, items),
    }


def _found(profile: Profile, found: Found) -> picks.Found | None:
    """What Find was pressed for."""
    wanted = request.form.get("find", "")
    key = wanted.removeprefix("code:")
    kinds: dict[str, Any] = dict.fromkeys(found.contacts, ReferenceKind.CUSTOMER)
    kinds |= dict.fromkeys(found.products, ReferenceKind.ITEM)
    if key not in kinds:
        return None
    return picks.find(profile.books_id, kinds[key], wanted, request.form.get(wanted, ""))
