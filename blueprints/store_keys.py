"""The key of a store: + Add store, and a new key for one that there is; for the owner (P6)."""

from flask import Blueprint, abort, redirect, render_template, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.registry import STORES
from blueprints import connecting
from blueprints.asking import ask
from blueprints.guard import owners, say_done
from models import RunKind, StoreChannel, StoreConnection, db
from sync import connections

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
    if kind not in STORES:
        abort(404)
    made = connecting.store(kind)
    if made.row is None:
        return render_template("connect.html", connecting=made, back=url_for("stores.index")), made.status
    if not STORES[kind].can_be_asked:
        say_done(_("%(name)s is made. Make a channel for each shop of it.", name=made.row.name))
        return redirect(url_for("stores.show", store_id=made.row.id), 303)
    ask([(RunKind.ITEMS, made.row.id)])
    count = db.session.query(StoreChannel).filter_by(store_id=made.row.id).count()
    say_done(_("%(name)s is connected, with %(count)s channels.", name=made.row.name, count=count))
    return redirect(url_for("stores.show", store_id=made.row.id), 303)


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
