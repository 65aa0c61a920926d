"""Every setting, read once from the environment, typed, with its default and its meaning; the durations too."""

import os
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Timing:
    """Every duration that the engine lives by, in seconds; tests scale all by one factor."""

    slice_s: float = 20.0
    """How long one drain owns its books before slow connections get their turn."""
    lease_s: float = 90.0
    """How long an owner may be silent before another takes over: longer than a slice and one call's time-out."""
    send_within_s: float = 10.0
    """How soon after its claim an operation's bytes must leave; later they may not."""
    still_s: float = 60.0
    """How long a process that may send may stand still; then the kernel ends it (sync/watchdog.py)."""
    margin_s: float = 15.0
    """Added to the longest time of a server before 'not there' is believed."""
    sweep_s: float = 15.0
    """How often the sweep rings for what is due."""
    look_ups_s: tuple[float, ...] = (120.0, 600.0, 3600.0, 21600.0, 86400.0, 86400.0, 86400.0)
    """When an unknown operation is looked up; after the last one a person is asked."""
    retry_s: tuple[float, ...] = (2.0, 5.0, 15.0, 60.0, 300.0, 900.0)
    """How long books that cannot be reached, or ask us to slow down, are left alone: once, twice, ... in a row."""
    token_s: float = 60.0
    """A token that is refused so soon after it was got is no matter of its age: we are locked out."""
    gap_s: float = 0.15
    """How long long work on the database lets others write between two steps: who waits for SQLite asks every 0.1 s."""
    template_s: float = 600.0
    """How long an adapter may keep what it read of the books' defaults."""
    refresh_s: float = 86400.0
    """How old the books' lists may become before they are read again."""
    pull_s: float = 3600.0
    """How often the stores are asked for orders."""
    count_s: float = 86400.0
    """How often the stores are asked which orders they have, to find those that are not here."""

    def scaled(self, factor: float) -> "Timing":
        """The same durations, each multiplied by `factor`."""
        return replace(self, **{each.name: _times(getattr(self, each.name), factor) for each in fields(self)})


def _times(value: Any, factor: float) -> Any:
    return tuple(each * factor for each in value) if isinstance(value, tuple) else value * factor


LOCAL_HOSTS = ("localhost", "127.0.0.1", "[::1]")


@dataclass(frozen=True, slots=True)
class Config:
    """What the operator may set. Names in the environment stand beside the fields."""

    data: Path
    """TILLBRIDGE_DATA: the folder of database, keys, socket and logs."""
    database_url: str
    """DATABASE_URL: SQLite in the data folder, or postgresql+psycopg://..."""
    redis_url: str
    """REDIS_URL: the embedded server's Unix socket in the data folder, or redis(s)://..."""
    key: str = ""
    """TILLBRIDGE_KEY: the key that encrypts secrets; else the file secret.key in the data folder."""
    allowed_hosts: tuple[str, ...] = ()
    """TILLBRIDGE_ALLOW_HOSTS: hosts (or host:port), by comma, that may be private or without https."""
    practice: tuple[str, ...] = ()
    """TILLBRIDGE_PRACTICE: host:port of the practice systems that the supervisor started."""
    time_scale: float = 1.0
    """TILLBRIDGE_TIME_SCALE: all durations are multiplied by it; for tests and practice."""
    stop_file: Path | None = None
    """TILLBRIDGE_STOP_FILE: while this file exists, running jobs come to a good end and no new work is begun."""
    setup_code: str = field(default="", repr=False)
    """TILLBRIDGE_SETUP_CODE: whoever knows it may make the owner's account, while there is none. `./run` prints it."""
    hosts: tuple[str, ...] = LOCAL_HOSTS
    """TILLBRIDGE_HOSTS: more names, by comma, under which browsers may ask for pages; without it this machine only."""
    is_https: bool = False
    """TILLBRIDGE_HTTPS=true: browsers come by https, through a proxy in front; cookies are for https alone then."""
    proxies: int = 0
    """TILLBRIDGE_PROXIES: how many proxies stand in front, whose X-Forwarded-For and -Proto are believed."""
    timing: Timing = field(default_factory=Timing)


def read_config(environment: Mapping[str, str] = os.environ) -> Config:
    """Read the settings; a missing one gets its default."""
    data = Path(environment.get("TILLBRIDGE_DATA", "data")).absolute()
    scale = float(environment.get("TILLBRIDGE_TIME_SCALE", "1"))
    stop_file = environment.get("TILLBRIDGE_STOP_FILE")
    return Config(
        data=data,
        database_url=_with_driver(environment.get("DATABASE_URL", f"sqlite:///{data / 'tillbridge.db'}")),
        redis_url=environment.get("REDIS_URL", f"unix://{data / 'run' / 'valkey.sock'}"),
        key=environment.get("TILLBRIDGE_KEY", ""),
        allowed_hosts=_names(environment.get("TILLBRIDGE_ALLOW_HOSTS", "")),
        practice=_names(environment.get("TILLBRIDGE_PRACTICE", "")),
        time_scale=scale,
        stop_file=Path(stop_file) if stop_file else None,
        setup_code=environment.get("TILLBRIDGE_SETUP_CODE", ""),
        hosts=(*LOCAL_HOSTS, *_names(environment.get("TILLBRIDGE_HOSTS", ""))),
        is_https=environment.get("TILLBRIDGE_HTTPS", "").lower() == "true",
        proxies=int(environment.get("TILLBRIDGE_PROXIES", "0")),
        timing=Timing().scaled(scale),
    )


def _names(text: str) -> tuple[str, ...]:
    return tuple(name.strip().lower() for name in text.split(",") if name.strip())


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
