"""The trash in steps: written down first, gone on with after a kill, by whoever comes; each order decided once (T2)."""

import threading
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

import jobs
from documents import Action
from jobs import sweep
from models import AuditRow, DocumentState, TaskOrderState, Tick, db, end_reading
from sync import fates, posting, syncing, tasks, trash_shown, trashing
from sync.ledger import Actor
from tests.faults.checker import audit_is_complete, nothing_is_left_in_between
from tests.world import CREATE, World

pytestmark = pytest.mark.feature("T2")


@pytest.fixture
def small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    """Two orders a step, so that a few orders are a large task."""
    monkeypatch.setattr(trashing, "STEP", 2)


def mei(world: World) -> Actor:
    return Actor("Mei", world.clock.now())


def posted(world: World, count: int) -> int:
    """A task with so many orders in the books."""
    world.sell(*(f"T-{number}" for number in range(count)))
    world.pull()
    return world.sync()


def step(world: World, task_id: int) -> bool:
    return trashing.step(task_id, world.clock.now())


def go_on(world: World, task_id: int) -> None:
    trashing.go_on(task_id, world.tools, world.rung.append, lambda: False)


def states(world: World, task_id: int) -> dict[TaskOrderState, int]:
    """The states of a task's orders, after checking that its counts say the same."""
    found = [row.state for row in world.task_orders(task_id)]
    task = world.task(task_id)
    counted = {state: found.count(state) for state in TaskOrderState}
    assert counted == {state: getattr(task, state.value) for state in TaskOrderState}
    return {state: count for state, count in counted.items() if count}


def undecided(world: World, task_id: int) -> int:
    """Of how many orders the page says that they are not decided yet."""
    progress = trash_shown.progress(world.task(task_id))
    end_reading()
    assert progress is not None
    return progress.undecided


def alive(world: World) -> int:
    return sum(not each["isCancelled"] for each in world.invoices())


def audited(why: str) -> int:
    """How many audit rows say this."""
    rows = db.session.scalars(select(AuditRow.note)).all()
    end_reading()
    return sum(note.get("why") == why for note in rows)


# --- in steps -----------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_steps")
def test_a_large_task_is_written_down_and_decided_step_by_step(shop: World):
    task_id = posted(shop, 5)
    assert not trashing.trash(task_id, False, mei(shop))
    task = shop.task(task_id)
    assert task.is_being_trashed and not task.is_trashed
    assert (task.is_voiding, task.trashed_by, task.trashed_at) == (False, "Mei", shop.clock.now())
    assert states(shop, task_id) == {TaskOrderState.POSTED: 5}
    for decided in (2, 4):
        assert step(shop, task_id) and not shop.task(task_id).is_trashed
        assert undecided(shop, task_id) == 5 - decided
        assert states(shop, task_id)[TaskOrderState.TAKEN_OUT] == decided
    assert not step(shop, task_id)
    assert shop.task(task_id).is_trashed and not shop.task(task_id).is_being_trashed
    assert states(shop, task_id) == {TaskOrderState.TAKEN_OUT: 5}


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("count", [0, 2, 4])
def test_a_task_that_ends_with_a_full_step_comes_to_its_end(shop: World, count: int):
    task_id = posted(shop, count)
    trashing.trash(task_id, False, mei(shop))
    go_on(shop, task_id)
    assert shop.task(task_id).is_trashed and states(shop, task_id).get(TaskOrderState.TAKEN_OUT, 0) == count


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("is_voiding", [True, False])
def test_what_was_killed_between_or_within_two_steps_is_gone_on_with(
    shop: World, monkeypatch: pytest.MonkeyPatch, is_voiding: bool
):
    task_id = posted(shop, 7)
    trashing.trash(task_id, is_voiding, mei(shop))
    step(shop, task_id)
    with monkeypatch.context() as dying, pytest.raises(MemoryError):
        dying.setattr(fates, "carry_out", dies_at_the_second(fates.carry_out))
        step(shop, task_id)
    assert undecided(shop, task_id) == 5, "the step that died did nothing"
    go_on(shop, task_id)
    shop.run_until_quiet()
    assert shop.task(task_id).is_trashed and states(shop, task_id) == {TaskOrderState.TAKEN_OUT: 7}
    assert alive(shop) == (0 if is_voiding else 7)
    assert {row.tick for row in shop.orders()} == {Tick.NONE}
    voids = [each for each in shop.operations() if each.action is Action.VOID]
    assert (len(voids), audited("forgotten by a person")) == ((7, 0) if is_voiding else (0, 7)), "each order once"
    audit_is_complete(shop)


def dies_at_the_second(really: Callable[..., None]) -> Callable[..., None]:
    """Carries out one fate, and dies at the next."""
    passes = iter([False, True])

    def carry_out(*given: object) -> None:
        if next(passes):
            raise MemoryError
        really(*given)

    return carry_out


