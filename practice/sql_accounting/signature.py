"""Verifies AWS Signature Version 4 in headers, as it is specified (sql-accounting.md section 3)."""

from __future__ import annotations

import calendar
import hashlib
import hmac
import re
import time
from dataclasses import dataclass
from urllib.parse import quote, unquote

from practice.web import Request

ALGORITHM, END = "AWS4-HMAC-SHA256", "aws4_request"
SKEW_S = 15 * 60
PARTS = ["Credential", "Signature", "SignedHeaders"]
SCOPES = {"sqlaccount": "ap-southeast-5", "execute-api": "ap-southeast-1"}
"""The two pairs of service and region that clients use."""


@dataclass(frozen=True)
class Claim:
    """What an Authorization header says."""

    access_key: str
    day: str
    region: str
    service: str
    headers: tuple[str, ...]
    signature: str


def claim_of(header: str) -> Claim | None:
    """The header's three parts, separated by a comma with or without a space; the access key may hold slashes."""
    algorithm, _, rest = header.strip().partition(" ")
    parts = [part.strip().partition("=") for part in rest.split(",")]
    if algorithm != ALGORITHM or sorted(name for name, _, _ in parts) != PARTS:
        return None
    found = {name: value for name, _, value in parts}
    scope = found["Credential"].rsplit("/", 4)
    if len(scope) != 5 or scope[4] != END:
        return None
    access_key, day, region, service, _ = scope
    return Claim(access_key, day, region, service, tuple(found["SignedHeaders"].split(";")), found["Signature"])


def is_genuine(request: Request, access_key: str, secret_key: str, services: tuple[str, ...], now: float) -> bool:
    """Whether the owner of the key signed exactly this request, within 15 minutes of `now`, for one of `services`."""
    claim = claim_of(request.headers.get("authorization", ""))
    if claim is None or not _is_complete(claim, request) or not _is_in_time(claim, request, now):
        return False
    if claim.service not in services or claim.region != SCOPES[claim.service]:
        return False
    moment = request.headers["x-amz-date"]
    right = [signature(secret_key, claim, moment, form) for form in canonical_requests(request, claim.headers)]
    matches = [hmac.compare_digest(each.encode(), claim.signature.encode()) for each in right]
    return hmac.compare_digest(claim.access_key.encode(), access_key.encode()) & any(matches)


def canonical_requests(request: Request, names: tuple[str, ...]) -> list[str]:
    """The request in canonical form, with each of the three paths that clients sign (3.2): as it was sent, that encoded
    once more, and decoded and encoded once."""
    path, _, query = request.target.partition("?")
    headers = "".join(f"{name}:{' '.join(request.headers[name].split())}\n" for name in names)
    paths = path, quote(path, safe="/~"), quote(unquote(path), safe="/~")
    rest = _canonical_query(query), headers, ";".join(names), hashlib.sha256(request.body).hexdigest()
    return ["\n".join((request.method, each, *rest)) for each in paths]


def signature(secret_key: str, claim: Claim, moment: str, canonical: str) -> str:
    """The signature that the owner of the secret makes."""
    digest = hashlib.sha256(canonical.encode("latin-1")).hexdigest()
    scope = f"{claim.day}/{claim.region}/{claim.service}/{END}"
    key = f"AWS4{secret_key}".encode()
    for part in scope.split("/"):
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, f"{ALGORITHM}\n{moment}\n{scope}\n{digest}".encode(), "sha256").hex()


def _canonical_query(query: str) -> str:
    """Sorted by name, then value; encoded as it was written."""
    pairs = sorted(part.partition("=")[::2] for part in query.split("&") if part)
    return "&".join(f"{name}={value}" for name, value in pairs)


def _is_complete(claim: Claim, request: Request) -> bool:
    """Host and date are signed; names are in order; nothing is named that was not sent."""
    names = claim.headers
    return (
        {"host", "x-amz-date"} <= set(names) <= set(request.headers)
        and list(names) == sorted(set(names))
        and request.headers.get("x-amz-content-sha256", "") in ("", hashlib.sha256(request.body).hexdigest())
    )


def _is_in_time(claim: Claim, request: Request, now: float) -> bool:
    moment = request.headers["x-amz-date"]
    if not re.fullmatch(r"\d{8}T\d{6}Z", moment) or moment[:8] != claim.day:
        return False
    try:
        signed_at = calendar.timegm(time.strptime(moment, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        return False
    return abs(now - signed_at) <= SKEW_S
