"""The database: its session, its exact column types, and the one way to write."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Context, Decimal, Inexact
from enum import StrEnum
from typing import Any

from flask import has_app_context
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import BigInteger, DateTime, Dialect, Engine, Enum, MetaData, String, event
from sqlalchemy.engine import Connection
from sqlalchemy.orm import DeclarativeBase, Session
from sqlalchemy.types import TypeDecorator

from clock import Stamp

try:
    import pysqlite3
except ImportError:  # no wheel for this machine
    pysqlite3 = None

EXACT = Context(prec=38, traps=[Inexact])
"""Whoever rounds silently, is stopped."""

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """All tables of Tillbridge."""

    metadata = MetaData(naming_convention=NAMES)


db = SQLAlchemy(metadata=Base.metadata, session_options={"expire_on_commit": False})


class Exact(TypeDecorator[Decimal]):
    """A Decimal kept as a whole number of its smallest part: exact, and summed by SQL, in every database."""

    impl, cache_ok = BigInteger, True
    decimals = 0

    def process_bind_param(self, value: Decimal | None, dialect: Dialect) -> int | None:
        """Refuses a value that would have to be rounded."""
        if value is None:
            return None
        return int(EXACT.to_integral_exact(EXACT.scaleb(value, self.decimals)))

    def process_result_value(self, value: int | None, dialect: Dialect) -> Decimal | None:
        """Always with all its decimals."""
        return None if value is None else Decimal(value).scaleb(-self.decimals)


class Money(Exact):
    """An amount, 4 decimals."""

    cache_ok, decimals = True, 4


class Price(Exact):
    """A price, 8 decimals."""

    cache_ok, decimals = True, 8


class Rate(Exact):
    """An exchange rate or a rate of tax, 10 decimals."""

    cache_ok, decimals = True, 10


class Instant(TypeDecorator[datetime]):
    """An aware moment, kept in UTC."""

    impl, cache_ok = DateTime, True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuses a moment without a zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a moment without a time zone")
        return value.astimezone(UTC).replace(tzinfo=None)

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Aware again."""
        return None if value is None else value.replace(tzinfo=UTC)


class StampColumn(TypeDecorator[Stamp]):
    """A Stamp of the clock, as text."""

    impl, cache_ok = String(80), True

    def process_bind_param(self, value: Stamp | None, dialect: Dialect) -> str | None:
        """As text."""
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> Stamp | None:
        """As a Stamp."""
        return None if value is None else Stamp.parse(value)


def words(kind: type[StrEnum]) -> Enum:
    """A column that holds the words of an enumeration and refuses others."""
    longest = max(len(each.value) for each in kind)
    return Enum(
        kind,
        native_enum=False,
        create_constraint=True,
        values_callable=lambda members: [each.value for each in members],
        name=kind.__name__.lower(),
        length=longest + 8,
    )


# --- ids --------------------------------------------------------------------------------------------------------


LAST_ID = 2**31 - 1
"""The highest number that an Integer holds in both databases."""


def is_row_id(text: str) -> bool:
    """True for what may be the id of a row, or a place in a list, as an address or a form says it."""
    return text.isascii() and text.isdigit() and len(text) <= len(str(LAST_ID)) and int(text) <= LAST_ID


def row_id(text: str) -> int:
    """That number; ValueError for all else, so that Werkzeug's `type=row_id` takes the default."""
    if not is_row_id(text):
        raise ValueError(text[:20])
    return int(text)


# --- reading and writing ----------------------------------------------------------------------------------------


WRITES = "writes"


@contextmanager
def writing() -> Iterator[Session]:
    """One transaction that may write: committed at the end, rolled back by an error. Not to be nested.

    Everything else is read-only, and both databases hold it (`_begin`)."""
    end_reading()
    session: Session = db.session()
    session.connection(execution_options={"writes": True})
    session.info[WRITES] = True
    try:
        yield session
        session.commit()
    except BaseException:
        session.rollback()
        raise
    finally:
        session.info[WRITES] = False


def end_reading() -> None:
    """Let go of the snapshot that reads of this session hold, before a call to another system.

    Inside `writing()` it would commit half of a write: that is a bug, and raises."""
    session = db.session()
    if session.info.get(WRITES):
        raise RuntimeError("a transaction that writes is ended by its block alone")
    if session.in_transaction():
        session.commit()


def abandon() -> None:
    """After an error: nothing of this session is kept."""
    db.session.rollback()


def is_in_transaction() -> bool:
    """True while this thread's session holds a transaction open; a thread without an app context has no session."""
    return has_app_context() and bool(db.session().in_transaction())


def engine_options(url: str) -> dict[str, Any]:
    """How the engine is to be made for this database."""
    if not url.startswith("sqlite"):
        return {"pool_pre_ping": True}
    return {"module": pysqlite3} if pysqlite3 and needs_newer_sqlite() else {}


def needs_newer_sqlite() -> bool:
    """True where the system's SQLite still has the WAL-reset bug (fixed in 3.51.3)."""
    return sqlite3.sqlite_version_info < (3, 51, 3)


def journal_mode() -> str:
    """WAL where it is safe with several processes, else the rollback journal."""
    return "DELETE" if needs_newer_sqlite() and not pysqlite3 else "WAL"


def attach_rules(engine: Engine) -> None:
    """SQLite's settings per connection; on both databases, what kind of transaction begins."""
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _settings)
    event.listen(engine, "begin", _begin)


def _settings(raw: Any, _record: object) -> None:
    raw.isolation_level = None  # we emit BEGIN ourselves
    for pragma in (f"journal_mode={journal_mode()}", "synchronous=FULL", "busy_timeout=10000", "foreign_keys=ON"):
        raw.execute(f"PRAGMA {pragma}")


def _begin(connection: Connection) -> None:
    """Read-only unless `writing()` asked for more; a write waits for its turn at its beginning, not in the middle."""
    writes = connection.get_execution_options().get("writes", False)
    if connection.dialect.name != "sqlite":
        if not writes:
            connection.exec_driver_sql("SET TRANSACTION READ ONLY")
        return
    connection.exec_driver_sql(f"PRAGMA query_only={'OFF' if writes else 'ON'}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")
