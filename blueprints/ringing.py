"""Telling a worker that something waits. Pages and jobs do not know each other: the app hands the bells to the pages.

A bell that nobody hears does no harm: the sweep rings again for whatever is due."""

from collections.abc import Mapping
from typing import Protocol

from flask import Flask, current_app

PLACE = "tillbridge-rings"


class Bell(Protocol):
    """Tells a worker about one row; False when no queue can be reached."""

    def __call__(self, row_id: int, /) -> bool: ...


def install(app: Flask, bells: Mapping[str, Bell]) -> None:
    """The bells by what they ring for: run, task, trash, drain."""
    app.extensions[PLACE] = bells


def ring_run(run_id: int) -> None:
    """A reading was asked for."""
    _ring("run", run_id)


def ring_task(task_id: int) -> None:
    """A task waits to be drafted."""
    _ring("task", task_id)


def ring_trash(task_id: int) -> None:
    """A task is to be trashed."""
    _ring("trash", task_id)


def ring_drain(books_id: int) -> None:
    """Books have something due."""
    _ring("drain", books_id)


def _ring(name: str, row_id: int) -> None:
    current_app.extensions[PLACE][name](row_id)
