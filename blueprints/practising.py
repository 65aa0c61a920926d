"""The practice stores and the practice books, connected by a press: in the wizard, and by + Add (P7, P11)."""

from collections.abc import Mapping
from typing import Any

from flask import current_app, request
from flask_babel import gettext as _

from adapters.accounting.base import Pace
from adapters.registry import BOOKS, STORES
from blueprints.asking import tools
from documents import Message
from models import BooksConnection, StoreConnection
from sync import connections, practice_systems, profiles, pulling
from sync.practice_systems import Systems

PACE = Pace(400.0, 4)
OWN_PACE = frozenset({"quickbooks", "ecwid", "shopify"})
"""Practice systems that let nobody ask faster than the real ones do."""
COMPANY = ":"
"""Between the kind of books and one of its companies, in a choice."""


# --- what is chosen ---------------------------------------------------------------------------------------------


def stores() -> Mapping[str, Any]:
    """The kinds of stores that there is a practice shop of."""
    return {kind: adapter for kind, adapter in STORES.items() if adapter.can_be_asked}


def asked_store() -> str:
    """The practice store that was chosen in the form; the first one where none was."""
    asked = request.form.get("store", "")
    return asked if asked in stores() else next(iter(stores()))


def asked_books() -> tuple[str, str]:
    """The practice books that were chosen in the form, the first ones where none were; and their company, if said."""
    kind, _sep, company = request.form.get("books", "").partition(COMPANY)
    return (kind, company) if kind in BOOKS else (next(iter(BOOKS)), "")


def books() -> dict[str, str]:
    """Practice books to choose from, with their labels; of some each company, once the practice systems told them."""
    found: dict[str, str] = {}
    told = practice_systems.systems(current_app.config["DATA"])
    for kind, adapter in BOOKS.items():
        found[kind] = adapter.label
        for each in practice_systems.companies_of(told, kind)[1:]:
            found[f"{kind}{COMPANY}{each['realm_id']}"] = f"{adapter.label}: {each['name']} ({each['country']})"
    return found


def why_not(store: str, kind: str) -> Message | None:
    """Why this practice store does not go with these books; None where it does."""
    return profiles.why_not(store, kind, _name_of(store))


# --- connecting -------------------------------------------------------------------------------------------------


def started() -> Systems:
    """Where the practice systems are; the supervisor starts them where they are not there yet. Empty if it is late."""
    folder = current_app.config["DATA"]
    practice_systems.ask(folder)
    return practice_systems.wait_for(folder, tools())


def is_on() -> bool:
    """Whether a practice store is connected, so that further practice books make sense."""
    return practice_systems.is_connected(current_app.config["DATA"])


def connect_store(kind: str, systems: Systems) -> tuple[StoreConnection, str | None]:
    """The practice store of a kind, with its channels; and the currency that it sells in."""
    pace = STORES[kind].pace if kind in OWN_PACE else PACE.per_second
    store = connections.connect_store(kind, _name_of(kind), systems[kind], tools(), pace)
    channels = pulling.pull_channels(store.id, tools())
    return store, next((each.currency for each in channels if each.currency), None)


def _name_of(kind: str) -> str:
    return _("Practice store (%(system)s)", system=STORES[kind].label)


def connect_books(kind: str, systems: Systems, company: str = "", currency: str | None = None) -> BooksConnection:
    """The practice books of one kind; raises RemoteError where they do not answer.

    Where there are several companies: the one that was asked for, else the first with this home currency."""
    pace = BOOKS[kind].pace if kind in OWN_PACE else PACE
    given = {**systems[kind], **practice_systems.company_of(systems, kind, company, currency)}
    name = _("Practice company")
    return connections.connect_books(kind, name, given, tools(), pace.per_second, pace.in_flight)
