"""The demo: a visitor sets up a company with practice systems, matches, reviews and syncs, by the app's own pages."""

import os
import re
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import msgspec
import requests
from sqlalchemy import select

from documents import Message
from models import ItemMatch, ProofRow, StoreChannel, StoredItem, db, end_reading
from supervisor.serving import Supervisor
from supervisor.visitor import Page, Visitor
from sync import proof_kept

NAME = "demo"
DAYS = 60
CODES = {"SST": "SV-6", "Service Tax": "SV-8", "Zero rated": "ZR"}
"""Tax codes of the practice books, by the store's names."""
DEFAULTS = {
    "default_customer": "300-W0001",
    "terms": "30",
    "document_date": "ordered",
    "zero_tax_code": "NT",
    "rounding_item": "RND",
    "seller_discount": "DISC",
}
PRESETS = {"shipping_discount_on": True, "shipping_discount_item": "SHIP"}
CUSTOMERS = {
    "shopee": {"": "300-S0001"},
    "lazada": {"": "300-L0001"},
    "tiktok": {"": "300-T0001"},
    "webstore": {"": "300-W0001", "SGD": "300-W0002", "USD": "300-W0003"},
    "openapi": {"": "300-P0001"},
}
"""Customers of the practice books, by channel kind and currency."""


class Demo:
    """One run of it; the account that it makes has a password of its own."""

    def __init__(self, supervisor: Supervisor) -> None:
        self.supervisor = supervisor
        self.password = secrets.token_urlsafe(9)

    def play(self, orders: int, seed: int) -> bool:
        """Run the whole demo; True when every difference is 0.00 and every order has a named place."""
        from app import create_app
        from config import read_config
        from supervisor.__main__ import start

        self.supervisor.offer_practice(orders, seed)
        start(self.supervisor)
        os.environ.update(self.supervisor.environment)
        with create_app(read_config()).app_context():
            return self._play()

    def _play(self) -> bool:
        begun = time.monotonic()
        shop = Shop(self.supervisor, Visitor(browser(self.supervisor.url)))
        shop.set_up(self.password)
        shop.match()
        shop.sync()
        rows = shop.prove()
        print_proof(rows)
        say(f"Done in {time.monotonic() - begun:.0f} s.")
        return bool(rows) and all(row.is_proven for row in rows)


def say(text: str) -> None:
    """Tell whoever watches."""
    print(text, flush=True)


def browser(url: str) -> Callable[[str, str, list[tuple[str, str]]], tuple[int, str, str]]:
    """Asks as a browser does: with its cookies, and on to wherever it is sent."""
    session = requests.Session()
    session.trust_env = False

    def send(method: str, path: str, pairs: list[tuple[str, str]]) -> tuple[int, str, str]:
        answer = session.request(method, url + path, data=pairs or None, timeout=120)
        return answer.status_code, answer.url.removeprefix(url), answer.text

    return send


