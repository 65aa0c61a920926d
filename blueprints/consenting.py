"""'Connect with QuickBooks' and its like: a person lets us in at the other system by OAuth 2.0, and back out (P4).

The way there is a page with a plain link, no redirect: browsers hold a form's redirects to `form-action 'self'`."""

from urllib.parse import urlsplit

from flask import Blueprint, abort, current_app, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.errors import RemoteError
from adapters.registry import BOOKS
from blueprints import connecting
from blueprints.asking import tools
from blueprints.connecting import Connecting
from blueprints.guard import owners, say_done
from blueprints.rendering import told
from documents import N_, Message, say
from models import BooksConnection, Consent, Profile, abandon, db
from sync import consents, setup_steps

bp = Blueprint("consenting", __name__, url_prefix="/connect")
Answer = Response | str | tuple[str, int]
LONGEST = 4096
"""Characters of what a person comes back with."""
REFUSED = {
    "access_denied": N_("You did not agree there, so nothing was connected. Connect again whenever you like."),
    "invalid_scope": N_("The app may not do what Tillbridge needs: switch on Accounting in its settings there."),
}
OTHER_REFUSAL = N_("The other system did not let us in. Look at the app's settings there, then connect again.")


def redirect_uri() -> str:
    """Where a person comes back to: by the name in the address bar, which the guard has checked against ours, and by
    https where the owner has said so."""
    scheme = "https" if current_app.config["SESSION_COOKIE_SECURE"] else "http"
    return f"{scheme}://{request.host}{url_for('.callback')}"


# --- there ------------------------------------------------------------------------------------------------------


@bp.route("/<kind>", methods=["GET", "POST"])
@owners
def new(kind: str) -> Answer:
    """A company that is not connected yet."""
    if kind not in BOOKS or BOOKS[kind].sign_in is None:
        abort(404)
    return _ask(connecting.app_keys(BOOKS[kind]), None)


@bp.route("/books/<int:books_id>", methods=["GET", "POST"])
@owners
def again(books_id: int) -> Answer:
    """The same company, let in anew."""
    books = _books(books_id)
    return _ask(connecting.app_keys(BOOKS[books.kind], books), books)


def _books(books_id: int) -> BooksConnection:
    books = db.get_or_404(BooksConnection, books_id)
    return books if BOOKS[books.kind].sign_in else abort(404)


def _ask(made: Connecting, books: BooksConnection | None) -> Answer:
    """The keys of the owner's app; then the page with the link to the other system."""
    uri, sign_in = redirect_uri(), made.adapter.sign_in

    def begin() -> str:
        objection = sign_in.objection(made.given, uri)
        if objection is not None:
            raise consents.ConsentRefused(objection)
        name, books_id = made.adapter.label, books.id if books else None
        return consents.begin(made.adapter.kind, name, made.given, g.sign_in.id, uri, tools(), books_id)

    address = made.attempt(begin).row
    if address is not None:
        return render_template("consent/go.html", adapter=made.adapter, address=address, host=urlsplit(address).netloc)
    shown = {"connecting": made, "books": books, "uri": uri, "sign_in": sign_in}
    if not made.form.is_submitted():  # as the form begins: by it the owner sees at once what this address lacks
        shown["objection"] = sign_in.objection(made.given, uri)
    return render_template("consent/ask.html", pasted=_pasted(made.adapter.kind, books), **shown), made.status


def _pasted(kind: str, books: BooksConnection | None) -> str:
    """The page where a token is pasted, for a machine that the other system cannot send people back to."""
    if books is None:
        return url_for("adding.connect", kind=kind)
    profile = _profile_of(books)
    return url_for("company.accounting", profile_id=profile.id) if profile else ""


def _profile_of(books: BooksConnection) -> Profile | None:
    return db.session.scalar(db.select(Profile).where(Profile.books_id == books.id).order_by(Profile.id).limit(1))


# --- and back ---------------------------------------------------------------------------------------------------


@bp.get("/callback")
@owners
def callback() -> Answer:
    """What the person came back with: a refusal, or the company to connect; nothing is written before they confirm."""
    given = {name: request.args.get(name, "")[:LONGEST] for name in ("state", "code", "realmId", "error")}
    row = consents.waiting(given["state"], g.sign_in.id, tools())
    if row is None:
        return _refused(consents.TOO_LATE, None)
    if given["error"] or not given["code"]:
        return _refused(say(REFUSED.get(given["error"], OTHER_REFUSAL)), _begun_at(row))
    return render_template("consent/confirm.html", adapter=BOOKS[row.kind], given=given, books=_renewed(row))


@bp.post("/complete")
@owners
def complete() -> Answer:
    """The person confirmed: take the code, once."""
    state, code, company_id = (request.form.get(name, "")[:LONGEST] for name in ("state", "code", "company_id"))
    begun_at = _begun_at(consents.waiting(state, g.sign_in.id, tools()))
    try:
        books = consents.complete(state, code, company_id, g.sign_in.id, tools())
    except (consents.ConsentRefused, *connecting.REFUSALS) as error:
        abandon()
        return _refused(error.message, begun_at)
    say_done(_("Connected to %(company)s.", company=books.company_name))
    return redirect(_on_from(books), 303)


def _renewed(row: Consent) -> BooksConnection | None:
    return db.session.get(BooksConnection, row.books_id) if row.books_id else None


def _begun_at(row: Consent | None) -> str | None:
    if row is None:
        return None
    return url_for(".again", books_id=row.books_id) if row.books_id else url_for(".new", kind=row.kind)


def _refused(message: Message, begun_at: str | None) -> tuple[str, int]:
    """Why nothing was connected, and the way to try again."""
    back = begun_at or url_for("profiles.index")
    return render_template("consent/refused.html", why=told(message), back=back), 422


def _on_from(books: BooksConnection) -> str:
    """To the page that shows it connected: the profile's, the wizard's, or the rest of a new profile."""
    profile = _profile_of(books)
    if profile is not None:
        return url_for("company.accounting", profile_id=profile.id)
    if setup_steps.progress(g.user).profile is None:
        return url_for("setup.wizard")
    return url_for("adding.details", books_id=books.id)


# --- out again --------------------------------------------------------------------------------------------------


@bp.route("/books/<int:books_id>/disconnect", methods=["GET", "POST"])
@owners
def disconnect(books_id: int) -> Answer:
    """What it means; then the tokens are revoked there and forgotten here."""
    books = _books(books_id)
    trouble, profile = "", _profile_of(books)
    name, back = books.company_name, url_for("profiles.index")
    if profile is not None:
        back = url_for("company.accounting", profile_id=profile.id)
    if request.method == "POST":
        try:
            consents.disconnect(books_id, tools())
        except RemoteError as error:
            abandon()
            trouble = told(error.message)
        else:
            say_done(_("%(company)s is disconnected.", company=name))
            return redirect(back, 303)
    page = render_template("consent/disconnect.html", company=name, back=back, trouble=trouble)
    return (page, 502) if trouble else page
