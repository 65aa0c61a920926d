"""Secrets at rest: AES-256-GCM, with a key outside the database, each bound to the row and field it belongs to."""

import base64
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Secret, db

NONCE_BYTES = 12
KEY_FILE = "secret.key"


class VaultClosed(Exception):
    """A secret does not open: its key is missing, or it was moved or changed."""


@dataclass(frozen=True, slots=True)
class Vault:
    """The keys by id; the first one encrypts, all open."""

    keys: Mapping[str, bytes] = field(repr=False)

    @property
    def newest(self) -> str:
        """The id of the key that encrypts."""
        return next(iter(self.keys))

    def seal(self, place: str, text: str) -> tuple[str, bytes]:
        """Encrypt for one place ("books/7/api_key"); returns key id and ciphertext."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = AESGCM(self.keys[self.newest]).encrypt(nonce, text.encode(), place.encode())
        return self.newest, nonce + sealed

    def open(self, place: str, key_id: str, ciphertext: bytes) -> str:
        """Decrypt; raises VaultClosed where place, key or bytes do not belong together."""
        nonce, sealed = ciphertext[:NONCE_BYTES], ciphertext[NONCE_BYTES:]
        try:
            return AESGCM(self.keys[key_id]).decrypt(nonce, sealed, place.encode()).decode()
        except (KeyError, InvalidTag) as error:
            raise VaultClosed(f"the secret of {place} does not open") from error


def read_vault(text: str, file: Path) -> Vault:
    """The keys of TILLBRIDGE_KEY or, without it, of the key file, which is made where it is missing.

    One key per line (or comma), newest first: `id:base64 of 32 bytes`."""
    return Vault(_keys(text or _kept(file)))


def _kept(file: Path) -> str:
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write_private(file, new_key_line() + "\n")
    return file.read_text()


def _write_private(file: Path, text: str) -> None:
    """Put in place, unless another process was faster."""
    aside = _aside(file, text)
    try:
        os.link(aside, file)
    except FileExistsError:
        pass
    finally:
        aside.unlink()


def write_keys(file: Path, text: str) -> None:
    """Other keys in place of those of the file, on disk when this returns: at every moment the old or the new ones."""
    _aside(file, text).replace(file)
    folder = os.open(file.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)


def _aside(file: Path, text: str) -> Path:
    """Written beside the file, for its owner's eyes alone."""
    aside = file.with_name(f"{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
        out.write(text)
        out.flush()
        os.fsync(out.fileno())
    return aside


def new_key_line() -> str:
    """A fresh key with a fresh id."""
    return f"{secrets.token_hex(4)}:{base64.b64encode(secrets.token_bytes(32)).decode()}"


def _keys(text: str) -> dict[str, bytes]:
    lines = [line.strip() for line in text.replace(",", "\n").splitlines() if line.strip()]
    return {key_id: base64.b64decode(key) for key_id, key in (line.split(":", 1) for line in lines)}


def keep(session: Session, vault: Vault, owner: str, owner_id: int, values: Mapping[str, str]) -> None:
    """Encrypt and store; an earlier value of the same field is replaced."""
    for name, text in values.items():
        key_id, ciphertext = vault.seal(f"{owner}/{owner_id}/{name}", text)
        session.merge(Secret(owner=owner, owner_id=owner_id, field=name, key_id=key_id, ciphertext=ciphertext))


def secrets_of(vault: Vault, owner: str, owner_id: int) -> dict[str, str]:
    """All secrets of one row, open."""
    rows = db.session.scalars(select(Secret).where(Secret.owner == owner, Secret.owner_id == owner_id)).all()
    return {row.field: vault.open(f"{owner}/{owner_id}/{row.field}", row.key_id, row.ciphertext) for row in rows}


def rotate(session: Session, vault: Vault) -> int:
    """Encrypt everything anew with the newest key; returns how many rows changed. Then the old key may go."""
    old = session.scalars(select(Secret).where(Secret.key_id != vault.newest)).all()
    for row in old:
        place = f"{row.owner}/{row.owner_id}/{row.field}"
        row.key_id, row.ciphertext = vault.seal(place, vault.open(place, row.key_id, row.ciphertext))
    return len(old)
