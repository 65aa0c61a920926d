"""AWS Signature Version 4 in a header, as the gateway of SQL Accounting takes it (sql-accounting.md section 3)."""

import datetime as dt
import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, quote, urlsplit

ALGORITHM = "AWS4-HMAC-SHA256"
USUAL_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Signer:
    """One key, for one service in one region."""

    access_key: str = field(repr=False)
    secret_key: str = field(repr=False)
    service: str
    region: str

    def signed(self, method: str, url: str, body: bytes, headers: Mapping[str, str], at: dt.datetime) -> dict[str, str]:
        """These headers, with the host, the moment and the signature over all of them."""
        moment = at.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")
        told = {**headers, "Host": host_of(urlsplit(url)), "X-Amz-Date": moment}
        scope = f"{moment[:8]}/{self.region}/{self.service}/aws4_request"
        request = hashlib.sha256(canonical_request(method, url, body, told).encode()).hexdigest()
        signature = self._signature(scope, f"{ALGORITHM}\n{moment}\n{scope}\n{request}").hex()
        credential = f"Credential={self.access_key}/{scope}, SignedHeaders={_names(told)}, Signature={signature}"
        return {**told, "Authorization": f"{ALGORITHM} {credential}"}

    def _signature(self, scope: str, text: str) -> bytes:
        """A chain of keys: the secret signs the day, that the region, and so on to the text itself."""
        key = f"AWS4{self.secret_key}".encode()
        for part in (*scope.split("/"), text):
            key = hmac.digest(key, part.encode(), "sha256")
        return key


def host_of(parts: SplitResult) -> str:
    """The host as it is sent: with its port where that is not the usual one."""
    is_usual = parts.port is None or parts.port == USUAL_PORTS[parts.scheme]
    return f"{parts.hostname}" if is_usual else f"{parts.hostname}:{parts.port}"


def canonical_request(method: str, url: str, body: bytes, headers: Mapping[str, str]) -> str:
    """What is signed of a request: the path encoded once more, the query as it is written, but sorted."""
    parts = urlsplit(url)
    query = sorted(pair.partition("=") for pair in parts.query.split("&"))
    told = sorted((name.lower(), " ".join(value.split())) for name, value in headers.items())
    lines = (
        method,
        quote(parts.path or "/", safe="/~"),
        "&".join("".join(pair) for pair in query),
        "".join(f"{name}:{value}\n" for name, value in told),
        _names(headers),
        hashlib.sha256(body).hexdigest(),
    )
    return "\n".join(lines)


def _names(headers: Mapping[str, str]) -> str:
    return ";".join(sorted(name.lower() for name in headers))
