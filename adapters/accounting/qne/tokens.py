"""The bearer token of one API key, shared by threads and renewed once for all of them."""

import base64
import binascii
import datetime as dt
import threading
from dataclasses import dataclass

from adapters.accounting.qne import contract
from adapters.errors import LoginRefused, NotAllowed, OutcomeUnknown, Refused
from adapters.http import Http, decode
from adapters.settings import Clock
from documents import N_, say


@dataclass(frozen=True, slots=True)
class Identity:
    """Whom the key belongs to, as the token says."""

    tenant: str
    company: str


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    renew_at: dt.datetime
    identity: Identity


class Tokens:
    """Exchanges the API key for a token when one is needed (qne.md section 2, N1)."""

    def __init__(self, http: Http, base_url: str, api_key: str, clock: Clock) -> None:
        self._http, self._base_url, self._api_key, self._clock = http, base_url, api_key, clock
        self._lock = threading.Lock()
        self._token: _Token | None = None

    def get(self, refused: str | None = None) -> str:
        """A token that works; `refused` is one that did not: it is renewed unless another thread has done so."""
        return self._get(refused).text

    def identity(self) -> Identity:
        """Tenant and company of the key."""
        return self._get(None).identity

    def _get(self, refused: str | None) -> _Token:
        with self._lock:
            token = self._token
            if token is None or token.text == refused or self._clock() >= token.renew_at:
                token = self._token = self._connect()
            return token

    def _connect(self) -> _Token:
        """The key has to stand in the query; it is never logged."""
        reply = self._http.request(
            "GET", self._base_url + contract.CONNECT, params={"api-key": self._api_key}, read_s=contract.CONNECT_S
        )
        try:
            data = contract.data_of(reply, writes=False)
        except (Refused, NotAllowed, LoginRefused) as error:
            message, cause = error.message, error.cause
        else:
            return self._read(data)
        raise LoginRefused(message, cause)

    def _read(self, data: object) -> _Token:
        record = {"token": data} if isinstance(data, str) else contract.record_of(data) or {}
        text = contract.text(record, "token", "accessToken")
        if not text:
            raise OutcomeUnknown(say(N_("{system} gave no session for the key."), system=self._http.label))
        self._http.hide(text)
        claims = read_claims(text)
        tenant = contract.text({**record, **claims}, "tenantCode", "tenant", "tenantId")
        company = contract.text({**record, **claims}, "company", "companyName")
        return _Token(text, self._clock() + useful_life(claims, self._clock()), Identity(tenant, company))


def read_claims(token: str) -> contract.Record:
    """The claims of a JWT, its signature not verified: only the server judges it; {} where it is none."""
    try:
        middle = token.split(".")[1]
        claims = decode(base64.urlsafe_b64decode(middle + "=" * (-len(middle) % 4)))
    except (IndexError, ValueError, binascii.Error):
        return {}
    return claims if isinstance(claims, dict) else {}


def useful_life(claims: contract.Record, now: dt.datetime) -> dt.timedelta:
    """How long to use a token: until 2 minutes before its end, or half its life where that is short (N1).

    Counted from `iat` where there is one, so that a difference of clocks does not count."""
    ends, begins = contract.number(claims, "exp"), contract.number(claims, "iat")
    if ends is None:
        return contract.TOKEN_LIFE - contract.RENEW_EARLY
    life = dt.timedelta(seconds=float(ends) - (float(begins) if begins is not None else now.timestamp()))
    if life <= dt.timedelta(0):  # our clock is ahead of theirs: a 401 will tell
        return contract.TOKEN_LIFE - contract.RENEW_EARLY
    return max(life - contract.RENEW_EARLY, life / 2)
