"""The key of a store: + Add store, and a new key for one that there is; for the owner (P6)."""

from collections.abc import Callable
from typing import Any

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from adapters.errors import RemoteError
from adapters.registry import STORES
from blueprints.asking import ask, tools
from blueprints.forms import form_of, typed
from blueprints.guard import owners, say_done
from blueprints.profile_form import trimmed
from blueprints.rendering import told
from models import RunKind, StoreConnection, abandon, db
from sync import connections, pulling

bp = Blueprint("store_keys", __name__, url_prefix="/stores")


@bp.get("/new")
@owners
def system() -> str:
    """Which selling system?"""
    return render_template("stores/system.html", systems=STORES)


@bp.route("/new/<kind>", methods=["GET", "POST"])
@owners
def connect(kind: str) -> Response | str | tuple[str, int]:
    """The key of a store; it is tried before it is kept, then its channels and its catalogue are read."""
    adapter = STORES.get(kind) or abort(404)
    name = StringField(_("Name"), [DataRequired(), Length(max=200)], filters=[trimmed], default=adapter.label)
    form, trouble = form_of(adapter.connection_settings, {}, name=name), ""
    if form.validate_on_submit():
        store_id, trouble = _connect(kind, form)
        if store_id is not None:
            return redirect(url_for("stores.show", store_id=store_id), 303)
    page = render_template("stores/connect.html", form=form, adapter=adapter, trouble=trouble)
    return (page, 422) if form.is_submitted() else page


def _connect(kind: str, form: FlaskForm) -> tuple[int | None, str]:
    given = typed(form, STORES[kind].connection_settings)
    try:
        row = connections.connect_store(kind, form.name.data, given, tools())
        found = pulling.pull_channels(row.id, tools())
    except RemoteError as error:
        abandon()
        return None, told(error.message)
    ask([(RunKind.ITEMS, row.id)])
    say_done(_("%(name)s is connected, with %(count)s channels.", name=row.name, count=len(found)))
    return row.id, ""


@bp.route("/<int:store_id>/key", methods=["GET", "POST"])
@owners
def change(store_id: int) -> Response | str | tuple[str, int]:
    """A new key of the same shop."""
    store = db.get_or_404(StoreConnection, store_id)
    adapter = STORES[store.kind]
    form = form_of(adapter.connection_settings, store.settings, is_kept=True)
    trouble = ""
    if form.validate_on_submit():
        given = typed(form, adapter.connection_settings)
        trouble = refused(lambda: connections.change_store_credential(store_id, given, tools()))
        if not trouble:
            say_done(_("The new key works."))
            return redirect(url_for("stores.show", store_id=store_id), 303)
    page = render_template("stores/key.html", form=form, adapter=adapter, store=store, trouble=trouble)
    return (page, 422) if form.is_submitted() else page


def refused(change: Callable[[], Any]) -> str:
    """Why a key was not taken, in a sentence; empty where it was."""
    try:
        change()
    except (RemoteError, connections.WrongCompany, connections.WrongShop, connections.KeyNeeded) as error:
        abandon()
        return told(error.message)
    return ""
