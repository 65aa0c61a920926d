"""Company profiles: all of them with their status, and one with what waits in it (P1, P5, P10)."""

from collections.abc import Sequence

from flask import Blueprint, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import runs
from blueprints.asking import ask, tools
from blueprints.guard import owners, profile_of, say_done
from models import Profile, RunKind
from sync import accounts, alignment, connections, glance, health, profiles, realigning

bp = Blueprint("profiles", __name__, url_prefix="/profiles")


@bp.get("")
def index() -> str:
    """Every profile that the person may see."""
    ids = [each.id for each in accounts.profiles_of(g.user)]
    rows, now = glance.profiles_with_books(ids), tools().clock.now()
    tabs, asked = _tabs(rows), request.args.get("tab", "")
    return render_template(
        "profiles/index.html",
        profiles=[each for each in rows if asked not in tabs or _tab_of(each) == asked],
        healths={each.id: health.health_of_profile(each, now) for each in rows},
        channels=glance.channels_by_profile(ids),
        unused=glance.books_without_profile() if g.user.is_owner else [],
        systems=BOOKS,
        tabs=tabs,
        tab=asked if asked in tabs else "",
    )


def _tabs(rows: Sequence[Profile]) -> dict[str, tuple[str, str]]:
    """System and mode of each tab: a tab for each way in which books of a system are connected (P3)."""
    kinds = {each.books.kind for each in rows}
    systems = [adapter for kind, adapter in BOOKS.items() if kind in kinds]
    return {f"{each.kind}-{mode}": (each.label, label) for each in systems for mode, label in each.modes}


def _tab_of(profile: Profile) -> str:
    return f"{profile.books.kind}-{profile.books.settings.get('mode', '')}"


@bp.get("/<int:profile_id>")
def show(profile_id: int) -> str:
    """Status, what waits, and what is being read."""
    profile = profile_of(profile_id)
    channels = glance.channels_by_profile([profile_id])[profile_id]
    stores = [(store, health.health_of(store)) for store in glance.stores_of(channels)]
    return render_template(
        "profiles/show.html",
        profile=profile,
        books_health=health.health_of_profile(profile, tools().clock.now()),
        system=BOOKS[profile.books.kind],
        channels=channels,
        stores=stores,
        waiting=glance.waiting(profile_id),
        unaligned=alignment.is_open(profile),
        has_partners=alignment.is_needed(profile),
        to_rename=realigning.counts([profile_id]).get(profile_id, 0),
        readings=runs.shown(glance.latest_readings(profile, channels)),
    )


@bp.post("/<int:profile_id>/check")
def check(profile_id: int) -> Response:
    """Ask the books and the stores of a profile, now, how they do (P5)."""
    profile = profile_of(profile_id)
    stores = glance.stores_of(glance.channels_by_profile([profile_id])[profile_id])
    store_ids = [each.id for each in stores if each.is_enabled]
    connections.check_books(profile.books_id, tools())
    for store_id in store_ids:
        connections.check_store(store_id, tools())
    say_done(_("Checked."))
    return _back(profile_id)


# --- readings ---------------------------------------------------------------------------------------------------


@bp.post("/<int:profile_id>/read/lists")
def read_lists(profile_id: int) -> Response:
    """Read the books' lists again."""
    return _ask(profile_of(profile_id), RunKind.REFERENCE)


@bp.post("/<int:profile_id>/read/orders")
def read_orders(profile_id: int) -> Response:
    """Read the orders of every channel now."""
    return _ask(profile_of(profile_id), RunKind.ORDERS)


@bp.post("/<int:profile_id>/read/items")
def read_items(profile_id: int) -> Response:
    """Read the catalogues of the stores again."""
    return _ask(profile_of(profile_id), RunKind.ITEMS)


def _ask(profile: Profile, kind: RunKind) -> Response:
    channels = glance.channels_by_profile([profile.id])[profile.id]
    ask([each for each in glance.readings(profile, channels) if each[0] is kind])
    return _back(profile.id)


# --- disabled, and active again (P10) ---------------------------------------------------------------------------


@bp.route("/<int:profile_id>/disable", methods=["GET", "POST"])
@owners
def disable(profile_id: int) -> Response | str:
    """What disabling means; then do it."""
    profile = profile_of(profile_id)
    if request.method != "POST":
        return render_template("profiles/disable.html", profile=profile)
    profiles.enable(profile_id, False)
    say_done(_("%(name)s is disabled. Nothing was lost.", name=profile.name))
    return _back(profile_id)


@bp.post("/<int:profile_id>/enable")
@owners
def enable(profile_id: int) -> Response:
    """Activate a profile again, and show whether its two sides still fit (P9)."""
    profile = profile_of(profile_id)
    profiles.enable(profile_id, True)
    say_done(_("%(name)s is active again.", name=profile.name))
    return redirect(url_for("readiness.show", profile_id=profile_id), 303)


def _back(profile_id: int) -> Response:
    return redirect(url_for(".show", profile_id=profile_id), 303)
