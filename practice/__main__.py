"""`python -m practice --port N`: all practice systems in one process (README.md)."""

from __future__ import annotations

import argparse
import os
import shutil
import signal
import sys
import tempfile
import threading
import time
from datetime import date
from pathlib import Path

from practice.door import open_house
from practice.gate import Settings
from practice.web import write_json
from practice.world import Options, World, system_of


def main() -> None:
    """Start, say where, serve until told to stop."""
    wishes = _arguments()
    temporary = None if wishes.data else Path(tempfile.mkdtemp(prefix="practice-"))
    folder = temporary or Path(wishes.data)
    folder.mkdir(parents=True, exist_ok=True)
    if wishes.die_with_parent:
        threading.Thread(target=_watch_parent, args=(os.getppid(), temporary), daemon=True).start()
    signal.signal(signal.SIGTERM, _stop)
    try:
        _run(wishes, folder)
    except KeyboardInterrupt:
        pass  # SIGTERM or SIGINT, at any moment
    finally:
        if temporary:
            shutil.rmtree(temporary, ignore_errors=True)


def _run(wishes: argparse.Namespace, folder: Path) -> None:
    world = World(folder, _options(wishes), _settings(wishes))
    house = open_house(wishes.host, wishes.port, world.serve, system_of)
    try:
        sys.stdout.write(write_json(world.line(wishes.host, house.server_address[1])).decode() + "\n")
        sys.stdout.flush()
        house.serve_forever(poll_interval=60)
    finally:
        house.server_close()
        world.storage.close()


def _stop(number: int, frame: object) -> None:
    raise KeyboardInterrupt


def _watch_parent(parent: int, temporary: Path | None) -> None:
    """End when the process that started us is gone."""
    while os.getppid() == parent:
        time.sleep(0.2)
    if temporary:
        shutil.rmtree(temporary, ignore_errors=True)
    os._exit(0)


def _options(wishes: argparse.Namespace) -> Options:
    return Options(0 if wishes.empty else wishes.orders, wishes.seed, wishes.days, wishes.today)


def _settings(wishes: argparse.Namespace) -> Settings:
    return Settings(
        per_second=wishes.per_second,
        in_flight=wishes.in_flight,
        latency_ms=wishes.latency_ms,
        longest_s=wishes.longest_s,
        scale=wishes.scale,
    )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m practice", description="Servers that imitate the outside systems.")
    parser.add_argument("--port", type=int, default=0, help="0 = any free port")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--data", help="folder that keeps what was committed; else a temporary one")
    parser.add_argument("--orders", type=int, default=500)
    parser.add_argument("--empty", action="store_true", help="no orders")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--days", type=int, default=60, help="the orders' days, the last one being today")
    parser.add_argument("--today", type=date.fromisoformat, help="YYYY-MM-DD; else the store's day now")
    parser.add_argument("--latency-ms", type=float, default=0.0)
    parser.add_argument("--per-second", type=float, help="requests per second, per system; more answer 429")
    parser.add_argument("--in-flight", type=int, help="requests at once, per system; more answer 429")
    parser.add_argument("--scale", type=float, default=1.0, help="how many times as fast the limits' clock runs")
    parser.add_argument("--longest-s", type=float, help="older requests are dropped before they commit")
    parser.add_argument("--die-with-parent", action="store_true")
    return parser.parse_args()


if __name__ == "__main__":
    main()
