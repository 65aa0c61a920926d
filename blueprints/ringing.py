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
    """The bells by what they ring for: run, task, drain, write_back, check_books, check_store."""
    app.extensions[PLACE] = bells


def ring_run(run_id: int) -> None:
    """A reading was asked for."""
    _ring("run", run_id)


def ring_task(task_id: int) -> None:
    """A task waits to be drafted."""
    _ring("task", task_id)


def ring_drain(books_id: int) -> None:
    """Books have something due."""
    _ring("drain", books_id)


def ring_write_back(store_id: int) -> None:
    """A store has numbers to take."""
    _ring("write_back", store_id)


def ring_check_books(books_id: int) -> None:
    """Books are to be asked how they do."""
    _ring("check_books", books_id)


def ring_check_store(store_id: int) -> None:
    """A store is to be asked how it does."""
    _ring("check_store", store_id)


def _ring(name: str, row_id: int) -> None:
    current_app.extensions[PLACE][name](row_id)
