"""What people do inside QuickBooks, through the control API: README.md has the table of calls."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from practice.quickbooks import desk
from practice.quickbooks.books import public
from practice.quickbooks.desk import Operation
from practice.quickbooks.entities import ENTITIES
from practice.quickbooks.entity import Entity
from practice.quickbooks.faults import Refused
from practice.quickbooks.write import Wish, Write
from practice.routes import Routes
from practice.web import Answer, Doc, Request

if TYPE_CHECKING:
    from practice.quickbooks import QuickBooks

MADE = {"inactivate": {"Active": False}, "reactivate": {"Active": True}}


class BooksPeople:
    """The bookkeepers of all companies."""

    def __init__(self, quickbooks: QuickBooks) -> None:
        """Act in these companies."""
        self._quickbooks = quickbooks

    def add_to(self, routes: Routes) -> None:
        """Hang the calls into the control API's table."""
        routes.add("POST", "/quickbooks/{realm}/grant", self._grant)
        routes.add("POST", "/quickbooks/{realm}/disconnect", self._disconnect)
        routes.add("PATCH", "/quickbooks/{realm}/preferences", self._change_preferences)
        routes.add("GET", "/quickbooks/{realm}/{entity}", self._listed)
        routes.add("POST", "/quickbooks/{realm}/{entity}", self._create)
        routes.add("PATCH", "/quickbooks/{realm}/{entity}/{id}", self._change)
        routes.add("DELETE", "/quickbooks/{realm}/{entity}/{id}", self._delete)
        routes.add("POST", "/quickbooks/{realm}/{entity}/{id}/{what}", self._act)

    def _grant(self, request: Request, realm: str) -> Answer:
        """A refresh token for the company, as from Intuit's OAuth Playground; and an access token."""
        self._known(realm)
        grant = self._quickbooks.grants.begin(realm)
        return Answer({"realm_id": realm, **{name: grant[name] for name in ("refresh_token", "access_token")}})

    def _disconnect(self, request: Request, realm: str) -> Answer:
        """The owner takes the app's access away, inside QuickBooks."""
        self._known(realm)
        self._quickbooks.grants.disconnect(realm)
        return Answer({})

    def _change_preferences(self, request: Request, realm: str) -> Answer:
        """Sections are merged: {"AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}}; null takes a setting away."""
        changes = request.json()

        def operation(write: Write) -> Doc:
            old = write.find("Preferences", "1") or {}
            merged = {name: _merged(old.get(name, {}), section) for name, section in changes.items()}
            return write.change("Preferences", old | merged)

        return self._done(realm, operation)

    def _listed(self, request: Request, realm: str, name: str) -> Answer:
        """Every record of an entity, inactive and hidden ones too."""
        entity = _entity(name)
        return Answer([public(record) for record in self._known(realm).books.rows(entity.name)])

    def _create(self, request: Request, realm: str, name: str) -> Answer:
        """Body as for the API."""
        return self._done(realm, desk.save(_entity(name), request.json()))

    def _change(self, request: Request, realm: str, name: str, key: str) -> Answer:
        """Fields are merged as by a sparse update, whatever the SyncToken is."""
        return self._done(realm, self._edit(_entity(name), key, request.json()))

    def _delete(self, request: Request, realm: str, name: str, key: str) -> Answer:
        """A transaction is deleted, with its stub in change data capture."""
        return self._done(realm, self._at_present(_entity(name), key, desk.delete))

    def _act(self, request: Request, realm: str, name: str, key: str, what: str) -> Answer:
        """`void`, `inactivate` or `reactivate`."""
        entity = _entity(name)
        if what == "void":
            void = self._at_present(entity, key, lambda entity, body: desk.void(entity, body, entity.voided_by or "-"))
            return self._done(realm, void)
        return self._done(realm, self._edit(entity, key, MADE[what]))

    def _edit(self, entity: Entity, key: str, changes: Doc) -> Operation:
        return self._at_present(entity, key, lambda entity, body: desk.save(entity, body | {"sparse": True} | changes))

    def _at_present(self, entity: Entity, key: str, make: Any) -> Operation:
        """An operation on the record as it is now."""

        def operation(write: Write) -> Doc:
            record = desk.found(write, entity, key)
            done: Doc = make(entity, {"Id": key, "SyncToken": record["SyncToken"]})(write)
            return done

        return operation

    def _done(self, realm: str, operation: Operation) -> Answer:
        try:
            return Answer(public(self._known(realm).perform(Wish(by_person=True), operation)))
        except Refused as error:
            raise ValueError(str(error)) from error

    def _known(self, realm: str) -> desk.Desk:
        if not self._quickbooks.books(realm).info:
            raise ValueError(f"no company {realm}")
        return self._quickbooks.desk(realm)


def _entity(name: str) -> Entity:
    found = {known.lower(): entity for known, entity in ENTITIES.items()}
    return found[name.lower()]


def _merged(old: Doc, changes: Doc) -> Doc:
    return {name: value for name, value in (old | changes).items() if value is not None}
