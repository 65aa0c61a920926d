"""Jobs are hints: JSON with ids, refused where they are anything else, and not missed where Redis is gone (F8)."""

import json
import os
import subprocess
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import redis
from rq import Queue
from rq.job import Job
from rq.serializers import DefaultSerializer
from sqlalchemy import select

import jobs
from jobs import sweep
from models import (
    BooksConnection,
    OperationState,
    Run,
    RunKind,
    RunState,
    StoreChannel,
    Tick,
    db,
    end_reading,
    writing,
)
from sync import leases, ledger, runs, syncing, trashing
from sync.ledger import Actor
from tests import databases
from tests.conftest import Connect
from tests.faults.processes import FLASK, Processes
from tests.practice_fixture import Practice
from tests.world import World, open_world


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """An embedded Valkey on a Unix socket; its address."""
    folder = tmp_path_factory.mktemp("valkey")
    running = Processes(folder, {})
    running.start_valkey()
    yield running.url
    running.kill_valkey()


@pytest.fixture
def queued(valkey: str, database_kind: str, _connected: Connect, _practice: Practice) -> Iterator[World]:
    """A connected shop with two orders pulled, beside a queue that is empty."""
    redis.Redis.from_url(valkey).flushall()
    made = _connected(database_kind, "qne")
    _practice.reset(orders=0, seed=3)
    with (
        databases.copied_database(made.kind, made.data) as url,
        open_world(made.data, url, _practice, redis_url=valkey) as world,
    ):
        world.store_id, world.books_id, world.profile_id = made.ids
        world.begin(20)
        world.sell("T-1", "T-2")
        world.pull()
        yield world


def jobs_in(name: str) -> list[tuple[str, list[Any]]]:
    """What waits in a queue: the function's name and its arguments."""
    return [(job.func_name.rsplit(".", 1)[1], list(job.args)) for job in jobs.rq.get_queue(name).get_jobs()]