@pytest.mark.usefixtures("small_steps")
def test_several_who_go_on_at_once_decide_each_order_once(shop: World):
    task_id = posted(shop, 8)
    trashing.trash(task_id, True, mei(shop))
    assert at_once(shop, *[lambda: go_on(shop, task_id)] * 3) == []
    assert shop.task(task_id).is_trashed
    assert [each.action for each in shop.open_operations("ready")] == [Action.VOID] * 8
    go_on(shop, task_id)
    assert len(shop.open_operations("ready")) == 8, "and once more is harmless"


def at_once(world: World, *deeds: Callable[[], object]) -> list[BaseException]:
    """Do these in threads of their own, as several processes would; what went wrong."""
    troubles: list[BaseException] = []
    gate = threading.Barrier(len(deeds))

    def work(deed: Callable[[], object]) -> None:
        with world.app.app_context():
            try:
                gate.wait()
                deed()
            except BaseException as error:
                troubles.append(error)
            finally:
                db.session.remove()

    threads = [threading.Thread(target=work, args=(deed,)) for deed in deeds]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    return troubles


@pytest.mark.usefixtures("small_steps")
def test_it_comes_to_a_good_end_when_asked_and_rings_for_the_books_after_each_step(shop: World):
    task_id = posted(shop, 6)
    trashing.trash(task_id, True, mei(shop))
    shop.rung.clear()
    stops = iter([False, True])
    trashing.go_on(task_id, shop.tools, shop.rung.append, lambda: next(stops))
    assert undecided(shop, task_id) == 2
    assert shop.rung == [shop.books_id] * 2


# --- what is decided at the step ----------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_steps")
@pytest.mark.parametrize("is_voiding", [True, False])
def test_what_is_posted_after_the_trash_was_confirmed_goes_as_the_person_chose(shop: World, is_voiding: bool):
    shop.sell("T-1", "T-2", "T-3")
    shop.pull()
    task_id = shop.press_sync()
    plans = trashing.plan_trash(task_id, is_voiding)
    assert {plan.fate for plan in plans} == {fates.Fate.BACK}
    trashing.trash(task_id, is_voiding, mei(shop), trashing.fingerprint(plans, is_voiding))
    step(shop, task_id)
    shop.run_until_quiet()
    assert alive(shop) == 1, "the third was sent meanwhile"
    step(shop, task_id)
    shop.run_until_quiet()
    assert alive(shop) == (0 if is_voiding else 1) and {row.tick for row in shop.orders()} == {Tick.NONE}
    again = shop.sync()
    assert shop.task(again).posted == 3 and alive(shop) == 3
    assert all(row.is_proven for row in shop.proof())


@pytest.mark.usefixtures("small_steps")
def test_nothing_of_a_task_that_is_being_trashed_is_drafted(shop: World):
    shop.sell("T-1", "T-2", "T-3")
    shop.pull()
    ids = [row.id for row in shop.orders()]
    task_id = syncing.press_sync(shop.profile_id, ids, "Mei", shop.clock.now())
    trashing.trash(task_id, True, mei(shop))
    shop.draft(task_id)
    shop.clock.pass_by(shop.tools.timing.sweep_s + 1)
    assert shop.operations() == [] and sweep.tasks_due(shop.tools) == []
    go_on(shop, task_id)
    assert shop.operations() == [] and states(shop, task_id) == {TaskOrderState.TAKEN_OUT: 3}


@pytest.mark.usefixtures("small_steps")
def test_meanwhile_nothing_else_can_be_done_with_the_task(shop: World):
    task_id = posted(shop, 3)
    trashing.trash(task_id, True, mei(shop))
    rows = [row.id for row in shop.task_orders(task_id)]
    deeds: list[Callable[[], object]] = [
        lambda: tasks.send_again(task_id),
        lambda: tasks.take_out(task_id, rows, mei(shop)),
        lambda: trashing.trash(task_id, False, mei(shop)),
    ]
    for deed in deeds:
        with pytest.raises(trashing.BeingTrashed):
            deed()
    assert shop.task(task_id).is_voiding and shop.task(task_id).is_drafted
    go_on(shop, task_id)
    with pytest.raises(trashing.BeingTrashed):
        trashing.trash(task_id, False, mei(shop))


def test_what_a_later_task_was_to_send_too_leaves_that_as_well(shop: World):
    shop.sell("T-1")
    shop.pull()
    shop.practice.faults("refuse", path=CREATE)
    first = shop.sync()
    second = shop.press_sync([shop.order("T-1").id])
    assert states(shop, second) == {TaskOrderState.QUEUED: 1}
    trashing.trash(first, False, mei(shop))
    assert states(shop, first) == states(shop, second) == {TaskOrderState.TAKEN_OUT: 1}
    assert not shop.task(second).is_active and shop.order("T-1").tick is Tick.NONE
    shop.sync()
    assert alive(shop) == 1


