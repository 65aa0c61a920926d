"""Signing in at Intuit by OAuth 2.0: a person's consent, then tokens that are renewed (section 1 of the reference)."""

import base64
from collections.abc import Mapping
from urllib.parse import urlencode

from adapters import outcomes
from adapters.accounting.base import Grant, SignIn
from adapters.accounting.quickbooks import contract, faults
from adapters.accounting.quickbooks.contract import Record, number, text
from adapters.errors import LoginRefused, OutcomeUnknown, Refused, RemoteError
from adapters.http import Http, Reply, encode
from documents import N_, say


class KeysRefused(LoginRefused):
    """Intuit does not know the app itself."""

    next_step = N_("Copy the client id and client secret from Intuit's developer pages anew.")


class QuickBooksSignIn(SignIn):
    """'Connect with QuickBooks'; the company's id comes with the person who comes back, beside the code."""

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http) -> None:
        super().__init__(settings, secrets, http)
        base_url = settings.get("base_url", "").rstrip("/")
        paths = {"authorize": "authorize", "token": "tokens/bearer", "revoke": "tokens/revoke"}
        own = {each: f"{base_url}/oauth/{path}" for each, path in paths.items()}
        intuit = {"authorize": contract.AUTHORIZE, "token": contract.TOKEN, "revoke": contract.REVOKE}
        self._urls = own if base_url else intuit

    def address(self, state: str, redirect_uri: str) -> str:
        """Section 1.3; `redirect_uri` must be one that is registered, character for character."""
        asked = {
            "client_id": self.settings.get("client_id", ""),
            "response_type": "code",
            "scope": contract.SCOPE,
            "redirect_uri": redirect_uri,
            "state": state,
        }
        return f"{self._urls['authorize']}?{urlencode(asked)}"

    def redeem(self, code: str, redirect_uri: str) -> Grant:
        """Never sent twice: the second answer would void what the first one gave (section 1.5)."""
        return self._grant({"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri})

    def renew(self, refresh_token: str) -> Grant:
        """Never two at once for one company; whatever refresh token comes back replaces the one sent."""
        return self._grant({"grant_type": "refresh_token", "refresh_token": refresh_token})

    def revoke(self, refresh_token: str) -> None:
        """A token that Intuit no longer knows is as dead as it should be."""
        reply = self._post("revoke", "application/json", encode({"token": refresh_token}))
        if not reply.is_ok and not (reply.status == 400 and _error_in(reply) not in _KEYS):
            raise _failure_of(reply)

    def _grant(self, form: Mapping[str, str]) -> Grant:
        reply = self._post("token", "application/x-www-form-urlencoded", urlencode(form).encode())
        if not reply.is_ok:
            raise _failure_of(reply)
        return self._read(reply)

    def _read(self, reply: Reply) -> Grant:
        answer = reply.json()
        told: Record = answer if isinstance(answer, dict) else {}
        access, refresh = text(told, "access_token"), text(told, "refresh_token")
        if not access or not refresh:
            raise OutcomeUnknown(say(N_("{system} gave no tokens."), system=reply.label))
        self.http.hide(access)
        self.http.hide(refresh)
        return Grant(
            access,
            refresh,
            float(number(told, "expires_in") or contract.TOKEN_LIFE_S),
            float(number(told, "x_refresh_token_expires_in") or contract.REFRESH_LIFE_S),
            _seconds(told, "x_refresh_token_hard_expires_in"),
        )

    def _post(self, which: str, content_type: str, body: bytes) -> Reply:
        pair = f"{self.settings.get('client_id', '')}:{self.secrets.get('client_secret', '')}"
        headers = {
            "Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}",
            "Accept": "application/json",
            "Content-Type": content_type,
            "x-include-refresh-token-hard-expires-in": "true",
        }
        return self.http.request("POST", self._urls[which], headers=headers, body=body, read_s=contract.POST_S)


def _seconds(told: Record, name: str) -> float | None:
    found = number(told, name)
    return None if found is None else float(found)


# --- refusals ---------------------------------------------------------------------------------------------------

_KEYS = frozenset({"invalid_client", "unauthorized_client"})


def _error_in(reply: Reply) -> str:
    """The error's word, of JSON that is no Fault (section 1.6); "" where Intuit says nothing."""
    return text(_told_by(reply), "error")


def _told_by(reply: Reply) -> Record:
    try:
        answer = reply.json()
    except OutcomeUnknown:
        return {}
    return answer if isinstance(answer, dict) else {}


def _failure_of(reply: Reply) -> RemoteError:
    """Decided by the word, not by the status, which is not the same everywhere."""
    error, told = _error_in(reply), _told_by(reply)
    trace = reply.headers.get("intuit_tid", "")
    cause = reply.redact(f"HTTP {reply.status}: {error} {text(told, 'error_description')} [intuit_tid {trace}]")
    if error and 400 <= reply.status < 500 and reply.status != 429:
        kind, template = _REFUSALS.get(error, (Refused, N_("{system} refused the sign-in: {reason}")))
        reason = reply.redact(text(told, "error_description") or error)
        return kind(say(template, system=reply.label, reason=reason), cause)
    failure = outcomes.failure_of(reply, None, writes=True)
    failure.cause = f"{failure.cause} [intuit_tid {trace}]"
    return failure


_BAD_KEYS = (
    KeysRefused,
    N_("{system} does not know this client id and client secret: enter those of your app again. ({reason})"),
)
_REFUSALS: dict[str, tuple[type[RemoteError], str]] = {
    "invalid_grant": (
        faults.ReconnectNeeded,
        N_("The consent for {system} has ended or was taken back: connect it again. ({reason})"),
    ),
    **dict.fromkeys(_KEYS, _BAD_KEYS),
}
