"""Where stores send their messages: no person, no token, but the store's own signature (security.md, webhooks in)."""

from flask import Blueprint, abort, request
from flask_babel import gettext as _

from adapters.stores.base import HookRefused
from blueprints.asking import ask, tools
from blueprints.guard import machines
from models import RunKind
from sync import hooks
from sync.tries import TooManyTries

bp = Blueprint("hooks", __name__, url_prefix="/hooks")
MOST_BYTES = 2_000_000
"""Of one message: the stores send an order, or less."""
Plain = tuple[str, int, dict[str, str]]


@bp.post("/<int:store_id>")
@machines
def receive(store_id: int) -> Plain:
    """Believe it, write it down, answer; the orders are read again by a job."""
    request.max_content_length = MOST_BYTES
    body = request.get_data()
    store = hooks.taker(store_id)
    if store is None:
        abort(404)
    headers = {name.lower(): value for name, value in request.headers.items()}
    try:
        is_kept = hooks.receive(store, headers, request.args.to_dict(), body, tools())
    except HookRefused:
        return _refused(store_id)
    if is_kept:
        ask((RunKind.ORDERS, channel_id) for channel_id in hooks.due(tools(), store_id))
    return _plain(_("Thank you."), 200)


def _refused(store_id: int) -> Plain:
    try:
        hooks.refuse(store_id, request.remote_addr or "", tools().clock.now())
    except TooManyTries as error:
        said = _plain(_("Too many messages from here had a wrong signature."), 429)
        return said[0], said[1], {**said[2], "Retry-After": str(error.wait_s)}
    return _plain(_("The signature of this message is missing or wrong, so nothing in it is believed."), 401)


def _plain(text: str, status: int) -> Plain:
    return text, status, {"Content-Type": "text/plain; charset=utf-8"}
