"""RQ's entry points. A job is a hint that carries ids: it may be lost or run twice, the sweep and the ledger hold."""

import logging
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from flask import current_app
from flask_rq import RQ
from redis.exceptions import RedisError
from rq import Worker
from rq.serializers import JSONSerializer
from rq.worker import BaseWorker

from failpoints import hit
from models import RunKind
from sync import (
    alignment_run,
    completing,
    connections,
    gaps,
    posting,
    proof_run,
    reading_stores,
    reference_run,
    runs,
    syncing,
    trashing,
    write_back,
)
from sync.exchange import file_run
from sync.tools import Tools
from sync.uploads import applying, reading

log = logging.getLogger(__name__)


class Queues(RQ):
    """Flask-RQ, with workers that fork for each job: a new Python would first import the whole app, for a second.

    A worker itself opens no database, so a job inherits no connection. Elsewhere than on Linux a fork is not safe."""

    def make_worker(self, queues: Sequence[str] | None = None, **options: Any) -> BaseWorker:
        """The worker of `flask rq worker`."""
        if sys.platform != "linux":
            return super().make_worker(list(queues or ()), **options)
        wanted = [self.get_queue(name) for name in queues or self.queues]
        return Worker(wanted, job_class=wanted[0].job_class, serializer=JSONSerializer, **options)


rq = Queues()
READERS: dict[RunKind, runs.Reader] = {
    RunKind.ORDERS: reading_stores.read_orders,
    RunKind.ITEMS: reading_stores.read_items,
    RunKind.REFERENCE: reference_run.pull_reference,
    RunKind.PROOF: proof_run.prove_profile,
    RunKind.DETAILS: completing.complete_items,
    RunKind.ALIGNMENT: alignment_run.align,
    RunKind.GAPS: gaps.count_orders,
    RunKind.MISSING: reading_stores.fetch_missing,
    RunKind.FILE: reading.read_file,
    RunKind.APPLY: applying.apply_file,
    RunKind.RECORDS: file_run.work,
}
MOST_HINTS = 200
"""A queue that is longer needs no more hints: the sweep rings again when it is shorter."""


def tools() -> Tools:
    """What the app made for sync."""
    made: Tools = current_app.extensions["tillbridge"]
    return made


def use_json() -> None:
    """Jobs are JSON: a pickle in the queue is refused, not executed. Flask-RQ has no setting for it."""
    for queue in rq.queues.values():
        queue.serializer = JSONSerializer


@rq.job(queue="work")
def drain(books_id: int) -> None:
    """Send what is due to one company's books, for one slice; ring again while something is due."""
    if posting.drain(books_id, tools(), must_stop):
        ring_drain(books_id)
    hit("p7")


@rq.job(queue="work")
def draft_task(task_id: int) -> None:
    """Draft a task's orders into the ledger."""
    syncing.draft_task(task_id, tools(), ring_drain, must_stop)


@rq.job(queue="work")
def trash_task(task_id: int) -> None:
    """Carry out the trash of a task that a person confirmed."""
    trashing.go_on(task_id, tools(), ring_drain, must_stop)


@rq.job(queue="long")
def read(run_id: int) -> None:
    """Read a store or the books' lists."""
    runs.work(run_id, READERS, tools(), must_stop)


@rq.job(queue="work")
def write_numbers(store_id: int) -> None:
    """Write the books' numbers back into a store's orders."""
    write_back.write(store_id, tools(), must_stop)


@rq.job(queue="work")
def check_books(books_id: int) -> None:
    """See how a connection to books does."""
    connections.check_books(books_id, tools())


@rq.job(queue="work")
def check_store(store_id: int) -> None:
    """See how a connection to a store does."""
    connections.check_store(store_id, tools())


def must_stop() -> bool:
    """True when the supervisor asked everything to come to a good end."""
    file: Path | None = current_app.config["STOP_FILE"]
    return file is not None and file.exists()


def ring_drain(books_id: int) -> bool:
    """Tell a worker that books have something due; False when Redis cannot be reached: the sweep finds it."""
    return _ring(drain, books_id)


def ring_task(task_id: int) -> bool:
    """Tell a worker that a task waits to be drafted."""
    return _ring(draft_task, task_id)


def ring_trash(task_id: int) -> bool:
    """Tell a worker that a task is to be trashed."""
    return _ring(trash_task, task_id)


def ring_run(run_id: int) -> bool:
    """Tell a worker that a reading was asked for."""
    return _ring(read, run_id)


def ring_write_back(store_id: int) -> bool:
    """Tell a worker that a store has numbers to take."""
    return _ring(write_numbers, store_id)


def ring_check_books(books_id: int) -> bool:
    """Tell a worker that books are to be asked how they do."""
    return _ring(check_books, books_id)


def ring_check_store(store_id: int) -> bool:
    """Tell a worker that a store is to be asked how it does."""
    return _ring(check_store, store_id)


def _ring(job, row_id: int) -> bool:  # type: ignore[no-untyped-def]
    try:
        if rq.get_queue(job.queue).count < MOST_HINTS:
            job.enqueue(row_id, result_ttl=0, failure_ttl=3600, job_timeout=600 if job.queue == "work" else 6 * 3600)
    except RedisError as error:
        log.warning("no worker can be told about %s %s: %s", job.func.__name__, row_id, type(error).__name__)
        return False
    return True


BELLS = {"run": ring_run, "task": ring_task, "trash": ring_trash, "drain": ring_drain}
"""What pages ring with: they do not import this module."""
