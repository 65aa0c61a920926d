"""What the store of a channel has and we have not: told with numbers, counted and fetched on demand (Z9)."""

from flask import Blueprint, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import HiddenField

from blueprints import runs
from blueprints.asking import ask
from blueprints.guard import say_done
from blueprints.kept import own_path
from models import RunKind, StoreChannel, db, row_id
from sync import glance, missing
from sync import runs as readings

bp = Blueprint("channels", __name__, url_prefix="/channels")


class BackForm(FlaskForm):
    """Where to go back to."""

    back = HiddenField()


@bp.get("/<int:channel_id>")
def show(channel_id: int) -> str:
    """The orders that are not here, and the last count, by days."""
    channel = _channel_of(channel_id)
    rows = missing.page_of(channel_id, request.args.get("after", 0, row_id))
    counted, days = missing.last_count(channel_id)
    found = readings.latest([(kind, channel_id) for kind in (RunKind.GAPS, RunKind.MISSING)])
    return render_template(
        "stores/missing.html",
        channel=channel,
        is_counted=missing.is_counted(channel) and channel.store.is_enabled,
        rows=rows,
        next=url_for(".show", channel_id=channel_id, after=rows[-1].id) if len(rows) == missing.PAGE else "",
        counted=counted,
        days=days,
        readings=runs.shown(list(found.values())),
    )


@bp.post("/<int:channel_id>/fetch")
def fetch(channel_id: int) -> Response:
    """Read exactly the orders that are missing."""
    return _ask(channel_id, RunKind.MISSING, _("The orders that are not here are read now."))


@bp.post("/<int:channel_id>/count")
def count(channel_id: int) -> Response:
    """Ask the store now which orders it has."""
    return _ask(channel_id, RunKind.GAPS, _("The store is asked which orders it has."))


def _ask(channel_id: int, kind: RunKind, said: str) -> Response:
    channel = _channel_of(channel_id)
    if channel.store.is_enabled:
        ask([(kind, channel_id)])
        say_done(said)
    return redirect(own_path(BackForm().back.data) or url_for(".show", channel_id=channel_id), 303)


def _channel_of(channel_id: int) -> StoreChannel:
    channel = db.session.get(StoreChannel, channel_id, populate_existing=True)
    if channel is None or not glance.may_see_channel(g.user, channel_id):
        abort(404)
    return channel
