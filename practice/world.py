"""All practice systems of one process over one storage: made, seeded, reset."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

import msgspec

from practice.control import Control
from practice.faults import Plan
from practice.gate import Gate, Settings, Wire
from practice.qne import Qne, seed_company
from practice.qne.seed import COMPANY
from practice.qne_optimum import QneOptimum
from practice.qne_optimum import seed as optimum
from practice.seen import Seen
from practice.sitegiant import SiteGiant
from practice.sitegiant_orders import STORE_TIME
from practice.sitegiant_store import seed_shop
from practice.storage import Storage
from practice.web import Doc, Request, text

SHOP_ID = "SG-77"
PREFIXES = {
    "sitegiant": "/sitegiant/api/v1",
    "qne": "/qne",
    "qne_optimum": "/qne_optimum",
    "control": "/_practice",
}


@dataclass(frozen=True)
class Options:
    """What the command line may say about the content."""

    orders: int = 500
    seed: int = 1
    days: int = 60
    today: date | None = None


class World:
    """Storage, systems, faults, record; serves every request of the process."""

    def __init__(self, folder: Path, options: Options, settings: Settings) -> None:
        """Open the folder; seed it when it is empty."""
        self.options, self._settings = options, settings
        self.storage = Storage(folder)
        self.today = _store_day(options)
        self.plan, self.seen = Plan(options.seed), Seen()
        if self.storage.find("meta", "credentials") is None:
            self._seed(options, _credentials())
        self._catch_up()
        keys = self.credentials
        self.sitegiant = SiteGiant(self.storage, settings, keys["access_token"])
        self.qne = Qne(self.storage, settings, keys["api_key"], keys["jwt_secret"])
        self.qne_optimum = QneOptimum(self.storage, settings, keys["db_code"])
        systems = (self.sitegiant, self.qne, self.qne_optimum)
        self.gate = Gate({system.name: system for system in systems}, self.plan, self.seen)
        self.control = Control(self, keys["control_key"])

    @property
    def credentials(self) -> Doc:
        """The keys; they outlive restarts and resets."""
        return self.storage.find("meta", "credentials") or {}

    def line(self, host: str, port: int) -> Doc:
        """The one line that the process prints (README.md)."""
        base, keys = f"http://{host}:{port}", self.credentials
        return {
            "sitegiant": {
                "base_url": base + PREFIXES["sitegiant"],
                "access_token": keys["access_token"],
                "shop_id": SHOP_ID,
            },
            "qne": {"base_url": base + PREFIXES["qne"], "api_key": keys["api_key"], "company": COMPANY},
            "qne_optimum": {
                "base_url": base + PREFIXES["qne_optimum"],
                "db_code": keys["db_code"],
                "company": optimum.COMPANY,
            },
            "control": {"url": base + PREFIXES["control"], "key": keys["control_key"]},
        }

    def serve(self, request: Request, wire: Wire) -> None:
        """Answer one request."""
        if request.system == "control":
            wire.send(self.control.answer(request))
        elif request.system in self.gate.systems:
            self.gate.serve(request, wire)
        else:
            wire.send(text("Not Found", 404))

    def reset(self, options: Options) -> None:
        """Everything as after a first start with these options; the keys stay."""
        keys = self.credentials
        self.plan.clear()
        self.storage.clear()
        self._seed(options, keys)
        for system in self.gate.systems.values():
            system.settings = msgspec.convert(msgspec.structs.asdict(self._settings), type(system.settings))
            system.pace.forget()
        self.seen.forget()

    def _catch_up(self) -> None:
        """A folder of before lacks what was added since: the keys and the content of new systems."""
        kept = _credentials() | self.credentials
        if kept != self.credentials:
            with self.storage.writing() as unit:
                unit.put("meta", "credentials", kept)
        if not self.storage.rows("qne_optimum.customers"):
            optimum.seed_company(self.storage)

    def _seed(self, options: Options, keys: Doc) -> None:
        self.today = _store_day(options)
        seed_shop(self.storage, options.orders, options.seed, options.days, self.today)
        seed_company(self.storage)
        optimum.seed_company(self.storage)
        with self.storage.writing() as unit:
            unit.put("meta", "credentials", keys)


def system_of(path: str) -> tuple[str, str]:
    """The system that a path belongs to, and the path inside it."""
    for name, prefix in PREFIXES.items():
        if path == prefix or path.startswith(prefix + "/"):
            return name, path[len(prefix) :] or "/"
    return "", path


def _store_day(options: Options) -> date:
    return options.today or (datetime.now(UTC) + STORE_TIME).date()


def _credentials() -> Doc:
    return {
        "access_token": secrets.token_urlsafe(24),
        "api_key": str(uuid.uuid4()),
        "jwt_secret": secrets.token_hex(32),
        "db_code": secrets.token_hex(6).upper(),
        "control_key": secrets.token_urlsafe(24),
    }
