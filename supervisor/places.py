"""Where things lie: the data folder, made private; the socket; the logs; one owner at a time."""

import fcntl
import hashlib
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

LONGEST_SOCKET = 100
"""A Unix socket's path has at most 107 bytes (103 on macOS)."""
MARK = "made-by-tillbridge-demo"


class InUse(Exception):
    """Another `./run` uses this data folder."""


@dataclass(frozen=True, slots=True)
class Places:
    """The folders of one installation."""

    data: Path

    @property
    def run(self) -> Path:
        """Sockets, lock and stop file."""
        return self.data / "run"

    @property
    def logs(self) -> Path:
        """One file per part."""
        return self.data / "logs"

    @property
    def stop_file(self) -> Path:
        """While it exists, running jobs come to their end."""
        return self.run / "stop"

    @property
    def socket(self) -> Path:
        """The embedded server's; elsewhere when the folder's name is too long for a socket."""
        usual = self.run / "valkey.sock"
        if len(os.fsencode(usual)) <= LONGEST_SOCKET:
            return usual
        short = hashlib.sha256(os.fsencode(self.data)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"tillbridge-{os.getuid()}-{short}" / "valkey.sock"

    @property
    def practice(self) -> Path:
        """The practice systems' own storage, outside of ours."""
        return self.data.with_name(f"{self.data.name}-practice")

    def make(self) -> None:
        """Make what is missing, for our eyes only."""
        for folder in (self.data, self.run, self.logs, self.socket.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            folder.chmod(0o700)
        self.stop_file.unlink(missing_ok=True)

    def own(self) -> IO[str]:
        """Be the only one here as long as the file stays open; raises InUse."""
        lock = (self.run / "lock").open("w")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.close()
            raise InUse(str(self.data)) from None
        return lock


def empty_demo_folder(folder: Path) -> None:
    """Begin a demo anew; a folder that is not a demo's is left alone."""
    if folder.exists():
        if not (folder / MARK).exists():
            raise InUse(f"{folder} was not made by a demo")
        shutil.rmtree(folder)
    folder.mkdir(parents=True, mode=0o700)
    (folder / MARK).touch()
