"""Alignment of a store whose numbers are the books': which side was used before, side by side, confirmed (SEN11)."""

from collections.abc import Iterable, Iterator

from flask import Blueprint, abort, g, redirect, request, stream_with_context, url_for
from flask import Response as Sent
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_babel import ngettext
from flask_wtf import FlaskForm
from werkzeug.wrappers import Response
from wtforms import RadioField
from wtforms.validators import InputRequired

from blueprints import runs
from blueprints.asking import ask, tools
from blueprints.guard import owners, profile_of, say_done
from blueprints.rendering import render, told
from models import Aligned, AlignmentRow, Profile, RunKind, Side, Start, row_id
from sync import alignment, csv_text
from sync import runs as readings
from sync.readiness import State, reading

bp = Blueprint("aligning", __name__, url_prefix="/profiles/<int:profile_id>/alignment")
MOST, CSV_AT_ONCE = 50, 1000
KINDS = {
    Aligned.CUSTOMERS: _l("Customers"),
    Aligned.INVOICES: _l("Invoices"),
    Aligned.CREDIT_NOTES: _l("Credit notes"),
}
SIDES = {
    Side.BOTH: _l("on both sides"),
    Side.STORE: _l("in the store only"),
    Side.BOOKS: _l("in the books only"),
    Side.SEVERAL: _l("several in the books, or written otherwise"),
}
STARTS = (
    (Start.STORE.value, _l("Only the store was used before: everything goes to the books")),
    (Start.BOOKS.value, _l("Only the books were used before: bring their list into the store first")),
    (Start.BOTH.value, _l("Both were used: set them side by side, and mend by hand what differs")),
)


class StartForm(FlaskForm):
    """The answer for one kind."""

    start = RadioField(
        _l("What was used before?"), [InputRequired()], choices=[(str(key), text) for key, text in STARTS]
    )


@bp.get("")
@owners
def show(profile_id: int) -> str:
    """How far it is, and the two sides of one kind."""
    return _draw(_profile(profile_id), _kind(request.args.get("kind", Aligned.CUSTOMERS)))


@bp.post("/<kind>/start")
@owners
def start(profile_id: int, kind: str) -> Response:
    """Which side was used before."""
    profile, form = _profile(profile_id), StartForm()
    if form.validate_on_submit():
        alignment.choose(profile.id, _kind(kind), Start(form.start.data))
        say_done(_("Saved. Read both sides next."))
    return redirect(url_for(".show", profile_id=profile_id, kind=kind), 303)


@bp.post("/read")
@owners
def read(profile_id: int) -> Response:
    """Read both sides now."""
    ask([(RunKind.ALIGNMENT, _profile(profile_id).id)])
    return redirect(url_for(".show", profile_id=profile_id, kind=request.form.get("kind")), 303)


@bp.post("/<kind>/confirm")
@owners
def confirm(profile_id: int, kind: str) -> Response | tuple[str, int]:
    """It is right as it is: what stands on both sides is linked, and then everything is sent."""
    profile, which = _profile(profile_id), _kind(kind)
    if count := _blocking(profile):
        sentence = ngettext(
            "Readiness has %(num)s line that blocks. Mend that first, then confirm.",
            "Readiness has %(num)s lines that block. Mend them first, then confirm.",
            count,
        )
        return _draw(profile, which, sentence, is_unready=True), 422
    try:
        alignment.confirm(profile.id, which, g.user.name, tools().clock.now())
    except alignment.NotAlignable as error:
        return _draw(profile, which, told(error.message)), 422
    ask([(RunKind.ALIGNMENT, profile.id)])
    say_done(_("Confirmed. What stands on both sides is being linked."))
    return redirect(url_for(".show", profile_id=profile_id, kind=kind), 303)


def _blocking(profile: Profile) -> int:
    """How much of the readiness check blocks, but for what is being aligned here."""
    lines = (line for store in reading.of_profile(profile, tools().clock.now()) for line in store.lines)
    return sum(line.state is State.BLOCKS and line.about != "alignment" for line in lines)


@bp.get("/<kind>.csv")
@owners
def download(profile_id: int, kind: str) -> Sent:
    """Every row of one kind, or of one side of it."""
    profile, which, side = _profile(profile_id), _kind(kind), _side(request.args.get("side", ""))
    answer = Sent(stream_with_context(csv_text.lines(_lines(profile.id, which, side))), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"alignment-{profile.id}-{which}.csv")
    return answer


def _profile(profile_id: int) -> Profile:
    """Only where there is something to align."""
    profile = profile_of(profile_id)
    if not alignment.is_needed(profile):
        abort(404)
    return profile


def _kind(text: str) -> Aligned:
    if text not in set(Aligned):
        abort(404)
    return Aligned(text)


def _side(text: str) -> Side | None:
    return Side(text) if text in set(Side) else None


def _draw(profile: Profile, kind: Aligned, refusal: str = "", is_unready: bool = False) -> str:
    side, after = _side(request.args.get("side", "")), request.args.get("after", 0, type=row_id)
    states = {state.kind: state for state in alignment.states(profile.id)}
    said = states[kind].row
    last = readings.latest([(RunKind.ALIGNMENT, profile.id)])
    return render(
        "alignment/show.html",
        "sides",
        profile=profile,
        kind=kind,
        kinds=KINDS,
        sides=SIDES,
        side=side,
        after=after,
        states=states,
        form=StartForm(data={"start": said.start if said else None}),
        refusal=refusal,
        is_unready=is_unready,
        rows=alignment.rows(profile.id, kind, side, after, MOST),
        most=MOST,
        readings=runs.shown(list(last.values())),
    )


def _lines(profile_id: int, kind: Aligned, side: Side | None) -> Iterator[Iterable[csv_text.Cell]]:
    names = (
        _("Number or code"),
        _("Where"),
        _("Date"),
        _("Currency"),
        _("Total in the store"),
        _("Total in the books"),
    )
    yield (*names, _("Name in the store"), _("Name in the books"))
    after = 0
    while page := alignment.rows(profile_id, kind, side, after, CSV_AT_ONCE):
        yield from (_cells(row) for row in page)
        after = page[-1].id


def _cells(row: AlignmentRow) -> Iterable[csv_text.Cell]:
    day = row.day.isoformat() if row.day else ""
    head = (row.number, str(SIDES[row.side]), day, row.currency, row.store_total, row.books_total)
    return (*head, row.store_name, row.books_name)
