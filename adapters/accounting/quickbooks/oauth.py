"""Signing in at Intuit by OAuth 2.0: a person's consent, then tokens that are renewed (section 1 of the reference)."""

import base64
from collections.abc import Mapping
from ipaddress import ip_address
from urllib.parse import urlencode, urlsplit

from adapters import outcomes
from adapters.accounting.base import Grant, SignIn
from adapters.accounting.quickbooks import contract, faults
from adapters.accounting.quickbooks.contract import Record, number, text
from adapters.errors import LoginRefused, OutcomeUnknown, Refused, RemoteError
from adapters.http import Http, Reply, encode
from documents import N_, Message, say

PRODUCTION_NEEDS_NAME = N_(
    "Intuit sends people back to https addresses with a name only, where production keys are used. Open Tillbridge by "
    "such a name (TILLBRIDGE_HTTPS, TILLBRIDGE_HOSTS), or paste a token. Development keys work on localhost."
)

_OWN_PATHS = {"authorize": "authorize", "token": "tokens/bearer", "revoke": "tokens/revoke"}
"""Under an address of one's own, as Intuit's end."""


class KeysRefused(LoginRefused):
    """Intuit does not know the app itself."""

    next_step = N_("Copy the client id and client secret from Intuit's developer pages anew.")


class QuickBooksSignIn(SignIn):
    """'Connect with QuickBooks'; the company's id comes with the person who comes back, beside the code."""

    title = N_("Connect with QuickBooks")
    steps = (
        N_("On developer.intuit.com, sign in with your Intuit account and open My Hub, App dashboard."),
        N_("Create an app: QuickBooks Online and Payments, with the scope Accounting."),
        N_("In the app, open Settings, Redirect URIs, choose Production or Development, and add the address below."),
        N_("Open Keys and credentials, and copy the client ID and the client secret of the same choice."),
    )
    pasting = N_(
        "For a machine in your own network, without https and a name: add the Playground's address to your app, let "
        "Intuit's OAuth 2.0 Playground make a refresh token with the app's keys, and paste it with the company's ID."
    )
    register = "https://quickbooks.intuit.com/"

    def __init__(self, settings: Mapping[str, str], secrets: Mapping[str, str], http: Http) -> None:
        super().__init__(settings, secrets, http)
        base_url = settings.get("base_url", "").rstrip("/")
        own = {each: f"{base_url}/oauth/{path}" for each, path in _OWN_PATHS.items()}
        intuit = {"authorize": contract.AUTHORIZE, "token": contract.TOKEN, "revoke": contract.REVOKE}
        self._urls = own if base_url else intuit

    @classmethod
    def objection(cls, settings: Mapping[str, str], redirect_uri: str) -> Message | None:
        """Section 1.3: by production keys only https, and no bare IP address; a name of this machine alone is none."""
        parts = urlsplit(redirect_uri)
        if settings.get("base_url") or settings.get("environment") != "production":
            return None
        is_named = bool(parts.hostname) and parts.hostname != "localhost" and not _is_ip(parts.hostname or "")
        return None if parts.scheme == "https" and is_named else say(PRODUCTION_NEEDS_NAME)

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


def _is_ip(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


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
