"""Connecting a store or books, and a new key for them: one form for the wizard, + Add and Change key, drawn from what
the adapter declares (P1, P2, P6)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, TypeVar

from flask import request
from flask_babel import lazy_gettext as _l
from flask_wtf import FlaskForm
from wtforms import StringField
from wtforms.validators import DataRequired, Length

from adapters.errors import RemoteError
from adapters.registry import BOOKS, STORES
from blueprints.asking import tools
from blueprints.forms import form_of, typed
from blueprints.profile_form import trimmed
from blueprints.rendering import told
from models import BooksConnection, StoreConnection, abandon
from sync import connections, consents, explained, pulling, tokens
from sync.tools import Tools

Row = TypeVar("Row", BooksConnection, StoreConnection)
REFUSALS = (
    RemoteError,
    connections.WrongCompany,
    connections.WrongShop,
    connections.KeyNeeded,
    consents.ConsentRefused,
)
FILLED_IN = (consents.COMPANY, tokens.REFRESH)
"""What nobody types where the other system lets us in: it comes back with the person."""


@dataclass(slots=True)
class Connecting:
    """The form of one system (`_connect.html`); what it connected, or why it did not; `about` explains that."""

    adapter: Any
    form: FlaskForm
    row: Any = None
    trouble: str = ""
    about: str = ""

    @property
    def needs(self) -> list[str]:
        """What one must have at hand."""
        return needs_of(self.adapter)

    @property
    def modes(self) -> dict[str, str]:
        """Ways to connect, as tabs (P3)."""
        return modes_of(self.adapter)

    @property
    def mode(self) -> str:
        """The tab that is open: of the address, else as it is kept."""
        asked = request.values.get("mode", "")
        return asked if asked in self.modes else self.form["mode"].data or next(iter(self.modes))

    @property
    def status(self) -> int:
        """Of the page that shows it."""
        return 422 if self.form.is_submitted() else 200

    @property
    def given(self) -> dict[str, str]:
        """What was typed, by the declared names."""
        return typed(self.form, [each for each in self.adapter.connection_settings if each.name in self.form])

    def attempt(self, deed: Callable[[], object]) -> "Connecting":
        """Do it, if the form is sent and complete."""
        if self.form.validate_on_submit():
            try:
                self.row = deed()
            except REFUSALS as error:
                abandon()
                self.trouble, self.about = told(error.message), explained.about_error(error)
        return self


def blank(adapter: Any, is_named: bool) -> Connecting:
    """For a system that is not connected yet; `is_named`: it is asked what to call it."""
    name = StringField(_l("Name"), [DataRequired(), Length(max=200)], filters=[trimmed], default=adapter.label)
    made = Connecting(adapter, form_of(adapter.connection_settings, {}, **({"name": name} if is_named else {})))
    if made.modes and made.mode != next(iter(made.modes)) and not made.form.is_submitted():
        made.form["base_url"].data = ""  # the usual address is that of the first way
    return made


def store(kind: str) -> Connecting:
    """A store; its key is tried before it is kept, then its channels are read."""
    made = blank(STORES[kind], is_named=True)

    def connect() -> StoreConnection:
        row = connections.connect_store(kind, made.form["name"].data, made.given, tools())
        pulling.pull_channels(row.id, tools())
        return row

    return made.attempt(connect)


def books(kind: str, is_named: bool = False) -> Connecting:
    """A company's books; the key is tried before it is kept."""
    made = blank(BOOKS[kind], is_named)

    def connect() -> BooksConnection:
        name = made.form["name"].data if is_named else made.adapter.label
        return connections.connect_books(kind, name, made.given, tools())

    return made.attempt(connect)


def new_key(adapter: Any, row: Row, change: Callable[[int, Mapping[str, str], Tools], None]) -> Connecting:
    """Another key of what is connected already; an empty field keeps the one that is there."""
    made = Connecting(adapter, form_of(adapter.connection_settings, row.settings, is_kept=True))

    def enter() -> Row:
        change(row.id, made.given, tools())
        return row

    return made.attempt(enter)


def needs_of(adapter: Any) -> list[str]:
    """What one must have at hand to connect: the labels of what is required and has no default."""
    return [told(each.label) for each in adapter.connection_settings if each.required and not each.default]


def modes_of(adapter: Any) -> dict[str, str]:
    """Ways to connect, each under a tab of its own; stores have none."""
    return dict(getattr(adapter, "modes", ()))


def app_keys(adapter: Any, row: BooksConnection | None = None) -> Connecting:
    """What opens the way to where a person lets us in; of a connection, an empty key keeps the one that is there."""
    asked = [each for each in adapter.connection_settings if each.name not in FILLED_IN]
    return Connecting(adapter, form_of(asked, row.settings if row else {}, is_kept=row is not None))


def asked_kind(known: Mapping[str, Any]) -> str:
    """The system that was chosen in the address or the form; the first one where none was."""
    asked = request.values.get("kind", "")
    return asked if asked in known else next(iter(known))
