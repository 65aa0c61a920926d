"""`./run`: every part is started, kept alive and stopped, with nothing left running."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from flask import Flask
from flask_migrate import upgrade

from adapters.registry import STORES
from app import create_app
from clock import SystemClock
from config import Config
from models import db, end_reading, writing
from supervisor import keys
from supervisor.__main__ import warn_of_plain_http
from supervisor.places import Places
from supervisor.practice_books import STORE_KINDS, pairs_of
from sync import accounts, vault

ROOT = Path(__file__).parent.parent.parent


def free_port() -> int:
    """A port that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(is_so: Callable[[], bool], most_s: float = 60) -> None:
    """Ask until it is so."""
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.05)


def living(data: Path) -> list[psutil.Process]:
    """Processes that work on this data folder, but for the supervisor itself."""
    return [each for each in psutil.process_iter(["pid"]) if works_on(each, data)]


def works_on(process: psutil.Process, data: Path) -> bool:
    """By its environment; Valkey, which overwrites that, by its socket."""
    try:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        is_valkey = f"{data}/run/valkey.sock" in " ".join(process.cmdline())
        return is_valkey or process.environ().get("TILLBRIDGE_DATA") == str(data)
    except (psutil.NoSuchProcess, psutil.AccessDenied):
        return False


def supervisor(*words: str, **more: str) -> subprocess.Popen[str]:
    """`./run` without its look for the virtual environment; `more` is added to the environment."""
    command = [sys.executable, "-m", "supervisor", *words]
    environment = {key: value for key, value in os.environ.items() if not key.startswith("TILLBRIDGE")} | more
    return subprocess.Popen(
        command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    )


@contextmanager
def running(data: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """Tillbridge, up and healthy."""
    process = supervisor("--data", str(data), "--port", str(port))
    try:
        until(lambda: is_healthy(port) or process.poll() is not None)
        assert process.poll() is None, process.stdout and process.stdout.read()
        yield process
    finally:
        process.kill()
        process.wait()
        for each in living(data):
            each.kill()


def is_healthy(port: int) -> bool:
    """True when the web server and its database answer."""
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=2) as reply:
            return bool(reply.status == 200)
    except OSError:
        return False


def names(data: Path) -> set[str]:
    """Which parts live."""
    words = {"gunicorn": "web", "worker": "worker", "sweep": "sweep", "valkey-server": "valkey"}
    lines = [" ".join(each.cmdline()) for each in living(data)]
    return {name for word, name in words.items() if any(word in line for line in lines)}


def test_every_part_is_started_and_restarted_and_control_c_leaves_nothing_behind(tmp_path: Path):
    data, port = tmp_path / "data", free_port()
    with running(data, port) as process:
        until(lambda: names(data) == {"web", "worker", "sweep", "valkey"})
        (sweep,) = [each for each in living(data) if each.cmdline()[-1] == "sweep"]
        (valkey,) = [each for each in living(data) if "valkey-server" in each.cmdline()[0]]
        sweep.kill()
        valkey.kill()
        until(lambda: names(data) == {"web", "worker", "sweep", "valkey"} and not sweep.is_running())
        assert (data / "secret.key").stat().st_mode & 0o777 == 0o600
        assert data.stat().st_mode & 0o777 == 0o700
        second = supervisor("--data", str(data), "--port", str(free_port()))
        assert second.wait(30) == 1
        assert second.stdout is not None and "Another Tillbridge runs on this data folder" in second.stdout.read()
        process.send_signal(signal.SIGINT)
        assert process.wait(60) == 0
        assert living(data) == []


def test_a_supervisor_that_is_killed_takes_its_parts_with_it(tmp_path: Path):
    data, port = tmp_path / "data", free_port()
    with running(data, port) as process:
        process.kill()
        process.wait()
        until(lambda: living(data) == [], 30)


