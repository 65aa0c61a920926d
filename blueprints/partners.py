"""The customers of a store whose codes are the books' names: how each stands, and whom a person must rename (X5)."""

from functools import partial

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from werkzeug.wrappers import Response

from blueprints import ringing, runs
from blueprints.asking import ask, tools
from blueprints.guard import owners, profile_of, say_done
from models import Profile, RunKind, row_id
from sync import partners, realigning
from sync import runs as readings
from sync.ledger import Actor
from sync.partners import State

bp = Blueprint("partners", __name__, url_prefix="/profiles/<int:profile_id>/customers")
PAGE, MOST_REALIGNED, LONGEST_SEARCH = 50, 50, 100
MOST_AT_ONCE = 500
"""So many are written down while the person waits; the next press, or the next Sync, goes on."""
STATES = {
    State.IN_BOOKS: ("success", "check", _l("In the books")),
    State.NEW: ("secondary", "circle", _l("Not sent yet")),
    State.CHANGED: ("warning", "alert-triangle", _l("Changed, not sent yet")),
    State.QUEUED: ("azure", "loader", _l("On its way")),
    State.REFUSED: ("danger", "x", _l("Refused by the books")),
    State.PROBLEM: ("danger", "x", _l("Cannot be sent")),
    State.REALIGN: ("danger", "alert-triangle", _l("To be renamed in the books")),
    State.OFF: ("secondary", "player-pause", _l("Inactive in the store")),
    State.ASLEEP: ("secondary", "player-pause", _l("Inactive in the books")),
}


@bp.get("")
def show(profile_id: int) -> str:
    """First whom a person must rename, then a page of all."""
    profile = profile_of(profile_id)
    stores = _stores(profile)
    words, after = request.args.get("q", "").strip()[:LONGEST_SEARCH], request.args.get("after", 0, row_id)
    found = partners.page(profile, stores, after, PAGE + 1, words)
    to = partial(url_for, ".show", profile_id=profile.id, q=words or None)
    last = readings.latest(_readings(profile, stores))
    return render_template(
        "partners/show.html",
        profile=profile,
        states=STATES,
        words=words,
        waiting=realigning.waiting(profile, stores)[:MOST_REALIGNED],
        reasons=[why for store_id in stores if (why := partners.why_not(profile, store_id))],
        standings=partners.standings(profile, found[:PAGE]),
        first=to() if after else "",
        next=to(after=found[PAGE - 1].id) if len(found) > PAGE else "",
        readings=runs.shown(list(last.values())),
    )


@bp.post("/send")
@owners
def send(profile_id: int) -> Response:
    """Everything that is new or changed."""
    profile = profile_of(profile_id)
    _stores(profile)
    actor = Actor(g.user.name, tools().clock.now())
    sent = partners.push(profile, actor, MOST_AT_ONCE) if profile.is_enabled else 0
    if sent:
        ringing.ring_drain(profile.books_id)
    say_done(_told(sent))
    return _back(profile_id)


def _told(sent: int) -> str:
    if not sent:
        return _("There was nothing to send.")
    if sent >= MOST_AT_ONCE:
        return _("%(num)s customers are on their way. There are more: press again, or Sync.", num=sent)
    return ngettext("%(num)s customer is on its way.", "%(num)s customers are on their way.", sent)


@bp.post("/read")
def read(profile_id: int) -> Response:
    """Read the customers of both sides again."""
    profile = profile_of(profile_id)
    ask(_readings(profile, _stores(profile)))
    return _back(profile_id)


def _readings(profile: Profile, stores: list[int]) -> list[tuple[RunKind, int]]:
    return [(RunKind.REFERENCE, profile.books_id), *((RunKind.ITEMS, each) for each in stores)]


def _stores(profile: Profile) -> list[int]:
    """Only where there are such stores."""
    return partners.stores_of(profile) or abort(404)


def _back(profile_id: int) -> Response:
    return redirect(url_for(".show", profile_id=profile_id), 303)
