"""The token of QNE: a JWT signed with HS256, good for a few minutes (qne.md section 2)."""

from __future__ import annotations

import base64
import hashlib
import hmac
import time

from practice.web import Doc, read_json, write_json

HEADER = {"alg": "HS256", "typ": "JWT"}


def make_token(secret: str, claims: Doc) -> str:
    """A signed token that carries `claims`; `exp` is among them."""
    signed = f"{_pack(write_json(HEADER))}.{_pack(write_json(claims))}"
    return f"{signed}.{_pack(_signature(secret, signed))}"


def is_good(secret: str, token: str) -> bool:
    """Whether we signed it and it has not run out."""
    try:
        signed, _, signature = token.rpartition(".")
        if not hmac.compare_digest(_unpack(signature), _signature(secret, signed)):
            return False
        claims = read_json(_unpack(signed.split(".")[1]))
        return bool(claims["exp"] > time.time())
    except (ValueError, KeyError, IndexError, TypeError):
        return False


def _signature(secret: str, signed: str) -> bytes:
    return hmac.new(secret.encode(), signed.encode(), hashlib.sha256).digest()


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def _unpack(packed: str) -> bytes:
    return base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))