class Shop:
    """One company, as its owner sees it."""

    def __init__(self, supervisor: Supervisor, owner: Visitor) -> None:
        self.supervisor, self.owner = supervisor, owner
        self.profile = ""

    def submit(self, part: str, values: dict[str, object] | None = None, button: str | None = None) -> Page:
        """Press a button; RuntimeError with what the page says where it refuses."""
        page = self.owner.submit(part, values, button)
        if page.status >= 400:
            raise RuntimeError(f"{page.url} answered {page.status}: {page.text[:500]}")
        return page

    # --- the wizard ---------------------------------------------------------------------------------------------

    def set_up(self, password: str) -> None:
        """From the set-up code to the first look."""
        owner = self.owner
        owner.go("/")
        code = self.supervisor.environment["TILLBRIDGE_SETUP_CODE"]
        self.submit("/setup/owner", {"code": code, "name": NAME, "password": password})
        self.submit("/setup/practice")
        say("Practice store and practice books are connected.")
        start_date = (datetime.now(UTC) - timedelta(days=DAYS + 1)).date()
        self.submit("/setup/profile", {"start_date": start_date.isoformat()})
        self.submit("/setup/flows")
        self.wait("/setup/lists")
        self.submit("/setup/lists")
        self.submit("/setup/defaults", DEFAULTS)
        self.profile = owner.page.link("Products").split("/matching")[0]
        self.submit("/setup/matching")

    def wait(self, path: str) -> None:
        """Reload a page as long as it asks for that, and tell how far it is, at most every two seconds."""
        told_at = 0.0
        while 'http-equiv="refresh"' in self.owner.go(path).html:
            self.supervisor.keep_alive()
            if time.monotonic() - told_at > 2.0:
                told_at = time.monotonic()
                say(progress_of(self.owner.page))
            time.sleep(0.3)

    # --- matching -----------------------------------------------------------------------------------------------

    def match(self) -> None:
        """What the practice store sells has the codes of the practice books; a few products are left for you."""
        self.owner.go(f"{self.profile}/settings/presets")
        self.submit("/settings/presets", PRESETS)
        self._match_items()
        for number, channel in enumerate(db.session.scalars(select(StoreChannel).order_by(StoreChannel.id)).all()):
            self._match_channel(channel, number)
        end_reading()
        self.owner.go(f"{self.profile}/matching/currency")
        self.submit("f-USD", {"code": "USD", "rate": "4.20"})
        self._match_taxes()

    def _match_items(self) -> None:
        rows = select(StoredItem.id, StoredItem.external_id).join(ItemMatch, ItemMatch.item_id == StoredItem.id)
        pairs = db.session.execute(rows.order_by(StoredItem.id)).all()
        end_reading()
        left, address = 0, f"{self.profile}/matching/items?show=all"
        forms = self._forms_of(address)
        for item_id, code in pairs:
            self.owner.page = forms[f"f-{item_id}"]
            left += self.owner.submit(f"f-{item_id}", {"code": code}).status != 200
        say(f"Products: {len(pairs)}, matched: {len(pairs) - left}, left for you: {left}.")

    def _forms_of(self, address: str) -> dict[str, Page]:
        """The page on which each row's form stands, page after page."""
        found: dict[str, Page] = {}
        while True:
            page = self.owner.go(address)
            found |= {form.id: page for form in page.forms}
            if not any("Next page" in text for _, text in page.links):
                return found
            address = page.link("Next page")

    def _match_channel(self, channel: StoreChannel, number: int) -> None:
        """Shipping is posted for every other channel, and left out for the rest."""
        for currency, customer in CUSTOMERS[channel.kind].items():
            self.owner.go(f"{self.profile}/matching/customers")
            if currency:
                new = {"channel": channel.id, "part": currency, "customer": customer}
                self.submit("f-new", new)
            else:
                self.submit(f"f-{channel.id}-", {"customer": customer})
        if number % 2:
            self.owner.go(f"{self.profile}/matching/shipping")
            self.submit(f"f-{channel.id}", {"on": True, "item": "SHIP"})

    def _match_taxes(self) -> None:
        page = self.owner.go(f"{self.profile}/matching/tax")
        rows = re.findall(r'id="row-(\w+)"[^>]*>\s*([^<]*)', page.html)
        for key, name in rows:
            self.owner.page = page
            self.submit(f"f-{key}", {"code": next(code for tax, code in CODES.items() if tax in name)})
        say(f"Taxes matched: {len(rows)}.")

    # --- review, sync, proof ------------------------------------------------------------------------------------

    def sync(self) -> None:
        """All that is pending: the first page is looked at, the others are sent as they are."""
        self.owner.go(f"{self.profile}/invoices")
        page = self.submit("orders", {"all": True})
        has_more = any(field.name == "others" for field in page.form("drafts").fields)
        page = self.submit("drafts", {"others": True} if has_more else {}, button="do=sync")
        self.wait(page.url)
        say(f"Sync: {progress_of(self.owner.page)}")

    def prove(self) -> list[ProofRow]:
        """Press Read the books now, and wait for what they say."""
        self.owner.go(f"{self.profile}/proof")
        page = self.submit("/proof/read")
        self.wait(page.url)
        last = proof_kept.proofs_of(int(self.profile.rsplit("/", 1)[1])).last
        return list(proof_kept.totals(last.id)) if last else []


def progress_of(page: Page) -> str:
    """What its progress bar says."""
    bar = re.search(r"<progress[^>]*>", page.html)
    said = dict(re.findall(r'([\w-]+)="([^"]*)"', bar[0])) if bar else {}
    label, value, most = said.get("aria-label", "it is done"), said.get("value"), said.get("max")
    return label if value is None or " of " in label else f"{label}: {value} of {most}"


# --- the proof in words -----------------------------------------------------------------------------------------


def print_proof(rows: list[ProofRow]) -> None:
    """Per channel and currency: what the store sold, what was left out and why, and what the books say."""
    say("\nProof, per channel and currency")
    for row in rows:
        _print_row(row)
    total, posted = sum(row.orders for row in rows), sum(row.posted for row in rows)
    good = bool(rows) and all(row.is_proven for row in rows)
    say(f"\n{total} orders accounted for, {posted} posted. " + ("Every difference is 0.00." if good else "NOT PROVEN."))


def _print_row(row: ProofRow) -> None:
    say(f"\n  {row.channel.name}, {row.currency}: {row.orders} orders, {row.posted} posted")
    _amount("store total", row.store_total)
    _amount("not posted", -row.unposted)
    for reason in row.not_posted:
        more = " (and the like)" if reason["kinds"] != 1 and reason["message"]["values"] else ""
        say(f"        {reason['count']} x {told(reason['message'])}{more}")
    for cause, amount in sorted(row.amounts.items()):
        _amount(f"by rule: {cause.replace('_', ' ')}", amount)
    _amount("expected total", row.expected)
    _amount("books total read back", row.books_total)
    _amount("difference", row.difference)
    if row.faults:
        say(f"    ! {row.faults} documents are missing or differ")


def told(message: dict[str, object]) -> str:
    """A message as it is kept, in English."""
    return str(msgspec.convert(message, Message))


def _amount(what: str, amount: Decimal) -> None:
    say(f"    {what:<34}{amount:>16,.2f}")