def test_a_port_that_is_taken_is_told_in_a_sentence(tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        process = supervisor("--data", str(tmp_path / "data"), "--port", str(taken.getsockname()[1]))
        assert process.wait(30) == 1
        assert process.stdout is not None and "choose another with --port" in process.stdout.read()


@pytest.mark.feature("P11", "I6", "I10", "P1", "P2", "P8")
@pytest.mark.timeout(320)
@pytest.mark.parametrize(
    ("books", "orders", "companies"),
    [
        ("qne", 40, 1),
        pytest.param("sql_accounting", 40, 1, marks=(pytest.mark.feature("P3"), pytest.mark.slow)),
        pytest.param("quickbooks", 40, 1, marks=(pytest.mark.feature("P4"), pytest.mark.slow)),
        pytest.param("all", 40, 3, marks=pytest.mark.slow),
    ],
)
def test_the_demo_posts_practice_orders_and_proves_every_cent(tmp_path: Path, books: str, orders: int, companies: int):
    told = proven_demo(tmp_path, orders, "--books", books)
    assert told.count(f"{orders} orders accounted for") == companies
    assert told.count("Every difference is 0.00.") == companies


@pytest.mark.feature("P11", "P6", "I10")
@pytest.mark.timeout(320)
@pytest.mark.slow
@pytest.mark.parametrize("store", STORE_KINDS)
def test_the_demo_of_every_practice_store_proves_every_cent(tmp_path: Path, store: str):
    told = proven_demo(tmp_path, 40, "--store", store)
    assert min(accounted_for(told)) >= 40 and told.count("Every difference is 0.00.") == 1


@pytest.mark.feature("P11", "P6", "I10")
@pytest.mark.timeout(1800)
@pytest.mark.slow
def test_the_demo_of_every_pair_that_makes_sense_proves_every_cent(tmp_path: Path):
    told = proven_demo(tmp_path, 30, "--all", most_s=1700)
    pairs = pairs_of("all", "all")
    assert len(accounted_for(told)) == told.count("Every difference is 0.00.") == len(pairs)
    assert min(accounted_for(told)) >= 30


def accounted_for(told: str) -> list[int]:
    """How many orders each proof names; credit notes that a store itself wrote count, too."""
    return [int(count) for count in re.findall(r"(\d+) orders accounted for", told)]


def test_the_pairs_of_the_demo_are_those_that_make_sense(monkeypatch: pytest.MonkeyPatch):
    assert pairs_of("sitegiant", "") == [("sitegiant", "qne")]
    assert [books for _, books in pairs_of("sitegiant", "all")] == ["qne", "sql_accounting", "quickbooks"]
    monkeypatch.setattr(STORES["sitegiant"], "goes_to", frozenset({"quickbooks"}))
    assert pairs_of("sitegiant", "") == pairs_of("sitegiant", "all") == [("sitegiant", "quickbooks")]
    assert pairs_of("sitegiant", "qne") == []
    assert {store for store, _ in pairs_of("all", "all")} == set(STORE_KINDS)


def proven_demo(folder: Path, orders: int, *more: str, most_s: float = 300) -> str:
    """What the demo says, which ends well and leaves nothing running."""
    wishes = {"orders": orders, "data": folder, "port": free_port()}
    words = [word for name, value in wishes.items() for word in (f"--{name}", str(value))]
    process = supervisor("demo", "--exit", *words, *more)
    told, _ = process.communicate(timeout=most_s)
    assert process.returncode == 0, told
    assert living(folder / "demo") == []
    return str(told)


def test_others_come_in_only_by_names_that_were_set(tmp_path: Path):
    process = supervisor("--data", str(tmp_path / "data"), "--port", str(free_port()), "--host", "0.0.0.0")
    assert process.wait(30) == 1
    assert process.stdout is not None and "--names" in process.stdout.read()


@pytest.mark.feature("P7")
def test_who_is_locked_out_gets_a_new_password_on_the_machine(tmp_path: Path):
    data = tmp_path / "data"
    config = Config(data, f"sqlite:///{data}/tillbridge.db", "unix:///nowhere")
    data.mkdir()
    app = create_app(config)
    with app.app_context():
        upgrade()
        accounts.make_owner("Mei", "a password of some length", SystemClock().now())
    process = supervisor("reset-password", "--data", str(data))
    told, _ = process.communicate(timeout=30)
    assert process.returncode == 0, told
    password = told.strip().rsplit(" ", 1)[1]
    with app.app_context():
        with pytest.raises(accounts.WrongPassword):
            accounts.sign_in("Mei", "a password of some length", "1", "", SystemClock().now())
        assert accounts.sign_in("Mei", password, "1", "", SystemClock().now())
        db.engine.dispose()


# --- a new key ----------------------------------------------------------------------------------------------------


@pytest.fixture
def keyed(tmp_path: Path) -> Iterator[Flask]:
    """An installation that does not run, with a secret in its database."""
    data = tmp_path / "data"
    data.mkdir()
    app = create_app(Config(data, f"sqlite:///{data}/tillbridge.db", "unix:///nowhere"))
    with app.app_context():
        upgrade()
        with writing() as session:
            vault.keep(session, app.extensions["tillbridge"].vault, "books", 7, {"api_key": "one", "token": "two"})
        yield app
        db.session.remove()
        db.engine.dispose()


def rotated(data: Path, status: int = 0, **more: str) -> str:
    """What `./run rotate-key` says."""
    process = supervisor("rotate-key", "--data", str(data), **more)
    told, _ = process.communicate(timeout=30)
    assert process.returncode == status, told
    return told


def opened(text: str) -> dict[str, str]:
    """The secrets, by these keys."""
    try:
        return vault.secrets_of(vault.read_vault(text, Path("/nowhere")), "books", 7)
    finally:
        end_reading()


def test_after_a_new_key_everything_opens_and_the_old_key_is_gone(keyed: Flask):
    file = keyed.config["DATA"] / "secret.key"
    old = file.read_text()
    told = rotated(keyed.config["DATA"])
    assert "Encrypted with a new key: 2." in told and old.split(":")[1].strip() not in told
    new = file.read_text()
    assert new.count("\n") == 1 and new.split(":")[0] != old.split(":")[0]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in file.parent.glob("secret*")] == ["secret.key"]
    assert opened(new) == {"api_key": "one", "token": "two"}
    with pytest.raises(vault.VaultClosed):
        opened(old)


