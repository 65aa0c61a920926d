"""How a page of a review is drawn, and what a form of it says."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import accumulate
from typing import Any

from flask import g, request, url_for
from flask_babel import gettext as _

from blueprints.asking import tools
from blueprints.mending import mend_url
from blueprints.picks import Found, find
from blueprints.rendering import render, render_block, wants_fragment
from blueprints.words import CHARGES
from documents import Message, ReferenceKind
from models import Profile, Review, is_row_id, row_id
from sync import differences, edit_fields, overview, reviewing, reviews
from sync.books_words import has_units
from sync.drafting.products import DEFAULT_ITEM
from sync.edit_fields import Column
from sync.reviewing import Shown

PAGE, FEWEST = 50, 5
"""Drafts of a page; fewer the more fields can be edited, and the more lines they have, so that it stays light."""
MOST_WEIGHT = 34_000
"""So many bytes the drafts of a page may have together, and so many has about each part of one."""
HEAD, PROBLEM, LINE, FIELD, LONGEST_NAME = 360, 120, 130, 400, 60
MOST_LINES, MOST_LINES_ALONE, MOST_PRODUCTS = 10, 1000, 10
SHOWS: Mapping[str, Callable[[Shown], bool]] = {
    "all": lambda each: True,
    "complete": lambda each: each.is_complete,
    "incomplete": lambda each: each.is_incomplete,
}
USUAL = (("from", 1), ("show", "all"))
PICKS = {"code": ReferenceKind.ITEM, "uom": ReferenceKind.UOM}
"""The fields of the overview, and the lists they pick from."""


@dataclass(slots=True)
class Typed:
    """What a form of the page holds, and what became of it."""

    fields: dict[str, str] = field(default_factory=dict)
    refused: dict[str, Message] = field(default_factory=dict)
    unmatched: dict[int, Message] = field(default_factory=dict)
    is_changed: bool = False
    told: str = ""
    only: int = 0

    @classmethod
    def of_form(cls) -> "Typed":
        """The form that was sent; a row that Find offered beats what was typed."""
        fields = request.form.to_dict()
        chosen = {name.removeprefix("chosen:"): text for name, text in fields.items() if name.startswith("chosen:")}
        return cls({**fields, **chosen}, only=request.args.get("only", 0, row_id))

    @property
    def seen(self) -> dict[int, str]:
        """The fingerprints of the drafts that were shown."""
        return {order_id: text[:64] for order_id, text in self._numbered("seen").items()}

    def value(self, name: str, now: str) -> str:
        """What a field shows when it is drawn again: what was typed into it, else what holds now."""
        text = self.fields.get(name)
        return now if text is None or text == self.fields.get(f"was:{name}") else text

    def matches(self) -> dict[int, overview.Typed]:
        """Products whose code or UOM is another than the page showed."""
        pairs = {
            each: overview.Typed(self._match("", each), self._match("was:", each)) for each in self._numbered("code")
        }
        return {each: pair for each, pair in pairs.items() if pair.typed != pair.was}

    def _match(self, begin: str, item_id: int) -> dict[str, str]:
        return {name: self.fields.get(f"{begin}{name}:{item_id}", "").strip() for name in PICKS}

    def _numbered(self, name: str) -> dict[int, str]:
        begin = f"{name}:"
        pairs = ((key.removeprefix(begin), text) for key, text in self.fields.items() if key.startswith(begin))
        return {row_id(number): text for number, text in pairs if is_row_id(number)}


def place(review: Review, begin: int = 0, shows: str = "", one: int | None = None) -> str:
    """The address of the page that a form was sent from, or of another page of the review."""
    values = {
        "from": begin or request.values.get("from", 0, row_id),
        "show": shows or request.values.get("show", ""),
        "one": request.values.get("one", 0, row_id) if one is None else one,
    }
    kept = {name: value for name, value in values.items() if value and (name, value) not in USUAL}
    return url_for("review.show", profile_id=review.profile_id, review_id=review.id, **kept)


def draw(profile: Profile, review: Review, typed: Typed) -> str:
    """The page; for htmx, of one changed draft only what changed with it."""
    columns = _chosen(profile)
    begin = min(max(request.values.get("from", 1, row_id), 1), review.total)
    shows = _choice(request.values.get("show", ""))
    alone = reviews.those_of(review, request.values.getlist("one", type=row_id)[:1])
    drafts, end = _alone(profile, alone) if alone else _part(profile, review, begin, shows, columns, typed.seen)
    context: dict[str, Any] = {
        "profile": profile,
        "review": review,
        "typed": typed,
        "drafts": drafts,
        "shows": shows,
        "begin": begin,
        "end": end,
        "columns": columns,
        "cause_words": {**CHARGES, "sample": _("Sample")},
        "default_note": DEFAULT_ITEM,
        "input_name": edit_fields.input_name,
        "shown": edit_fields.shown,
        "one": alone[0] if alone else 0,
        "most_lines": MOST_LINES_ALONE if alone else MOST_LINES,
        "longest": LONGEST_NAME,
        "different": differences.of_drafts({each.id: each.draft for each in drafts if each.is_changed}),
        "mend": partial(mend_url, profile.id),
        "to": partial(place, review),
    }
    if typed.only and wants_fragment():
        return render_block("review/show.html", "saved", **context)
    products = overview.products(profile, drafts)
    context |= {"products": products, "most_products": MOST_PRODUCTS, "found": _found(profile, typed)}
    context |= {"all_columns": edit_fields.columns_of(profile.books), "has_units": has_units(profile.books.kind)}
    return render("review/show.html", "review", **context)


def _choice(text: str) -> str:
    return text if text in SHOWS else "all"


def _alone(profile: Profile, ids: list[int]) -> tuple[Sequence[Shown], int]:
    return reviewing.shown(profile, ids, tools().clock.now()), 0


def _part(
    profile: Profile, review: Review, begin: int, shows: str, columns: Sequence[Column], seen: Collection[int]
) -> tuple[Sequence[Shown], int]:
    """The drafts of a page and the last position that was looked at; what a form was sent with (`seen`) stays."""

    def is_wanted(each: Shown) -> bool:
        return SHOWS[shows](each) or each.id in seen

    part = reviewing.part(profile, review, begin, _size(columns), is_wanted, tools().clock.now())
    light = _light(part.found, columns, seen)
    drafts = [each for _, each in light]
    return drafts, part.end if len(light) == len(part.found) else light[-1][0]


def _chosen(profile: Profile) -> Sequence[Column]:
    wanted = g.user.choices.get("review_columns", [])
    return [each for each in edit_fields.columns_of(profile.books) if each.name in wanted]


def _size(columns: Sequence[Column]) -> int:
    """A field of each line weighs as much as two of the draft."""
    weight = sum(2 if each.is_line else 1 for each in columns)
    return max(PAGE * 2 // (2 + weight), FEWEST)


def _light(
    found: Sequence[tuple[int, Shown]], columns: Sequence[Column], seen: Collection[int]
) -> Sequence[tuple[int, Shown]]:
    """The first of them, as many as a page bears; what a form was sent with stays on its page."""
    weights = list(accumulate(_weight(each, columns) for _, each in found))
    bearable = sum(weight <= MOST_WEIGHT for weight in weights)
    sent = max((n for n, (_, each) in enumerate(found, 1) if each.id in seen), default=0)
    return found[: max(bearable, sent, 1)]


def _weight(each: Shown, columns: Sequence[Column]) -> int:
    """About how many bytes a draft has on the page."""
    lines = each.draft.invoice.lines[:MOST_LINES] if each.draft.invoice else ()
    names = sum(len(line.description[:LONGEST_NAME].encode()) for line in lines)
    problems = sum(PROBLEM + len(str(problem.message).encode()) for problem in each.draft.problems)
    fields = sum(len(lines) if column.is_line else 1 for column in columns) if each.is_open and lines else 0
    return HEAD + names + problems + LINE * len(lines) + FIELD * fields


def _found(profile: Profile, typed: Typed) -> Found | None:
    """What Find was pressed for."""
    wanted = typed.fields.get("find", "")
    name = wanted.partition(":")[0]
    kinds = PICKS | {each.name: each.kind for each in edit_fields.columns_of(profile.books) if each.kind is not None}
    return find(profile.books_id, kinds[name], wanted, typed.fields.get(wanted, "")) if name in kinds else None
