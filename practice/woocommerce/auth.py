"""Who may ask (other-stores.md 1.1): Basic or the query, as over https; or OAuth 1.0a, as clients sign over http."""

from __future__ import annotations

import base64
import hashlib
import hmac
from urllib.parse import quote

from practice.web import Doc, Request
from practice.woocommerce.lists import Refused

HASHES = {"HMAC-SHA256": hashlib.sha256, "HMAC-SHA1": hashlib.sha1}


def check_key(request: Request, keys: Doc, prefix: str) -> None:
    """Raise Refused where the key is missing or wrong."""
    if "oauth_consumer_key" in request.query:
        return _check_signature(request, keys, prefix)
    key, secret = _told(request)
    if not key:
        raise Refused("woocommerce_rest_cannot_view", "Sorry, you cannot list resources.", 401)
    _same(key, keys["consumer_key"], "Consumer key is invalid.")
    return _same(secret, keys["consumer_secret"], "Consumer secret is invalid.")


def _told(request: Request) -> tuple[str, str]:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() == "basic":
        try:
            key, _, secret = base64.b64decode(token, validate=True).decode().partition(":")
        except ValueError:
            return "", ""
        return key, secret
    return request.query.get("consumer_key", ""), request.query.get("consumer_secret", "")


def _check_signature(request: Request, keys: Doc, prefix: str) -> None:
    """The base string: method, address and sorted parameters, each percent-encoded; signed with the secret and '&'."""
    _same(request.query["oauth_consumer_key"], keys["consumer_key"], "Consumer key is invalid.")
    told = {name: text for name, text in request.query.items() if name != "oauth_signature"}
    pairs = "&".join(f"{quote(name, '~')}={quote(told[name], '~')}" for name in sorted(told))
    address = f"http://{request.headers.get('host', '')}{prefix}{request.path}"
    base = "&".join((request.method, quote(address, ""), quote(pairs, "")))
    algorithm = HASHES.get(told.get("oauth_signature_method", ""), hashlib.sha256)
    made = hmac.new(f"{keys['consumer_secret']}&".encode(), base.encode(), algorithm).digest()
    words = "Invalid signature - provided signature does not match."
    _same(request.query.get("oauth_signature", ""), base64.b64encode(made).decode(), words)


def _same(given: str, known: str, words: str) -> None:
    if not hmac.compare_digest(given.encode(), known.encode()):
        raise Refused("woocommerce_rest_authentication_error", words, 401)
