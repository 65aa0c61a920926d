"""The migrations make exactly the schema of the models, and changing a schema full of rows breaks no reference."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.config import Config as AlembicConfig
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import downgrade, stamp, upgrade

from app import create_app
from clock import SystemClock
from config import Config
from models import Base, Task, db
from tests import databases

ROWS = 2
MIGRATIONS = Path(__file__).parent.parent.parent / "migrations"


@pytest.fixture(params=databases.KINDS)
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database without anything."""
    with empty_database(request.param, tmp_path) as url:
        app = create_app(Config(tmp_path, url, "unix:///none"), SystemClock())
        with app.app_context():
            yield app
            db.session.remove()
            db.engine.dispose()


@contextmanager
def empty_database(kind: str, data: Path) -> Iterator[str]:
    """A database without tables."""
    if kind == "sqlite":
        yield f"sqlite:///{data / 'x.db'}"
        return
    with databases.fresh_database(kind, data) as url:
        with writer(url).begin() as connection:
            connection.execute(sa.text("DROP SCHEMA public CASCADE"))
            connection.execute(sa.text("CREATE SCHEMA public"))
        yield url


def writer(url: str) -> sa.Engine:
    return sa.create_engine(url, poolclass=sa.pool.NullPool)


@contextmanager
def connected() -> Iterator[sa.Connection]:
    """The app's database, over a connection that the app's rules do not touch."""
    with writer(db.engine.url.render_as_string(hide_password=False)).begin() as connection:
        yield connection


