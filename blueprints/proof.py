"""The proof: the store's total is our documents' total is what the books say, per day, channel and currency (Z1)."""

from collections.abc import Iterable, Iterator

from flask import Blueprint, Response, abort, redirect, request, stream_with_context, url_for
from flask_babel import gettext as _
from werkzeug.wrappers import Response as AnyResponse

from blueprints import words
from blueprints.asking import ask
from blueprints.guard import profile_of
from blueprints.rendering import render, told
from models import ProofRow, RunKind, row_id
from sync import csv_text, proof_kept

MOST_FAULTS, MOST_DAYS = 25, 40
"""Rows of a page, which stays light with the longest reasons."""
bp = Blueprint("proof", __name__, url_prefix="/profiles/<int:profile_id>/proof")


@bp.get("")
def show(profile_id: int) -> str:
    """The last proof, and how far the next one is."""
    profile, proofs = profile_of(profile_id), proof_kept.proofs_of(profile_id)
    last_id = proofs.last.id if proofs.last else 0
    is_open, before = request.args.get("show") == "open", request.args.get("before", type=row_id)
    totals = proof_kept.totals(last_id)
    return render(
        "proof/show.html",
        "results" if request.args.get("part") == "results" else "state",
        profile=profile,
        proofs=proofs,
        totals=totals,
        verdict=proof_kept.verdict(totals),
        days=proof_kept.days(last_id, before, is_open, MOST_DAYS),
        is_open=is_open,
        faults=proof_kept.faults(last_id, request.args.get("after", 0, type=row_id), MOST_FAULTS),
        most_faults=MOST_FAULTS,
        page_size=MOST_DAYS,
        cause_label=cause_label,
    )


def cause_label(cause: str) -> str:
    """A cause of a difference by rule, as people read it."""
    known = {str(kind): label for kind, label in words.CHARGES.items()}
    known["changed in the store since it was posted"] = _("Changed in the store since it was posted")
    return str(known.get(cause, cause.replace("_", " ")))


@bp.post("/read")
def read(profile_id: int) -> AnyResponse:
    """Read the books back now."""
    ask([(RunKind.PROOF, profile_of(profile_id).id)])
    return redirect(url_for(".show", profile_id=profile_id), 303)


@bp.get("/<what>.csv")
def download(profile_id: int, what: str) -> Response:
    """Every day, or every document that is missing or differs."""
    profile, proofs = profile_of(profile_id), proof_kept.proofs_of(profile_id)
    if proofs.last is None or what not in ("days", "documents"):
        abort(404)
    rows = _days(proofs.last.id) if what == "days" else _documents(proofs.last.id)
    answer = Response(stream_with_context(csv_text.lines(rows)), mimetype="text/csv")
    answer.headers.set("Content-Disposition", "attachment", filename=f"proof-{profile.id}-{what}.csv")
    return answer


def _days(run_id: int) -> Iterator[Iterable[csv_text.Cell]]:
    yield (
        _("Day of the order"),
        _("Channel"),
        _("Currency"),
        _("Orders"),
        _("Posted"),
        _("Store total"),
        _("Not posted"),
        _("By rule"),
        _("Expected total"),
        _("Books total"),
        _("Difference"),
        _("Proven"),
        _("Why not posted"),
        _("By rule, each"),
    )
    for row in proof_kept.all_days(run_id):
        yield _day_cells(row)


def _day_cells(row: ProofRow) -> Iterable[csv_text.Cell]:
    by_rule = row.expected - row.store_total + row.unposted
    reasons = "; ".join(f"{each['count']} x {told(each['message'])}" for each in row.not_posted)  # type: ignore[arg-type]
    causes = "; ".join(f"{cause_label(cause)} {amount}" for cause, amount in row.causes.items())
    figures = (row.store_total, -row.unposted, by_rule, row.expected, row.books_total, row.difference)
    head = (str(row.day), row.channel.name, row.currency, row.orders, row.posted)
    return (*head, *figures, _("yes") if row.is_proven else _("no"), reasons, causes)


def _documents(run_id: int) -> Iterator[Iterable[csv_text.Cell]]:
    yield _("Day of the order"), _("Order"), _("What is wrong")
    for fault in proof_kept.all_faults(run_id):
        yield str(fault.day), fault.number, told(fault.message)