def test_a_plan_that_changed_is_not_written_down(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = shop.press_sync()
    seen = trashing.fingerprint(trashing.plan_trash(task_id, True), True)
    shop.run_until_quiet()
    with pytest.raises(trashing.PlanChanged):
        trashing.trash(task_id, True, mei(shop), seen)
    assert not shop.task(task_id).is_being_trashed and shop.task(task_id).trashed_by is None
    assert shop.order("T-1").tick is Tick.GREEN


@pytest.mark.parametrize("is_voiding", [True, False])
def test_what_is_being_sent_is_decided_once_its_answer_is_there(
    shop: World, monkeypatch: pytest.MonkeyPatch, is_voiding: bool
):
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.press_sync()

    def trash(point: str) -> None:
        if point == "p1" and shop.open_operations("sending"):
            monkeypatch.undo()
            assert not trashing.trash(task_id, is_voiding, mei(shop))

    monkeypatch.setattr(posting, "hit", trash)
    shop.drain()
    assert shop.task(task_id).is_being_trashed and undecided(shop, task_id) > 0
    go_on(shop, task_id)
    assert shop.task(task_id).is_trashed
    shop.run_until_quiet()
    assert states(shop, task_id) == {TaskOrderState.TAKEN_OUT: 2}
    assert len(shop.invoices()) > 0 and alive(shop) == (0 if is_voiding else len(shop.invoices()))


def test_what_is_unknown_stays_and_is_counted(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    task_id = shop.press_sync()
    shop.practice.faults("commit_then_500", path=CREATE, body_contains="T-1")
    shop.drain()
    shop.run_until_blocked()
    trashing.trash(task_id, True, mei(shop))
    afterwards = trash_shown.progress(shop.task(task_id))
    end_reading()
    assert shop.task(task_id).is_trashed and (afterwards.kept, afterwards.undecided) == (1, 0)
    shop.run_until_quiet()
    assert states(shop, task_id) == {TaskOrderState.POSTED: 1, TaskOrderState.TAKEN_OUT: 1}


# --- who does it --------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("small_steps")
def test_a_trash_whose_job_was_lost_is_found_by_the_sweep(shop: World):
    task_id = posted(shop, 5)
    trashing.trash(task_id, True, mei(shop))
    assert sweep.trashes_due(shop.tools) == [], "its own job has just been rung for"
    shop.clock.pass_by(shop.tools.timing.sweep_s + 1)
    assert sweep.trashes_due(shop.tools) == [task_id]
    sweep.sweep(shop.tools)  # no Redis here: it does it itself
    assert shop.task(task_id).is_trashed and sweep.trashes_due(shop.tools) == []
    shop.run_until_quiet()
    assert alive(shop) == 0


def test_a_database_that_is_busy_just_now_leaves_a_small_trash_to_its_job(shop: World, monkeypatch: pytest.MonkeyPatch):
    task_id = posted(shop, 1)

    def busy(*_: object) -> None:
        raise OperationalError("BEGIN IMMEDIATE", {}, Exception("database is locked"))

    with monkeypatch.context() as locked:
        locked.setattr(trashing, "step", busy)
        assert not trashing.trash(task_id, False, mei(shop))
    assert shop.task(task_id).is_being_trashed and states(shop, task_id) == {TaskOrderState.POSTED: 1}
    jobs.trash_task(task_id)
    assert shop.task(task_id).is_trashed


@pytest.mark.slow
@pytest.mark.timeout(320)
@pytest.mark.parametrize("is_voiding", [True, False])
def test_a_task_of_a_thousand_orders_is_trashed_while_its_orders_are_posted(
    shop: World, monkeypatch: pytest.MonkeyPatch, is_voiding: bool
):
    shop.sell(*(f"T-{number}" for number in range(1000)))
    shop.pull()
    task_id = shop.press_sync()
    is_posting = threading.Event()
    monkeypatch.setattr(posting, "hit", lambda point: is_posting.set() if point == "p6" else None)
    tools = replace(shop.tools, sleep=time.sleep)

    def trash() -> None:
        assert is_posting.wait(60)
        assert not trashing.trash(task_id, is_voiding, mei(shop))
        trashing.go_on(task_id, tools, shop.rung.append, lambda: False)

    assert at_once(shop, trash, shop.drain) == []
    go_on(shop, task_id)  # as the sweep would: for what was being sent
    shop.run_until_quiet()
    assert shop.task(task_id).is_trashed and states(shop, task_id) == {TaskOrderState.TAKEN_OUT: 1000}
    assert {row.tick for row in shop.orders()} == {Tick.NONE}
    sent, gone = len(shop.invoices()), DocumentState.VOIDED if is_voiding else DocumentState.FORGOTTEN
    assert 0 < sent < 1000 and alive(shop) == (0 if is_voiding else sent)
    assert [each.state for each in shop.documents()].count(gone) == sent == len({*references(shop)})
    nothing_is_left_in_between(shop)
    audit_is_complete(shop)


def references(world: World) -> list[str]:
    """What the books hold of ours, voided ones too."""
    return [each["referenceNo"] for each in world.invoices()]
