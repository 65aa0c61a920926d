"""Secrets at rest: encrypted, bound to their place, and readable through a change of keys."""

import stat
import threading
from pathlib import Path

import pytest
from sqlalchemy import select, text, update

from models import Secret, db, end_reading, writing
from sync import connections, vault
from sync.vault import Vault, VaultClosed, new_key_line, read_vault
from tests.world import World


def dump(world: World) -> str:
    """Everything in every table, as text."""
    words: list[str] = []
    for table in db.metadata.sorted_tables:
        words += [repr(tuple(row)) for row in db.session.execute(select(table))]
    end_reading()
    return "\n".join(words)


def keep(given: Vault, owner_id: int, **values: str) -> None:
    with writing() as session:
        vault.keep(session, given, "books", owner_id, values)


def opened(given: Vault, owner_id: int) -> dict[str, str]:
    try:
        return vault.secrets_of(given, "books", owner_id)
    finally:
        end_reading()


def key(*lines: str) -> Vault:
    return read_vault("\n".join(lines), Path("/nowhere"))


def test_no_secret_stands_in_the_database_in_the_clear(shop: World):
    world = shop
    given = [world.practice.qne["api_key"], world.practice.sitegiant["access_token"]]
    kept = dump(world)
    assert all(secret not in kept and secret.encode().hex() not in kept for secret in given)
    file = db.engine.url.database
    if db.engine.dialect.name == "sqlite" and file:
        raw = b"".join(each.read_bytes() for each in Path(file).parent.glob(f"{Path(file).name}*"))
        assert all(secret.encode() not in raw for secret in given)
    assert opened(world.tools.vault, world.books_id) == {"api_key": given[0]}


def test_a_secret_opens_in_its_place_alone(shop: World):
    keep(shop.tools.vault, 901, api_key="one", other="two")
    keep(shop.tools.vault, 902, api_key="three")
    assert opened(shop.tools.vault, 901) == {"api_key": "one", "other": "two"}
    with writing() as session:  # another row's ciphertext, and another field's
        moved = session.get_one(Secret, ("books", 901, "other")).ciphertext
        here = update(Secret).where(Secret.owner_id == 901, Secret.field == "api_key")
        session.execute(here.values(ciphertext=session.get_one(Secret, ("books", 902, "api_key")).ciphertext))
    with pytest.raises(VaultClosed, match="books/901/api_key does not open"):
        opened(shop.tools.vault, 901)
    with writing() as session:
        session.execute(here.values(ciphertext=moved))
    with pytest.raises(VaultClosed):
        opened(shop.tools.vault, 901)


def test_a_changed_byte_is_noticed(shop: World):
    keep(shop.tools.vault, 901, api_key="one")
    with writing() as session:
        row = session.get_one(Secret, ("books", 901, "api_key"))
        row.ciphertext = row.ciphertext[:-1] + bytes([row.ciphertext[-1] ^ 1])
    with pytest.raises(VaultClosed) as error:
        opened(shop.tools.vault, 901)
    assert "one" not in str(error.value)


def test_the_same_secret_twice_looks_different(shop: World):
    keep(shop.tools.vault, 901, a="same", b="same")
    a, b = db.session.scalars(select(Secret.ciphertext).where(Secret.owner_id == 901)).all()
    end_reading()
    assert a != b and len(a) == len(b)


def test_after_a_rotation_everything_opens_without_the_old_key(shop: World):
    old, new = new_key_line(), new_key_line()
    keep(key(old), 901, api_key="one", token="two")
    both = key(new, old)
    assert opened(both, 901) == {"api_key": "one", "token": "two"}, "while both are there"
    with pytest.raises(VaultClosed):
        opened(key(new), 901)
    with writing() as session:
        session.execute(text("DELETE FROM secrets WHERE owner_id <> 901"))
        assert vault.rotate(session, both) == 2
    with writing() as session:
        assert vault.rotate(session, both) == 0
    assert opened(key(new), 901) == {"api_key": "one", "token": "two"}
    with pytest.raises(VaultClosed):
        opened(key(old), 901)


def test_an_interrupted_rotation_leaves_everything_readable(shop: World):
    old, new = new_key_line(), new_key_line()
    keep(key(old), 901, api_key="one", token="two")
    with pytest.raises(VaultClosed), writing() as session:
        vault.rotate(session, key(new))  # the old key is not there
    assert opened(key(old), 901) == {"api_key": "one", "token": "two"}


def test_the_key_file_is_made_once_and_for_its_owner_alone(tmp_path: Path):
    file = tmp_path / "data" / "secret.key"
    made: list[Vault] = []
    threads = [threading.Thread(target=lambda: made.append(read_vault("", file))) for _ in range(8)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert len({vault_.newest for vault_ in made}) == 1, "many processes start at once and make one key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600 and stat.S_IMODE(file.parent.stat().st_mode) == 0o700
    assert [each.name for each in file.parent.iterdir()] == ["secret.key"]
    assert len(next(iter(made[0].keys.values()))) == 32


def test_a_key_of_the_environment_is_used_and_no_file_is_made(tmp_path: Path):
    line = new_key_line()
    made = read_vault(line, tmp_path / "secret.key")
    assert made.newest == line.split(":")[0] and list(tmp_path.iterdir()) == []


def test_a_secret_that_was_not_entered_again_stays(shop: World):
    connections.change_credential(shop.books_id, shop.practice.qne, shop.tools)
    keep(shop.tools.vault, shop.books_id, extra="kept")
    connections.change_credential(shop.books_id, shop.practice.qne, shop.tools)
    assert opened(shop.tools.vault, shop.books_id)["extra"] == "kept"
