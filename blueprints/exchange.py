"""Where stores' own systems send records to us, and the key that lets them in (docs/exchange.md)."""

from flask import Blueprint, Response, abort, jsonify, render_template, request
from werkzeug.exceptions import ClientDisconnected, RequestEntityTooLarge

from blueprints.asking import tools
from blueprints.guard import machines, owners
from models import StoreConnection, abandon, db
from sync.exchange import keys, pushing, run

bp = Blueprint("exchange", __name__)


@bp.post("/in/<int:store_id>/<name>")
@machines
def push(store_id: int, name: str) -> Response | tuple[Response, int, dict[str, str]]:
    """Take records of one object, at most 200 at once; each is answered by itself."""
    try:
        row, key = keys.let_in(store_id, request.headers.get("Authorization", ""), request.remote_addr or "", tools())
        headers = {header.lower(): value for header, value in request.headers.items()}
        return jsonify(pushing.push(row, key, name, pushing.Sent(headers, _body()), tools()))
    except keys.PushRefused as error:
        abandon()
        wait = {"Retry-After": str(error.wait_s)} if error.wait_s else {}
        return jsonify(pushing.error_body(error)), error.status, wait


def _body() -> bytes | None:
    """The raw bytes, unless there are too many."""
    request.max_content_length = pushing.MOST_BYTES
    try:
        return request.get_data(parse_form_data=False)
    except (RequestEntityTooLarge, ClientDisconnected):
        return None


@bp.post("/stores/<int:store_id>/push-key")
@owners
def make_key(store_id: int) -> str:
    """A new key, shown this once."""
    store = db.get_or_404(StoreConnection, store_id)
    if not run.is_exchange(store.kind):
        abort(404)
    key = keys.make_key(store_id, tools())
    address = request.host_url.rstrip("/")
    return render_template("stores/push_key.html", store=store, key=key, address=f"{address}/in/{store_id}/")
