"""Signing in with Intuit: discovery, consent, tokens, revoke, userinfo (quickbooks-online.md section 1)."""

from __future__ import annotations

import base64
import hmac
import urllib.parse
from collections.abc import Callable

from practice.quickbooks.clock import Clock
from practice.quickbooks.consent import SCOPES, Ask, mistake_page, page
from practice.quickbooks.grants import OPENID, BadToken, Disconnected, Grants, InvalidGrant
from practice.quickbooks.idtoken import Signer
from practice.quickbooks.switches import Switches
from practice.routes import Routes
from practice.web import Answer, Doc, Malformed, Request

USER: dict[str, Doc] = {
    OPENID: {"sub": "practice-user-1"},
    "profile": {"givenName": "Nur", "familyName": "Aisyah"},
    "email": {"email": "bookkeeper@practice.example", "emailVerified": True},
    "phone": {"phoneNumber": "+60 12-345 6789", "phoneNumberVerified": False},
    "address": {"address": {"streetAddress": "1 Jalan Mawar", "locality": "Ipoh", "postalCode": "30000"}},
}
HARD_EXPIRY = "x-include-refresh-token-hard-expires-in"
Companies = Callable[[], list[Doc]]


class OAuth:
    """The endpoints under /oauth."""

    def __init__(
        self, grants: Grants, keys: Doc, signer: Signer, clock: Clock, switches: Callable[[], Switches]
    ) -> None:
        """One app, known by the client id and secret in `keys`."""
        self._grants, self._signer, self._clock, self._switches = grants, signer, clock, switches
        self._client_id, self._client_secret = keys["client_id"], keys["client_secret"]

    def add_to(self, routes: Routes, companies: Companies) -> None:
        """Hang the endpoints into the table."""
        routes.add("GET", "/oauth/.well-known/openid_configuration", self._discover)
        routes.add("GET", "/oauth/authorize", lambda request: self._authorize(request.query, companies()))
        routes.add("POST", "/oauth/authorize", lambda request: self._authorize(_form(request), companies()))
        routes.add("POST", "/oauth/tokens/bearer", self._token)
        routes.add("POST", "/oauth/tokens/revoke", self._revoke)
        routes.add("GET", "/oauth/userinfo", self._userinfo)
        routes.add("GET", "/oauth/jwks", lambda request: Answer(self._signer.public_keys()))

    def _discover(self, request: Request) -> Answer:
        """The document that Intuit's own client reads first (1.1)."""
        base = _base(request)
        return Answer(
            {
                "issuer": f"{base}/op/v1",
                "authorization_endpoint": f"{base}/authorize",
                "token_endpoint": f"{base}/tokens/bearer",
                "userinfo_endpoint": f"{base}/userinfo",
                "revocation_endpoint": f"{base}/tokens/revoke",
                "jwks_uri": f"{base}/jwks",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "scopes_supported": sorted(SCOPES),
                "token_endpoint_auth_methods_supported": ["client_secret_basic"],
            }
        )

    def _authorize(self, given: dict[str, str], companies: list[Doc]) -> Answer:
        """The page; or, with a choice, the way back to the app."""
        ask, choice = Ask.of(given), given.get("choice")
        if mistake := ask.mistake(self._client_id, self._switches().redirect_uris):
            return mistake_page(mistake)
        if refusal := ask.refusal():
            return ask.back(error=refusal)
        if choice == "deny":
            return ask.back(error="access_denied")
        realm = given.get("realm_id", "")
        if choice != "approve" or realm not in {company["realm_id"] for company in companies}:
            return page(ask, companies)
        code = self._grants.new_code(realm, ask.scope, ask.redirect_uri, ask.nonce)
        return ask.back(code=code, realmId=realm)

    def _token(self, request: Request) -> Answer:
        """Code or refresh token to tokens (1.4)."""
        if not self._knows(request):
            return _error("invalid_client", 401)
        form = _form(request)
        try:
            match form.get("grant_type"):
                case "authorization_code":
                    grant = self._grants.redeem(form.get("code", ""), form.get("redirect_uri", ""))
                case "refresh_token":
                    grant = self._grants.refresh(form.get("refresh_token", ""), request.arrived)
                case _:
                    return _error("unsupported_grant_type", 400)
        except InvalidGrant as error:
            return invalid_grant(str(error))
        return Answer(self._tokens(request, grant))

    def _tokens(self, request: Request, grant: Doc) -> Doc:
        rolling, hard = self._grants.left_s(grant)
        told = {
            "token_type": "bearer",
            "access_token": grant["access_token"],
            "expires_in": grant["expires_in"],
            "refresh_token": grant["refresh_token"],
            "x_refresh_token_expires_in": rolling,
        }
        if request.headers.get(HARD_EXPIRY, "").lower() == "true":
            told["x_refresh_token_hard_expires_in"] = hard
        if OPENID in grant["scope"].split():
            told["id_token"] = self._signer.signed(self._claims(request, grant))
        return told

    def _claims(self, request: Request, grant: Doc) -> Doc:
        now = int(self._clock.now())
        claims = {"iss": f"{_base(request)}/op/v1", "aud": [self._client_id], "sub": USER[OPENID]["sub"]}
        nonce = {"nonce": grant["nonce"]} if grant.get("nonce") else {}
        return claims | nonce | {"iat": now, "auth_time": now, "exp": now + 3600, "realmid": grant["realm"]}

    def _revoke(self, request: Request) -> Answer:
        """Both tokens are dead afterwards (1.7)."""
        if not self._knows(request):
            return _error("invalid_client", 401)
        try:
            body = request.json()
        except Malformed:
            return _error("invalid_request", 400)
        token = body.get("token") if isinstance(body, dict) else None
        if not isinstance(token, str) or not self._grants.revoke(token):
            return _error("invalid_request", 400)
        return Answer("", 200)

    def _userinfo(self, request: Request) -> Answer:
        """What the scopes allow (1.7)."""
        try:
            grant = self._grants.admit(request.headers.get("authorization", ""))
        except (BadToken, Disconnected):
            return _error("invalid_token", 401)
        scopes = grant["scope"].split()
        if OPENID not in scopes:
            return _error("insufficient_scope", 403)
        told: Doc = {}
        for scope, about in USER.items():
            told |= about if scope in scopes else {}
        return Answer(told)

    def _knows(self, request: Request) -> bool:
        """HTTP Basic with the app's id and secret."""
        scheme, _, packed = request.headers.get("authorization", "").partition(" ")
        wanted = base64.b64encode(f"{self._client_id}:{self._client_secret}".encode())
        return scheme == "Basic" and hmac.compare_digest(packed.encode(), wanted)


def invalid_grant(description: str) -> Answer:
    """HTTP 400 of the token endpoint (1.6)."""
    return _error("invalid_grant", 400, description)


def _error(code: str, status: int, description: str = "") -> Answer:
    return Answer({"error": code} | ({"error_description": description} if description else {}), status)


def _form(request: Request) -> dict[str, str]:
    """The fields of a form post; none where the body is something else."""
    if not request.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
        return {}
    return dict(urllib.parse.parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def _base(request: Request) -> str:
    """Our own address, as the caller knows it."""
    return f"http://{request.headers.get('host', '127.0.0.1')}/quickbooks/oauth"
