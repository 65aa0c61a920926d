"""All practice systems of one process over one storage: made, seeded, reset."""

from __future__ import annotations

import secrets
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from practice.control import Control
from practice.faults import Plan
from practice.gate import Gate, Settings, System, Wire, own_settings
from practice.qne import Qne, seed_company
from practice.qne.seed import COMPANY
from practice.qne_optimum import QneOptimum
from practice.qne_optimum import seed as optimum
from practice.quickbooks import QuickBooks
from practice.quickbooks.calls import deeds
from practice.quickbooks.companies import COMPANIES
from practice.seen import Seen
from practice.shelf import Shelf
from practice.shops import SHOPS, Shop
from practice.sitegiant import SiteGiant
from practice.sitegiant_orders import STORE_TIME
from practice.sitegiant_store import seed_shop
from practice.sql_accounting import SqlAccounting, seed_books
from practice.storage import Storage
from practice.web import Doc, Request, text

SHOP_ID = "SG-77"
PREFIXES = {
    "sitegiant": "/sitegiant/api/v1",
    "qne": "/qne",
    "qne_optimum": "/qne_optimum",
    "sql_accounting": "/sql_accounting",
    "quickbooks": "/quickbooks",
    **{shop.name: shop.prefix for shop in SHOPS},
    "control": "/_practice",
}
BOOKS: dict[str, Callable[[Storage], None]] = {
    "qne.accounts": seed_company,
    "qne_optimum.customers": optimum.seed_company,
    "sql_accounting.account": seed_books,
}
"""What fills the books of each system, by a kind of record that they have from then on."""
KEPT = ("meta", "oauth.")
"""Kinds of records that a reset leaves: keys, and the tokens that were given out."""


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
        self.options, self.seeded, self._settings = options, options, settings
        self.storage = Storage(folder)
        self.today = _store_day(options)
        self.plan, self.seen = Plan(options.seed), Seen({"quickbooks": deeds})
        is_new = self.storage.find("meta", "credentials") is None
        if is_new:
            self._seed(options)
        self._catch_up()
        keys = self._keep_credentials()
        self.sitegiant = SiteGiant(self.storage, settings, keys["access_token"])
        self.qne = Qne(self.storage, settings, keys["api_key"], keys["jwt_secret"])
        self.qne_optimum = QneOptimum(self.storage, settings, keys["db_code"])
        self.sql_accounting = SqlAccounting(
            self.storage, settings, keys["sql_accounting_access_key"], keys["sql_accounting_secret_key"]
        )
        self.quickbooks = QuickBooks(self.storage, settings, keys["quickbooks"])
        self.shops = {shop.name: self._open(shop, settings, keys[shop.name]) for shop in SHOPS}
        systems: list[System] = [self.sitegiant, self.qne, self.qne_optimum, self.sql_accounting, self.quickbooks]
        systems += self.shops.values()
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
            "sql_accounting": {
                "base_url": base + PREFIXES["sql_accounting"],
                "access_key": keys["sql_accounting_access_key"],
                "secret_key": keys["sql_accounting_secret_key"],
                "company": COMPANY,
            },
            "quickbooks": {
                "base_url": base + PREFIXES["quickbooks"],
                **keys["quickbooks"],
                "realm_id": COMPANIES[0].realm,
                "companies": self.quickbooks.told(),
            },
            **{name: shop.told(base + shop.prefix) for name, shop in self.shops.items()},
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
        self.seeded = options
        self.plan.clear()
        self.storage.clear(keep=lambda kind: kind.startswith(KEPT))
        for system in self.gate.systems.values():
            system.settings = own_settings(type(system.settings), self._settings)
            system.pace.forget()
        self._seed(options)
        self.quickbooks.forget()
        self.seen.forget()

    def _open(self, shop: type[Shop], settings: Settings, keys: Doc) -> Shop:
        shelf = Shelf(self.storage, shop.name, shop.currency, self._seed_of_shelves)
        return shop(shelf, settings, keys)

    def _seed_of_shelves(self) -> tuple[int, int, int, date]:
        return self.seeded.orders, self.seeded.seed, self.seeded.days, self.today

    def _keep_credentials(self) -> Doc:
        """The keys; what an older folder lacks is made."""
        keys = _credentials() | self.credentials
        with self.storage.writing() as unit:
            unit.put("meta", "credentials", keys)
        return keys

    def _catch_up(self) -> None:
        """Give an older folder the books of the systems that came after it."""
        for kind, fill in BOOKS.items():
            if not self.storage.rows(kind):
                fill(self.storage)

    def _seed(self, options: Options) -> None:
        self.today = _store_day(options)
        seed_shop(self.storage, options.orders, options.seed, options.days, self.today)
        for fill in BOOKS.values():
            fill(self.storage)


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
        "sql_accounting_access_key": f"{secrets.token_hex(16)}.sql.my/ACCOUNTAPI",
        "sql_accounting_secret_key": secrets.token_hex(32),
        "db_code": secrets.token_hex(6).upper(),
        "control_key": secrets.token_urlsafe(24),
        "quickbooks": {
            "client_id": f"AB{secrets.token_urlsafe(24)}",
            "client_secret": secrets.token_urlsafe(30),
            "refresh_token": f"RT1-{secrets.token_urlsafe(36)}",
        },
        **{shop.name: shop.make_keys() for shop in SHOPS},
    }