def work(world: World, queue: str) -> str:
    """A real worker does what waits in a queue; what it said."""
    url = world.app.config["SQLALCHEMY_DATABASE_URI"]
    environment = {
        "TILLBRIDGE_DATA": str(folder_of(world)),
        "DATABASE_URL": url,
        "REDIS_URL": world.app.config["RQ_CONNECTION"],
        "TILLBRIDGE_PRACTICE": world.practice.control_line["url"].split("/")[2],
    }
    done = subprocess.run(
        [*FLASK, "rq", "worker", "--burst", queue],
        env={**os.environ, **environment, "PYTHONPATH": str(Path.cwd())},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    return done.stdout + done.stderr


def folder_of(world: World) -> Path:
    """Where the shop's key lies."""
    kind = "sqlite" if db.engine.dialect.name == "sqlite" else "postgresql"
    return databases.folder() / f"connected-{kind}-qne"


def test_a_job_is_json_and_carries_an_id(queued: World):
    assert jobs.ring_drain(queued.books_id) and jobs.ring_task(7) and jobs.ring_trash(8) and jobs.ring_run(9)
    assert jobs_in("work") == [("drain", [queued.books_id]), ("draft_task", [7]), ("trash_task", [8])]
    assert jobs_in("long") == [("read", [9])]
    connection = jobs.rq.get_queue("work").connection
    for key in connection.scan_iter("rq:job:*"):
        data = connection.hget(key, "data")
        plain = json.loads(zlib.decompress(data) if data[:1] == b"x" else data)
        assert all(isinstance(each, int) for each in plain[2]), plain


def test_a_long_queue_gets_no_more_hints(queued: World, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(jobs, "MOST_HINTS", 3)
    assert all(jobs.ring_drain(queued.books_id) for _ in range(10))
    assert len(jobs_in("work")) == 3


def test_a_worker_drafts_and_posts_what_it_is_rung_for(queued: World):
    ids = [row.id for row in queued.orders()]
    task_id = syncing.press_sync(queued.profile_id, ids, "Mei", queued.clock.now())
    jobs.ring_task(task_id)
    said = work(queued, "work")
    assert queued.task(task_id).posted == 2, said
    assert jobs_in("work") == []


@pytest.mark.feature("T2")
def test_a_worker_trashes_what_it_is_rung_for(queued: World, monkeypatch: pytest.MonkeyPatch):
    task_id = queued.sync()
    monkeypatch.setattr(trashing, "STEP", 1)
    assert not trashing.trash(task_id, True, Actor("Mei", queued.clock.now()))
    jobs.ring_trash(task_id)
    said = work(queued, "work")
    assert queued.task(task_id).is_trashed, said
    assert all(each["isCancelled"] for each in queued.invoices()) and len(queued.invoices()) == 2, "and the drain too"


@pytest.mark.parametrize("database_kind", ["sqlite"])
def test_a_pickle_in_the_queue_is_refused_and_not_executed(queued: World, tmp_path: Path):
    made = tmp_path / "made-by-a-pickle"
    connection = jobs.rq.get_queue("work").connection
    strange = Queue("work", connection=connection, serializer=DefaultSerializer).enqueue(os.mkdir, str(made))
    jobs.ring_drain(queued.books_id)
    said = work(queued, "work")
    assert not made.exists()
    assert "DeserializationError" in said
    assert Job.fetch(strange.id, connection=connection, serializer=DefaultSerializer).get_status() == "failed"
    assert jobs_in("work") == [], "and the worker went on with the next"


def test_the_sweep_rings_for_books_tasks_and_readings_that_are_due(queued: World):
    ids = [row.id for row in queued.orders()]
    queued.press_sync(ids[:1])
    waiting = syncing.press_sync(queued.profile_id, ids[1:], "Mei", queued.clock.now())
    queued.clock.pass_by(queued.tools.timing.sweep_s + 1)
    sweep.sweep(queued.tools)
    assert jobs_in("work") == [("drain", [queued.books_id]), ("draft_task", [waiting])]
    assert [name for name, _ in jobs_in("long")] == ["read"] * 4, "channels that were never read"
    queued.clock.pass_by(queued.tools.timing.refresh_s + 1)
    for name in ("work", "long"):
        jobs.rq.get_queue(name).empty()
    sweep.sweep(queued.tools)
    due = dict(runs.due(queued.tools))
    assert sorted(due.values()) == [RunKind.ORDERS] * 5 + [RunKind.REFERENCE]
    assert sorted(args[0] for _, args in jobs_in("long")) == sorted(due)
    assert ("check_books", [queued.books_id]) in jobs_in("work")
    assert ("check_store", [queued.store_id]) in jobs_in("work")


def test_the_sweep_leaves_alone_what_somebody_works_on(queued: World):
    queued.press_sync()
    lease = leases.take(BooksConnection, queued.books_id, queued.tools.timing.lease_s, queued.clock)
    assert lease is not None and sweep.books_due(queued.tools) == []
    queued.clock.pass_by(queued.tools.timing.lease_s)
    assert sweep.books_due(queued.tools) == [queued.books_id]


def test_what_a_dead_drain_left_is_due(queued: World):
    queued.press_sync()
    queued.practice.faults("commit_then_hang", path="/api/SalesInvoices/Create", seconds=0.2, times=9)
    lease = leases.take(BooksConnection, queued.books_id, queued.tools.timing.lease_s, queued.clock)
    assert lease is not None
    [operation, _] = queued.operations()
    with writing() as session:
        assert ledger.claim(session, operation.id, operation.document_id, lease.token, b"{}", queued.clock.stamp())
    queued.clock.pass_by(queued.tools.timing.lease_s)
    assert sweep.books_due(queued.tools) == [queued.books_id]


def test_the_jobs_in_the_queue_survive_nothing_and_the_sweep_rings_again(queued: World):
    queued.press_sync()
    sweep.sweep(queued.tools)
    jobs.rq.get_queue("work").connection.flushall()
    assert jobs_in("work") == []
    sweep.sweep(queued.tools)
    assert ("drain", [queued.books_id]) in jobs_in("work")


# --- without Redis ------------------------------------------------------------------------------------------------


def test_without_redis_a_bell_is_no_error(shop: World):
    assert not jobs.ring_drain(shop.books_id)
    assert not jobs.ring_task(1)
    assert not jobs.ring_run(1)


def test_without_redis_the_sweep_does_the_work_itself(shop: World):
    shop.sell("T-1", "T-2")
    shop.pull()
    ids = [row.id for row in shop.orders()]
    task_id = syncing.press_sync(shop.profile_id, ids, "Mei", shop.clock.now())
    shop.sell("T-3")
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    sweep.sweep(shop.tools)
    assert shop.task(task_id).waiting == 0, "drafted"
    sweep.sweep(shop.tools)
    assert shop.task(task_id).posted == 2 and len(shop.invoices()) == 2
    assert shop.order("T-3").tick is Tick.NONE, "and the orders are read"


def test_one_that_fails_does_not_keep_the_others_from_their_turn(shop: World, monkeypatch: pytest.MonkeyPatch):
    shop.sell("T-1")
    shop.pull()
    shop.press_sync()

    def fail(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr(jobs, "READERS", {RunKind.ORDERS: fail, RunKind.REFERENCE: fail, RunKind.ITEMS: fail})
    monkeypatch.setattr(jobs, "draft_task", fail)
    shop.clock.pass_by(shop.tools.timing.pull_s + 1)
    syncing.press_sync(shop.profile_id, [], "Mei", shop.clock.now())
    sweep.sweep(shop.tools)
    assert [each.state for each in shop.operations()] == [OperationState.POSTED]
    states = set(db.session.scalars(select(Run.state).where(Run.kind == RunKind.ORDERS)))
    end_reading()
    assert RunState.FAILED in states


def test_a_task_that_was_begun_this_moment_is_left_to_its_own_worker(shop: World):
    shop.sell("T-1")
    shop.pull()
    task_id = syncing.press_sync(shop.profile_id, [shop.order("T-1").id], "Mei", shop.clock.now())
    assert sweep.tasks_due(shop.tools) == []
    shop.clock.set_wall(-86400)
    assert sweep.tasks_due(shop.tools) == [task_id], "its time lies ahead: the clock was set back"
    shop.clock.set_wall(86400)
    shop.clock.pass_by(shop.tools.timing.sweep_s + 1)
    assert sweep.tasks_due(shop.tools) == [task_id]


def test_a_channel_that_was_never_read_is_asked_for(shop: World):
    assert db.session.scalars(select(StoreChannel.pulled_at)).all() == [None] * 5
    end_reading()
    sweep.ask_for_what_is_old(shop.tools)
    assert len(runs.due(shop.tools)) == 5
    sweep.ask_for_what_is_old(shop.tools)
    assert len(runs.due(shop.tools)) == 5, "once each"


def test_a_channel_that_was_read_by_a_clock_that_went_ahead_is_asked_for_once_it_is_put_right(shop: World):
    shop.clock.set_wall(3600)
    shop.pull()
    sweep.ask_for_what_is_old(shop.tools)
    assert runs.due(shop.tools) == []
    shop.clock.set_wall(-3600)
    sweep.ask_for_what_is_old(shop.tools)
    assert len(runs.due(shop.tools)) == 5
