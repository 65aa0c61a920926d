"""The review: drafts before they are sent, changed and matched in place; Sync sends what was seen (I2-I5)."""

from flask import Blueprint, abort, current_app, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints import ringing
from blueprints.guard import profile_of, say_done
from blueprints.order_filter import only, read_filter
from blueprints.review_page import Typed, draw, place
from models import Profile, Review, row_id
from sync import accounts, at_import, edit_fields, overview, reviews, syncing
from sync.ledger import Actor
from sync.order_lists import PENDING
from sync.syncing import SENDABLE

bp = Blueprint("review", __name__, url_prefix="/profiles/<int:profile_id>/review")


def _open(profile_id: int, review_id: int) -> tuple[Profile, Review]:
    """A review of one's own; 404 for every other."""
    profile = profile_of(profile_id)
    review = reviews.mine(review_id, profile.id, g.user.id)
    return (profile, review) if review else abort(404)


def _actor() -> Actor:
    return Actor(g.user.name, current_app.extensions["tillbridge"].clock.now())


@bp.post("")
def add(profile_id: int) -> Response:
    """+ Add New: a review of the ticked orders, or of all that match the filter."""
    profile = profile_of(profile_id)
    asked = read_filter(profile, request.form, PENDING)
    is_all = request.form.get("all") and not asked.errors
    picked = only(asked.wanted, SENDABLE) if is_all else request.form.getlist("order", type=row_id)
    review = reviews.make_review(profile, g.user, picked, _actor().at) if picked else None
    if review is None:
        flash(_("Tick at least one order, or all that match."), "error")
        return redirect(url_for("invoices.pending", profile_id=profile_id, **asked.typed), 303)
    return redirect(url_for(".show", profile_id=profile_id, review_id=review.id), 303)


@bp.get("/<int:review_id>")
def show(profile_id: int, review_id: int) -> str:
    """A page of its drafts."""
    return draw(*_open(profile_id, review_id), Typed())


# --- Edit Fields ------------------------------------------------------------------------------------------------


@bp.post("/<int:review_id>/columns")
def columns(profile_id: int, review_id: int) -> Response:
    """Which fields somebody sees and edits, on every review from now on."""
    profile, review = _open(profile_id, review_id)
    known = [each.name for each in edit_fields.columns_of(profile.books)]
    ticked = request.form.getlist("column")
    accounts.choose(g.user.id, "review_columns", [name for name in known if name in ticked])
    return redirect(place(review), 303)


@bp.post("/<int:review_id>")
def save(profile_id: int, review_id: int) -> Response | str | tuple[str, int]:
    """Keep what was typed into the drafts; of a changed field of htmx, the draft it belongs to."""
    profile, review = _open(profile_id, review_id)
    if request.form.get("find"):
        return draw(profile, review, Typed.of_form())
    typed = _keep(profile, review)
    if typed.refused or typed.only:
        return draw(profile, review, typed), 422 if typed.refused else 200
    say_done(_("Saved."))
    return redirect(place(review), 303)


def _keep(profile: Profile, review: Review) -> Typed:
    """Each changed field by itself; what the books lack is refused and stays typed."""
    typed = Typed.of_form()
    changes = edit_fields.typed_changes(typed.fields, profile.books)
    mine = set(reviews.those_of(review, [change.order_id for change in changes]))
    changes = [each for each in changes if each.order_id in mine and typed.only in (0, each.order_id)]
    typed.refused = edit_fields.keep(profile.id, changes, _actor())
    typed.is_changed = bool(changes)
    return typed


# --- Product Mapping Overview -----------------------------------------------------------------------------------


@bp.post("/<int:review_id>/match")
def match(profile_id: int, review_id: int) -> Response | str | tuple[str, int]:
    """Match products of the drafts, there and then."""
    profile, review = _open(profile_id, review_id)
    typed = Typed.of_form()
    if request.form.get("find"):
        return draw(profile, review, typed)
    typed.unmatched = overview.match_all(profile.id, typed.matches(), _actor().at)
    if typed.unmatched:
        return draw(profile, review, typed), 422
    return redirect(place(review), 303)


# --- Sync -------------------------------------------------------------------------------------------------------


@bp.post("/<int:review_id>/sync")
def sync(profile_id: int, review_id: int) -> Response | tuple[str, int]:
    """Send the complete drafts as they were seen; what was typed and not looked at is kept and shown first."""
    profile, review = _open(profile_id, review_id)
    typed = _keep(profile, review)
    if typed.is_changed:
        typed.told = _("What you typed is kept, and changes the drafts. Look at them again, then press Sync.")
        if typed.refused:
            typed.told = _("Not everything that you typed can be kept. Mend it or clear it, then press Sync.")
        return draw(profile, review, typed), 422
    seen = {order_id: typed.seen[order_id] for order_id in reviews.those_of(review, list(typed.seen))}
    wanted = reviews.all_of(review) if request.form.get("others") else list(seen)
    if at_import.look(profile, wanted, _actor().at, is_import=True).count:
        flash(_("Look at these first: the orders name them for the first time. Then press Sync."), "error")
        return redirect(url_for("importing.chosen", profile_id=profile.id, review_id=review.id), 303)
    pressed = syncing.press_once(profile.id, wanted, g.user.name, _actor().at, seen)
    return _to_task(profile, review, wanted, pressed)


def _to_task(profile: Profile, review: Review, wanted: list[int], pressed: syncing.Pressed) -> Response:
    task_id = pressed.task_id
    if pressed.skipped:
        left_out = ngettext(
            "%(num)s order was left out: it is in the books or on its way already.",
            "%(num)s orders were left out: they are in the books or on their way already.",
            pressed.skipped,
        )
        flash(left_out, "success")
    if task_id is not None:
        ringing.ring_task(task_id)
    else:
        task_id = syncing.last_task_of(wanted)
    if task_id is None:
        flash(_("There was nothing to send."), "error")
        return redirect(place(review), 303)
    return redirect(url_for("tasks.show", profile_id=profile.id, task_id=task_id), 303)
