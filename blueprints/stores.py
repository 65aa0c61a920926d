"""Stores: the selling systems that orders are read from; for the owner (P5, P6, P10, S17)."""

from flask import Blueprint, current_app, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import SelectField, StringField
from wtforms.validators import DataRequired, Length

from adapters.errors import RemoteError
from adapters.registry import STORES
from blueprints import runs
from blueprints.asking import ask, tools
from blueprints.guard import owners, say_done
from blueprints.profile_form import trimmed
from blueprints.rendering import told
from models import RunKind, StoreChannel, StoreConnection, db
from sync import connections, health, hooks, missing, pulling
from sync import runs as readings
from sync import stores as rules
from sync.exchange import keys
from sync.exchange.run import is_exchange

bp = Blueprint("stores", __name__, url_prefix="/stores")
KINDS = [
    ("webstore", _l("Web store")),
    ("pos", _l("Point of sale")),
    ("shopee", "Shopee"),
    ("lazada", "Lazada"),
    ("tiktok", "TikTok Shop"),
    ("other", _l("Another")),
]


class StoreForm(FlaskForm):
    """Name, and the prefix of the orders' numbers."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=rules.LONGEST_NAME)], filters=[trimmed])
    order_number_prefix = StringField(
        _l("Order number prefix"),
        [Length(max=rules.LONGEST_PREFIX)],
        filters=[trimmed],
        description=_l("Part of the order's number everywhere: with 'EW', order 1234 is EW1234."),
    )


class ChannelForm(FlaskForm):
    """A channel of a store that only takes files."""

    name = StringField(_l("Name"), [DataRequired(), Length(max=rules.LONGEST_NAME)], filters=[trimmed])
    kind = SelectField(_l("Kind"), choices=KINDS)
    currency = StringField(_l("Currency"), [DataRequired(), Length(max=3)], filters=[trimmed])


@bp.get("")
@owners
def index() -> str:
    """Every store with its status."""
    rows = db.session.scalars(db.select(StoreConnection).order_by(StoreConnection.name, StoreConnection.id)).all()
    return render_template("stores/index.html", stores=[(row, health.health_of(row)) for row in rows], systems=STORES)


@bp.route("/<int:store_id>", methods=["GET", "POST"])
@owners
def show(store_id: int) -> Response | str | tuple[str, int]:
    """One store: its options, its channels, its catalogue."""
    store = db.get_or_404(StoreConnection, store_id)
    form = StoreForm(obj=store)
    if form.validate_on_submit():
        try:
            rules.change_store(store_id, form.name.data, form.order_number_prefix.data)
        except rules.StoreRefused as error:
            form[error.field].errors = [told(error.message)]
        else:
            say_done(_("Saved."))
            return _back(store_id)
    page = _page(store, form)
    return (page, 422) if form.is_submitted() else page


def _page(store: StoreConnection, form: StoreForm, channel_form: ChannelForm | None = None) -> str:
    query = db.select(StoreChannel).filter_by(store_id=store.id).order_by(StoreChannel.name)
    channels = db.session.scalars(query).all()
    gaps = missing.gaps(channels)
    found = readings.latest([(RunKind.ITEMS, store.id)])
    return render_template(
        "stores/show.html",
        store=store,
        form=form,
        health=health.health_of(store),
        hook_address=hook_address(store.id) if STORES[store.kind].hooks else "",
        messages=hooks.told(store.id),
        system=STORES[store.kind],
        channels=channels,
        gaps={gap.channel.id: gap for gap in gaps},
        titles=runs.titles([run for gap in gaps for run in gap.runs]),
        counts=missing.last_counts([each.id for each in channels]),
        channel_form=channel_form or ChannelForm(formdata=None, prefix="channel-"),
        last=next(iter(found.values()), None),
        readings=runs.shown(list(found.values())),
        exchange={"has_key": keys.has_key(store.id)} if is_exchange(store.kind) else None,
    )


def hook_address(store_id: int) -> str:
    """Where the store sends its messages: by the name in the address bar, by https where the owner has said so."""
    scheme = "https" if current_app.config["SESSION_COOKIE_SECURE"] else "http"
    return f"{scheme}://{request.host}{url_for('hooks.receive', store_id=store_id)}"


@bp.post("/<int:store_id>/check")
@owners
def check(store_id: int) -> Response:
    """Ask the store, now, how it does."""
    db.get_or_404(StoreConnection, store_id)
    connections.check_store(store_id, tools())
    say_done(_("Checked."))
    return _back(store_id)


@bp.post("/<int:store_id>/channels")
@owners
def read_channels(store_id: int) -> Response | tuple[str, int]:
    """Ask the store which shops it has."""
    store = db.get_or_404(StoreConnection, store_id)
    try:
        found = pulling.pull_channels(store_id, tools())
    except RemoteError as error:
        connections.note_store(store_id, tools().clock.now(), error)
        return _back(store_id)
    say_done(_("%(name)s has %(count)s channels.", name=store.name, count=len(found)))
    return _back(store_id)


@bp.post("/<int:store_id>/channels/new")
@owners
def make_channel(store_id: int) -> Response | tuple[str, int]:
    """A channel of a store that only takes files."""
    store = db.get_or_404(StoreConnection, store_id)
    form = ChannelForm(prefix="channel-")
    if STORES[store.kind].can_be_asked:
        return _back(store_id)
    if form.validate_on_submit():
        try:
            made = rules.make_channel(store_id, form.name.data, form.kind.data, form.currency.data)
        except rules.StoreRefused as error:
            form[error.field].errors = [told(error.message)]
        else:
            say_done(_("%(name)s is made. Tick it in a company profile, then upload a file for it.", name=made.name))
            return _back(store_id)
    return _page(store, StoreForm(formdata=None, obj=store), form), 422


@bp.post("/<int:store_id>/items")
@owners
def read_items(store_id: int) -> Response:
    """Read the catalogue."""
    db.get_or_404(StoreConnection, store_id)
    ask([(RunKind.ITEMS, store_id)])
    return _back(store_id)


@bp.route("/<int:store_id>/disable", methods=["GET", "POST"])
@owners
def disable(store_id: int) -> Response | str:
    """What disabling means; then do it."""
    store = db.get_or_404(StoreConnection, store_id)
    if request.method != "POST":
        return render_template("stores/disable.html", store=store)
    connections.enable(StoreConnection, store_id, False)
    say_done(_("%(name)s is disabled. Nothing was lost.", name=store.name))
    return _back(store_id)


@bp.post("/<int:store_id>/enable")
@owners
def enable(store_id: int) -> Response:
    """Activate a store again."""
    store = db.get_or_404(StoreConnection, store_id)
    connections.enable(StoreConnection, store_id, True)
    say_done(_("%(name)s is active again.", name=store.name))
    return _back(store_id)


def _back(store_id: int) -> Response:
    return redirect(url_for(".show", store_id=store_id), 303)
