"""How far a reading is: a fragment that asks again by itself until the reading came to its end."""

from collections.abc import Collection, Mapping

from flask import Blueprint, abort, g, redirect, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField

from blueprints import words
from blueprints.asking import ask
from blueprints.guard import say_done
from blueprints.kept import own_path
from blueprints.rendering import render
from models import Run, RunKind, RunState, StoreChannel, StoreConnection, db
from sync import glance

bp = Blueprint("runs", __name__, url_prefix="/runs")


class AgainForm(FlaskForm):
    """Where to go back to."""

    back = HiddenField()


@bp.get("/<int:run_id>")
def show(run_id: int) -> str:
    """The progress of one reading."""
    run = _run_of(run_id)
    return render("runs/show.html", "progress", run=run, title=titles([run])[run.id])


@bp.post("/<int:run_id>/again")
def again(run_id: int) -> Response:
    """Read once more what failed."""
    run = _run_of(run_id)
    [new] = ask([(run.kind, run.target_id)])
    say_done(_("It is read again."))
    return redirect(own_path(AgainForm().back.data) or url_for(".show", run_id=new), 303)


def _run_of(run_id: int) -> Run:
    run = db.session.get(Run, run_id, populate_existing=True)
    if run is None or not glance.may_see_run(g.user, run):
        abort(404)
    return run


def titles(found: Collection[Run]) -> Mapping[int, str]:
    """What each of these reads, by its id."""
    named = _names(found, RunKind.ITEMS, StoreConnection)
    for kind in (RunKind.ORDERS, RunKind.GAPS, RunKind.MISSING):
        named |= _names(found, kind, StoreChannel)
    return {run.id: _title(run, named.get((run.kind, run.target_id), "")) for run in found}


def _names(
    found: Collection[Run], kind: RunKind, model: type[StoreConnection] | type[StoreChannel]
) -> dict[tuple[RunKind, int], str]:
    ids = [run.target_id for run in found if run.kind is kind]
    rows = db.session.execute(db.select(model.id, model.name).where(model.id.in_(ids))) if ids else ()
    return {(kind, row.id): row.name for row in rows}


def _title(run: Run, name: str) -> str:
    return f"{words.READINGS[run.kind]}: {name}" if name else str(words.READINGS[run.kind])


def shown(found: Collection[Run]) -> list[tuple[Run, str]]:
    """Of these readings the ones that people want to see, with their titles: under way, or failed."""
    titled = titles(found)
    return [(run, titled[run.id]) for run in found if run.state is not RunState.DONE]
