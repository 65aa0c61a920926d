"""The set-up wizard: from an empty installation to the first invoices, left and resumed at any step (P7)."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import PasswordField, StringField
from wtforms.validators import InputRequired, Length

from adapters.registry import BOOKS, STORES
from blueprints import connecting, practising
from blueprints.account import PASSWORD_HINT, remember
from blueprints.asking import tools
from blueprints.connecting import Connecting
from blueprints.guard import owners, public, say_done
from blueprints.rendering import told
from blueprints.wizard import Answer, bp, made_so_far, on_from, show_step
from sync import accounts, reviews, setup_steps
from sync.lists import pending_ids
from sync.readiness import reading
from sync.setup_steps import Step
from sync.tries import TooManyTries
from sync.unmatched import unmatched

FIRST = 20


class OwnerForm(FlaskForm):
    """The first account; the set-up code shows that one has access to the machine."""

    code = StringField(
        _l("Set-up code"),
        [InputRequired(), Length(max=100)],
        description=_l("It was printed where Tillbridge was started. It shows that this is your machine."),
    )
    name = StringField(_l("Your name"), [InputRequired(), Length(max=80)])
    password = PasswordField(
        _l("Password"), [InputRequired(), Length(max=accounts.LONGEST_PASSWORD)], description=PASSWORD_HINT
    )


# --- the owner --------------------------------------------------------------------------------------------------


@bp.route("/owner", methods=["GET", "POST"])
@public
def owner() -> Answer:
    """The owner's account; there is exactly one first time."""
    if accounts.has_owner():
        return redirect(url_for("home.home"), 303)
    form = OwnerForm()
    if not form.validate_on_submit():
        page = render_template("setup/owner.html", form=form)
        return (page, 422) if form.is_submitted() else page
    now = tools().clock.now()
    try:
        accounts.check_setup_code(form.code.data, current_app.config["SETUP_CODE"], request.remote_addr or "", now)
        made = accounts.make_owner(form.name.data, form.password.data, now)
    except TooManyTries as error:
        form.code.errors = [_("Too many wrong tries. Wait %(count)s seconds.", count=error.wait_s)]
        return render_template("setup/owner.html", form=form), 429
    except accounts.AccountRefused as error:
        form[error.field].errors = [told(error.message)]
        return render_template("setup/owner.html", form=form), 422
    remember(accounts.enter(made.id, request.user_agent.string, now))
    return redirect(url_for(".wizard"), 303)


# --- going through ----------------------------------------------------------------------------------------------


@bp.get("")
@owners
def wizard() -> Response:
    """Where the set-up goes on."""
    step = setup_steps.progress(g.user).next
    return redirect(url_for(f".{step.value}") if step else url_for("home.home"), 303)


@bp.post("/practice")
@owners
def practice() -> Answer:
    """Connect the practice store and practice books of the chosen kind."""
    store_kind, (books_kind, company) = practising.asked_store(), practising.asked_books()
    why_not = practising.why_not(store_kind, books_kind)
    if why_not is not None:
        return _not_yet(told(why_not), 422)
    systems = practising.started()
    if not systems:
        return _not_yet(_("The practice systems are being started. Press again in a few seconds."), 503)
    _store, currency = practising.connect_store(store_kind, systems)
    practising.connect_books(books_kind, systems, company, currency)
    say_done(_("A practice store and practice books are connected. Nothing of it is real."))
    return redirect(url_for(".wizard"), 303)


def _not_yet(problem: str, status: int) -> Answer:
    kind = connecting.asked_kind(STORES)
    form = connecting.blank(STORES[kind], is_named=True)
    shown = {"connecting": form, "kind": kind, "kinds": STORES, "problem": problem, **_for_practice()}
    return show_step(Step.STORE, status=status, **shown)


def _for_practice() -> dict[str, object]:
    return {"practice_stores": practising.stores(), "practice_books": practising.books()}


# --- store and books --------------------------------------------------------------------------------------------


@bp.route("/store", methods=["GET", "POST"])
@owners
def store() -> Answer:
    """The first store, or everything for practice."""
    kind = connecting.asked_kind(STORES)
    return _connected(Step.STORE, connecting.store(kind), kind, STORES)


@bp.route("/books", methods=["GET", "POST"])
@owners
def books() -> Answer:
    """The first company in an accounting system."""
    kind = connecting.asked_kind(BOOKS)
    return _connected(Step.BOOKS, connecting.books(kind, is_named=True), kind, BOOKS)


def _connected(step: Step, made: Connecting, kind: str, kinds: Mapping[str, Any]) -> Answer:
    if made.row is None:
        return show_step(step, status=made.status, connecting=made, kind=kind, kinds=kinds, **_for_practice())
    if step is Step.STORE and not STORES[kind].can_be_asked:
        say_done(_("%(name)s is made. Make a channel for each shop of it.", name=made.row.name))
        return redirect(url_for("stores.show", store_id=made.row.id), 303)
    return redirect(url_for(".wizard"), 303)


# --- matching and the first look --------------------------------------------------------------------------------


@bp.route("/matching", methods=["GET", "POST"])
@owners
def matching() -> Answer:
    """Where products, customers and taxes are matched; what is left takes the defaults or says so on its draft."""
    made = made_so_far(Step.PROFILE)
    if made is None or made.profile is None:
        return redirect(url_for(".wizard"), 303)
    if request.method == "POST":
        return on_from(Step.MATCHING)
    return show_step(Step.MATCHING, open=unmatched(made.profile, tools().clock.now()))


@bp.route("/look", methods=["GET", "POST"])
@owners
def look() -> Answer:
    """The first orders as they would be posted; nothing is sent."""
    made = made_so_far(Step.PROFILE)
    if made is None or made.profile is None:
        return redirect(url_for(".wizard"), 303)
    checked = reading.of_profile(made.profile, tools().clock.now())
    if request.method != "POST":
        return show_step(Step.LOOK, checked=checked, profile=made.profile)
    first = pending_ids(made.profile.id, FIRST)
    review = reviews.make_review(made.profile, g.user, first, tools().clock.now())
    if review is None:
        sentence = _("No order was found since the start date. Come back when there is one, or choose an earlier day.")
        return show_step(Step.LOOK, status=409, problem=sentence, checked=checked, profile=made.profile)
    setup_steps.passed(g.user, Step.LOOK)
    return redirect(url_for("review.show", profile_id=made.profile.id, review_id=review.id), 303)
