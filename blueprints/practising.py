"""The practice store and the practice books, connected by a press: in the wizard, and by + Add (P7, P11)."""

from flask import current_app, request
from flask_babel import gettext as _

from adapters.accounting.base import Pace
from adapters.registry import BOOKS
from blueprints.asking import tools
from models import BooksConnection
from sync import connections, practice_systems, pulling
from sync.practice_systems import Systems

PACE = Pace(400.0, 4)
OWN_PACE = frozenset({"quickbooks"})
"""Practice books that let nobody ask faster than the real ones do."""


def asked_books() -> str:
    """The practice books that were chosen in the form; the first ones where none were."""
    asked = request.form.get("books", "")
    return asked if asked in BOOKS else next(iter(BOOKS))


def started() -> Systems:
    """Where the practice systems are; the supervisor starts them where they are not there yet. Empty if it is late."""
    folder = current_app.config["DATA"]
    practice_systems.ask(folder)
    return practice_systems.wait_for(folder, tools())


def is_on() -> bool:
    """Whether a practice store is connected, so that further practice books make sense."""
    return practice_systems.is_connected(current_app.config["DATA"])


def connect_store(systems: Systems) -> None:
    """The practice store, with its channels."""
    store = connections.connect_store("sitegiant", _("Practice store"), systems["sitegiant"], tools(), PACE.per_second)
    pulling.pull_channels(store.id, tools())


def connect_books(kind: str, systems: Systems) -> BooksConnection:
    """The practice books of one kind; raises RemoteError where they do not answer."""
    pace = BOOKS[kind].pace if kind in OWN_PACE else PACE
    name = _("Practice company")
    return connections.connect_books(kind, name, systems[kind], tools(), pace.per_second, pace.in_flight)
