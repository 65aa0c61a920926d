"""The front door: makes the app, and the commands that the supervisor starts."""

from pathlib import Path

import click
from flask import Flask
from flask.cli import with_appcontext

import jobs
from adapters.addresses import AddressRule
from clock import Clock, SystemClock
from config import Config, read_config
from logs import set_up_logs
from models import db
from models.base import attach_rules, engine_options
from sync import practice_systems
from sync.tools import Tools
from sync.vault import KEY_FILE, read_vault

QUEUES = ["work", "long"]


def create_app(config: Config | None = None, clock: Clock | None = None) -> Flask:
    """The web app, with everything that its jobs need too; without a config it is a process of its own."""
    from flask_migrate import Migrate

    import blueprints
    from blueprints import ringing

    config = config or _own_config()
    app = create_worker(config, clock)
    Migrate(app, db, directory=str(Path(__file__).parent / "migrations"))
    blueprints.install(app, config, app.extensions["tillbridge"].vault)
    ringing.install(app, jobs.BELLS)
    return app


def create_worker(config: Config | None = None, clock: Clock | None = None) -> Flask:
    """The app without its pages, for workers and the sweep: it starts sooner and takes less memory."""
    config = config or _own_config()
    app = Flask(__name__)
    app.config.update(
        SQLALCHEMY_DATABASE_URI=config.database_url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(config.database_url),
        RQ_CONNECTION=config.redis_url,
        RQ_QUEUES=QUEUES,
        RQ_ASYNC=True,
        STOP_FILE=config.stop_file,
        SETUP_CODE=config.setup_code,
        DATA=config.data,
    )
    db.init_app(app)
    jobs.rq.init_app(app)
    with app.app_context():
        attach_rules(db.engine)
        jobs.use_json()
    app.extensions["tillbridge"] = make_tools(config, clock or SystemClock())
    app.cli.add_command(sweep_command)
    return app


def _own_config() -> Config:
    """Of a process of its own: read from the environment; it logs."""
    set_up_logs()
    return read_config()


def make_tools(config: Config, clock: Clock) -> Tools:
    """What sync works with."""
    return Tools(
        timing=config.timing,
        clock=clock,
        vault=read_vault(config.key, config.data / KEY_FILE),
        rule_of=lambda: AddressRule(
            listed=frozenset(config.allowed_hosts),
            practice=frozenset(config.practice) | practice_systems.addresses(config.data),
        ),
        time_scale=config.time_scale,
    )


# --- commands ---------------------------------------------------------------------------------------------------


@click.command("sweep")
@with_appcontext
def sweep_command() -> None:
    """Ring for what is due, every few seconds, until told to stop."""
    from jobs.sweep import run_for_ever

    run_for_ever(jobs.tools(), jobs.must_stop)
