"""Starts the practice servers as a process of their own, and steers them. Imports nothing of the app."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import tempfile
import urllib.parse
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

ROOT = Path(__file__).resolve().parent.parent


class Practice:
    """A running practice process: `.sitegiant`, `.qne`, `.quickbooks`, `.control_line` are parts of its `.line`."""

    def __init__(self, options: dict[str, Any], data: Path) -> None:
        """Start with the options of the command line (`per_second=5`, `empty=True`); its data stay in `data`."""
        self.options, self.data, self.port = options, data, 0
        self.start()

    def start(self) -> None:
        """Start, on the same port as before, and wait for the line."""
        wishes = {"port": self.port} | self.options | {"data": self.data, "die_with_parent": True}
        words = [sys.executable, "-m", "practice"]
        for name, value in wishes.items():
            if value is True:
                words.append(f"--{name.replace('_', '-')}")
            elif value not in (None, False):
                words += [f"--{name.replace('_', '-')}", str(value)]
        self.process = subprocess.Popen(words, cwd=ROOT, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        line = self.process.stdout.readline()
        assert line, "the practice did not start"
        self.line: dict[str, dict[str, Any]] = json.loads(line)
        self.sitegiant, self.qne, self.control_line = self.line["sitegiant"], self.line["qne"], self.line["control"]
        self.quickbooks = self.line["quickbooks"]
        self.port = urllib.parse.urlsplit(self.control_line["url"]).port or 0
        self.http = requests.Session()
        self.http.trust_env = False

    def stop(self, kill: bool = False) -> None:
        """End it; `kill` is SIGKILL, else SIGTERM."""
        self.http.close()
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGKILL if kill else signal.SIGTERM)
        self.process.wait(10)
        if self.process.stdout:
            self.process.stdout.close()

    def restart(self, kill: bool = True) -> None:
        """Kill it and start it again on the same port with what it had committed."""
        self.stop(kill)
        self.start()

    def control(self, method: str, path: str, json: Any = None) -> Any:
        """One call of the control API; an error of ours raises."""
        headers = {"X-Practice-Key": self.control_line["key"]}
        reply = self.http.request(method, self.control_line["url"] + path, json=json, headers=headers, timeout=30)
        if reply.status_code != 200:
            raise AssertionError(f"{method} {path}: {reply.status_code} {reply.text}")
        return reply.json()

    def faults(self, fault: str, system: str = "qne", **details: Any) -> int:
        """Put one fault in force: `faults("commit_then_500", path="/api/SalesInvoices/Create")`; returns its id."""
        number: int = self.control("POST", "/faults", {"fault": fault, "system": system, **details})["ids"][0]
        return number

    def settings(self, system: str, **switches: Any) -> dict[str, Any]:
        """Turn switches of a system; returns all of them."""
        made: dict[str, Any] = self.control("PATCH", f"/settings/{system}", switches)
        return made

    def heal(self) -> None:
        """Take all faults back and let go what is held."""
        self.control("DELETE", "/faults")

    def release(self) -> int:
        """Let go what is held; how many."""
        count: int = self.control("POST", "/release")["released"]
        return count

    def ledger(self, lines: bool = False, system: str = "qne") -> dict[str, Any]:
        """What the books of a system hold."""
        made: dict[str, Any] = self.control("GET", f"/ledger/{system}" + ("?lines=1" if lines else ""))
        return made

    def quickbooks_ledger(self, realm: str = "") -> dict[str, Any]:
        """What one QuickBooks company's books hold; the default company without a realm."""
        made: dict[str, Any] = self.control("GET", "/ledger/quickbooks" + (f"?realm={realm}" if realm else ""))
        return made

    def requests(self, system: str | None = None) -> list[dict[str, Any]]:
        """The requests seen, oldest first."""
        seen = self.control("GET", "/requests" + (f"?system={system}" if system else ""))
        made: list[dict[str, Any]] = seen["requests"]
        return made

    def reset(self, **content: Any) -> None:
        """As after a first start; `orders`, `seed`, `days`, `today` may be given."""
        self.control("POST", "/reset", content)


@contextmanager
def start_practice(**options: Any) -> Iterator[Practice]:
    """A practice process for the length of the block. Its data folder outlives `restart()`, not the block."""
    with tempfile.TemporaryDirectory(prefix="practice-test-") as folder:
        practice = Practice(options, Path(options.pop("data", folder)))
        try:
            yield practice
        finally:
            practice.stop(kill=True)
