"""Tasks: live progress, what was sent, the failed ones again, taking orders out, the trash with its plan (T1, T2)."""

from datetime import datetime

from flask import Blueprint, abort, flash, g, redirect, request, url_for
from flask_babel import gettext as _
from flask_babel import ngettext
from werkzeug.wrappers import Response

from adapters.registry import BOOKS
from blueprints import ringing
from blueprints.asking import tools
from blueprints.guard import profile_of, say_done
from blueprints.rendering import render, told
from models import Profile, ProfileOrder, Task, TaskOrderState, Tick, row_id
from sync import (
    deciding_by_person,
    differences,
    lists,
    order_story,
    payments_again,
    syncing,
    task_shown,
    tasks,
    trash_shown,
    trashing,
    write_back,
)
from sync.differences import Difference
from sync.fates import Fate
from sync.ledger import Actor
from sync.lists import PAGE

bp = Blueprint("tasks", __name__, url_prefix="/profiles/<int:profile_id>")


@bp.get("/tasks")
def index(profile_id: int) -> str:
    """Every task with its counts, the newest first."""
    profile = profile_of(profile_id)
    rows = lists.tasks(profile.id, request.args.get("before", type=row_id))
    return render("tasks/index.html", profile=profile, tasks=rows, page_size=PAGE)


@bp.get("/tasks/<int:task_id>")
def show(profile_id: int, task_id: int) -> str:
    """One task: how far it is, and its orders."""
    profile, task = _task_of(profile_id, task_id)
    state = _state(request.args.get("state", ""))
    wants_orders = request.args.get("part") == "orders"
    trash = trash_shown.progress(task)
    is_moving = task.is_active or (trash is not None and trash.voiding > 0)
    return render(
        "tasks/show.html",
        "orders" if wants_orders else "progress",
        profile=profile,
        task=task,
        state=state,
        lines=task_shown.lines(task.id, state, request.args.get("after", 0, type=row_id)),
        trash=trash,
        is_moving=is_moving,
        hold=task_shown.hold(profile, _now()) if is_moving else None,
        look_ups=task_shown.look_ups(task.id, profile.books_id),
        undecided=deciding_by_person.undecided([profile.id], task.id),
        to_edit=task_shown.order_ids(task.id, (TaskOrderState.FAILED,)),
        page_size=PAGE,
    )


def _task_of(profile_id: int, task_id: int) -> tuple[Profile, Task]:
    profile, task = profile_of(profile_id), task_shown.task_of(profile_id, task_id)
    if task is None:
        abort(404)
    return profile, task


def _state(text: str) -> TaskOrderState | None:
    return TaskOrderState(text) if text in list(TaskOrderState) else None


def _now() -> datetime:
    return tools().clock.now()


def _actor() -> Actor:
    return Actor(g.user.name, _now())


def _to(task: Task) -> Response:
    return redirect(url_for(".show", profile_id=task.profile_id, task_id=task.id), 303)


# --- the eye ----------------------------------------------------------------------------------------------------


@bp.get("/sent/<int:profile_order_id>")
def order(profile_id: int, profile_order_id: int) -> str:
    """What was sent for one order, what the books answered, and its history."""
    profile = profile_of(profile_id)
    found = order_story.order_of(profile_id, profile_order_id)
    if found is None:
        abort(404)
    row, order, number = found
    chapters = order_story.chapters(profile_order_id)
    different = _different(profile, row)
    label = BOOKS[profile.books.kind].payment_label
    shown = {"row": row, "order": order, "order_number": number, "chapters": chapters, "payment_label": label}
    return render("tasks/order.html", profile=profile, different=different, **shown)


def _different(profile: Profile, row: ProfileOrder) -> list[Difference]:
    """What Sync would change of a document whose order changed since."""
    if row.tick is not Tick.YELLOW:
        return []
    drafts = {row.id: draft for row, draft, _ in syncing.drafts_of(profile, [row.id], _now())}
    return differences.of_drafts(drafts).get(row.id, [])


@bp.post("/sent/<int:profile_order_id>/number")
def number(profile_id: int, profile_order_id: int) -> Response:
    """Have the books' number written into the store's order after all."""
    profile_of(profile_id)
    if order_story.order_of(profile_id, profile_order_id) is None:
        abort(404)
    write_back.write_again(profile_order_id, _now())
    say_done(_("The number is written again within a minute."))
    return redirect(url_for(".order", profile_id=profile_id, profile_order_id=profile_order_id), 303)


