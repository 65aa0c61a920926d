"""Whether the app is up: for the supervisor, and for a person who opens the address."""

from flask import Blueprint
from sqlalchemy import text

from blueprints.guard import public
from models import db
from models.base import needs_newer_sqlite, pysqlite3

bp = Blueprint("health", __name__)


@bp.get("/health")
@public
def health() -> tuple[dict[str, object], int]:
    """200 when the database answers; which database, and a warning where its SQLite is an unsafe one."""
    dialect = db.engine.dialect
    db.session.execute(text("SELECT 1"))
    warnings = []
    if dialect.name == "sqlite" and needs_newer_sqlite() and pysqlite3 is None:
        warnings.append("SQLite is older than 3.51.3: the rollback journal is used instead of WAL")
    version = getattr(dialect.dbapi, "sqlite_version", "")
    return {"status": "ok", "database": f"{dialect.name} {version}".strip(), "warnings": warnings}, 200
