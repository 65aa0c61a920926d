"""One part of Tillbridge as a process: started, watched, started again when it dies, and ended with all it started."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
PATIENCE_S = (0.3, 1.0, 2.0, 5.0, 10.0)
"""Waits before a part that died is started again: once, twice, ... in a row."""
STEADY_S = 30.0
"""A part that lived so long starts with the shortest wait again."""


def adopt_orphans() -> None:
    """What our parts leave behind becomes our child, so that we can end it too (Linux)."""
    _prctl(PR_SET_CHILD_SUBREAPER, 1)


def _prctl(option: int, value: int) -> None:
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0)


def _die_with_parent() -> None:
    _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)


@dataclass(slots=True)
class Part:
    """A command that is to run as long as we do; its words go to a log file."""

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    stop_signal: signal.Signals = signal.SIGTERM
    process: subprocess.Popen[bytes] | None = None
    deaths: int = 0
    started: float = 0.0
    not_before: float = field(default=0.0)

    def start(self) -> None:
        """Start it, in a session of its own so that Ctrl-C reaches only us."""
        self.started = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=_die_with_parent,  # noqa: PLW1509  (no threads here)
            )

    def is_alive(self) -> bool:
        """True while its process runs."""
        return self.process is not None and self.process.poll() is None

    def keep_alive(self) -> bool:
        """Start it again where it died, after a growing wait; True when it was started just now."""
        if self.is_alive():
            return False
        now = time.monotonic()
        if self.not_before == 0.0:
            self.deaths = 0 if now - self.started > STEADY_S else self.deaths + 1
            self.not_before = now + PATIENCE_S[min(self.deaths, len(PATIENCE_S) - 1)]
        if now < self.not_before:
            return False
        self.not_before = 0.0
        self.start()
        return True

    def ask_to_stop(self) -> None:
        """Politely."""
        if self.is_alive() and self.process is not None:
            self.process.send_signal(self.stop_signal)

    def kill(self) -> None:
        """At once, with its whole session."""
        if self.process is not None:
            _kill_session(self.process.pid)
            self.process.wait()


def _kill_session(leader: int) -> None:
    try:
        os.killpg(leader, signal.SIGKILL)
    except ProcessLookupError:
        return


def kill_descendants() -> None:
    """Whatever still lives below us: workers' jobs have process groups of their own (Linux)."""
    for _ in range(20):
        children = _children(os.getpid())
        if not children:
            return
        for child in children:
            _kill_tree(child)
        time.sleep(0.05)


def _kill_tree(process_id: int) -> None:
    for child in _children(process_id):
        _kill_tree(child)
    try:
        os.kill(process_id, signal.SIGKILL)
        os.waitpid(process_id, 0)
    except (ProcessLookupError, ChildProcessError):
        return


def _children(process_id: int) -> list[int]:
    path = Path(f"/proc/{process_id}/task/{process_id}/children")
    try:
        return [int(each) for each in path.read_text().split()]
    except FileNotFoundError:
        return []
