"""Orders from files: hand one in, say which column is what, look at what is wrong, proceed; for the owner (P6)."""

from flask import Blueprint, Response, abort, g, redirect, render_template, request, url_for
from flask_babel import gettext as _
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from flask_wtf.file import FileField, FileRequired
from werkzeug.wrappers import Response as AnyResponse
from wtforms import SelectField
from wtforms.validators import InputRequired

from adapters.spreadsheets.codes import CODES
from adapters.spreadsheets.kinds import ENDINGS
from adapters.spreadsheets.oddities import letters_of
from adapters.spreadsheets.order_fields import ORDERS, OWN_COLUMNS
from blueprints import upload_mapping
from blueprints.asking import ask, tools
from blueprints.guard import owners, say_done
from blueprints.rendering import render, told, wants_fragment
from models import RunKind, Upload, UploadState, db, is_row_id, row_id
from sync.uploads import asking, plans, shown

bp = Blueprint("uploads", __name__, url_prefix="/uploads")
Answer = AnyResponse | str | tuple[str, int]


class FileForm(FlaskForm):
    """A channel and a file of its orders."""

    channel = SelectField(_l("Channel"), [InputRequired()], coerce=str)
    file = FileField(
        _l("File"),
        [FileRequired(_l("Choose a file."))],
        description=_l("xlsx, xls, ods or csv; at most 20 MB and 100,000 rows."),
        render_kw={"accept": ",".join(f".{each}" for each in ENDINGS)},
    )

    def offer(self) -> "FileForm":
        """The channels there are."""
        self.channel.choices = [(str(each.id), f"{each.store.name}: {each.name}") for each in shown.channels()]
        return self


@bp.route("", methods=["GET", "POST"])
@owners
def index() -> Answer:
    """Every upload, and the form for another one."""
    form = FileForm(data={"channel": request.args.get("channel", "")}).offer()
    known = None
    if form.validate_on_submit():
        try:
            return _handed_in(form)
        except asking.UploadRefused as error:
            form.file.errors, known = [told(error.message)], error.known
    rows = shown.uploads(request.args.get("before", type=row_id))
    page = render_template("uploads/index.html", form=form, uploads=rows, page_size=shown.PAGE, known=known)
    return (page, 422) if form.is_submitted() else page


def _handed_in(form: FileForm) -> AnyResponse:
    sent, channel_id = form.file.data, row_id(form.channel.data)
    handed = asking.hand_in(channel_id, sent.filename or "", sent.read(), g.user.name, tools().clock.now())
    if handed.is_new:
        ask([(RunKind.FILE, handed.upload_id)])
    else:
        say_done(_("This file is here already."))
    return _back(handed.upload_id)


@bp.get("/layout.csv")
@owners
def layout() -> Response:
    """Our own layout, to be filled in: a file like this is read without any mapping."""
    text = ",".join(OWN_COLUMNS.values()) + "\r\n"
    head = {"Content-Disposition": "attachment; filename=orders.csv"}
    return Response(text, mimetype="text/csv", headers=head)


@bp.get("/<int:upload_id>")
@owners
def show(upload_id: int) -> Answer | tuple[str, int, dict[str, str]]:
    """One upload: how far it is, what it asks, what is wrong with it, what came of it."""
    upload = _upload(upload_id)
    run = shown.run_of(upload)
    is_moving = upload.state in shown.ACTIVE and (run is None or run.is_active)
    if wants_fragment() and not is_moving:
        return "", 200, {"HX-Refresh": "true"}
    if upload.state is UploadState.MAPPING:
        return upload_mapping.page(upload)
    return render("uploads/show.html", "progress", upload=upload, run=run, is_moving=is_moving, **_found(upload))


