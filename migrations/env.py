"""How the schema is changed: on a connection of its own, with SQLite's foreign keys off, checked afterwards.

Alembic rebuilds a table to change it in SQLite; with foreign keys on, that would delete what refers to it."""

from typing import Any

from alembic import context
from flask import current_app
from sqlalchemy import create_engine, event, pool
from sqlalchemy.engine import Connection
from sqlalchemy.types import TypeDecorator

from models import Base

url = current_app.config["SQLALCHEMY_DATABASE_URI"]
options = {key: value for key, value in current_app.config["SQLALCHEMY_ENGINE_OPTIONS"].items() if key == "module"}


def render_plainly(kind: str, item: object, _context: object) -> str | bool:
    """A migration names the database's own types: it must not change when our types do."""
    if kind == "type" and isinstance(item, TypeDecorator):
        return f"sa.{item.impl_instance!r}"
    return False


def migrate(connection: Connection) -> None:
    """Run all migrations in one transaction, and check it before it is committed."""
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        render_as_batch=True,
        render_item=render_plainly,
        transactional_ddl=True,  # Alembic takes SQLite for unable to; it would commit what is refused below
    )
    with context.begin_transaction():
        context.run_migrations()
        if connection.dialect.name == "sqlite":
            refuse_broken_references(connection)


def refuse_broken_references(connection: Connection) -> None:
    """No row may refer to a row that is gone."""
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
    if broken:
        raise RuntimeError(f"the migration broke references: {broken[:5]}")


def prepare_sqlite(raw: Any, _record: object) -> None:
    """Foreign keys off: that works only before BEGIN."""
    raw.isolation_level = None
    raw.execute("PRAGMA busy_timeout=10000")
    raw.execute("PRAGMA foreign_keys=OFF")


def begin_immediately(connection: Connection) -> None:
    """The whole migration is one writing transaction."""
    connection.exec_driver_sql("BEGIN IMMEDIATE")


def run() -> None:
    """Migrate the configured database."""
    engine = create_engine(url, poolclass=pool.NullPool, **options)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", prepare_sqlite)
        event.listen(engine, "begin", begin_immediately)
    with engine.connect() as connection:
        migrate(connection)
        connection.commit()


run()
