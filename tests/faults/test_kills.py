"""F1, F4, F8: whatever process dies wherever, each accepted order stands in the books exactly once."""

import contextlib
import signal
from pathlib import Path

import psutil
import pytest

import jobs
from models import BooksConnection
from sync import leases, posting
from tests.companies import COMPANIES
from tests.faults.checker import check
from tests.faults.processes import Processes, until
from tests.world import CREATE, World

POINTS = ("p0", "p1", "p2", "p3", "p4", "p5", "p6", "p7")
WHO = ("child", "parent", "both")
SAMPLE = {
    "qne": {("p1", "child"), ("p3", "parent"), ("p4", "both"), ("p5", "child")},
    "sql_accounting": {("p3", "child")},
    "quickbooks": {("p4", "parent")},
}
UNSETTLED = ("ready", "sending", "unknown")
QUIET_S = 60


def cells() -> list[object]:
    """Every point and every victim in every accounting system; a few of them run in every test run."""
    return [cell(books, point, who) for books in COMPANIES for point in POINTS for who in WHO]


def cell(books: str, point: str, who: str) -> object:
    marks = pytest.mark.sample if (point, who) in SAMPLE[books] else ()
    return pytest.param(books, point, who, marks=marks, id=f"{books}-{point}-{who}")


@pytest.mark.slow
@pytest.mark.feature("I6", "I7")
@pytest.mark.parametrize(("books_kind", "point", "who"), cells())
def test_a_process_killed_at_any_point_neither_doubles_nor_loses_an_invoice(
    live: tuple[World, Processes], point: str, who: str
):
    world, running = live
    accepted = sync_with_a_death(world, running, point, who)
    recover(world, running, who)
    check(world, accepted)


def sync_with_a_death(world: World, running: Processes, point: str, who: str) -> int:
    """Press Sync and let somebody die at the second pass of a point; returns how many sales were accepted."""
    task_id = world.press_sync()
    accepted = world.task(task_id).queued
    assert accepted > 3
    if point == "p4":
        world.break_("commit_then_hang", world.company.creating, skip=1, seconds=20)
        start(world, running)
        until(lambda: world.practice.control("GET", "/holds"), 90, "a held answer")
        running.kill(who)
        return accepted
    file = running.folder / "passes"
    armed = {"TILLBRIDGE_FAILPOINT": f"{point}:{1 if point == 'p7' else 2}:{file}"}
    armed |= {"TILLBRIDGE_FAILPOINT_PARENT": "1"} if who != "child" else {}
    armed |= {"TILLBRIDGE_FAILPOINT_SPARE_CHILD": "1"} if who == "parent" else {}
    start(world, running, **armed)
    until(lambda: file.exists() and file.stat().st_size >= (1 if point == "p7" else 2), 90, f"a death at {point}")
    return accepted


def start(world: World, running: Processes, **armed: str) -> None:
    """A worker, and a ring for it."""
    running.start_worker(**armed)
    assert jobs.ring_drain(world.books_id)


def recover(world: World, running: Processes, who: str) -> None:
    """What died is started again, what failed is healed; then nothing is done but waiting."""
    if who != "child":
        running.running["worker"].wait(10)
        running.start_worker("worker-2")
    running.start_sweep()
    world.practice.heal()
    until_quiet(world, running)


def until_quiet(world: World, running: Processes, most_s: float = QUIET_S) -> None:
    """Until no operation is left that a machine can bring further."""
    try:
        until(lambda: not world.open_operations(*UNSETTLED), most_s, "quiet")
    except AssertionError:
        print(running.logs())
        raise


@pytest.mark.slow
@pytest.mark.parametrize("point", ["p1", pytest.param("p2", marks=pytest.mark.sample), "p3", "p5"])
def test_a_worker_that_was_stopped_past_its_lease_sends_nothing_when_it_goes_on(
    live: tuple[World, Processes], point: str
):
    world, running = live
    accepted = world.task(world.press_sync()).queued
    file = running.folder / "passes"
    start(world, running, TILLBRIDGE_FAILPOINT=f"{point}!stop:2:{file}")
    until(lambda: file.exists() and file.stat().st_size >= 2, 90, f"a stop at {point}")
    stopped = [job for job in running.jobs() if job.is_running()]
    running.start_worker("worker-2")
    running.start_sweep()
    with contextlib.suppress(AssertionError):  # it may have been stopped inside a transaction: then SQLite waits for it
        until(lambda: not world.open_operations(*UNSETTLED), 12)
    for job in stopped:
        continue_(job)
    until_quiet(world, running)
    check(world, accepted)


def continue_(job: psutil.Process) -> None:
    """Let a stopped process go on, if the kernel's watchdog has not ended it; wait until it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        job.send_signal(signal.SIGCONT)
        job.wait(20)


@pytest.mark.slow
@pytest.mark.sample
def test_two_workers_at_once_make_one_invoice_each(live: tuple[World, Processes]):
    world, running = live
    accepted = world.task(world.press_sync()).queued
    running.start_worker("worker-1")
    running.start_worker("worker-2")
    running.start_sweep()
    for _ in range(6):
        jobs.ring_drain(world.books_id)
    until_quiet(world, running)
    check(world, accepted)


@pytest.mark.slow
@pytest.mark.sample
@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_worker_that_forks_for_its_jobs_opens_no_database_itself(live: tuple[World, Processes]):
    world, running = live
    world.press_sync()
    world.practice.faults("slow", path=CREATE, method="POST", times=1, seconds=2)
    start(world, running)
    until(lambda: "tillbridge.db" in {name for job in running.jobs() for name in files_of(job)}, 30, "a job at work")
    assert "tillbridge.db" not in files_of(psutil.Process(running.running["worker"].pid))
    until_quiet(world, running)


def files_of(process: psutil.Process) -> set[str]:
    """The names of the files that it holds open; none where it is gone."""
    with contextlib.suppress(psutil.NoSuchProcess):
        return {Path(each.path).name for each in process.open_files()}
    return set()


@pytest.mark.slow
@pytest.mark.sample
@pytest.mark.parametrize("how", ["flushed", "killed", "never there"])
def test_redis_may_lose_everything_at_any_time(live: tuple[World, Processes], how: str):
    world, running = live
    accepted = world.task(world.press_sync()).queued
    if how == "never there":
        running.kill_valkey()
    else:
        world.practice.faults("slow", path=CREATE, method="POST", times=3, seconds=0.3)
        start(world, running)
        until(lambda: world.practice.requests("qne"), 30, "the first request")
        running.flush() if how == "flushed" else running.kill_valkey()
    running.start_sweep()
    if how == "killed":
        running.start_valkey()
        running.start_worker("worker-2")
    until_quiet(world, running)
    check(world, accepted)


def test_a_drain_called_directly_while_another_owns_the_books_does_nothing(world: World):
    world.pull()
    world.press_sync()
    lease = leases.take(BooksConnection, world.books_id, world.tools.timing.lease_s, world.tools.clock)
    assert lease is not None
    assert not posting.drain(world.books_id, world.tools)
    assert world.invoices() == []
