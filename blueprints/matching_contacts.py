"""Contact Matching: the contacts and companies that were linked at imports (M9)."""

from collections.abc import Sequence
from functools import partial
from typing import Any

from flask import Blueprint, abort, request, url_for
from flask_babel import gettext as _
from sqlalchemy.orm import Session

from blueprints import picks
from blueprints.asking import tools
from blueprints.guard import profile_of
from blueprints.matching_rows import Answer, Shown, back, changed_meanwhile, typed
from blueprints.rendering import render, render_block, told, wants_fragment
from blueprints.shared_forms import was_shown
from documents import ReferenceKind
from models import Profile, is_row_id, row_id
from sync import contact_links, matching
from sync.contact_links import Link
from sync.match_rows import Values, changing
from sync.matching import MatchRefused
from sync.meanwhile import ChangedMeanwhile

KINDS = {"customer": ReferenceKind.CUSTOMER}
TEMPLATE = "matching/contacts.html"
PAGE, LONGEST_SEARCH = 25, 200


def install(bp: Blueprint) -> None:
    """Give the blueprint of the matching this page."""
    bp.add_url_rule("/matching/contacts", "contacts", contacts, methods=("GET", "POST"))


def contacts(profile_id: int) -> Answer:
    """A page of links; each is changed or forgotten by itself."""
    profile = profile_of(profile_id)
    if request.method != "POST":
        return _draw(profile)
    link = _link(profile, request.form.get("row", ""))
    values, was = typed(KINDS, ()), was_shown(link.values)
    if "find" in request.form:
        found = picks.find(profile.books_id, ReferenceKind.CUSTOMER, "customer", values["customer"])
        return _draw(profile, Shown(link, values, found=found, was=was))
    return _change(profile, link, values, was)


def _change(profile: Profile, link: Link, values: Values, was: Values) -> Answer:
    find = partial(_link, key=link.key)
    try:
        if "remove" in request.form:
            changing.remove(profile.id, find, _drop, was)
            return back(_("%(name)s is asked for again at the next import.", name=link.name), link.key)
        changing.save(profile.id, find, _keep, values, was)
    except MatchRefused as error:
        return _refused(profile, Shown(link, values, told(error.message), was=was))
    except ChangedMeanwhile as error:
        return _refused(profile, changed_meanwhile(find(profile), error))
    said = _("%(name)s is saved.", name=link.name)
    if not wants_fragment():
        return back(said, link.key)
    now = find(profile)
    return _fragment(profile, Shown(now, now.values, is_saved=True), said)


def _keep(session: Session, profile: Profile, link: Link, values: Values) -> None:
    contact_links.keep(session, profile, link, values, tools().clock.now())


def _drop(session: Session, _profile: Profile, link: Link) -> None:
    contact_links.forget(session, link)


def _link(profile: Profile, key: str) -> Link:
    found = contact_links.one(profile, row_id(key)) if is_row_id(key) else None
    return found or abort(404)


def _refused(profile: Profile, shown: Shown) -> Answer:
    if wants_fragment():
        return _fragment(profile, shown, shown.trouble), 422
    return _draw(profile, shown), 422


def _fragment(profile: Profile, shown: Shown, said: str) -> str:
    return render_block(TEMPLATE, "row", shown=shown, said=said, **_about(profile, [shown]))


def _draw(profile: Profile, other: Shown | None = None) -> str:
    words, after = request.args.get("q", "").strip()[:LONGEST_SEARCH], request.args.get("after", 0, row_id)
    found = contact_links.page(profile, after, words, PAGE + 1)
    rows = [Shown(each, each.values) for each in found[:PAGE]]
    if other:
        rest = [other if each.row.key == other.row.key else each for each in rows]
        rows = rest if other in rest else [other, *rest]
    to = partial(url_for, "matching.contacts", profile_id=profile.id, q=words or None)
    pages = {"first": to() if after else "", "next": to(after=found[PAGE - 1].key) if len(found) > PAGE else ""}
    return render(TEMPLATE, "", rows=rows, words=words, **pages, **_about(profile, rows))


def _about(profile: Profile, shown: Sequence[Shown]) -> dict[str, Any]:
    codes = [code for each in shown for code in (each.values["customer"], each.row.made) if code]
    known = matching.rows_of(profile.books_id, ReferenceKind.CUSTOMER, codes, is_any=True)
    return {"profile": profile, "names": {"customer": known}}