def differences(connection: sa.Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
    return compare_metadata(context, Base.metadata)


def constraints(connection: sa.Connection) -> set[tuple[str, str]]:
    """Names of all checks, uniques, foreign keys and indexes, which alembic does not all compare."""
    seen = sa.inspect(connection)
    found: set[tuple[str, str]] = set()
    for table in Base.metadata.tables:
        many = (seen.get_check_constraints, seen.get_unique_constraints, seen.get_foreign_keys, seen.get_indexes)
        found |= {(table, each["name"]) for get in many for each in get(table) if each["name"]}
    return found


def test_the_migrations_make_exactly_the_schema_of_the_models(empty: Flask, tmp_path: Path):
    upgrade()
    with connected() as connection:
        assert differences(connection) == []
        migrated = constraints(connection)
    kind = db.engine.dialect.name
    folder = tmp_path / "by_models"
    folder.mkdir()
    with databases.fresh_database(kind, folder) as url, writer(url).begin() as connection:
        assert constraints(connection) == migrated, "check constraints and partial indexes too"
    assert {"alembic_version", *Base.metadata.tables} == set(tables())


def newest() -> str:
    """The revision of the schema as it is now."""
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head() or ""


def tables() -> list[str]:
    with connected() as connection:
        return sa.inspect(connection).get_table_names()


# --- rows in every table ------------------------------------------------------------------------------------------


def a_value(column: sa.Column[Any], number: int) -> Any:
    """Something that this column takes."""
    kind = column.type.impl if isinstance(column.type, sa.types.TypeDecorator) else column.type
    if isinstance(column.type, sa.Enum):
        words = list(column.type.enum_class)
        assert issubclass(type(words[0]), Enum)
        return words[number % 2]  # the first schema had these
    plain: dict[type, Any] = {
        sa.Boolean: True,
        sa.DateTime: datetime(2026, 1, 1, number, tzinfo=UTC),
        sa.Date: date(2026, 1, 1),
        sa.JSON: {"n": number},
        sa.LargeBinary: bytes([number]),
        sa.BigInteger: Decimal(number),
        sa.Integer: number,
    }
    found = next((value for each, value in plain.items() if isinstance(kind, each)), None)
    return f"{number}" if found is None else found


def fill(connection: sa.Connection) -> None:
    """Two rows in every table that is there, each referring to rows that are there; stamps of the clock are left
    empty."""
    seen = sa.inspect(connection)
    known = {name: {each["name"] for each in seen.get_columns(name)} for name in seen.get_table_names()}
    for table in (each for each in Base.metadata.sorted_tables if each.name in known):
        columns = [each for each in table.columns if each.name in known[table.name] and not is_stamp(each)]
        then = sa.table(table.name, *(sa.column(each.name, each.type) for each in columns))  # without today's defaults
        for number in range(1, ROWS + 1):
            connection.execute(sa.insert(then).values({each.name: a_value(each, number) for each in columns}))


def is_stamp(column: sa.Column[Any]) -> bool:
    return type(column.type).__name__ == "StampColumn"


def broken(connection: sa.Connection) -> list[Any]:
    if connection.dialect.name != "sqlite":
        return []
    return list(connection.exec_driver_sql("PRAGMA foreign_key_check").all())


def counts(connection: sa.Connection) -> dict[str, int]:
    found = {
        table.name: connection.scalar(sa.select(sa.func.count()).select_from(table))
        for table in Base.metadata.sorted_tables
    }
    return {name: count or 0 for name, count in found.items()}


def test_every_table_takes_rows_and_migrating_again_leaves_them(empty: Flask):
    upgrade()
    with connected() as connection:
        fill(connection)
        before = counts(connection)
    assert set(before.values()) == {ROWS}
    upgrade()
    stamp(revision="head")
    with connected() as connection:
        assert counts(connection) == before and broken(connection) == []


def test_down_and_up_again_ends_with_the_same_schema(empty: Flask):
    upgrade()
    with connected() as connection:
        fill(connection)
    downgrade(revision="base")
    assert set(tables()) <= {"alembic_version"}
    upgrade()
    with connected() as connection:
        assert differences(connection) == [] and broken(connection) == []
        assert set(counts(connection).values()) == {0}


def test_a_database_of_the_first_schema_keeps_its_rows(empty: Flask):
    upgrade(revision="0001")
    with connected() as connection:
        fill(connection)
        before = {name: ROWS for name in tables() if name in Base.metadata.tables}
    upgrade()
    with connected() as connection:
        assert counts(connection).items() >= before.items()
        assert broken(connection) == [] and differences(connection) == []
        tasks = connection.execute(sa.select(Task.is_trashed, Task.trash_after)).all()
    assert tasks == [(True, None)] * ROWS, "what was trashed before is not being trashed now"


def test_a_rebuilt_table_keeps_what_refers_to_it(empty: Flask, tmp_path: Path):
    """Alembic changes a table of SQLite by making it anew; with foreign keys on, that would take others' rows along."""
    upgrade()
    with connected() as connection:
        fill(connection)
        before = counts(connection)
    with a_later_migration(tmp_path) as folder:
        upgrade(directory=str(folder))
        with connected() as connection:
            assert counts(connection) == before and broken(connection) == []
            assert "colour" in {each["name"] for each in sa.inspect(connection).get_columns("books")}
        downgrade(directory=str(folder), revision=newest())
        with connected() as connection:
            assert counts(connection) == before and broken(connection) == [] and differences(connection) == []


def refused(folder: Path) -> None:
    """Migrating fails; Flask-Migrate ends the command for some errors and raises others."""
    with pytest.raises((RuntimeError, SystemExit)):
        upgrade(directory=str(folder))


def test_a_migration_that_breaks_a_reference_is_not_committed(
    empty: Flask, tmp_path: Path, caplog: pytest.LogCaptureFixture
):
    if db.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL refuses it by itself")
    upgrade()
    with connected() as connection:
        fill(connection)
        before = counts(connection)
    with a_later_migration(tmp_path, 'op.execute("DELETE FROM profiles WHERE id = 1")') as folder:
        refused(folder)
    assert "the migration broke references" in caplog.text
    with connected() as connection:
        assert counts(connection) == before and broken(connection) == []


def test_a_migration_that_fails_half_way_changed_nothing(empty: Flask, tmp_path: Path):
    upgrade()
    with a_later_migration(tmp_path, 'raise RuntimeError("half way")') as folder:
        refused(folder)
    with connected() as connection:
        assert differences(connection) == []
        assert connection.scalar(sa.text("SELECT version_num FROM alembic_version")) == newest()


LATER = '''"""A column more."""
import sqlalchemy as sa
from alembic import op

revision, down_revision = "later", "{newest}"

def rebuilt():
    return "always" if op.get_bind().dialect.name == "sqlite" else "never"

def upgrade():
    with op.batch_alter_table("books", recreate=rebuilt()) as table:
        table.add_column(sa.Column("colour", sa.String(10)))
    {more}

def downgrade():
    with op.batch_alter_table("books", recreate=rebuilt()) as table:
        table.drop_column("colour")
'''


@contextmanager
def a_later_migration(folder: Path, more: str = "pass") -> Iterator[Path]:
    """The migrations with one more, in a folder of their own."""
    made = folder / "migrations"
    shutil.copytree(MIGRATIONS, made, ignore=shutil.ignore_patterns("__pycache__"))
    (made / "versions" / "later.py").write_text(LATER.format(more=more, newest=newest()))
    yield made
