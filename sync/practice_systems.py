"""The practice systems of this installation: asked for by a page, started by the supervisor, told in a file."""

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from sqlalchemy import select

from models import StoreConnection, db
from sync.tools import Tools

TOLD, WANTED = "practice.json", "practice-wanted"
LOOK_S = 0.25
Systems = dict[str, dict[str, Any]]
"""By system, each of the shops too: its address and its key, as `./run practice` prints them."""


def ask(data: Path) -> None:
    """Ask the supervisor to start them, now and at every later start."""
    (data / WANTED).touch(mode=0o600)


def tell(data: Path, told: Systems) -> None:
    """Written aside, private, then put in place: nobody reads half of it."""
    aside = data / f"{TOLD}.new"
    aside.touch(mode=0o600)
    aside.write_text(json.dumps(told))
    aside.replace(data / TOLD)


def systems(data: Path) -> Systems:
    """What the supervisor told; empty while they are not started."""
    try:
        found: Systems = json.loads((data / TOLD).read_text())
    except (OSError, ValueError):
        return {}
    return found


def addresses(data: Path) -> frozenset[str]:
    """The host:port pairs that our own machine may be asked at: exactly those that we started."""
    return frozenset(urlsplit(each["url"]).netloc for each in systems(data).values() if "url" in each)


def companies_of(told: Systems, kind: str) -> list[dict[str, str]]:
    """The companies of one kind of books, where there are several; the first one is the usual."""
    found: list[dict[str, str]] = told.get(kind, {}).get("companies", [])
    return found


def company_of(told: Systems, kind: str, realm: str, currency: str | None) -> dict[str, str]:
    """What opens one of them instead of the usual one: that which is named, else the first with this home currency."""
    for each in companies_of(told, kind):
        if (each["realm_id"] == realm) if realm else each["currency"] == currency:
            return {name: each[name] for name in ("realm_id", "refresh_token")}
    return {}


def is_connected(data: Path) -> bool:
    """Whether a store at one of these addresses is connected."""
    here = addresses(data)
    return any(
        urlsplit(row.settings.get("base_url", "")).netloc in here for row in db.session.scalars(select(StoreConnection))
    )


def wait_for(data: Path, tools: Tools, most_s: float = 20.0) -> Systems:
    """Wait until the supervisor has started them; empty where it did not in time."""
    for _ in range(int(most_s / LOOK_S)):
        if found := systems(data):
            return found
        tools.sleep(LOOK_S)
    return systems(data)