def _found(upload: Upload, refusal: str = "") -> dict[str, object]:
    if upload.state in (*shown.ACTIVE, UploadState.REFUSED):
        return {"refusal": refusal}
    plan, look = plans.plan_of(upload), plans.look_of(upload)
    wants = request.args.get("show", "errors" if upload.errors else "warnings")
    is_error = wants != "warnings"
    from_row = request.args.get("row", 0, type=row_id)
    return {
        "plan": plan,
        "seen": plans.seen(upload),
        "labels": {each.name: each.label for each in ORDERS.targets},
        "is_error": is_error,
        "from_row": from_row,
        "troubles": shown.troubles(upload.id, is_error, request.args.get("after", 0, type=row_id)),
        "page_size": shown.PAGE,
        "preview": shown.preview(upload.id, plan, look, from_row),
        "codes": CODES,
        "letters_of": letters_of,
        "names": look.names,
        "refusal": refusal,
        "is_taken": shown.is_taken(upload.channel_id),
    }


@bp.post("/<int:upload_id>/look")
@owners
def look(upload_id: int) -> AnyResponse:
    """Another sheet, or another row for the header: the file is looked at again."""
    _upload(upload_id)
    header = request.form.get("header_row", "")
    try:
        asking.look_again(upload_id, request.form.get("sheet", ""), row_id(header) if is_row_id(header) else 0)
    except asking.UploadRefused:
        return _back(upload_id)
    ask([(RunKind.FILE, upload_id)])
    return _back(upload_id)


@bp.post("/<int:upload_id>/mapping")
@owners
def mapping(upload_id: int) -> Answer:
    """Which column is what; then the whole file is read."""
    upload = _upload(upload_id)
    chosen = upload_mapping.read(upload)
    is_stale = request.form.get("seen", "") != plans.seen(upload)
    if chosen.problems and not is_stale:
        return upload_mapping.page(upload, chosen), 422
    try:
        asking.choose(upload_id, chosen.plan, tools().clock.now(), request.form.get("seen", ""))
    except asking.UploadRefused as error:
        return _as_it_is(upload_id, told(error.message))
    ask([(RunKind.FILE, upload_id)])
    return _back(upload_id)


def _as_it_is(upload_id: int, refusal: str) -> Answer:
    """A form that is not taken: the upload may stand otherwise by now, and what was sent is not about that."""
    upload = _upload(upload_id)
    if upload.state is UploadState.MAPPING:
        return upload_mapping.page(upload, refusal=refusal), 409
    say_done(refusal)
    return _back(upload_id)


@bp.post("/<int:upload_id>/again")
@owners
def again(upload_id: int) -> AnyResponse:
    """Back to the mapping."""
    _upload(upload_id)
    try:
        asking.map_again(upload_id)
    except asking.UploadRefused as error:
        say_done(told(error.message))
    return _back(upload_id)


@bp.post("/<int:upload_id>/proceed")
@owners
def proceed(upload_id: int) -> Answer:
    """Let the orders in."""
    upload = _upload(upload_id)
    try:
        asking.proceed(upload_id, bool(request.form.get("leave_out")), g.user.name, request.form.get("seen", ""))
    except asking.UploadRefused as error:
        upload = _upload(upload_id)
        context = _found(upload, told(error.message))
        return render_template("uploads/show.html", upload=upload, run=None, is_moving=False, **context), 409
    ask([(RunKind.APPLY, upload_id)])
    return _back(upload_id)


@bp.post("/<int:upload_id>/discard")
@owners
def discard(upload_id: int) -> AnyResponse:
    """Throw the file away."""
    upload = _upload(upload_id)
    try:
        asking.discard(upload_id)
    except asking.UploadRefused as error:
        say_done(told(error.message))
        return _back(upload_id)
    say_done(_("%(file)s is thrown away.", file=upload.file_name))
    return redirect(url_for(".index"), 303)


def _upload(upload_id: int) -> Upload:
    found = db.session.get(Upload, upload_id, populate_existing=True)
    if found is None:
        abort(404)
    return found


def _back(upload_id: int) -> AnyResponse:
    return redirect(url_for(".show", upload_id=upload_id), 303)
