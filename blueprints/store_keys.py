"""The key of a store: + Add store, and a new key for one that there is; for the owner (P6)."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.registry import STORES
from blueprints import connecting, practising
from blueprints.asking import ask
from blueprints.guard import owners, say_done
from models import RunKind, StoreChannel, StoreConnection, db
from sync import connections

bp = Blueprint("store_keys", __name__, url_prefix="/stores")


@bp.get("/new")
@owners
def system() -> str:
    """Which selling system?"""
    practice = practising.stores() if practising.is_on() else {}
    return render_template("stores/system.html", systems=STORES, practice=practice)


@bp.post("/new/practice")
@owners
def practice() -> Response:
    """A further practice store, where one is connected already."""
    systems = practising.started() if practising.is_on() else {}
    if not systems:
        return redirect(url_for(".system"), 303)
    store, _currency = practising.connect_store(practising.asked_store(), systems)
    return _connected(store)


@bp.route("/new/<kind>", methods=["GET", "POST"])
@owners
def connect(kind: str) -> Response | str | tuple[str, int]:
    """The key of a store; it is tried before it is kept, then its channels and its catalogue are read."""
    if kind not in STORES:
        abort(404)
    made = connecting.store(kind)
    if made.row is None:
        return render_template("connect.html", connecting=made, back=url_for("stores.index")), made.status
    return _connected(made.row)


def _connected(store: StoreConnection) -> Response:
    if not STORES[store.kind].can_be_asked:
        say_done(_("%(name)s is made. Make a channel for each shop of it.", name=store.name))
        return redirect(url_for("stores.show", store_id=store.id), 303)
    ask([(RunKind.ITEMS, store.id)])
    count = db.session.query(StoreChannel).filter_by(store_id=store.id).count()
    say_done(_("%(name)s is connected, with %(count)s channels.", name=store.name, count=count))
    return redirect(url_for("stores.show", store_id=store.id), 303)


@bp.route("/<int:store_id>/key", methods=["GET", "POST"])
@owners
def change(store_id: int) -> Response | str | tuple[str, int]:
    """A new key of the same shop."""
    store = db.get_or_404(StoreConnection, store_id)
    made = connecting.new_key(STORES[store.kind], store, connections.change_store_credential)
    if made.row is None:
        return render_template("stores/key.html", connecting=made, store=store), made.status
    say_done(_("The new key works."))
    return redirect(url_for("stores.show", store_id=store_id), 303)
