"""Manage Matching: every product of the stores, with the item of the books that stands for it (M1)."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flask import Blueprint, abort, current_app, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from blueprints import matching_contacts, matching_tables, picks
from blueprints.guard import profile_of
from blueprints.matching_rows import Answer, Shown, back, books_names, changed_meanwhile, typed
from blueprints.rendering import render, render_block, told, wants_fragment
from blueprints.shared_forms import was_shown
from documents import ReferenceKind
from models import ItemMatch, Profile, StoredItem, is_row_id, row_id
from sync import lists, matching
from sync.books_words import has_units
from sync.match_rows import Values, changing
from sync.matching import MatchRefused
from sync.meanwhile import ChangedMeanwhile
from sync.profiles import channels_of

bp = Blueprint("matching", __name__, url_prefix="/profiles/<int:profile_id>")
matching_tables.install(bp)
matching_contacts.install(bp)
TEMPLATE = "matching/items.html"
KINDS = {"code": ReferenceKind.ITEM}
SHOWS = {"unmatched": False, "matched": True, "all": None}
PAGE = 30
"""Rows of a page, which stays light with the longest names."""
LONGEST_SEARCH = 200


@dataclass(frozen=True, slots=True)
class Product:
    """A product of a store with its match, as a row of the page."""

    match: ItemMatch
    item: StoredItem

    @property
    def key(self) -> str:
        """The product's id."""
        return str(self.item.id)

    @property
    def name(self) -> str:
        """As the store names it."""
        return self.item.name

    @property
    def values(self) -> dict[str, str]:
        """What is kept."""
        return {"code": self.match.code or "", "uom": self.match.uom or ""}


@dataclass(frozen=True, slots=True)
class Filter:
    """What the address asks for: which products, of which store, found by which words, behind which one."""

    show: str
    channel_id: int | None
    store_id: int | None
    typed: str
    after_id: int


@bp.route("/matching/items", methods=["GET", "POST"])
def items(profile_id: int) -> Answer:
    """A page of products; each is matched by itself."""
    profile = profile_of(profile_id)
    if request.method != "POST":
        return _draw(profile)
    product = _product(profile, request.form.get("row", ""))
    values, was = typed(KINDS, ("uom",)), was_shown(product.values)
    if "find" in request.form:
        found = picks.find(profile.books_id, ReferenceKind.ITEM, "code", values["code"])
        return _draw(profile, Shown(product, values, found=found, was=was))
    find = partial(_product, key=product.key)
    try:
        changing.save(profile.id, find, _keep, values, was)
    except MatchRefused as error:
        return _refused(profile, Shown(product, values, told(error.message), was=was))
    except ChangedMeanwhile as error:
        return _refused(profile, changed_meanwhile(find(profile), error))
    return _saved(profile, find(profile))


def _keep(session: Session, profile: Profile, product: Product, values: Values) -> None:
    now = current_app.extensions["tillbridge"].clock.now()
    matching.match_item(session, profile.id, product.item.id, values["code"], values["uom"], now)


def _product(profile: Profile, key: str) -> Product:
    found = lists.item(profile.id, row_id(key)) if is_row_id(key) else None
    return Product(*found) if found else abort(404)


def _saved(profile: Profile, product: Product) -> Answer:
    sentence = _("%(name)s is matched.") if product.match.is_matched else _("%(name)s has no match any more.")
    said = sentence % {"name": product.name}
    if not wants_fragment():
        return back(said, product.key)
    return _fragment(profile, Shown(product, product.values, is_saved=True), said)


def _refused(profile: Profile, shown: Shown) -> Answer:
    if wants_fragment():
        return _fragment(profile, shown, shown.trouble), 422
    return _draw(profile, shown), 422


def _fragment(profile: Profile, shown: Shown, said: str) -> str:
    return render_block(TEMPLATE, "row", shown=shown, said=said, **_about(profile, [shown], _filter(profile)))


# --- the page ---------------------------------------------------------------------------------------------------


def _filter(profile: Profile) -> Filter:
    """Read from the address; what makes no sense there counts as not said."""
    asked = request.args
    channel = {str(each.id): each for each in channels_of(profile.id)}.get(asked.get("channel", ""))
    words, show = asked.get("q", "").strip()[:LONGEST_SEARCH], asked.get("show", "")
    return Filter(
        show=show if show in SHOWS else "all" if words else "unmatched",  # a link names a product, whatever its state
        channel_id=channel.id if channel else None,
        store_id=channel.store_id if channel else None,
        typed=words,
        after_id=asked.get("after", 0, type=row_id),
    )


def _draw(profile: Profile, other: Shown | None = None) -> str:
    chosen = _filter(profile)
    found = lists.items(profile.id, SHOWS[chosen.show], chosen.after_id, chosen.typed, chosen.store_id, PAGE + 1)
    products = [Product(*each) for each in found[:PAGE]]
    shown = [Shown(each, each.values) for each in products]
    if other:  # a row that meanwhile belongs elsewhere stays in sight: nothing typed is lost
        rest = [each for each in shown if each.row.key != other.row.key]
        place = next((n for n, each in enumerate(shown) if each.row.key == other.row.key), 0)
        shown = [*rest[:place], other, *rest[place:]]
    last_id = products[-1].item.id if len(found) > PAGE else None
    about = _about(profile, shown, chosen)
    return render(TEMPLATE, "", rows=shown, next=_next(profile, chosen, last_id), **about)


def _about(profile: Profile, shown: Sequence[Shown], chosen: Filter) -> dict[str, Any]:
    return {
        "profile": profile,
        "filter": chosen,
        "names": books_names(profile.books_id, KINDS, [each.values for each in shown]),
        "units_of": matching.units_of,
        "has_units": has_units(profile.books.kind),
        "channels": channels_of(profile.id),
        "unmatched": lists.count(lists.unmatched(profile.id, chosen.store_id)),
    }


def _next(profile: Profile, chosen: Filter, last_id: int | None) -> str:
    """The address of the next page; empty on the last one."""
    if last_id is None:
        return ""
    asked = {"show": chosen.show, "channel": chosen.channel_id, "q": chosen.typed or None, "after": last_id}
    return url_for(".items", profile_id=profile.id, **asked)
