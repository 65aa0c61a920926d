"""The id_token that comes with scope openid, and the key to check it with (quickbooks-online.md 1.4)."""

from __future__ import annotations

import base64

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding, rsa
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from practice.storage import Storage
from practice.web import Doc, write_json

KIND, KEY_ID = "oauth.key", "practice"


class Signer:
    """Signs with a key that is made when it is first needed, and kept."""

    def __init__(self, storage: Storage) -> None:
        """Keep the key in this storage."""
        self._storage = storage

    def signed(self, claims: Doc) -> str:
        """A JWT, RS256."""
        head = {"alg": "RS256", "kid": KEY_ID, "typ": "JWT"}
        words = f"{_pack(write_json(head))}.{_pack(write_json(claims))}"
        signature = self._key().sign(words.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{words}.{_pack(signature)}"

    def public_keys(self) -> Doc:
        """The JWKS."""
        numbers = self._key().public_key().public_numbers()
        parts = {"n": _number(numbers.n), "e": _number(numbers.e)}
        return {"keys": [{"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256", **parts}]}

    def _key(self) -> rsa.RSAPrivateKey:
        with self._storage.writing() as unit:
            record = self._storage.find(KIND, KEY_ID)
            if record is None:
                key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
                written = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
                unit.put(KIND, KEY_ID, {"pem": written.decode()})
                return key
        read = load_pem_private_key(record["pem"].encode(), None)
        if not isinstance(read, rsa.RSAPrivateKey):
            raise TypeError("the practice's key is no RSA key")
        return read


def _number(value: int) -> str:
    return _pack(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _pack(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
