"""Sync Sales Invoice: the orders that wait, and those that are in the books (I1, I7)."""

from datetime import timedelta
from functools import partial

from flask import Blueprint, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import ringing, words
from blueprints.asking import tools
from blueprints.guard import profile_of
from blueprints.mending import mend_url
from blueprints.order_filter import Filter, only, read_filter, statuses_of
from blueprints.rendering import render_block, wants_fragment
from models import BooksConnection, Profile, Tick, db, row_id
from sync import due, order_lists, profiles, reviews, watching
from sync.lists import PAGE
from sync.order_lists import COMPLETED, PENDING, Wanted
from sync.syncing import SENDABLE

bp = Blueprint("invoices", __name__, url_prefix="/profiles/<int:profile_id>")
LONGEST_LOOK = timedelta(minutes=1)
"""A page that waits longer for the books' changes waits no more: the next one shows them."""


@bp.get("/invoices")
def pending(profile_id: int) -> str:
    """Orders not yet posted, on their way, failed, or changed since; tick some, then + Add New."""
    return _list(profile_of(profile_id), PENDING, "pending")


@bp.get("/invoices/completed")
def completed(profile_id: int) -> str:
    """Orders that are in the books."""
    return _list(profile_of(profile_id), COMPLETED, "completed")


def _list(profile: Profile, ticks: tuple[Tick, ...], tab: str) -> str:
    asked = read_filter(profile, request.args, ticks)
    after = request.args.get("after", 0, row_id)
    found = order_lists.page(profile, asked.wanted, after)
    return render_template(
        "invoices/list.html",
        profile=profile,
        tab=tab,
        asked=asked,
        rows=order_lists.rows(found),
        count=_count(profile, asked, tab),
        channels=profiles.channels_of(profile.id),
        statuses=statuses_of(profile),
        ticks={tick: label for tick, label in words.TICKS.items() if tick in PENDING} if tab == "pending" else {},
        is_page_ticked=request.args.get("select") == "page",
        sendable=SENDABLE,
        latest=reviews.latest(profile.id, g.user.id) if tab == "pending" else None,
        mend=partial(mend_url, profile.id),
        tells_changes=BOOKS[profile.books.kind].tells_changes and profile.is_enabled,
        yellow=_yellow(profile),
        **_addresses(profile, tab, asked, after, found[-1].id if len(found) == PAGE else 0),
    )


def _yellow(profile: Profile) -> int:
    return order_lists.count(profile, Wanted(ticks=(Tick.YELLOW,)))


@bp.route("/invoices/look", methods=["GET", "POST"])
def look(profile_id: int) -> Response | str:
    """A list was opened: have the books asked what people changed in them (E10), and tell when orders turned yellow.

    `yellow` is how many were when the list was drawn."""
    profile, now = profile_of(profile_id), tools().clock.now()
    if request.method == "POST" and watching.ask(profile.books_id, now):
        ringing.ring_drain(profile.books_id)
    if not wants_fragment():
        return redirect(url_for(".pending", profile_id=profile.id, tick="yellow"), 303)
    before, yellow = request.values.get("yellow", 0, row_id), _yellow(profile)
    books = db.session.get_one(BooksConnection, profile.books_id, populate_existing=True)
    is_looking = due.is_looking(books) and now - (books.look_asked_at or now) < LONGEST_LOOK
    turned = {"is_looking": is_looking, "yellow": before, "has_turned": yellow > before}
    return render_block("invoices/list.html", "look", profile=profile, tells_changes=True, **turned)


def _count(profile: Profile, asked: Filter, tab: str) -> int:
    """How many match; of those that wait, how many that can be sent."""
    wanted = only(asked.wanted, SENDABLE) if tab == "pending" else asked.wanted
    return order_lists.count(profile, wanted) if wanted else 0


def _addresses(profile: Profile, tab: str, asked: Filter, after: int, last: int) -> dict[str, str]:
    """The first page, the next one, and this one with all its boxes ticked."""
    to = partial(url_for, f"invoices.{tab}", profile_id=profile.id, **asked.typed)
    here = {"after": after} if after else {}
    return {
        "first": to() if after else "",
        "next": to(after=last) if last else "",
        "page_ticked": to(**here, select="page"),
    }
