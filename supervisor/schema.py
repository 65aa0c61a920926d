"""The database's schema brought up to date, after a backup where there is something to lose."""

import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from alembic.config import Config as AlembicConfig
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from flask import Flask
from flask_migrate import upgrade

from models import db, end_reading
from models.base import pysqlite3

MIGRATIONS = Path(__file__).parent.parent / "migrations"
KEPT = 10


def bring_up_to_date(app: Flask, data: Path) -> bool:
    """Migrate where the schema is older than the code; True when something was done."""
    with app.app_context():
        if _current() == _newest():
            return False
        if db.engine.dialect.name == "sqlite":
            back_up(Path(str(db.engine.url.database)), data / "backups")
        db.engine.dispose()
        upgrade()
        return True


def _current() -> str | None:
    with db.engine.connect() as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    end_reading()
    return found


def _newest() -> str | None:
    config = AlembicConfig()
    config.set_main_option("script_location", str(MIGRATIONS))
    return ScriptDirectory.from_config(config).get_current_head()


def back_up(database: Path, folder: Path) -> Path | None:
    """A checked copy of the database; never a copy of the live file (`reliability.md` 6)."""
    if not database.exists() or database.stat().st_size == 0:
        return None
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    copy = folder / f"tillbridge-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.db"
    engine = pysqlite3 or sqlite3
    source = engine.connect(str(database))
    source.execute("VACUUM INTO ?", (str(copy),))
    source.close()
    copy.chmod(0o600)
    _check(engine.connect(str(copy)))
    for old in sorted(folder.glob("tillbridge-*.db"))[:-KEPT]:
        old.unlink()
    return copy


def _check(connection: sqlite3.Connection) -> None:
    answers = connection.execute("PRAGMA integrity_check").fetchall()
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    if answers != [("ok",)] or broken:
        raise RuntimeError("the backup is damaged; nothing was changed")
