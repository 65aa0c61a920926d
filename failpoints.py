"""Named places in the code where a test lets the process die; without the environment variable they do nothing.

TILLBRIDGE_FAILPOINT is `name:count:file`: at the count-th pass of that name, in whichever process, the process ends
by SIGKILL (or SIGSTOP where the name is followed by `!stop`). The file counts the passes over all processes."""

import os
import signal
from pathlib import Path

ARMED = os.environ.get("TILLBRIDGE_FAILPOINT", "")


def hit(name: str) -> None:
    """Pass the place of this name; the end of the process if a test armed it for this pass."""
    if ARMED and ARMED.split(":", 1)[0].removesuffix("!stop") == name:
        _count_and_die()


def _count_and_die() -> None:
    name, count, file = ARMED.split(":", 2)
    with Path(file).open("ab") as passes:
        passes.write(b".")
        passes.flush()
        if passes.tell() == int(count):
            _end(signal.SIGSTOP if name.endswith("!stop") else signal.SIGKILL)


def _end(how: signal.Signals) -> None:
    if os.environ.get("TILLBRIDGE_FAILPOINT_PARENT"):
        os.kill(os.getppid(), how)
    if not os.environ.get("TILLBRIDGE_FAILPOINT_SPARE_CHILD"):
        os.kill(os.getpid(), how)