def test_a_new_key_is_not_made_while_tillbridge_runs(keyed: Flask):
    data = keyed.config["DATA"]
    before = (data / "secret.key").read_text()
    (data / "run").mkdir()
    with Places(data).own():
        assert "Another Tillbridge runs on this data folder" in rotated(data, status=1)
    assert (data / "secret.key").read_text() == before


def test_where_a_secret_does_not_open_the_key_stays_as_it_was(keyed: Flask):
    file = keyed.config["DATA"] / "secret.key"
    strange = vault.new_key_line() + "\n"
    mine, _ = file.read_text(), vault.write_keys(file, strange)
    told = rotated(keyed.config["DATA"], status=1)
    assert "Nothing was changed: the secret of books/7/api_key does not open." in told
    assert file.read_text() == strange and opened(mine) == {"api_key": "one", "token": "two"}


def test_killed_before_the_old_key_is_taken_away_everything_still_opens(keyed: Flask, monkeypatch: pytest.MonkeyPatch):
    data = keyed.config["DATA"]
    config = Config(data, f"sqlite:///{data}/tillbridge.db", "unix:///nowhere")
    for moment in ("_encrypt_anew", "create_app"):
        with monkeypatch.context() as dying, pytest.raises(KeyboardInterrupt):
            dying.setattr(keys, moment, dies_after(getattr(keys, moment)))
            keys.rotate(config)
        assert opened((data / "secret.key").read_text()) == {"api_key": "one", "token": "two"}
    keys.rotate(config)
    assert (data / "secret.key").read_text().count("\n") == 1
    assert opened((data / "secret.key").read_text()) == {"api_key": "one", "token": "two"}


def dies_after(really: Callable[[Config], object]) -> Callable[[Config], object]:
    """Does it, and dies."""

    def work(config: Config) -> object:
        really(config)
        raise KeyboardInterrupt

    return work


def test_a_key_of_the_environment_is_renewed_by_who_set_it(keyed: Flask):
    data = keyed.config["DATA"]
    old = (data / "secret.key").read_text().strip()
    told = rotated(data, TILLBRIDGE_KEY=old)
    assert "TILLBRIDGE_KEY holds one key. Put a new one in front of it" in told
    new = told.strip().rsplit(" ", 1)[1]
    told = rotated(data, TILLBRIDGE_KEY=f"{new},{old}")
    assert "Encrypted with the first key of TILLBRIDGE_KEY: 2. The keys behind it may go." in told
    assert opened(new) == {"api_key": "one", "token": "two"} and (data / "secret.key").read_text().strip() == old


def test_without_a_key_there_is_nothing_to_renew(tmp_path: Path):
    assert "nothing is encrypted yet" in rotated(tmp_path, status=1)


@pytest.mark.parametrize(
    ("host", "https", "is_warned"),
    [("127.0.0.1", "", False), ("0.0.0.0", "", True), ("192.168.1.5", "false", True), ("0.0.0.0", "true", False)],
)
def test_who_lets_others_in_without_https_is_warned(
    host: str, https: str, is_warned: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
):
    monkeypatch.setenv("TILLBRIDGE_HTTPS", https)
    warn_of_plain_http(host)
    assert ("plain http" in capsys.readouterr().err) == is_warned