@bp.post("/sent/<int:profile_order_id>/payments")
def payments(profile_id: int, profile_order_id: int) -> Response:
    """Send what the books refused of an order's payments again, as the order and the settings have it now."""
    profile = profile_of(profile_id)
    if order_story.order_of(profile_id, profile_order_id) is None:
        abort(404)
    if payments_again.send_again(profile, profile_order_id, Actor(g.user.name, _now())):
        ringing.ring_drain(profile.books_id)
        say_done(_("The payment is sent again."))
    else:
        say_done(_("Nothing could be sent again: look at what the order says."))
    return redirect(url_for(".order", profile_id=profile_id, profile_order_id=profile_order_id), 303)


# --- the pencil -------------------------------------------------------------------------------------------------


@bp.post("/tasks/<int:task_id>/again")
def again(profile_id: int, task_id: int) -> Response:
    """Re-sync: what failed and what was left, all of it or what is ticked."""
    _profile, task = _task_of(profile_id, task_id)
    ids = None if request.form.get("which") == "all" else _ticked(task)
    if ids == []:
        return _nothing_ticked(task)
    try:
        count = tasks.send_again(task.id, ids)
    except trashing.BeingTrashed:
        return _being_trashed(task)
    ringing.ring_task(task.id)
    say_done(ngettext("%(num)s order is synced again.", "%(num)s orders are synced again.", count))
    return _to(task)


@bp.post("/tasks/<int:task_id>/out")
def take_out(profile_id: int, task_id: int) -> Response:
    """Take the ticked orders out: they go back to Pending, but for those that are in the books."""
    _profile, task = _task_of(profile_id, task_id)
    ids = _ticked(task)
    if not ids:
        return _nothing_ticked(task)
    try:
        plans = tasks.take_out(task.id, ids, _actor())
    except trashing.BeingTrashed:
        return _being_trashed(task)
    kept = [plan for plan in plans if plan.fate is Fate.KEEP]
    count = len(plans) - len(kept)
    say_done(ngettext("%(num)s order was taken out.", "%(num)s orders were taken out.", count))
    for why in dict.fromkeys(told(plan.why) for plan in kept):
        say_done(_("Kept: %(why)s", why=why))
    return _to(task)


def _ticked(task: Task) -> list[int]:
    return task_shown.row_ids(task.id, request.form.getlist("order", type=row_id))


def _being_trashed(task: Task) -> Response:
    flash(_("Nothing was done: this task is being trashed. Its orders go back to Pending by themselves."), "error")
    return _to(task)


def _nothing_ticked(task: Task) -> Response:
    flash(_("Nothing was done: tick the orders first."), "error")
    return _to(task)


# --- the trash --------------------------------------------------------------------------------------------------


@bp.get("/tasks/<int:task_id>/trash")
def trash(profile_id: int, task_id: int) -> Response | str:
    """What would become of each order, under either answer to the question."""
    profile, task = _task_of(profile_id, task_id)
    if task.is_trashed or task.is_being_trashed:
        return _to(task)
    return _trash(profile, task, asked=request.args.get("books", ""))


def _trash(profile: Profile, task: Task, asked: str, has_changed: bool = False) -> str:
    is_voiding = asked == "void"
    plans = trashing.plan_trash(task.id, is_voiding) if asked in ("void", "forget") else None
    return render(
        "tasks/trash.html",
        profile=profile,
        task=task,
        asked=asked if plans is not None else "",
        groups=trash_shown.groups(plans or []),
        seen=trashing.fingerprint(plans or [], is_voiding),
        has_changed=has_changed,
    )


@bp.post("/tasks/<int:task_id>/trash")
def carry_out(profile_id: int, task_id: int) -> Response | tuple[str, int]:
    """The plan, exactly as it was shown; a plan that changed is shown again."""
    profile, task = _task_of(profile_id, task_id)
    asked = request.form.get("books", "")
    if asked not in ("void", "forget"):
        abort(400)
    try:
        is_done = trashing.trash(task.id, asked == "void", _actor(), request.form.get("seen", ""))
    except trashing.BeingTrashed:
        return _to(task)
    except trashing.PlanChanged:
        return _trash(profile, task, asked, has_changed=True), 409
    if is_done:
        ringing.ring_drain(profile.books_id)
        say_done(_("The task is trashed. Its orders go back to Pending."))
    else:
        ringing.ring_trash(task.id)
    return _to(task)
