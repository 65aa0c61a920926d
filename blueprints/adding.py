"""+ Add company profile: the accounting system, its key, then name, time zone, start date and channels (P1, P2, P8).

Each step is a page of its own; books that were connected wait on the list of profiles for the rest."""

from flask import Blueprint, abort, redirect, render_template, request, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import connecting, practising, profile_form
from blueprints.asking import ask, tools
from blueprints.guard import owners, say_done
from blueprints.profile_form import ProfileForm
from models import BooksConnection, Profile, RunKind, db
from sync import glance, profiles

bp = Blueprint("adding", __name__, url_prefix="/profiles/new")


@bp.get("")
@owners
def system() -> str:
    """Which accounting system?"""
    practice = practising.books() if practising.is_on() else {}
    needs = {kind: connecting.needs_of(adapter) for kind, adapter in BOOKS.items()}
    known = db.session.scalars(_books()).all()
    return render_template("profiles/system.html", systems=BOOKS, needs=needs, known=known, practice=practice)


def _books() -> db.Select[tuple[BooksConnection]]:
    return db.select(BooksConnection).order_by(BooksConnection.company_name)


@bp.post("/practice")
@owners
def practice() -> Response:
    """Practice books beside those there are, where the store is for practice, too."""
    systems = practising.started() if practising.is_on() else {}
    if not systems:
        return redirect(url_for(".system"), 303)
    kind, company = practising.asked_books()
    row = practising.connect_books(kind, systems, company)
    say_done(_("Connected to %(company)s.", company=row.company_name))
    return redirect(url_for(".details", books_id=row.id), 303)


@bp.route("/<kind>", methods=["GET", "POST"])
@owners
def connect(kind: str) -> Response | str | tuple[str, int]:
    """The key of the company's books; it is tried before it is kept."""
    if kind not in BOOKS:
        abort(404)
    described = _described() if connecting.modes_of(BOOKS[kind]) else None
    if described is not None and not ("name" in request.args and described.validate()):
        page = render_template(
            "profiles/described.html", form=described, system=BOOKS[kind], zones=profile_form.zones()
        )
        return (page, 422) if "name" in request.args else page
    made = connecting.books(kind)
    if made.row is None:
        here = url_for(".connect", kind=kind, **_said())
        return render_template("connect.html", connecting=made, back=url_for(".system"), here=here), made.status
    say_done(_("Connected to %(company)s.", company=made.row.company_name))
    if described is not None and (profile := _make(described, made.row.id)):
        return _made(profile)
    return redirect(url_for(".details", books_id=made.row.id, **_said()), 303)


def _described() -> ProfileForm:
    """Name and channels, where they are asked for first (P3): they travel in the address until the key works."""
    asked = request.args if "name" in request.args else None
    return ProfileForm(asked, data=_usual(), meta={"csrf": False}).offer()


def _said() -> dict[str, list[str]]:
    return {name: request.args.getlist(name) for name in ProfileForm.ASKED if name in request.args}


@bp.route("/books/<int:books_id>", methods=["GET", "POST"])
@owners
def details(books_id: int) -> Response | str | tuple[str, int]:
    """Name, time zone, start date, channels; then the books' lists are read."""
    books = db.get_or_404(BooksConnection, books_id)
    form = ProfileForm(data=_guess(books)).offer()
    if form.validate_on_submit():
        made = _make(form, books_id)
        if made is not None:
            return _made(made)
    page = render_template("profiles/details.html", form=form, books=books, zones=profile_form.zones())
    return (page, 422) if form.is_submitted() else page


def _made(profile: Profile) -> Response:
    """Its lists are read at once; on to its page."""
    ask(_first_readings(profile))
    say_done(_("%(name)s is made. Its lists are being read now.", name=profile.name))
    return redirect(url_for("profiles.show", profile_id=profile.id), 303)


def _guess(books: BooksConnection) -> dict[str, object]:
    """What was said before the key, else the usual."""
    said = _described()
    is_said = "name" in request.args and said.validate()
    return dict(said.data) if is_said else {**_usual(), "name": books.company_name}


def _usual() -> dict[str, object]:
    today = tools().clock.now().date()
    return {"time_zone": profile_form.USUAL_ZONE, "start_date": today.replace(day=1), "channels": []}


def _make(form: ProfileForm, books_id: int) -> Profile | None:
    fields = form.name.data, form.time_zone.data, form.start_date.data, form.channels.data
    try:
        return profiles.make_profile(books_id, *fields)
    except profiles.ProfileRefused as error:
        form.refuse(error)
        return None


def _first_readings(profile: Profile) -> list[tuple[RunKind, int]]:
    channels = glance.channels_by_profile([profile.id])[profile.id]
    return glance.readings(profile, channels)
