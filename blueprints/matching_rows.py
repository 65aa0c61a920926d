"""What the tables of the matching have in common: every row is saved, found, removed by itself, in place."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from flask import abort, redirect, request
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from blueprints import picks
from blueprints.guard import profile_of, say_done
from blueprints.rendering import render, render_block, told, wants_fragment
from blueprints.shared_forms import saved_by_another, was_shown
from documents import ReferenceKind
from models import BooksRow, Profile
from sync import matching
from sync.match_rows import Row, Values, changing
from sync.matching import MatchRefused
from sync.meanwhile import ChangedMeanwhile

NEW = "new"
"""The key of the row that is to be added."""
Answer = Response | str | tuple[str, int]
Kinds = Mapping[str, ReferenceKind]


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as its page shows it: as it is kept, or as it was typed, with the sentence why it was not kept.

    `was` is what it showed when it was drawn first, where that is not what is kept now."""

    row: Any
    values: Values
    trouble: str = ""
    found: picks.Found | None = None
    is_saved: bool = False
    was: Values | None = None

    @property
    def seen(self) -> Values:
        """What its form sends along, so that Save sees what somebody else changed."""
        return self.row.values if self.was is None else self.was


@dataclass(frozen=True, slots=True)
class Table:
    """One page of the matching: its template, its rows, and what may be done with one."""

    template: str
    rows: Callable[[Profile], Sequence[Row]]
    save: changing.Keep
    remove: changing.Drop
    kinds: Kinds
    texts: tuple[str, ...] = ()
    add: changing.Add | None = None
    row_at: Callable[[Profile, str], Row | None] | None = None
    beside: Callable[[Profile], dict[str, Any]] = field(default=lambda profile: {})


def answer(profile_id: int, table: Table) -> Answer:
    """The page of a table; or what came of the button that was pressed in one of its rows."""
    profile = profile_of(profile_id)
    if request.method != "POST":
        return _draw(profile, table)
    if request.form.get("row") == NEW and table.add:
        return _add(profile, table, table.add)
    row = _row(profile, table, request.form.get("row", ""))
    if wanted := request.form.get("find"):
        return _draw(profile, table, _finding(profile, table, row, wanted))
    return _change(profile, table, row)


def _row(profile: Profile, table: Table, key: str) -> Row:
    for row in table.rows(profile):
        if row.key == key:
            return row
    row = table.row_at(profile, key) if table.row_at else None
    return row or abort(404)


def typed(kinds: Kinds, texts: Iterable[str]) -> dict[str, str]:
    """What stands in the fields of the form that was sent."""
    return {name: picks.chosen(name) for name in kinds} | {name: request.form.get(name, "").strip() for name in texts}


def _finding(profile: Profile, table: Table, row: Any, wanted: str) -> Shown:
    values = typed(table.kinds, table.texts)
    if wanted not in table.kinds:
        abort(400)
    found = picks.find(profile.books_id, table.kinds[wanted], wanted, values[wanted])
    return Shown(row, values, found=found, was=was_shown(row.values))


def _change(profile: Profile, table: Table, row: Row) -> Answer:
    """Save the row, or remove it; what is refused stays as it was typed."""
    values, was = typed(table.kinds, table.texts), was_shown(row.values)
    find = partial(_row, table=table, key=row.key)
    try:
        if "remove" in request.form:
            changing.remove(profile.id, find, table.remove, was)
        else:
            changing.save(profile.id, find, table.save, values, was)
    except MatchRefused as error:
        return _refused(profile, table, Shown(row, values, told(error.message), was=was))
    except ChangedMeanwhile as error:
        return _refused(profile, table, changed_meanwhile(find(profile), error))
    if not wants_fragment():
        return back(_("%(name)s is saved.", name=row.name), row.key)
    kept = [Shown(each, each.values, is_saved=True) for each in table.rows(profile) if each.key == row.key]
    return _fragment(profile, table, kept, _("%(name)s is saved.", name=row.name))


def changed_meanwhile(row: Any, error: ChangedMeanwhile) -> Shown:
    """The row over what is kept now: as it was typed, with what the other one saved; or as it is now."""
    if error.shown == error.now:
        sentence = _("Somebody else has changed this row meanwhile. It is shown as it is now; nothing was done.")
    else:
        sentence = saved_by_another(", ".join(error.now[name] for name in error.fields if error.now[name]))
    return Shown(row, error.shown, sentence, was=error.now)


def back(done: str, key: str) -> Response:
    """To the same page, filter and place, without JavaScript."""
    say_done(done)
    return redirect(f"{request.full_path.rstrip('?')}#row-{key}", 303)


def _refused(profile: Profile, table: Table, shown: Shown) -> Answer:
    if wants_fragment():
        return _fragment(profile, table, [shown], shown.trouble), 422
    return _draw(profile, table, shown), 422


def _fragment(profile: Profile, table: Table, kept: Sequence[Shown], said: str) -> str:
    """One row for htmx; nothing where the row is gone."""
    about = _about(profile, table, kept)
    return "".join(render_block(table.template, "row", shown=each, said=said, **about) for each in kept)


def _draw(profile: Profile, table: Table, other: Shown | None = None, new: Shown | None = None) -> str:
    shown = [Shown(row, row.values) for row in table.rows(profile)]
    if other:
        rest = [other if each.row.key == other.row.key else each for each in shown]
        shown = rest if other in rest else [*rest, other]
    about = _about(profile, table, [*shown, *([new] if new else [])])
    return render(table.template, "", rows=shown, new=new or Shown(None, {}), **about)


def _about(profile: Profile, table: Table, shown: Sequence[Shown]) -> dict[str, Any]:
    names = books_names(profile.books_id, table.kinds, [each.values for each in shown])
    return {"profile": profile, "names": names, **table.beside(profile)}


def books_names(books_id: int, kinds: Kinds, values: Sequence[Values]) -> dict[str, dict[str, BooksRow]]:
    """The books' rows of all codes of a page, by field and code."""
    return {
        name: matching.rows_of(books_id, kind, [each[name] for each in values if each.get(name)])
        for name, kind in kinds.items()
    }


def _add(profile: Profile, table: Table, add: changing.Add) -> Answer:
    values = typed(table.kinds, ("channel", "part"))
    wanted = request.form.get("find", "")
    new = Shown(None, values)
    if wanted in table.kinds:
        found = picks.find(profile.books_id, table.kinds[wanted], wanted, values[wanted])
        return _draw(profile, table, new=replace(new, found=found))
    try:
        name = changing.add(profile.id, add, values)
    except MatchRefused as error:
        return _draw(profile, table, new=replace(new, trouble=told(error.message))), 422
    return back(_("%(name)s is saved.", name=name), NEW)
