"""Codes, access and refresh tokens: their lives (quickbooks-online.md 1.4 to 1.7)."""

from __future__ import annotations

import hashlib
import secrets
import time
from collections.abc import Callable

from practice.quickbooks.clock import Clock
from practice.quickbooks.switches import Switches
from practice.storage import Storage, Unit
from practice.web import Doc

ALIVE, REVOKED, DISCONNECTED = "alive", "revoked", "disconnected"
GRANTS, CODES, REFRESH, ACCESS = "oauth.grants", "oauth.codes", "oauth.refresh", "oauth.access"
ACCOUNTING, OPENID = "com.intuit.quickbooks.accounting", "openid"
SHORTEST, LONGEST = 20, 4096


class InvalidGrant(Exception):
    """The token endpoint says no: HTTP 400 invalid_grant."""


class BadToken(Exception):
    """The bearer token is not good: HTTP 401; `code` is the fault's."""

    def __init__(self, detail: str | None, code: str = "3200") -> None:
        """Say what is wrong with it."""
        super().__init__(detail or "")
        self.detail, self.code = detail, code


class Disconnected(Exception):
    """The company is no longer connected to the app: HTTP 403."""


class Grants:
    """Every consent that was given, with its tokens; thread-safe through the storage.

    Moments are seconds since 1970; they come back from the file as Decimals, so sums are made of `float(...)`.
    """

    def __init__(self, storage: Storage, clock: Clock, switches: Callable[[], Switches]) -> None:
        """Keep them in this storage; they outlive restarts and resets."""
        self._storage, self._clock, self._switches = storage, clock, switches
        self._answered: dict[str, float] = {}

    def new_code(self, realm: str, scope: str, redirect_uri: str, nonce: str) -> str:
        """A code for a consent: good once, and for a short time."""
        code = f"XAB{secrets.token_urlsafe(32)}"
        expires = self._clock.now() + self._switches().code_s
        record = {"realm": realm, "scope": scope, "redirect_uri": redirect_uri, "expires": expires, "nonce": nonce}
        with self._storage.writing() as unit:
            unit.put(CODES, code, record)
        return code

    def redeem(self, code: str, redirect_uri: str) -> Doc:
        """The tokens for a code; answers the grant with `access_token` in it."""
        with self._storage.writing() as unit:
            record = self._storage.find(CODES, code)
            if record is None or record["expires"] < self._clock.now() or record["redirect_uri"] != redirect_uri:
                raise InvalidGrant("Invalid authorization code")
            unit.delete(CODES, code)
            return self._begun(unit, record["realm"], record["scope"], _new_refresh_token()) | {
                "nonce": record["nonce"]
            }

    def knows(self, refresh_token: str) -> bool:
        """Whether this token was ever given out."""
        return self._storage.find(REFRESH, refresh_token) is not None

    def begin(self, realm: str, refresh_token: str | None = None) -> Doc:
        """A consent without a browser, for the pasted token."""
        with self._storage.writing() as unit:
            return self._begun(unit, realm, ACCOUNTING, refresh_token or _new_refresh_token())

    def refresh(self, token: str, arrived: float) -> Doc:
        """A new access token; the refresh token's value changes when it is old enough (1.5)."""
        with self._storage.writing() as unit:
            grant = self._of_refresh_token(token)
            if self._switches().refuse_overlapping_refresh and arrived < self._answered.get(grant["id"], 0.0):
                raise InvalidGrant("Token invalid")
            now = self._clock.now()
            if now - float(grant["changed"]) >= self._switches().rotate_after_s:
                grant = grant | {"refresh_token": _new_refresh_token(), "changed": now}
            grant = grant | {"refresh_expires": now + self._switches().refresh_s}
            self._answered[grant["id"]] = time.monotonic()
            return self._saved(unit, grant)

    def revoke(self, token: str) -> bool:
        """Make a grant's tokens dead, by either of them; False where the token is unknown."""
        record = self._storage.find(REFRESH, token) or self._storage.find(ACCESS, token)
        if record is None:
            return False
        self._end(record["grant"], REVOKED)
        return True

    def disconnect(self, realm: str) -> None:
        """What the company's owner does inside QuickBooks: all its grants end."""
        for grant in self._storage.rows(GRANTS):
            if grant["realm"] == realm and grant["state"] == ALIVE:
                self._end(grant["id"], DISCONNECTED)

    def admit(self, header: str) -> Doc:
        """The grant of an Authorization header; raises BadToken or Disconnected."""
        scheme, _, token = header.partition(" ")
        if scheme != "Bearer":
            raise BadToken(None)
        if not token:
            raise BadToken(None, "3202")
        if not SHORTEST <= len(token) <= LONGEST:
            raise BadToken("Malformed bearer token: too short or too long")
        record = self._storage.find(ACCESS, token)
        grant = self._storage.find(GRANTS, record["grant"]) if record else None
        if record is None or grant is None:
            raise BadToken(None)
        if grant["state"] == DISCONNECTED:
            raise Disconnected
        if grant["state"] != ALIVE or record["expires"] <= self._clock.now():
            raise BadToken(f"Token expired: {hashlib.sha256(token.encode()).hexdigest()[:24]}")
        return grant

    def left_s(self, grant: Doc) -> tuple[int, int]:
        """How long the refresh token lives: rolling, and at most."""
        now = self._clock.now()
        hard = float(grant["began"]) + self._switches().hard_s - now
        return int(min(float(grant["refresh_expires"]) - now, hard)), int(hard)

    def _begun(self, unit: Unit, realm: str, scope: str, refresh_token: str) -> Doc:
        now = self._clock.now()
        grant = {
            "id": secrets.token_hex(8),
            "realm": realm,
            "scope": scope,
            "began": now,
            "state": ALIVE,
            "refresh_token": refresh_token,
            "changed": now,
            "refresh_expires": now + self._switches().refresh_s,
        }
        return self._saved(unit, grant)

    def _saved(self, unit: Unit, grant: Doc) -> Doc:
        """Save a grant and its refresh token; a new access token beside."""
        unit.put(GRANTS, grant["id"], grant)
        unit.put(REFRESH, grant["refresh_token"], {"grant": grant["id"]})
        access, token_s = f"eyJ{secrets.token_urlsafe(96)}", self._switches().token_s
        unit.put(ACCESS, access, {"grant": grant["id"], "expires": self._clock.now() + token_s})
        return grant | {"access_token": access, "expires_in": int(token_s)}

    def _of_refresh_token(self, token: str) -> Doc:
        """The grant whose present refresh token this is."""
        record = self._storage.find(REFRESH, token)
        if record is None:
            raise InvalidGrant("Incorrect or invalid refresh token")
        grant = self._storage.find(GRANTS, record["grant"])
        if grant is None or grant["state"] != ALIVE or grant["refresh_token"] != token or self.left_s(grant)[0] <= 0:
            raise InvalidGrant("Token invalid")
        return grant

    def _end(self, grant_id: str, state: str) -> None:
        with self._storage.writing() as unit:
            grant = self._storage.find(GRANTS, grant_id)
            if grant is not None:
                unit.put(GRANTS, grant_id, grant | {"state": state})


def _new_refresh_token() -> str:
    return f"RT1-{secrets.token_urlsafe(36)}"
