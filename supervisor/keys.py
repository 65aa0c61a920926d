"""A new key for what lies encrypted in the database, while nothing of this installation runs."""

from app import create_app
from config import Config
from models import writing
from sync import vault
from sync.vault import KEY_FILE, VaultClosed, new_key_line, read_vault


def rotate(config: Config) -> str:
    """Encrypt everything with a new key; returns what to tell. Raises VaultClosed where a secret does not open with any
    key: then nothing is changed."""
    return _of_environment(config) if config.key else _of_file(config)


def _of_file(config: Config) -> str:
    """The old key goes last: killed at any moment, this leaves a file with every key that the database needs."""
    file, line = config.data / KEY_FILE, new_key_line()
    before = file.read_text()
    vault.write_keys(file, f"{line}\n{before}")
    try:
        count = _encrypt_anew(config)
    except VaultClosed:
        vault.write_keys(file, before)
        raise
    vault.write_keys(file, f"{line}\n")
    return (
        f"Encrypted with a new key: {count}. The old key is gone from {file}.\n"
        "Copy that file to its safe place again. Backups of the database that were made before need the old key: keep "
        "your copy of it as long as you keep them.\n"
        "Everybody logs in once more."
    )


def _of_environment(config: Config) -> str:
    if len(read_vault(config.key, config.data / KEY_FILE).keys) == 1:
        return (
            "TILLBRIDGE_KEY holds one key. Put a new one in front of it, with a comma between, and give this command "
            f"again. A new one, made just now: {new_key_line()}"
        )
    count = _encrypt_anew(config)
    return f"Encrypted with the first key of TILLBRIDGE_KEY: {count}. The keys behind it may go."


def _encrypt_anew(config: Config) -> int:
    app = create_app(config)
    with app.app_context(), writing() as session:
        return vault.rotate(session, app.extensions["tillbridge"].vault)
