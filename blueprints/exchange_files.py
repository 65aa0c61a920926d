"""Records of a store as files: templates, upload, preview, and the word to go on (P6)."""

import io

from flask import Blueprint, Response, abort, redirect, render_template, request, send_file, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from adapters.registry import STORES
from adapters.stores.exchange import templates
from adapters.stores.exchange.fields import ExchangeObject
from adapters.stores.exchange.store import ExchangeStore
from blueprints.asking import ask, tools
from blueprints.guard import owners
from blueprints.rendering import render, wants_fragment
from models import ExchangeUpload, FilesState, RunKind, StoreConnection, db
from sync import csv_text, runs
from sync.exchange import uploading

bp = Blueprint("exchange_files", __name__, url_prefix="/stores/<int:store_id>/files")
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
MOST_FILES = 20


@bp.route("", methods=["GET", "POST"])
@owners
def choose(store_id: int) -> AnyResponse | str | tuple[str, int]:
    """Which files; they are read together, and nothing is kept yet."""
    store, objects = _exchange(store_id)
    chosen = [(each.filename or "", each) for each in request.files.getlist("files") if each.filename]
    if request.method == "POST" and 0 < len(chosen) <= MOST_FILES:
        files = [(name, each.read()) for name, each in chosen]
        upload_id = uploading.hand_in(store.id, files, tools().clock.now())
        ask([(RunKind.RECORDS, upload_id)])
        return redirect(url_for(".show", store_id=store_id, upload_id=upload_id), 303)
    trouble = _("Choose one file, or up to %(most)s.", most=MOST_FILES) if request.method == "POST" else ""
    page = render_template(
        "stores/files.html", store=store, objects=objects, trouble=trouble, lately=uploading.lately(store_id)
    )
    return (page, 422) if trouble else page


@bp.route("/<int:upload_id>", methods=["GET", "POST"])
@owners
def show(store_id: int, upload_id: int) -> AnyResponse | str | tuple[str, int, dict[str, str]]:
    """How far the files are; what they hold, and every trouble of them; keeping it is a press of its own."""
    store, _objects = _exchange(store_id)
    row = db.session.get(ExchangeUpload, upload_id, populate_existing=True)
    if row is None or row.store_id != store_id:
        abort(404)
    if request.method == "POST":
        if uploading.proceed(upload_id):
            ask([(RunKind.RECORDS, upload_id)])
        return redirect(url_for(".show", store_id=store_id, upload_id=upload_id), 303)
    run = runs.latest([(RunKind.RECORDS, upload_id)]).get((RunKind.RECORDS, upload_id))
    is_busy = row.state in (FilesState.READING, FilesState.KEEPING)
    is_moving = is_busy and (run is None or run.is_active)
    if wants_fragment() and not is_moving:
        return "", 200, {"HX-Refresh": "true"}
    context = {"store": store, "shown": uploading.show(row), "run": run, "is_busy": is_busy, "is_moving": is_moving}
    return render("stores/upload.html", "progress", **context)


@bp.get("/templates/<name>.xlsx")
@owners
def workbook(store_id: int, name: str) -> Response:
    """A template with its sheets and two example rows."""
    _store, objects = _exchange(store_id)
    found = [each for each in objects if name in (each.sheet, "all")]
    if not found:
        abort(404)
    content = io.BytesIO(templates.workbook(found))
    return send_file(content, XLSX, as_attachment=True, download_name=f"{name}.xlsx", max_age=0)


@bp.get("/templates/<name>.csv")
@owners
def table(store_id: int, name: str) -> Response:
    """One sheet of a template."""
    _store, objects = _exchange(store_id)
    sheets = {sheet: rows for each in objects for sheet, rows in templates.sheets_of(each).items()}
    if name not in sheets:
        abort(404)
    text = "".join(csv_text.lines(sheets[name]))
    headers = {"Content-Disposition": f"attachment; filename={name}.csv"}
    return Response(text, mimetype="text/csv", headers=headers)


def _exchange(store_id: int) -> tuple[StoreConnection, list[ExchangeObject]]:
    """The store, and its objects; 404 where it comes in another way."""
    store = db.get_or_404(StoreConnection, store_id)
    adapter = STORES[store.kind]
    if not issubclass(adapter, ExchangeStore):
        abort(404)
    return store, list(adapter.objects)
